"""Which pixels a network leaned on: attributions, how they are drawn, how far to trust them."""

from core.explanation.average import mean_map
from core.explanation.layers import Layer, layers_of
from core.explanation.method import LAYER, Method, Parameter, Settings
from core.explanation.methods import METHODS, explain, methods_for
from core.explanation.overlay import colour_scale, heatmap, overlay, ringed
from core.explanation.region import Effect, effect_of, strongest_part

__all__ = [
    "LAYER",
    "METHODS",
    "Effect",
    "Layer",
    "Method",
    "Parameter",
    "Settings",
    "colour_scale",
    "effect_of",
    "explain",
    "heatmap",
    "layers_of",
    "mean_map",
    "methods_for",
    "overlay",
    "ringed",
    "strongest_part",
]

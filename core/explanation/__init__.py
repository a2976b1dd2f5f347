"""Which pixels a network leaned on: attributions, and how they are drawn."""

from core.explanation.methods import METHODS, Method, explain, methods_for
from core.explanation.overlay import colour_scale, heatmap, overlay

__all__ = ["METHODS", "Method", "colour_scale", "explain", "heatmap", "methods_for", "overlay"]

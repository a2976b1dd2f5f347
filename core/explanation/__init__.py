"""Which pixels a network leaned on: attributions, and how they are drawn."""

from core.explanation.methods import METHODS, Method, explain, methods_for
from core.explanation.overlay import heatmap, overlay

__all__ = ["METHODS", "Method", "explain", "heatmap", "methods_for", "overlay"]

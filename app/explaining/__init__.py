"""Where a network looked, and how far that can be believed."""

from app.explaining.panel import colour_keys, show_explanations

__all__ = ["colour_keys", "show_explanations"]

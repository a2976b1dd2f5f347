"""Where a network looked, and how far that can be believed."""

from app.explaining.panel import show_explanations

__all__ = ["show_explanations"]

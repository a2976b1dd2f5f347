"""The colours in .streamlit/config.toml, as they are used: legible in light and in dark."""

import tomllib

import plotly.graph_objects as go
import pytest

from app import theme
from core.files import PROJECT

LOOKS = tomllib.loads((PROJECT / "app" / ".streamlit" / "config.toml").read_text())["theme"]
LEAST = 4.5  # contrast of small text (WCAG 2.2, 1.4.3)
CAPTION = 0.6  # opacity, by which Streamlit writes captions in the text's colour
CHOSEN = 0.1  # opacity of the primary colour under what is chosen among segments

Colour = tuple[float, float, float]  # red, green and blue, 0 to 1


def colour(written: str) -> Colour:
    red, green, blue = (int(written[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def over(above: Colour, below: Colour, opacity: float) -> Colour:
    red, green, blue = (opacity * a + (1 - opacity) * b for a, b in zip(above, below, strict=True))
    return red, green, blue


def luminance(of: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in of]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_captions_and_what_is_chosen_are_legible(look: str) -> None:
    text, page, primary = (
        colour(LOOKS[look][name]) for name in ("textColor", "backgroundColor", "primaryColor")
    )
    assert contrast(over(text, page, CAPTION), page) >= LEAST
    assert contrast(primary, page) >= LEAST
    assert contrast(primary, over(primary, page, CHOSEN)) >= LEAST


def test_a_chart_s_buttons_hide_nothing_of_it() -> None:
    """They lie above the chart, on no ground of their own."""
    layout = theme.style(go.Figure(), 300).to_dict()["layout"]
    assert layout["modebar"]["bgcolor"] == "rgba(0,0,0,0)"
    assert layout["margin"]["t"] >= 26  # pixels that they take


def test_axes_are_written_in_the_text_s_colour() -> None:
    layout = theme.style(go.Figure(), 300).to_dict()["layout"]
    assert (
        layout["xaxis"]["tickfont"]["color"] == layout["yaxis"]["tickfont"]["color"] == theme.TEXT
    )

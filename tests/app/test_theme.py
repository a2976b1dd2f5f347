"""The colours in .streamlit/config.toml, as they are used: legible in light and in dark."""

import tomllib
from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import pytest
from skimage.color import deltaE_ciede2000, rgb2xyz, xyz2lab

from app import theme
from core.files import PROJECT

LOOKS = tomllib.loads((PROJECT / "app" / ".streamlit" / "config.toml").read_text())["theme"]
LEAST = 4.5  # contrast of small text (WCAG 2.2, 1.4.3)
CAPTION = 0.6  # opacity, by which Streamlit writes captions in the text's colour
CHOSEN = 0.1  # opacity of the primary colour under what is chosen among segments

# Linear red, green and blue as they are seen (Machado et al. 2009, table of severity 1.0).
PROTANOPIA = np.array(
    [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]
)
DEUTERANOPIA = np.array(
    [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]
)
TO_LINEAR = np.linalg.inv(rgb2xyz(np.eye(3)).T)  # from XYZ

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
def test_what_is_drawn_stands_out_and_apart_also_for_the_colour_blind(look: str) -> None:
    page = colour(LOOKS[look]["backgroundColor"])
    drawn = [colour(written) for written in LOOKS[look]["chartCategoricalColors"]]
    assert len(drawn) == len(theme.LINES)
    assert all(contrast(one, page) >= 3 for one in drawn)
    for seen, least in ((np.eye(3), 15), (PROTANOPIA, 10), (DEUTERANOPIA, 10)):
        linear = rgb2xyz(np.array(drawn)) @ TO_LINEAR.T @ seen.T
        lab = xyz2lab(linear.clip(0, 1) @ np.linalg.inv(TO_LINEAR).T)
        apart = [deltaE_ciede2000(one, other) for one, other in combinations(lab, 2)]
        assert min(apart) >= least


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

"""What the figures and the galleries show of the numbers they are given."""

import base64
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from PIL import Image

from app import charts
from app.gallery import png_data_url, thumbnails
from core.evaluation.calibration import reliability
from core.evaluation.metrics import per_class

NAMES = ("<b>cat</b>", "dog")
MATRIX = np.array([[8, 2], [0, 5]])


def traces(figure: go.Figure) -> list[Any]:
    """What the figure draws, as plain dictionaries."""
    drawn: Any = figure.data
    return [trace.to_plotly_json() for trace in drawn]


def epochs(last: int) -> pd.DataFrame:
    values = np.linspace(0.2, 0.9, last)
    columns = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    return pd.DataFrame({"epoch": np.arange(1, last + 1)} | dict.fromkeys(columns, values))


@pytest.mark.parametrize(("by", "shown"), [
    ("count", [["8", "2"], ["", "5"]]),
    ("true", [["80", "20"], ["", "100"]]),
    ("predicted", [["100", "29"], ["", "71"]]),
])  # fmt: skip
def test_the_matrix_shows_counts_or_percent_and_leaves_zeros_empty(by, shown):
    heatmap = traces(charts.confusion_matrix_figure(MATRIX, NAMES, by))[0]
    assert [list(row) for row in heatmap["text"]] == shown


def test_hits_and_errors_are_told_apart_by_colour():
    colour = np.array(traces(charts.confusion_matrix_figure(MATRIX, NAMES, "count"))[0]["z"])
    assert (colour.diagonal() < 0).all()
    assert colour[0, 1] == 1  # the worst confusion
    assert colour[1, 0] == 0  # none


def test_a_click_on_any_cell_names_it():
    points = traces(charts.confusion_matrix_figure(MATRIX, NAMES, "count"))[1]
    where = list(zip(points["y"], points["x"], strict=True))
    assert where == [(0, 0), (0, 1), (1, 0), (1, 1)]
    event = {"selection": {"points": [{"x": 1, "y": 0}]}}
    assert charts.clicked_cell(event) == (0, 1)
    assert charts.clicked_cell({"selection": {"points": []}}) is None
    assert "2 images" in points["hovertext"][1]


def test_names_stay_names():
    figure = charts.confusion_matrix_figure(MATRIX, NAMES, "count")
    assert "<b>cat</b>" not in traces(figure)[1]["hovertext"][0]
    assert figure.layout.xaxis.ticktext[0].startswith("&lt;b&gt;cat")


def test_accuracies_are_drawn_in_percent_and_runs_in_colours_of_their_own():
    figure = charts.epoch_curves({"one": epochs(3), "two": epochs(5)}, "accuracy")
    validation = [line for line in traces(figure) if line["line"]["dash"] == "solid"]
    assert [line["y"][-1] for line in validation] == pytest.approx([90, 90])
    assert len({line["line"]["color"] for line in validation}) == 2
    assert figure.layout.yaxis.title.text == "Accuracy (%)"


def test_classes_are_ranked_and_the_undefined_says_none():
    table = per_class(np.array([[5, 0, 0], [5, 5, 0], [0, 0, 0]]), ["a", "b", "c"])
    bars = traces(charts.class_bars(table, "precision"))[0]
    assert [name for name, _ in bars["customdata"]] == ["b", "a", "c"]
    assert list(bars["text"]) == ["100.0 %", "50.0 %", "none"]


def test_the_likeliest_class_is_on_top_and_in_colour():
    bars = traces(charts.probability_bars(["a", "b"], np.array([0.25, 0.75])))[0]
    assert [name for name, _ in bars["customdata"]] == ["b", "a"]
    assert list(bars["x"]) == [75, 25]
    assert bars["marker"]["color"][0] != bars["marker"]["color"][1]


def test_empty_bins_are_left_out_of_the_reliability_diagram():
    logits = np.array([[2, 0], [2, 0], [0, 0]], dtype=np.float32)
    figure = charts.reliability_figure(reliability(logits, np.array([0, 1, 0]), 1.0))
    assert list(traces(figure)[1]["y"]) == [100, 50]


def test_a_picture_in_the_gallery_is_lossless_and_its_caption_harmless():
    picture = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    encoded = png_data_url(picture).removeprefix("data:image/png;base64,")
    assert (np.array(Image.open(BytesIO(base64.b64decode(encoded)))) == picture).all()
    html = thumbnails([picture], ['<script>"x"</script>'])
    assert "<script>" not in html
    assert html.count("<img") == 1

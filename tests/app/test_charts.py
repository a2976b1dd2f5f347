"""What the figures that pages share show of the numbers they are given."""

import numpy as np
import pandas as pd
import pytest

from app.charts.curves import epoch_curves
from app.charts.matrix import clicked_cell, confusion_matrix_figure
from tests.traces import traces

NAMES = ("<b>cat</b>", "dog")
MATRIX = np.array([[8, 2], [0, 5]])


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
    heatmap = traces(confusion_matrix_figure(MATRIX, NAMES, by))[0]
    assert [list(row) for row in heatmap["text"]] == shown


def test_hits_and_errors_are_told_apart_by_colour():
    colour = np.array(traces(confusion_matrix_figure(MATRIX, NAMES, "count"))[0]["z"])
    assert (colour.diagonal() < 0).all()
    assert colour[0, 1] == 1  # the worst confusion
    assert colour[1, 0] == 0  # none


def test_a_click_on_any_cell_names_it():
    points = traces(confusion_matrix_figure(MATRIX, NAMES, "count"))[1]
    where = list(zip(points["y"], points["x"], strict=True))
    assert where == [(0, 0), (0, 1), (1, 0), (1, 1)]
    event = {"selection": {"points": [{"x": 1, "y": 0}]}}
    assert clicked_cell(event) == (0, 1)
    assert clicked_cell({"selection": {"points": []}}) is None
    assert "2 images" in points["hovertext"][1]


def test_names_stay_names():
    figure = confusion_matrix_figure(MATRIX, NAMES, "count")
    assert "<b>cat</b>" not in traces(figure)[1]["hovertext"][0]
    assert figure.layout.xaxis.ticktext[0].startswith("&lt;b&gt;cat")


def test_accuracies_are_drawn_in_percent_and_runs_in_colours_of_their_own():
    figure = epoch_curves({"one": epochs(3), "two": epochs(5)}, "accuracy")
    validation = [line for line in traces(figure) if line["line"]["dash"] == "solid"]
    assert [line["y"][-1] for line in validation] == pytest.approx([90, 90])
    assert len({line["line"]["color"] for line in validation}) == 2
    assert figure.layout.yaxis.title.text == "Accuracy (%)"

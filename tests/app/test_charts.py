"""What the figures that pages share show of the numbers they are given."""

import numpy as np
import pandas as pd
import pytest

from app.charts.curves import epoch_curves
from app.charts.matrix import texts_and_shades
from tests.traces import traces

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
    assert texts_and_shades(MATRIX, by)[0] == shown


def test_hits_and_errors_are_shaded_on_scales_of_their_own():
    _, shades = texts_and_shades(MATRIX, "count")
    assert shades.tolist() == [[1, 1], [0, pytest.approx(5 / 8)]]


def test_accuracies_are_drawn_in_percent_and_runs_in_colours_of_their_own():
    figure = epoch_curves({"one": epochs(3), "two": epochs(5)}, "accuracy")
    validation = [line for line in traces(figure) if line["line"]["dash"] == "solid"]
    assert [line["y"][-1] for line in validation] == pytest.approx([90, 90])
    assert len({line["line"]["color"] for line in validation}) == 2
    assert figure.to_dict()["layout"]["yaxis"]["title"]["text"] == "Accuracy (%)"


@pytest.mark.parametrize("epochs_run", [5, 200])
def test_runs_are_told_apart_by_more_than_their_colours(epochs_run):
    figure = epoch_curves({"one": epochs(epochs_run), "two": epochs(epochs_run)}, "loss")
    validation = [line for line in traces(figure) if line["line"]["dash"] == "solid"]
    assert all("markers" in line["mode"] for line in validation)
    assert len({line["marker"]["symbol"] for line in validation}) == 2

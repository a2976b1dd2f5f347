"""What the figures that pages share show of the numbers they are given."""

import numpy as np
import pandas as pd
import pytest

from app import theme
from app.charts.bars import Bar, Mark, share_bars, span_of
from app.charts.curve_lines import View, curves_as_csv, curves_in_words, lines_of
from app.charts.line_chart import MOST_POINTS, Line, sent
from app.charts.matrix import texts_and_shades
from app.charts.trace import Trace, looks
from core.recipe import Recipe
from tests.tiny import TINY

MATRIX = np.array([[8, 2], [0, 5]])


def epochs(last: int) -> pd.DataFrame:
    values = np.linspace(0.2, 0.9, last)
    columns = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    spent = {"seconds": 2.0, "images_per_second": 80.0}
    return pd.DataFrame({"epoch": np.arange(1, last + 1)} | dict.fromkeys(columns, values) | spent)


def steps(last: int) -> pd.DataFrame:
    numbers = np.arange(last)
    columns = ("loss", "accuracy", "learning_rate", "gradient_norm")
    return pd.DataFrame({"step": numbers} | dict.fromkeys(columns, numbers / last))


def trace(name: str, last: int, number: int = 0, recipe: Recipe | None = TINY) -> Trace:
    return Trace(name, epochs(last), number, recipe)


def named(lines: list[Line], name: str, panel: int = 0) -> Line:
    return next(line for line in lines if (line.name, line.panel) == (name, panel))


def test_where_the_images_grew_is_told_as_far_as_the_run_came() -> None:
    fields = {"epochs": 6, "resolutions": (16, 24, 32)}
    model = TINY.model.model_copy(update={"head": "average"})
    growing = TINY.model_copy(update=fields | {"model": model})
    changes = lines_of([trace("a", 3, recipe=growing)], View("epoch")).changes
    assert [tuple(change) for change in changes] == [(2.0, "24 px")]
    assert [
        change.x for change in lines_of([trace("a", 6, recipe=growing)], View("time")).changes
    ] == [4.0, 8.0]
    assert not lines_of([trace("a", 3)], View()).changes
    assert not lines_of([trace("a", 3, 0, growing), trace("b", 3, 1, growing)], View()).changes


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


def test_the_same_count_has_the_same_shade_in_matrices_side_by_side():
    other = np.array([[16, 0], [4, 1]])
    shades = [texts_and_shades(one, "count", [MATRIX, other])[1] for one in (MATRIX, other)]
    assert shades[0].tolist() == [[0.5, pytest.approx(0.5**0.7)], [0, 5 / 16]]
    assert shades[1].tolist() == [[1, 0], [1, 1 / 16]]


def test_accuracies_are_drawn_in_percent_and_losses_as_they_are() -> None:
    drawn = lines_of([trace("one", 3)], View())
    assert [panel.title for panel in drawn.panels] == ["Accuracy (%)", "Loss (nats)"]
    assert named(drawn.lines, "Validation").y == pytest.approx([20, 55, 90])
    assert named(drawn.lines, "Training", panel=1).y == pytest.approx([0.2, 0.55, 0.9])


def test_logarithmic_charts_have_the_error_for_the_accuracy() -> None:
    drawn = lines_of([trace("one", 3)], View(log=True))
    assert drawn.panels[0].title == "Error (%)" and all(panel.log for panel in drawn.panels)
    assert named(drawn.lines, "Validation").y == pytest.approx([80, 45, 10])


def test_a_smoothed_line_has_the_one_that_it_was_behind_it() -> None:
    drawn = lines_of([trace("one", 3)], View(weight=0.5)).lines
    behind, smooth = (line for line in drawn if line.dash == "" and line.panel == 1)
    assert behind.y == pytest.approx([0.2, 0.55, 0.9]) and behind.opacity < smooth.opacity
    assert smooth.y == pytest.approx([0.2, 0.65 / 1.5, 0.7])
    assert not behind.told


def test_time_and_steps_are_those_of_the_run() -> None:
    assert named(lines_of([trace("one", 3)], View("time")).lines, "Validation").x.tolist() == [
        2,
        4,
        6,
    ]
    assert named(lines_of([trace("one", 2)], View("step")).lines, "Validation").x.tolist() == [
        5,
        10,
    ]


def test_batches_are_drawn_with_their_epochs_and_they_alone_are_smoothed() -> None:
    run = Trace("one", epochs(1), 0, TINY, steps(10), steps_per_epoch=5, now=(10, 4.0))
    drawn = lines_of([run], View("time", weight=0.5)).lines
    assert named(drawn, "Batches").x == pytest.approx(np.arange(1, 11) * 0.4)
    assert {line.name for line in drawn if not line.told} == {"Batches, as it was"}


def test_a_run_s_colour_is_its_own_whatever_else_is_drawn() -> None:
    alone = looks([5])[0]
    assert [looks([3, 5])[1], looks([5, 13, 21])[0]] == [alone, alone]
    assert looks([1, 9, 5])[2] == alone


@pytest.mark.parametrize("numbers", [range(100), [5, 5, 5, 5 + 100, 5 + 200]])
def test_no_two_runs_look_alike(numbers: list[int]) -> None:
    found = looks(numbers)
    assert len(set(found)) == len(numbers)
    colours = len(theme.LINES)
    assert [look.slot for look in found] == [number % colours for number in numbers]


@pytest.mark.parametrize("last", [5, 200])
def test_runs_are_told_apart_by_more_than_their_colours(last: int) -> None:
    drawn = lines_of([trace("one", last, 1), trace("two", last, 9)], View())
    symbols = {line.symbol for line in drawn.lines if line.symbol is not None}
    assert len(symbols) == 2
    assert [entry.label for entry in drawn.entries] == ["one", "two", "Validation", "Training"]


def seeded(seed: int, last: int) -> Trace:
    return trace(f"seed {seed}", last, seed, TINY.model_copy(update={"seed": seed}))


def test_seeds_of_a_recipe_become_one_line_with_a_band_where_asked_for() -> None:
    other = TINY.model_copy(update={"epochs": 9})
    runs = [seeded(0, 3), seeded(1, 5), trace("another", 4, 7, other)]
    assert len(lines_of(runs, View()).entries) == 3 + 2
    drawn = lines_of(runs, View(seeds=True))
    assert [entry.label for entry in drawn.entries][:2] == ["tiny, 2 seeds", "another"]
    mean = named(drawn.lines, "tiny, 2 seeds, validation")
    assert mean.y == pytest.approx([20, (55 + 37.5) / 2, (90 + 55) / 2])
    assert mean.low is not None and mean.low == pytest.approx([20, 37.5, 55])
    assert named(drawn.lines, "another, validation").low is None


def test_long_lines_are_sent_thinned_and_gaps_as_none() -> None:
    x = np.arange(5000.0)
    long = sent(Line(0, "long", x, np.where(x == 0, np.nan, x)))
    (places, values) = long["x"], long["y"]
    assert isinstance(places, list) and isinstance(values, list)
    assert len(places) == len(values) == MOST_POINTS
    assert (places[-1], values[0]) == (4999, None)


def test_what_is_drawn_is_saved_as_a_table_that_no_spreadsheet_runs() -> None:
    table = (
        curves_as_csv([trace("=1+1", 2), trace("two", 1, 1)], View("time")).decode().splitlines()
    )
    assert table[0] == "chart,curve,Training time (min:s),value"
    assert table[1] == 'Accuracy (%),"\'=1+1, validation",2.0,20.0'
    assert len(table) == 1 + 2 * 2 * (2 + 1)


def test_where_curves_end_is_told_in_words() -> None:
    told = curves_in_words([trace("one", 3)], View())
    assert "one 90.0 % after epoch 3" in told


def test_an_axis_has_room_for_all_marks_and_intervals() -> None:
    bars = [Bar("one", None, "", marks=(Mark(2.0, (1.0, 8.0)), Mark(6.0)))]
    low, high = span_of(bars, 0.0)
    assert -1 < low < 0 and 8 < high < 9
    assert span_of([Bar("one", None, "", marks=(Mark(3.0),))]) == (2, 4)


def test_shares_are_told_to_a_hundredth_of_a_percent() -> None:
    some, none = share_bars(["a", "b"], np.array([0.12345, np.nan]), notes=["9 images", "none"])
    assert (some.written, some.told) == ("12.3 %", "12.35 %\n9 images")
    assert (none.value, none.written, none.told) == (None, "none", "none")

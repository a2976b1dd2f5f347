"""What the figures of Results show of published and reached accuracies."""

import math

import pytest

from app.charts.differences import difference_bars
from core.comparison.verdicts import verdicts
from core.reproduce.results import Result
from pages.results.figures import standing_bars


def result(published: float, *tests: float) -> Result:
    return Result(
        name="preset",
        published=published,
        source="a paper",
        tests=dict(enumerate(tests)),
        train=0.9,
        validation=0.8,
        parameters=1,
        flops=1,
        seconds=1.0,
        device="cpu",
        data="data",
        torch="2",
    )


def test_what_was_published_stands_open_beside_what_was_reached() -> None:
    several, one, unpublished = standing_bars(
        [result(0.7, 0.71, 0.73), result(0.7, 0.71), result(math.nan, 0.71)]
    )
    published, reached = several.marks
    assert (published.value, published.open, published.interval) == (70, True, None)
    assert reached.value == pytest.approx(72) and not reached.open
    assert published.symbol != reached.symbol and published.slot != reached.slot
    low, high = reached.interval or pytest.fail("no interval of two seeds")
    assert low < 70 < 74 < high
    told = several.told.splitlines()
    assert told[:2] == ["Published 70.00 %", "Reached 72.00 % (seeds: 2)"]
    assert one.marks[1].interval is None and "interval" not in one.told
    assert [mark.open for mark in unpublished.marks] == [False]
    assert "Published" not in unpublished.told


def test_a_difference_that_is_not_shown_is_open() -> None:
    read = verdicts({"a": [0.70, 0.71, 0.72], "b": [0.80, 0.81, 0.82], "c": [0.70, 0.72, 0.71]})
    better, same = difference_bars(read)
    assert [better.name, same.name] == ["b", "c"]
    assert better.marks[0].value == pytest.approx(10) and better.written == "+10.0"
    assert better.told.startswith("+10.00 points (95 % interval +")
    assert [bar.marks[0].open for bar in (better, same)] == [False, True]

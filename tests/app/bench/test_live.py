"""What `bench live` makes of what it measured, and how it steers a checkout's store."""

import json
from pathlib import Path

import pytest

from app.bench.live import main
from app.bench.live_reports import (
    answers_report,
    cores_report,
    first_steps_report,
    memory_report,
    opening_report,
    speed_report,
)
from app.bench.server import Cores, Memory
from app.bench.situations import situations
from app.bench.storekeeper import answer
from app.bench.under_test import images_per_second
from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.store import RunStore


def test_training_is_measured_alone_and_beside_as_many_pages_as_asked_for() -> None:
    alone, one, two, *_ = situations(pages=[1, 2])
    assert (alone, one, two) == ("no page", "1 page open", "2 pages open")
    assert list(situations(pages=[1], only_watching=True)) == ["no page", "1 page open"]


def test_watching_is_compared_with_training_alone() -> None:
    table = speed_report({"no page": {"here": [100, 90, 110]}, "1 page": {"here": [99, 98, 200]}})
    assert table.columns[-1] == "ratio"
    assert table.rows[1] == ("1 page", "99", "98 - 200", "0.990")


def test_each_checkout_is_compared_with_itself_alone_and_with_the_other() -> None:
    rates = {"no page": {"new": [100], "old": [80]}, "1 page": {"new": [90], "old": [40]}}
    table = speed_report(rates, "New is 2, old is 1.")
    assert [(row[0], *row[3:]) for row in table.rows] == [
        ("no page, new", "1.000", "1.250"),
        ("no page, old", "1.000", "-"),
        ("1 page, new", "0.900", "2.250"),
        ("1 page, old", "0.500", "-"),
    ]
    assert table.notes[-1] == "New is 2, old is 1."


def test_the_wait_for_a_first_step_is_told_to_a_tenth_of_a_second() -> None:
    table = first_steps_report({"page just opened": {"new": [1.04, 2, 3], "old": [4, 4, 5]}})
    assert table.rows[0] == ("page just opened, new", "2.0", "1.0 - 3.0", "0.500")


def test_the_first_opening_of_a_page_is_compared_with_the_other_checkout() -> None:
    table = opening_report({"Home": {"new": [1.04, 2, 3], "old": [4, 4, 5]}}, "New is 2.")
    assert table.rows[0] == ("Home, new", "2.0", "1.0 - 3.0", "0.500")
    assert table.notes[-1] == "New is 2."


def test_busy_cores_are_told_of_server_and_browser_and_compared_together() -> None:
    table = cores_report(
        {"1 page": {"new": [Cores(0.02, 0.06)], "old": [Cores(0.02, 0.1), Cores(0.04, 0.16)]}}
    )
    assert table.rows == (
        ("1 page, new", "0.020", "0.060", "0.080", "0.080 - 0.080", "0.500"),
        ("1 page, old", "0.030", "0.130", "0.160", "0.120 - 0.200", "-"),
    )


def test_memory_is_told_of_server_and_workers_and_compared_together() -> None:
    table = memory_report(
        {"no page": {"new": [Memory(300, 700)], "old": [Memory(2000, 0), Memory(2002, 0)]}}
    )
    assert table.rows == (
        ("no page, new", "300", "700", "1,000", "1,000 - 1,000", "0.500"),
        ("no page, old", "2,001", "0", "2,001", "2,000 - 2,002", "-"),
    )
    assert json.loads(table.json())["figures"]["no page"]["new"] == [[300, 700]]


def test_slow_answers_are_not_hidden_by_the_median() -> None:
    table = answers_report({"Home": {"here": [1.0] * 18 + [9.0, 9.0]}})
    assert table.rows[0] == ("Home", "1.00", "9.00", "1.00 - 9.00")


def test_a_speed_is_taken_between_the_first_steps_stored_and_the_last() -> None:
    assert images_per_second([(10.0, 100), (11.0, 130), (12.0, 140)], 8) == 160
    with pytest.raises(ConvscopeError, match="--seconds"):
        images_per_second([(10.0, 100)], 8)


def test_a_store_is_filled_and_steered_by_lines(store: RunStore, tiny_recipe: Recipe) -> None:
    answer(store, json.dumps(["create", tiny_recipe.to_url()]))
    assert store.find("tiny").recipe == tiny_recipe
    answer(store, json.dumps(["fill", "long", 30]))
    assert len(store.metrics.steps(store.find("long").id)) == 30
    store.claim_next("cpu")
    answer(store, json.dumps(["request", "tiny", "pause"]))
    assert store.requested(store.find("tiny").id) == "pause"
    answer(store, json.dumps(["request", "tiny", None]))
    assert store.requested(store.find("tiny").id) is None


def test_a_folder_that_is_no_checkout_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConvscopeError, match=str(tmp_path)):
        main(repeats=2, seconds=1, beside={}, answers=2, against=tmp_path)

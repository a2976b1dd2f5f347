"""Verdicts on labels: kept, shared by networks of the same pictures, lost by nobody."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from numpy import int64

from core.errors import ConvscopeError
from core.runs.store import RunStore
from tests.processes import FORKS

DATA = "abc.1"


def test_the_last_verdict_on_an_image_counts(store: RunStore) -> None:
    judgements = store.judgements
    judgements.judge(DATA, "test", 10, 3, "right")
    judgements.judge(DATA, "test", 10, 7, "unclear")
    judgements.judge(DATA, "test", 10, 3, "wrong")
    assert judgements.of(DATA, "test", 10) == {7: "unclear", 3: "wrong"}
    assert RunStore(store.folder).judgements.of(DATA, "test", 10) == {7: "unclear", 3: "wrong"}


def test_test_images_are_the_same_whatever_is_held_back_for_validation(store: RunStore) -> None:
    for split in ("test", "validation"):
        store.judgements.judge("abc.1", split, 10, 3, "wrong")
    assert store.judgements.of("abc.2", "test", 10) == {3: "wrong"}
    assert store.judgements.of("abc.2", "validation", 10) == {}
    assert store.judgements.of("other.1", "test", 10) == {}


@pytest.mark.parametrize("image", [-1, 10, 10**12])
def test_an_image_that_is_not_there_is_refused(store: RunStore, image: int) -> None:
    with pytest.raises(ConvscopeError, match=f"There is no image {image} among the 10 test"):
        store.judgements.judge(DATA, "test", 10, image, "wrong")
    assert store.judgements.of(DATA, "test", 10) == {}


def test_a_number_of_any_kind_is_the_image_of_that_number(store: RunStore) -> None:
    three: Any = int64(3)
    store.judgements.judge(DATA, "test", 10, three, "wrong")
    assert store.judgements.of(DATA, "test", 10) == {3: "wrong"}
    assert store.judgements.take_back(DATA, "test", three, "wrong")


@pytest.mark.parametrize(
    ("image", "verdict", "why"),
    [
        (5.5, "wrong", "'5.5' is no number of an image"),
        ("5", "wrong", "'5' is no number of an image"),
        (5, "maybe", "'maybe' is no verdict; it is one of right, wrong, unclear"),
        (5, 1, "'1' is no verdict"),
    ],
)
def test_what_is_no_image_and_what_is_no_verdict_is_refused(
    store: RunStore, image: Any, verdict: Any, why: str
) -> None:
    with pytest.raises(ConvscopeError, match=why):
        store.judgements.judge(DATA, "test", 10, image, verdict)
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database:
        assert database.execute("SELECT * FROM judgements").fetchall() == []


def test_what_was_judged_otherwise_meanwhile_is_not_taken_back(store: RunStore) -> None:
    judgements = store.judgements
    judgements.judge(DATA, "test", 10, 3, "right")
    judgements.judge(DATA, "test", 10, 3, "wrong")  # in another tab
    assert not judgements.take_back(DATA, "test", 3, "right")
    assert judgements.of(DATA, "test", 10) == {3: "wrong"}
    assert judgements.take_back(DATA, "test", 3, "wrong")
    assert judgements.of(DATA, "test", 10) == {}


def test_rows_that_say_nothing_of_an_image_are_left_out(store: RunStore) -> None:
    store.judgements.judge(DATA, "test", 10, 3, "right")
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database, database:
        for image, verdict in ((99, "right"), (4, "dancing"), (-2, "wrong")):
            database.execute(
                "INSERT INTO judgements VALUES ('abc', 'test', ?, ?, 0)", (image, verdict)
            )
    assert store.judgements.of(DATA, "test", 10) == {3: "right"}


def judge_some(folder_and_first: tuple[Path, int]) -> None:
    folder, first = folder_and_first
    judgements = RunStore(folder).judgements
    for image in range(first, 40, 4):
        judgements.judge(DATA, "test", 40, image, "wrong")


def test_people_who_judge_at_once_lose_nothing_of_each_others(home: Path) -> None:
    RunStore(home)
    with FORKS.Pool(4) as pool:
        pool.map(judge_some, [(home, first) for first in range(4)])
    assert set(RunStore(home).judgements.of(DATA, "test", 40)) == set(range(40))

"""How often the live view looks."""

import pytest

from app import pace
from core.jobs import execute
from core.recipe import Recipe
from core.runs.store import RunStore
from core.training import Control
from pages.train.live import BEGINNING_SECONDS, look_every
from tests.executing import CPU


def test_until_the_first_step_there_is_a_look_every_half_second_and_then_the_machines_pace(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    assert look_every(store.get(run_id)) == BEGINNING_SECONDS
    waiting = store.create(tiny_recipe)
    assert look_every(store.get(waiting)) == pace.live_seconds(), "another trains, maybe for hours"
    store.delete(waiting)
    list(execute(store, store.get(run_id), Control(), CPU))
    assert look_every(store.get(run_id)) is None


@pytest.mark.parametrize(("cores", "seconds"), [(1, 6), (2, 3), (16, 1)])
def test_few_cores_are_looked_at_less_often(
    cores: int, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "own_cores", lambda: list(range(cores)))
    assert pace.live_seconds() == pytest.approx(seconds)

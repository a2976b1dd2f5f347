"""The table of what was published and what was reached."""

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from core.recipe import Published, Recipe, presets
from core.reproduce.results import (
    Result,
    as_csv,
    keep_results,
    kept_results,
    published_presets,
    result_of,
    results_table,
    standing,
)
from core.runs.run import Run
from core.runs.store import RunStore


@pytest.fixture
def recipe(tiny_recipe: Recipe) -> Recipe:
    return tiny_recipe.model_copy(update={"published": Published(accuracy=0.8, source="a paper")})


def finished(store: RunStore, recipe: Recipe, seed: int, test: float) -> Run:
    """A run as training would have left it, without the training."""
    run_id = store.create(recipe.model_copy(update={"seed": seed}), claimed=True)
    accuracies = json.dumps({"train": 0.9, "validation": test - 0.01, "test": test})
    store.update(run_id, accuracies=accuracies, seconds=60.0 + seed)
    store.set_status(run_id, "finished")
    return store.get(run_id)


def reached(store: RunStore, recipe: Recipe, *accuracies: float) -> Result:
    for seed, accuracy in enumerate(accuracies):
        finished(store, recipe, seed, accuracy)
    result = result_of("tiny", recipe, store.runs())
    assert result is not None
    return result


def test_a_recipe_without_a_finished_run_has_no_row(store: RunStore, recipe: Recipe):
    store.create(recipe)
    assert result_of("tiny", recipe, store.runs()) is None


def test_seeds_become_a_mean_a_deviation_and_the_best(store: RunStore, recipe: Recipe):
    result = reached(store, recipe, 0.80, 0.82, 0.84)
    assert (result.test.mean, result.test.deviation) == pytest.approx((0.82, 0.02))
    assert (result.best, result.runs, result.seconds) == (0.84, 3, 61.0)
    assert (result.train, result.validation) == pytest.approx((0.9, 0.81))
    assert result.ahead == pytest.approx(0.02)
    assert result.chance == pytest.approx(0.00384, abs=1e-5)


def test_the_table_shows_both_figures_and_leaves_unknown_ones_out(store: RunStore, recipe: Recipe):
    many, one = reached(store, recipe, 0.80, 0.82), recipe.model_copy(update={"epochs": 7})
    single = reached(store, one.model_copy(update={"published": Published()}), 0.5)
    lines = results_table([many, single]).splitlines()
    assert "| 80.00 | 81.00 ± 1.41 | 68.29 to 93.71 | +1.0 | 82.00 |" in lines[2]
    assert "| - | 50.00 | - | - | 50.00 |" in lines[3]
    assert "0.46 at 70 %, 0.30 at 90 %, 0.22 at 95 %" in " ".join(lines)


def test_the_csv_holds_every_figure(store: RunStore, recipe: Recipe):
    rows = list(csv.DictReader(io.StringIO(as_csv([reached(store, recipe, 0.8, 0.9)]))))
    assert float(rows[0]["test_mean"]) == pytest.approx(0.85)
    assert rows[0]["source"] == "a paper"


def test_every_published_system_has_a_preset_with_its_source():
    systems = {"vgg-bn", "convnet-sgd", "adamw-smooth", "two-conv", "three-block", "basic"}
    assert systems <= set(published_presets())
    assert all(published_presets()[name].published.accuracy > 0.5 for name in systems)


def test_the_table_that_ships_is_read_back_and_own_runs_replace_it(
    store: RunStore, recipe: Recipe, tmp_path: Path
):
    best = presets()["best"]
    shipped = [replace(reached(store, recipe, 0.8), name=name) for name in ("best", "basic")]
    keep_results(shipped, tmp_path)
    assert [result.name for result in standing(published_presets(), [], tmp_path)] == [
        "basic",
        "best",
    ]
    one = kept_results(tmp_path)[0]
    assert (one.test.mean, one.runs, one.source) == (0.8, 1, "a paper")
    assert math.isnan(one.test.low) and one.published == 0.8
    finished(store, best, 0, 0.96)
    now = standing(published_presets(), store.runs(), tmp_path)
    means = {result.name: result.test.mean for result in now}
    assert means == {"basic": 0.8, "best": 0.96}


@pytest.mark.parametrize("damage", ["", "name,runs\nbest,many\n", "\x00"])
def test_a_damaged_table_is_no_table(damage: str, tmp_path: Path):
    (tmp_path / "results.csv").write_text(damage)
    assert kept_results(tmp_path) == []

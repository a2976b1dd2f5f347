"""The table of what was published and what was reached."""

import csv
import io
import json
import math
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from scipy import stats

from core.comparison.seeds import finished_runs
from core.files import PROJECT
from core.models.summary import summarise
from core.recipe import Published, Recipe, presets
from core.reproduce.results import (
    Result,
    accuracies_by_seed,
    as_csv,
    curves,
    keep_results,
    kept_results,
    published_presets,
    result_of,
    standing,
)
from core.reproduce.results_table import (
    DIFFERENCES,
    PAIRED_ERRORS,
    TOLD_APART,
    UNPAIRED_ERRORS,
    results_table,
)
from core.runs.events import EpochEnded
from core.runs.networks import SHIPPED
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
    result = result_of("tiny", recipe, finished_runs(store.runs(), recipe))
    assert result is not None
    return result


def test_a_recipe_without_a_finished_run_has_no_row(store: RunStore, recipe: Recipe):
    store.create(recipe)
    assert standing({"tiny": recipe}, store.runs()) == []
    assert result_of("tiny", recipe, []) is None


def test_seeds_become_a_mean_a_deviation_and_the_best(store: RunStore, recipe: Recipe):
    result = reached(store, recipe, 0.80, 0.82, 0.84)
    assert (result.test.mean, result.test.deviation) == pytest.approx((0.82, 0.02))
    assert (result.best, result.runs, result.seconds) == (0.84, 3, 61.0)
    assert (result.train, result.validation) == pytest.approx((0.9, 0.81))
    assert result.ahead == pytest.approx(0.02)
    assert replace(result, data="cifar10").image_error == pytest.approx(0.00384, abs=1e-5)
    assert math.isnan(replace(result, data="my_photos").image_error)


def test_the_table_shows_both_figures_and_leaves_unknown_ones_out(store: RunStore, recipe: Recipe):
    many, one = reached(store, recipe, 0.80, 0.82), recipe.model_copy(update={"epochs": 7})
    single = reached(store, one.model_copy(update={"published": Published()}), 0.5)
    lines = results_table([many, single]).splitlines()
    assert "| 80.00 | 81.00 ± 1.41 | 68.29 to 93.71 | +1.0 | 82.00 |" in lines[2]
    assert "| - | 50.00 | - | - | 50.00 |" in lines[3]
    assert "standard error" not in " ".join(lines)
    lines = results_table([many, replace(single, data="cifar10")]).splitlines()
    assert "0.46 at 70 %, 0.30 at 90 %, 0.22 at 95 %" in " ".join(lines)


def test_the_legend_says_what_is_shown_and_what_is_not(store: RunStore, recipe: Recipe):
    above = reached(store, recipe, 0.82, 0.83, 0.84)
    single = reached(store, recipe.model_copy(update={"epochs": 7}), 0.85)
    text = " ".join(results_table([above, replace(single, name="single")]).split())
    assert "above what was published for `tiny`; of the others it is not shown." in text
    assert "Where there is one seed there is no interval" in text
    text = " ".join(results_table([above]).split())
    assert "published for `tiny`." in text and "one seed" not in text
    text = " ".join(results_table([single]).split())
    assert "is shown of none" in text


def test_what_a_difference_needs_is_what_the_shipped_logits_say():
    """Two by two: the standard error of the difference on the same images, and of two figures."""
    right: list[np.ndarray] = []
    for path in sorted(SHIPPED.glob("*.test-logits.safetensors")):
        shipped = load_file(path)
        if len(shipped["labels"]) == 10_000:
            right.append(shipped["logits"].argmax(axis=1) == shipped["labels"])
    pairs = list(combinations(right, 2))
    paired = [100 * np.std(a.astype(float) - b) / 10_000**0.5 for a, b in pairs]
    apart = [100 * np.hypot(np.std(a), np.std(b)) / 10_000**0.5 for a, b in pairs]
    needed = [stats.norm.ppf(0.975) * error for error in paired]
    assert len(right) >= 5
    assert (min(paired), max(paired)) == pytest.approx(PAIRED_ERRORS, abs=0.005)
    assert (min(apart), max(apart)) == pytest.approx(UNPAIRED_ERRORS, abs=0.005)
    assert (min(needed), max(needed)) == pytest.approx(TOLD_APART, abs=0.05)


@pytest.mark.parametrize("page", ["README.md", "docs/results.md"])
def test_what_a_difference_needs_is_said_the_same_everywhere(page: str):
    text = " ".join((PROJECT / page).read_text().split())
    assert DIFFERENCES in text and "noise" not in text


def test_the_csv_holds_every_figure(store: RunStore, recipe: Recipe):
    rows = list(csv.DictReader(io.StringIO(as_csv([reached(store, recipe, 0.8, 0.9)]))))
    assert float(rows[0]["test_mean"]) == pytest.approx(0.85)
    assert rows[0]["source"] == "a paper"


def test_every_published_system_has_a_preset_with_its_source():
    systems = {"vgg-bn", "convnet-sgd", "adamw-smooth", "two-conv", "three-block", "basic"}
    assert systems <= set(published_presets())
    assert all(published_presets()[name].published.accuracy > 0.5 for name in systems)


def test_what_ships_is_read_back_and_own_runs_replace_it(store: RunStore, tmp_path: Path):
    basic, best = presets()["basic"], presets()["best"]
    run = finished(store, basic, 0, 0.8)
    store.metrics.add_epoch(run.id, EpochEnded(1, 1.0, 0.5, 1.1, 0.4, 0.1, 100.0, 1.0, best=True))
    keep_results(store, tmp_path)
    elsewhere = RunStore(tmp_path / "elsewhere")
    (row,) = standing(published_presets(), elsewhere.runs(), tmp_path)
    assert (row.name, row.test.mean, row.runs, row.published) == ("basic", 0.8, 1, 0.6)
    assert math.isnan(row.test.low) and row.source == basic.published.source
    assert curves(elsewhere, tmp_path)["basic"]["validation_accuracy"].tolist() == [0.4]
    finished(elsewhere, best, 0, 0.96)
    finished(elsewhere, basic, 0, 0.7)
    now = standing(published_presets(), elsewhere.runs(), tmp_path)
    assert {result.name: result.test.mean for result in now} == {"basic": 0.7, "best": 0.96}
    assert curves(elsewhere, tmp_path)["basic"].empty
    keep_results(elsewhere, tmp_path)
    assert [result.name for result in kept_results(tmp_path)] == ["basic", "best"]


def test_seeds_that_ship_stand_for_those_not_run_here(store: RunStore, tmp_path: Path):
    basic = presets()["basic"]
    for seed, accuracy in enumerate((0.71, 0.72)):
        finished(store, basic, seed, accuracy)
    keep_results(store, tmp_path)
    elsewhere = RunStore(tmp_path / "elsewhere")
    finished(elsewhere, basic, 1, 0.8)
    asked = basic.model_copy(update={"seed": 7})
    assert accuracies_by_seed(asked, elsewhere.runs(), tmp_path) == {0: 0.71, 1: 0.8}
    other = basic.model_copy(update={"epochs": 3})
    assert accuracies_by_seed(other, elsewhere.runs(), tmp_path) == {}


def test_what_ships_is_not_replaced_by_fewer_seeds(store: RunStore, tmp_path: Path):
    for seed in range(3):
        finished(store, presets()["basic"], seed, 0.7)
    keep_results(store, tmp_path)
    elsewhere = RunStore(tmp_path / "elsewhere")
    finished(elsewhere, presets()["basic"], 7, 0.8)
    keep_results(elsewhere, tmp_path)
    assert kept_results(tmp_path)[0].tests == dict.fromkeys(range(3), 0.7)


def test_an_editor_s_byte_order_mark_costs_no_row(tmp_path: Path):
    text = (SHIPPED / "results.csv").read_text()
    (tmp_path / "results.csv").write_text(text, "utf-8-sig")
    assert [row.name for row in kept_results(tmp_path)] == [row.name for row in kept_results()]


@pytest.mark.parametrize("damage", ["", "name,runs\nbest,many\n", "\x00"])
def test_a_damaged_table_is_no_table(damage: str, tmp_path: Path):
    (tmp_path / "results.csv").write_text(damage)
    assert kept_results(tmp_path) == []


@pytest.mark.parametrize(
    "tests", ["", "{}", "[" * 100_000, "x" * 200_000, '{"0": NaN}', '{"0": 78.3}', '{"0": -1}', "3"]
)
def test_accuracies_that_are_none_make_no_table(tests: str, tmp_path: Path):
    rows = list(csv.DictReader(io.StringIO((SHIPPED / "results.csv").read_text())))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows([rows[0] | {"tests": tests}])
    (tmp_path / "results.csv").write_text(text.getvalue())
    assert kept_results(tmp_path) == []


def test_a_table_that_was_cut_off_raises_nothing(tmp_path: Path):
    text = (SHIPPED / "results.csv").read_text()
    for length in range(0, len(text), 7):
        (tmp_path / "results.csv").write_text(text[:length])
        kept_results(tmp_path)


def test_what_ships_counts_flops_as_the_code_does_now() -> None:
    recipes = presets()
    for row in kept_results():
        assert row.flops == summarise(recipes[row.name].model, 10).flops, row.name

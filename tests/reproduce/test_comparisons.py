"""Comparisons over seeds: what is compared, and how it is read."""

import json
import math
from pathlib import Path

import pytest

from core.cli.reproduce import marks
from core.comparison.verdicts import verdict_table, verdicts
from core.files import PROJECT
from core.recipe import Recipe
from core.reproduce.comparisons import comparisons, keep, kept, reached
from core.runs.store import RunStore


def finish(store: RunStore, recipe: Recipe, seed: int, test: float) -> None:
    """A run as training would have left it, without the training."""
    run_id = store.create(recipe.model_copy(update={"seed": seed}), claimed=True)
    store.update(run_id, accuracies=json.dumps({"test": test}))
    store.set_status(run_id, "finished")


def test_the_finished_runs_of_each_variant_are_gathered(store: RunStore):
    comparison = comparisons()["regularisation"]
    for seed, accuracy in enumerate((0.7, 0.72)):
        finish(store, comparison.variants["none"], seed, accuracy)
    finish(store, comparison.variants["dropout"], 0, 0.71)
    store.create(comparison.variants["all"])
    assert reached(comparison, store.runs()) == {"none": [0.7, 0.72], "dropout": [0.71]}


def test_without_a_run_of_the_baseline_there_is_nothing_to_compare(store: RunStore):
    comparison = comparisons()["regularisation"]
    finish(store, comparison.variants["dropout"], 0, 0.71)
    assert reached(comparison, store.runs()) == {}


def test_a_comparison_is_read_in_plain_words():
    read = verdicts({"none": [0.70, 0.71, 0.705], "batch norm": [0.73, 0.74, 0.735]})
    assert [verdict.sentence for verdict in read] == [
        "none: 70.5% of the test images right.",
        "batch norm: +3.0 points against none, 95 % interval +1.9 to +4.1: a gain.",
    ]
    assert "| batch norm | 73.50 ± 0.50 | +3.00 | +1.9 to +4.1 | 3 |" in verdict_table(read)


def test_what_is_not_shown_says_so():
    relu, gelu, tanh, elu = verdicts(
        {
            "relu": [0.70, 0.71, 0.72],
            "gelu": [0.72, 0.71, 0.70],
            "tanh": [0.65],
            "elu": [0.6, 0.61, 0.62],
        }
    )
    assert relu.sentence == "relu: 71.0% of the test images right."
    assert gelu.sentence.endswith("not shown to differ.")
    assert tanh.sentence == (
        "tanh: -6.0 points against relu: not shown, as one seed of tanh shows nothing."
    )
    assert elu.sentence.endswith(": a loss.")


def test_a_baseline_of_one_seed_and_seeds_without_spread_show_nothing():
    _, gelu = verdicts({"relu": [0.70], "gelu": [0.72, 0.71]})
    assert gelu.sentence == (
        "gelu: +1.5 points against relu: not shown, as one seed of relu shows nothing."
    )
    _, same = verdicts({"relu": [0.70, 0.70], "gelu": [0.72, 0.72]})
    assert same.sentence.endswith("not shown, as seeds alike show no spread.")


def test_the_regularisation_that_ships_shows_three_gains():
    read = verdicts(kept("regularisation"))
    gains = [verdict.variant for verdict in read if verdict.sentence.endswith("a gain.")]
    assert gains == ["batch norm", "augmentation", "label smoothing"]


@pytest.mark.parametrize("name", comparisons())
def test_the_page_tells_what_ships(name: str):
    start, end = marks(name)
    text = (PROJECT / "docs" / "reproductions.md").read_text()
    shown = text.partition(start)[2].partition(end)[0]
    assert shown.strip() == verdict_table(verdicts(kept(name))).strip()


def test_nothing_reached_is_nothing_to_read():
    assert verdicts({}) == []


def test_what_was_kept_ships_and_damage_is_survived(tmp_path: Path):
    keep("activations", {"relu": [0.7, 0.71]}, tmp_path)
    assert kept("activations", tmp_path) == {"relu": [0.7, 0.71]}
    (tmp_path / "activations.json").write_text('{"relu": "good"}')
    assert kept("activations", tmp_path) == {}
    assert kept("regularisation", tmp_path) == {}


def test_variants_differ_in_what_they_are_called_after():
    variants = comparisons()["regularisation"].variants
    none, everything = variants["none"], variants["all"]
    assert none.augmentation.crop_padding == 0 and everything.augmentation.crop_padding > 0
    assert none.optimizer.weight_decay == 0 < variants["weight decay"].optimizer.weight_decay
    assert len({recipe.model_dump_json() for recipe in variants.values()}) == len(variants)
    assert math.isclose(everything.label_smoothing, 0.1)

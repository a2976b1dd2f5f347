"""Comparisons over seeds: what is compared, and how it is read."""

import json
import math
from pathlib import Path

from core.recipe import Recipe
from core.reproduce.comparisons import comparisons, keep, kept, reached
from core.reproduce.verdicts import verdict_table, verdicts
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


def test_a_comparison_is_read_in_plain_words():
    read = verdicts({"none": [0.70, 0.71, 0.705], "batch norm": [0.73, 0.74, 0.735]})
    assert [verdict.sentence for verdict in read] == [
        "none: 70.5% of the test images right.",
        "batch norm: +3.0 points against none, 95 % interval +1.9 to +4.1.",
    ]
    assert "| batch norm | 73.50 ± 0.50 | +3.00 | +1.87 to +4.13 | 3 |" in verdict_table(read)


def test_a_difference_within_chance_says_so():
    relu, gelu, tanh = verdicts(
        {"relu": [0.70, 0.71, 0.72], "gelu": [0.72, 0.71, 0.70], "tanh": [0.65]}
    )
    assert relu.sentence == "relu: 71.0% of the test images right."
    assert gelu.sentence.endswith("may be chance.")
    assert tanh.sentence == "tanh: -6.0 points against relu, from one run: it may be chance."


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

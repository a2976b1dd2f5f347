"""Two recipes over seeds: what is shown, what is not, and what it would take."""

import json
import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower, TTestPower

from core.comparison.seeds import by_seed, compare_recipes, of_any_seed, recipe_groups
from core.recipe import Recipe
from core.runs.store import RunStore

A = {0: 0.750, 1: 0.752, 2: 0.749, 3: 0.754, 4: 0.748}
B = {0: 0.760, 1: 0.765, 2: 0.757, 3: 0.768, 4: 0.761}
OTHER_SEEDS = {seed + 10: accuracy for seed, accuracy in B.items()}


def points(accuracies: dict[int, float]) -> list[float]:
    return [100 * accuracy for accuracy in accuracies.values()]


def test_the_same_seeds_are_pairs():
    found, scipys = compare_recipes(A, B), stats.ttest_rel(points(B), points(A))
    _, p_value = scipys
    interval = scipys.confidence_interval(0.95)
    assert (found.test, found.seeds, found.shown) == ("paired", (5, 5), True)
    assert found.difference == pytest.approx(1.16)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p_value == pytest.approx(p_value)
    assert found.sentence == (
        "B is 1.2 points better than A: 95 % interval 0.8 to 1.5, five seeds each, paired by seed."
    )
    assert compare_recipes(B, A, ("old", "new")).sentence == (
        "new is 1.2 points worse than old: 95 % interval 0.8 to 1.5, five seeds each, paired by "
        "seed."
    )


@pytest.mark.parametrize("seeds", [3, 5])
def test_other_seeds_are_judged_by_welchs_test(seeds: int):
    some = dict(list(A.items())[:seeds])
    found = compare_recipes(some, OTHER_SEEDS)
    scipys = stats.ttest_ind(points(OTHER_SEEDS), points(some), equal_var=False)
    _, p_value = scipys
    interval = scipys.confidence_interval(0.95)
    assert (found.test, found.seeds) == ("Welch", (seeds, 5))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p_value == pytest.approx(p_value)
    told = "three and five seeds, by Welch's t test." if seeds == 3 else "five seeds each, by Welch"
    assert told in found.sentence


def test_a_seed_without_its_pair_is_left_out_and_said_to_be():
    found = compare_recipes({seed: A[seed] for seed in (0, 1, 2)}, B)
    assert (found.test, found.seeds) == ("paired", (3, 3))
    assert found.difference == pytest.approx(100 * (0.010 + 0.013 + 0.008) / 3)
    assert "three seeds each, paired by seed (two without a pair left out)" in found.sentence


def test_what_is_not_shown_says_what_it_would_take():
    found = compare_recipes({0: 0.75, 1: 0.76, 2: 0.74}, {0: 0.76, 1: 0.755, 2: 0.755})
    assert not found.shown and found.low < 0 < found.high
    assert found.sentence.startswith("Not shown: B is 0.7 points better than A, but the 95 % ")
    assert f"needs about {found.needed} seeds of each." in found.sentence
    assert found.smallest > found.high - found.difference > found.difference


def test_the_seeds_needed_are_those_of_the_textbook():
    """The power of t tests as statsmodels has it."""
    found = compare_recipes(A, B)
    deviation = float(np.std(np.subtract(points(B), points(A)), ddof=1))
    for wanted in (0.2, 0.5, 1.0):
        exact = TTestPower().solve_power(wanted / deviation, alpha=0.05, power=0.8)
        assert found.seeds_for(wanted) == found.seeds_for(-wanted) == math.ceil(exact)
    power = TTestPower().power(found.smallest / deviation, nobs=5, alpha=0.05)
    assert power == pytest.approx(0.8, abs=1e-3)


def test_the_seeds_needed_without_pairs_are_those_of_the_textbook():
    mirrored = {seed + 10: 1.5 - accuracy for seed, accuracy in A.items()}  # spread just like A
    found = compare_recipes(A, mirrored)
    deviation = float(np.std(points(A), ddof=1))
    for wanted in (0.2, 0.5):
        exact = TTestIndPower().solve_power(wanted / deviation, alpha=0.05, power=0.8)
        assert found.seeds_for(wanted) == math.ceil(exact)
    power = TTestIndPower().power(found.smallest / deviation, nobs1=5, alpha=0.05)
    assert power == pytest.approx(0.8, abs=1e-3)


def test_an_interval_holds_the_truth_as_often_as_it_says():
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        a, b = generator.normal(0.75, 0.003, 4), generator.normal(0.76, 0.003, 4)
        found = compare_recipes(dict(enumerate(a)), dict(enumerate(b)))
        held += found.low < 1.0 < found.high
    assert 930 <= held <= 970


def test_a_difference_of_nearly_nothing_needs_more_seeds_than_anybody_trains():
    found = compare_recipes({0: 0.75, 1: 0.76, 2: 0.74}, {0: 0.7602, 1: 0.75, 2: 0.74})
    assert found.needed is None and "more than 1,000 seeds of each" in found.sentence
    assert "-0.00" not in found.sentence


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (
            {0: 0.75},
            {0: 0.76},
            "Not shown: B is 1.0 points better than A, but one seed each says nothing about the "
            "recipes; train at least two seeds of each, better five.",
        ),
        (A, {0: 0.76}, "but one seed of B says nothing about the recipes"),
        ({0: 0.76}, A, "but one seed of A says nothing about the recipes"),
        ({}, A, "Not shown: no run of A has finished and was tested."),
        (A, {}, "Not shown: no run of B has finished and was tested."),
        (A, B | {2: math.nan}, "Not shown: B has no accuracy from 0 to 1 with seed 2, but nan."),
        ({0: 75.0, 1: 76.0}, A, "Not shown: A has no accuracy from 0 to 1 with seed 0, but 75.0."),
        (A, A, "Not shown: B is just as good as A with every seed alike"),
        ({0: 0.7, 1: 0.8}, {0: 0.71, 1: 0.81}, "B is 1.0 points better than A with every seed"),
        ({0: 0.7, 1: 0.7}, {2: 0.71, 3: 0.71}, "B is 1.0 points better than A with every seed"),
    ],
)
def test_what_cannot_be_judged_is_a_sentence(
    a: dict[int, float], b: dict[int, float], sentence: str
):
    found = compare_recipes(a, b)
    assert sentence in found.sentence and found.sentence.startswith("Not shown: ")
    assert found.test is None and not found.shown
    assert found.needed is None and found.seeds_for(1) is None


def test_one_recipe_without_spread_is_still_compared():
    assert compare_recipes({0: 0.7, 1: 0.7}, {2: 0.71, 3: 0.72}).test == "Welch"


def test_runs_are_grouped_by_all_but_their_seed(store: RunStore, tiny_recipe: Recipe):
    longer = tiny_recipe.model_copy(update={"epochs": 7})

    def run(recipe: Recipe, seed: int, test: float, status: str = "finished") -> str:
        run_id = store.create(recipe.model_copy(update={"seed": seed}), claimed=True)
        store.update(run_id, accuracies=json.dumps({"test": test} if test else {}))
        if status == "finished":
            store.set_status(run_id, "finished")
        return run_id

    run(tiny_recipe, 1, 0.5)
    newest, first = run(tiny_recipe, 1, 0.6), run(tiny_recipe, 0, 0.7)
    untested = run(longer, 3, 0)
    run(longer, 4, 0.9, status="running")
    groups = recipe_groups(store.runs())
    assert {identity: [run.id for run in found] for identity, found in groups.items()} == {
        of_any_seed(tiny_recipe): [first, newest],
        of_any_seed(longer): [untested],
    }
    assert by_seed(groups[of_any_seed(tiny_recipe)]) == {0: 0.7, 1: 0.6}
    assert by_seed(groups[of_any_seed(longer)]) == {}

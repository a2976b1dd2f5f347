"""What a search knows after a start."""

import pytest

from core.recipe import Recipe
from core.runs.trials import Trial
from core.studies.definition import Pruner, Study
from core.studies.search import Searched

RATE = "optimizer.learning_rate"
REACHED = {number: {1: 0.9 - number / 100} for number in range(6)}


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_pruning_goes_by_the_trials_before_the_start(tiny_recipe: Recipe, pruner: Pruner) -> None:
    study = Study.parse(
        {
            "name": "rates",
            "kind": "search",
            "base": tiny_recipe,
            "space": {RATE: {"kind": "uniform", "low": 0.001, "high": 0.1}},
            "pruner": pruner,
            "trials": 20,
        }
    )
    before = [
        Trial(number, f"{number}", {RATE: 0.01 + number / 100}, "finished", values[1], "", {})
        for number, values in REACHED.items()
    ]
    search = Searched(study, before, REACHED)
    worse, better = search.ask(), search.ask()
    assert worse is not None and better is not None
    assert (worse.number, better.number) == (6, 7)
    assert search.is_hopeless(worse.number, 1, 0.1)
    assert not search.is_hopeless(better.number, 1, 0.95)


def test_a_finished_trial_that_has_no_value_is_none_to_go_by(tiny_recipe: Recipe) -> None:
    fields = {"name": "rates", "kind": "search", "base": tiny_recipe, "trials": 20}
    space = {RATE: {"kind": "uniform", "low": 0.001, "high": 0.1}}
    search = Searched(
        Study.parse({**fields, "space": space}),
        [Trial(0, "0", {RATE: 0.01}, "finished", None, "", {})],
        {},
    )
    asked = search.ask()
    assert asked is not None and asked.number == 1

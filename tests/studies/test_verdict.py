"""What a study is said to have shown."""

import pytest

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.trials import Trial
from core.studies.definition import Study
from core.studies.reading import runs_wanted, seconds_expected, seconds_left
from core.studies.verdict import best_recipe, confirmation, ranked, sentences
from tests.studies.studies import add_finished

RATE = "optimizer.learning_rate"


def search(base: Recipe, **fields: object) -> Study:
    space = {RATE: {"kind": "uniform", "low": 0.001, "high": 0.1}}
    return Study.parse({"name": "s", "kind": "search", "base": base, "space": space} | fields)


def trial(number: int, value: float | None, rate: float = 0.01) -> Trial:
    status = "failed" if value is None else "finished"
    return Trial(number, f"learning rate {rate}", {RATE: rate}, status, value, "", {})


def test_the_best_is_the_most_accurate_or_the_one_with_the_least_loss(tiny_recipe: Recipe) -> None:
    trials = [trial(0, 0.5), trial(1, 0.7, rate=0.03), trial(2, None), trial(3, 0.6)]
    assert [one.number for one in ranked(search(tiny_recipe), trials)] == [1, 3, 0]
    assert [one.number for one in ranked(search(tiny_recipe, goal="loss"), trials)] == [0, 3, 1]
    assert best_recipe(search(tiny_recipe), trials).optimizer.learning_rate == 0.03
    with pytest.raises(ConvscopeError, match="No trial of 's' has finished"):
        best_recipe(search(tiny_recipe), trials[2:3])


def test_base_and_best_are_confirmed_on_seeds_that_chose_nothing(tiny_recipe: Recipe) -> None:
    asked = search(tiny_recipe, seeds=2, first_seed=3)
    fresh = confirmation(asked, [trial(0, 0.5, rate=0.04)], seeds=5)
    assert (fresh.first_seed, fresh.seeds) == (5, 5)
    base, best = fresh.planned.values()
    assert base == tiny_recipe and best.optimizer.learning_rate == 0.04


def test_more_seeds_than_there_are_is_told(tiny_recipe: Recipe) -> None:
    with pytest.raises(ConvscopeError, match="This is no study: seeds"):
        confirmation(search(tiny_recipe), [trial(0, 0.5)], seeds=2000)


@pytest.mark.parametrize("path", ["optimizer.nope", "epochs.x", "seed"])
def test_what_cannot_be_varied_is_no_search(tiny_recipe: Recipe, path: str) -> None:
    with pytest.raises(ConvscopeError, match="is not a field"):
        search(tiny_recipe, space={path: {"kind": "choice", "values": [1, 2]}})


def test_two_settings_are_read_seed_by_seed(store: RunStore, tiny_recipe: Recipe) -> None:
    settings = {"as it is": {}, "faster": {RATE: 0.05}}
    study_id = add_finished(
        store, tiny_recipe, settings, {"as it is": [0.50, 0.52], "faster": [0.60, 0.63]}
    )
    _, sentence = sentences(store, study_id, store.trials.of(study_id))
    assert "faster is 10.5 points better than as it is" in sentence
    assert "two seeds each, paired by seed" in sentence


def test_what_is_deleted_says_nothing_and_without_the_first_none_is_compared(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    settings = {"as it is": {}, "faster": {RATE: 0.05}, "slower": {RATE: 0.005}}
    found = {"as it is": [0.5], "faster": [0.6, 0.63], "slower": [0.5, 0.51]}
    study_id = add_finished(store, tiny_recipe, settings, found)
    trials = store.trials.of(study_id)
    store.delete(trials[0].runs[0])
    (sentence,) = sentences(store, study_id, trials)
    assert sentence == "Compared when a run of 'as it is' is through."


def test_several_are_read_against_the_first(store: RunStore, tiny_recipe: Recipe) -> None:
    settings = {"as it is": {}, "faster": {RATE: 0.05}, "slower": {RATE: 0.005}}
    reached = {"as it is": [0.5, 0.52], "faster": [0.6, 0.63], "slower": [0.5, 0.51]}
    study_id = add_finished(store, tiny_recipe, settings, reached)
    told = sentences(store, study_id, store.trials.of(study_id))
    assert told[0].startswith("as it is: 51.0%") and told[1].endswith("a gain.")
    assert told[2].endswith("not shown to differ.")


def test_a_study_says_how_long_it_takes(tiny_recipe: Recipe) -> None:
    asked = search(tiny_recipe, trials=10, seeds=3)
    assert runs_wanted(asked) == 30
    images = 160 * tiny_recipe.epochs  # a fifth of 200 is held back
    assert seconds_expected(asked, lambda _: images / 2) == pytest.approx(60)
    assert seconds_expected(asked, lambda _: images / 2, slots=2) == pytest.approx(30)
    limited = search(tiny_recipe, trials=10, seeds=3, minutes=0.5)
    assert seconds_expected(limited, lambda _: images / 2) == pytest.approx(30)
    own = {"source": "folder", "path": "nowhere"}
    unknown = search(Recipe.parse(tiny_recipe.model_dump() | {"data": own}))
    assert seconds_expected(unknown, lambda _: 1.0) is None


def test_what_is_left_follows_from_the_trials_that_ended(tiny_recipe: Recipe) -> None:
    asked = search(tiny_recipe, trials=10)
    assert seconds_left(asked, ended=0, left=10, running=1, spent=5.0) is None
    assert seconds_left(asked, ended=4, left=6, running=2, spent=50.0) == pytest.approx(50)
    limited = search(tiny_recipe, trials=10, minutes=1)
    assert seconds_left(limited, ended=4, left=6, running=2, spent=50.0) == pytest.approx(10)

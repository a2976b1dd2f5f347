"""Runs: told apart by what differs, found by study, setting and tag, and steered many at a time."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.naming import told_apart
from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.space import applied
from pages.runs import choosing
from tests.pages.opening import opened, sentences
from tests.pages.studies import made

pytestmark = pytest.mark.usefixtures("others_at_work")


def press(test: AppTest, label: str) -> AppTest:
    return next(button for button in test.button if button.label == label).click().run()


def shown(test: AppTest) -> list[str]:
    return str(test.query_params.get("run", "")).split(",")


def finished(store: RunStore, recipe: Recipe, test: float = 0.5, tags: Sequence[str] = ()) -> str:
    run_id = store.create(recipe, claimed=True)
    store.update(run_id, accuracies=json.dumps({"test": test, "validation": test}))
    store.set_status(run_id, "finished")
    store.release(run_id)
    store.describe(run_id, tags=tags)
    return run_id


def with_rate(recipe: Recipe, rate: float, seed: int = 0) -> Recipe:
    changed = applied(recipe, {"optimizer.learning_rate": rate})
    return changed.model_copy(update={"seed": seed})


def test_runs_of_one_name_are_told_apart_by_what_differs(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    for rate in (0.1, 0.2):
        finished(store, with_rate(tiny_recipe, rate))
    finished(store, with_rate(tiny_recipe, 0.2, seed=7))
    names = told_apart(store.runs())
    assert names == [
        "tiny, learning rate 0.2, seed 7",
        "tiny, learning rate 0.2, seed 0",
        "tiny, learning rate 0.1, seed 0",
    ]
    twice = [finished(store, tiny_recipe) for _ in range(2)]
    apart = told_apart([store.get(run) for run in twice])
    assert len(set(apart)) == 2 and all(run in name for run, name in zip(twice, apart, strict=True))


def test_what_differs_has_columns_that_sort_as_numbers(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    for rate in (0.1, 0.02):
        finished(store, with_rate(tiny_recipe, rate))
    table = opened("runs").dataframe[0].value
    assert table["Learning rate"].tolist() == [0.02, 0.1]
    assert "Batch size (images)" not in table and "Momentum" not in table


def test_a_study_its_settings_and_tags_narrow_the_list_and_the_link_says_so(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    grid = made.planned(store, tiny_recipe, "grid")
    made.planned(store, tiny_recipe, "seeds", name="a grid")  # of the same name
    tagged = finished(store, tiny_recipe, tags=["mine", "old"])
    finished(store, tiny_recipe, tags=["mine"])
    whole = opened("runs").dataframe[0].value
    assert len(whole) == 12 and "a grid: learning rate 0.1, batch size 32" in [*whole["Name"]]
    test = opened("runs", study=grid)
    assert len(test.dataframe[0].value) == 6
    assert "learning rate 0.1, batch size 32" in [*test.dataframe[0].value["Name"]]
    settings = field(test, "With settings")
    settings.set_value(settings.options[:2]).run()
    assert len(test.dataframe[0].value) == 2
    field(test, "Of a study").set_value(None).run()
    field(test, "With tags").set_value(["mine", "old"]).run()
    (tags,) = test.dataframe[0].value["Tags"]
    assert [*tags] == ["mine", "old"] == [*store.get(tagged).tags]
    assert "setting" not in test.query_params
    gone = opened("runs", study="gone")
    assert "No runs are of a study 'gone'" in gone.warning[0].value
    assert len(gone.dataframe[0].value) == 12


def field(test: AppTest, label: str) -> Any:
    return next(each for each in [*test.selectbox, *test.multiselect] if each.label == label)


def test_a_setting_none_of_whose_runs_is_tested_has_a_row_without_figures(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    store.create(tiny_recipe)
    store.create(with_rate(tiny_recipe, 0.1))
    table = opened("runs", rows="Settings").dataframe[0].value
    assert table["Runs"].tolist() == [1, 1] and table["Test"].isna().all()


def test_a_row_may_stand_for_a_setting_with_the_mean_of_its_seeds(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    better = [
        finished(store, with_rate(tiny_recipe, 0.1, seed), 0.6 + 0.02 * seed) for seed in (0, 1)
    ]
    finished(store, with_rate(tiny_recipe, 0.2), 0.4)
    test = opened("runs", rows="Settings")
    table = test.dataframe[0].value
    assert table["Runs"].tolist() == [1, 2]
    assert table["Test"].tolist() == pytest.approx([40.0, 61.0])
    chosen = field(test, "Runs to look into")
    assert chosen.options == ["tiny, learning rate 0.2, 1 run", "tiny, learning rate 0.1, 2 runs"]
    chosen.set_value([chosen.options[1]]).run()
    assert set(shown(test)) == set(better)


def test_a_row_may_stand_for_a_study(store: RunStore, tiny_recipe: Recipe) -> None:
    made.planned(store, tiny_recipe, "seeds")
    finished(store, tiny_recipe)
    table = opened("runs", rows="Studies").dataframe[0].value
    assert table["Name"].tolist() == ["in no study", "a seeds"]
    assert table["Runs"].tolist() == [1, 4]


def test_only_the_newest_are_listed_and_those_looked_at(
    store: RunStore, tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MOST_RUNS", 2)
    oldest = finished(store, tiny_recipe)
    for seed in (1, 2, 3):
        finished(store, tiny_recipe.model_copy(update={"seed": seed}))
    assert opened("runs").dataframe[0].value["Seed"].tolist() == [3, 2]
    test = opened("runs", run=oldest)
    assert test.dataframe[0].value["Seed"].tolist() == [3, 2, 0]
    assert any("newest 2 of 4" in str(caption.value) for caption in test.caption)


def test_several_are_stopped_and_deleted_at_once_and_one_line_brings_all_back(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    waiting = [store.create(tiny_recipe) for _ in range(2)]
    training = store.create(tiny_recipe, claimed=True)
    test = opened("runs", run=",".join([*waiting, training]))
    press(test, "Stop 3")
    assert [store.get(run).status for run in waiting] == ["stopped", "stopped"]
    assert store.requested(training) == "stop" and store.get(training).status == "running"
    assert store.history(waiting[0])[-1][1] == "Taken from the queue."
    press(test, "Delete 2")
    assert [run.id for run in store.runs()] == [training]
    press(test, "Undo all")
    assert {run.id for run in store.runs()} == {training, *waiting}
    assert not sentences(test) and not test.exception


def test_what_went_on_meanwhile_is_not_deleted_with_the_others(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    runs = [store.create(tiny_recipe) for _ in range(2)]
    test = opened("runs", run=",".join(runs))
    store.claim(runs[0])
    button = next(button for button in test.button if button.label == "Delete 2")
    button.click().run()
    assert [run.id for run in store.runs()] == runs[:1]
    assert "1 of 2 are in training by now" in test.toast[0].value

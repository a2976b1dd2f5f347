"""Runs: rename, delete and bring back; the row that is ticked is the run that is shown."""

import pytest
from streamlit.testing.v1 import AppTest

from app import problems
from app.routes import page
from core.recipe import Recipe
from core.runs.store import RunStore
from tests.locked import locked
from tests.pages.opening import opened


def test_a_run_is_renamed_tagged_deleted_and_brought_back(trained: str, store: RunStore) -> None:
    test = opened("runs", run=trained)
    test.text_input[0].set_value("better name")
    test.text_input[1].set_value("one, two")
    next(button for button in test.button if button.label == "Save").click().run()
    assert (store.get(trained).name, store.get(trained).tags) == ("better name", ("one", "two"))
    next(button for button in test.button if button.label == "Delete").click().run()
    assert store.runs() == []
    next(button for button in test.button if button.label == "Undo").click().run()
    assert [run.id for run in store.runs()] == [trained]
    assert not test.exception


def press(test: AppTest, label: str) -> AppTest:
    return next(button for button in test.button if button.label == label).click().run()


def test_what_cannot_be_saved_is_told_and_nothing_of_it_is_saved(
    trained: str, store: RunStore
) -> None:
    test = opened("runs", run=trained)
    test.text_input[0].set_value("better name")
    test.text_area[0].set_value("x" * 20_001)
    press(test, "Save")
    assert "Notes must not be longer" in test.toast[0].value
    assert (store.get(trained).name, store.get(trained).notes) == ("tiny", "")
    assert test.text_area[0].value == "x" * 20_001
    test.text_area[0].set_value("short")
    press(test, "Save")
    assert (store.get(trained).name, store.get(trained).notes) == ("better name", "short")


def test_a_press_that_meets_a_locked_store_is_told(
    trained: str, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "PRESS_SECONDS", 0.1)
    test = opened("runs", run=trained)
    test.text_area[0].set_value("a note")
    with locked(store):
        press(test, "Save")
        assert "Another program has kept" in test.toast[0].value
    assert test.text_area[0].value == "a note"
    press(test, "Save")
    assert store.get(trained).notes == "a note"


def ticked(test: AppTest) -> list[str]:
    """The names in the rows of the table of runs that are ticked."""
    table = test.dataframe[0]
    rows = test.session_state[str(table.key)]["selection"]["rows"]
    return [table.value["Name"][row] for row in rows]


def test_the_ticked_row_is_the_run_that_is_shown_whatever_comes_and_goes(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    test = opened("runs", run=trained)
    assert ticked(test) == ["tiny"]
    newer = store.create(tiny_recipe.model_copy(update={"name": "newer"}))
    test.run()
    assert ticked(test) == ["tiny"]
    store.delete(newer)
    test.run()
    assert ticked(test) == ["tiny"]
    next(button for button in test.button if button.label == "Delete").click().run()
    for undo in [button for button in test.button if button.label == "Undo"]:
        undo.click().run()
    assert ticked(test) == []  # as no run's details are shown


def shown(test: AppTest) -> list[str]:
    return [run for run in str(test.query_params.get("run", "")).split(",") if run]


def test_runs_are_chosen_without_a_mouse_too(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    """Rows of the table answer no key, so a list beside it chooses the same runs."""
    other = store.create(tiny_recipe.model_copy(update={"name": "other"}))
    test = opened("runs")
    test.multiselect[0].set_value([trained, other]).run()
    assert set(shown(test)) == {trained, other}
    assert set(ticked(test)) == {"tiny", "other"}


def test_a_step_back_takes_the_ticks_along(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    other = store.create(tiny_recipe.model_copy(update={"name": "other"}))
    test = opened("runs", run=f"{trained},{other}")
    assert set(ticked(test)) == {"tiny", "other"}
    test.query_params["run"] = trained
    assert ticked(test.run()) == ["tiny"]


def test_ticked_runs_stay_ticked_from_page_to_page(trained: str) -> None:
    test = opened("runs", run=trained)
    for name in ("results", "runs"):
        test.query_params.clear()
        test.switch_page(page(name)).run()
    assert ticked(test) == ["tiny"] and shown(test) == [trained]

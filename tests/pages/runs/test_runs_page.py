"""Runs: rename, delete and bring back; the row that is ticked is the run that is shown."""

from streamlit.testing.v1 import AppTest

from core.recipe import Recipe
from core.runs.store import RunStore
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

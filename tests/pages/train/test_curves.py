"""The live curves of Train, and races."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.recipe import Recipe
from core.runs.events import EpochEnded, Steps
from core.runs.store import RunStore
from tests.pages.opening import opened


def press(test: AppTest, label: str) -> AppTest:
    return next(button for button in test.button if button.label == label).click().run()


def chart(test: AppTest, key: str) -> dict[str, Any]:
    """What the line charts of this key are given to draw."""
    import json

    for element in test.get("bidi_component"):
        if element.proto.component_name.endswith("line_chart") and key in element.proto.id:
            return json.loads(element.proto.json)
    pytest.fail(f"no charts '{key}'")


def names(drawn: dict[str, Any]) -> set[str]:
    return {line["name"] for line in drawn["lines"]}


def begun(store: RunStore, recipe: Recipe, name: str, accuracies: list[float]) -> str:
    run_id = store.create(recipe, claimed=True)
    store.rename(run_id, name)
    store.update(run_id, steps_per_epoch=2, total_steps=2 * recipe.epochs)
    for epoch, accuracy in enumerate(accuracies, start=1):
        loss = [2.0, 1.0]
        store.metrics.add_steps(
            run_id, Steps(2 * epoch - 2, loss, [0.1, 0.2], [0.1, 0.1], loss, 2.0, 32.0)
        )
        store.metrics.add_epoch(
            run_id, EpochEnded(epoch, 1.0, 0.2, float("nan"), accuracy, 0.1, 32.0, 2.0, True)
        )
    return run_id


def test_steps_and_epochs_are_drawn_over_one_axis(trained: str) -> None:
    test = opened("train", run=trained, over="Time", smoothing="0.5", log="true")
    drawn = chart(test, "live-curves")
    assert names(drawn) == {"Validation", "Training", "Batches", "Batches, as it was"}
    assert drawn["x"]["kind"] == "time"
    assert [panel["title"] for panel in drawn["panels"]] == ["Error (%)", "Loss (nats)"]
    ends = {line["name"]: line["x"][-1] for line in drawn["lines"]}
    assert ends["Batches"] == pytest.approx(ends["Validation"], rel=1e-3)


def test_losses_that_were_no_numbers_leave_gaps(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = begun(store, tiny_recipe, "lost", [0.5, 0.6])
    drawn = chart(opened("train", run=run_id), "live-curves")
    (loss,) = (
        line for line in drawn["lines"] if (line["name"], line["panel"]) == ("Validation", 1)
    )
    assert loss["y"] == [None, None]


def test_a_race_is_begun_beside_the_form(store: RunStore) -> None:
    test = opened("train")
    test.multiselect(key="rivals").set_value(["basic"]).run()
    press(test, "Start the race")
    runs = store.runs()
    assert {run.name for run in runs} == {"Shapes in a minute", runs[0].recipe.name}
    assert len(runs) == 2
    asked = str(test.query_params["run"]).strip("[]'").split(",")
    assert set(asked) == {run.id for run in runs}
    assert [heading.value for heading in test.subheader] == ["Race"]
    keys = [str(one.proto) for one in test.get("popover")]
    assert any("race 1" in key for key in keys)  # another one than was open, and so closed


def test_a_recipe_does_not_race_itself(store: RunStore) -> None:
    test = opened("train")
    test.multiselect(key="rivals").set_value(["shapes-quick"]).run()
    assert "cannot race itself" in " ".join(caption.value for caption in test.caption)
    test.multiselect(key="rivals").set_value(["shapes-quick", "basic"]).run()
    press(test, "Start the race")
    assert len(store.runs()) == 2


def test_a_race_tells_who_leads_and_draws_all(store: RunStore, tiny_recipe: Recipe) -> None:
    first = begun(store, tiny_recipe, "first", [0.4, 0.5, 0.6])
    second = begun(store, tiny_recipe, "second", [0.45, 0.518])
    test = opened("train", run=f"{first},{second}")
    assert "'second' leads 'first' by 1.8 points after 2 epochs" in test.info[0].value
    assert {"first, validation", "second, validation"} <= names(chart(test, "race"))


def test_a_racer_that_is_gone_is_told_and_the_others_go_on(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    first = begun(store, tiny_recipe, "first", [0.4])
    waiting = store.create(tiny_recipe)
    test = opened("train", run=f"{first},0123abcd,{waiting}")
    assert "There is no run '0123abcd'" in test.warning[0].value
    assert "'first' stands at 40.0 % after 1 epoch" in test.info[0].value
    assert "'tiny' has not ended an epoch yet" in " ".join(str(c.value) for c in test.caption)


def test_a_race_of_gone_runs_is_a_sentence_and_a_way_out() -> None:
    test = opened("train", run="0123abcd,4567cdef")
    assert len(test.warning) == 2 and not test.exception


def test_of_hundreds_of_runs_some_are_drawn_and_it_says_so(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    runs = [begun(store, tiny_recipe, f"run {number}", [0.5]) for number in range(20)]
    test = opened("runs", run=",".join(runs))
    validations = {name for name in names(chart(test, "curves")) if name.endswith(", validation")}
    assert len(validations) == 16
    assert any("first 16 of 20" in str(caption.value) for caption in test.caption)
    assert not test.exception


def test_a_run_without_epochs_draws_nothing_and_breaks_nothing(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    test = opened("runs", run=store.create(tiny_recipe))
    assert not test.exception and not test.get("bidi_component")[1:]


def test_a_link_to_an_axis_that_is_none_shows_epochs(trained: str) -> None:
    test = opened("runs", run=trained, over="Nonsense", smoothing="7", log="perhaps")
    assert chart(test, "curves")["x"]["kind"] == "epoch"

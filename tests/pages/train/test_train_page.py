"""Train: the form, links to recipes, and what is asked of a run."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.text import plain
from core.recipe import ConvNet, Recipe, presets
from core.runs.run import Request, Status
from core.runs.store import RunStore
from tests.pages.opening import opened, sentences

DEPTH, PADDING = "Depth (convolutions per stage)", "Crop padding (pixels)"
KINDS = ("text_input", "number_input", "select_slider", "slider", "selectbox", "toggle")


def field(test: AppTest, label: str) -> Any:
    """The field of this label; the first, where parts of the recipe have one each."""
    return next(one for kind in KINDS for one in test.get(kind) if one.label == label)  # pyright: ignore[reportAttributeAccessIssue]


def button(test: AppTest, label: str) -> Any:
    return next(one for one in test.button if one.label == label)


def test_a_damaged_recipe_in_a_link_is_told_in_a_sentence() -> None:
    assert "recipe in this link is damaged" in sentences(opened("train", recipe="x!"))


def test_a_link_to_a_huge_network_is_told_its_cost_without_being_tried() -> None:
    huge = ConvNet(channels=(1024,) * 5, depth=4, dense=(1024,) * 3)
    test = opened("train", recipe=Recipe(model=huge).to_url())
    (expected,) = [metric for metric in test.metric if metric.label == "Expected time"]
    assert ":" in expected.value and "reckoned from its FLOPs" in expected.help


def test_the_form_makes_the_recipe_that_is_trained(store: RunStore) -> None:
    test = opened("train")
    field(test, "Name").set_value("mine")
    field(test, "Epochs").set_value(2)
    field(test, "Split seed").set_value(7)
    field(test, "Channels").set_value("8, 16")
    test.run()
    button(test, "Train").click().run()
    assert not test.exception
    recipe = store.runs()[0].recipe
    assert (recipe.name, recipe.epochs, recipe.data.split_seed) == ("mine", 2, 7)
    assert recipe.model.model_dump()["channels"] == (8, 16)
    assert recipe.optimizer.weight_decay == 5e-4
    store.request(store.runs()[0].id, "stop")


def test_a_wrong_entry_is_told_at_its_field_and_loses_no_other() -> None:
    test = opened("train")
    field(test, DEPTH).set_value(3).run()
    field(test, PADDING).set_value(6).run()
    field(test, "Channels").set_value("abc").run()
    wrong = [text.value for text in test.markdown if ":red[" in text.value]
    assert len(wrong) == 2, "at the field, and beside Train"
    assert all("Channels must be whole numbers with commas" in text for text in wrong)
    assert button(test, "Train").disabled
    assert {metric.label for metric in test.metric} >= {"Parameters", "FLOPs", "Expected time"}
    field(test, "Channels").set_value("8, 16").run()
    assert not button(test, "Train").disabled
    assert (field(test, DEPTH).value, field(test, PADDING).value) == (3, 6)


def test_what_cannot_be_is_told_in_the_words_on_screen() -> None:
    test = opened("train")
    field(test, "Channels").set_value("2, 16").run()
    told = " ".join(text.value for text in test.markdown) + sentences(test)
    assert "Channels must be at least 4" in told and "model.channels" not in told


def test_settings_stay_while_other_pages_are_looked_at() -> None:
    test = opened("train")
    field(test, "Epochs").set_value(20).run()
    field(test, DEPTH).set_value(3).run()
    test.switch_page("../pages/runs/page.py").run()
    assert test.title[0].value == "Runs"
    test.switch_page("../pages/train/page.py").run()
    assert (field(test, "Epochs").value, field(test, DEPTH).value) == (20, 3)


def test_settings_stay_while_another_preset_is_looked_at() -> None:
    test = opened("train")
    field(test, "Epochs").set_value(20).run()
    field(test, "Preset").set_value("cifar10-small").run()
    assert field(test, "Epochs").value == 10
    field(test, "Preset").set_value("shapes-quick").run()
    assert field(test, "Epochs").value == 20


def test_what_was_changed_is_told_and_taken_back_by_one_button() -> None:
    test = opened("train")
    assert "Reset" not in [button.label for button in test.button]
    field(test, "Epochs").set_value(20).run()
    field(test, DEPTH).set_value(3).run()
    assert any("changed: Epochs 20; Model" in caption.value for caption in test.caption)
    button(test, "Reset").click().run()
    assert (field(test, "Epochs").value, field(test, DEPTH).value) == (8, 1)
    assert "Reset" not in [button.label for button in test.button]


def test_a_shared_recipe_fills_the_form(tiny_recipe: Recipe) -> None:
    test = opened("train", recipe=tiny_recipe.to_url())
    assert field(test, "Name").value == "tiny"


def test_a_preset_in_a_link_fills_the_form() -> None:
    test = opened("train", preset="vgg-bn")
    assert field(test, "Preset").value == "vgg-bn"
    assert field(test, "Name").value == presets()["vgg-bn"].name


def test_a_group_of_presets_offers_its_own() -> None:
    test = opened("train")
    test.segmented_control[0].set_value("Published").run()
    assert field(test, "Preset").value == "basic"
    assert field(test, "Name").value == "Baseline"
    assert test.query_params["preset"] == "basic"


def test_a_link_to_no_preset_says_so() -> None:
    test = opened("train", preset="nope")
    assert "There is no preset 'nope'" in test.warning[0].value
    assert field(test, "Preset").value == "shapes-quick"


def test_the_minutes_there_are_make_a_recipe_that_says_what_to_expect() -> None:
    test = opened("train", preset="minutes-10")
    about = test.caption[0].value
    assert "epochs" in about and not test.error
    (expected,) = [metric.value for metric in test.metric if metric.label == "Expected time"]
    assert f"about {plain(expected)} of training" in about, "both are of one measurement"
    assert ("10 minutes" in field(test, "Name").value) == ("Fitted to this machine" in about)


@pytest.mark.parametrize("run", ["nope", ""])
def test_a_link_to_no_run_says_so_and_shows_the_way_on(run: str, trained: str) -> None:
    test = opened("train", run=run)
    assert "There is no run" in sentences(test)
    links: Any = test.get("page_link")
    assert [link.proto.label for link in links] == ["See all runs"]
    assert trained not in str(test.main)


def test_a_run_that_failed_before_its_first_step_promises_none(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    store.set_status(run_id, "failed", "The pictures are gone.")
    test = opened("train", run=run_id)
    assert "The pictures are gone" in sentences(test)
    assert not test.info


@pytest.mark.usefixtures("store")
def test_a_choice_of_curves_cannot_be_taken_back(trained: str) -> None:
    test = opened("train", run=trained)
    assert all(control.proto.required for control in test.segmented_control)


def test_a_press_shows_with_the_part_that_holds_its_button(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    test = opened("train", run=run_id)
    button(test, "Pause").click().run()
    assert button(test, "Pausing …").disabled
    store.release(run_id)


@pytest.mark.parametrize(
    ("asked", "status", "label"),
    [
        ("pause", "running", "Pausing …"),
        ("stop", "running", "Stopping …"),
        (None, "paused", "Going on …"),
    ],
)
def test_what_was_asked_of_a_run_is_seen_until_it_is_done(
    asked: Request | None,
    status: Status,
    label: str,
    store: RunStore,
    tiny_recipe: Recipe,
) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    store.set_status(run_id, status)
    store.request(run_id, asked)
    test = opened("train", run=run_id)
    (button,) = (button for button in test.button if button.label == label)
    assert button.disabled
    store.release(run_id)

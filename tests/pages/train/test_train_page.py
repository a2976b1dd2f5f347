"""Train: the form, links to recipes, and what is asked of a run."""

import pytest

from core.recipe import ConvNet, Recipe, presets
from core.runs.run import Request, Status
from core.runs.store import RunStore
from tests.pages.opening import opened, sentences

FORM = presets()["shapes-quick"].to_url()  # what its widgets are called by


def test_a_damaged_recipe_in_a_link_is_told_in_a_sentence() -> None:
    assert "recipe in this link is damaged" in sentences(opened("train", recipe="x!"))


def test_a_link_to_a_huge_network_is_told_its_cost_without_being_tried() -> None:
    huge = ConvNet(channels=(1024,) * 5, depth=4, dense=(1024,) * 3)
    test = opened("train", recipe=Recipe(model=huge).to_url())
    (expected,) = [metric for metric in test.metric if metric.label == "Expected time"]
    assert ":" in expected.value and "reckoned from its FLOPs" in expected.help


def test_the_form_makes_the_recipe_that_is_trained(store: RunStore) -> None:
    test = opened("train")
    test.text_input(key=f"{FORM}.name").set_value("mine")
    test.select_slider(key=f"{FORM}.epochs").set_value(2)
    test.number_input(key=f"{FORM}.data.split_seed").set_value(7)
    test.text_input(key=f"{FORM}.model.convnet.channels").set_value("8, 16")
    test.run()
    next(button for button in test.button if button.label == "Train").click().run()
    assert not test.exception
    recipe = store.runs()[0].recipe
    assert (recipe.name, recipe.epochs, recipe.data.split_seed) == ("mine", 2, 7)
    assert recipe.model.model_dump()["channels"] == (8, 16)
    assert recipe.optimizer.weight_decay == 5e-4
    store.request(store.runs()[0].id, "stop")


def test_a_shared_recipe_fills_the_form(tiny_recipe: Recipe) -> None:
    test = opened("train", recipe=tiny_recipe.to_url())
    assert "tiny" in [field.value for field in test.text_input]


def test_a_preset_in_a_link_fills_the_form() -> None:
    test = opened("train", preset="vgg-bn")
    assert test.selectbox(key="preset").value == "vgg-bn"
    assert test.text_input[0].value == presets()["vgg-bn"].name
    assert opened("train", preset="no such preset").selectbox(key="preset").value == "shapes-quick"


def test_the_minutes_there_are_make_a_recipe_that_says_what_to_expect() -> None:
    test = opened("train", preset="minutes-3")
    assert test.text_input[0].value == "CIFAR-10 in 3 minutes"
    assert "Fitted to this machine" in test.caption[0].value
    assert not test.error


def test_an_impossible_form_is_told_in_a_sentence() -> None:
    test = opened("train")
    test.text_input(key=f"{FORM}.model.convnet.channels").set_value("8, wide").run()
    assert "whole numbers with commas" in sentences(test) and not test.exception


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

"""What a form says, also where something in it is wrong."""

from typing import Any

import pytest

from core.recipe import ConvNet, Recipe, presets
from core.recipe.drafts import Draft, draft, label

START = presets()["shapes-quick"]


def filled(**held: Any) -> Draft:
    """The form of `START` with some fields set, by their paths with '__' for a full stop."""
    fields = {path.replace("__", "."): value for path, value in held.items()}
    return draft(START, lambda path, value: fields.get(path, value))


@pytest.mark.parametrize("name", presets())
def test_an_untouched_form_says_what_it_was_filled_from(name: str) -> None:
    said = draft(presets()[name], lambda _, value: value)
    assert said.recipe == presets()[name]
    assert said.sound and not said.changes()


def test_a_form_says_what_was_set() -> None:
    said = filled(
        epochs=5,
        model__convnet__channels="8, 16",
        augmentation__flip=False,
        optimizer__learning_rate=0.1,
    )
    assert said.recipe.epochs == 5 and said.recipe.model == ConvNet(channels=(8, 16), depth=1)
    assert said.changes() == [
        "Epochs 5",
        "Augmentation: flip off",
        "Model: channels 8, 16",
        "Optimizer: learning rate 0.1",
    ]


def test_what_is_wrong_in_one_field_leaves_the_others_as_they_were_set() -> None:
    said = filled(
        model__convnet__channels="abc", model__convnet__depth=3, augmentation__crop_padding=6
    )
    assert set(said.problems) == {"model.channels"} and not said.sound
    assert said.recipe.model == ConvNet(channels=(16, 32, 64), depth=3)
    assert said.recipe.augmentation.crop_padding == 6


@pytest.mark.parametrize(
    ("held", "path", "sentence"),
    [
        ({"name": " "}, "name", "Name must not be empty."),
        (
            {"model__convnet__channels": "8, wide"},
            "model.channels",
            "Channels must be whole numbers with commas between, as 32, 64.",
        ),
        (
            {"model__convnet__channels": "2, 16"},
            "model.channels",
            "Channels must be at least 4, but is 2.",
        ),
        (
            {"data__source": "folder"},
            "data.path",
            "Path is missing; it names the folder or archive of your pictures.",
        ),
        (
            {"schedule__restart": 3, "weight_averaging": 0.9},
            "schedule.restart",
            "Restart averages weights itself; Weight averaging must be 0.",
        ),
        (
            {"augmentation__flip": False, "augmentation__alternating_flip": True},
            "augmentation.alternating_flip",
            "Alternating flip needs flip to be on, or it must be off as well.",
        ),
        (
            {"model__convnet__residual": True},
            "model.residual",
            "Residual needs a depth of 2 or more; a stage of one has no others.",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field_by_the_name_on_screen(
    held: dict[str, Any], path: str, sentence: str
) -> None:
    said = filled(**held)
    assert said.problems == {path: sentence}
    assert Recipe.model_validate(said.recipe.model_dump()) == said.recipe


def test_all_that_is_wrong_is_told_together_and_where() -> None:
    said = filled(name="", model__convnet__channels="x", optimizer__name="adam")
    assert said.complaints() == [
        "Name must not be empty.",
        "Model: Channels must be whole numbers with commas between, as 32, 64.",
    ]
    assert said.recipe.optimizer.name == "adam"


def test_another_family_begins_with_its_own_defaults() -> None:
    said = filled(model__family="vgg", model__vgg__dense="no")
    assert said.family == "vgg" and said.recipe.model.dropout == 0.3
    assert set(said.problems) == {"model.dense"}


def test_a_list_without_a_choice_is_nothing_named() -> None:
    said = filled(start__source="checkpoint", start__path=None)
    assert said.problems == {"start.path": "Path is missing; it names the network to start from."}


def test_labels_have_units() -> None:
    assert label(Recipe, "batch_size") == "Batch size (images)"
    assert label(Recipe, "epochs") == "Epochs"

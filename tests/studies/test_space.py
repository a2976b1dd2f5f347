"""What a study may vary."""

import pytest

from core.errors import ConvscopeError
from core.recipe import RecipeError, presets
from core.studies.space import Setting, applied, range_of, said

BASE = presets()["convnet-sgd"]


@pytest.mark.parametrize(("path", "text", "told"), [
    ("optimizer.learning_rate", "", "1e-05..5:log"),
    ("optimizer.learning_rate", "0.001..0.3:log", "0.001..0.3:log"),
    ("model.dropout", "0,0.25,0.5", "0,0.25,0.5"),
    ("model.activation", "relu,gelu", "relu,gelu"),
    ("model.batch_norm", "", "off,on"),
    ("epochs", "1..5", "1..5"),
    ("model.channels", "32-64,64-128", "32-64,64-128"),
])  # fmt: skip
def test_ranges_are_read_as_they_are_written(path: str, text: str, told: str) -> None:
    assert str(range_of(BASE, path, text)) == told


@pytest.mark.parametrize(("path", "text", "complaint"), [
    ("optimizer.rate", "", "is not a field"),
    ("optimiser.learning_rate", "", "is not a field"),
    ("name", "a,b", "is not a field of this recipe that can be varied"),
    ("seed", "", "is not a field of this recipe that can be varied"),
    ("model.channels", "", "no bounds of its own"),
    ("model.channels", "a-b", "is a list"),
    ("epochs", "one,two", "is a number"),
    ("epochs", "1..x", "is no range of numbers"),
    ("epochs", "1.5..3", "is no range of numbers"),
    ("epochs", "5..1", "is no range of numbers"),
    ("model.dropout", "0..0.5:log", "is no range of numbers"),
    ("model.batch_norm", "0..1", "is no range"),
    ("model.batch_norm", "yes", "is true or false"),
    ("model.dropout", "0..3", "cannot be 3, which the recipe refuses"),
    ("epochs", "0,5", "cannot be 0, which the recipe refuses"),
])  # fmt: skip
def test_what_is_no_range_is_told_in_a_sentence(path: str, text: str, complaint: str) -> None:
    with pytest.raises(ConvscopeError, match=complaint):
        range_of(BASE, path, text)


def test_a_setting_is_applied_to_its_fields_alone() -> None:
    changed = applied(BASE, {"model.channels": "8-16", "optimizer.learning_rate": 0.01})
    assert changed.model.channels == (8, 16)  # type: ignore[union-attr]
    assert changed.optimizer.learning_rate == 0.01
    assert changed.data == BASE.data and changed.epochs == BASE.epochs
    with pytest.raises(RecipeError, match="at most"):
        applied(BASE, {"model.dropout": 3.0})


def test_a_setting_is_told_by_its_last_names() -> None:
    told = said({"optimizer.learning_rate": 0.0512345, "model.batch_norm": True})
    assert told == "learning rate 0.05123, batch norm on"


@pytest.mark.parametrize(("setting", "complaint"), [
    ({"optimizer.nope": 1}, "'optimizer.nope' is not a field"),
    ({"epochs.x": 1}, "'epochs.x' is not a field"),
    ({"nope.learning_rate": 1}, "'nope.learning_rate' is not a field"),
    ({"model.channels": "big"}, "model.channels is a list"),
])  # fmt: skip
def test_a_setting_of_no_field_is_told_by_its_path(setting: Setting, complaint: str) -> None:
    with pytest.raises(ConvscopeError, match=complaint):
        applied(BASE, setting)


def test_a_choice_is_written_with_every_digit_and_once() -> None:
    assert str(range_of(BASE, "optimizer.learning_rate", "0.1,0.100001,0.10,2")) == "0.1,0.100001,2"

"""When the speed of a recipe is tried, and when what was tried still holds."""

from typing import Any

import pytest

from core.recipe import FAMILIES, Recipe, presets
from core.training.speed import Speed, expected_seconds
from core.training.trials import KEPT_SECONDS, SpeedTrials

BASE = presets()["cifar10-small"]
SAME_SPEED: list[dict[str, Any]] = [
    {"name": "another"},
    {"about": "another"},
    {"seed": 7},
    {"epochs": 3},
    {"label_smoothing": 0.3},
    {"weight_averaging": 0.5},
    {"lookahead": 5},
    {"filtering": 0.7},
    {"batch_size": 512},
    {"resolutions": [32, 32]},  # the trial is of full size
    {"compile": True},
    {"data": {"source": "shapes", "images": 500}},
    {"augmentation": {"flip": False, "crop_padding": 0, "cutout": 8}},
    {"optimizer": {"learning_rate": 0.5, "momentum": 0.5, "weight_decay": 0.1}},
    {"schedule": {"name": "cosine", "freezing": 0.5}},
    {"early_stopping": {"patience": 2}},
    {"start": {"source": "checkpoint", "path": "best"}},
    {"published": {"accuracy": 0.9}},
    {"model": {"family": "convnet", "norm_momentum": 0.5, "initialisation": "dirac"}},
]
OTHER_SPEED: list[dict[str, Any]] = [
    {"batch_size": 16},
    {"precision": "fp32"},
    {"optimizer": {"name": "muon"}},
    {"model": {"family": "convnet", "channels": [8, 16]}},
    {"model": {"family": "convnet", "whitening": 3}},
    {"model": {"family": "convnet", "batch_norm": False}},
    *({"model": {"family": family}} for family in FAMILIES if family != "convnet"),
]


class Counting:
    """A machine on which every trial tells another speed."""

    def __init__(self) -> None:
        self.tried = 0
        self.now = 0.0
        self.trials = SpeedTrials(self.measure, lambda: self.now)

    def measure(self, recipe: Recipe) -> Speed:  # noqa: ARG002
        self.tried += 1
        return Speed(100.0 * self.tried, tried=True)


def changed(change: dict[str, Any]) -> Recipe:
    fields = BASE.model_dump(mode="json")
    for name, value in change.items():
        fields[name] = fields[name] | value if isinstance(value, dict) else value
    if change.get("model", {}).get("family", "convnet") != "convnet":
        fields["model"] = change["model"]
    return Recipe.parse(fields)


@pytest.mark.parametrize("change", SAME_SPEED, ids=str)
def test_what_changes_no_speed_is_not_tried_again(change: dict[str, Any]) -> None:
    machine = Counting()
    first = machine.trials.of(BASE, crowded=False)
    assert machine.trials.of(changed(change), crowded=False) == first
    assert machine.tried == 1


@pytest.mark.parametrize("change", OTHER_SPEED, ids=str)
def test_what_changes_the_speed_is_tried(change: dict[str, Any]) -> None:
    machine = Counting()
    machine.trials.of(BASE, crowded=False)
    machine.trials.of(changed(change), crowded=False)
    assert machine.tried == 2


def test_every_field_is_known_to_change_the_speed_or_not() -> None:
    """A new one is not forgotten here."""
    assert {name for change in SAME_SPEED + OTHER_SPEED for name in change} == set(
        Recipe.model_fields
    )


def test_dropout_is_tried_with_and_without_but_not_for_each_share() -> None:
    machine = Counting()
    for share in (0.0, 0.1, 0.2, 0.9):
        model = BASE.model.model_copy(update={"dropout": share})
        machine.trials.of(BASE.model_copy(update={"model": model}), crowded=False)
    assert machine.tried == 2


def test_a_trial_beside_a_run_holds_only_while_that_trains() -> None:
    machine = Counting()
    beside = machine.trials.of(BASE, crowded=True)
    assert beside.crowded
    assert machine.trials.of(BASE, crowded=True) == beside
    alone = machine.trials.of(BASE, crowded=False)
    assert not alone.crowded and machine.tried == 2


def test_a_trial_alone_is_not_spoilt_by_a_run_that_began_since() -> None:
    machine = Counting()
    alone = machine.trials.of(BASE, crowded=False)
    assert machine.trials.of(BASE, crowded=True) == alone


def test_machines_change_so_a_trial_is_not_kept_for_ever() -> None:
    machine = Counting()
    first = machine.trials.of(BASE, crowded=False)
    machine.now = KEPT_SECONDS - 1
    assert machine.trials.of(BASE, crowded=False) == first
    machine.now = KEPT_SECONDS + 1
    assert machine.trials.of(BASE, crowded=True) == first
    assert machine.trials.of(BASE, crowded=False).at == machine.now


def test_all_is_tried_anew_when_somebody_wants_it() -> None:
    machine = Counting()
    first = machine.trials.of(BASE, crowded=False)
    machine.trials.forget()
    assert machine.trials.of(BASE, crowded=False).speed != first.speed


def test_images_left_out_take_no_time() -> None:
    whole = expected_seconds(BASE, 1000)
    filtered = expected_seconds(BASE.model_copy(update={"filtering": 0.6}), 1000)
    assert whole == 450 and filtered == 270
    assert expected_seconds(changed({"data": {"source": "folder", "path": "x"}}), 1000) is None

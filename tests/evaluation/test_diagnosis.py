"""What is said of curves: of those made to show one thing, and of those that ship."""

from pathlib import Path

import pandas as pd
import pytest

from core.evaluation.diagnosis import Diagnosis, Kind, diagnose, of_full_size
from core.recipe import ConvNet, Recipe
from core.runs.networks import SHIPPED

CLASSES = 10


def curves(**columns: list[float]) -> pd.DataFrame:
    epochs = len(next(iter(columns.values())))
    flat = {
        "epoch": list(range(1, epochs + 1)),
        "train_loss": [1.0] * epochs,
        "train_accuracy": [0.6] * epochs,
        "validation_loss": [1.0] * epochs,
        "validation_accuracy": [0.6] * epochs,
        "learning_rate": [0.1] * epochs,
    }
    return pd.DataFrame(flat | columns)


def read(columns: dict[str, list[float]], ended: bool = False) -> Diagnosis:
    found = diagnose(curves(**columns), CLASSES, ended)
    assert found is not None
    return found


FALLING = [2.0, 1.8, 1.6, 1.4, 1.2, 1.0]
LEARNING = [0.2, 0.3, 0.4, 0.5, 0.6, 0.65]
RISING = {"train_loss": FALLING, "validation_accuracy": LEARNING}


@pytest.mark.parametrize("epochs", [0, 1, 4])
def test_says_nothing_before_there_is_something_to_compare(epochs: int) -> None:
    assert diagnose(curves(train_loss=[1.0] * epochs), CLASSES, ended=False) is None


def test_learning_says_how_much_was_gained() -> None:
    found = read(RISING)
    # The best of the last four epochs is 65 %, of those before 30 %.
    assert found == (
        "learning",
        "Still learning: validation accuracy gained 35.0 points in 4 epochs.",
    )


def test_a_run_that_has_ended_learns_no_more() -> None:
    found = read(RISING, ended=True)
    assert found.kind == "learning"
    assert "a longer run may reach more" in found.sentence and "Still" not in found.sentence


def test_at_chance_level_the_steps_are_blamed_and_not_the_width() -> None:
    found = read(
        {
            "train_loss": [2.31, 2.30, 2.31, 2.30, 2.31, 2.30],
            "train_accuracy": [0.099, 0.102, 0.1, 0.098, 0.103, 0.1],
            "validation_accuracy": [0.1] * 6,
        }
    )
    assert found.kind == "nothing"
    assert "guessing gets 10% right" in found.sentence and "learning rate" in found.sentence


def test_what_is_chance_depends_on_the_number_of_classes() -> None:
    half = {"train_accuracy": [0.5] * 6, "validation_accuracy": [0.5] * 6}
    found = diagnose(curves(**half), classes=2, ended=False)
    assert found is not None and found.kind == "nothing"
    assert read(half).kind == "plateau"


OVERFITTING = {
    "train_loss": [1.0, 0.8, 0.6, 0.4, 0.3, 0.2],
    "train_accuracy": [0.6, 0.7, 0.8, 0.85, 0.9, 0.95],
    "validation_loss": [1.0, 0.9, 1.0, 1.1, 1.2, 1.3],
    "validation_accuracy": [0.6, 0.65, 0.65, 0.66, 0.66, 0.7],
}


def test_overfitting_says_how_wide_the_gap_is_and_since_when() -> None:
    found = read(OVERFITTING)
    assert found.kind == "overfitting"
    # The mean over the last four epochs: 87.5 % against 66.75 %.
    assert "21 points better on training images" in found.sentence
    assert "has been rising since epoch 2" in found.sentence
    assert "rose since epoch 2" in read(OVERFITTING, ended=True).sentence


def test_a_gap_alone_is_no_overfitting_while_validation_gets_better() -> None:
    found = read(
        {
            "train_loss": [2.0, 1.5, 1.0, 0.8, 0.6, 0.4],
            "train_accuracy": [0.3, 0.5, 0.6, 0.7, 0.8, 0.9],
            "validation_loss": [2.0, 1.8, 1.6, 1.4, 1.3, 1.2],
            "validation_accuracy": LEARNING,
        }
    )
    assert found.kind == "learning"


def test_one_bad_epoch_is_no_overfitting() -> None:
    found = read(OVERFITTING | {"validation_loss": [1.0, 0.9, 0.8, 0.7, 0.6, 1.3]})
    assert found.kind != "overfitting"


def test_flat_curves_are_a_plateau() -> None:
    flat = [0.3, 0.6, 0.601, 0.6, 0.599, 0.602]
    found = read({"validation_accuracy": flat})
    assert found.kind == "plateau" and "A lower learning rate may still help" in found.sentence
    ended = read({"validation_accuracy": flat}, ended=True)
    assert ended.kind == "plateau" and "learning rate" not in ended.sentence


def test_a_training_loss_that_rises_and_rises_is_divergence() -> None:
    assert read({"train_loss": [1.0, 1.0, 1.2, 1.5, 1.9, 2.5]}).kind == "divergence"


def test_a_training_loss_that_once_jumped_is_none() -> None:
    assert read({"train_loss": [1.0, 0.9, 1.8, 1.7, 1.6, 1.5]}).kind != "divergence"


def test_after_a_restart_of_the_rate_only_what_follows_counts() -> None:
    rates = [0.3, 0.2, 0.1, 0.01, 0.15, 0.12, 0.1, 0.05, 0.01]
    accuracy = [0.5, 0.6, 0.7, 0.8, 0.6, 0.65, 0.7, 0.75, 0.79]
    table = curves(learning_rate=rates, validation_accuracy=accuracy)
    assert diagnose(table.iloc[:8], CLASSES, ended=False) is None
    found = diagnose(table, CLASSES, ended=False)
    assert found is not None and found.kind == "learning"
    assert "gained 19.0 points" in found.sentence


def test_epochs_of_small_images_are_not_held_against_validation() -> None:
    """At 16 px a network gets most training images right and few of those of 32 px."""
    table = curves(**OVERFITTING)
    found = diagnose(of_full_size(table, Recipe(epochs=6)), CLASSES, ended=False)
    assert found is not None and found.kind == "overfitting"
    model = ConvNet(head="average")
    growing = Recipe(epochs=6, resolutions=(16, 16, 32), model=model)
    assert diagnose(of_full_size(table, growing), CLASSES, ended=False) is None


def test_a_validation_loss_that_is_no_number_says_nothing_wrong() -> None:
    """The store gives None where a loss was NaN."""
    nothing = pd.Series([None] * 6)
    falling = [1.0, 0.8, 0.6, 0.4, 0.3, 0.2]
    table = curves(train_loss=falling, train_accuracy=[0.9] * 6)
    found = diagnose(table.assign(validation_loss=nothing), CLASSES, ended=False)
    assert found is not None and found.kind == "plateau"


SHIPPED_CURVES = [path for path in sorted(SHIPPED.glob("*.csv")) if path.stem != "results"]
ENDS: dict[str, Kind] = {
    "adamw-smooth": "plateau",  # it stopped early, after 20 epochs without a better one
    "basic": "overfitting",  # without augmentation
    "best": "learning",
    "convnet-sgd": "learning",
    "mobilenetv2": "learning",
    "resnet18": "learning",
    "three-block": "overfitting",  # without augmentation
    "two-conv-augmented": "learning",
    "vgg-bn": "learning",
}


@pytest.mark.parametrize("path", SHIPPED_CURVES, ids=lambda path: path.stem)
def test_what_is_said_of_the_curves_that_ship(path: Path) -> None:
    """All these runs went well: whoever watched them was never told that the steps are too large,
    and of memorising only near the end of those that do."""
    table = pd.read_csv(path)
    told = [diagnose(table.iloc[:count], CLASSES, ended=False) for count in range(len(table))]
    kinds = [said.kind for said in told if said is not None]
    assert not {"nothing", "divergence"} & set(kinds)
    assert kinds.count("overfitting") <= (1 if ENDS[path.stem] == "overfitting" else 0)
    end = diagnose(table, CLASSES, ended=True)
    assert end is not None and end.kind == ENDS[path.stem]

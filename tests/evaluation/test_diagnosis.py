"""What is said of curves, for curves that leave no doubt."""

import pandas as pd
import pytest

from core.evaluation.diagnosis import diagnose


def curves(**columns: list[float]) -> pd.DataFrame:
    epochs = len(next(iter(columns.values())))
    flat = {
        "train_loss": [1.0] * epochs,
        "train_accuracy": [0.6] * epochs,
        "validation_loss": [1.0] * epochs,
        "validation_accuracy": [0.6] * epochs,
    }
    return pd.DataFrame(flat | columns)


LEARNING = [0.2, 0.3, 0.4, 0.5, 0.6, 0.65]


@pytest.mark.parametrize("epochs", [0, 1, 4])
def test_says_nothing_before_there_is_something_to_compare(epochs: int) -> None:
    assert diagnose(curves(train_loss=[1.0] * epochs)) is None


def test_learning_says_how_much_was_gained() -> None:
    found = diagnose(
        curves(train_loss=[2.0, 1.8, 1.6, 1.4, 1.2, 1.0], validation_accuracy=LEARNING)
    )
    assert found is not None
    assert found.kind == "learning"
    # The best of the last four epochs is 65 %, of those before 30 %.
    assert "gained 35.0 points in 4 epochs" in found.sentence


def test_overfitting_says_how_wide_the_gap_is() -> None:
    found = diagnose(
        curves(
            train_loss=[1.0, 0.8, 0.6, 0.4, 0.3, 0.2],
            train_accuracy=[0.6, 0.7, 0.8, 0.85, 0.9, 0.95],
            validation_loss=[1.0, 0.9, 1.0, 1.1, 1.2, 1.3],
            validation_accuracy=[0.6, 0.65, 0.65, 0.66, 0.66, 0.7],
        )
    )
    assert found is not None
    assert found.kind == "overfitting"
    assert "25 points better on training images" in found.sentence


def test_a_gap_alone_is_no_overfitting_while_validation_gets_better() -> None:
    found = diagnose(
        curves(
            train_loss=[2.0, 1.5, 1.0, 0.8, 0.6, 0.4],
            train_accuracy=[0.3, 0.5, 0.6, 0.7, 0.8, 0.9],
            validation_loss=[2.0, 1.8, 1.6, 1.4, 1.3, 1.2],
            validation_accuracy=LEARNING,
        )
    )
    assert found is not None
    assert found.kind == "learning"


def test_flat_curves_are_a_plateau() -> None:
    found = diagnose(curves(validation_accuracy=[0.3, 0.6, 0.601, 0.6, 0.599, 0.602]))
    assert found is not None
    assert found.kind == "plateau"


def test_a_rising_training_loss_is_divergence() -> None:
    found = diagnose(curves(train_loss=[1.0, 1.0, 1.2, 1.5, 1.9, 2.5]))
    assert found is not None
    assert found.kind == "divergence"


def test_a_validation_loss_that_is_no_number_says_nothing_wrong() -> None:
    """The store gives None where a loss was NaN."""
    nothing = pd.DataFrame({"validation_loss": [None] * 6})
    falling = [1.0, 0.8, 0.6, 0.4, 0.3, 0.2]
    found = diagnose(
        curves(train_loss=falling, train_accuracy=[0.9] * 6).assign(
            validation_loss=nothing["validation_loss"]
        )
    )
    assert found is not None
    assert found.kind == "plateau"

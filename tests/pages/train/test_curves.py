"""The options of the live charts."""

import pandas as pd
import pytest

from pages.train.curves import StepMetric, epoch_option, step_option

STEPS = pd.DataFrame(
    {
        "step": [0, 1],
        "loss": [2.3, 2.1],
        "accuracy": [0.1, 0.2],
        "learning_rate": [0.01, 0.02],
        "gradient_norm": [1.0, 2.0],
    }
)
EPOCHS = pd.DataFrame({"epoch": [1], "train_loss": [2.0], "validation_loss": [1.9]})


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("loss", "0.124 nats"),
        ("accuracy", "0.1 %"),
        ("learning_rate", "0.124"),
        ("gradient_norm", "0.124"),
    ],
)
def test_what_is_pointed_at_is_told_in_rounded_numbers_with_units(
    metric: StepMetric, told: str
) -> None:
    option = step_option(STEPS, metric)
    assert option["tooltip"]["valueFormatter"] % 0.124152 == told
    label = option["xAxis"]["axisPointer"]["label"]
    assert label == {"formatter": "Step {value}", "precision": 0}


def test_epochs_are_told_as_such() -> None:
    label = epoch_option(EPOCHS, "loss")["xAxis"]["axisPointer"]["label"]
    assert label["formatter"] == "Epoch {value}"

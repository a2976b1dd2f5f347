"""What the curves of a run say, in a plain sentence."""

from typing import Literal, NamedTuple

import pandas as pd

Kind = Literal["overfitting", "plateau", "divergence", "learning"]
RECENT = 4  # epochs looked back on
GAP = 0.08  # between training and validation accuracy, 0 to 1
PROGRESS = 0.003  # of validation accuracy over the recent epochs that still counts


class Diagnosis(NamedTuple):
    kind: Kind
    sentence: str


def diagnose(epochs: pd.DataFrame) -> Diagnosis | None:
    """Read a run's epochs (columns as `EpochEnded`); None while there are too few to say anything.

    Divergence: training loss rose over the recent epochs. Overfitting: validation loss rises while
    training loss falls, with a clear gap in accuracy. Plateau: neither moves any more.
    """
    if len(epochs) <= RECENT:
        return None
    epochs = epochs.astype(float)  # the store gives None for a loss that was NaN
    now, before = epochs.iloc[-1], epochs.iloc[-1 - RECENT]
    fell = before["train_loss"] - now["train_loss"]
    gap = now["train_accuracy"] - now["validation_accuracy"]
    gained = epochs["validation_accuracy"].iloc[-RECENT:].max() - (
        epochs["validation_accuracy"].iloc[:-RECENT].max()
    )
    if fell < -0.05 * before["train_loss"]:
        return Diagnosis(
            "divergence",
            f"The training loss has been rising for {RECENT} epochs: the steps are too large. "
            "A lower learning rate or a longer warm-up helps.",
        )
    if fell > 0 and gap > GAP and now["validation_loss"] > before["validation_loss"]:
        return Diagnosis(
            "overfitting",
            f"The network is memorising: it is {100 * gap:.0f} points better on training images "
            "than on validation images, and the validation loss rises. Augmentation, dropout, "
            "weight decay or fewer epochs help.",
        )
    if gained < PROGRESS:
        return Diagnosis(
            "plateau",
            f"Validation accuracy has gained less than {100 * PROGRESS:.1f} points in {RECENT} "
            "epochs. A lower learning rate may still help, a wider network more.",
        )
    return Diagnosis(
        "learning",
        f"Still learning: validation accuracy gained {100 * gained:.1f} points in {RECENT} epochs.",
    )

"""What the curves of a run say, in a plain sentence."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import IMAGE_SIZE
from core.recipe import Recipe

Kind = Literal["nothing", "divergence", "overfitting", "plateau", "learning"]
RECENT = 4  # epochs looked back on
CHANCE = 1.2  # times the accuracy of guessing, below which nothing was learned
RESTART = 2.0  # times the learning rate of the epoch before
RISE = 0.05  # of the training loss over the recent epochs, as a share
GAP = 0.08  # between training and validation accuracy, 0 to 1
PROGRESS = 0.003  # of validation accuracy over the recent epochs that still counts


class Diagnosis(NamedTuple):
    kind: Kind
    sentence: str


def diagnose(epochs: pd.DataFrame, classes: int, ended: bool) -> Diagnosis | None:
    """Read a run's epochs (columns as `EpochEnded`); None while there are too few to say anything.

    classes: how many there are to guess among; ended: whether nothing more will come

    Nothing learned: no recent epoch was clearly better than guessing, in training or validation.
    Divergence: the training loss rose in each of the recent epochs. Overfitting: the validation
    loss has been above its least value for the recent epochs, while the training loss fell further
    and training accuracy was clearly higher than validation accuracy. Plateau: validation accuracy
    has not got better. Where the learning rate was raised anew, only what came after it counts.
    """
    epochs = _since_restart(epochs.astype(float))  # the store gives None for a loss that was NaN
    if len(epochs) <= RECENT:
        return None
    for read in (_nothing_learned, _divergence, _overfitting, _plateau):
        if found := read(epochs, classes, ended):
            return found
    gained = 100 * _gained(epochs)
    if ended:
        return Diagnosis(
            "learning",
            f"Validation accuracy still gained {gained:.1f} points in the last {RECENT} epochs; "
            "a longer run may reach more.",
        )
    return Diagnosis(
        "learning",
        f"Still learning: validation accuracy gained {gained:.1f} points in {RECENT} epochs.",
    )


def of_full_size(epochs: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """Those in which training images were as large as validation images, which a network that has
    only seen small ones knows badly, whatever it has learned."""
    sides = [recipe.resolution(number - 1) for number in epochs["epoch"].to_numpy(int)]
    return epochs[np.array(sides, int) == IMAGE_SIZE]


def _since_restart(epochs: pd.DataFrame) -> pd.DataFrame:
    """From the last epoch on whose learning rate is more than twice that of the one before."""
    rates = epochs["learning_rate"].to_numpy()
    raised = np.flatnonzero(rates[1:] > RESTART * rates[:-1]) + 1
    return epochs.iloc[raised[-1] :] if len(raised) else epochs


def _nothing_learned(epochs: pd.DataFrame, classes: int, _ended: bool) -> Diagnosis | None:
    recent = epochs[["train_accuracy", "validation_accuracy"]].iloc[-RECENT:]
    if recent.to_numpy().max() >= CHANCE / classes:
        return None
    return Diagnosis(
        "nothing",
        f"It has learned nothing: of {classes} classes, guessing gets {1 / classes:.0%} right as "
        "well. The steps are probably too large; try a tenth of the learning rate.",
    )


def _divergence(epochs: pd.DataFrame, _classes: int, _ended: bool) -> Diagnosis | None:
    losses = epochs["train_loss"].iloc[-1 - RECENT :].to_numpy()
    if not (np.diff(losses) > 0).all() or losses[-1] < (1 + RISE) * losses[0]:
        return None
    return Diagnosis(
        "divergence",
        f"The training loss has risen {RECENT} epochs in a row: the steps are too large. "
        "A lower learning rate or a longer warm-up helps.",
    )


def _overfitting(epochs: pd.DataFrame, _classes: int, ended: bool) -> Diagnosis | None:
    losses = epochs["validation_loss"].to_numpy()
    if np.isnan(losses[-RECENT:]).any():
        return None
    least = int(np.nanargmin(losses))
    recent = epochs.iloc[-RECENT:]
    gap = (recent["train_accuracy"] - recent["validation_accuracy"]).mean()
    fell = recent["train_loss"].mean() < epochs["train_loss"].iloc[least]
    if len(epochs) - 1 - least < RECENT or not fell or gap < GAP:
        return None
    risen = "rose" if ended else "has been rising"
    return Diagnosis(
        "overfitting",
        f"The network is memorising: it is {100 * gap:.0f} points better on training images than "
        f"on validation images, whose loss {risen} since epoch {int(epochs['epoch'].iloc[least])}. "
        "Augmentation, dropout, weight decay or fewer epochs help.",
    )


def _plateau(epochs: pd.DataFrame, _classes: int, ended: bool) -> Diagnosis | None:
    if _gained(epochs) >= PROGRESS:
        return None
    what = "A lower learning rate may still help, a wider network more."
    if ended:
        what = "A wider network may reach more; more epochs alone would change little."
    return Diagnosis(
        "plateau",
        f"Validation accuracy has gained less than {100 * PROGRESS:.1f} points in {RECENT} "
        f"epochs. {what}",
    )


def _gained(epochs: pd.DataFrame) -> float:
    """By the best of the recent epochs over the best before them, 0 to 1."""
    accuracy = epochs["validation_accuracy"]
    return accuracy.iloc[-RECENT:].max() - accuracy.iloc[:-RECENT].max()

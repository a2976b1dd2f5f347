"""Which learning rate suits: one short run in which it only climbs (Smith 2017, Cyclical Learning
Rates, arXiv:1506.01186, section 3.3)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.recipe import EarlyStopping, Recipe

RANGE_TEST = "range test"
BEYOND = 30  # times the base's rate is the highest that is tried
HIGHEST = 5.0  # that a recipe takes
SMOOTHING = 0.95  # of the loss, a step
LEAST_STEPS = 20  # that say anything
UNSETTLED = 5  # first steps, whose mean is of so few losses that it jumps
BLOWN_UP = 4.0  # times the least loss: what comes after shows nothing more


@dataclass(frozen=True)
class RangeTest:
    """rates, losses: float [steps], the smoothed training loss at each learning rate, as far as it
        did not blow up
    steepest: the rate at which the loss fell fastest, a good peak rate; None where it never fell
    lowest: the rate at which the loss was least; higher ones do harm
    """

    rates: np.ndarray
    losses: np.ndarray
    steepest: float | None
    lowest: float | None

    @property
    def sentence(self) -> str:
        if self.steepest is None:
            return "The loss never fell, so no rate of this range suits; try lower ones."
        return (
            f"The loss falls fastest at a learning rate of {self.steepest:.2g}, a good peak; it is "
            f"least at {self.lowest:.2g}, and higher rates do harm."
        )


def range_recipe(base: Recipe) -> Recipe:
    """The base for one epoch in which the rate climbs to 30 times its own, with nothing that would
    blur what each rate does."""
    optimizer, schedule = base.optimizer, base.schedule
    highest = min(HIGHEST, BEYOND * optimizer.learning_rate)
    return base.model_copy(
        update={
            "epochs": 1,
            "weight_averaging": 0.0,
            "lookahead": 0,
            "early_stopping": EarlyStopping(),
            "optimizer": optimizer.model_copy(update={"learning_rate": highest}),
            "schedule": schedule.model_copy(
                update={
                    "name": "range",
                    "restart": 0,
                    "freezing": 1.0,
                    "whitening_freezing": 1.0,
                    "every": 1,
                }
            ),
        }
    )


def at_rate(base: Recipe, rate: float, name: str, epochs: int) -> Recipe:
    """The base with a learning rate, to two digits, called `name` and trained for so many epochs.
    Raises RecipeError where that contradicts it."""
    fields = base.model_dump()
    fields["optimizer"]["learning_rate"] = float(f"{rate:.2g}")
    return Recipe.parse(fields | {"name": name, "epochs": epochs})


def read_range(steps: pd.DataFrame) -> RangeTest | None:
    """What a run with the schedule 'range' has shown, by its steps (columns as `Metrics.steps`).
    None where there are too few of them."""
    told = steps.dropna(subset=["loss", "learning_rate"])
    if len(told) < LEAST_STEPS:
        return None
    rates, losses = told["learning_rate"].to_numpy(float), _smoothed(told["loss"].to_numpy(float))
    low = int(np.argmin(losses))
    blown = np.flatnonzero(losses[low:] > BLOWN_UP * losses[low])
    end = low + int(blown[0]) if len(blown) else len(losses)
    rates, losses = rates[:end], losses[:end]
    slopes = np.gradient(losses, np.log(rates))[UNSETTLED : low + 1]
    if len(slopes) < 2 or slopes.min() >= 0:
        return RangeTest(rates, losses, None, None)
    steepest = UNSETTLED + int(slopes.argmin())
    return RangeTest(rates, losses, float(rates[steepest]), float(rates[low]))


def _smoothed(values: np.ndarray) -> np.ndarray:
    """An exponential mean without the pull of its start (Kingma & Ba 2014, section 3)."""
    mean, found = 0.0, np.empty_like(values)
    for step, value in enumerate(values):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * value
        found[step] = mean / (1 - SMOOTHING ** (step + 1))
    return found

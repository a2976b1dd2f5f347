"""The recipe that gets furthest in the minutes there are, fitted to this machine's speed."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import torch

from core.data.cifar10 import TRAINING_IMAGES
from core.errors import ConvscopeError
from core.recipe import ConvNet, Recipe, presets
from core.training.speed import training_speed
from core.wording import duration

BASE = "speed-94"
MINUTES = (1, 3, 5, 10)  # offered
MOST_MINUTES = 10_000  # a week
CLASSES = 10


@dataclass(frozen=True)
class Rung:
    """A width of the base recipe's network, and what it reached on CIFAR-10's test images.

    channels: of the stages
    head_rate: the head's weights start at 1 / features, so their rate goes with its square
    reached: by epochs, the top-1 accuracy (0 to 1) of a run annealed to them
    """

    channels: tuple[int, ...]
    head_rate: float
    reached: dict[int, float]

    def expected(self, epochs: int) -> float:
        """Accuracy after so many epochs, at least the fewest measured.

        Between two measurements the error is a straight line over the epochs, both as logarithms;
        beyond the last one, the last one holds.
        """
        for (fewer, low), (more, high) in pairwise(sorted(self.reached.items())):
            if fewer <= epochs <= more:
                along = math.log(epochs / fewer) / math.log(more / fewer)
                return 1 - (1 - low) ** (1 - along) * (1 - high) ** along
        return self.reached[max(self.reached)]


# One run each (seed 0), one view of each test image, November 2026.
LADDER = (
    Rung((32, 128, 128), 0.55, {1: 0.773, 2: 0.859, 4: 0.892, 8: 0.913}),
    Rung((64, 256, 256), 0.14, {2: 0.895, 4: 0.919, 9: 0.933}),
)


@dataclass(frozen=True)
class Plan:
    """A recipe for a budget, and what to expect of it on this machine.

    seconds: of training
    accuracy: top-1 on the test images, 0 to 1
    """

    recipe: Recipe
    seconds: float
    accuracy: float


def budget_name(minutes: float) -> str:
    """What the recipe for so many minutes is called."""
    return f"CIFAR-10 in {minutes:g} minute{'' if minutes == 1 else 's'}"


def plan(minutes: float, device: torch.device) -> Plan:
    """The rung and the epochs with the highest expected accuracy within `minutes`.

    Where not even the quickest fits, that is the plan all the same, with its honest time. Raises
    ConvscopeError for a budget that is none.
    """
    if not 0 < minutes <= MOST_MINUTES:
        raise ConvscopeError(
            f"A budget of {minutes:g} minutes cannot be planned for; name a number of minutes up "
            f"to {MOST_MINUTES:,}."
        )
    plans = [_fitted(rung, minutes * 60, device) for rung in LADDER]
    fitting = [plan for plan in plans if plan.seconds <= minutes * 60]
    quickest = min(plans, key=lambda plan: plan.seconds)
    best = max(fitting, key=lambda plan: plan.accuracy, default=quickest)
    return _named(best, minutes)


def _named(plan: Plan, minutes: float) -> Plan:
    """The plan's recipe, called after its budget, and saying what to expect."""
    recipe = plan.recipe
    assert isinstance(recipe.model, ConvNet)
    channels = ", ".join(map(str, recipe.model.channels))
    about = (
        f"Fitted to this machine: stages of {channels} channels, {recipe.epochs} epochs, "
        f"about {duration(plan.seconds)} of training. Expect about {plan.accuracy:.0%} of the test "
        "images right."
    )
    return replace(
        plan, recipe=recipe.model_copy(update={"name": budget_name(minutes), "about": about})
    )


def _fitted(rung: Rung, seconds: float, device: torch.device) -> Plan:
    base = presets()[BASE]
    model = base.model.model_copy(update={"channels": rung.channels})
    optimizer = base.optimizer.model_copy(update={"head_rate": rung.head_rate})
    recipe = base.model_copy(update={"model": model, "optimizer": optimizer})
    speed = training_speed(recipe, CLASSES, device)
    images = TRAINING_IMAGES * (1 - recipe.data.validation)
    fewest, most = min(rung.reached), max(rung.reached)
    epochs = max(fewest, min(most, int(seconds * speed / images)))
    return Plan(
        recipe.model_copy(update={"epochs": epochs}), epochs * images / speed, rung.expected(epochs)
    )

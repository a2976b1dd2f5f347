"""The recipe that gets furthest in the minutes there are, fitted to this machine's speed."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from core.errors import ConvscopeError
from core.recipe import ConvNet, Recipe, presets
from core.training.speed import expected_seconds
from core.wording import duration

BASE = "speed-94"
MINUTES = (1, 3, 5, 10)  # offered
MOST_MINUTES = 10_000  # a week
QUICKEST = "CIFAR-10 at its quickest"
FITTED = "Fitted to this machine."
TOO_SHORT = "Too short a time for this machine, as busy as it is; this is the quickest there is."


@dataclass(frozen=True)
class Rung:
    """A width of the base recipe's network, and what it reached on images it had not seen.

    channels: of the stages
    head_rate: the head's weights start at 1 / features, so their rate goes with its square
    reached: by epochs, the top-1 accuracy (0 to 1) of a run annealed to them, on validation images
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


# Validation accuracies of one run each (seed 0, a tenth of the training images held back), November
# 2026; docs/benchmarks.md has the commands. The test images choose nothing.
LADDER = (
    Rung((32, 128, 128), 0.55, {1: 0.763, 2: 0.854, 4: 0.887, 8: 0.908}),
    Rung((64, 256, 256), 0.14, {2: 0.890, 4: 0.920, 9: 0.930}),
)


@dataclass(frozen=True)
class Plan:
    """A recipe for a budget, and what to expect of it on this machine.

    seconds: of training
    accuracy: top-1 on images that it has not seen, 0 to 1
    """

    recipe: Recipe
    seconds: float
    accuracy: float


def budget_name(minutes: float) -> str:
    """What the recipe for so many minutes is called."""
    return f"CIFAR-10 in {minutes:g} minute{'' if minutes == 1 else 's'}"


def plan(minutes: float, speed: Callable[[Recipe], float]) -> Plan:
    """The rung and the epochs with the highest expected accuracy within `minutes`.

    `speed` tells the images per second to expect of a recipe here. Where not even the quickest
    fits, that is the plan all the same, with its honest time. Raises ConvscopeError for a budget
    that is none.
    """
    if not 0 < minutes <= MOST_MINUTES:
        raise ConvscopeError(
            f"A budget of {minutes:g} minutes cannot be planned for; name a number of minutes up "
            f"to {MOST_MINUTES:,}."
        )
    plans = [_fitted(rung, minutes * 60, speed) for rung in LADDER]
    fitting = [plan for plan in plans if plan.seconds <= minutes * 60]
    quickest = min(plans, key=lambda plan: plan.seconds)
    best = max(fitting, key=lambda plan: plan.accuracy, default=quickest)
    return _named(best, minutes)


def _named(plan: Plan, minutes: float) -> Plan:
    """The plan's recipe, named after its budget where it keeps to it, saying what to expect."""
    recipe = plan.recipe
    assert isinstance(recipe.model, ConvNet)
    fits = plan.seconds <= minutes * 60
    channels = ", ".join(map(str, recipe.model.channels))
    about = (
        f"{FITTED if fits else TOO_SHORT} Stages of {channels} channels, epochs: {recipe.epochs}, "
        f"about {duration(plan.seconds)} of training. Expect about {plan.accuracy:.0%} of images "
        "it has not seen right."
    )
    name = budget_name(minutes) if fits else QUICKEST
    return replace(plan, recipe=recipe.model_copy(update={"name": name, "about": about}))


def _fitted(rung: Rung, seconds: float, speed: Callable[[Recipe], float]) -> Plan:
    base = presets()[BASE]
    model = base.model.model_copy(update={"channels": rung.channels})
    optimizer = base.optimizer.model_copy(update={"head_rate": rung.head_rate})
    narrowed = base.model_copy(update={"model": model, "optimizer": optimizer})
    images_per_second = speed(narrowed)
    plans: list[Plan] = []
    for epochs in range(min(rung.reached), max(rung.reached) + 1):
        recipe = narrowed.model_copy(update={"epochs": epochs})
        needed = expected_seconds(recipe, images_per_second)
        assert needed is not None  # only pictures of one's own have to be counted first
        plans.append(Plan(recipe, needed, rung.expected(epochs)))
    fitting = [plan for plan in plans if plan.seconds <= seconds]
    return fitting[-1] if fitting else plans[0]

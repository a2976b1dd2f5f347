"""The presets as they are offered: in groups, with what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.recipe import presets
from core.reproduce.results import standing
from core.runs.run import Run
from core.training.planning import MINUTES, budget_name

BUDGETS = {f"minutes-{minutes}": minutes for minutes in MINUTES}
GROUPS: dict[str, tuple[str, ...]] = {
    "Quick": ("shapes-quick", "cifar10-small"),
    "Timed": tuple(BUDGETS),
    "Published": (
        "basic",
        "two-conv",
        "two-conv-augmented",
        "three-block",
        "convnet-sgd",
        "adamw-smooth",
        "vgg-bn",
        "mobilenetv2",
        "resnet18",
    ),
    "Best": ("speed-94", "speed-96", "best"),
}
# Top-1 test accuracy of one view, and seconds of training, of what has no row among the results:
# medians on two CPU cores with AMX, as docs/benchmarks.md has them.
MEASURED = {
    "shapes-quick": (0.98, 21),
    "cifar10-small": (0.879, 240),
    "speed-94": (0.933, 503),
}


@dataclass(frozen=True)
class Offer:
    """accuracy: top-1 on the test images, 0 to 1; seconds: of training; None where not known"""

    name: str
    accuracy: float | None = None
    seconds: float | None = None

    @property
    def line(self) -> str:
        """All of it in a line, as 'ResNet-18 · 89.6 % · 35 min'."""
        parts = [self.name]
        if self.accuracy is not None:
            parts.append(f"{self.accuracy:.1%}".replace("%", " %"))
        if self.seconds is not None:
            parts.append(roughly(self.seconds))
        return " · ".join(parts)


def offers(runs: Sequence[Run]) -> dict[str, Offer]:
    """Every preset and budget, by its name: what finished runs here reached, else what was
    measured for the project."""
    known = {
        result.name: (result.test.mean, result.seconds) for result in standing(presets(), runs)
    }
    found = {
        name: Offer(recipe.name, *(known.get(name) or MEASURED.get(name, ())))
        for name, recipe in presets().items()
    }
    return found | {name: Offer(budget_name(minutes)) for name, minutes in BUDGETS.items()}


def roughly(seconds: float) -> str:
    """A time in the unit that suits it, as '21 s', '35 min' or '2.1 h'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def group_of(name: str) -> str:
    """The group that a preset or budget is offered in."""
    return next(group for group, names in GROUPS.items() if name in names)

"""Who leads a race of runs, and by how much, in plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.curves import Axis
from core.wording import duration

LEVEL = 0.0005  # a lead that rounds to 0.0 points
MARK = 0.05  # accuracies that are raced to are multiples of it


@dataclass(frozen=True)
class Racer:
    """x: where its epochs ended on the axis of the race, float [epochs], rising
    validation: accuracy after each, 0 to 1, float [epochs]; NaN where it was none"""

    name: str
    x: np.ndarray
    validation: np.ndarray

    @property
    def begun(self) -> bool:
        return len(self.x) > 0

    def at(self, x: float) -> float:
        """The accuracy after its last epoch that had ended at x; NaN before the first."""
        ended = int(np.searchsorted(self.x, x * (1 + 1e-9), side="right"))
        return float(self.validation[ended - 1]) if ended else float("nan")

    def reached(self, accuracy: float) -> float | None:
        """Where it first had that accuracy, or more."""
        first = np.flatnonzero(np.asarray(self.validation, float) >= accuracy)
        return float(self.x[first[0]]) if len(first) else None


def standing(racers: Sequence[Racer], axis: Axis) -> list[str]:
    """Who leads where all that have begun have come to, who was first at the highest mark that
    several have reached, and who has not begun."""
    begun = [racer for racer in racers if racer.begun]
    told = []
    if len(begun) == 1:
        (only,) = begun
        where = position(float(only.x[-1]), axis)
        told.append(f"{_quoted(only)} stands at {_percent(only.validation[-1])} after {where}.")
    elif begun:
        told += [_lead(begun, axis), *_first(begun, axis)]
    waiting = [_quoted(racer) for racer in racers if not racer.begun]
    if waiting:
        verb = "have" if len(waiting) > 1 else "has"
        told.append(f"{_listed(waiting)} {verb} not ended an epoch yet.")
    return told


def position(x: float, axis: Axis) -> str:
    """A place on an axis: '4 epochs', '1,200 steps', '1:32', '1.5 PFLOP'."""
    if axis == "time":
        return duration(x)
    if axis == "flops":
        return flops(x)
    return f"{x:,.0f} {axis}{'' if round(x) == 1 else 's'}"


def flops(number: float) -> str:
    """'1.5 PFLOP'."""
    for size, letter in ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")):
        if number >= size:
            return f"{number / size:.3g} {letter}FLOP"
    return f"{number:.0f} FLOP"


def _lead(begun: Sequence[Racer], axis: Axis) -> str:
    common = min(float(racer.x[-1]) for racer in begun)
    where = position(common, axis)
    there = [racer for racer in begun if not np.isnan(racer.at(common))]
    behind = [_quoted(racer) for racer in begun if racer not in there]
    if behind:
        return f"{_listed(behind)}: no validation after {where}, so nobody leads there."
    ranked = sorted(there, key=lambda racer: -racer.at(common))
    best, second = (racer.at(common) for racer in ranked[:2])
    level = [racer for racer in ranked if best - racer.at(common) < LEVEL]
    if len(level) > 1:
        verb = "both" if len(level) == 2 else "all"
        names = _listed([_quoted(racer) for racer in level])
        return f"After {where} {names} are {verb} at {_percent(best)}."
    return (
        f"{_quoted(ranked[0])} leads {_quoted(ranked[1])} by {100 * (best - second):.1f} points "
        f"after {where}: validation {_percent(best)} against {_percent(second)}."
    )


def _first(begun: Sequence[Racer], axis: Axis) -> list[str]:
    """About the highest mark that at least two have reached."""
    peaks = sorted((float(np.nanmax([0, *racer.validation])) for racer in begun), reverse=True)
    mark = np.floor(peaks[1] / MARK + 1e-9) * MARK
    if mark <= 0:
        return []
    places = [(racer.reached(mark - 1e-9), _quoted(racer)) for racer in begun]
    first, *others = sorted((place, name) for place, name in places if place is not None)
    if others[0][0] == first[0]:
        level = [name for place, name in (first, *others) if place == first[0]]
        return [f"{_listed(level)} reached {100 * mark:.0f} % after {position(first[0], axis)}."]
    needed = ", ".join(f"{name} needed {position(place, axis)}" for place, name in others)
    return [f"{first[1]} reached {100 * mark:.0f} % after {position(first[0], axis)}; {needed}."]


def _quoted(racer: Racer) -> str:
    return f"'{racer.name}'"


def _percent(share: float) -> str:
    return "none" if np.isnan(share) else f"{100 * share:.1f} %"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

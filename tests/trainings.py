"""Training, for tests: a recipe changed, a stop after so many steps, what was told."""

from typing import Any

from core.recipe import Recipe
from core.training import Control, TrainingState, events


def changed(recipe: Recipe, **fields: Any) -> Recipe:
    merged = recipe.model_dump()
    for name, value in fields.items():
        merged[name] = merged[name] | value if isinstance(value, dict) else value
    return Recipe.parse(merged)


def last_state(told: list[events.Event]) -> TrainingState:
    return [event for event in told if isinstance(event, events.Snapshot)][-1].state


def epochs_of(told: list[events.Event]) -> list[events.EpochEnded]:
    return [event for event in told if isinstance(event, events.EpochEnded)]


class StopAfter(Control):
    """Asks for a stop once training has looked at it for a given number of steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._looks_left = steps

    @property
    def stopping(self) -> bool:
        if self._looks_left == 0:
            self.stop()
        self._looks_left -= 1
        return super().stopping

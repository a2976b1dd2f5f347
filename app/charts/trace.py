"""What is drawn of a run, and how it looks on every page."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from app import services, theme
from core.evaluation.curves import Spending
from core.models.summary import summarise
from core.recipe import Model, Recipe
from core.runs.run import Run

CLASSES = 10  # others change the last layer's small part


@dataclass(frozen=True, eq=False)
class Trace:
    """A run, for its curves; the columns of its tables are those of `Metrics`.

    name: tells it from the others that are drawn
    number: of which its colour and symbol come, the same wherever it is drawn
    recipe: where it is not known, nothing is drawn over steps and FLOPs
    steps: none where only epochs are drawn; then come the steps of an epoch, and steps and seconds
        so far
    """

    name: str
    epochs: pd.DataFrame
    number: int
    recipe: Recipe | None = None
    steps: pd.DataFrame = field(default_factory=pd.DataFrame)
    steps_per_epoch: int = 1
    now: tuple[int, float] = (0, 0.0)

    @property
    def spent(self) -> Spending | None:
        if self.recipe is None:
            return None
        return Spending(self.recipe, _training_flops(self.recipe.model))


@st.cache_data(max_entries=200, show_spinner=False)
def _training_flops(model: Model) -> int:
    return summarise(model, CLASSES).training_flops


def trace_of(run: Run, name: str, points: int | None = None) -> Trace:
    """points: of its steps, where they are to be drawn"""
    store = services.store()
    epochs = store.metrics.epochs(run.id)
    number = store.number(run.id)
    if points is None:
        return Trace(name, epochs, number, run.recipe)
    steps = store.metrics.steps(run.id, points)
    now = run.done_steps, run.seconds
    return Trace(name, epochs, number, run.recipe, steps, run.steps_per_epoch or 1, now)


@dataclass(frozen=True)
class Look:
    """slot: of the colour among the theme's; symbol: number among `theme.SYMBOLS`"""

    slot: int
    symbol: int


def looks(numbers: Sequence[int]) -> list[Look]:
    """How runs of these numbers look. The colour follows from the number alone, whatever else is
    drawn; so does the symbol, which 100 runs in a row have each with another colour, but where one
    drawn before has both: then it takes the next that is free."""
    colours, symbols = len(theme.LINES), len(theme.SYMBOLS)
    found: list[Look] = []
    for number in numbers:
        slot, turn = number % colours, number // colours
        wanted = [Look(slot, (slot + turn + more) % symbols) for more in range(symbols)]
        found.append(next((look for look in wanted if look not in found), wanted[0]))
    return found

"""What tells runs apart that are shown together."""

from collections.abc import Sequence

import streamlit as st

from app.charts.labels import shortened
from core.comparison.recipes import varying_fields
from core.runs.run import Run

MOST_TOLD = 2  # fields, beside the seed
SEED = "Seed"  # what the form calls it


def differing(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The fields in which the recipes of any of the runs differ, each with what all of them say."""
    return _differing(tuple(run.id for run in runs), runs)


@st.cache_data(max_entries=64, show_spinner=False)
def _differing(ids: tuple[str, ...], _runs: Sequence[Run]) -> dict[str, list[str]]:  # noqa: ARG001
    """What a run trains never changes."""
    return varying_fields([run.recipe for run in _runs])


def told_apart(runs: Sequence[Run], length: int | None = None, seeds: bool = True) -> list[str]:
    """A name for each: its own, of which `length` characters are kept; with what differs where
    others are called the same, its seed only with `seeds`; with its id where nothing differs."""
    names = [run.name if length is None else shortened(run.name, length) for run in runs]
    namesakes: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        namesakes.setdefault(name, []).append(number)
    found = list(names)
    for name, numbers in namesakes.items():
        if len(numbers) > 1:
            same = [runs[number] for number in numbers]
            for number, told in zip(numbers, _told(same, seeds), strict=True):
                alone = length and (len(same) == len(runs) or name != runs[number].name)
                found[number] = told if alone else f"{name}, {told}"
    return [
        f"{name} ({run.id})" if found.count(name) > 1 else name
        for run, name in zip(runs, found, strict=True)
    ]


def _told(runs: Sequence[Run], with_seeds: bool) -> list[str]:
    """What each of them says where they differ."""
    fields = differing(runs)
    seeds = {SEED: fields.pop(SEED)} if SEED in fields else {}
    shown = dict([*fields.items()][:MOST_TOLD]) | (seeds if with_seeds else {})
    return [
        ", ".join(f"{_in_a_sentence(title)} {texts[number]}" for title, texts in shown.items())
        or run.id
        for number, run in enumerate(runs)
    ]


def _in_a_sentence(title: str) -> str:
    """Without its unit."""
    return f"{title[0].lower()}{title[1:].partition(' (')[0]}"

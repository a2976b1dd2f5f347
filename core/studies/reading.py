"""What a study has come to, and what it has still to do: functions of its definition and trials."""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.studies import Trial
from core.studies.definition import MOST_TRIALS, Study
from core.studies.space import Choice, Setting, Value, said
from core.training.speed import expected_seconds

STARTUP = 10  # trials drawn by chance before a sampler has something to go by, at most
LEAST_STARTUP = 3


def by_chance(study: Study) -> int:
    """How many of the first trials are drawn at random, whatever the sampler."""
    if study.sampler == "random":
        return study.trials
    return min(STARTUP, max(LEAST_STARTUP, study.trials // 4), study.trials)


def drawn_by_chance(study: Study, trials: Sequence[Trial]) -> set[int]:
    """Numbers of those that began before the sampler knew enough of others.

    trials: from the first on, by number. TPE counts those that ended early among what it knows, the
    other samplers do not.
    """
    if not study.searches:
        return set()
    knows = ("finished", "pruned") if study.sampler == "tpe" else ("finished",)
    known, found = 0, set[int]()
    for trial in trials:
        if study.sampler == "random" or known < by_chance(study):
            found.add(trial.number)
        known += trial.status in knows
    return found


def trials_wanted(study: Study) -> int:
    match study.kind:
        case "search":
            return study.trials
        case "seeds" | "range":
            return 1
        case "grid":
            return prod(len(values) for values in _lists(study))
        case _:
            return len(study.settings) + len(study.recipes)


def runs_wanted(study: Study) -> int:
    return trials_wanted(study) * study.seeds


def settings_of(study: Study, trials: Sequence[Trial]) -> list[Setting]:
    """What each trial sets; of what was planned, by its name."""
    if study.kind == "grid":
        grid = (dict(zip(study.space, values, strict=True)) for values in product(*_lists(study)))
        planned = {said(setting): setting for setting in grid}
    else:
        planned = study.settings
    return [trial.setting or planned.get(trial.name, {}) for trial in trials]


def best_of(study: Study, trials: Sequence[Trial]) -> Trial | None:
    """The finished one of the best value; the first of those alike."""
    known = [each for each in trials if each.status == "finished" and each.value is not None]
    sign = 1 if study.maximises else -1
    return max(known, key=lambda each: sign * (each.value or 0.0), default=None)


def best_so_far(study: Study, trials: Sequence[Trial]) -> list[tuple[int, float]]:
    """The best value known after each finished trial, by its number."""
    better, line = (max if study.maximises else min), list[tuple[int, float]]()
    for trial in trials:
        if trial.status == "finished" and trial.value is not None:
            known = line[-1][1] if line else trial.value
            line.append((trial.number, better(known, trial.value)))
    return line


def seconds_expected(
    study: Study, images_per_second: Callable[[Recipe], float], slots: int = 1
) -> float | None:
    """At most, with `slots` runs at once; None where only loading the pictures tells how many there
    are. What is pruned comes off it, and a field that is varied may change it."""
    each = expected_seconds(study.base, images_per_second(study.base))
    if each is None:
        return None
    return _within_minutes(study, each * runs_wanted(study)) / slots


def seconds_left(
    study: Study, ended: int, running: int, spent: float, slots: int = 1
) -> float | None:
    """Going by what the trials so far took; those under way count half. None before one has ended.

    spent: seconds of training in all runs
    """
    if not ended:
        return None
    done = ended + running / 2
    left = max(0.0, spent / done * (trials_wanted(study) - done))
    return max(0.0, _within_minutes(study, spent + left) - spent) / slots


def extended(study: Study, more: int) -> Study:
    """The search with so many trials more. Raises ConvscopeError for what has no more to try."""
    if not study.searches:
        raise ConvscopeError("Only a search can go on with more trials; others try all they have.")
    if study.storage:
        raise ConvscopeError(
            "Several drivers share this study by what it asks; begin another one with more trials."
        )
    if study.trials + more > MOST_TRIALS:
        raise ConvscopeError(f"A study has at most {MOST_TRIALS:,} trials.")
    return study.model_copy(update={"trials": study.trials + more})


def in_full(study: Study, setting: Setting, trial: str, name: str, epochs: int) -> Recipe:
    """The recipe of a trial, by its setting and name, called `name` and trained for so many epochs.
    Raises RecipeError where that contradicts it."""
    recipe = study.recipe(setting, trial, study.first_seed)
    return Recipe.parse(recipe.model_dump() | {"name": name, "epochs": epochs})


def _within_minutes(study: Study, seconds: float) -> float:
    return seconds if study.minutes is None else min(seconds, 60 * study.minutes)


def _lists(study: Study) -> list[tuple[Value, ...]]:
    """Of a grid: the values of each field."""
    return [part.values for part in study.space.values() if isinstance(part, Choice)]

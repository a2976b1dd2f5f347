"""What a study has come to, and what it has still to do: functions of its definition and trials."""

from collections.abc import Callable, Sequence
from math import prod

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.trials import Trial
from core.studies.definition import MOST_TRIALS, Study
from core.studies.range_test import range_recipe
from core.studies.space import Choice, Setting
from core.training.speed import expected_seconds

STARTUP = 10  # trials drawn by chance before a sampler has something to go by, at most
LEAST_STARTUP = 3


def by_chance(study: Study) -> int:
    """How many of the first trials are drawn at random, whatever the sampler."""
    if study.sampler == "random":
        return study.trials
    startup = study.startup or min(STARTUP, max(LEAST_STARTUP, study.trials // 4))
    return min(startup, study.trials)


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
    if study.kind == "grid":  # without naming every cell
        lists = (part.values for part in study.space.values() if isinstance(part, Choice))
        return prod(map(len, lists))
    return study.trials if study.searches else len(study.names)


def runs_wanted(study: Study) -> int:
    return trials_wanted(study) * study.seeds


def settings_of(study: Study, trials: Sequence[Trial]) -> list[Setting]:
    """What each trial sets; of what was planned, by its name."""
    return [trial.setting or study.changes.get(trial.name, {}) for trial in trials]


def best_of(study: Study, trials: Sequence[Trial]) -> Trial | None:
    """The finished one of the best value; the first of those alike."""
    known = [each for each in trials if each.status == "finished" and each.value is not None]
    sign = 1 if study.maximises else -1
    return max(known, key=lambda each: sign * (each.value or 0.0), default=None)


def fifths(study: Study, trials: Sequence[Trial]) -> list[list[Trial]]:
    """Finished trials in five parts of about as many each, by their values, the best last; those
    of the same value stay together."""
    sign = 1 if study.maximises else -1
    ordered = sorted(trials, key=lambda each: sign * (each.value or 0.0))
    ranks = {trial.value: rank for rank, trial in enumerate(ordered)}
    parts: dict[int, list[Trial]] = {}
    for trial in ordered:
        parts.setdefault(5 * ranks[trial.value] // len(ordered), []).append(trial)
    return list(parts.values())


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
    trained = range_recipe(study.base) if study.kind == "range" else study.base
    each = expected_seconds(trained, images_per_second(trained))
    if each is None:
        return None
    return _within_minutes(study, each * runs_wanted(study)) / slots


def seconds_left(
    study: Study, ended: int, left: int, running: int, spent: float, slots: int = 1
) -> float | None:
    """Going by what those that ended took, trials or runs; those under way, which are among those
    left, count half. None before one has ended.

    spent: seconds of training in those that ended and in those under way
    """
    if not ended:
        return None
    more = max(0.0, spent / (ended + running / 2) * (left - running / 2))
    return max(0.0, _within_minutes(study, spent + more) - spent) / slots


def extended(study: Study, more: int) -> Study:
    """The search with so many trials more, chosen by its sampler. Raises ConvscopeError for what
    has no more to try."""
    if not study.searches:
        raise ConvscopeError("Only a search can go on with more trials; others try all they have.")
    if study.storage:
        raise ConvscopeError(
            "Several drivers share this study by what it asks; begin another one with more trials."
        )
    if study.trials + more > MOST_TRIALS:
        raise ConvscopeError(f"A study has at most {MOST_TRIALS:,} trials.")
    return study.model_copy(update={"trials": study.trials + more, "startup": by_chance(study)})


def in_full(study: Study, setting: Setting, trial: str, name: str, epochs: int) -> Recipe:
    """The recipe of a trial, by its setting and name, called `name` and trained for so many epochs.
    Raises RecipeError where that contradicts it."""
    recipe = study.recipe(setting, trial, study.first_seed)
    return Recipe.parse(recipe.model_dump() | {"name": name, "epochs": epochs})


def _within_minutes(study: Study, seconds: float) -> float:
    return seconds if study.minutes is None else min(seconds, 60 * study.minutes)

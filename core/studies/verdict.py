"""What a study has shown: its best setting, and whether that is better on seeds it never saw."""

from collections.abc import Mapping, Sequence

from core.comparison.seeds import compare_recipes
from core.comparison.verdicts import Reached, Verdict, verdicts
from core.errors import ConvscopeError
from core.evaluation.spread import spread
from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.trials import Trial
from core.studies.definition import Study
from core.studies.range_test import read_range

THE_BASE, THE_BEST = "the base", "the best setting"


def ranked(study: Study, trials: Sequence[Trial]) -> list[Trial]:
    """Those that were trained to their end, the best first."""
    done = [trial for trial in trials if trial.status == "finished" and trial.value is not None]
    return sorted(done, key=lambda t: (-1 if study.maximises else 1) * (t.value or 0.0))


def best_recipe(study: Study, trials: Sequence[Trial]) -> Recipe:
    """The base with the best setting, under a name that says so. Raises ConvscopeError when no
    trial has finished."""
    found = ranked(study, trials)
    if not found:
        raise ConvscopeError(f"No trial of '{study.name}' has finished, so there is no best one.")
    best = found[0]
    return study.recipe(best.setting, best.name, study.first_seed)


def confirmation(study: Study, trials: Sequence[Trial], seeds: int) -> Study:
    """Another study, which trains the base and the best setting on seeds that this one has not
    used: the best of many trials is flattered by having been chosen, and on fresh seeds it is not
    (Bouthillier et al. 2021, arXiv 2103.03098). Raises ConvscopeError as `best_recipe`."""
    best = best_recipe(study, trials)
    called = f"{THE_BEST}: {ranked(study, trials)[0].name}"
    return Study.parse(
        {
            "name": f"{study.name}, confirmed"[:100],
            "kind": "settings",
            "base": study.base,
            "recipes": {THE_BASE: study.base, called: best},
            "goal": study.goal,
            "seeds": seeds,
            "first_seed": study.first_seed + study.seeds,
        }
    )


def reached(store: RunStore, study_id: str, trials: Sequence[Trial]) -> dict[str, dict[int, float]]:
    """Test accuracies (top-1, 0 to 1) of finished runs by setting, and by seed."""
    names = {trial.number: trial.name for trial in trials}
    found: dict[str, dict[int, float]] = {}
    for run in store.study_figures.runs(study_id):
        if run.trial in names and "test" in run.accuracies:
            found.setdefault(names[run.trial], {})[run.seed] = run.accuracies["test"]
    return found


def judged(by_setting: Mapping[str, Mapping[int, float]]) -> list[Verdict]:
    """What settings show against the first one, by their test accuracies: two are compared as
    `compare_recipes` does, seed by seed where they can be, more of them by Dunnett's test."""
    accuracies: Reached = {name: [*found.values()] for name, found in by_setting.items()}
    if len(by_setting) != 2:
        return verdicts(accuracies)
    (first, a), (second, b) = by_setting.items()
    found = compare_recipes(a, b, (first, second))
    apart = (found.difference / 100, found.low / 100, found.high / 100)
    (baseline,) = verdicts({first: accuracies[first]})
    return [baseline, Verdict(second, len(b), spread(accuracies[second]), apart, found.sentence)]


def sentences(store: RunStore, study_id: str, trials: Sequence[Trial]) -> list[str]:
    """What the settings of a study that searches nothing show against the first one."""
    by_setting = reached(store, study_id, trials)
    if by_setting and trials[0].name not in by_setting:
        return [f"Compared when a run of '{trials[0].name}' is through."]
    return [verdict.sentence for verdict in judged(by_setting)]


def range_sentence(store: RunStore, trials: Sequence[Trial]) -> str:
    """What a learning-rate range test has shown."""
    runs = [run for trial in trials for run in trial.runs.values() if store.has(run)]
    found = read_range(store.metrics.steps(runs[0])) if runs else None
    return found.sentence if found else "There are too few steps yet to say which rate suits."

"""Optuna's side of a search: its studies, samplers and pruners as ours ask for them, and trials of
ours as its own."""

import logging
from collections.abc import Container, Mapping, Sequence
from itertools import count, takewhile

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState

from core.runs.trials import Trial, TrialStatus
from core.studies.definition import Study
from core.studies.reading import by_chance
from core.studies.space import Choice, Range

STATES: dict[TrialStatus, TrialState] = {
    "running": TrialState.RUNNING,
    "finished": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
}


class InMemory(optuna.storages.InMemoryStorage):
    """No trial waits in it for somebody who asks, so that none is looked for among all of them."""

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[optuna.trial.FrozenTrial]:
        if states == (TrialState.WAITING,):
            return []
        return super().get_all_trials(study_id, deepcopy, states)


def recalled(
    study: Study, trials: Sequence[Trial], reached: Mapping[int, Mapping[int, float]]
) -> list[optuna.trial.FrozenTrial]:
    """Trials of ours as Optuna's."""
    kinds = distributions(study)
    return [
        optuna.trial.create_trial(
            state=_state(trial),
            value=trial.value if trial.status == "finished" else None,
            params=trial.setting,
            distributions=kinds,
            intermediate_values=dict(reached.get(trial.number, {})),
            system_attrs=_rungs(reached.get(trial.number, {})),
        )
        for trial in trials
    ]


def _state(trial: Trial) -> TrialState:
    lacks_value = trial.status == "finished" and trial.value is None
    return TrialState.FAIL if lacks_value else STATES[trial.status]


def _rungs(reached: Mapping[int, float]) -> dict[str, float]:
    """What successive halving compares a trial by: its values after 1, 2, 4, ... epochs."""
    climbed = takewhile(reached.__contains__, (2**rung for rung in count()))
    return {f"completed_rung_{rung}": reached[epoch] for rung, epoch in enumerate(climbed)}


def created(study: Study, storage: optuna.storages.BaseStorage) -> optuna.Study:
    optuna.logging.set_verbosity(logging.WARNING)
    return optuna.create_study(
        storage=storage,
        study_name=study.identity,
        load_if_exists=True,
        direction="maximize" if study.maximises else "minimize",
        pruner=_pruner(study),
    )


def sampler(study: Study, seed: int) -> optuna.samplers.BaseSampler:
    seed += study.first_seed
    match study.sampler:
        case "tpe":
            return optuna.samplers.TPESampler(n_startup_trials=by_chance(study), seed=seed)
        case "cmaes":
            return optuna.samplers.CmaEsSampler(
                n_startup_trials=by_chance(study), seed=seed, warn_independent_sampling=False
            )
        case "gp":
            return optuna.samplers.GPSampler(n_startup_trials=by_chance(study), seed=seed)
        case "random":
            return optuna.samplers.RandomSampler(seed)


def _pruner(study: Study) -> optuna.pruners.BasePruner:
    match study.pruner:
        case "none":
            return optuna.pruners.NopPruner()
        case "median":
            return optuna.pruners.MedianPruner(n_startup_trials=min(5, max(2, study.trials // 5)))
        case "halving":
            return optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)


def distributions(study: Study) -> dict[str, BaseDistribution]:
    return {path: distribution(part) for path, part in study.space.items()}


def distribution(part: Range) -> BaseDistribution:
    if isinstance(part, Choice):
        return CategoricalDistribution(part.values)
    if part.kind == "integer":
        return IntDistribution(int(part.low), int(part.high), log=part.log)
    return FloatDistribution(part.low, part.high, log=part.log)

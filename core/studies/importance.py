"""A study as Optuna's functions take it: in memory, built anew from our trials."""

import logging
from collections.abc import Sequence

import optuna
from optuna.importance import PedAnovaImportanceEvaluator

from core.runs.trials import Trial
from core.studies.definition import Study
from core.studies.reading import settings_of
from core.studies.sampling import distribution

LEAST_TRIALS = 5  # that tell anything of what matters


def in_optuna(study: Study, trials: Sequence[Trial]) -> optuna.Study:
    """With the finished trials alone; no database is opened."""
    optuna.logging.set_verbosity(logging.WARNING)
    built = optuna.create_study(direction="maximize" if study.maximises else "minimize")
    kinds = {path: distribution(part) for path, part in study.space.items()}
    for trial, setting in zip(trials, settings_of(study, trials), strict=True):
        if (
            trial.status == "finished"
            and trial.value is not None
            and setting.keys() == kinds.keys()
        ):
            built.add_trial(
                optuna.trial.create_trial(value=trial.value, params=setting, distributions=kinds)
            )
    return built


def importance(study: Study, trials: Sequence[Trial]) -> dict[str, float]:
    """How much each varied field decides whether a trial is among the best tenth, by its path;
    shares that sum to 1, the largest first; nothing of too few trials, or where all reached the
    same.

    PED-ANOVA (Watanabe et al. 2023, arXiv 2304.10255).
    """
    built = in_optuna(study, trials)
    known = {trial.value for trial in built.get_trials(deepcopy=False)}
    if len(built.get_trials(deepcopy=False)) < LEAST_TRIALS or len(known) < 2:
        return {}
    return optuna.importance.get_param_importances(built, evaluator=PedAnovaImportanceEvaluator())

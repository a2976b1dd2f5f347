"""Which setting a study tries next: as planned, or as Optuna proposes."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState

from core.errors import ConvscopeError, StorageError
from core.studies.definition import Study
from core.studies.reading import by_chance
from core.studies.space import Choice, Range, Setting, said


class Asked(NamedTuple):
    """number: of the trial; name: what people call it; setting: fields by their path"""

    number: int
    name: str
    setting: Setting


class Search(Protocol):
    """Only a study's driver calls it."""

    def ask(self) -> Asked | None:
        """The next trial, or None where there is none any more."""
        ...

    def is_hopeless(self, number: int, epoch: int, value: float) -> bool:
        """Hear what a trial has reached after an epoch, and say whether it should end."""
        ...

    def tell(self, number: int, value: float | None) -> None:
        """Hear what a trial has reached at its end; None: it failed."""
        ...

    def prune(self, number: int) -> None:
        """Hear that a trial was ended early."""
        ...


class Planned:
    """All settings of a study that searches nothing, one after another."""

    def __init__(self, study: Study, tried: int) -> None:
        """tried: how many trials there are already"""
        self._names, self._next = list(study.planned), tried

    def ask(self) -> Asked | None:
        if self._next >= len(self._names):
            return None
        self._next += 1
        return Asked(self._next - 1, self._names[self._next - 1], {})

    def is_hopeless(self, number: int, epoch: int, value: float) -> bool:  # noqa: ARG002
        return False

    def tell(self, number: int, value: float | None) -> None:
        """What is planned depends on nothing that was reached."""

    def prune(self, number: int) -> None:
        """Nor does it end early."""


class Searched:
    """Optuna's samplers and pruners over its own storage, by ask and tell.

    Several drivers share a study where `storage` is one database that all of them reach. Raises
    StorageError while it does not answer, and ConvscopeError for an address that is none.
    """

    def __init__(
        self, study: Study, name: str, storage: str, tried: Collection[int] | None = None
    ) -> None:
        """tried: the trials that the driver knows, where it is the only one: others that are under
        way were asked for by one that was killed before it could note them, and come first"""
        self._definition = study
        self._distributions = {path: distribution(part) for path, part in study.space.items()}
        optuna.logging.set_verbosity(logging.WARNING)
        with _explaining(storage):
            self._study = optuna.create_study(
                storage=storage,
                study_name=name,
                load_if_exists=True,
                direction="maximize" if study.maximises else "minimize",
                pruner=_pruner(study),
            )
            self._known = len(self._study.get_trials(deepcopy=False))
            # Another generator after each start, or the same settings would be drawn again.
            self._study.sampler = _sampler(study, seed=self._known)
            self._lost = [
                trial.number
                for trial in self._study.get_trials(deepcopy=False, states=[TrialState.RUNNING])
                if tried is not None and trial.number not in tried
            ]
        self._storage = storage

    def ask(self) -> Asked | None:
        with _explaining(self._storage):
            if self._lost:
                return self._asked(self._trial(self._lost.pop(0)))
            if self._known >= self._definition.trials:
                return None
            trial = self._study.ask(self._distributions)
            self._known = trial.number + 1
            if trial.number >= self._definition.trials:
                self._study.tell(trial, state=TrialState.FAIL)
                return None
            return self._asked(trial)

    def _asked(self, trial: optuna.Trial) -> Asked:
        """With what it sets, or what was still to be drawn of that."""
        setting: Setting = {
            path: trial._suggest(path, each) for path, each in self._distributions.items()
        }
        return Asked(trial.number, said(setting), setting)

    def is_hopeless(self, number: int, epoch: int, value: float) -> bool:
        with _explaining(self._storage):
            trial = self._trial(number)
            if epoch not in self._reported(trial):
                trial.report(value, epoch)
            return trial.should_prune()

    def tell(self, number: int, value: float | None) -> None:
        with _explaining(self._storage):
            if value is None:
                self._study.tell(number, state=TrialState.FAIL, skip_if_finished=True)
            else:
                self._study.tell(number, value, skip_if_finished=True)

    def prune(self, number: int) -> None:
        with _explaining(self._storage):
            self._study.tell(number, state=TrialState.PRUNED, skip_if_finished=True)

    def _trial(self, number: int) -> optuna.Trial:
        """One that is under way, also where another process has asked for it."""
        study, storage = self._study, self._study._storage
        known = storage.get_trial_id_from_study_id_trial_number(study._study_id, number)
        return optuna.Trial(study, known)

    def _reported(self, trial: optuna.Trial) -> dict[int, float]:
        """What is known of it already, by epoch."""
        return self._study._storage.get_trial(trial._trial_id).intermediate_values


def _sampler(study: Study, seed: int) -> optuna.samplers.BaseSampler:
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


def distribution(part: Range) -> BaseDistribution:
    if isinstance(part, Choice):
        return CategoricalDistribution(part.values)
    if part.kind == "integer":
        return IntDistribution(int(part.low), int(part.high), log=part.log)
    return FloatDistribution(part.low, part.high, log=part.log)


@contextmanager
def _explaining(storage: str) -> Iterator[None]:
    """What goes wrong with a database, as one of our sentences, without its password."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    place = storage.rpartition("@")[2].partition("?")[0][:200]
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ConvscopeError(
            f"'{place}' is no database that studies can be kept in ({str(error)[:200]})."
        ) from error
    except (optuna.exceptions.StorageInternalError, SQLAlchemyError) as error:
        raise StorageError(
            f"The study's database ({place}) does not answer, or may only be read; the study goes "
            "on when it does."
        ) from error

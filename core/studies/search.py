"""Which setting a study tries next: as planned, or as Optuna proposes."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import optuna
from optuna.trial import TrialState
from sqlalchemy import NullPool
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from core.errors import ConvscopeError, StorageError
from core.runs.trials import Trial
from core.studies.definition import Study
from core.studies.sampling import InMemory, created, distributions, recalled, sampler
from core.studies.space import Setting, said

SALTS = 2**30  # that tell drivers' generators apart
DRIVER = "driver"  # what a trial in a shared database is marked with


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
        self._names, self._next = list(study.names), tried

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
    """Optuna's samplers and pruners by ask and tell, for the one driver of a study: they hold in
    memory what the run store has kept of its trials.

    reached: what each trial reached of the goal, by its number and epoch
    """

    def __init__(
        self, study: Study, trials: Sequence[Trial], reached: Mapping[int, Mapping[int, float]]
    ) -> None:
        self._definition, self._distributions = study, distributions(study)
        self._study = created(study, InMemory())
        self._study.add_trials(recalled(study, trials, reached))
        # Another generator after each start, or the same settings would be drawn again.
        self._study.sampler = sampler(study, len(trials))
        self._count = len(trials)

    def ask(self) -> Asked | None:
        if self._count >= self._definition.trials:
            return None
        self._count += 1
        return self._asked(self._study.ask(self._distributions))

    def is_hopeless(self, number: int, epoch: int, value: float) -> bool:
        trial = self._trial(number)
        if epoch not in self._study._storage.get_trial(trial._trial_id).intermediate_values:
            trial.report(value, epoch)
        return trial.should_prune()

    def tell(self, number: int, value: float | None) -> None:
        state = TrialState.FAIL if value is None else None
        self._study.tell(number, value, state, skip_if_finished=True)

    def prune(self, number: int) -> None:
        self._study.tell(number, state=TrialState.PRUNED, skip_if_finished=True)

    def _asked(self, trial: optuna.Trial) -> Asked:
        """With what it sets, or what was still to be drawn of that."""
        setting: Setting = {
            path: trial._suggest(path, each) for path, each in self._distributions.items()
        }
        return Asked(trial.number, said(setting), setting)

    def _trial(self, number: int) -> optuna.Trial:
        """One that is under way, also where another process has asked for it."""
        study, storage = self._study, self._study._storage
        known = storage.get_trial_id_from_study_id_trial_number(study._study_id, number)
        return optuna.Trial(study, known)


class Shared(Searched):
    """The same in a database that several drivers of a study share. Raises StorageError while it
    does not answer, and ConvscopeError for an address that is none.

    driver: a number in hexadecimal that tells this driver from the others, also after a restart
    tried: the trials that it knows; others of its own were asked for before it was killed, and
        come first
    """

    def __init__(self, study: Study, driver: str, tried: Collection[int]) -> None:
        self._definition, self._distributions = study, distributions(study)
        self._driver = driver
        with self._explaining():
            # A connection for each question, as none is stale then after the server was away.
            storage = optuna.storages.RDBStorage(
                study.storage, engine_kwargs={"poolclass": NullPool}
            )
            self._study = created(study, storage)
            known = self._study.get_trials(deepcopy=False)
            # Drivers that begin together would draw the same settings, but for their numbers.
            self._study.sampler = sampler(study, len(known) + int(driver, 16) % SALTS)
        self._lost = [
            trial.number
            for trial in known
            if trial.state == TrialState.RUNNING
            and trial.user_attrs.get(DRIVER) == driver
            and trial.number not in tried
        ]

    def ask(self) -> Asked | None:
        """Its driver's name stands on a trial before it begins, so that none is ever nobody's."""
        wanted = self._definition.trials
        with self._explaining():
            if self._lost:
                return self._asked(self._trial(self._lost.pop(0)))
            begun = (state for state in TrialState if state != TrialState.WAITING)
            if self._study._storage.get_n_trials(self._study._study_id, tuple(begun)) >= wanted:
                return None
            self._study.enqueue_trial({}, user_attrs={DRIVER: self._driver})
            trial = self._study.ask(self._distributions)
            if trial.number >= wanted:  # another driver was first
                self._study.tell(trial, state=TrialState.FAIL)
                return None
            if trial.user_attrs.get(DRIVER) != self._driver:  # enqueued by another
                trial.set_user_attr(DRIVER, self._driver)
            return self._asked(trial)

    def is_hopeless(self, number: int, epoch: int, value: float) -> bool:
        with self._explaining():
            return super().is_hopeless(number, epoch, value)

    def tell(self, number: int, value: float | None) -> None:
        with self._explaining():
            super().tell(number, value)

    def prune(self, number: int) -> None:
        with self._explaining():
            super().prune(number)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """What goes wrong with the database, as one of our sentences, without its password."""
        place = self._definition.storage.rpartition("@")[2].partition("?")[0][:200]
        try:
            yield
        except (ArgumentError, NoSuchModuleError, RuntimeError, ValueError, KeyError) as error:
            raise _no_database(place, error) from error  # or one that lost its trials
        except ImportError as error:
            raise ConvscopeError(
                f"What talks to the database {place} is not installed here "
                f"({error.__cause__ or error}); "
                "`pip install -r requirements-postgres.txt` does that for PostgreSQL."
            ) from error
        except (optuna.exceptions.StorageInternalError, SQLAlchemyError) as error:
            known = error if isinstance(error, DBAPIError) else error.__cause__
            # What passes, as a lock, is one of its subclasses.
            if isinstance(known, DBAPIError) and type(known.orig) is sqlite3.DatabaseError:
                raise _no_database(place, known.orig) from error
            raise StorageError(
                f"The study's database ({place}) does not answer, or may only be read; the study "
                "goes on when it does."
            ) from error


def _no_database(place: str, error: Exception) -> ConvscopeError:
    return ConvscopeError(
        f"'{place}' is no database that studies can be kept in ({str(error)[:200]})."
    )

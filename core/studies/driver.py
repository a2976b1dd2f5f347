"""The one process that decides for a study: which run begins, which ends, and when all is done.

All that it knows stands in the store (and, for a search, in Optuna's), so one that was killed and
started again goes on where it was: runs have ids that were planned before they were created.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from core.errors import ConvscopeError, StorageError
from core.runs.run import LIVE, Run
from core.runs.store import RunStore
from core.runs.studies import StoredStudy
from core.runs.trials import Trial
from core.studies.definition import Study
from core.studies.known import known_runs
from core.studies.place import Place
from core.studies.search import Search
from core.training import Control

LOOK_SECONDS = 0.5  # between two looks at the runs under way
STEP_SECONDS = 2.0  # that beginning runs may take before it is heard what is asked
TROUBLE_SECONDS = 5.0  # before a database that does not answer is asked again
ATTEMPTS = 3  # at a run whose process dies
DELETED = "Its run was deleted."
SPENT = "The study's minutes were spent before it began."
log = logging.getLogger(__name__)


class Driver:
    """Of a study that this process has claimed."""

    def __init__(
        self, store: RunStore, claimed: StoredStudy, study: Study, search: Search, place: Place
    ) -> None:
        """study: what the claimed one's definition says"""
        self._store, self._id, self._definition = store, claimed.id, claimed.definition
        self._studies, self._trials = store.studies, store.trials
        self._study, self._search, self._place = study, search, place
        self._seeds = range(study.first_seed, study.first_seed + study.seeds)
        self._told: dict[int, int] = {}  # epochs of a trial that were reported, by its number
        self._asked_all = False
        self._to_go_on: set[str] = set()  # runs that somebody asked to stop before it was taken up
        self._known = {} if study.searches else known_runs(store)

    def drive(self, control: Control, watch: Callable[[], None] = lambda: None) -> bool:
        """Until all is done, or until somebody pauses or stops the study. Where `control` ends this
        process, the study is left as it is, and its next driver goes on. True where more was asked
        of the study meanwhile, which is another driver's.

        watch: called after each look, for whoever shows progress
        """
        self.take_up()
        troubled = False
        while not control.stopping:
            pause = LOOK_SECONDS
            try:
                done = self.step()
                if troubled:
                    self._studies.tell(self._id, "")
                    troubled = False
                if done:
                    watch()
                    return not self._studies.finish(self._id, self._definition)
                asked = self._studies.requested(self._id)
                if asked == "stop":
                    self.stop()
                    return False
                if asked == "pause" and self._rests():
                    return False
            except StorageError as error:
                log.warning("study %s: %s", self._id, error)
                with suppress(StorageError):
                    self._studies.tell(self._id, str(error))
                troubled, pause = True, TROUBLE_SECONDS
            watch()
            time.sleep(pause)
        return False

    def step(self) -> bool:
        """See what became of the runs under way, and begin as many as there is room for. True
        when nothing is left to do."""
        self._place.poll()
        spent = self._is_spent()
        going = [t for t in self._trials.of(self._id, "running") if not self._settle(t, spent)]
        if self._studies.requested(self._id) is not None:
            return False
        busy = sum(self._store.get(run).live for trial in going for run in trial.runs.values())
        limit = time.monotonic() + STEP_SECONDS
        while busy < self._place.slots and not self._is_spent() and time.monotonic() < limit:
            if (pending := self._pending(going)) is not None:
                trial, seed = pending
                busy += self._begin(trial, seed)
            elif not self._ask(going):
                break
        done = self._asked_all or self._is_spent()
        return done and not self._trials.has_running(self._id)

    # Trials

    def _ask(self, going: list[Trial]) -> bool:
        """Add the next trial; all at once where they are planned. False when there is none."""
        before = len(going)
        while not self._asked_all:
            asked = self._search.ask()
            if asked is None:
                self._asked_all = True
                break
            self._trials.add(self._id, asked.number, asked.name, asked.setting)
            going.append(Trial(asked.number, asked.name, asked.setting, "running", None, "", {}))
            if self._study.searches:
                break
        return len(going) > before

    def _pending(self, going: Sequence[Trial]) -> tuple[Trial, int] | None:
        """The trial and the seed that are trained next: seed by seed, so that every setting has a
        first figure soon. A search goes on with another seed when it knows the one before."""
        found = [
            (seed, trial.number, trial)
            for trial in going
            for seed in self._seeds
            if seed not in trial.runs and self._is_wanted(trial, seed)
        ]
        if not found:
            return None
        seed, _, trial = min(found, key=lambda each: each[:2])
        return trial, seed

    def _is_wanted(self, trial: Trial, seed: int) -> bool:
        if not self._study.searches or seed == self._seeds[0]:
            return True
        before = trial.runs.get(seed - 1)
        return before is not None and self._store.get(before).status == "finished"

    def _begin(self, trial: Trial, seed: int) -> bool:
        """Have a trial's run with a seed trained, if it is not finished already; whether it
        trains."""
        try:
            recipe = self._study.recipe(trial.setting, trial.name, seed)
        except ConvscopeError as error:
            self._fail(trial, str(error))
            trial.runs.update(dict.fromkeys(self._seeds, ""))  # nothing more is pending of it
            return False
        known = self._known.get(recipe.identity)
        if known is not None and (not self._store.has(known) or self._store.get(known).deleted):
            known = None
        run_id = self._trials.plan_run(self._id, trial.number, seed, known)
        trial.runs[seed] = run_id
        if not self._store.has(run_id):
            self._store.create(recipe, run_id=run_id)
        run = self._store.get(run_id)
        if run.status == "queued" or run.resumable:
            self._place.submit(run_id)
        return run.status != "finished"

    def _settle(self, trial: Trial, spent: bool) -> bool:
        """Do what follows from the state of a trial's runs; whether it ended. Where the minutes are
        spent it ends with the seeds that it has."""
        runs = [self._found(trial, seed, run_id) for seed, run_id in trial.runs.items()]
        for run in runs:
            if run.deleted:
                return self._fail(trial, DELETED)
            if run.status == "stopped" and run.id in self._to_go_on:
                self._to_go_on.discard(run.id)
                self._place.submit(run.id)
                return False
            if run.status in ("failed", "stopped"):
                return self._fail(trial, run.message or "Its run was stopped.")
            if run.status == "interrupted":
                if self._trials.another_attempt(run.id) >= ATTEMPTS:
                    return self._fail(trial, f"The process of its run ended {ATTEMPTS} times.")
                self._place.submit(run.id)
        hopeless = self._study.searches and len(runs) == 1 and self._report(trial, runs[0])
        if hopeless and runs[0].status == "running" and runs[0].epochs_done < runs[0].recipe.epochs:
            self._place.cancel(runs[0].id)
            self._search.prune(trial.number)
            self._trials.end(self._id, trial.number, "pruned", self._reached(runs[0]))
            return True
        is_all = spent or len(runs) == len(self._seeds)
        if not is_all or any(run.status != "finished" for run in runs):
            return False
        if not runs:
            return self._fail(trial, SPENT)
        value = math.fsum(map(self._reached, runs)) / len(runs)
        self._search.tell(trial.number, value)
        self._trials.end(self._id, trial.number, "finished", value)
        return True

    def _found(self, trial: Trial, seed: int, run_id: str) -> Run:
        """A run that was planned; created where a driver died before that."""
        if not self._store.has(run_id):
            recipe = self._study.recipe(trial.setting, trial.name, seed)
            self._store.create(recipe, run_id=run_id)
            self._place.submit(run_id)
        return self._store.get(run_id)

    def _fail(self, trial: Trial, why: str) -> bool:
        """End a trial that reached nothing, with what else of it is under way."""
        for run_id in filter(None, trial.runs.values()):
            if self._store.has(run_id) and self._store.get(run_id).live:
                self._place.cancel(run_id)
        self._search.tell(trial.number, None)
        self._trials.end(self._id, trial.number, "failed", message=why)
        return True

    def _report(self, trial: Trial, run: Run) -> bool:
        """Tell the search of each new epoch of a run, and hear whether it should end."""
        told, hopeless = self._told.get(trial.number, 0), False
        if run.epochs_done <= told:
            return False
        column = f"validation_{self._study.goal}"
        epochs = self._store.metrics.epochs(run.id)
        for epoch, value in zip(epochs["epoch"].tolist(), epochs[column].tolist(), strict=True):
            if epoch <= told:
                continue
            hopeless = self._search.is_hopeless(trial.number, epoch, value)
            self._told[trial.number] = epoch
        return hopeless

    def _reached(self, run: Run) -> float:
        """The goal's value of a run's best epoch."""
        values = self._store.metrics.epochs(run.id)[f"validation_{self._study.goal}"]
        return float(values.max() if self._study.maximises else values.min())

    # The whole

    def _is_spent(self) -> bool:
        minutes = self._study.minutes
        return minutes is not None and self._trials.seconds(self._id) >= 60 * minutes

    def take_up(self) -> None:
        """Have the runs trained on that waited, or were stopped, with the study or its driver."""
        for trial in self._trials.of(self._id, "running"):
            for run_id in filter(self._store.has, trial.runs.values()):
                run = self._store.get(run_id)
                if not run.deleted and (run.status == "queued" or run.resumable):
                    self._place.submit(run_id)
                elif run.request == "stop":
                    self._to_go_on.add(run_id)

    def _rests(self) -> bool:
        """Pause the study as soon as none of its runs is under way, if it is still to pause."""
        trials = self._trials.of(self._id, "running")
        runs = (run for trial in trials for run in trial.runs.values())
        if any(self._store.get(run).live for run in filter(self._store.has, runs)):
            return False
        return self._studies.rest(self._id)

    def stop(self) -> None:
        """Have the runs under way saved and stopped, but for those that another study trains too;
        the study can go on later."""
        for trial in self._trials.of(self._id, "running"):
            for run_id in filter(self._store.has, trial.runs.values()):
                is_wanted = self._trials.is_wanted_elsewhere(run_id, self._id)
                if self._store.get(run_id).status in LIVE and not is_wanted:
                    self._place.cancel(run_id)
        self._studies.halt(self._id)

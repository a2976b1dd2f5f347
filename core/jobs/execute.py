"""Carry out one stored run: load, train, record, evaluate; whatever happens ends in the store."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress

import torch

from core.data.dataset import Dataset
from core.errors import BreakOffError, ConvscopeError, LostError, StorageError
from core.evaluation.logits import logits_path, save_logits
from core.evaluation.metrics import top_k_accuracy
from core.files import delete, remove_temporary
from core.jobs.recorder import PATIENCE, Recorder
from core.jobs.starting_weights import starting_weights
from core.jobs.trainer import Measured, OnDevice, Trainer, unforeseen
from core.prediction.reference import reference_path, save_reference
from core.runs.checkpoint import Card, Checkpoint, load_checkpoint, save_checkpoint
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.training import Control, TrainingState, events, load_state, save_state
from core.wording import amount

STEER_SECONDS = 0.2
REPORT_SECONDS = 0.25  # between two words on how far loading is
LAST_SECONDS = 5.0  # to store a run's end in, for a process that was asked to end
log = logging.getLogger(__name__)


def execute(
    store: RunStore, run: Run, control: Control, device: torch.device
) -> Iterator[events.Event]:
    """Train a run that `store` has claimed, from its last snapshot if it has one; then release it.

    Yields training's events after they were recorded, for whoever shows progress. What people ask
    for through the store (pause, stop, go on) reaches the training within a second. No failure
    gets out: it becomes the run's status and message. Where these cannot be stored either, before
    the process is asked to end, the run is seen as interrupted.
    """
    return execute_by(OnDevice(device), store, run, control)


def execute_by(
    trainer: Trainer, store: RunStore, run: Run, control: Control
) -> Iterator[events.Event]:
    """The same, wherever the arithmetic is done. Where that is lost, the run is interrupted."""
    execution = _Execution(trainer, store, run, control)
    try:
        yield from execution.go()
        yield from execution.settle()
    finally:
        store.release(run.id)


class _Execution:
    def __init__(self, trainer: Trainer, store: RunStore, run: Run, control: Control) -> None:
        self.trainer, self.store, self.run, self.control = trainer, store, run, control
        self.recorder = Recorder(store, run.id)
        self.machine: dict[str, str] = {}
        self.measured: Measured | None = None
        self._next_report = 0.0

    def go(self) -> Iterator[events.Event]:
        """The run, to whatever end."""
        try:
            yield from self._train()
        except BreakOffError:
            self._become("stopped", "Stopped before its first step.")
            yield events.Stopped()
        except LostError as error:
            self._become("interrupted", str(error))
        except ConvscopeError as error:
            self._become("failed", str(error))
        except Exception as error:
            log.exception("run %s failed", self.run.id)
            self._become("failed", unforeseen(error))

    def settle(self) -> Iterator[events.Event]:
        """Wait until all is stored, or for a last while where this process is asked to end."""
        last = None
        while not self.recorder.flush():
            yield events.Unstored(self.recorder.trouble, waits=True)
            if self.control.stopping and last is None:
                last = time.monotonic() + LAST_SECONDS
            if last is not None and time.monotonic() > last:
                log.error("run %s: its end could not be stored", self.run.id)
                return
            time.sleep(STEER_SECONDS)

    def _train(self) -> Iterator[events.Event]:
        store, run = self.store, self.run
        best = store.best_path(run.id)
        remove_temporary(store.state_path(run.id))
        remove_temporary(best)
        if not store.tasks.running():  # one may be writing logits of what this run reached so far
            for beside in (
                logits_path(best, "validation"),
                logits_path(best, "test"),
                reference_path(best),
            ):
                remove_temporary(beside)
        data = self.trainer.load(run.recipe.data, self._report_loading)
        if data.skipped:
            left_out = [f"{amount(len(data.skipped), 'file')} left out.", *data.skipped[:20]]
            self.recorder.put(lambda: store.log(run.id, " ".join(left_out)))
        card, state_path = Card.of(run.recipe, data), store.state_path(run.id)
        state = load_state(state_path) if state_path.exists() else None
        start = starting_weights(store, run.recipe, data.classes) if state is None else None
        told = self.trainer.train(run.recipe, data, self.control, state, start, self._look)
        for event in told:
            if isinstance(event, Measured):
                self.measured = event
                continue
            if isinstance(event, events.Started):
                self._forget_after(event, state)
            if isinstance(event, events.Finished):
                yield from self.settle()  # what follows reads back what was stored
            self._record(event, data, card)
            yield event
            if self.recorder.trouble:
                yield from self._hold()
            self._steer()

    def _forget_after(self, started: events.Started, state: TrainingState | None) -> None:
        """What an earlier part of the run left is of a future that will not come."""
        store, run_id = self.store, self.run.id
        epoch, seconds = started.step // started.steps_per_epoch, state.seconds if state else 0.0
        put = self.recorder.put
        put(lambda: store.metrics.forget_after(run_id, started.step, epoch, seconds))
        if state is None:
            put(lambda: delete(store.best_path(run_id)))
            put(lambda: store.update(run_id, accuracies="{}", best_epoch=0))

    def _hold(self) -> Iterator[events.Event]:
        """Say what cannot be stored; go on all the same, unless too much waits already."""
        yield events.Unstored(self.recorder.trouble, waits=self.recorder.full)
        while self.recorder.full and not self.control.stopping and not self.recorder.flush():
            time.sleep(STEER_SECONDS)
            self._steer()

    def _record(self, event: events.Event, data: Dataset, card: Card) -> None:
        store, run_id, put = self.store, self.run.id, self.recorder.put
        match event:
            case events.Started():
                put(lambda: self._describe(event, data))
            case events.Steps():
                put(lambda: store.metrics.add_steps(run_id, event))
            case events.EpochEnded():
                put(lambda: store.metrics.add_epoch(run_id, event))
            case events.BestWeights():
                put(lambda: self._save_best(event, card), latest="best weights")
            case events.Snapshot():
                path = store.state_path(run_id)
                put(lambda: save_state(path, event.state), latest="snapshot")
            case events.Paused():
                self._become("paused")
            case events.Resumed():
                self._become("running")
            case events.Stopped():
                self._become("stopped")
            case events.Diverged():
                self._become("failed", event.reason)
            case events.Finished():
                self._finish(event)
            case events.Unstored():
                pass

    def _become(self, status: Status, message: str = "") -> None:
        self.recorder.put(lambda: self.store.set_status(self.run.id, status, message))

    def _describe(self, event: events.Started, data: Dataset) -> None:
        store, run_id = self.store, self.run.id
        self.machine = event.machine
        store.log(run_id, f"Training on {event.device}.")
        if event.adopted:
            layers = f"Layers that begin with another network's weights: {event.adopted}"
            store.log(run_id, f"{layers}; the others are fresh.")
        store.update(
            run_id,
            message="",
            total_steps=event.total_steps,
            steps_per_epoch=event.steps_per_epoch,
            parameters=event.parameters,
            precision=event.precision,
            device=torch.device(event.device).type,
            data=data.fingerprint,
            machine=json.dumps(event.machine),
        )

    def _save_best(self, best: events.BestWeights, card: Card) -> None:
        reached = {"validation": best.validation_accuracy}
        card = card.model_copy(update={"epoch": best.epoch, "accuracies": reached})
        path = self.store.best_path(self.run.id)
        save_checkpoint(path, Checkpoint(card, best.weights))
        self.store.update(self.run.id, best_epoch=best.epoch, accuracies=json.dumps(reached))

    def _finish(self, event: events.Finished) -> None:
        """Keep what was measured with the best weights. The accuracy on training images is what the
        best epoch told: with augmentation and dropout on."""
        path, measured = self.store.best_path(self.run.id), self.measured
        if measured is None or not path.exists():
            raise ConvscopeError(
                "No epoch gave weights with a finite validation loss. Lower the learning rate, or "
                "clip the gradient norm."
            )
        best = load_checkpoint(path)
        validation, test = measured.validation, measured.test
        epochs = self.store.metrics.epochs(self.run.id).set_index("epoch")
        accuracies = {
            "train": float(epochs.train_accuracy[best.card.epoch]),
            "validation": top_k_accuracy(validation.logits, validation.labels, 1),
            "test": top_k_accuracy(test.logits, test.labels, 1),
        }
        card = best.card.model_copy(
            update={
                "accuracies": accuracies,
                "temperature": measured.temperature,
                "seconds": self.store.get(self.run.id).seconds,
                "machine": self.machine,
            }
        )
        trained, put = Checkpoint(card, best.weights), self.recorder.put
        put(lambda: save_checkpoint(path, trained))
        put(lambda: save_logits(path, trained, "validation", validation))
        put(lambda: save_logits(path, trained, "test", test))
        reference = measured.reference
        if reference is not None:
            put(lambda: save_reference(path, trained, reference))
        put(lambda: self.store.update(self.run.id, accuracies=json.dumps(accuracies)))
        early = " (stopped early: validation no longer got better)" if event.stopped_early else ""
        plural = "s" if event.epochs > 1 else ""
        self._become("finished", f"Finished after {event.epochs} epoch{plural}{early}.")
        put(lambda: delete(self.store.state_path(self.run.id)))

    def _report_loading(self, what: str, share: float) -> None:
        """Say how far it is, and break it off where somebody asks for that."""
        self._look(f"{what} ({share:.0%})")
        if self.control.stopping:
            raise BreakOffError

    def _look(self, message: str = "") -> None:
        """Say a few times a second what is waited for, if anything is, and hear what people ask."""
        if time.monotonic() < self._next_report:
            return
        self._next_report = time.monotonic() + REPORT_SECONDS
        if message:
            with suppress(StorageError), self.store.patience(PATIENCE):  # it can be missed
                self.store.update(self.run.id, message=message)
        if self.recorder.trouble:
            self.recorder.flush()
        self._steer()

    def _steer(self) -> None:
        try:
            request = self.store.requested(self.run.id)
        except StorageError:
            return  # what was asked for is heard when the store can be read again
        match request:
            case "pause":
                self.control.pause()
            case "stop":
                self.control.stop()
            case None:
                self.control.resume()

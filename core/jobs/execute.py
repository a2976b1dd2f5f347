"""Carry out one stored run: load, train, record, judge; whatever happens ends in the store."""

import json
import logging
import time
from collections.abc import Iterator

import torch

from core.data import load_dataset
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.evaluation.calibration import fit_temperature
from core.evaluation.logits import judge, save_judged
from core.evaluation.metrics import top_k_accuracy
from core.jobs.memory import out_of_memory_advice
from core.jobs.start import starting_weights
from core.machine import describe_machine
from core.runs.checkpoint import Card, Checkpoint, load_checkpoint, save_checkpoint
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import Control, events, load_state, save_state, train

STEER_SECONDS = 0.2
log = logging.getLogger(__name__)


def execute(
    store: RunStore, run: Run, control: Control, device: torch.device
) -> Iterator[events.Event]:
    """Train a run that this process has claimed, from its last snapshot if it has one.

    Yields training's events after they were recorded, for whoever shows progress. What people ask
    for through the store (pause, stop, go on) reaches the training within a second. No failure
    gets out: it becomes the run's status and message.
    """
    out_of_memory = False
    try:
        yield from _Execution(store, run, control, device).go()
    except ConvscopeError as error:
        _fail(store, run, str(error))
    except torch.OutOfMemoryError:
        out_of_memory = True
    except Exception as error:
        log.exception("run %s failed", run.id)
        _fail(store, run, f"Something unforeseen went wrong ({type(error).__name__}: {error}).")
    if out_of_memory:  # only now is the exception gone, and with it the tensors it held
        _fail(store, run, out_of_memory_advice(run.recipe, device))


def _fail(store: RunStore, run: Run, message: str) -> None:
    try:
        store.set_status(run.id, "failed", message)
    except ConvscopeError:
        log.exception("run %s: the failure '%s' could not be stored", run.id, message)


class _Execution:
    def __init__(self, store: RunStore, run: Run, control: Control, device: torch.device) -> None:
        self.store, self.run, self.control, self.device = store, run, control, device

    def go(self) -> Iterator[events.Event]:
        store, run = self.store, self.run
        store.update(run.id, machine=json.dumps(describe_machine(self.device)))
        data = load_dataset(run.recipe.data, self._report_loading)
        if data.skipped:
            store.log(run.id, f"{len(data.skipped)} files left out. " + " ".join(data.skipped[:20]))
        state_path = store.state_path(run.id)
        state = load_state(state_path) if state_path.exists() else None
        if state is None:
            store.metrics.forget_after(run.id, step=0, epoch=0, seconds=0.0)
        start = starting_weights(store, run.recipe, data.classes) if state is None else None
        for event in train(run.recipe, data, self.control, self.device, state, start):
            if isinstance(event, events.Started) and state is not None:
                epoch = state.step // event.steps_per_epoch
                store.metrics.forget_after(run.id, state.step, epoch, state.seconds)
            self._record(event, data)
            yield event
            self._steer()
            if isinstance(event, events.Paused):
                self._wait_while_paused()

    def _record(self, event: events.Event, data: Dataset) -> None:
        store, run_id = self.store, self.run.id
        match event:
            case events.Started():
                store.set_status(run_id, "running", f"Training on {event.device}.")
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
                )
            case events.Steps():
                store.metrics.add_steps(run_id, event)
            case events.EpochEnded():
                store.metrics.add_epoch(run_id, event)
            case events.BestWeights():
                self._save_best(event, data)
            case events.Snapshot():
                save_state(store.state_path(run_id), event.state)
            case events.Paused():
                store.set_status(run_id, "paused")
            case events.Resumed():
                store.set_status(run_id, "running")
            case events.Stopped():
                store.set_status(run_id, "stopped")
            case events.Diverged():
                store.set_status(run_id, "failed", event.reason)
            case events.Finished():
                self._finish(event, data)

    def _save_best(self, best: events.BestWeights, data: Dataset) -> None:
        card = Card(
            recipe=self.run.recipe,
            classes=data.classes,
            mean=data.normalisation.mean,
            std=data.normalisation.std,
            epoch=best.epoch,
            accuracies={"validation": best.validation_accuracy},
            data_name=data.name,
            data_fingerprint=data.fingerprint,
        )
        path = self.store.best_path(self.run.id)
        save_checkpoint(path, Checkpoint(card, best.weights))
        self.store.update(
            self.run.id, best_epoch=best.epoch, accuracies=json.dumps(card.accuracies)
        )

    def _finish(self, event: events.Finished, data: Dataset) -> None:
        """Calibrate on validation, measure on test, and keep both splits' logits. The accuracy on
        training images is what the best epoch told: with augmentation and dropout on."""
        path = self.store.best_path(self.run.id)
        if not path.exists():
            raise ConvscopeError("No epoch gave weights with a finite validation loss.")
        best = load_checkpoint(path)
        network = best.network(self.device)
        validation, test = judge(network, data, "validation"), judge(network, data, "test")
        epochs = self.store.metrics.epochs(self.run.id).set_index("epoch")
        accuracies = {
            "train": float(epochs.train_accuracy[best.card.epoch]),
            "validation": top_k_accuracy(validation.logits, validation.labels, 1),
            "test": top_k_accuracy(test.logits, test.labels, 1),
        }
        card = best.card.model_copy(
            update={
                "accuracies": accuracies,
                "temperature": fit_temperature(validation.logits, validation.labels),
                "seconds": self.store.get(self.run.id).seconds,
                "machine": describe_machine(self.device),
            }
        )
        trained = Checkpoint(card, best.weights)
        save_checkpoint(path, trained)
        save_judged(path, trained, "validation", validation)
        save_judged(path, trained, "test", test)
        self.store.update(self.run.id, accuracies=json.dumps(accuracies))
        early = " (stopped early: validation no longer got better)" if event.stopped_early else ""
        plural = "s" if event.epochs > 1 else ""
        message = f"Finished after {event.epochs} epoch{plural}{early}."
        self.store.set_status(self.run.id, "finished", message)

    def _report_loading(self, what: str, share: float) -> None:
        self.store.update(self.run.id, message=f"{what} ({share:.0%})")
        if self.store.requested(self.run.id) == "stop":
            self.control.stop()

    def _steer(self) -> None:
        match self.store.requested(self.run.id):
            case "pause":
                self.control.pause()
            case "stop":
                self.control.stop()
            case None:
                self.control.resume()

    def _wait_while_paused(self) -> None:
        while self.control.paused:
            time.sleep(STEER_SECONDS)
            self._steer()

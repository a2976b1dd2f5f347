"""The training loop: a generator of events."""

import math
import time
from collections.abc import Generator, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from core.data.augment import order
from core.data.dataset import Dataset
from core.machine import ThreadGovernor, describe_machine, pick_device
from core.recipe import Recipe
from core.training import events
from core.training.control import Control
from core.training.learner import Learner, Moment, to_cpu
from core.training.meter import Meter
from core.training.optimizers import remembered
from core.training.pruning import picked_images
from core.training.recording import recorder_for
from core.training.schedules import rate_factor
from core.training.speed import ensure_fits
from core.training.state import Progress, Tensors, TrainingState, damaged

SNAPSHOT_SECONDS = 10.0
SNAPSHOT_SHARE = 0.02  # of the time may go into making and saving snapshots


def train(
    recipe: Recipe,
    data: Dataset,
    control: Control | None = None,
    device: torch.device | None = None,
    state: TrainingState | None = None,
    start: Tensors | None = None,
) -> Iterator[events.Event]:
    """Train `recipe` on `data`; iterate to make it go, stop iterating to end it.

    `state` is a snapshot of an earlier part of the same run to go on from, in the precision it was
    begun in; `start` holds another network's weights to begin with, where the recipe wants them
    (see core.training.transfer). The last event is Finished, Stopped or Diverged. The test images
    are never looked at. Raises ConvscopeError when `state` is of other data or of another kind of
    device, and when the recipe takes more memory than is free.
    """
    return _Run(recipe, data, control or Control(), device or pick_device(), state, start).go()


class _Run:
    def __init__(
        self,
        recipe: Recipe,
        data: Dataset,
        control: Control,
        device: torch.device,
        state: TrainingState | None,
        start: Tensors | None,
    ) -> None:
        self.recipe, self.data, self.control = recipe, data, control
        precision = None
        if state is not None:
            state.ensure_resumable(data, device)
            precision = state.precision or None
        ensure_fits(recipe, len(data.classes), len(data.train), device)
        recorder = recorder_for(device) if recipe.compile else None
        self.learner = Learner(recipe, data, device, start, precision, recorder)
        self.meter = Meter(device)
        self.governor = ThreadGovernor()
        self.images_per_epoch = picked_images(len(data.train), recipe.filtering)
        self.steps_per_epoch = math.ceil(self.images_per_epoch / recipe.batch_size)
        self.total_steps = self.steps_per_epoch * recipe.epochs
        if state is not None:
            self._restore(state)
        progress = state or Progress.at_start(recipe)
        self.step, self.rate = progress.step, 0.0
        self.loss_sum, self.correct_sum, self.image_sum = progress.totals
        self.seconds = progress.seconds
        self.plateau = replace(progress.plateau)
        self.best = replace(progress.best)
        self.best_weights = state.best_weights if state is not None else {}
        self._best_told = not self.best_weights  # what is stored may be of epochs to be done again
        self._next_snapshot = time.perf_counter() + SNAPSHOT_SECONDS

    def _restore(self, state: TrainingState) -> None:
        """Raises ConvscopeError when the state cannot be one of this run's."""
        learner, epoch = self.learner, state.step // self.steps_per_epoch
        model, memory = learner.model.state_dict(), learner.memory_tensors()
        if 0 < self.recipe.schedule.restart <= epoch:
            memory |= {f"first/{name}": value for name, value in model.items()}
        groups = learner.optimizer.param_groups
        parameters = [parameter for group in groups for parameter in group["params"]]
        names = remembered(self.recipe.optimizer) if state.step else ()
        if not (
            state.step <= self.total_steps
            and state.best.epoch <= epoch
            and state.fits(model, memory, learner.average is not None)
            and state.optimizer_fits(parameters, names)
        ):
            raise damaged()
        learner.restore(state.model, state.optimizer, state.average, state.memory)

    def go(self) -> Iterator[events.Event]:
        try:
            yield from self._go()
        finally:
            self.governor.let_go()

    def _go(self) -> Iterator[events.Event]:
        yield self._started()
        yield from self._tell_best()
        while not self._done():
            broken_off = yield from self._epoch()
            if broken_off:
                return
            yield self._end_epoch(self.step // self.steps_per_epoch)
            if time.perf_counter() >= self._next_snapshot:
                yield from self._snapshot()
        yield from self._snapshot()
        epochs = self.step // self.steps_per_epoch
        yield events.Finished(epochs, stopped_early=self.step < self.total_steps)

    def _done(self) -> bool:
        epoch = self.step // self.steps_per_epoch
        return self.step == self.total_steps or self.best.exhausted(epoch)

    def _epoch(self) -> Generator[events.Event, None, bool]:
        """The steps left in this epoch. Returns True when training was stopped or diverged."""
        epoch, done = divmod(self.step, self.steps_per_epoch)
        if self.learner.pruner is not None and done == 0:
            self.learner.pruner.begin_epoch()
        batches = self._batches(epoch)
        self.meter.start(self.step)
        for indices in batches[done:]:
            if self.control.stopping or self.control.paused:
                if (yield from self._flush()):
                    return True
                yield from self._interrupt()
                if self.control.stopping:
                    return True
            self._take_step(indices)
            if self.meter.due or self.step % self.steps_per_epoch == 0:
                if (yield from self._flush()):
                    return True
                self.governor.adjust()
                yield from self._snapshot_when_due()
        return False

    def _batches(self, epoch: int) -> tuple[Tensor, ...]:
        """The epoch's order, cut into batches whose sizes differ by one image at most.

        A small remainder as a last batch would weigh each of its images too much, and a single
        image has no batch statistics.
        """
        shuffled = order(len(self.data.train), self.recipe.seed, epoch).to(self.learner.device)
        if self.learner.pruner is not None:
            shuffled = self.learner.pruner.pick(shuffled)
        return shuffled.tensor_split(self.steps_per_epoch)

    def _take_step(self, indices: Tensor) -> None:
        factor = rate_factor(
            self.recipe.schedule, self.step, self.total_steps, self.steps_per_epoch
        )
        rate = self.recipe.optimizer.learning_rate * factor * self.plateau.factor
        progress = self.step / self.total_steps
        moment = Moment(self.step, self.step // self.steps_per_epoch, progress, rate)
        self.rate = rate
        loss, accuracy, norm = self.learner.step(indices, moment)
        self.meter.add(loss, accuracy, norm, rate, len(indices))
        self.step += 1

    def _flush(self) -> Generator[events.Event, None, bool]:
        """Tell the gathered steps. Returns True when one of them was not finite."""
        steps = self.meter.read()
        if steps is None:
            return False
        finite = [
            math.isfinite(loss) and math.isfinite(norm)
            for loss, norm in zip(steps.loss, steps.gradient_norm, strict=True)
        ]
        if not all(finite):
            yield from self._tell_best()
            yield self._diverged(steps.first + finite.index(False), steps)
            return True
        sizes = self._batch_sizes(steps.first, len(steps.loss))
        images = sum(sizes)
        self.loss_sum += sum(n * loss for n, loss in zip(sizes, steps.loss, strict=True))
        self.correct_sum += sum(n * a for n, a in zip(sizes, steps.accuracy, strict=True))
        self.image_sum += images
        self.seconds += steps.seconds
        yield steps
        self.meter.start(self.step)
        return False

    def _batch_sizes(self, first: int, count: int) -> list[int]:
        small, larger = divmod(self.images_per_epoch, self.steps_per_epoch)
        positions = range(first % self.steps_per_epoch, first % self.steps_per_epoch + count)
        return [small + (position < larger) for position in positions]

    def _end_epoch(self, epoch: int) -> events.EpochEnded:
        self.learner.end_epoch(epoch)
        validation_loss, validation_accuracy = self.learner.validate()
        if self.recipe.schedule.name == "plateau":
            self.plateau.observe(validation_loss)
        is_best = self.best.observe(epoch, validation_accuracy, validation_loss)
        if is_best:
            self.best_weights = self.learner.evaluated_weights()
            self._best_told = False
        ended = events.EpochEnded(
            epoch=epoch,
            train_loss=self.loss_sum / self.image_sum,
            train_accuracy=self.correct_sum / self.image_sum,
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            learning_rate=self.rate,
            images_per_second=self.image_sum / self.seconds,
            seconds=self.seconds,
            best=is_best,
        )
        self.loss_sum = self.correct_sum = self.image_sum = self.seconds = 0.0
        return ended

    def _interrupt(self) -> Iterator[events.Event]:
        """Save, then stop or wait, as the control says."""
        yield from self._snapshot()
        if self.control.stopping:
            yield events.Stopped()
            return
        yield events.Paused()
        self.control.wait()
        if self.control.stopping:
            yield events.Stopped()
            return
        yield events.Resumed()
        self.meter.start(self.step)

    def _snapshot_when_due(self) -> Iterator[events.Event]:
        mid_epoch = self.step % self.steps_per_epoch != 0
        if mid_epoch and time.perf_counter() >= self._next_snapshot:
            yield from self._snapshot()
            self.meter.start(self.step)

    def _snapshot(self) -> Iterator[events.Event]:
        """Hand out the state, with better weights first, and space snapshots by their cost."""
        started = time.perf_counter()
        yield from self._tell_best()
        yield events.Snapshot(self._current_state())
        now = time.perf_counter()
        self._next_snapshot = now + max(SNAPSHOT_SECONDS, (now - started) / SNAPSHOT_SHARE)

    def _tell_best(self) -> Iterator[events.Event]:
        if not self._best_told:
            yield events.BestWeights(self.best.epoch, self.best.accuracy, self.best_weights)
            self._best_told = True

    def _current_state(self) -> TrainingState:
        average = self.learner.average
        return TrainingState(
            step=self.step,
            totals=(self.loss_sum, self.correct_sum, self.image_sum),
            seconds=self.seconds,
            plateau=replace(self.plateau),
            best=replace(self.best),
            data=self.data.fingerprint,
            precision=self.learner.precision,
            device=self.learner.device.type,
            model=to_cpu(self.learner.model.state_dict()),
            optimizer=self.learner.optimizer_tensors(),
            average=to_cpu(average.weights) if average else {},
            best_weights=self.best_weights,
            memory=self.learner.memory_tensors(),
        )

    def _started(self) -> events.Started:
        return events.Started(
            device=str(self.learner.device),
            precision=self.learner.precision,
            parameters=sum(p.numel() for p in self.learner.model.parameters()),
            training_images=len(self.data.train),
            steps_per_epoch=self.steps_per_epoch,
            total_steps=self.total_steps,
            step=self.step,
            adopted=self.learner.adopted,
            machine=describe_machine(self.learner.device),
        )

    def _diverged(self, step: int, steps: events.Steps) -> events.Diverged:
        rate = steps.learning_rate[step - steps.first]
        return events.Diverged(
            step,
            f"Training diverged: at step {step:,} loss or gradient was no longer a finite number "
            f"(learning rate {rate:.3g}). Usually the learning rate is too high for this network; "
            f"try {self.recipe.optimizer.learning_rate / 4:.2g}, a longer warm-up, or batch norm.",
        )

"""What moves in a training run: model, optimizer, averages; one step, one validation."""

import math
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.data.augment import Augmenter, order
from core.data.dataset import IMAGE_SIZE, Dataset
from core.machine import Precision, resolve_precision
from core.models import build_model
from core.models.layers import dropouts
from core.models.network import Network
from core.models.whitening import fit_whitening
from core.recipe import Recipe
from core.training.averaging import Lookahead, StochasticWeightAverage, WeightAverage
from core.training.optimizers import build_optimizer
from core.training.pruning import DataPruner
from core.training.recording import Recorder, Recordings, Told, compiled
from core.training.schedules import remaining
from core.training.state import Tensors
from core.training.transfer import adopt, freeze

VALIDATION_BATCH = 500  # images
WHITENING_IMAGES = 2000  # enough for the statistics of small patches
NORM_IMAGES = 10_000  # enough for the statistics of batch norm


@dataclass(frozen=True)
class Moment:
    """Where in its run a step is.

    step, epoch: counted from 0
    progress: share of the run's steps done before it, 0 to 1
    rate: the learning rate now, before what a group of parameters makes of it
    """

    step: int
    epoch: int
    progress: float
    rate: float


class Learner:
    """A recipe's network in training on one device.

    Everything random in a step comes from the recipe's seed and the step's number, so a run that
    goes on from a saved state repeats what an unbroken one would have done. `adopted` is how many
    layers began with another network's weights. `precision` is what the run began in; without one
    it is what the recipe means here. A `recorder` records steps, and repeats them from then on.
    """

    def __init__(
        self,
        recipe: Recipe,
        data: Dataset,
        device: torch.device,
        start: Tensors | None = None,
        precision: Precision | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.recipe, self.device = recipe, device
        self.precision: Precision = precision or resolve_precision(recipe.precision, device)
        self.model = build_model(recipe.model, len(data.classes), recipe.seed).to(device)
        self._network = Network(self.model, data.classes, data.normalisation)
        train = data.train.to(device)
        some = order(len(train), recipe.seed, epoch=0)[:WHITENING_IMAGES].to(device)
        fit_whitening(self.model, self._network.input(train.images[some]))
        self.adopted = adopt(self.model, start) if start is not None else 0
        freeze(self.model, recipe.start.frozen)
        self.optimizer = build_optimizer(recipe.optimizer, self.model, recipe.schedule)
        self.average = (
            WeightAverage(self.model, recipe.weight_averaging) if recipe.weight_averaging else None
        )
        self._swa = StochasticWeightAverage()
        self._lookahead = Lookahead(self.model, recipe.lookahead) if recipe.lookahead else None
        self._dropouts = dropouts(self.model)
        self._parameters = [p for p in self.model.parameters() if p.requires_grad]
        self._found_inf: Tensor = self.optimizer.found_inf  # pyright: ignore[reportAttributeAccessIssue]
        self._validation = data.validation.to(device)
        self._labels = train.labels
        self._augmenter = Augmenter(
            train.images, recipe.augmentation, data.normalisation, recipe.seed
        )
        self.pruner = (
            DataPruner(len(train), recipe.filtering, device) if recipe.filtering < 1 else None
        )
        self._resolution = recipe.resolutions[0]
        self._forward = compiled(self.model) if recipe.compile else self.model
        self._recordings = Recordings(self._update, recorder) if recorder else None

    def step(self, indices: Tensor, now: Moment) -> Told:
        """One update from the training images at `indices`.

        Returns the batch's loss, its share of correct answers (0 to 1) and the gradient's norm,
        as scalars on the device. Once any of them was not finite, no step changes the weights.
        """
        self._seek(now)
        told = self._recorded(indices) if self._recordings else self._update(indices)
        if self._lookahead is not None:
            self._lookahead.update(now.step)
        if self.average is not None:
            self.average.update()
        return told

    def _seek(self, now: Moment) -> None:
        """Write what differs from step to step into tensors on the device, so that all that
        follows is the same work every time; freeze the layers whose time is over."""
        for group in self.optimizer.param_groups:
            left = remaining(now.progress, group["end"])
            group["lr"].fill_(now.rate * group["rate"] * left)
            if left == 0.0:
                for parameter in group["params"]:
                    parameter.requires_grad_(False)
        self._augmenter.seek(now.step, now.epoch)
        self._resolution = self.recipe.resolution(now.epoch)
        for number, layer in enumerate(self._dropouts):
            layer.seek(self.recipe.seed, now.step, number)
        if self.average is not None:
            self.average.seek(now.step)

    def _recorded(self, indices: Tensor) -> Told:
        assert self._recordings is not None
        learning = sum(parameter.requires_grad for parameter in self._parameters)
        return self._recordings(indices, kind=(len(indices), self._resolution, learning))

    def _update(self, indices: Tensor) -> Told:
        images = resized(self._augmenter.batch(indices), self._resolution)
        labels = self._labels[indices]
        with self._autocast():
            logits = self._forward(images).float()
        losses = self._losses(logits, labels)
        loss = losses.mean()
        if self.pruner is not None:
            self.pruner.record(indices, losses.detach())
        self.optimizer.zero_grad()
        loss.backward()
        norm = self._gradient_norm()
        self._found_inf.copy_(torch.maximum(self._found_inf, ~torch.isfinite(loss + norm)))
        self.optimizer.step()
        return loss.detach(), (logits.argmax(1) == labels).float().mean(), norm

    def end_epoch(self, epoch: int) -> None:
        """After `epoch`, counted from 1: where the rate falls anew, keep the weights; at such a
        run's end, become the mean of both descents' ends."""
        restart = self.recipe.schedule.restart
        if restart and epoch == restart:
            self._swa.keep(self.model)
        if restart and epoch == self.recipe.epochs:
            with self._autocast():
                self._swa.join(self.model, self._some_images(epoch))

    def _some_images(self, epoch: int) -> Iterator[Tensor]:
        """Batches of training images, augmented as in training, for batch norm's statistics: the
        first of the epoch that would follow."""
        some = order(len(self._labels), self.recipe.seed, epoch)[:NORM_IMAGES].to(self.device)
        batches = some.tensor_split(math.ceil(len(some) / self.recipe.batch_size))
        for step, indices in enumerate(batches):
            self._augmenter.seek(step, epoch)
            yield resized(self._augmenter.batch(indices), self.recipe.resolutions[-1])

    def validate(self) -> tuple[float, float]:
        """Mean loss and accuracy (0 to 1) on the validation images, with the averaged weights
        where the recipe asks for them."""
        loss, accuracy = self._evaluate().tolist()
        return loss, accuracy

    def _evaluate(self) -> Tensor:
        """What `validate` tells, on the device."""
        totals = torch.zeros(2, device=self.device)
        with self._evaluated_weights(), torch.inference_mode(), self._autocast():
            for images, labels in self._validation_batches():
                logits = self.model(self._network.input(images)).float()
                totals[0] += self._losses(logits, labels).sum()
                totals[1] += (logits.argmax(1) == labels).sum()
        return totals / len(self._validation)

    def evaluated_weights(self) -> Tensors:
        """A copy on the CPU of the weights that `validate` evaluates."""
        return to_cpu(self.average.weights if self.average else self.model.state_dict())

    def optimizer_tensors(self) -> Tensors:
        """The optimizer's memory on the CPU, as 'parameter number/name' to tensor."""
        state = self.optimizer.state_dict()["state"]
        return to_cpu(
            {
                f"{number}/{name}": value
                for number, values in state.items()
                for name, value in values.items()
                if isinstance(value, Tensor)
            }
        )

    def memory_tensors(self) -> Tensors:
        """What else is carried from step to step, on the CPU."""
        tensors: Tensors = {}
        if self.pruner is not None:
            tensors |= {"latest_loss": self.pruner.latest, "known_loss": self.pruner.known}
        if self._lookahead is not None:
            tensors |= {f"slow/{n:03}": slow for n, slow in enumerate(self._lookahead.slow)}
        tensors |= {f"first/{name}": value for name, value in self._swa.first.items()}
        return to_cpu(tensors)

    def restore(
        self, model: Tensors, optimizer: Tensors, average: Tensors, memory: Tensors
    ) -> None:
        """Go back to tensors that were saved from a learner of the same recipe."""
        slow = [memory[name] for name in sorted(memory) if name.startswith("slow/")]
        if self._lookahead is not None:
            self._lookahead.load(slow)
        if self.pruner is not None:
            self.pruner.latest.copy_(memory["latest_loss"])
            self.pruner.known.copy_(memory["known_loss"])
        first = {name.removeprefix("first/"): memory[name] for name in memory if "first/" in name}
        self._swa.first = {name: value.to(self.device) for name, value in first.items()}
        self.model.load_state_dict(model)
        slots: dict[int, Tensors] = {}
        for key, value in optimizer.items():
            number, name = key.split("/")
            slots.setdefault(int(number), {})[name] = _in_model_layout(value)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": slots, "param_groups": groups})
        if self.average is not None:
            self.average.load(average)

    def _losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        smoothing = self.recipe.label_smoothing
        return F.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")

    def _gradient_norm(self) -> Tensor:
        return nn.utils.get_total_norm([p.grad for p in self._parameters if p.grad is not None])

    def _autocast(self) -> AbstractContextManager[object]:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16")

    def _validation_batches(self) -> Iterable[tuple[Tensor, Tensor]]:
        images, labels = self._validation.images, self._validation.labels
        return zip(images.split(VALIDATION_BATCH), labels.split(VALIDATION_BATCH), strict=True)

    def _evaluated_weights(self) -> "_Evaluating":
        return _Evaluating(self.model, self.average.weights if self.average else None)


def resized(images: Tensor, side: int) -> Tensor:
    """Float [B, 3, 32, 32] images as [B, 3, side, side], by bilinear interpolation."""
    if side == IMAGE_SIZE:
        return images
    return F.interpolate(images, size=(side, side), mode="bilinear", align_corners=False)


class _Evaluating(AbstractContextManager[None]):
    """The model in evaluation mode, with other weights where given; as it was, afterwards."""

    def __init__(self, model: nn.Module, weights: Tensors | None) -> None:
        self._model, self._weights = model, weights

    def __enter__(self) -> None:
        if self._weights is not None:
            self._own = {k: v.clone() for k, v in self._model.state_dict().items()}
            self._model.load_state_dict(self._weights)
        self._model.eval()

    def __exit__(self, *_: object) -> None:
        self._model.train()
        if self._weights is not None:
            self._model.load_state_dict(self._own)


def to_cpu(tensors: Tensors) -> Tensors:
    """Copies on the CPU, safe from later changes."""
    return {name: value.detach().to("cpu", copy=True) for name, value in tensors.items()}


def _in_model_layout(value: Tensor) -> Tensor:
    """Fused optimizers walk parameter and memory side by side, so both must lie alike."""
    return value.contiguous(memory_format=torch.channels_last) if value.ndim == 4 else value

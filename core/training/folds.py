"""What a recipe says of its own training images, each by a network that never saw it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.data.pictures import Report, silent
from core.data.split import cut
from core.errors import ConvscopeError
from core.evaluation.logits import SplitLogits
from core.machine import pick_device
from core.models import build_model
from core.models.network import Network
from core.recipe import Recipe
from core.training import events
from core.training.loop import train

Weights = dict[str, Tensor]


def cross_validated(
    recipe: Recipe,
    data: Dataset,
    folds: int,
    device: torch.device | None = None,
    report: Report = silent,
) -> SplitLogits:
    """Out-of-sample logits of the training images: each fold's by a network trained on the others.

    The images of every class are dealt to the folds in an order drawn from the recipe's seed. The
    validation images stay what they are, and choose each network's epoch. Raises ConvscopeError
    when a class has fewer images than there are folds, or when a training diverges.
    """
    device = device or pick_device()
    fold_of = _dealt(data, folds, recipe.seed)
    logits = np.zeros((len(data.train), len(data.classes)), dtype=np.float32)
    for fold in range(folds):

        def tell(share: float, done: int = fold) -> None:
            report(f"Fold {done + 1} of {folds}", (done + share) / folds)

        rest, held = cut(data.train, fold_of == fold)
        told = train(recipe, replace(data, train=rest), device=device)
        model = build_model(recipe.model, len(data.classes))
        model.load_state_dict(_trained(told, tell))
        network = Network(model.to(device).eval(), data.classes, data.normalisation)
        logits[fold_of.numpy() == fold] = network.logits(held.images).numpy()
    return SplitLogits(logits, data.train.labels.numpy())


def _dealt(data: Dataset, folds: int, seed: int) -> Tensor:
    """The fold of each training image, int64 [N]."""
    labels = data.train.labels
    generator = torch.Generator().manual_seed(seed)
    fold_of = torch.zeros(len(labels), dtype=torch.int64)
    for label, name in enumerate(data.classes):
        members = (labels == label).nonzero()[:, 0]
        if len(members) < folds:
            raise ConvscopeError(
                f"The class '{name}' has {len(members)} training image(s), too few for {folds} "
                "folds. Use fewer folds, add images to it, or leave the class out."
            )
        order = torch.randperm(len(members), generator=generator)
        fold_of[members[order]] = torch.arange(len(members)) % folds
    return fold_of


def _trained(told: Iterator[events.Event], report: Callable[[float], None]) -> Weights:
    """The best weights of a training, whose share that is done `report` hears."""
    weights: Weights = {}
    total = 1
    for event in told:
        match event:
            case events.Started():
                total = event.total_steps
            case events.Steps():
                report((event.first + len(event.loss)) / total)
            case events.BestWeights():
                weights = event.weights
            case events.Diverged():
                raise ConvscopeError(event.reason)
    return weights

"""How fast this machine would train a recipe, and what memory that takes, before it does."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import torch
from torch import Tensor
from torch.nn import functional as F

from core.data import IMAGE_SIZE, image_count
from core.errors import ConvscopeError
from core.machine import pick_device, resolve_precision
from core.models import build_model
from core.models.summary import Summary, summarise
from core.recipe import ConvNet, Optimizer, Recipe, presets
from core.training.optimizers import build_optimizer, remembered
from core.training.pruning import picked_images

CLASSES = 10  # where it is not known how many there will be
BUDGET_SECONDS = 0.4  # for each number of threads
FEWEST, MOST_SECONDS = 3, 1.0  # steps, if it takes no longer; one alone may have been held up
USABLE = 0.85  # of that speed in a whole run; batches, metrics and validation take the rest
MOST_IMAGES = 128  # in a trial step; larger batches run at about the same rate
TRIAL_FLOPS = 6e11  # of a step that may be tried while a page waits: two seconds on two cores
TRIAL_BYTES = 1e9  # that it may take
KNOWN = "cifar10-small"  # tried instead of what is larger
BYTES = 4  # a number, in fp32


@dataclass(frozen=True)
class Speed:
    """images_per_second: to expect of a run; tried: by steps of this very network, else reckoned
    from those of another one and both networks' FLOPs"""

    images_per_second: float
    tried: bool


def expected_speed(recipe: Recipe, classes: int, device: torch.device) -> Speed:
    """What `training_speed` tells, without trying a network that is too large to be tried in
    passing."""
    summary = summarise(recipe.model, classes)
    size = min(recipe.batch_size, MOST_IMAGES)
    if (
        size * summary.training_flops <= TRIAL_FLOPS
        and training_bytes(summary, recipe, size) <= TRIAL_BYTES
    ):
        return Speed(training_speed(recipe, classes, device), tried=True)
    known = presets()[KNOWN].model_copy(update={"precision": recipe.precision})
    flops = summarise(known.model, classes).training_flops
    return Speed(
        training_speed(known, classes, device) * flops / summary.training_flops, tried=False
    )


def as_tried(recipe: Recipe) -> Recipe:
    """Nothing but what `expected_speed` depends on: recipes that are one in this are as fast as
    each other, and one trial will do for them."""
    model = recipe.model.model_copy(update={"dropout": 0.5 if recipe.model.dropout else 0.0})
    if isinstance(model, ConvNet):
        model = model.model_copy(update={"norm_momentum": 0.1, "initialisation": "default"})
    return Recipe(
        batch_size=min(recipe.batch_size, MOST_IMAGES),
        precision=recipe.precision,
        model=model,
        optimizer=Optimizer(name=recipe.optimizer.name),
    )


def expected_seconds(recipe: Recipe, images_per_second: float) -> float | None:
    """Of training to the last epoch; None where only loading the pictures tells how many there are.

    What torch.compile, layers that stop learning and an early stop save comes off this.
    """
    images = image_count(recipe.data, "train")
    if images is None:
        return None
    return (
        picked_images(images, recipe.filtering) * recipe.effort(recipe.epochs) / images_per_second
    )


def training_bytes(summary: Summary, recipe: Recipe, batch_size: int) -> int:
    """Memory that training takes at least: for each parameter its weight, its gradient and what
    the optimizer keeps, and for each image what the layers put out."""
    numbers = 2 + sum(name != "step" for name in remembered(recipe.optimizer))
    return BYTES * (summary.parameters * numbers + batch_size * summary.activations)


def ensure_fits(recipe: Recipe, classes: int, images: int, device: torch.device) -> None:
    """Raises ConvscopeError for a recipe that cannot be trained on so many images in the memory
    that is free now."""
    summary = summarise(recipe.model, classes)
    batch_size = min(recipe.batch_size, images)
    needed = training_bytes(summary, recipe, batch_size)
    free = _free_bytes(device)
    if needed > free:
        weights = training_bytes(summary, recipe, batch_size=0)
        raise ConvscopeError(
            f"This network needs at least {needed / 1e9:.1f} GB to train with a batch size of "
            f"{batch_size} ({weights / 1e9:.1f} GB whatever the batch size), and "
            f"{free / 1e9:.1f} GB are free here. Choose a smaller network or batch size, or close "
            "what else takes memory."
        )


def _free_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return psutil.virtual_memory().available  # Apple's GPU shares it


def training_speed(recipe: Recipe, classes: int, device: torch.device) -> float:
    """Images per second to expect of a run, from a few training steps on blank images.

    From the fastest of them, as whatever else the machine does just now will not last for the run,
    and with one thread as well as with all: training takes what is faster beside the load there is.
    """
    model = build_model(recipe.model, classes).to(device)
    optimizer = build_optimizer(recipe.optimizer, model)
    size = min(recipe.batch_size, MOST_IMAGES)
    images = torch.zeros(size, 3, IMAGE_SIZE, IMAGE_SIZE, device=device)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.zeros(size, dtype=torch.int64, device=device)
    bf16 = resolve_precision(recipe.precision, device) == "bf16"

    def step() -> Tensor:
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            logits = model(images)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    step().item()
    before = torch.get_num_threads()
    try:
        fastest = min(_fastest(step, threads) for threads in {before, 1})
    finally:
        torch.set_num_threads(before)
    return USABLE * size / fastest


def _fastest(step: Callable[[], Tensor], threads: int) -> float:
    """Seconds that the quickest of a few steps takes with so many threads."""
    torch.set_num_threads(threads)
    durations: list[float] = []
    while sum(durations) < (BUDGET_SECONDS if len(durations) >= FEWEST else MOST_SECONDS):
        started = time.perf_counter()
        step().item()
        durations.append(time.perf_counter() - started)
    return min(durations)


def speed_here(recipe: Recipe) -> float:
    """`training_speed` on the device that would train."""
    return training_speed(recipe, CLASSES, pick_device())

"""How fast this machine would train a recipe, by trying a few steps."""

import time

import torch
from torch import Tensor
from torch.nn import functional as F

from core.data.dataset import IMAGE_SIZE
from core.machine import resolve_precision
from core.models import build_model
from core.recipe import Recipe
from core.training.optimizers import build_optimizer

BUDGET_SECONDS = 0.6
USABLE = 0.85  # of that speed in a whole run; batches, metrics and validation take the rest
MOST_IMAGES = 128  # in a trial step; larger batches run at about the same rate


def training_speed(recipe: Recipe, classes: int, device: torch.device) -> float:
    """Images per second to expect of a run, from a few training steps on blank images.

    From the fastest of them, as whatever else the machine does just now will not last for the run.
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
    durations: list[float] = []
    while sum(durations) < BUDGET_SECONDS:
        started = time.perf_counter()
        step().item()
        durations.append(time.perf_counter() - started)
    return USABLE * size / min(durations)

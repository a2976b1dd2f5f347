"""Which batch size would have fitted, after a GPU ran out of memory."""

import torch
from torch.nn import functional as F

from core.data.dataset import IMAGE_SIZE
from core.models import build_model
from core.recipe import Recipe

SMALLEST = 8  # images


def out_of_memory_advice(recipe: Recipe, device: torch.device) -> str:
    """A sentence with the largest halving of the batch size whose step fits in memory now.

    Call it when the failed run's tensors are gone.
    """
    if device.type == "cuda":
        torch.cuda.empty_cache()
    batch_size = recipe.batch_size // 2
    while batch_size >= SMALLEST and not _fits(recipe, device, batch_size):
        batch_size //= 2
    if batch_size < SMALLEST:
        return (
            "The device ran out of memory, and no batch size would help while other programs use "
            "it; close them, or choose a smaller network."
        )
    return (
        f"The device ran out of memory with a batch size of {recipe.batch_size}; a batch size of "
        f"{batch_size} fits at present."
    )


def _fits(recipe: Recipe, device: torch.device, batch_size: int) -> bool:
    try:
        model = build_model(recipe.model, classes=10).to(device)
        images = torch.zeros(batch_size, 3, IMAGE_SIZE, IMAGE_SIZE, device=device)
        labels = torch.zeros(batch_size, dtype=torch.int64, device=device)
        F.cross_entropy(model(images), labels).backward()
    except torch.OutOfMemoryError:
        return False
    finally:
        if device.type == "cuda":
            torch.cuda.empty_cache()
    return True

"""Architectures, by family name: build one, and know its cost without training it."""

import torch
from torch import nn

from core.models.families import FAMILIES
from core.models.layers import dropouts
from core.randomness import InitialisingFrom, Stream, derive
from core.recipe import Model

__all__ = ["build_model"]


def build_model(options: Model, classes: int, seed: int = 0) -> nn.Module:
    """A model with fresh weights, in channels-last memory, on the CPU.

    Takes float32 [N, 3, 32, 32] and returns logits [N, classes]. The weights depend on `seed`
    alone, whatever else the process draws; so do the masks of its dropout layers.
    """
    generator = torch.Generator().manual_seed(derive(seed, Stream.WEIGHTS))
    with InitialisingFrom(generator):
        model = FAMILIES[options.family].build(options, classes)
    for number, layer in enumerate(dropouts(model)):
        layer.seek(seed, step=0, number=number)
    return model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

"""Random numbers of our own: functions of a seed, what is drawn, and where in the run.

torch's global generator belongs to the whole process: other threads seed it and draw from it, and
so may a notebook. Nothing in core touches it. What is drawn while training comes from a key, a
64-bit number in a tensor, by plain tensor operations: the same on every device, with no state to
save and nothing to wait for.
"""

import math
from enum import IntEnum
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

# SplitMix64's increment and multipliers, as signed numbers.
INCREMENT = 0x9E3779B97F4A7C15 - 2**64
INVERSE = pow(INCREMENT, -1, 2**64) - 2**64  # INCREMENT * INVERSE is 1 in 64 bits
FIRST, SECOND = 0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64


class Stream(IntEnum):
    """What is drawn; no two share their numbers."""

    WEIGHTS = 0
    ORDER = 1
    MIRRORED_FIRST = 2
    AUGMENTATION = 3
    NOISE = 4
    DROPOUT = 5
    CORRUPTION = 6
    ATTACK = 7
    RESAMPLING = 8
    VISUALISATION = 9
    LIGHT = 10


def derive(seed: int, stream: Stream, *place: int) -> int:
    """The key of a stream at a place in the run (an epoch, a step, a layer), as an int64.

    All are 0 or more. NumPy's SeedSequence mixes them so that neighbours have nothing in common.
    """
    mixed = np.random.SeedSequence((seed, stream, *place)).generate_state(1, np.uint64)
    return int(mixed[0]) - 2**63


def bits(key: Tensor, count: int) -> Tensor:
    """int64 [count], all different: what SplitMix64 gives from the state `key`, an int64 scalar
    (Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators")."""
    # That is key + INCREMENT * arange. A compiler that sees an index times a number multiplies the
    # number by the lengths of rows, beyond 64 bits; so the key comes between them.
    z = torch.arange(1, count + 1, device=key.device).add_(key * INVERSE).mul_(INCREMENT)
    z.bitwise_xor_(_shifted(z, 30)).mul_(FIRST)
    z.bitwise_xor_(_shifted(z, 27)).mul_(SECOND)
    return z.bitwise_xor_(_shifted(z, 31))


def _shifted(z: Tensor, places: int) -> Tensor:
    """To the right, with zeros from the left, where >> repeats the sign."""
    return (z >> places).bitwise_and_(2 ** (64 - places) - 1)


def uniform(key: Tensor, *shape: int) -> Tensor:
    """float32, from 0 up to and without 1, in steps of 2^-24 as torch.rand's."""
    return _fraction(bits(key, math.prod(shape))).view(shape)


def normal(key: Tensor, *shape: int) -> Tensor:
    """float32 of mean 0 and standard deviation 1 (Box & Muller 1958: two from each pair)."""
    count = math.prod(shape)
    drawn = bits(key, (count + 1) // 2)
    radius = _fraction(drawn).neg_().log1p_().mul_(-2).sqrt_()
    angle = _fraction(drawn << 24).mul_(2 * math.pi)
    return torch.cat((radius * angle.cos(), radius * angle.sin()))[:count].view(shape)


def _fraction(drawn: Tensor) -> Tensor:
    """The upper 24 bits of each int64 as a number from 0 to 1."""
    return (drawn >> 40).float().mul_(2**-24).add_(0.5)


class InitialisingFrom(TorchFunctionMode):
    """Inside, torch.nn.init draws from `generator` and not from the global one, in this thread
    only: layers keep the initial distributions that torch and torchvision give them."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        named = dict(kwargs or {})
        if "generator" in named:
            named["generator"] = self._generator
        return func(*args, **named)

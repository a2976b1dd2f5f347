"""Curves of runs: along which axis they are drawn, smoothed, thinned, and as the mean over seeds.

Tables of epochs and steps have the columns of `Metrics`; the store gives None for what was NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from core.recipe import Recipe

Axis = Literal["epoch", "step", "time", "flops"]


@dataclass(frozen=True)
class Spending:
    """What a run spends: its recipe, and FLOPs of an image of full size, forward and backward
    (`Summary.training_flops`)."""

    recipe: Recipe
    flops: int


def along(epochs: pd.DataFrame, axis: Axis, spent: Spending | None = None) -> np.ndarray:
    """Where each epoch ended: float [epochs], in epochs, steps, seconds of training or FLOPs.

    Steps and FLOPs follow from the images that each epoch trained on, which its speed and seconds
    tell to the image, and need to know what is `spent` on one. Raises ValueError without it.
    """
    if axis == "epoch":
        return epochs["epoch"].to_numpy(float)
    seconds = epochs["seconds"].to_numpy(float)
    if axis == "time":
        return np.cumsum(seconds)
    if spent is None:
        raise ValueError(f"The axis '{axis}' needs to know what an image costs.")
    images = np.round(epochs["images_per_second"].to_numpy(float) * seconds)
    if axis == "step":
        return np.cumsum(np.ceil(images / spent.recipe.batch_size))
    efforts = np.diff(spent.recipe.efforts())[epochs["epoch"].to_numpy(int) - 1]
    return np.cumsum(images * efforts * spent.flops)


def steps_along(
    steps: np.ndarray,
    epochs: pd.DataFrame,
    axis: Axis,
    steps_per_epoch: int,
    now: tuple[int, float],
    spent: Spending | None = None,
) -> np.ndarray:
    """Where steps stand on an axis: float [steps], which meet the ends of epochs of `along`.

    steps: how many were made when each was done, 1 for the first
    now: steps made, and seconds trained, so far; between the ends of epochs time runs evenly
    """
    steps = np.asarray(steps, float)
    if axis == "step":
        return steps
    if axis == "epoch":
        return steps / steps_per_epoch
    if axis == "time":
        ends = np.concatenate([[0.0], epochs["epoch"].to_numpy(float) * steps_per_epoch])
        times = np.concatenate([[0.0], along(epochs, "time")])
        if now[0] > ends[-1]:
            ends, times = np.append(ends, now[0]), np.append(times, max(now[1], times[-1]))
        return np.interp(steps, ends, times)
    ends = along(epochs, axis, spent)
    if spent is None:
        raise ValueError(f"The axis '{axis}' needs to know what an image costs.")
    efforts = np.array(spent.recipe.efforts())
    images = steps_per_epoch * spent.recipe.batch_size
    an_epoch = ends[0] / efforts[1] if len(ends) else images * spent.flops
    return np.interp(steps / steps_per_epoch, np.arange(len(efforts)), efforts) * an_epoch


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """The exponential moving average, debiased, so that its first value is the first one's own.

    weight: of the past, 0 (none) to below 1. What is no finite number stays out of the average and
    is NaN in it. As TensorBoard smooths scalars.
    """
    averages = np.full(len(values), np.nan)
    average, total = 0.0, 0.0
    for number, value in enumerate(np.asarray(values, float)):
        if np.isfinite(value):
            average = weight * average + (1 - weight) * value
            total = weight * total + (1 - weight)
            averages[number] = average / total
    return averages


def thinned(count: int, most: int) -> np.ndarray:
    """Which of `count` points to draw, at most `most` of them, evenly and with both ends."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


@dataclass(frozen=True)
class Band:
    """Mean and range over runs, float [epochs]: as far as all of them have come."""

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def over_seeds(curves: Sequence[tuple[np.ndarray, np.ndarray]]) -> Band:
    """Several runs' (x, y) by epoch as one; NaN where one of them has none."""
    shortest = min(len(x) for x, _ in curves)
    xs = np.stack([np.asarray(x, float)[:shortest] for x, _ in curves])
    ys = np.stack([np.asarray(y, float)[:shortest] for _, y in curves])
    return Band(xs.mean(0), ys.mean(0), ys.min(0), ys.max(0))

"""Where pictures come from, how they are split, kept and augmented."""

import torch

from core.data.augment import Augmenter, order
from core.data.cifar10 import cifar10_available
from core.data.dataset import (
    IMAGE_SIZE,
    Dataset,
    Normalisation,
    Split,
    SplitName,
    same_data,
    same_images,
)
from core.data.pictures import Report, silent
from core.data.sources import SOURCES, Source
from core.data.split import cut, held_back, split_hash
from core.recipe import Data

__all__ = [
    "IMAGE_SIZE",
    "SOURCES",
    "Augmenter",
    "Dataset",
    "Normalisation",
    "Report",
    "Source",
    "Split",
    "SplitName",
    "cifar10_available",
    "image_count",
    "load_dataset",
    "normalisation_of",
    "order",
    "same_data",
    "same_images",
    "silent",
    "source_stamp",
]


def load_dataset(options: Data, report: Report = silent) -> Dataset:
    """The data set of a recipe, on the CPU, read from the cache where it was loaded before.

    `report` hears what is being done. Raises ConvscopeError when the pictures are not to be had,
    or when a class is too small to be split.
    """
    source = SOURCES[options.source]
    pictures, fingerprint = source.load(options, report)
    labels, classes = pictures.train.labels, pictures.classes
    held = held_back(labels, options.validation, options.split_seed, classes, "validation")
    train, validation = cut(pictures.train, held)
    name = source.name(options)
    report(f"{name} is ready", 1.0)
    return Dataset(
        name=name,
        classes=classes,
        train=train,
        validation=validation,
        test=pictures.test,
        normalisation=source.normalisation or normalisation_of(train),
        fingerprint=f"{fingerprint}.{split_hash(held)}",
        skipped=pictures.skipped,
        drawn=source.drawn,
    )


def image_count(options: Data, split: SplitName) -> int | None:
    """How many images a split has, without loading any; None where only that tells."""
    counts = SOURCES[options.source].counts(options)
    if counts is None:
        return None
    training, test = counts
    share = {"train": 1 - options.validation, "validation": options.validation}
    return test if split == "test" else round(training * share[split])


def source_stamp(options: Data) -> str:
    """Changes when the files that `load_dataset` would read do; told without opening any. Raises
    ConvscopeError when they are gone."""
    return SOURCES[options.source].stamp(options)


def normalisation_of(split: Split) -> Normalisation:
    """Mean and standard deviation of each channel over all pixels of `split`, exactly.

    A channel that is the same everywhere gets the standard deviation 1/255, not 0.
    """
    levels = torch.arange(256, dtype=torch.float64) / 255
    moments = []
    for channel in split.images.unbind(-1):
        share = torch.bincount(channel.flatten(), minlength=256) / channel.numel()
        mean = (share * levels).sum()
        std = (share * (levels - mean) ** 2).sum().sqrt()
        moments.append((mean.item(), max(std.item(), 1 / 255)))
    (red, red_std), (green, green_std), (blue, blue_std) = moments
    return Normalisation((red, green, blue), (red_std, green_std, blue_std))

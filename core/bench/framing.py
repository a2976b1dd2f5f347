"""What several framings of a photograph are worth, on photographs in folders by class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from scipy.stats import binomtest
from torch import Tensor

from core.bench.photographs import astray, left_out, pictures_in
from core.bench.report import Report, publish
from core.decoding import read_picture
from core.errors import ConvscopeError
from core.models.network import Network
from core.prediction import framings, shrunk

KEPT_SIDE = 768  # pixels, as the page Predict keeps photos
LOOKS = {
    "the middle": (0,),
    "and mirrored": (0, 2),
    "and closer, all mirrored": (0, 1, 2, 3),
    "and stretched, all mirrored": (0, 1, 2, 3, 4, 5),
}
"""Which of the six framings are averaged: four of the middle, then stretched and mirrored."""


@dataclass(frozen=True)
class Photographs:
    """images: uint8 [N, 6, 32, 32, 3], the framings of each; classes: the name of each one's

    unreadable, astray: how many were left out, as they cannot be read or lie elsewhere, by their
        place
    """

    images: Tensor
    classes: Sequence[str]
    unreadable: Mapping[str, int] = field(default_factory=dict)
    astray: Mapping[str, int] = field(default_factory=dict)


def read_photographs(folder: Path) -> Photographs:
    """All pictures in FOLDER/CLASS/; what cannot be read is left out and counted. Raises
    ConvscopeError where there is none."""
    images, classes = [], []
    folders = sorted(folder.glob("*/"))
    unreadable: Counter[str] = Counter()
    for path in (file for of_class in folders for file in pictures_in(of_class)):
        try:
            picture = shrunk(read_picture(path.read_bytes(), path.name), KEPT_SIDE)
        except (ConvscopeError, OSError):
            unreadable[f"{folder.name}/{path.parent.name}"] += 1
            continue
        images.append(torch.cat([framings(picture), framings(picture, "stretch")]))
        classes.append(path.parent.name)
    if not images:
        raise ConvscopeError(
            f"There is no picture in {folder}; put photographs into a folder of each class in it."
        )
    return Photographs(torch.stack(images), classes, unreadable, astray(folder, folders))


def right_by_look(network: Network, photographs: Photographs) -> dict[str, Tensor]:
    """Whether the network recognises each photograph, bool [N], by which framings are averaged.
    Raises ConvscopeError for a class that the network does not know."""
    if unknown := set(photographs.classes) - set(network.classes):
        raise ConvscopeError(
            f"This network does not know {', '.join(sorted(unknown))}; name the folders by its "
            f"classes: {', '.join(network.classes)}."
        )
    labels = torch.tensor([network.classes.index(name) for name in photographs.classes])
    logits = network.logits(photographs.images.flatten(0, 1))
    said = network.probabilities(logits).unflatten(0, photographs.images.shape[:2])
    return {name: said[:, look].mean(1).argmax(1) == labels for name, look in LOOKS.items()}


def main(folder: Path, networks: Mapping[str, Network]) -> None:
    photographs = read_photographs(folder)
    found = {name: right_by_look(network, photographs) for name, network in networks.items()}
    publish(report(found, photographs))


def report(found: Mapping[str, Mapping[str, Tensor]], photographs: Photographs) -> Report:
    """A row for each network and look; found: as from `right_by_look`, by network."""
    rows = [_row(network, name, looks) for network, looks in found.items() for name in looks]
    classes = photographs.classes
    counts = ", ".join(f"{classes.count(name)} {name}" for name in sorted(set(classes)))
    return Report(
        part="framing",
        title="Photographs recognised, by the framings that are averaged",
        columns=("network", "framings", "recognised, %", "mended", "broken", "p"),
        rows=tuple(rows),
        notes=(
            f"{len(classes)} photographs: {counts}. Mended and broken: photographs, against the "
            "middle alone; p by McNemar's exact test.",
            *left_out(photographs.unreadable, "they cannot be read"),
            *left_out(photographs.astray, "they are in no folder FOLDER/CLASS"),
        ),
    )


def _row(network: str, name: str, looks: Mapping[str, Tensor]) -> tuple[str | int, ...]:
    right, before = looks[name], looks[next(iter(LOOKS))]
    mended, broken = int((right & ~before).sum()), int((before & ~right).sum())
    p = binomtest(mended, mended + broken).pvalue if mended + broken else 1.0
    return network, name, f"{100 * right.float().mean():.1f}", mended, broken, f"{p:.3f}"

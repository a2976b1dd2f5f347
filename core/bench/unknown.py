"""How well a network notices what it does not know: drawn pictures, and photographs at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from scipy.special import softmax
from torch import Tensor

from core.bench.photographs import astray, left_out, pictures_in
from core.bench.report import Report
from core.data.dataset import Dataset
from core.data.pictures import Report as Tell
from core.data.unknowns import KINDS, draw
from core.decoding import MAX_FILE_BYTES
from core.errors import ConvscopeError
from core.models.network import Network
from core.prediction import Picture, read_picture, to_input
from core.prediction.familiarity import FALSE_ALARMS, Reference, scores, views
from core.runs.checkpoint import Card
from core.wording import percent

DRAWN = 500  # pictures of a kind
AT_ONCE = 500  # pictures
SCORES = ("together", "early", "middle", "nearest images", "energy", "confidence")


@dataclass(frozen=True)
class Photographs:
    """unknown: uint8 [N, 32, 32, 3] by kind; known: the same by class

    astray: how many lie elsewhere, by the place that they lie in
    """

    unknown: dict[str, Tensor]
    known: dict[str, Tensor]
    astray: Mapping[str, int] = field(default_factory=dict)


def read_photographs(folder: Path) -> Photographs:
    """From FOLDER/unknown/KIND/ and FOLDER/known/CLASS/, cropped to their middle. Raises
    ConvscopeError where there are none, or one cannot be read."""
    found = {part: _by_folder(folder / part) for part in ("unknown", "known")}
    if not found["unknown"]:
        raise ConvscopeError(
            f"{str(folder)[:300]} holds no photographs of other things; put them into folders by "
            "kind, in one called 'unknown'."
        )
    looked_at = [kind for part in found for kind in (folder / part).glob("*/")]
    return Photographs(**found, astray=astray(folder, looked_at))


def _by_folder(parent: Path) -> dict[str, Tensor]:
    files = {folder.name: pictures_in(folder) for folder in sorted(parent.glob("*/"))}
    return {
        name: torch.stack([to_input(_read(file)) for file in kind])
        for name, kind in files.items()
        if kind
    }


def _read(file: Path) -> Picture:
    named = f"{file.parent.name}/{file.name}"
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)  # more is refused by whoever decodes it
    except OSError as error:
        raise ConvscopeError(f"{named[:200]} cannot be read ({error.strerror}).") from error
    return read_picture(content, named)


def measured(
    card: Card,
    network: Network,
    reference: Reference,
    data: Dataset,
    images: int,
    photographs: Photographs | None,
    tell: Tell,
) -> Report:
    """Every kind against the first `images` test images, by each score."""
    kinds = {kind: draw(kind, DRAWN) for kind in KINDS if kind != card.recipe.data.source}
    known: Mapping[str, Tensor] = {}
    notes: tuple[str, ...] = ()
    if photographs is not None:
        every = torch.cat(list(photographs.unknown.values()))
        kinds = {"photographs": every, **_named(photographs.unknown), **kinds}
        known = {n: p for n, p in photographs.known.items() if n in network.classes}
        notes = _left_out(photographs, network.classes)
    groups = {
        "validation": data.validation.images,
        "test": data.test.images[:images],
        **kinds,
        **{f"known {name}": pictures for name, pictures in known.items()},
    }
    found: dict[str, np.ndarray] = {}
    for number, (name, pictures) in enumerate(groups.items()):
        tell(f"{name} ({len(pictures):,})", number / len(groups))
        found[name] = strangeness(network, reference, pictures)
    right = {
        name: network.logits(pictures).argmax(1) == network.classes.index(name)
        for name, pictures in known.items()
    }
    made = report(card, found, list(kinds), right)
    return replace(made, notes=made.notes + notes)


def _left_out(photographs: Photographs, classes: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each reason why photographs count nowhere."""
    strange = {
        f"known/{name}": len(pictures)
        for name, pictures in photographs.known.items()
        if name not in classes
    }
    return (
        *left_out(strange, f"they are of none of its classes ({', '.join(classes)})"),
        *left_out(photographs.astray, "they are in no folder unknown/KIND or known/CLASS"),
    )


def _named(kinds: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"photographs, {kind}": pictures for kind, pictures in kinds.items()}


def strangeness(network: Network, reference: Reference, images: Tensor) -> np.ndarray:
    """By each of `SCORES`, the greater the stranger: float [N, 6]."""
    rows: list[np.ndarray] = []
    for batch in images.split(AT_ONCE):
        seen = views(network, batch)
        parts = scores(reference, *seen)
        probabilities = [softmax(view.logits / network.temperature, axis=1) for view in seen]
        confidence = np.mean([each.max(axis=1) for each in probabilities], axis=0)
        rows.append(np.column_stack([reference.strangeness(parts), parts, -confidence]))
    return np.concatenate(rows)


def report(
    card: Card,
    found: Mapping[str, np.ndarray],
    kinds: list[str],
    right: Mapping[str, Tensor],
) -> Report:
    """A row for each kind, by each score: area under the ROC curve against test images, and the
    share above what 5 % of validation images are above.

    found: float [N, 6] by kind, 'validation', 'test' and 'known CLASS'
    right: bool [N] by class of known photographs: whether the network names it
    """
    limits = np.quantile(found["validation"], 1 - FALSE_ALARMS, axis=0)
    test = found["test"]
    flagged = {name: (rows > limits).mean(axis=0) for name, rows in found.items()}
    areas = {
        kind: [area(test[:, score], found[kind][:, score]) for score in range(len(SCORES))]
        for kind in kinds
    }
    rows = [(kind, len(found[kind]), *map(_cell, areas[kind], flagged[kind])) for kind in kinds] + [
        ("test images, flagged", len(test), *map(percent, flagged["test"]))
    ]
    notes = [
        "In each cell the area under the ROC curve against test images, and the share that is "
        f"flagged where {percent(FALSE_ALARMS)} of {len(found['validation']):,} validation images "
        "are."
    ]
    if right:
        rows_known = np.concatenate([found[f"known {name}"] for name in right])
        named = torch.cat(list(right.values())).numpy()
        alarms = (rows_known > limits)[:, 0]
        shares = (rows_known > limits).mean(axis=0)
        rows.append(("photographs of its classes, flagged", len(named), *map(percent, shares)))
        notes.append(
            f"Of the photographs of its classes {percent(named.mean())} are named rightly; by the "
            f"first score {percent(_mean(alarms[named]))} of these are flagged, and "
            f"{percent(_mean(alarms[~named]))} of the others."
        )
    return Report(
        part="unknown",
        title=f"Unknown pictures before {card.recipe.name}, trained on {card.data_name}",
        columns=("kind", "pictures", *SCORES),
        rows=tuple(rows),
        figures={
            "areas": areas,
            "flagged": {name: share.tolist() for name, share in flagged.items()},
        },
        notes=tuple(notes),
    )


def area(known: np.ndarray, unknown: np.ndarray) -> float:
    """The area under the ROC curve: how often an unknown picture is stranger than a known one,
    where a tie counts half. Both float [N]."""
    order = np.sort(known)
    below = np.searchsorted(order, unknown, "left") + np.searchsorted(order, unknown, "right")
    return float(below.mean() / (2 * len(known)))


def _mean(alarms: np.ndarray) -> float | None:
    return float(alarms.mean()) if len(alarms) else None


def _cell(area: float, flagged: float) -> str:
    return f"{area:.3f}, {flagged:.0%}"

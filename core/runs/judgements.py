"""What people hold of single labels of a data set, as rows of the store.

A judgement is about the label, not about a network: every network that was trained on the same
pictures sees it.
"""

import operator
import time
from typing import TYPE_CHECKING, Literal, get_args

from core.errors import ConvscopeError
from core.runs.database import Database

if TYPE_CHECKING:  # as it would take seconds to import, and whoever lists runs needs none of it
    from core.data.dataset import SplitName

Verdict = Literal["right", "wrong", "unclear"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Judgements:
    """Each change is one statement about one image, so two tabs lose nothing of each other's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, fingerprint: str, split: "SplitName", images: int) -> dict[int, Verdict]:
        """The verdicts by image, the earliest first. What another program has stored of images that
        there are not, or in other words, is left out.

        fingerprint: of the data set; images: how many the split has
        """
        rows = self._database.rows(
            "SELECT image, verdict FROM judgements WHERE labels = ? AND split = ?"
            f" AND image BETWEEN 0 AND ? AND verdict IN {VERDICTS} ORDER BY judged",
            *(_labels(fingerprint, split), split, images - 1),
        )
        return {row["image"]: row["verdict"] for row in rows}

    def judge(
        self, fingerprint: str, split: "SplitName", images: int, image: int, verdict: Verdict
    ) -> None:
        """Say it of an image, whatever was said before. Raises ConvscopeError where the split has
        no such image, and for what is no verdict."""
        if verdict not in VERDICTS:
            raise ConvscopeError(f"'{verdict}' is no verdict; it is one of {', '.join(VERDICTS)}.")
        image = _number(image)
        self._ensure_there(split, images, image)
        self._database.change(
            "INSERT INTO judgements VALUES (?, ?, ?, ?, ?) ON CONFLICT (labels, split, image)"
            " DO UPDATE SET verdict = excluded.verdict, judged = excluded.judged",
            *(_labels(fingerprint, split), split, image, verdict, time.time()),
        )

    def take_back(self, fingerprint: str, split: "SplitName", image: int, verdict: Verdict) -> bool:
        """Forget a verdict; False where somebody has judged otherwise meanwhile, which stays."""
        return bool(
            self._database.change(
                "DELETE FROM judgements WHERE labels = ? AND split = ? AND image = ?"
                " AND verdict = ?",
                *(_labels(fingerprint, split), split, _number(image), verdict),
            )
        )

    @staticmethod
    def _ensure_there(split: "SplitName", images: int, image: int) -> None:
        if not 0 <= image < images:
            raise ConvscopeError(
                f"There is no image {image} among the {images:,} {split} images, so its label "
                "cannot be judged."
            )


def _number(image: int) -> int:
    """As one of Python's: what else counts, as numpy's do, would be stored as bytes."""
    try:
        return operator.index(image)
    except TypeError as error:
        raise ConvscopeError(f"'{image}' is no number of an image.") from error


def _labels(fingerprint: str, split: "SplitName") -> str:
    """Which test images there are does not depend on those that are held back for validation."""
    return fingerprint.partition(".")[0] if split == "test" else fingerprint

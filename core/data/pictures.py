"""What a source of pictures hands over, before a validation split is cut from it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from core.data.dataset import Split

Report = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done, from 0 to 1. It may raise
BreakOffError, which ends the work."""


def silent(_doing: str, _share: float) -> None:
    """The Report of a caller who does not want to hear."""


@dataclass(frozen=True)
class Pictures:
    """Training and test pictures of a source; `skipped` has a sentence for each unreadable file."""

    classes: tuple[str, ...]
    train: Split
    test: Split
    skipped: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """SHA-256 of the classes and of every byte of pictures and labels, as hex digits."""
        digest = hashlib.sha256(repr(self.classes).encode())
        for split in (self.train, self.test):
            for tensor in (split.images, split.labels):
                digest.update(str(tuple(tensor.shape)).encode())
                digest.update(tensor.contiguous().numpy().data)
        return digest.hexdigest()

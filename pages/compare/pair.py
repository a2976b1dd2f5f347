"""What the views of Compare are about."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.comparison.answers import Answers
from core.comparison.paired import Paired
from pages.compare.entries import Entry


@dataclass(frozen=True)
class Pair:
    """Two of those that are compared.

    baseline, other: A and B; all: with the others, the baseline first
    paired: each of the others against the baseline
    """

    baseline: Entry
    other: Entry
    all: Sequence[Entry]
    paired: Sequence[Paired]

    @property
    def a(self) -> Answers:
        return self.baseline.answers

    @property
    def b(self) -> Answers:
        return self.other.answers

    @property
    def judged(self) -> Paired:
        """B against A."""
        return self.paired[self.all.index(self.other) - 1]

    @property
    def classes(self) -> tuple[str, ...]:
        return self.a.questions.classes

"""Two networks on the same images: what their difference shows, and what it does not.

Whether an image is easy counts for both alike, so they are judged by the images on which only one
of them is right (Dietterich 1998, Approximate statistical tests for comparing supervised
classification learning algorithms). It is about these two networks: what another training of the
same recipes would have given is another question (`core.comparison.seeds`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt

import numpy as np
from scipy.stats import binom, binomtest

from core.comparison.answers import Answers
from core.evaluation.metrics import wilson_interval

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Paired:
    """The second network, `b`, against the first, `a`, by counts of images.

    same: images of which both say the same class, right or wrong
    comparisons: how many networks are compared with `a` at once
    p_corrected: Holm's correction of `p` for so many, 0 to 1; NaN for `p` as it is
    """

    names: tuple[str, str]
    both_right: int
    a_only: int
    b_only: int
    both_wrong: int
    same: int
    comparisons: int = 1
    p_corrected: float = np.nan

    @property
    def images(self) -> int:
        return self.both_right + self.a_only + self.b_only + self.both_wrong

    @property
    def discordant(self) -> int:
        """Images on which exactly one of the two is right; all that the test looks at."""
        return self.a_only + self.b_only

    @property
    def points(self) -> float:
        """How much more `b` gets right, in points of accuracy."""
        return 100 * (self.b_only - self.a_only) / self.images

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `points`: Newcombe's square-and-add interval for paired shares
        (Newcombe 1998, Statistics in Medicine 17:2635, method 10), which holds with few discordant
        images, too."""
        n = self.images
        right_a, right_b = self.both_right + self.a_only, self.both_right + self.b_only
        wrong_a, wrong_b = n - right_a, n - right_b
        share_a, share_b = right_a / n, right_b / n
        low_a, high_a = wilson_interval(right_a, n)
        low_b, high_b = wilson_interval(right_b, n)
        spread = sqrt(float(right_a) * wrong_a * right_b * wrong_b)
        together = self.both_right * self.both_wrong - self.a_only * self.b_only
        together = max(0.0, together - n / 2) if together > 0 else together
        phi = together / spread if spread else 0.0

        def margin(one: float, other: float) -> float:
            return 100 * sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))

        return (
            self.points - margin(share_b - low_b, high_a - share_a),
            self.points + margin(high_b - share_b, share_a - low_a),
        )

    @cached_property
    def p(self) -> float:
        """McNemar's exact test: how likely so uneven a split of the discordant images is, or a
        more uneven one, if either network were as likely to be the right one."""
        if not self.discordant:
            return 1.0
        return float(binomtest(self.b_only, self.discordant).pvalue)

    @property
    def p_counted(self) -> float:
        """`p`, corrected where several networks are compared."""
        return self.p if np.isnan(self.p_corrected) else self.p_corrected

    @property
    def shown(self) -> bool:
        """Whether one is better than the other: test and interval must both say so."""
        low, high = self.interval
        return self.p_counted < SIGNIFICANT and not low <= 0 <= high

    @cached_property
    def visible(self) -> float | None:
        """The least difference, in points, that this test could show with as many discordant
        images, and as strictly as it was corrected; None where they are too few to show any,
        however they fall."""
        level = SIGNIFICANT * self.p / self.p_counted
        most = int(binom.ppf(level / 2, self.discordant, 0.5))
        while most >= 0 and 2 * binom.cdf(most, self.discordant, 0.5) >= level:
            most -= 1
        return None if most < 0 else 100 * (self.discordant - 2 * most) / self.images

    @property
    def sentence(self) -> str:
        """What was shown, and what was not."""
        a, b = self.names
        images = f"{self.images:,} images"
        if self.same == self.images:
            return (
                f"{a} and {b} say the same of all {images}: on these they cannot be told apart. "
                "They may be the same network twice."
            )
        if not self.discordant:
            return f"{a} and {b} are right about the same of these {images}: no difference."
        gets = f"On these {images} {b} gets {_gets(self.points, a)} ({self._evidence()})"
        if self.shown:
            return f"{gets}. That is about these two as they are; recipes are judged over seeds."
        if self.visible is None:
            return (
                f"{gets}. No difference was shown: only one of the two is right about "
                f"{_counted(self.discordant)}, and so few cannot show any."
            )
        return (
            f"{gets}. No difference was shown: with {self.discordant:,} images that only one of "
            f"the two gets right, one under {self.visible:.2f} points cannot be seen."
        )

    def _evidence(self) -> str:
        low, high = self.interval
        test = f"McNemar's exact {p_in_words(self.p)}"
        if self.comparisons > 1:
            corrected = p_in_words(self.p_corrected)
            again = "also" if corrected == p_in_words(self.p) else corrected
            test += f", {again} with Holm's correction for {self.comparisons}"
        return f"95 % interval {low:+.2f} to {high:+.2f}; {test}"


def paired(a: Answers, b: Answers) -> Paired:
    """`b` against `a`. Raises ConvscopeError when they were asked about different images."""
    a.questions.ensure_same(b.questions, (a.name, b.name))
    return Paired(
        (a.name, b.name),
        both_right=int((a.right & b.right).sum()),
        a_only=int((a.right & ~b.right).sum()),
        b_only=int((~a.right & b.right).sum()),
        both_wrong=int((~a.right & ~b.right).sum()),
        same=int((a.predicted == b.predicted).sum()),
    )


def all_against(a: Answers, others: Sequence[Answers]) -> list[Paired]:
    """Each of `others` against `a`, with the p values corrected for how many they are. Raises as
    `paired`."""
    found = [paired(a, other) for other in others]
    if len(found) < 2:
        return found
    corrected = holm([each.p for each in found])
    return [
        replace(each, comparisons=len(found), p_corrected=p)
        for each, p in zip(found, corrected, strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """Corrected so that with probability 95 % none of those below 0.05 is there by chance (Holm
    1979): the least is multiplied by how many there are, the next by one less, and so on."""
    corrected, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(np.argsort(p_values, kind="stable")):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = least
    return corrected


def _gets(points: float, than: str) -> str:
    if not points:
        return f"as many right as {than}"
    return f"{abs(points):.2f} points {'more' if points > 0 else 'fewer'} right than {than}"


def _counted(images: int) -> str:
    return "one image" if images == 1 else f"{images} images"


def p_in_words(value: float) -> str:
    """'p = 0.003', with no more digits than say something."""
    if value < 0.0001:
        return "p < 0.0001"
    return f"p = {value:.2g}" if value < 0.995 else "p = 1"

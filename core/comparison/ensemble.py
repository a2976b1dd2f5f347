"""Several networks as one: each image's class is the most probable in their mean."""

from collections.abc import Sequence

import numpy as np

from core.comparison.answers import Answers
from core.errors import ConvscopeError


def ensemble(members: Sequence[Answers], name: str) -> Answers:
    """The mean of the members' probabilities, each calibrated by its own temperature, so that one
    that is sure of itself without reason has no louder voice (Lakshminarayanan et al. 2017,
    section 2.4, with calibration).

    Raises ConvscopeError for fewer than two, for members that were asked about different images,
    and for one that tells classes without probabilities.
    """
    if len(members) < 2:
        raise ConvscopeError("An ensemble is of two networks or more.")
    first = members[0]
    probabilities: list[np.ndarray] = []
    for member in members:
        first.questions.ensure_same(member.questions, (first.name, member.name))
        if member.probabilities is None:
            raise ConvscopeError(
                f"{member.name} tells classes without probabilities, so it cannot be part of an "
                "ensemble; bring in its probabilities or logits."
            )
        probabilities.append(member.probabilities)
    mean = np.mean(probabilities, axis=0)
    return Answers(name, first.questions, mean.argmax(axis=1), mean)

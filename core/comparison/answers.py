"""What a network, or what stands for one, says of test images, beside what is true."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from core.errors import ConvscopeError
from core.evaluation.logits import SplitLogits
from core.evaluation.metrics import counted
from core.runs.checkpoint import Card


@dataclass(frozen=True)
class Questions:
    """Test images, by what they are of.

    classes: their names
    labels: the true classes, int64 [N]
    pictures: names the pictures, so that two sets of as many images are told apart
    """

    classes: tuple[str, ...]
    labels: np.ndarray
    pictures: str

    def ensure_same(self, other: "Questions", names: tuple[str, str]) -> None:
        """Raises ConvscopeError when `other` is of other classes or other images; `names`: of the
        networks that were asked."""
        first, second = names
        if other.classes != self.classes:
            raise ConvscopeError(
                f"{second} knows other classes ({', '.join(other.classes[:3])} ...) than {first} "
                f"({', '.join(self.classes[:3])} ...), so the two cannot be compared."
            )
        same = other.pictures == self.pictures and np.array_equal(other.labels, self.labels)
        if not same:
            raise ConvscopeError(
                f"{second} was tested on other images than {first}, so the two cannot be compared "
                "image by image."
            )


@dataclass(frozen=True)
class Answers:
    """predicted: class indices, int64 [N]
    probabilities: float64 [N, classes], calibrated where a temperature is known; None where only
        classes are known
    """

    name: str
    questions: Questions
    predicted: np.ndarray
    probabilities: np.ndarray | None

    @property
    def right(self) -> np.ndarray:
        """bool [N]"""
        return self.predicted == self.questions.labels

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @property
    def confidence(self) -> np.ndarray | None:
        """Probability of the predicted class, float64 [N]."""
        if self.probabilities is None:
            return None
        return np.take_along_axis(self.probabilities, self.predicted[:, None], axis=1)[:, 0]

    def matrix(self) -> np.ndarray:
        """Images by true class (rows) and predicted class: int64 [classes, classes]."""
        return counted(self.questions.labels, self.predicted, len(self.questions.classes))


def answers_of(name: str, card: Card, evaluated: SplitLogits) -> Answers:
    """What a network says, from its logits; probabilities at the temperature of its card."""
    pictures = card.data_fingerprint.partition(".")[0]  # whatever is held back for validation
    questions = Questions(card.classes, evaluated.labels, pictures)
    logits = evaluated.logits.astype(np.float64)
    return Answers(
        name, questions, logits.argmax(axis=1), softmax(logits / card.temperature, axis=1)
    )

"""What predictions from elsewhere say of test images: their classes, their order, their scores."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import softmax
from scipy.stats import binomtest

from core.comparison.answers import Answers, Questions
from core.errors import ConvscopeError
from core.wording import percent, shown

NO_LUCK = 0.001  # the chance of guessing that well, below which predictions are more than guesses
ROUNDING = 0.02  # by which a row of probabilities may miss one
NEARLY = 0.1  # by which one may, and still is no row of logits


@dataclass(frozen=True)
class Predictions:
    """What a file says, whatever it is about.

    values: class indices, int64 [N]; names of classes, str [N]; or probabilities or logits,
        float32 [N, columns], finite
    columns: names of the classes of the columns, where the file has a line for them
    """

    name: str
    values: np.ndarray
    columns: tuple[str, ...] = ()


def answers_in(predictions: Predictions, questions: Questions) -> tuple[Answers, str]:
    """What the predictions say of these images, and a sentence where they had to be put in order.

    They are taken to be in the order of the test images; where that is no better than guessing, in
    the order of class folders. Raises ConvscopeError where they are of another number of images,
    name other classes, are no probabilities, or are about as good as guessing in either order.
    """
    images, classes, name = len(questions.labels), len(questions.classes), predictions.name
    predictions = _without_heading(predictions, questions)
    if len(predictions.values) != images:
        raise ConvscopeError(
            f"{name} has {len(predictions.values):,} predictions, but there are {images:,} test "
            "images; it must have one for each."
        )
    predicted, probabilities = _said(predictions, questions)
    by_folder = np.empty(images, dtype=np.int64)
    by_folder[folder_order(questions)] = np.arange(images)
    right = [int((predicted[o] == questions.labels).sum()) for o in (slice(None), by_folder)]
    as_told, sorted_ = (percent(hits / images) for hits in right)
    if not _guessed(right[0], images, classes):
        return Answers(name, questions, predicted, probabilities), ""
    if _guessed(right[1], images, classes):
        raise ConvscopeError(
            f"{name} gets {as_told} right in the order of the test images and {sorted_} in that of "
            f"class folders, about what guessing gets ({percent(1 / classes)}); its images are "
            "probably in another order."
        )
    ordered = None if probabilities is None else probabilities[by_folder]
    return Answers(name, questions, predicted[by_folder], ordered), (
        f"{name} is read in the order of class folders, in which it gets {sorted_} right; in the "
        f"order of the test images it would get {as_told}."
    )


def _without_heading(predictions: Predictions, questions: Questions) -> Predictions:
    """Above names of classes a heading looks like another one."""
    values, more = predictions.values, len(predictions.values) == len(questions.labels) + 1
    if more and values.dtype.kind == "U" and values[0] not in questions.classes:
        return replace(predictions, values=values[1:])
    return predictions


def folder_order(questions: Questions) -> np.ndarray:
    """The numbers of the test images as torchvision's ImageFolder would list them, were each a file
    named by its number in the folder of its class: by name of the class, then by number. int64 [N].
    """
    ranks = np.argsort(np.argsort(questions.classes, kind="stable"))
    return np.argsort(ranks[questions.labels], kind="stable")


def _guessed(right: int, images: int, classes: int) -> bool:
    return bool(binomtest(right, images, 1 / classes, alternative="greater").pvalue > NO_LUCK)


def _said(predictions: Predictions, questions: Questions) -> tuple[np.ndarray, np.ndarray | None]:
    """The predicted classes, int64 [N], and probabilities, float64 [N, classes], if there are."""
    values, name, classes = predictions.values, predictions.name, questions.classes
    if values.ndim == 2:
        if values.shape[1] != len(classes):
            raise ConvscopeError(
                f"{name} has {values.shape[1]} columns; it must have one, of classes, or one for "
                f"each of the {len(classes)} classes, and no numbers of the images."
            )
        if predictions.columns:
            values = values[:, _places(predictions.columns, classes, name)]
        return values.argmax(axis=1), _probabilities(values.astype(np.float64), name)
    if values.dtype.kind == "U":
        return _by_name(values, classes, name), None
    if outside := values[(values < 0) | (values >= len(classes))][:1].tolist():
        raise ConvscopeError(
            f"{name} predicts class {outside[0]}, but the {len(classes)} classes are 0 to "
            f"{len(classes) - 1}."
        )
    return values, None


def _by_name(values: np.ndarray, classes: Sequence[str], name: str) -> np.ndarray:
    numbers = {known: number for number, known in enumerate(classes)}
    if unknown := sorted(set(values.tolist()) - numbers.keys()):
        raise ConvscopeError(
            f"{name} predicts '{shown(unknown[0], 40)}', which is none of the classes "
            f"({', '.join(classes[:3])} ...)."
        )
    return np.array([numbers[value] for value in values.tolist()], dtype=np.int64)


def _places(columns: Sequence[str], classes: Sequence[str], name: str) -> list[int]:
    """Where each class's column is."""
    if sorted(columns) == sorted(classes):
        return [columns.index(known) for known in classes]
    if sorted(columns) == sorted(map(str, range(len(classes)))):
        return [columns.index(str(number)) for number in range(len(classes))]
    other = next((c for c in columns if c not in classes), columns[0])
    raise ConvscopeError(
        f"{name} has a column '{shown(other, 40)}', which is none of the classes "
        f"({', '.join(classes[:3])} ...), or has one twice."
    )


def _probabilities(scores: np.ndarray, name: str) -> np.ndarray:
    """Scores from 0 to 1, or whose rows all add up to about 1, are probabilities; others logits."""
    sums = scores.sum(axis=1)
    low, high = scores.min(), scores.max()
    if low >= 0 and high > 1 and (np.abs(sums / 100 - 1) <= ROUNDING).all():
        raise ConvscopeError(
            f"{name} is in percent: its rows add up to 100. Divide by 100, as probabilities go "
            "from 0 to 1."
        )
    about_one = low >= -ROUNDING and (np.abs(sums - 1) <= NEARLY).all()
    if not about_one and (low < 0 or high > 1):
        return softmax(scores, axis=1)
    if (wrong := np.flatnonzero(np.abs(sums - 1) > ROUNDING)).size:
        raise ConvscopeError(
            f"{name} holds numbers from 0 to 1, as probabilities are, but those of prediction "
            f"{wrong[0] + 1:,} add up to {sums[wrong[0]]:.3g} and not to 1."
        )
    positive = scores.clip(min=0)
    return positive / positive.sum(axis=1, keepdims=True)

"""What a run's metrics are made of: the events of training that the store keeps as tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Steps:
    """Metrics of consecutive steps; the lists have one entry a step, from step `first` (0-based).

    loss: mean over the batch, with label smoothing where the recipe has it
    accuracy: of the batch, 0 to 1, in training mode
    gradient_norm: Euclidean, over all parameters
    seconds: time these steps took
    images_per_second: over these steps
    """

    first: int
    loss: list[float]
    accuracy: list[float]
    learning_rate: list[float]
    gradient_norm: list[float]
    seconds: float
    images_per_second: float


@dataclass(frozen=True)
class EpochEnded:
    """One pass over the training images, and the validation after it. Epochs count from 1.

    Losses are means over images, training and validation by the same formula; accuracies are 0 to
    1. Training figures are gathered while the weights move, with augmentation and dropout.
    seconds: the training part alone, without validation
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    images_per_second: float
    seconds: float
    best: bool

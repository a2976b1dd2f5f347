"""How well suspected label errors are found: labels are flipped, and looked for."""

from dataclasses import replace

import numpy as np
from scipy.special import softmax

from core.bench.report import Report
from core.data.dataset import Dataset, Split
from core.data.pictures import Report as Tell
from core.errors import ConvscopeError
from core.evaluation.label_errors import precision, ranked
from core.recipe import Recipe
from core.training.folds import cross_validated
from core.wording import percent


def measured(recipe: Recipe, data: Dataset, share: float, folds: int, tell: Tell) -> Report:
    """Flip labels, rank all training images by cross-validation, and report what was found."""
    flipped, wrong = with_flipped_labels(data, share, recipe.seed)
    evaluated = cross_validated(recipe, flipped, folds, report=tell)
    return report(recipe, data.name, evaluated.logits, evaluated.labels, wrong, folds)


def with_flipped_labels(data: Dataset, share: float, seed: int) -> tuple[Dataset, np.ndarray]:
    """The data set with a share of its training and validation labels each moved to another class,
    drawn evenly, and which of the training labels are wrong now: bool [N]. Raises ConvscopeError
    for a share of less than one training label."""
    if round(share * len(data.train)) < 1:
        raise ConvscopeError(
            f"{share:.2%} of {len(data.train):,} training labels is none; flip more of them."
        )
    draw = np.random.default_rng(seed)

    def flip(split: Split) -> tuple[Split, np.ndarray]:
        labels = split.labels.numpy().copy()
        chosen = draw.choice(len(labels), round(share * len(labels)), replace=False)
        labels[chosen] += draw.integers(1, len(data.classes), len(chosen))
        labels %= len(data.classes)
        return replace(
            split, labels=split.labels.new_tensor(labels)
        ), labels != split.labels.numpy()

    train, wrong = flip(data.train)
    validation, _ = flip(data.validation)
    return replace(data, train=train, validation=validation), wrong


def report(
    recipe: Recipe,
    name: str,
    logits: np.ndarray,
    labels: np.ndarray,
    wrong: np.ndarray,
    folds: int,
) -> Report:
    """By each score: how many of the most suspect labels are wrong, and of those suspected."""
    probabilities = softmax(logits.astype(np.float64), axis=1)
    frame = ranked(probabilities, labels)
    orders = {
        "self-confidence": frame,
        "normalised margin": frame.sort_values("margin", kind="stable"),
        "confident learning, then normalised margin": frame.sort_values(
            ["confident", "margin"], ascending=[False, True], kind="stable"
        ),
    }
    found = {title: precision(order["index"].to_numpy(), wrong) for title, order in orders.items()}
    suspected = frame["index"][frame["confident"]].to_numpy()
    hits = wrong[suspected]
    return Report(
        part="labels",
        title=f"Flipped labels found among {len(labels):,} training images of {name}",
        columns=("ranked by", f"wrong among the first {wrong.sum():,}"),
        rows=tuple((title, percent(share)) for title, share in found.items()),
        figures={"precision": found, "suspected": len(suspected), "wrong": int(wrong.sum())},
        notes=(
            f"{wrong.sum():,} labels flipped; {folds} folds of {recipe.name}, {recipe.epochs} "
            f"epochs each, {percent((logits.argmax(axis=1) == labels).mean())} of the labels "
            "predicted.",
            f"Confident learning takes {len(suspected):,} for wrong, of which "
            f"{percent(hits.mean())} are flipped: {percent(hits.sum() / wrong.sum())} of all."
            if len(suspected)
            else "Confident learning takes none for wrong.",
        ),
    )

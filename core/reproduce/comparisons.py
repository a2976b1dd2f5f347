"""Ready comparisons: one recipe in variants, each over seeds, read in plain words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from core.evaluation.seeds import Spread, difference, spread
from core.recipe import Activation, Augmentation, Recipe, presets
from core.reproduce.seeds import finished_runs
from core.runs.run import Run

BASE = "convnet-sgd"
EPOCHS = 5


@dataclass(frozen=True)
class Comparison:
    """variants: by what sets them apart; the first is what the others are compared with."""

    title: str
    about: str
    variants: Mapping[str, Recipe]


@dataclass(frozen=True)
class Verdict:
    """One variant over its seeds.

    test: top-1 accuracy, 0 to 1
    apart: how much higher its mean is than the first variant's, with the 95 % interval of that
        (low, high), as shares; NaN for the first variant itself
    sentence: the same in plain words
    """

    variant: str
    runs: int
    test: Spread
    apart: tuple[float, float, float]
    sentence: str


def comparisons() -> dict[str, Comparison]:
    """By the name on the command line."""
    return {
        "activations": Comparison(
            "Activation functions",
            f"The preset {BASE} with each activation function, {EPOCHS} epochs.",
            _named(_activations()),
        ),
        "regularisation": Comparison(
            "Regularisation",
            f"The preset {BASE} without any regularisation, with each kind alone, and with all of "
            f"them, {EPOCHS} epochs.",
            _named(_regularisation()),
        ),
    }


def verdicts(comparison: Comparison, runs: Sequence[Run]) -> list[Verdict]:
    """What the finished runs of each variant say; variants without one are left out."""
    reached = {
        name: [run.accuracies["test"] for run in finished_runs(runs, recipe)]
        for name, recipe in comparison.variants.items()
    }
    baseline = next(iter(comparison.variants))
    read: list[Verdict] = []
    for name, test in reached.items():
        if not test:
            continue
        others = reached[baseline] if name != baseline else []
        apart = difference(test, others) if others else (math.nan, math.nan, math.nan)
        over_seeds = spread(test)
        sentence = _sentence(name, over_seeds, apart, baseline)
        read.append(Verdict(name, len(test), over_seeds, apart, sentence))
    return read


def verdict_table(comparison: Comparison, read: Sequence[Verdict]) -> str:
    """A table for people, and its reading in plain words."""
    baseline = next(iter(comparison.variants))
    lines = [
        f"| variant | test (%) | against {baseline} (points) | 95 % interval | seeds |",
        "|---|---:|---:|---:|---:|",
        *map(_row, read),
        "",
        *[f"- {verdict.sentence}" for verdict in read],
    ]
    return "\n".join(lines) + "\n"


def _row(verdict: Verdict) -> str:
    deviation = 100 * verdict.test.deviation
    test = f"{100 * verdict.test.mean:.2f}"
    apart, low, high = (100 * value for value in verdict.apart)
    cells = [
        verdict.variant,
        test if math.isnan(deviation) else f"{test} ± {deviation:.2f}",
        "-" if math.isnan(apart) else f"{apart:+.2f}",
        "-" if math.isnan(low) else f"{low:+.2f} to {high:+.2f}",
        str(verdict.runs),
    ]
    return f"| {' | '.join(cells)} |"


def _sentence(name: str, test: Spread, shares: tuple[float, float, float], baseline: str) -> str:
    apart, low, high = (100 * share for share in shares)
    if math.isnan(apart):
        return f"{name}: {test.mean:.1%} of the test images right."
    told = f"{name}: {apart:+.1f} points against {baseline}"
    if math.isnan(low):
        return f"{told}, from one run: it may be chance."
    chance = "" if low > 0 or high < 0 else ": may be chance"
    return f"{told}, 95 % interval {low:+.1f} to {high:+.1f}{chance}."


def _activations() -> dict[str, Recipe]:
    base = _short(presets()[BASE])
    return {
        name.replace("_", " "): _with_model(base, activation=name) for name in get_args(Activation)
    }


def _regularisation() -> dict[str, Recipe]:
    """None, each means alone, and all of them."""
    base = _short(presets()[BASE])
    plain = _with_model(
        base.model_copy(
            update={
                "label_smoothing": 0.0,
                "augmentation": Augmentation(crop_padding=0, flip=False),
                "optimizer": base.optimizer.model_copy(update={"weight_decay": 0.0}),
            }
        ),
        batch_norm=False,
        dropout=0.0,
    )
    everything = _with_model(
        plain.model_copy(
            update={
                "label_smoothing": 0.1,
                "augmentation": base.augmentation,
                "optimizer": base.optimizer,
            }
        ),
        batch_norm=True,
        dropout=0.25,
    )
    return {
        "none": plain,
        "batch norm": _with_model(plain, batch_norm=True),
        "dropout": _with_model(plain, dropout=0.25),
        "weight decay": plain.model_copy(update={"optimizer": base.optimizer}),
        "augmentation": plain.model_copy(update={"augmentation": base.augmentation}),
        "label smoothing": plain.model_copy(update={"label_smoothing": 0.1}),
        "all": everything,
    }


def _named(variants: dict[str, Recipe]) -> dict[str, Recipe]:
    return {
        variant: recipe.model_copy(update={"name": f"{recipe.name}: {variant}"})
        for variant, recipe in variants.items()
    }


def _short(recipe: Recipe) -> Recipe:
    return recipe.model_copy(update={"epochs": EPOCHS})


def _with_model(recipe: Recipe, **options: object) -> Recipe:
    return recipe.model_copy(update={"model": recipe.model.model_copy(update=options)})

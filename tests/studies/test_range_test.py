"""Which learning rate suits, by a run in which it only climbs."""

import numpy as np
import pandas as pd
import pytest
import torch

from core.jobs import execute
from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.range_test import range_recipe, read_range
from core.training import Control

RATES = 10 ** np.linspace(-5, 1, 400)


def steps(loss: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"step": range(len(loss)), "loss": loss, "learning_rate": RATES})


def test_the_loss_falls_fastest_before_it_is_least_and_then_blows_up() -> None:
    decades = np.log10(RATES)
    falling = 2.3 - 2.0 / (1 + np.exp(-4 * (decades + 2)))  # steepest at a rate of 0.01
    loss = falling + np.where(decades > -0.5, 10 ** (4 * (decades + 0.5)) - 1, 0.0)
    found = read_range(steps(loss))
    assert found is not None and found.steepest is not None and found.lowest is not None
    assert 0.005 < found.steepest < 0.04  # smoothing lags behind
    assert 0.2 < found.lowest < 1.0
    assert found.rates.max() < 10 and found.losses.max() < 4 * 2.3
    assert "falls fastest at a learning rate of 0.0" in found.sentence


def test_a_loss_that_never_falls_recommends_nothing() -> None:
    found = read_range(steps(np.linspace(2, 9, len(RATES))))
    assert found is not None and found.steepest is None
    assert "try lower ones" in found.sentence


def test_what_is_too_short_or_was_no_number_says_nothing() -> None:
    assert read_range(steps(np.full(len(RATES), np.nan))) is None
    assert read_range(steps(np.linspace(2, 1, len(RATES))).head(10)) is None


def test_a_real_run_climbs_over_three_decades_and_is_read(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    base = tiny_recipe.model_copy(update={"batch_size": 8})
    run = store.get(store.create(range_recipe(base), claimed=True))
    for _ in execute(store, run, Control(), torch.device("cpu")):
        pass
    found = store.metrics.steps(run.id)
    assert len(found) == 20
    assert found["learning_rate"].iloc[-1] == pytest.approx(30 * 0.02)
    ratios = np.diff(np.log(found["learning_rate"]))
    assert ratios == pytest.approx(np.full(19, np.log(1000) / 20), rel=1e-3)
    assert read_range(found) is not None


def test_a_jump_of_the_first_losses_is_no_fall() -> None:
    rates = np.geomspace(1e-3, 1.0, 60)
    losses = 2.3 - 0.5 * np.clip(np.log10(rates / 1e-2), 0, 1.5) + 0.3 * (rates > 0.5)
    losses[0] += 0.6
    found = read_range(pd.DataFrame({"loss": losses, "learning_rate": rates}))
    assert found is not None and found.steepest is not None and found.steepest > 1e-2

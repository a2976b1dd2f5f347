"""Results: comparisons are launched from there."""

import pytest

from core.reproduce.comparisons import comparisons
from core.runs.store import RunStore
from tests.pages.opening import opened


def test_a_comparison_is_launched_with_one_button(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # no download for this
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    test = opened("results")
    variants = comparisons()["activations"].variants
    next(button for button in test.button if button.label.startswith("Train 18 runs")).click()
    test.run()
    assert not test.exception
    assert len(store.runs()) == 3 * len(variants) == 18
    assert {run.recipe.seed for run in store.runs()} == {0, 1, 2}

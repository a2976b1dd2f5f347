"""Results: what is shown and what is not; comparisons are launched from there."""

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
    (study,) = store.studies.all()
    assert study.going and study.definition["seeds"] == 3
    assert [*study.definition["recipes"]] == [*variants] and len(variants) == 6


def test_what_ships_is_read_by_dunnetts_test() -> None:
    test = opened("results")
    told = " ".join(block.value for block in test.markdown)
    assert "- batch norm: +1.1 points against none, 95 % interval +0.4 to +1.8: a gain." in told
    assert "- dropout: +0.4 points against none, 95 % interval -0.3 to +1.1: not shown" in told
    assert any("Dunnett" in caption.value for caption in test.caption)


def test_it_leads_to_the_comparison_of_two_networks() -> None:
    html = " ".join(block.proto.body for block in opened("results").get("html"))
    assert 'data-page="compare" href="compare' in html

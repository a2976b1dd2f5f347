"""Results: what is shown and what is not; comparisons are launched from there."""

import pytest
from streamlit.testing.v1 import AppTest

from core.reproduce.comparisons import comparisons
from core.runs.store import RunStore
from tests.pages.opening import opened


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label.startswith(label)).click().run()


def test_a_comparison_is_launched_with_a_button_and_leads_to_its_study(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # no download for this
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    test = opened("results")
    variants = comparisons()["activations"].variants
    assert test.session_state["activations"] is False
    test.session_state["activations"] = True  # the popover is opened
    test.run()
    assert store.studies.all() == []  # it first says how many runs that is, and how long it takes
    assert any("18 runs of 'Activation functions'" in block.value for block in test.markdown)
    press(test, "Start the study")
    assert not test.exception
    (study,) = store.studies.all()
    assert study.going and study.definition["seeds"] == 3
    assert [*study.definition["recipes"]] == [*variants] and len(variants) == 6
    links = [link.proto for link in opened("results").get("page_link")]
    assert any("Its study is" in link.label and study.id in link.query_string for link in links)


def test_what_ships_is_read_by_dunnetts_test() -> None:
    test = opened("results")
    told = " ".join(block.value for block in test.markdown)
    assert "- batch norm: +1.1 points against none, 95 % interval +0.4 to +1.8: a gain." in told
    assert "- dropout: +0.4 points against none, 95 % interval -0.3 to +1.1: not shown" in told
    assert any("Dunnett" in caption.value for caption in test.caption)


def test_it_leads_to_the_comparison_of_two_networks() -> None:
    html = " ".join(block.proto.body for block in opened("results").get("html"))
    assert 'data-page="compare" href="compare' in html

"""Suspects judged by keys, in a real browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from core.runs.checkpoint import load_card
from core.runs.networks import shipped_networks
from core.runs.store import RunStore
from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SHAPES = "shapes-quick"


def test_a_key_judges_once_and_the_next_suspect_comes(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/evaluate?run={SHAPES}&view=Labels")
    listening = page.locator(".st-key-judge-right button[aria-keyshortcuts=r]")
    expect(listening).to_be_visible()
    expect(page.get_by_text("suspect 1 of")).to_be_visible()
    first = re.findall(r"image=(\d+)", page.url)
    page.keyboard.press("r")
    page.keyboard.press("w")  # too soon: the next suspect was not seen yet
    expect(page.get_by_text("suspect 2 of")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\b1 of \d+ are judged"))).to_be_visible()
    expect(listening).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text(re.compile(r"\b2 of \d+ are judged"))).to_be_visible()
    data = load_card(shipped_networks()[SHAPES].path).data_fingerprint
    kept = RunStore(app.home).judgements.of(data, "test", 2000)
    assert list(kept.values()) == ["right", "unclear"]
    assert [str(next(iter(kept)))] == first

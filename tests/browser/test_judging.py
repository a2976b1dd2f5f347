"""Suspects judged by keys, and images chosen on the map, in a real browser."""

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
    expect(page.get_by_text("1 of 24 are judged")).to_be_visible()
    expect(listening).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("2 of 24 are judged")).to_be_visible()
    data = load_card(shipped_networks()[SHAPES].path).data_fingerprint
    kept = RunStore(app.home).judgements.of(data, "test", 2000)
    assert list(kept.values()) == ["right", "unclear"]
    assert [str(next(iter(kept)))] == first


def test_a_box_on_the_map_opens_the_images(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/evaluate?run={SHAPES}&view=Map")
    page.locator('.modebar-btn[data-attr="dragmode"][data-val="select"]').click()
    box = page.locator(".plotly .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=5)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"images chosen, [\d,]+ right"))).to_be_visible()
    expect(page.locator(".gallery img").first).to_be_visible()

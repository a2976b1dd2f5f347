"""Curves in a real browser: what is zoomed, hidden and pointed at stays while a run trains."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.recipe import Recipe
from core.runs.events import EpochEnded
from core.runs.store import RunStore
from tests.browser.conftest import PATIENCE, App
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def end_epoch(store: RunStore, run: str, epoch: int) -> None:
    store.update(run, steps_per_epoch=2, done_steps=2 * epoch)
    accuracy = 0.5 + epoch / 100
    store.metrics.add_epoch(
        run, EpochEnded(epoch, 1.0, 0.5, 2.0 - epoch / 10, accuracy, 0.1, 32.0, 2.0, True)
    )


def drag(page: Page, start: float, end: float) -> None:
    """Over the first chart, between two shares of the whole width."""
    box = page.get_by_role("img", name="Validation ends at").bounding_box()
    assert box is not None
    middle = box["y"] + 120
    page.mouse.move(box["x"] + start * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], middle, steps=4)
    page.mouse.up()


def test_zoom_hidden_lines_and_the_place_pointed_at_outlast_new_numbers(
    app: App, browser: BrowserContext, tiny_recipe: Recipe
) -> None:
    store = RunStore(app.home)
    run = store.create(tiny_recipe, claimed=True)
    for epoch in range(1, 11):
        end_epoch(store, run, epoch)
    page = browser.new_page()
    page.goto(f"{app.address}/runs?run={run}")
    training = page.get_by_role("button", name="Training", exact=True)
    training.click()
    expect(training).to_have_attribute("aria-pressed", "false")
    drag(page, 0.1, 0.25)
    whole = page.get_by_role("button", name="Whole range")
    expect(whole).to_be_visible()
    told = page.get_by_role("status").filter(has_text="Epoch")
    expect(told).to_contain_text("nats")  # one line through both charts
    expect(told.get_by_role("row")).to_have_count(2)  # the heading, and validation alone
    before = told.inner_text()
    end_epoch(store, run, 11)
    expect(page.get_by_role("img", name="after epoch 11")).to_be_visible()
    expect(whole).to_be_visible()
    expect(training).to_have_attribute("aria-pressed", "false")
    expect(told).to_have_text(before, use_inner_text=True)
    whole.click()
    expect(whole).to_be_hidden()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    picture = saved.value.path().read_text()
    assert picture.startswith("<svg") and "Accuracy (%)" in picture and "Validation" in picture
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def swipe(page: Page, x: float, y: float, down: float) -> None:
    fingers = page.context.new_cdp_session(page)
    for kind, places in (
        ("touchStart", [y]),
        ("touchMove", [y + down * part / 10 for part in range(1, 11)]),
    ):
        for place in places:
            points = [{"x": x, "y": place}]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_points_at_values_and_scrolls_the_page(
    app: App, started_chromium: Browser, tiny_recipe: Recipe
) -> None:
    store = RunStore(app.home)
    run = store.create(tiny_recipe, claimed=True)
    for epoch in range(1, 11):
        end_epoch(store, run, epoch)
    context = started_chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{app.address}/runs?run={run}")
    chart = page.get_by_role("img", name="Validation ends at")
    chart.scroll_into_view_if_needed(timeout=PATIENCE)
    box = chart.bounding_box()
    assert box is not None and box["width"] <= 390
    x, y = box["x"] + 200, box["y"] + 100
    page.touchscreen.tap(x, y)
    told = page.get_by_role("status").filter(has_text="Epoch")
    expect(told).to_contain_text("Validation", timeout=PATIENCE)
    where = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(where)
    swipe(page, x, y, 200)
    wait_until(lambda: page.evaluate(where) < before - 100)
    expect(page.get_by_role("button", name="Whole range")).to_be_hidden()
    context.close()

"""From a photo to what is inside a network, link by link, in a real browser."""

import re
from importlib.resources import files

import pytest
from playwright.sync_api import BrowserContext, expect

from app.charts.verdicts import UNLIKE
from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
COFFEE = str(files("skimage.data") / "coffee.png")
NETWORK = "shapes-quick"


def test_an_unknown_photo_is_told_explained_doubted_and_followed_inside(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict?run={NETWORK}")
    page.locator("input[type=file]").set_input_files(COFFEE)
    expect(page.get_by_role("heading", name=UNLIKE)).to_be_visible()
    reminders = page.locator("figure", has_text="cosine")
    expect(reminders).to_have_count(5)

    for chosen in ("Integrated gradients", "Occlusion"):
        page.get_by_role("button", name=chosen, exact=True).click()
        expect(page.get_by_role("img", name=f"{chosen} over the picture")).to_have_count(0)
    expect(page.get_by_role("img", name="Grad-CAM over the picture")).to_be_visible()
    page.get_by_text("How far can these be trusted?").click()
    expect(page.get_by_role("img", name=re.compile("Deletion and insertion"))).to_be_visible()

    reminders.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="One image")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Training image #\d+|Train image #\d+")).first
    ).to_be_visible()

    page.get_by_role("link", name="Inside", exact=True).click()
    expect(page.get_by_role("heading", name="Inside")).to_be_visible()
    page.goto(f"{app.address}/inside?run={NETWORK}")
    page.locator("a[href*='layer=']").first.click()
    expect(page).to_have_url(re.compile("view=Layer"))
    page.get_by_text("Neighbours", exact=True).click()
    expect(page.locator("figure", has_text="cosine").first).to_be_visible(timeout=120_000)

    views = page.get_by_role("radiogroup", name="View")
    for go, view in (
        (page.go_back, "Layer"),
        (page.go_back, "Architecture"),
        (page.go_forward, "Layer"),
        (page.go_forward, "Neighbours"),
    ):
        go()
        expect(views.get_by_role("radio", name=view, exact=True)).to_be_checked()

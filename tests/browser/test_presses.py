"""That no press is lost on pages which come anew at any moment, in a real browser."""

import csv
from io import StringIO

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# Clicks all the time on a link of the page's own kind, each as the second one of a double click,
# which leads nowhere; counts those that the page leaves to the browser, which would load it anew.
CLICK_ON = """() => {
  const link = document.createElement("a");
  Object.assign(link, { href: "predict" }).dataset.page = "predict";
  document.body.append(link);
  window.clicks = window.missed = 0;
  addEventListener("click", (event) => {
    if (event.target !== link) return;
    window.clicks += 1;
    window.missed += !event.defaultPrevented;
    event.preventDefault();
  });
  const again = () => new MouseEvent("click", { bubbles: true, cancelable: true, detail: 2 });
  setInterval(() => link.dispatchEvent(again()), 1);
}"""


def test_links_are_followed_within_the_session_while_pages_are_drawn(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict?run=shapes-quick")
    expect(page.get_by_text("No photo at hand?")).to_be_visible()
    page.evaluate(CLICK_ON)
    page.locator("figure", has_text="Airliner").get_by_role("link").click()
    for _ in range(3):
        page.get_by_role("link", name="Its page").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("One image")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Predict")
    assert page.evaluate("window.clicks") > 0
    assert page.evaluate("window.missed") == 0


def test_a_file_is_where_its_link_says_however_often_pages_are_drawn_meanwhile(
    app: App, browser: BrowserContext
) -> None:
    page, other = browser.new_page(), browser.new_page()
    page.goto(f"{app.address}/evaluate?run=shapes-quick")
    expect(page.get_by_text("Taken for another class, the surest first.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    link = page.get_by_role("link", name="CSV")
    expect(link).to_be_visible()
    before = link.get_attribute("href")
    for view in ("Classes", "Matrix"):
        other.goto(f"{app.address}/evaluate?run=shapes-quick&view={view}")
        expect(other.get_by_role("heading", level=1)).to_be_visible()
    with page.expect_download() as saved:
        link.click()
    assert link.get_attribute("href") == before
    assert saved.value.suggested_filename == "confusion-matrix-shapes-quick-test.csv"
    rows = list(csv.reader(StringIO(saved.value.path().read_text())))
    assert len(rows) == 11

"""Evaluate's and Results' charts in a real browser: told by mouse, finger and keys, saved, and
drawn without Plotly, which takes a second to load."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.bench.browser import whole
from core.files import PROJECT
from tests.browser.conftest import App, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One for all of them, as they change nothing."""
    with serving(PROJECT, tmp_path_factory.mktemp("bars"), dict(os.environ)) as started:
        yield started


def test_bars_are_told_where_one_points_and_saved(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app.address}/evaluate?run=shapes-quick&view=Classes")
    bars = page.get_by_role("img", name="F1 by class")
    expect(bars).to_be_visible()
    whole(page)
    bars.hover(position={"x": 120, "y": 14})  # the first row
    told = page.get_by_role("status").filter(has_text="images")
    expect(told).to_contain_text(" %\n")
    page.mouse.move(0, 0)
    expect(told).to_have_count(0)
    bars.press("ArrowUp")  # the last one, as none is pointed at
    expect(told).to_be_visible()
    last = told.inner_text()
    bars.press("ArrowUp")
    expect(told).not_to_have_text(last, use_inner_text=True)
    bars.press("Escape")
    expect(told).to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").first.click()
    picture = saved.value.path().read_text()
    assert picture.startswith("<svg") and "F1 (%)" in picture and last.splitlines()[0] in picture
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").first.click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    page.goto(f"{app.address}/results")
    expect(page.get_by_role("img", name="Test accuracy of each preset")).to_be_visible()
    assert not any("PlotlyChart" in address for address in asked)


def test_curves_tell_the_class_in_front_first_and_each_bin_has_its_mark(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/evaluate?run=shapes-quick&view=Classes")
    page.get_by_role("img", name="Precision and recall of").hover()
    rows = page.get_by_role("status").filter(has_text="Recall").get_by_role("row")
    front = page.get_by_role("button", name=", average precision").inner_text().split(",")[0]
    expect(rows.nth(1)).to_contain_text(f"{front} (AP ")
    expect(rows.last).to_contain_text("(AP ")
    page.goto(f"{app.address}/evaluate?run=shapes-quick&view=Confidence")
    chart = page.get_by_role("img", name="Accuracy by confidence")
    scaled, _, _ = (chart.get_attribute("aria-label") or "").partition("As trained")
    bins = scaled.count("% sure")
    assert bins > 3
    circles = chart.locator("path[transform][d^='M4,0A4']")
    expect(circles).to_have_count(2 * bins)  # their accuracy, and their images


def test_a_finger_points_at_a_mark_on_a_screen_that_cuts_nothing(
    app: App, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.goto(f"{app.address}/results")
    marks = page.get_by_role("img", name="Test accuracy of each preset")
    marks.tap(position={"x": 150, "y": 60})  # the first row, below two lines of legend
    expect(page.get_by_role("status").filter(has_text="Reached")).to_contain_text("seeds: ")
    assert not cut(page)


def cut(page: Page) -> list[str]:
    """What is written in charts beyond their edges."""
    return page.evaluate(
        """() => {
          const deep = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
            [element, ...(element.shadowRoot ? deep(element.shadowRoot) : [])]);
          return deep(document)
            .filter((element) => element.matches("svg.charts text"))
            .filter((text) => {
              const [own, all] = [text, text.closest("svg")].map((e) => e.getBoundingClientRect());
              return own.left < all.left - 1 || own.right > all.right + 1;
            })
            .map((text) => text.textContent);
        }"""
    )

"""Pages by mouse, finger and keyboard, as wide as a desk or a phone."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.files import PROJECT
from core.recipe import Recipe
from core.runs.networks import shipped_networks
from core.runs.store import RunStore
from tests.browser.conftest import PATIENCE, App, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PAGES = ("", "train", "runs", "evaluate", "predict", "image", "results")
NETWORKS = list(shipped_networks().values())[:5]
PHOTO = str(PROJECT / "docs" / "evaluate.png")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With two runs that wait for nobody."""
    folder = tmp_path_factory.mktemp("by hand")
    store = RunStore(folder / "home")
    for name in ("one", "other"):
        store.request(store.create(Recipe(name=name)), "stop")
    with serving(PROJECT, folder, dict(os.environ)) as started:
        yield started


@pytest.mark.parametrize("name", ["evaluate", "predict"])
def test_five_networks_are_chosen_in_a_row(app: App, browser: BrowserContext, name: str) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/{name}")
    picker = page.get_by_role("combobox", name="Network")
    for network in [*NETWORKS[1:], NETWORKS[0]]:
        picker.click()
        page.get_by_role("option", name=re.compile(f"^{re.escape(network.name)} · ")).click()
        page.wait_for_url(f"**run={network.id}*")
        expect(picker).to_have_value(re.compile(f"^{re.escape(network.name)} · "))
    expect(page).to_have_title(f"{NETWORKS[0].name} · {name.capitalize()} · Convscope")
    page.go_back()
    expect(picker).to_have_value(re.compile(f"^{re.escape(NETWORKS[-1].name)} · "))


def test_a_run_is_chosen_with_the_keyboard_alone(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/runs")
    page.get_by_role("combobox", name="Runs to look into").focus()
    page.keyboard.type("other")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("other")
    assert "run=" in page.url
    expect(page).to_have_title("other · Runs · Convscope")


def test_a_photo_is_still_there_after_a_look_at_another_page(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict")
    page.locator("input[type=file]").set_input_files(PHOTO)
    verdict = page.get_by_text("What the network sees")
    expect(verdict).to_be_visible()
    page.get_by_role("link", name="Evaluate").first.click()
    expect(page.get_by_role("heading", name="Evaluate")).to_be_visible()
    page.get_by_role("link", name="Predict").first.click()
    expect(verdict).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(verdict).not_to_be_visible()


def whole(page: Page) -> None:
    """Wait until all of the page is there."""
    page.wait_for_selector("h1")
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")


WATCH_WIDTH = """
window.tooWide = 0;  // CSS pixels
(function watch() {
  const main = document.querySelector("[data-testid=stMain]");
  if (main) window.tooWide = Math.max(window.tooWide, main.scrollWidth - main.clientWidth);
  requestAnimationFrame(watch);
})();
"""


def test_no_page_is_ever_wider_than_a_phone(app: App, started_chromium: Browser) -> None:
    phone = started_chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone.set_default_timeout(PATIENCE)
    phone.add_init_script(WATCH_WIDTH)
    page = phone.new_page()
    for name in PAGES:
        page.goto(f"{app.address}/{name}")
        whole(page)
        assert page.evaluate("window.tooWide") == 0, name
        assert page.locator("[data-testid=stException]").count() == 0, name
    phone.close()


def test_no_button_is_cut_off_on_a_phone(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{app.address}/inside?run=shapes-quick&view=Channel")
    button = page.get_by_role("button", name="Make pictures that excite it")
    words = button.locator("p")
    expect(words).to_be_visible()
    words.evaluate("words => words.textContent += ' and so on'.repeat(9)")
    text = button.get_by_test_id("stMarkdownContainer")
    assert text.evaluate("text => text.scrollWidth <= text.clientWidth")


def test_home_fits_one_screen(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(app.address)
    whole(page)
    expect(page.get_by_text("Wrong, and yet sure")).to_be_visible()
    main = page.get_by_test_id("stMain").element_handle()
    page.wait_for_function("main => main.scrollHeight <= main.clientHeight", arg=main)
    for question in ("learn?", "confuse?", "photo?", "get?"):
        expect(page.get_by_text(question)).to_be_in_viewport()


def test_a_phone_s_navigation_folds_when_a_page_was_chosen(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(app.address)
    whole(page)
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Results").tap()
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink").first).not_to_be_in_viewport()

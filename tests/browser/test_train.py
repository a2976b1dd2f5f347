"""The Train page on a desk and on a phone: what is in view, what stays, what the tab is called."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.recipe import presets
from core.runs.store import RunStore
from tests.browser.conftest import PATIENCE, App
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
NAME = "Seen at once"
FOOT = "document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, started_chromium: Browser) -> Iterator[Page]:
    width, height = request.param
    context = started_chromium.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


def test_train_is_always_in_view_and_so_is_what_it_began(app: App, page: Page) -> None:
    page.goto(f"{app.address}/train")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_in_viewport(ratio=1)
    field = page.get_by_role("textbox", name="Name")
    field.fill(NAME)
    field.press("Enter")
    expect(page.get_by_text(f"changed: Name {NAME}")).to_be_visible()
    page.evaluate(FOOT)
    expect(train).to_be_in_viewport(ratio=1)
    train.click()
    for part in (
        page.get_by_role("heading", name=NAME),
        page.get_by_role("button", name="Stop", exact=True),
    ):
        expect(part).to_be_in_viewport(ratio=1)
    expect(page).to_have_title(f"{NAME} · Train · Convscope")
    store = RunStore(app.home)
    (run,) = store.runs()
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_until(lambda: not store.get(run.id).live)


def test_a_wrong_entry_and_settings_outlast_a_look_at_another_page(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/train")
    train = page.get_by_role("button", name="Train", exact=True)
    epochs = page.get_by_role("slider", name="Epochs")
    epochs.press("ArrowLeft")
    expect(epochs).to_have_attribute("aria-valuetext", "5")
    expect(page.get_by_text("changed: Epochs 5")).to_be_visible()
    page.get_by_text("Advanced").click()
    channels = page.get_by_role("textbox", name="Channels")
    channels.fill("abc")
    channels.press("Enter")
    expect(train).to_be_disabled()
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page).to_have_title("Runs · Convscope")
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page).to_have_title("Train · Convscope")
    expect(epochs).to_have_attribute("aria-valuetext", "5")
    expect(train).to_be_disabled()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(train).to_be_enabled()
    expect(epochs).to_have_attribute("aria-valuetext", str(presets()["shapes-quick"].epochs))

"""The whole story, as a newcomer lives it: train, watch, look into it, show it a photo."""

import os
import re
import signal
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.files import PROJECT
from core.recipe import Recipe, presets
from core.runs.store import RunStore
from tests.browser.conftest import App, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
OTHER_CURVE = "([chart, drawn]) => chart.innerHTML !== drawn && chart.innerHTML"
PHOTO = str(files("skimage.data") / "coffee.png")


def test_from_a_slider_to_a_saliency_map(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    train_and_watch(page, app.address)
    run = re.search(r"run=(\w+)", page.url)
    assert run is not None
    caption = open_a_cell(page)
    predict_a_photo(page)
    page.goto(f"{app.address}/evaluate?run={run[1]}&true={caption[0]}&predicted={caption[1]}")
    opened = re.compile(f"images? of {caption[0]}, taken for {caption[1]}")
    expect(page.get_by_role("heading", name=opened)).to_be_visible()


def test_ctrl_c_ends_the_server_and_saves_the_run_in_training(
    app: App, browser: BrowserContext
) -> None:
    store = RunStore(app.home)
    recipe = presets()["shapes-quick"].model_copy(update={"epochs": 1000})
    run_id = store.create(recipe)
    browser.new_page().goto(f"{app.address}/train?run={run_id}")
    end_while_it_trains(app, store, run_id, signal.SIGINT)


def test_a_server_trains_what_waits_before_anybody_looks_and_saves_it_when_asked_to_end(
    tmp_path: Path, tiny_recipe: Recipe
) -> None:
    """As `kill`, service managers and containers ask."""
    store = RunStore(tmp_path / "home")
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 1000}))
    with serving(PROJECT, tmp_path, dict(os.environ)) as app:
        end_while_it_trains(app, store, run_id, signal.SIGTERM)


def end_while_it_trains(app: App, store: RunStore, run_id: str, number: signal.Signals) -> None:
    wait_until(lambda: store.get(run_id).done_steps > 0)
    app.process.send_signal(number)
    app.process.wait(timeout=20)
    wait_until(lambda: store.get(run_id).status == "stopped")
    assert store.state_path(run_id).exists()


def train_and_watch(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Watch a network learn")).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    choose(page, "Preset", "Shapes in a minute")
    slider = page.get_by_role("slider", name="Epochs")
    slider.press("ArrowLeft")  # from 8 to the next stop
    expect(slider).to_have_attribute("aria-valuetext", "5")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    chart, drawn = page.locator("svg.charts").element_handle(), ""
    for _ in range(4):
        drawn = page.wait_for_function(OTHER_CURVE, arg=[chart, drawn], polling=200).json_value()
    assert page.get_by_role("button", name="Pause").is_visible()  # it moved while training went on
    expect(page.get_by_text("Finished after 5 epochs")).to_be_visible()


def open_a_cell(page: Page) -> tuple[str, str]:
    """Click a cell off the diagonal; returns its true and predicted class."""
    page.get_by_role("link", name="Evaluate").last.click()
    expect(page.get_by_role("grid")).to_be_visible()
    text = page.get_by_role("button", name="taken for").first.text_content() or ""
    found = re.match(r"(\w+) taken for (\w+): (\d+)", text)
    assert found is not None
    true, predicted, count = found.groups()
    page.get_by_role("gridcell", name=f"{true} taken for {predicted}: {count} image").click()
    images = "image" if count == "1" else "images"
    heading = page.get_by_role(
        "heading", name=f"{count} test {images} of {true}, taken for {predicted}"
    )
    expect(heading).to_be_visible()
    gallery = page.locator("figure img")
    expect(gallery).to_have_count(int(count))
    first = page.locator("figcaption").first.text_content() or ""
    assert predicted in first and true in first
    pictures = [picture.get_attribute("src") for picture in gallery.all()]
    page.reload()
    expect(heading).to_be_visible()
    expect(gallery).to_have_count(int(count))
    assert [picture.get_attribute("src") for picture in gallery.all()] == pictures
    return true, predicted


def predict_a_photo(page: Page) -> None:
    page.get_by_role("link", name="Predict").first.click()
    page.locator("input[type=file]").set_input_files(PHOTO)
    expect(page.get_by_text(re.compile(r"\d+% sure")).first).to_be_visible()
    expect(page.get_by_text("What the network sees")).to_be_visible()
    for method in ("Grad-CAM", "Occlusion"):
        expect(page.locator("figure", has_text=method).locator("img")).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()

"""The confusion matrix and its images, with mouse, finger and keyboard."""

import os
import re
import tomllib
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute, expect

from core.data import load_dataset
from core.data.cifar10 import NORMALISATION
from core.evaluation.logits import SplitLogits, save_logits
from core.files import PROJECT
from core.models import build_model
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint
from core.runs.store import RunStore
from tests.browser.conftest import App, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SHAPES = Recipe.parse(
    {
        "name": "all wrong",
        "data": {"source": "shapes", "images": 1600},
        "model": {"family": "convnet", "channels": [4], "depth": 1},
    }
)
IN_A_CELL = 32  # of the 320 test images; each class is taken for the next one
MANY = 100  # classes
PLACE = re.compile(rb"\$\$ID-\w+-cellj")  # the container of what a cell opens, as it is sent
EVIL = "<img src=x onerror=alert(1)>"
COLOUR = """cell => {
    const parts = getComputedStyle(cell).backgroundColor.match(/[\\d.]+/g).slice(0, 3);
    const bytes = parts.map(part => Math.round(255 * part));
    return "#" + bytes.map(byte => byte.toString(16).padStart(2, 0)).join("");
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With a network that is always wrong about shapes, and one that knows a hundred classes."""
    folder = tmp_path_factory.mktemp("matrix")
    store = RunStore(folder / "home")
    data = load_dataset(SHAPES.data)
    labels = data.test.labels.numpy()
    wrong = 9 * np.eye(10, dtype=np.float32)[(labels + 1) % 10]
    keep_network(store, SHAPES, data.classes, data.fingerprint, SplitLogits(wrong, labels))
    names = (EVIL, *(f"class {number}" for number in range(1, MANY)))
    right = SplitLogits(np.eye(MANY, dtype=np.float32), np.arange(MANY))
    keep_network(store, SHAPES.model_copy(update={"name": "many"}), names, "other", right)
    with serving(PROJECT, folder, dict(os.environ)) as started:
        yield started


def keep_network(
    store: RunStore,
    recipe: Recipe,
    classes: tuple[str, ...],
    fingerprint: str,
    evaluated: SplitLogits,
) -> None:
    """A finished run with these logits of the test images."""
    run_id = store.create(recipe, claimed=True)
    card = Card(
        recipe=recipe,
        classes=classes,
        mean=NORMALISATION.mean,
        std=NORMALISATION.std,
        epoch=1,
        accuracies={},
        data_name="made up",
        data_fingerprint=fingerprint,
    )
    trained = Checkpoint(card, build_model(recipe.model, len(classes)).state_dict())
    save_checkpoint(store.best_path(run_id), trained)
    save_logits(store.best_path(run_id), trained, "test", evaluated)
    store.set_status(run_id, "finished")
    store.release(run_id)


def open_run(page: Page, app: App, name: str = SHAPES.name) -> None:
    run = next(run for run in RunStore(app.home).runs() if run.name == name)
    page.goto(f"{app.address}/evaluate?run={run.id}")


def evaluated(context: BrowserContext, app: App, name: str = SHAPES.name) -> Page:
    page = context.new_page()
    open_run(page, app, name)
    expect(page.get_by_role("gridcell").first).to_be_attached()
    return page


def cell(page: Page, true: str, predicted: str) -> Locator:
    return page.get_by_role("gridcell", name=f"{true} taken for {predicted}: ")


def heading(page: Page, true: str, predicted: str, count: int) -> Locator:
    name = f"{count} test images of {true}, taken for {predicted}"
    return page.get_by_role("heading", name=name)


def assert_no_wider_than_the_screen(page: Page) -> None:
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= 390


def test_each_tap_opens_the_cell_under_the_finger(app: App, phone: BrowserContext) -> None:
    page = evaluated(phone, app)
    for true, predicted, count in (
        ("circle", "ring", IN_A_CELL),
        ("ring", "circle", 0),
        ("ring", "crescent", IN_A_CELL),
    ):
        cell(page, true, predicted).tap()
        expect(heading(page, true, predicted, count)).to_be_in_viewport()
    assert_no_wider_than_the_screen(page)


def test_a_cell_tapped_before_its_place_is_drawn_is_brought_up_once_it_is(
    app: App, phone: BrowserContext
) -> None:
    held: list[bytes] = []  # what the server says, from that place on until the tap is heard
    heard = False

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            if not heard and (held or PLACE.search(message)):
                held.append(message)
            else:
                route.send(message)

        def pass_up(message: str | bytes) -> None:
            nonlocal heard
            server.send(message)
            if held and not heard:
                heard = True
                for earlier in held:
                    route.send(earlier)

        server.on_message(pass_on)
        route.on_message(pass_up)

    page = phone.new_page()
    page.route_web_socket("**/_stcore/stream", between)
    open_run(page, app)
    expect(page.get_by_role("gridcell").first).to_be_attached()
    cell(page, "circle", "ring").tap()
    expect(heading(page, "circle", "ring", IN_A_CELL)).to_be_in_viewport()


def test_the_keyboard_reaches_every_cell(app: App, browser: BrowserContext) -> None:
    page = evaluated(browser, app)
    page.get_by_role("radio", name="Share of predicted").focus()
    page.keyboard.press("Tab")
    names = page.get_by_role("columnheader").all_inner_texts()
    for key, true, predicted in (
        ("ArrowDown", 1, 0),
        ("ArrowRight", 1, 1),
        ("ArrowRight", 1, 2),
        ("End", 1, 9),
        ("ArrowRight", 1, 9),
        ("ArrowUp", 0, 9),
        ("ArrowUp", 0, 9),
        ("ArrowLeft", 0, 8),
        ("Home", 0, 0),
        ("ArrowRight", 0, 1),
    ):
        page.keyboard.press(key)
        fate = f"{names[true]} taken for {names[predicted]}"
        expected = f"{names[true]} recognised" if true == predicted else fate
        expect(page.locator("[role=gridcell]:focus")).to_have_accessible_name(
            re.compile(f"^{expected}: ")
        )
    assert (
        f"{IN_A_CELL} images\n100.0% of the true class" in page.get_by_role("tooltip").inner_text()
    )
    page.keyboard.press("Enter")
    expect(heading(page, names[0], names[1], IN_A_CELL)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name=f"0 test images of {names[1]}")).to_be_visible()
    expect(page.get_by_role("gridcell", selected=True)).to_have_count(1)


def test_a_click_shows_the_images_beside_the_matrix(app: App, browser: BrowserContext) -> None:
    page = evaluated(browser, app)
    cell(page, "circle", "ring").click()
    expect(heading(page, "circle", "ring", IN_A_CELL)).to_be_in_viewport()
    expect(page.locator("figure img").first).to_be_in_viewport()
    assert cell(page, "circle", "ring").get_attribute("aria-selected") == "true"


def test_a_second_click_on_what_is_chosen_changes_nothing(
    app: App, browser: BrowserContext
) -> None:
    page = evaluated(browser, app)
    for name in ("test", "Mistakes", "Images"):
        chosen = page.get_by_role("radio", name=name, exact=True)
        chosen.click()
        expect(chosen).to_be_checked()


def test_a_picture_leads_to_its_own_view_in_the_same_session(
    app: App, browser: BrowserContext
) -> None:
    """And back again by one press."""
    page = evaluated(browser, app)
    cell(page, "circle", "ring").click()
    expect(heading(page, "circle", "ring", IN_A_CELL)).to_be_visible()
    picture = page.get_by_role("link", name="test image #").first
    index = re.search(r"#(\d+), circle", picture.get_by_role("img").get_attribute("alt") or "")
    run = re.search(r"run=(\w+)", page.url)
    assert index is not None and run is not None
    address = f"{app.address}/image?run={run[1]}&split=test&image={index[1]}"
    assert picture.evaluate("link => link.href") == address
    page.evaluate("window.untouched = true")
    picture.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One image")).to_be_visible()
    assert page.evaluate("window.untouched")
    assert f"image={index[1]}" in page.url
    page.go_back()
    expect(heading(page, "circle", "ring", IN_A_CELL)).to_be_visible()
    assert page.evaluate("window.untouched")


def test_the_link_says_what_is_seen(app: App, browser: BrowserContext) -> None:
    """Also on the next page of the images, whose first picture is another; another cell begins
    at its first page."""
    page = evaluated(browser, app)
    cell(page, "circle", "ring").click()
    expect(heading(page, "circle", "ring", IN_A_CELL)).to_be_visible()
    pictures = page.locator("figure img")
    expect(pictures).to_have_count(30)
    page.get_by_role("radio", name="Share of true").click()
    page.get_by_role("button", name="Page 2").click()
    expect(pictures).to_have_count(IN_A_CELL - 30)
    seen = pictures.first.get_attribute("alt")
    page.reload()
    expect(pictures).to_have_count(IN_A_CELL - 30)
    assert pictures.first.get_attribute("alt") == seen
    expect(page.get_by_role("radio", name="Share of true")).to_be_checked()
    cell(page, "ring", "crescent").click()
    expect(heading(page, "ring", "crescent", IN_A_CELL)).to_be_visible()
    expect(pictures).to_have_count(30)
    assert "page=" not in page.url


def test_cells_have_the_colours_of_the_theme_that_is_on(app: App, browser: BrowserContext) -> None:
    themes = tomllib.loads((PROJECT / "app/.streamlit/config.toml").read_text())["theme"]
    page = evaluated(browser, app)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        worst = cell(page, "circle", "ring").element_handle()
        page.wait_for_function(
            f"([cell, wanted]) => ({COLOUR})(cell) === wanted",
            arg=[worst, themes[scheme]["chartDivergingColors"][-1].lower()],
        )


def test_a_hundred_classes_fit_a_phone_and_names_stay_names(
    app: App, phone: BrowserContext
) -> None:
    page = evaluated(phone, app, "many")
    expect(page.get_by_role("gridcell")).to_have_count(MANY * MANY)
    expect(page.get_by_role("rowheader", name=EVIL)).to_be_attached()
    page.get_by_role("gridcell", name=f"{EVIL} taken for class 2: 0 images").tap()
    expect(heading(page, EVIL, "class 2", 0)).to_be_in_viewport()
    assert page.locator("img[src=x]").count() == 0
    assert_no_wider_than_the_screen(page)

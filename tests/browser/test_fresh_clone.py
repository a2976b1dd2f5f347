"""What a newcomer sees before anything was trained or downloaded, also where files are missing."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from core.files import PROJECT
from core.reproduce.comparisons import comparisons
from core.runs.networks import shipped_networks
from tests.browser.conftest import App, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
CAT = str(files("skimage.data") / "chelsea.png")
NETWORKS = list(shipped_networks().values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fresh")


@pytest.fixture(scope="module")
def clone(folder: Path) -> Path:
    """The project as it is after `git clone`: no runs, no data."""
    for part in ("app", "checkpoints", "core", "pages"):
        shutil.copytree(PROJECT / part, folder / "clone" / part)
    return folder / "clone"


@pytest.fixture(scope="module")
def app(clone: Path, folder: Path) -> Iterator[App]:
    """The clone's app, without data; every download goes to a port where nobody answers."""
    environment = {k: v for k, v in os.environ.items() if k != "CONVSCOPE_CIFAR10"}
    proxies = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    with serving(clone, folder, environment | proxies) as started:
        yield started


@pytest.fixture
def lose(clone: Path) -> Iterator[Callable[[str], None]]:
    """Takes a file out of the checkpoints until the test is over."""
    aside: dict[Path, Path] = {}

    def take(name: str) -> None:
        path = clone / "checkpoints" / name
        aside[path] = path.rename(clone / name)

    yield take
    for path, other in aside.items():
        other.rename(path)


def test_the_networks_that_ship_are_on_every_page(app: App, browser: BrowserContext) -> None:
    best = NETWORKS[0]
    page = browser.new_page()
    page.goto(app.address)
    expect(page.get_by_role("heading", name="At work: Shapes in a minute")).to_be_visible()
    pictures = page.locator("figure a")
    expect(pictures).to_have_count(8)
    pictures.last.click()
    expect(page.get_by_text("truly")).to_be_visible()
    page.go_back()

    page.get_by_test_id("stMain").get_by_role("link", name="Evaluate").click()
    accuracy = f"{100 * best.accuracies['test']:.2f}%"
    expect(page.get_by_text(accuracy, exact=True).first).to_be_visible()
    expect(page.get_by_role("grid")).to_be_visible()
    page.get_by_role("combobox", name="Network").click()
    for network in NETWORKS:
        label = re.compile(f"^{re.escape(network.name)} · ")
        expect(page.get_by_role("option", name=label)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="taken for").first.click()
    page.get_by_role("button", name="Download CIFAR-10").click()
    expect(page.get_by_text("could not be downloaded")).to_be_visible()

    page.get_by_role("link", name="Results").click()
    standing = page.get_by_role("img", name="Test accuracy of each preset")
    expect(standing.get_by_text(NETWORKS[-1].id)).to_be_visible()
    for comparison in comparisons().values():
        chart = page.get_by_role("img", name=f"{comparison.title}: each variant against")
        expect(chart).to_be_visible()
    expect(page.get_by_role("img", name="Validation ends at")).to_be_visible()


def test_a_photo_of_a_cat_is_one_at_once_and_explained(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict")
    expect(page.get_by_role("combobox", name="Network")).to_be_visible()
    page.locator("input[type=file]").set_input_files(CAT)
    expect(page.get_by_role("heading", name=re.compile(r"cat, \d+% sure"))).to_be_visible()
    for method in ("Grad-CAM", "Occlusion"):
        expect(page.locator("figure", has_text=method).locator("img")).to_be_visible()


def test_missing_weights_and_logits_are_said_and_the_rest_goes_on(
    app: App, lose: Callable[[str], None], browser: BrowserContext
) -> None:
    gone, other = NETWORKS[:2]
    lose(f"{gone.id}.safetensors")
    page = browser.new_page()
    page.goto(app.address)
    expect(page.get_by_text(f"Missing or damaged in checkpoints: {gone.id}.")).to_be_visible()
    expect(page.get_by_text("Wrong, and yet sure")).to_be_visible()

    lose(f"{other.id}.test-logits.safetensors")
    page.goto(f"{app.address}/evaluate?run={other.id}")
    sentence = "The test logits of this network are not stored beside it, or are damaged."
    expect(page.get_by_text(sentence)).to_be_visible()

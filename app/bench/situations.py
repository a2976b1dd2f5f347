"""What goes on beside training: what people do in the app, or another program.

Each is a generator: it prepares, and then does one thing a step for as long as it is asked to;
closing it tidies up.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from itertools import cycle
from typing import TYPE_CHECKING

from app.bench.browser import whole
from app.bench.server import WAIT, wait_until
from app.bench.under_test import LONG, TRAINED, TRAINING, App

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Actions = Generator[None, None, None]
Situation = Callable[[App, "BrowserContext"], Actions]
ALONE = "no page"
EVALUATED = "the finished run evaluated with test-time augmentation"
IMAGES = range(2, 502)  # of a class, explained in turn; more than the app remembers


def situations(pages: Sequence[int], only_watching: bool = False) -> dict[str, Situation]:
    """By name, the first without anything beside training; `pages`: how many are opened."""
    watched = {
        ALONE: watching(0),
        **{f"{count} page{'s' if count > 1 else ''} open": watching(count) for count in pages},
    }
    if only_watching:
        return watched
    return {
        **watched,
        "the long run exported again and again": exporting,
        EVALUATED: evaluating,
        "one test image after another explained": explaining(),
        "no page, another program busy on one core": busy,
    }


def watching(count: int) -> Situation:
    """So many pages show the run in training."""

    def watch(app: App, browser: "BrowserContext") -> Actions:
        with ExitStack() as stack:
            for _ in range(count):
                page = stack.enter_context(closing(browser.new_page()))
                page.goto(app.page("train", TRAINING))
                page.get_by_text("Images per second").first.wait_for()
                whole(page)
            while True:
                yield
                time.sleep(WAIT)

    return watch


def exporting(app: App, browser: "BrowserContext") -> Actions:
    with closing(browser.new_page()) as page:
        page.goto(app.page("runs", LONG))
        button = page.get_by_role("link", name="Everything (zip)")
        button.wait_for()
        while True:
            yield
            with page.expect_download() as download:
                button.click()
            download.value.delete()


def evaluating(app: App, browser: "BrowserContext") -> Actions:
    """All over again once it is done."""
    checkpoint = app.checkpoint(TRAINED)
    result = checkpoint.with_name("best.test-views-logits.safetensors")
    with closing(browser.new_page()) as page:
        yield
        while True:
            result.unlink(missing_ok=True)
            os.utime(checkpoint)  # nothing that the server remembers of it is used again
            page.goto(app.page("evaluate", TRAINED))
            page.get_by_text("Test-time augmentation", exact=True).click()
            try:
                while not result.exists():
                    page.wait_for_timeout(1000 * WAIT)
                    yield
            finally:
                wait_until(result.exists, "an evaluation")


def explaining() -> Situation:
    """By the methods that the page begins with."""
    images = cycle(IMAGES)  # goes on from trial to trial, as the app remembers explanations

    def explain(app: App, browser: "BrowserContext") -> Actions:
        with closing(browser.new_page()) as page:
            page.goto(app.page("image", TRAINED))
            page.get_by_text("Test image #").wait_for()
            whole(page)
            for image in images:
                yield
                _show_image(page, image)

    return explain


def _show_image(page: "Page", image: int) -> None:
    number = page.get_by_role("spinbutton", name="Image", exact=True)
    before = page.get_by_text("Test image #").inner_text()
    number.fill(str(image))
    number.press("Enter")
    page.get_by_text(before, exact=True).wait_for(state="detached")
    whole(page)


def busy(app: App, browser: "BrowserContext") -> Actions:  # noqa: ARG001
    program = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        while True:
            yield
            time.sleep(WAIT)
    finally:
        program.kill()
        program.wait()

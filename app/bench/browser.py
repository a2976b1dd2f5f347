"""A real browser to look at the app."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil

from core.errors import ConvscopeError

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60_000  # milliseconds


@contextmanager
def chromium() -> Iterator["BrowserContext"]:
    """Raises ConvscopeError when Playwright or Chromium is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ConvscopeError(
            "This benchmark opens pages with Playwright; install requirements-dev.txt first."
        ) from error
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if program is None:
        raise ConvscopeError("This benchmark needs Chromium; install the package 'chromium'.")
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, args=FLAGS
        )
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


def browser_cpu_seconds() -> float:
    """That all processes of the browser have used, of those that are still there."""
    seconds = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it may just have ended
            if process.name().startswith(NAMES):
                times = process.cpu_times()
                seconds += times.user + times.system
    return seconds


def answer_seconds(browser: "BrowserContext", url: str) -> float:
    """From asking for a page in a new tab until all of it is there."""
    page = browser.new_page()
    started = time.perf_counter()
    page.goto(url)
    whole(page)
    seconds = time.perf_counter() - started
    page.close()
    return seconds


def whole(page: "Page") -> None:
    """Wait until all of a page is there."""
    page.wait_for_selector("h1")
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")

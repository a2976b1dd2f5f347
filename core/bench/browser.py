"""The app in a server of its own, and a real browser to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConvscopeError
from core.files import PROJECT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60_000  # milliseconds
WAIT = 0.2  # seconds between two looks


@contextmanager
def running_app(folder: Path) -> Iterator[str]:
    """The address of the app on a free port with `folder` as its home."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app" / "Home.py")]
    options = ["--server.headless=true", f"--server.port={port}"]
    environment = os.environ | {"CONVSCOPE_HOME": str(folder)}
    server = subprocess.Popen([*command, *options], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(f"{address}/_stcore/health"):
            time.sleep(WAIT)
        yield address
    finally:
        server.terminate()
        server.wait()


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


def answer_seconds(browser: "BrowserContext", url: str) -> float:
    """From asking for a page in a new tab until all of it is there."""
    page = browser.new_page()
    started = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("h1")
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    seconds = time.perf_counter() - started
    page.close()
    return seconds


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False

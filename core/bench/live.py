"""What watching costs: training speed in the server with no page open, and with pages open."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from core.bench.trainer import measured_recipe
from core.errors import ConvscopeError
from core.files import PROJECT
from core.runs.store import RunStore

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

SETTLE_SECONDS = 4.0
BROWSER_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
]


def main(repeats: int, seconds: float, pages: tuple[int, ...]) -> None:
    """Print images per second by the number of open pages, in alternation."""
    rates = measure(repeats, seconds, (0, *pages))
    table = Table("pages open", "images/s", "spread", "ratio", title="Training while watched")
    alone = statistics.median(rates[0])
    for count, values in rates.items():
        median = statistics.median(values)
        spread = f"{min(values):,.0f}-{max(values):,.0f}"
        table.add_row(str(count), f"{median:,.0f}", spread, f"{median / alone:.3f}")
    Console().print(table)


def measure(repeats: int, seconds: float, pages: tuple[int, ...]) -> dict[int, list[float]]:
    """Images per second of each trial, by the number of Train pages open meanwhile.

    The browser runs on this machine too, so its own work is in the figure. Raises ConvscopeError
    when Playwright or Chromium is missing.
    """
    rates: dict[int, list[float]] = {count: [] for count in pages}
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        store = RunStore(Path(name))
        run_id = store.create(measured_recipe())
        page = f"{stack.enter_context(_server(Path(name)))}/train?run={run_id}"
        browser = stack.enter_context(_browser())
        _open_pages(browser, page, 1)  # the server's first page starts its queue
        for _ in range(repeats):
            for count, values in rates.items():
                _open_pages(browser, page, count)
                time.sleep(SETTLE_SECONDS)
                values.append(_rate(store, run_id, seconds))
        store.request(run_id, "stop")
    return rates


def _rate(store: RunStore, run_id: str, seconds: float) -> float:
    """Images per second by the store's own count of steps."""
    batch = store.get(run_id).recipe.batch_size
    before, started = store.get(run_id).done_steps, time.perf_counter()
    time.sleep(seconds)
    steps = store.get(run_id).done_steps - before
    return steps * batch / (time.perf_counter() - started)


def _open_pages(browser: "BrowserContext", url: str, count: int) -> None:
    for page in browser.pages[1:]:  # the first keeps the browser alive
        page.close()
    for _ in range(count):
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("canvas")  # the first curve


@contextmanager
def _browser() -> Iterator["BrowserContext"]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise ConvscopeError(
            "This benchmark opens pages with Playwright; install requirements-dev.txt first."
        ) from error
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        try:
            yield playwright.chromium.launch_persistent_context(
                profile, executable_path="/usr/bin/chromium", args=BROWSER_FLAGS
            )
        except Error as error:
            raise ConvscopeError(f"Chromium could not be used: {error.message}") from error


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """The app on a free port with `folder` as its home."""
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
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False

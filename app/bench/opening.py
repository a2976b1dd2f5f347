"""How long pages take to be there: from the start of a server, and when each is opened first."""

import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.bench.browser import answer_seconds, chromium, whole
from app.bench.checkouts import checkouts_compared, measured_by_checkout
from app.bench.live_reports import opening_report
from app.bench.server import serving
from core.bench.report import publish

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

START = "Home, from the start of the server"
PAGES = {
    "Train": "train",
    "Runs": "runs",
    "Results": "results",
    "Evaluate": "evaluate?run=best",
    "Predict, with a picture": "predict?run=best&sample=Ship",
    "Inside": "inside?run=best",
}
READING_SECONDS = 6.0  # that somebody looks at Home before the next page


def main(repeats: int, against: Path | None) -> None:
    """Publish the times, in this checkout and perhaps another one. Raises ConvscopeError when there
    is no app in `against`."""
    checkouts, compared = checkouts_compared(against)
    times = measured_by_checkout()
    with chromium() as browser, ExitStack() as stack:
        homes = {
            name: Path(stack.enter_context(tempfile.TemporaryDirectory())) for name in checkouts
        }
        for repeat in range(repeats + 1):
            for page, address in PAGES.items():
                for name, project in checkouts.items():
                    start, opened = _opened(browser, homes[name], project, address)
                    if repeat:  # the first finds no cache of anything
                        times[START][name].append(start)
                        times[page][name].append(opened)
    publish(opening_report(times, compared))


def _opened(
    browser: "BrowserContext", home: Path, project: Path, address: str
) -> tuple[float, float]:
    """Seconds until Home is whole, from the start of a server; until another page is, after that
    was read."""
    started = time.perf_counter()
    with serving(home, project) as server, closing(browser.new_page()) as page:
        page.goto(server.address)
        whole(page)
        start = time.perf_counter() - started
        page.wait_for_timeout(1000 * READING_SECONDS)
        return start, answer_seconds(browser, f"{server.address}/{address}")

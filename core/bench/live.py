"""What watching costs training, and what training costs the pages."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.bench.browser import answer_seconds, chromium, running_app
from core.bench.report import Report, Trials, publish
from core.bench.stored import measured_recipe, store_run
from core.runs.store import RunStore

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

LONG_RUN = 200_000  # steps
SETTLE_SECONDS = 6.0  # until a change shows in the speed
WAIT = 0.2  # seconds between two looks
BUSY = "no page, another program busy on one core"


def main(repeats: int, seconds: float, pages: Sequence[int], answers: int) -> None:
    """Publish training's speed by what goes on beside it, and the pages' answer times."""
    with tempfile.TemporaryDirectory() as name, running_app(Path(name)) as address:
        store = RunStore(Path(name))
        with chromium() as browser:
            trained, training = _start_training(store, browser, address)
            url = f"{address}/train?run={training}"
            publish(speed_report(_speeds(store, training, browser, url, repeats, seconds, pages)))
            long = store_run(store, LONG_RUN)
            addresses = {
                "Home": address,
                "Train, the run in training": url,
                f"Train, a run of {LONG_RUN:,} steps": f"{address}/train?run={long}",
                "Runs": f"{address}/runs",
                "Evaluate": f"{address}/evaluate?run={trained}",
                "Predict": f"{address}/predict?run={trained}",
            }
            times: dict[str, list[float]] = {page: [] for page in addresses}
            for _ in range(answers):
                for page, where in addresses.items():
                    times[page].append(answer_seconds(browser, where))
            publish(answers_report(times))
        store.request(training, "stop")


def _start_training(store: RunStore, browser: "BrowserContext", address: str) -> tuple[str, str]:
    """A finished short run and a long one in training, both by the server's own queue."""
    trained = store.create(measured_recipe(epochs=1))
    browser.new_page().goto(f"{address}/train?run={trained}")  # the first page starts the queue
    training = store.create(measured_recipe(epochs=1000))
    while store.get(trained).live or not store.get(training).done_steps:
        time.sleep(WAIT)
    return trained, training


def _speeds(
    store: RunStore,
    run_id: str,
    browser: "BrowserContext",
    url: str,
    repeats: int,
    seconds: float,
    pages: Sequence[int],
) -> dict[str, list[float]]:
    """Images per second of each trial, by what went on beside it, in alternation."""
    counts = {_pages_name(count): count for count in (0, *pages)}
    rates: dict[str, list[float]] = {name: [] for name in (*counts, BUSY)}
    for _ in range(repeats):
        for name, count in counts.items():
            _open_pages(browser, url, count)
            rates[name].append(_rate(store, run_id, seconds))
        _open_pages(browser, url, 0)
        with _busy_program():
            rates[BUSY].append(_rate(store, run_id, seconds))
    return rates


def _pages_name(count: int) -> str:
    return "no page" if count == 0 else f"{count} page{'s' if count > 1 else ''} open"


def _rate(store: RunStore, run_id: str, seconds: float) -> float:
    """Images per second by the store's own count of steps."""
    time.sleep(SETTLE_SECONDS)
    batch = store.get(run_id).recipe.batch_size
    before, started = store.get(run_id).done_steps, time.perf_counter()
    time.sleep(seconds)
    steps = store.get(run_id).done_steps - before
    return steps * batch / (time.perf_counter() - started)


def _open_pages(browser: "BrowserContext", url: str, count: int) -> None:
    browser.pages[0].goto("about:blank")  # it stays, to keep the browser alive
    for page in browser.pages[1:]:
        page.close()
    for _ in range(count):
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("canvas")  # the first curve


@contextmanager
def _busy_program() -> Iterator[None]:
    program = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        program.kill()
        program.wait()


def speed_report(rates: dict[str, list[float]]) -> Report:
    """One row for each situation, with its ratio to training alone."""
    trials = {name: Trials(values) for name, values in rates.items()}
    alone = trials[_pages_name(0)]
    return Report(
        part="live",
        title="Training in the server while it is watched",
        columns=("", "images/s", "spread", "ratio"),
        rows=tuple(
            (name, *trial.cells(), f"{trial.ratio(alone):.3f}") for name, trial in trials.items()
        ),
        figures={name: list(values) for name, values in rates.items()},
        notes=(
            "The browser draws on this machine too, so its own work is in the figures. n threads "
            "beside one busy program have a fair share of n / (n + 1).",
        ),
    )


def answers_report(times: dict[str, list[float]]) -> Report:
    """One row for each page; times: seconds of repeated loads."""
    return Report(
        part="live-pages",
        title="Pages while a run trains: from the address to the whole page",
        columns=("page", "median, s", "95th percentile, s", "spread, s"),
        rows=tuple(
            (page, median, f"{statistics.quantiles(values, n=20)[-1]:.2f}", spread)
            for page, values in times.items()
            for median, spread in [Trials(values).cells(2)]
        ),
        figures={page: list(values) for page, values in times.items()},
        notes=("In a new tab each time, with the browser's own work on the same machine.",),
    )

"""How cost grows with the pictures, the runs and their metrics: flat, or in proportion."""

import gc
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from core.bench.browser import answer_seconds, chromium
from core.bench.report import Report, Trials, publish
from core.bench.server import Server, serving
from core.bench.stored import store_run
from core.data import Augmenter, load_dataset, order
from core.recipe import Data, Recipe
from core.runs.store import RunStore

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PICTURES = (50_000, 500_000)
RUNS = (10, 100, 1_000)
ROWS = (10_000, 100_000, 1_000_000)
CURVE_POINTS = 300
BATCHED = 20_000  # pictures, to time batches
REPEATS = 5


def main() -> None:
    """Publish three tables: pictures, runs, rows of metrics."""
    with tempfile.TemporaryDirectory() as name:
        publish(pictures_report(PICTURES, Path(name)))
    with chromium() as browser:
        publish(runs_report(RUNS, browser))
        publish(rows_report(ROWS, browser))


def pictures_report(counts: Sequence[int], folder: Path) -> Report:
    """One row for each number of drawn training pictures; `folder` is the home meanwhile."""
    outside = os.environ.get("CONVSCOPE_HOME")
    os.environ["CONVSCOPE_HOME"] = str(folder)
    try:
        rows = [_pictures_row(count) for count in counts]
    finally:
        os.environ.pop("CONVSCOPE_HOME")
        if outside is not None:
            os.environ["CONVSCOPE_HOME"] = outside
    return Report(
        part="growth-pictures",
        title="Growing data: drawn pictures",
        columns=("pictures", "first time, s", "again, s", "memory, MB", "batches, pictures/s"),
        rows=tuple(rows),
        notes=(
            "A fifth as many test pictures come with them. Memory is what the process grew by, and "
            "what a batch needs; a picture is 3 kB.",
        ),
    )


def runs_report(counts: Sequence[int], browser: "BrowserContext") -> Report:
    """One row for each number of stored runs."""
    rows = []
    for count in counts:
        with ExitStack() as stack:
            store, server = _app(stack)
            for _ in range(count):
                store_run(store, steps=1)
            answer_seconds(browser, server.address)
            listed = _repeated(lambda store=store: store.runs())
            home = Trials([answer_seconds(browser, server.address) for _ in range(REPEATS)])
            page = Trials(
                [answer_seconds(browser, f"{server.address}/runs") for _ in range(REPEATS)]
            )
            memory = f"{server.memory().server:,.0f}"
        rows.append((f"{count:,}", _milliseconds(listed), *home.cells(2), *page.cells(2), memory))
    return Report(
        part="growth-runs",
        title="Growing store: runs",
        columns=(
            *("runs", "list, ms", "Home, s", "spread", "Runs page, s", "spread"),
            "server's memory, MB",
        ),
        rows=tuple(rows),
    )


def rows_report(counts: Sequence[int], browser: "BrowserContext") -> Report:
    """One row for each number of steps of one run."""
    rows = []
    for count in counts:
        with ExitStack() as stack:
            store, server = _app(stack)
            run_id = store_run(store, steps=count)
            url = f"{server.address}/train?run={run_id}"
            answer_seconds(browser, url)
            read = _repeated(lambda s=store, r=run_id: s.metrics.steps(r, CURVE_POINTS))
            page = Trials([answer_seconds(browser, url) for _ in range(REPEATS)])
            size = sum(file.stat().st_size for file in store.folder.glob("runs.sqlite*")) / 1e6
            memory = f"{server.memory().server:,.0f}"
        rows.append((f"{count:,}", _milliseconds(read), *page.cells(2), f"{size:,.1f}", memory))
    return Report(
        part="growth-rows",
        title="Growing run: rows of metrics",
        columns=(
            *("steps stored", "read a curve, ms", "Train page, s", "spread"),
            *("database, MB", "server's memory, MB"),
        ),
        rows=tuple(rows),
        notes=(f"A curve is read as {CURVE_POINTS} points.",),
    )


def _pictures_row(count: int) -> tuple[str, ...]:
    options = Data(source="shapes", images=count)
    process = psutil.Process()
    first = _seconds(lambda: load_dataset(options))
    gc.collect()
    before, started = process.memory_info().rss, time.perf_counter()
    data = load_dataset(options)
    again = time.perf_counter() - started
    recipe = Recipe(data=options)
    augmenter = Augmenter(data.train.images, recipe.augmentation, data.normalisation)
    batches = order(len(data.train), seed=0, epoch=0)[:BATCHED].split(recipe.batch_size)
    seconds = _repeated(lambda: [augmenter.batch(batch) for batch in batches])
    memory = (process.memory_info().rss - before) / 1e6
    rate = BATCHED / seconds.median
    return f"{count:,}", f"{first:,.1f}", f"{again:.1f}", f"{memory:,.0f}", f"{rate:,.0f}"


def _app(stack: ExitStack) -> tuple[RunStore, Server]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return RunStore(folder), stack.enter_context(serving(folder))


def _repeated(work: Callable[[], object]) -> Trials:
    return Trials([_seconds(work) for _ in range(REPEATS)])


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _milliseconds(trials: Trials) -> str:
    return f"{1000 * trials.median:,.1f}"

"""How the cost of pages grows with the runs and their metrics: flat, or in proportion."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from app.bench.browser import answer_seconds, chromium
from app.bench.server import Server, serving
from core.bench.report import Report, Trials, publish
from core.bench.stored import store_run
from core.bench.studies import Idle, driven
from core.bench.timing import repeated
from core.runs.store import RunStore

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

RUNS = (10, 100, 1_000)
TRIALS = (100, 1_000, 10_000)
ROWS = (10_000, 100_000, 1_000_000)
VIEWS = ("", "&view=Trials")  # of the page Studies
CURVE_POINTS = 300
REPEATS = 5


def main() -> None:
    """Publish three tables: runs, trials of a study, rows of metrics."""
    with chromium() as browser:
        publish(trials_report(TRIALS, browser))
        publish(runs_report(RUNS, browser))
        publish(rows_report(ROWS, browser))


def runs_report(counts: Sequence[int], browser: "BrowserContext") -> Report:
    """One row for each number of stored runs."""
    rows = []
    for count in counts:
        with ExitStack() as stack:
            store, server = _app(stack)
            for _ in range(count):
                store_run(store, steps=1)
            answer_seconds(browser, server.address)
            listed = repeated(lambda store=store: store.runs())
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


def trials_report(counts: Sequence[int], browser: "BrowserContext") -> Report:
    """One row for each number of trials of one finished study."""
    rows = []
    for count in counts:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            store = RunStore(folder)
            for _ in driven(store, Idle(store, slots=100), count, "random"):
                pass
            server = stack.enter_context(serving(folder))  # whose workers find nothing to do
            (study,) = store.studies.all()
            views = (f"{server.address}/studies?study={study.id}{view}" for view in VIEWS)
            answer_seconds(browser, server.address)
            opened = [
                Trials([answer_seconds(browser, url) for _ in range(REPEATS)]) for url in views
            ]
            memory = f"{server.memory().server:,.0f}"
        rows.append((f"{count:,}", *(cell for view in opened for cell in view.cells(2)), memory))
    return Report(
        part="growth-trials",
        title="Growing study: trials",
        columns=(
            *("trials", "Progress, s", "spread", "Trials, s", "spread"),
            "server's memory, MB",
        ),
        rows=tuple(rows),
        notes=("Of more than 2,000 trials the newest 2,000 are shown.",),
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
            read = repeated(lambda s=store, r=run_id: s.metrics.steps(r, CURVE_POINTS))
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


def _app(stack: ExitStack) -> tuple[RunStore, Server]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return RunStore(folder), stack.enter_context(serving(folder))


def _milliseconds(trials: Trials) -> str:
    return f"{1000 * trials.median:,.1f}"

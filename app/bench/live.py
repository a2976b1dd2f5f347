"""What watching and working in the app cost training, and what training costs the pages."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.bench.browser import answer_seconds, browser_cpu_seconds, chromium, whole
from app.bench.checkouts import checkouts_compared, measured_by_checkout
from app.bench.live_reports import (
    Measured,
    answers_report,
    cores_report,
    first_steps_report,
    memory_report,
    speed_report,
)
from app.bench.server import Cores, Memory, serving, wait_until
from app.bench.situations import Actions, Situation
from app.bench.under_test import (
    LONG,
    LOOK_SECONDS,
    TRAINED,
    TRAINING,
    App,
    images_per_second,
    under_test,
)
from core.bench.report import publish
from core.bench.stored import measured_recipe
from core.machine import pick_device, resolve_precision
from core.recipe import Recipe

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PICTURES = 50_000  # of the finished run; a fifth as many test pictures come with them
LONG_RUN = 200_000  # steps
SETTLE_SECONDS = 6.0  # until a change shows in the speed
READING_SECONDS = 15.0  # that somebody looks at a page before the click
CLICKED = "Train your first network"


def main(
    repeats: int,
    seconds: float,
    beside: Mapping[str, Situation],
    answers: int,
    against: Path | None,
) -> None:
    """Publish, for this checkout and perhaps another one: the wait for the first step, training's
    speed and the processes' memory by what goes on beside it, and the pages' answer times.

    Raises ConvscopeError when there is no app in `against`.
    """
    checkouts, compared = checkouts_compared(against)
    with chromium() as browser:
        publish(first_steps_report(_first_steps(checkouts, browser, repeats), compared))
        with ExitStack() as stack:
            apps = [stack.enter_context(under_test(*checkout)) for checkout in checkouts.items()]
            for app in apps:
                app.prepare(browser, _recipe(1, PICTURES), _recipe(epochs=1000), LONG_RUN)
            rates, cores, memory = _trials(apps, browser, beside, repeats, seconds)
            publish(speed_report(rates, compared))
            publish(cores_report(cores, compared))
            publish(memory_report(memory, compared))
            publish(answers_report(_answer_times(apps, browser, answers), compared))


def _recipe(epochs: int, images: int = 5_000) -> Recipe:
    """In the format that is faster here, whichever a checkout would choose by itself."""
    recipe = measured_recipe(epochs, images)
    precision = resolve_precision("auto", pick_device())
    return recipe.model_copy(update={"precision": precision})


def _first_steps(
    checkouts: Mapping[str, Path], browser: "BrowserContext", repeats: int
) -> Measured:
    """Seconds from a newcomer's click to the first stored step."""
    waits = measured_by_checkout()
    idling = {"page just opened": 0.0, f"page open for {READING_SECONDS:.0f} s": READING_SECONDS}
    for _ in range(repeats):
        for what, idle in idling.items():
            for name, project in checkouts.items():
                waits[what][name].append(_first_step(project, browser, idle))
    return waits


def _first_step(project: Path, browser: "BrowserContext", idle: float) -> float:
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), project) as server,
        closing(browser.new_page()) as page,
    ):
        page.goto(server.address)
        whole(page)
        time.sleep(idle)
        page.get_by_role("button", name=CLICKED).click()
        started = time.perf_counter()
        wait_until(
            lambda: server.value("SELECT 1 FROM steps LIMIT 1"), "a run's first step", LOOK_SECONDS
        )
        return time.perf_counter() - started


def _trials(
    apps: Sequence[App],
    browser: "BrowserContext",
    beside: Mapping[str, Situation],
    repeats: int,
    seconds: float,
) -> tuple[Measured, dict[str, dict[str, list[Cores]]], dict[str, dict[str, list[Memory]]]]:
    """Images per second, busy cores and memory, by what went on beside training."""
    rates = measured_by_checkout()
    busy: dict[str, dict[str, list[Cores]]] = defaultdict(lambda: defaultdict(list))
    memory: dict[str, dict[str, list[Memory]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(repeats):
        for what, situation in beside.items():
            for app in apps:
                with closing(situation(app, browser)) as actions:
                    rate, cores, taken = _trial(app, actions, seconds)
                rates[what][app.name].append(rate)
                busy[what][app.name].append(cores)
                memory[what][app.name].append(taken)
    return rates, busy, memory


def _trial(app: App, actions: Actions, seconds: float) -> tuple[float, Cores, Memory]:
    next(actions)
    with app.training():
        _act(actions, SETTLE_SECONDS)
        began, server, browser = (
            time.perf_counter(),
            app.server.cpu_seconds(),
            browser_cpu_seconds(),
        )
        with app.counting() as marks:
            _act(actions, seconds)
        took = time.perf_counter() - began
        cores = Cores(
            (app.server.cpu_seconds() - server) / took, (browser_cpu_seconds() - browser) / took
        )
        memory = app.server.memory()
    return images_per_second(marks, measured_recipe(epochs=1).batch_size), cores, memory


def _act(actions: Actions, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        next(actions)


def _answer_times(apps: Sequence[App], browser: "BrowserContext", repeats: int) -> Measured:
    """Seconds until each page is whole, while a run trains."""
    times = measured_by_checkout()
    for _ in range(repeats):
        for app in apps:
            with app.training():
                for page, address in {
                    "Home": app.server.address,
                    "Train, the run in training": app.page("train", TRAINING),
                    f"Train, a run of {LONG_RUN:,} steps": app.page("train", LONG),
                    "Runs": f"{app.server.address}/runs",
                    "Evaluate": app.page("evaluate", TRAINED),
                    "Predict": app.page("predict", TRAINED),
                }.items():
                    times[page][app.name].append(answer_seconds(browser, address))
    return times

"""What to measure where a GPU is at hand, in one go: are its steps right, how fast are they, and
who wins the race. Runs on any device, so that it can be tried before there is one."""

import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import torch
from torch import Tensor

from core.bench import ceiling
from core.bench.ceiling import precisions, wait_for
from core.bench.data import drawn
from core.bench.race import finishes_report, run_race
from core.bench.report import Report, Trials, publish
from core.bench.throughput import training_steps
from core.data import shapes
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.files import home, write_atomically
from core.recipe import Recipe
from core.training.recording import WARM_UPS, recorder_for

CPU = torch.device("cpu")
IMAGES = 4000  # drawn ones; what they show doesn't matter
COMPARED_STEPS, COMPARED_BATCH = WARM_UPS + 3, 64
WARM_UP_STEPS = WARM_UPS + 2

Part = Callable[[], Report]


def main(
    recipes: Mapping[str, Recipe],
    device: torch.device,
    steps: int,
    racer: Recipe,
    data: Dataset | None,
    seeds: int,
    against: Sequence[Path],
) -> None:
    """Measure every part, publish it, and keep all of them as gpu.json; one that cannot be measured
    is told and keeps no other from it. data: to race on; None for no race."""
    parts: dict[str, Part] = {
        "the ceiling": lambda: ceiling.rates_report(
            {precision: ceiling.measure(device, precision) for precision in precisions(device)}
        ),
        "right steps": lambda: right_report(recipes, device),
        "fast steps": lambda: steps_report(recipes, device, steps),
    }
    if data is not None:
        for program in against or [None]:
            name = f"the race against {program.name}" if program else "the race"
            parts[name] = _race(racer, data, seeds, program)
    kept: dict[str, object] = {}
    to = home() / "bench" / "gpu.json"
    for name, part in parts.items():
        started = time.perf_counter()
        try:
            report = part()
        except (ConvscopeError, RuntimeError) as error:
            print(f"{name}: {error}")
            kept[name] = {"error": str(error)}
        else:
            publish(report)
            kept[name] = asdict(report) | {"took_seconds": time.perf_counter() - started}
        write_atomically(to, json.dumps(kept, indent=2).encode())  # a machine may be lent for less
    print(f"All of it is in {to}.")


def _race(recipe: Recipe, data: Dataset, seeds: int, program: Path | None) -> Part:
    return lambda: finishes_report(run_race(recipe, data, seeds, [recipe.epochs], 0, program), data)


@dataclass(frozen=True)
class Way:
    """How steps are taken: compiled or not, recorded or not."""

    compile: bool = False
    recorded: bool = False

    def __str__(self) -> str:
        return {
            Way(): "eager",
            Way(compile=True): "compiled",
            Way(recorded=True): "recorded",
            Way(compile=True, recorded=True): "compiled and recorded",
        }[self]

    def steps(self, recipe: Recipe, data: Dataset, device: torch.device) -> Iterator[Tensor]:
        recorder = recorder_for(device) if self.recorded else None
        changed = recipe.model_copy(update={"compile": self.compile})
        return training_steps(changed, data, device, recorder)


def ways(device: torch.device) -> list[Way]:
    """Those there are on a device; eager first."""
    recorded = (False, True) if recorder_for(device) else (False,)
    return [Way(compiled, each) for each in recorded for compiled in (False, True)]


def right_report(recipes: Mapping[str, Recipe], device: torch.device) -> Report:
    """Losses of the first steps, against the CPU's in fp32, eager."""
    kinds = [(precision, way) for precision in precisions(device) for way in ways(device)]
    data = drawn(shapes.draw(IMAGES, seed=0))
    rows, figures = [], {}
    for name, recipe in recipes.items():
        small = recipe.model_copy(update={"batch_size": COMPARED_BATCH, "precision": "fp32"})
        expected = _losses(Way().steps(small, data, CPU))
        found = {
            f"{precision}, {way}": _losses(
                way.steps(small.model_copy(update={"precision": precision}), data, device)
            )
            for precision, way in kinds
        }
        apart = [
            max(abs(a - b) / abs(a) for a, b in zip(expected, losses, strict=True))
            for losses in found.values()
        ]
        rows.append((name, f"{expected[-1]:.4f}", *(f"{each:.1e}" for each in apart)))
        figures[name] = {"cpu": expected, **found}
    return Report(
        part="gpu-right",
        title=f"Losses of the first {COMPARED_STEPS} steps on {device}, and how far from the CPU's",
        columns=(
            *("preset", "last loss on the CPU"),
            *(f"{precision}, {way}" for precision, way in kinds),
        ),
        rows=tuple(rows),
        figures=figures,
        notes=(
            f"{COMPARED_BATCH} images a step, eager and in fp32 on the CPU; the largest "
            "difference, as a share of the loss there.",
        ),
    )


def steps_report(recipes: Mapping[str, Recipe], device: torch.device, steps: int) -> Report:
    """Milliseconds a step of each way, in alternation; what its first steps took; the memory that
    eager ones used at most; and whether they wait for the device."""
    data = drawn(shapes.draw(IMAGES, seed=0))
    rows, figures = [], {}
    for name, recipe in recipes.items():
        for precision in precisions(device):
            row, numbers = _timed(
                recipe.model_copy(update={"precision": precision}), data, device, steps
            )
            rows.append((name, precision, *row))
            figures[f"{name}, {precision}"] = numbers
    eager, *others = ways(device)
    return Report(
        part="gpu-steps",
        title=f"A training step on {device}, batches included",
        columns=(
            *("preset", "precision", f"{eager}, ms", "spread"),
            *chain.from_iterable(
                (f"{way}, ms", "spread", "ratio", "first steps, s") for way in others
            ),
            *("memory, MB", "waits"),
        ),
        rows=tuple(rows),
        figures=figures,
        notes=(
            f"{steps} steps of each, in turn; the ratio is to eager. 'First steps' are "
            f"{WARM_UP_STEPS}, in which steps are compiled and recorded. Memory is what the device "
            "gave eager steps at most. 'Waits' says how often the host had to wait for it in a "
            "step, which none should.",
        ),
    )


def _timed(
    recipe: Recipe, data: Dataset, device: torch.device, steps: int
) -> tuple[tuple[str, ...], dict[str, object]]:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    running = {way: way.steps(recipe, data, device) for way in ways(device)}
    first = {Way(): _seconds(running[Way()], WARM_UP_STEPS, device)}
    memory = torch.cuda.max_memory_allocated(device) / 1e6 if device.type == "cuda" else None
    first |= {way: _seconds(running[way], WARM_UP_STEPS, device) for way in ways(device)[1:]}
    times: dict[Way, list[float]] = {way: [] for way in running}
    for _ in range(steps):
        for way, each in running.items():
            times[way].append(1000 * _seconds(each, 1, device))
    waits = _waits(lambda: next(running[Way()]), device)
    trials = {way: Trials(each) for way, each in times.items()}
    eager, *others = trials
    row = (
        *trials[eager].cells(1),
        *chain.from_iterable(
            (
                *trials[way].cells(1),
                f"{trials[way].ratio(trials[eager]):.2f}",
                f"{first[way]:.1f}",
            )
            for way in others
        ),
        "-" if memory is None else f"{memory:,.0f}",
        "-" if waits is None else str(waits),
    )
    numbers = {str(way): {"ms": times[way], "first_seconds": first[way]} for way in running}
    return row, {**numbers, "memory_mb": memory, "waits": waits}


def _seconds(steps: Iterator[Tensor], count: int, device: torch.device) -> float:
    wait_for(device)
    started = time.perf_counter()
    for _ in range(count):
        next(steps)
    wait_for(device)
    return time.perf_counter() - started


def _waits(step: Callable[[], object], device: torch.device) -> int | None:
    """How often the host waits for the device in a step; None where nobody tells."""
    if device.type != "cuda":
        return None
    with warnings.catch_warnings(record=True) as told, _telling_waits():
        warnings.simplefilter("always")
        step()
    return sum("synchroniz" in str(each.message) for each in told)


@contextmanager
def _telling_waits() -> Iterator[None]:
    torch.cuda.set_sync_debug_mode("warn")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def _losses(steps: Iterator[Tensor]) -> list[float]:
    return [float(next(steps)) for _ in range(COMPARED_STEPS)]

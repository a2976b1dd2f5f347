"""What to measure where a GPU is at hand, in one go: are its steps right, how fast are they, and
who wins the race. Runs on any device, so that it can be tried before there is one."""

import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch

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

CPU = torch.device("cpu")
IMAGES = 4000  # drawn ones; what they show doesn't matter
COMPARED_STEPS, COMPARED_BATCH = 5, 64
WARM_UP_STEPS = 3  # compiling comes with the first

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


def right_report(recipes: Mapping[str, Recipe], device: torch.device) -> Report:
    """Losses of the first steps, against the CPU's in fp32 without torch.compile."""
    ways = {
        f"{precision}{', compiled' if compiled else ''}": {
            "precision": precision,
            "compile": compiled,
        }
        for precision in precisions(device)
        for compiled in (False, True)
    }
    data = drawn(shapes.draw(IMAGES, seed=0))
    rows, figures = [], {}
    for name, recipe in recipes.items():
        small = recipe.model_copy(update={"batch_size": COMPARED_BATCH})
        expected = _losses(small.model_copy(update={"precision": "fp32"}), data, CPU)
        found = {
            way: _losses(small.model_copy(update=fields), data, device)
            for way, fields in ways.items()
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
        columns=("preset", "last loss on the CPU", *ways),
        rows=tuple(rows),
        figures=figures,
        notes=(
            f"{COMPARED_BATCH} images a step, without torch.compile and in fp32 on the CPU; the "
            "largest difference, as a share of the loss there.",
        ),
    )


def steps_report(recipes: Mapping[str, Recipe], device: torch.device, steps: int) -> Report:
    """Milliseconds a step, eager and compiled, in alternation; what compiling took; the memory that
    was used at most; and whether a step waits for the device."""
    data = drawn(shapes.draw(IMAGES, seed=0))
    rows, figures = [], {}
    for name, recipe in recipes.items():
        for precision in precisions(device):
            row, numbers = _timed(
                recipe.model_copy(update={"precision": precision}), data, device, steps
            )
            rows.append((name, precision, *row))
            figures[f"{name}, {precision}"] = numbers
    return Report(
        part="gpu-steps",
        title=f"A training step on {device}, batches included",
        columns=(
            *("preset", "precision", "ms", "spread", "compiled, ms", "spread", "ratio"),
            *("compiling, s", "memory, MB", "waits"),
        ),
        rows=tuple(rows),
        figures=figures,
        notes=(
            f"{steps} steps of each, in turn. Memory is what the device gave at most. 'Waits' says "
            "how often the host had to wait for the device in a step, which none should. "
            f"'Compiling' is the first {WARM_UP_STEPS} compiled steps.",
        ),
    )


def _timed(
    recipe: Recipe, data: Dataset, device: torch.device, steps: int
) -> tuple[tuple[str, ...], dict[str, object]]:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    eager = training_steps(recipe.model_copy(update={"compile": False}), data, device)
    fused = training_steps(recipe.model_copy(update={"compile": True}), data, device)
    for _ in range(WARM_UP_STEPS):
        next(eager)
    wait_for(device)
    started = time.perf_counter()
    for _ in range(WARM_UP_STEPS):
        next(fused)
    wait_for(device)
    compiling = time.perf_counter() - started
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(steps):
        for way, kept in zip((eager, fused), times, strict=True):
            started = time.perf_counter()
            next(way)
            wait_for(device)
            kept.append(1000 * (time.perf_counter() - started))
    waits = _waits(lambda: next(eager), device)
    memory = torch.cuda.max_memory_allocated(device) / 1e6 if device.type == "cuda" else None
    plain, compiled = Trials(times[0]), Trials(times[1])
    row = (
        *plain.cells(1),
        *compiled.cells(1),
        f"{compiled.ratio(plain):.2f}",
        f"{compiling:.1f}",
        "-" if memory is None else f"{memory:,.0f}",
        "-" if waits is None else str(waits),
    )
    numbers = {"ms": times[0], "compiled_ms": times[1], "memory_mb": memory, "waits": waits}
    return row, numbers


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


def _losses(recipe: Recipe, data: Dataset, device: torch.device) -> list[float]:
    steps = training_steps(recipe, data, device)
    return [float(next(steps)) for _ in range(COMPARED_STEPS)]

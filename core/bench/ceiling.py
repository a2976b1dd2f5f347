"""What this machine can do at best, and how long each preset would take at that rate."""

import time
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from core.bench.report import Report, Trials, publish
from core.data import image_count
from core.machine import Precision, pick_device, resolve_precision
from core.models.summary import summarise
from core.recipe import Recipe, presets

DTYPES: dict[Precision, torch.dtype] = {"fp32": torch.float32, "bf16": torch.bfloat16}
CHANNELS, SIDE, KERNEL = 256, 16, 3  # of the convolution measured
CPU_BATCH, GPU_BATCH = 128, 1024  # images in it
CPU_MATRIX, GPU_MATRIX = 2048, 8192  # sides of the matrices multiplied
COPIED_BYTES = 2**28
REPEATS, MINIMUM_SECONDS = 5, 0.2

Rates = dict[Precision, dict[str, list[float]]]  # by kind of work
KINDS = ("matrix product", "convolution", "by its input", "by its weights", "copy")


@cache
def convolution_ceiling(device: torch.device, precision: Precision) -> float:
    """FLOP/s of the forward pass of a large convolution, the most that a network can hope for."""
    return Trials(measure(device, precision, ("convolution",))["convolution"]).median


def measure(
    device: torch.device, precision: Precision, kinds: tuple[str, ...] = KINDS
) -> dict[str, list[float]]:
    """Repeated rates of each kind of work, taken in turn: FLOP/s, and bytes/s for 'copy'."""
    works = {
        kind: work for kind, work in _works(device, DTYPES[precision]).items() if kind in kinds
    }
    rates: dict[str, list[float]] = {kind: [] for kind in works}
    for repeat in range(REPEATS + 1):
        for kind, (amount, run) in works.items():
            rate = amount * _runs_per_second(run, device)
            if repeat:  # the first is for warming up
                rates[kind].append(rate)
    return rates


def main() -> None:
    """Publish the machine's rates, then each preset's FLOPs over them."""
    device = pick_device()
    rates: Rates = {precision: measure(device, precision) for precision in precisions(device)}
    publish(rates_report(rates))
    publish(floors_report(rates))


def precisions(device: torch.device) -> tuple[Precision, ...]:
    """fp32, and what 'auto' would take where that is another."""
    fastest = resolve_precision("auto", device)
    return ("fp32",) if fastest == "fp32" else ("fp32", fastest)


def rates_report(rates: Rates) -> Report:
    """One row for each kind of work and precision."""
    rows = [
        (kind, precision, "GB/s" if kind == "copy" else "GFLOP/s", *Trials(scaled).cells())
        for precision, kinds in rates.items()
        for kind, values in kinds.items()
        for scaled in [[value / 1e9 for value in values]]
    ]
    return Report(
        part="ceiling",
        title="What this machine computes at best",
        columns=("work", "precision", "unit", "median", "spread"),
        rows=tuple(rows),
        figures={precision: dict(kinds) for precision, kinds in rates.items()},
        notes=(
            f"A {KERNEL}x{KERNEL} convolution of {CHANNELS} to {CHANNELS} channels at "
            f"{SIDE}x{SIDE}, channels last; its gradients by its input and by its weights; a "
            "product of two square matrices; a copy counts what is read and what is written.",
        ),
    )


def floors_report(rates: Rates) -> Report:
    """One row for each preset: the time that its arithmetic alone would take."""
    ceilings = {p: Trials(kinds["convolution"]).median for p, kinds in rates.items()}
    return Report(
        part="ceiling-presets",
        title="The floor: each preset's arithmetic at the convolution ceiling",
        columns=("preset", "MFLOP an image", "PFLOP a run", *(f"minutes, {p}" for p in ceilings)),
        rows=tuple(
            (
                name,
                f"{summarise(recipe.model, 10).training_flops / 1e6:,.0f}",
                f"{flops / 1e15:.3f}",
                *(f"{flops / ceiling / 60:.1f}" for ceiling in ceilings.values()),
            )
            for name, recipe in presets().items()
            for flops in [run_flops(recipe)]
        ),
        figures={name: run_flops(recipe) for name, recipe in presets().items()},
        notes=("Forward once and backward twice that, over all epochs.",),
    )


def run_flops(recipe: Recipe) -> float:
    """Multiplications and additions of a whole run, without evaluating it."""
    images = image_count(recipe.data, "train") or 0
    seen = images * recipe.filtering * recipe.effort(recipe.epochs)
    return seen * summarise(recipe.model, 10).training_flops


def _works(
    device: torch.device, dtype: torch.dtype
) -> dict[str, tuple[float, Callable[[], object]]]:
    """Kind to its amount (FLOP or bytes) and the work itself."""
    on_cpu = device.type == "cpu"
    batch, side = (CPU_BATCH, CPU_MATRIX) if on_cpu else (GPU_BATCH, GPU_MATRIX)
    options = {"device": device, "dtype": dtype, "generator": torch.Generator(device)}
    matrix = torch.randn(side, side, **options)
    images = _channels_last(torch.randn(batch, CHANNELS, SIDE, SIDE, **options))
    weights = _channels_last(torch.randn(CHANNELS, CHANNELS, KERNEL, KERNEL, **options))
    gradient = _channels_last(torch.randn(images.shape, **options))
    source = torch.empty(COPIED_BYTES, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    convolution = 2.0 * batch * SIDE**2 * CHANNELS**2 * KERNEL**2

    def backward(by_input: bool) -> object:
        return torch.ops.aten.convolution_backward(
            gradient, images, weights, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1,
            [by_input, not by_input, False],
        )  # fmt: skip

    return {
        "matrix product": (2.0 * side**3, lambda: matrix @ matrix),
        "convolution": (
            convolution, lambda: torch.nn.functional.conv2d(images, weights, padding=1)
        ),
        "by its input": (convolution, lambda: backward(by_input=True)),
        "by its weights": (convolution, lambda: backward(by_input=False)),
        "copy": (2.0 * COPIED_BYTES, lambda: target.copy_(source)),
    }  # fmt: skip


def _channels_last(tensor: Tensor) -> Tensor:
    return tensor.contiguous(memory_format=torch.channels_last)


def _runs_per_second(run: Callable[[], object], device: torch.device) -> float:
    wait_for(device)
    started, runs = time.perf_counter(), 0
    while time.perf_counter() - started < MINIMUM_SECONDS:
        run()
        runs += 1
        if device.type != "cpu" and runs % 20 == 0:
            wait_for(device)  # or the queue grows far beyond the time measured
    wait_for(device)
    return runs / (time.perf_counter() - started)


def wait_for(device: torch.device) -> None:
    """Until the device has done all that was asked of it."""
    if device.type != "cpu":
        torch.accelerator.synchronize()

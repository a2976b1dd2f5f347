"""`python -m core bench`: measure this machine; every part prints medians, spreads and ratios."""

from typing import Annotated

import typer

from core.bench import data as data_bench
from core.bench import latency as latency_bench
from core.bench import live as live_bench
from core.bench import neighbour as neighbour_bench
from core.cli.terminal import checkpoint_path
from core.machine import pick_device
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore

bench = typer.Typer(help="Benchmarks; each compares within one run.", no_args_is_help=True)
Repeats = Annotated[int, typer.Option(min=2, help="Trials of each kind.")]
Seconds = Annotated[float, typer.Option(min=1, help="Seconds a trial.")]


@bench.command()
def data(repeats: Repeats = 5) -> None:
    """Cutting and augmenting batches, against DataLoader and against a training step."""
    data_bench.main(repeats)


@bench.command()
def neighbour(repeats: Repeats = 3, seconds: Seconds = 8.0) -> None:
    """Training alone and beside a program that keeps one core busy."""
    neighbour_bench.main(repeats, seconds)


@bench.command()
def live(
    repeats: Repeats = 5,
    seconds: Seconds = 10.0,
    pages: Annotated[list[int] | None, typer.Option(help="Open pages; repeatable.")] = None,
) -> None:
    """Training in the server with no page open and with Train pages open (needs Chromium)."""
    live_bench.main(repeats, seconds, tuple(pages or [1]))


@bench.command()
def latency(
    network: Annotated[str, typer.Argument(help="A run's id or name, or a .safetensors file.")],
    repeats: Repeats = 10,
) -> None:
    """Predicting and explaining: first and repeated use, one picture and 32."""
    path = checkpoint_path(RunStore(), network)
    latency_bench.main(load_checkpoint(path).network(pick_device()), repeats)

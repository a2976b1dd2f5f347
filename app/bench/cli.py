"""`python -m app.bench`: measure the app on this machine, in a real browser."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.terminal import run

bench = typer.Typer(
    help="Benchmarks of the app, which open its pages in Chromium.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@bench.command("live")
def live_part(
    repeats: Annotated[int, typer.Option(min=2, help="Trials of each kind.")] = 5,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds a trial.")] = 10.0,
    pages: Annotated[
        list[int] | None, typer.Option(help="Open pages; repeatable. Else 1 and 5.")
    ] = None,
    answers: Annotated[int, typer.Option(min=2, help="Times each page is opened.")] = 20,
    against: Annotated[
        Path | None, typer.Option(help="Another checkout of the project, measured in turn.")
    ] = None,
    watching: Annotated[
        bool, typer.Option("--watching", help="Only leave pages open, as any checkout's can be.")
    ] = False,
) -> None:
    """Training while the app is watched and worked in; pages while a run trains."""
    from app.bench import live
    from app.bench.situations import situations

    live.main(repeats, seconds, situations(pages or [1, 5], watching), answers, against)


@bench.command("open")
def open_part(
    repeats: Annotated[int, typer.Option(min=2, help="Times each page is opened.")] = 3,
    against: Annotated[
        Path | None, typer.Option(help="Another checkout of the project, measured in turn.")
    ] = None,
) -> None:
    """From the start of a server to its first page; each page opened for the first time."""
    from app.bench import opening

    opening.main(repeats, against)


@bench.command("growth")
def growth_part() -> None:
    """1,000 runs, 10,000 trials, a million rows of metrics (takes minutes)."""
    from app.bench import growth

    growth.main()


def main() -> None:
    run(bench)

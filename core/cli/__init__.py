"""`python -m core ...`: everything the pages do, without the pages."""

import sys

import typer

from core.cli.bench import bench
from core.cli.judge import evaluate, explain, predict
from core.cli.reproduce import compare, reproduce, ship_network
from core.cli.runs import runs
from core.cli.terminal import complain
from core.cli.train import train
from core.cli.work import work
from core.errors import ConvscopeError

app = typer.Typer(
    name="python -m core",
    help="Train, evaluate and explain small convolutional networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(train)
app.command()(evaluate)
app.command()(predict)
app.command()(explain)
app.command()(reproduce)
app.command()(compare)
app.command("ship")(ship_network)
app.command()(work)
app.add_typer(runs, name="runs")
app.add_typer(bench, name="bench")


def main() -> None:
    """Run a command; a problem the user can solve is one sentence and exit code 1."""
    try:
        app()
    except ConvscopeError as error:
        complain(str(error))
        sys.exit(1)

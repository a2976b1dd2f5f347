"""`python -m core ...`: everything the pages do, without the pages.

The module of a command imports no torch, which takes seconds, and nothing that does: its functions
import what they work with. So help and a word about a mistyped command come at once.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from core.cli.terminal import run

COMMANDS = {  # in the order of the help: where each is defined
    "train": "train:train",
    "evaluate": "evaluate:evaluate",
    "versus": "versus:versus",
    "robustness": "robustness:robustness",
    "predict": "predict:predict",
    "explain": "explain:explain",
    "familiarity": "familiarity:familiarity",
    "labels": "labels:labels",
    "study": "study:study",
    "reproduce": "reproduce:reproduce",
    "compare": "reproduce:compare",
    "ship": "reproduce:ship_network",
    "work": "work:work",
    "runs": "runs:runs",
    "bench": "bench:bench",
}


class _Commands(TyperGroup):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"core.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    name="python -m core",
    cls=_Commands,
    help="Train, evaluate and explain small convolutional networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _group() -> None:
    """Makes typer build a group, whose commands are then found by `_Commands`."""


def main() -> None:
    run(app)

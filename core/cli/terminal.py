"""What all commands share: where they print, and how other people's words come out there."""

import sys
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from core.errors import ConvscopeError
from core.wording import printable


class Terminal(Console):
    """Prints text as it stands: nothing in names, notes and messages is markup or steers it."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(printable(text), **options)


console = Terminal()
_errors = Terminal(stderr=True)


def complain(sentence: str) -> None:
    _errors.print(sentence, style="red", soft_wrap=True)


def confirm(question: str) -> None:
    """Ask, and end the command unless the answer is yes."""
    typer.confirm(printable(question), abort=True)


def run(commands: typer.Typer) -> None:
    """Run what was asked for; a problem the user can solve is one sentence and exit code 1."""
    try:
        commands()
    except ConvscopeError as error:
        complain(str(error))
        sys.exit(1)

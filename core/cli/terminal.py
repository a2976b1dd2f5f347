"""What all commands share: where they print, and how other people's words come out there."""

from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from core.wording import printable


class Terminal(Console):
    """Prints text as it stands: nothing in names, notes and messages is markup or steers it."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        """Whoever read has gone; rich would end the program on the spot, and a run with it."""
        raise BrokenPipeError

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(printable(text), **options)


console = Terminal()
_errors = Terminal(stderr=True)


def complain(sentence: str) -> None:
    _errors.print(sentence, style="red", soft_wrap=True)


def confirm(question: str) -> None:
    """Ask, and end the command unless the answer is yes."""
    typer.confirm(printable(question), abort=True)

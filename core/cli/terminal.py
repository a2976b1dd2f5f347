"""What all commands share: where they print, and how other people's words come out there."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
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


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[str, float], None]]:
    """A bar for as long as a block takes, where there is a terminal. Yields what moves it: called
    with what is under way, and with the share that is done, 0 to 1."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(doing, total=1.0)
        yield lambda what, share: progress.update(task, description=what, completed=share)


def run(commands: typer.Typer) -> None:
    """Run what was asked for; a problem the user can solve is one sentence and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # for terminals that know few letters
    try:
        commands()
    except ConvscopeError as error:
        complain(str(error))
        sys.exit(1)
    except OSError as error:
        if error.filename is not None:
            raise
        _let_go_of_output()
        if not isinstance(error, BrokenPipeError):
            complain(f"What there is to say cannot be written: {error.strerror}.")
        sys.exit(1)


def _let_go_of_output() -> None:
    """What is still to be written goes nowhere: at its end Python would try again, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

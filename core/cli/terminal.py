"""What all commands share: where they print."""

from rich.console import Console

console = Console()
_errors = Console(stderr=True)


def complain(sentence: str) -> None:
    _errors.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)

"""What a benchmark found: a table on the screen, Markdown and JSON on disk."""

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from rich.console import Console

from core.files import home, write_atomically
from core.machine import describe_machine, pick_device
from core.tables import Cell, table


@dataclass(frozen=True)
class Trials:
    """Repeated measurements of one thing.

    Compare two of them by `ratio`: absolute figures belong to the machine and its mood.
    """

    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def ratio(self, other: Self) -> float:
        """This median over the other's."""
        return self.median / other.median

    def cells(self, digits: int = 0) -> tuple[str, str]:
        """The median, and the spread as 'lowest - highest'."""
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.{digits}f}", f"{low:,.{digits}f} - {high:,.{digits}f}"


@dataclass(frozen=True)
class Report:
    """One part's table.

    part: what its files are called; begins with the command that makes it
    columns: headings with units; the first names the rows
    figures: whatever the table was made from, for programs to read
    notes: sentences that belong under the table
    """

    part: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figures: dict[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    machine: dict[str, str] = field(default_factory=lambda: describe_machine(pick_device()))
    date: str = field(default_factory=lambda: time.strftime("%Y-%m-%d"))

    def markdown(self) -> str:
        """The table with its machine and date, as it stands in the documentation."""
        ruler = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [self.columns, ruler, *self.rows]
        rows = "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)
        return "\n\n".join([f"**{self.title}**", rows, *self.notes, f"*{self.made_on()}*"]) + "\n"

    def json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    def made_on(self) -> str:
        machine = self.machine
        return (
            f"{machine['device']}, {machine['cores']} cores, {machine['memory']}, torch "
            f"{machine['torch']}, Python {machine['python']}, {self.date}."
        )


def publish(report: Report, folder: Path | None = None) -> None:
    """Print `report` and keep it as PART.md and PART.json in `folder` (else home's `bench`). What
    is printed lacks the spreads where there is no room for them.

    Raises ConvscopeError when the files cannot be written.
    """
    console = Console(markup=False, emoji=False, highlight=False)
    spreads = [heading for heading in report.columns if heading.startswith("spread")]
    console.print(report.title, style="bold")
    console.print()
    console.print(table(report.columns, report.rows, console.width, spare=spreads))
    console.print()
    for note in (*report.notes, report.made_on()):
        console.print(note)
    folder = folder or home() / "bench"
    write_atomically(folder / f"{report.part}.md", report.markdown().encode())
    write_atomically(folder / f"{report.part}.json", report.json().encode())
    console.print(f"Kept as {report.part}.md and {report.part}.json in {folder}.")


def _cell(value: object) -> str:
    """In a table of Markdown, where a bar would end it."""
    return str(value).replace("|", "\\|")

"""Training beside a program that keeps one core busy: at most a fair share may be lost."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from rich.console import Console
from rich.table import Table

SETTINGS: dict[str, dict[str, str]] = {
    "as shipped: threads follow the load, wait asleep": {},
    "fixed threads that wait asleep": {"OMP_NUM_THREADS": "", "OMP_WAIT_POLICY": "PASSIVE"},
    "fixed threads that spin": {"OMP_NUM_THREADS": "", "OMP_WAIT_POLICY": "ACTIVE"},
}


@dataclass(frozen=True)
class Row:
    """Images per second of repeated trials, alone and beside the neighbour."""

    setting: str
    quiet: list[float]
    busy: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.busy) / statistics.median(self.quiet)


def measure(repeats: int, seconds: float) -> list[Row]:
    """Try every setting, quiet and busy in alternation, `repeats` times for `seconds` each."""
    rows = [Row(setting, [], []) for setting in SETTINGS]
    for _ in range(repeats):
        for row in rows:
            row.quiet.append(_trial(SETTINGS[row.setting], seconds))
            with _busy_neighbour():
                row.busy.append(_trial(SETTINGS[row.setting], seconds))
    return rows


def main(repeats: int, seconds: float) -> None:
    cores = torch.get_num_threads()
    table = Table("setting", "alone", "spread", "beside", "spread", "ratio", title="images/s")
    for row in measure(repeats, seconds):
        table.add_row(row.setting, *_cells(row.quiet), *_cells(row.busy), f"{row.ratio:.2f}")
    console = Console()
    console.print(table)
    fair = cores / (cores + 1)
    console.print(f"{cores} threads and 1 neighbour: a fair share is about {fair:.2f}.")


def _cells(rates: list[float]) -> tuple[str, str]:
    return f"{statistics.median(rates):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}"


def _trial(setting: dict[str, str], seconds: float) -> float:
    threads = str(torch.get_num_threads())
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}
    chosen = {name: value or threads for name, value in setting.items()}
    command = [sys.executable, "-m", "core.bench.trainer", str(seconds)]
    done = subprocess.run(
        command, env=inherited | chosen, capture_output=True, text=True, check=True
    )
    return statistics.median(float(line) for line in done.stdout.split())


@contextmanager
def _busy_neighbour() -> Iterator[None]:
    neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        neighbour.kill()
        neighbour.wait()

"""Someone else's training program, run beside ours."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from core.bench.finish import Finish
from core.errors import ConvscopeError

# Of each, the first that the heading names counts.
ACCURACIES = ("tta_val_acc", "test_acc", "val_acc")
SECONDS = ("time_seconds", "total_time_seconds")


def run_external(program: Path) -> Finish:
    """Start `program` in its own folder and take the second result that it prints.

    The first may hold the time of compiling. It must print a table whose columns are divided by
    '|', with a heading that names 'time_seconds' or 'total_time_seconds', and 'tta_val_acc',
    'test_acc' or 'val_acc' (0 to 1). A row that has both is a result; after the second the program
    is ended. It must find the images that are raced on by itself. Raises ConvscopeError when no
    two results come.
    """
    if not program.is_file():
        raise ConvscopeError(f"There is no program at {program}.")
    command = [sys.executable, "-u", program.name]
    with subprocess.Popen(
        command,
        cwd=program.resolve().parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            _warm_up, finish = islice(_results(process.stdout), 2)
        except ValueError as error:
            raise ConvscopeError(
                f"{program.name} ended without printing two results: a table divided by '|' with "
                f"the columns {SECONDS[0]} and {ACCURACIES[0]}."
            ) from error
        finally:
            process.kill()
    return finish


def _results(lines: Iterable[str]) -> Iterator[Finish]:
    columns: list[str] = []
    accuracy = seconds = ""
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if any(name in cells for name in SECONDS):
            columns = cells
            accuracy = next((name for name in ACCURACIES if name in cells), "")
            seconds = next(name for name in SECONDS if name in cells)
            continue
        row = dict(zip(columns, cells, strict=False))
        if row.get(accuracy) and row.get(seconds):
            yield Finish(seconds=float(row[seconds]), accuracy=float(row[accuracy]))

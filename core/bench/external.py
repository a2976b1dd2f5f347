"""Someone else's training program, run beside ours."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from core.bench.finish import Finish
from core.errors import ConvscopeError

ACCURACIES = ("tta_val_acc", "test_acc", "val_acc")  # the first that the heading names counts
SECONDS = "time_seconds"


def run_external(program: Path) -> Finish:
    """Start `program` in its own folder and take the first result that it prints.

    It must print a table whose columns are divided by '|', with a heading that names
    'time_seconds' and 'tta_val_acc', 'test_acc' or 'val_acc' (0 to 1). The first row that has
    both, and is not marked 'warmup', is its result; then it is ended. It must find the images that
    are raced on by itself. Raises ConvscopeError when no result comes.
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
            return _first_result(process.stdout)
        except StopIteration:
            raise ConvscopeError(
                f"{program.name} ended without printing a result: a table divided by '|' with "
                f"the columns {SECONDS} and {ACCURACIES[0]}."
            ) from None
        finally:
            process.kill()


def _first_result(lines: Iterator[str]) -> Finish:
    """Raises StopIteration when the lines end without one."""
    columns: list[str] = []
    accuracy = ""
    while True:
        cells = [cell.strip() for cell in next(lines).strip().strip("|").split("|")]
        if SECONDS in cells:
            columns = cells
            accuracy = next((name for name in ACCURACIES if name in cells), "")
            continue
        row = dict(zip(columns, cells, strict=False))
        if row.get(accuracy) and row.get(SECONDS) and "warmup" not in cells:
            return Finish(seconds=float(row[SECONDS]), accuracy=float(row[accuracy]))

"""The checkouts of the project that a benchmark compares: this one, perhaps another."""

import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from core.errors import ConvscopeError
from core.files import PROJECT

HERE, THERE = "this checkout", "the other"


def checkouts_compared(against: Path | None) -> tuple[dict[str, Path], str]:
    """Where each is, by what it is called, and a sentence that names both, empty where there is
    one. Raises ConvscopeError when there is no app in `against`."""
    if against is None:
        return {HERE: PROJECT}, ""
    if not (against / "app" / "Home.py").exists():
        raise ConvscopeError(f"{against} is not a checkout of Convscope.")
    checkouts = {HERE: PROJECT, THERE: against.resolve()}
    return checkouts, _compared(checkouts)


def measured_by_checkout() -> dict[str, dict[str, list[float]]]:
    """What is measured, by what it is and by checkout; empty at first."""
    return defaultdict(lambda: defaultdict(list))


def _compared(checkouts: Mapping[str, Path]) -> str:
    here, there = map(_revision, checkouts.values())
    return (
        f"{HERE.capitalize()} is {here}, {THERE} {there}. Each trial was made with both in turn, "
        "each in a server of its own."
    )


def _revision(project: Path) -> str:
    """What git calls the checkout, else its folder's name."""
    command = ["git", "-C", str(project), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return project.name

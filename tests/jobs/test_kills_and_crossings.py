"""Killed at random moments, and two servers and two command lines at once: nothing is lost.

`python -m tests.kills` and `python -m tests.crossings` do more of it.
"""

from pathlib import Path

import pytest

from tests.crossings.crossing import cross
from tests.kills import RECIPE, Kills

pytestmark = pytest.mark.slow


def test_five_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    figures = Kills(tmp_path, RECIPE, seed=0).go(5)
    assert figures.problems == []
    assert figures.kills.total() >= 5


def test_nothing_crosses_between_two_servers_and_two_command_lines(tmp_path: Path) -> None:
    figures = cross(tmp_path, seconds=5.0, seed=0)
    assert figures.problems == []
    assert figures.runs > 1

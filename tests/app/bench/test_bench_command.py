"""`python -m app.bench`: what it can measure, and one sentence for what it cannot."""

import sys
from pathlib import Path

import pytest

from app.bench.cli import main


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of the command line, run in this process."""
    monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_its_parts_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, "--help") == 0
    told = capsys.readouterr().out
    assert "live" in told and "growth" in told


def test_a_folder_that_is_no_checkout_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, "live", "--against", tmp_path) == 1
    assert capsys.readouterr().err == f"{tmp_path} is not a checkout of Convscope.\n"

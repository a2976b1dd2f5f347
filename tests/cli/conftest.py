"""A command line within this process, and what commands are given."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from core.cli import main
from core.cli.terminal import console
from core.recipe import Recipe
from core.runs.store import RunStore


class Ended(NamedTuple):
    code: int
    output: str
    errors: str


Command = Callable[..., Ended]


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs a command line in this process, as `python -m core` would."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(console, "width", 120)

    def command(*arguments: object) -> Ended:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["core", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    yield command
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def recipe_file(tmp_path: Path, tiny_recipe: Recipe) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(tiny_recipe.to_toml())
    return path


@pytest.fixture
def trained(core: Command, recipe_file: Path, store: RunStore) -> str:
    """The id of a finished run."""
    assert core("train", recipe_file).code == 0
    run_id = store.newest()
    assert run_id
    return run_id


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "red.png"
    Image.new("RGB", (50, 40), (200, 20, 20)).save(path)
    return path


def refused(ended: Ended) -> str:
    """The sentence on standard error of a command that ended as one should that cannot be done."""
    assert ended.code == 1
    assert "Traceback" not in ended.errors + ended.output
    sentence, end = ended.errors[:-1], ended.errors[-1]
    assert end == "\n"
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence

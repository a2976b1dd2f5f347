"""Where nothing, or not everything, can be printed: nothing is lost by that."""

import os
import sys
import threading
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

import pytest

from core.recipe import Recipe
from core.runs.store import RunStore
from tests.processes import Forked, run_command

DEAF = Path("/dev/full")


def print_ascii(*arguments: str) -> None:
    assert isinstance(sys.stdout, TextIOWrapper)
    sys.stdout.reconfigure(encoding="ascii")
    run_command(*arguments)


def print_to_head(*arguments: str) -> None:
    """To a reader that has seen enough after a little, as `head` has."""
    reading, writing = os.pipe()

    def read() -> None:
        os.read(reading, 1)
        os.close(reading)

    threading.Thread(target=read).start()
    sys.stdout = os.fdopen(writing, "w")
    run_command(*arguments)


def print_to_a_full_disk(*arguments: str) -> None:
    sys.stdout = DEAF.open("w")
    run_command(*arguments)


def test_a_terminal_that_knows_few_letters(store: RunStore, tmp_path: Path) -> None:
    store.create(Recipe(name="Käfer"))
    process = Forked(store.folder, tmp_path / "said", print_ascii, "runs")
    assert process.wait(60) and process.code == 0, process.said
    assert "K?fer" in process.said


@pytest.mark.parametrize(
    "where",
    [
        print_to_head,
        pytest.param(
            print_to_a_full_disk,
            marks=pytest.mark.skipif(not DEAF.exists(), reason="no device stands for a full disk"),
        ),
    ],
)
def test_a_run_that_nothing_can_be_printed_of_is_saved(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path, where: Callable[..., None]
) -> None:
    path = tmp_path / "long.toml"
    path.write_text(tiny_recipe.model_copy(update={"epochs": 1000}).to_toml())
    process = Forked(store.folder, tmp_path / "said", where, "train", str(path))
    assert process.wait(120) and process.code == 1, process.said
    assert "Traceback" not in process.said
    (run,) = store.runs()
    assert run.status == "stopped" and run.resumable
    assert store.state_path(run.id).exists() == (run.done_steps > 0)

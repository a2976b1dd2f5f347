"""How a worker process ends."""

from pathlib import Path

import pytest

from core.jobs import worker
from core.recipe import Recipe
from core.runs.store import RunStore
from tests.processes import Forked, run_command


def serve_briefly() -> None:
    worker.IDLE_SECONDS = 0.1
    run_command("work", "--with-server")


def test_a_worker_without_work_ends_in_peace_though_its_server_lives(tmp_path: Path) -> None:
    process = Forked(tmp_path / "home", tmp_path / "said", serve_briefly)
    assert process.wait(60) and process.code == 0, process.said


def test_the_pictures_of_the_first_button_are_drawn_while_nobody_has_pressed_it_yet(
    home: Path, store: RunStore, tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Recipe.parse({"data": {"source": "shapes", "images": 100}})
    monkeypatch.setattr(worker, "presets", lambda: {worker.FIRST_PRESET: few})
    worker.get_ready(store)
    (drawn,) = (home / "cache").iterdir()
    drawn.unlink()
    store.create(tiny_recipe)
    worker.get_ready(store)
    assert not list((home / "cache").iterdir())

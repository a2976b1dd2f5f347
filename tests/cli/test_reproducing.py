"""Published systems and comparisons, from the command line."""

import re
from pathlib import Path

import pytest
from PIL import Image

from core.cli.reproduce import marks
from core.runs.store import RunStore
from tests.cli.conftest import Command, refused

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]


def test_reproduce_trains_what_is_missing_and_renews_the_table(
    core: Command, recipe_file: Path, store: RunStore, tmp_path: Path
) -> None:
    start, end = marks("results")
    readme, table = tmp_path / "README.md", tmp_path / "results.csv"
    readme.write_text("\n".join(("before", start, "outdated", end, "after\n")))
    command = ("reproduce", recipe_file, "--seeds", 2, "--into", readme, "--csv", table)
    assert core(*command).code == 0
    assert [run.recipe.seed for run in store.runs()] == [1, 0]
    text = readme.read_text()
    assert text.startswith("before") and text.endswith("after\n")
    assert "outdated" not in text and "| 2 |" in text
    assert table.read_text().count("\n") == 2
    assert core(*command).code == 0
    assert len(store.runs()) == 2  # nothing was trained again


def test_a_preset_without_a_run_stands_as_it_ships(core: Command) -> None:
    output = core("reproduce", "convnet-sgd", "--only-table").output
    assert re.search(r"^convnet-sgd +70\.00 +7\d\.", output, re.MULTILINE)


def test_presets_are_set_beside_each_other_on_ones_own_pictures(
    core: Command,
    recipe_file: Path,
    tmp_path: Path,
    store: RunStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(recipe_file.parent)
    for name in ("dark", "light"):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for number in range(20):
            colour = (number, 0, 0) if name == "dark" else (255 - number, 255, 255)
            Image.new("RGB", (32, 32), colour).save(tmp_path / "mine" / name / f"{number}.png")
    output = core("reproduce", recipe_file.name, "--data", tmp_path / "mine").output
    assert re.search(r"^tiny\.toml +- ", output, re.MULTILINE)  # nothing is published of these
    assert str(tmp_path / "mine") in output
    assert store.runs()[0].recipe.data.path == str(tmp_path / "mine")
    output = core("reproduce", "best", "--data", tmp_path / "mine", "--only-table").output
    assert "No run of these recipes is finished" in output  # what ships was not trained on these
    assert "nor a folder or archive that exists" in refused(core("reproduce", "--data", "nowhere"))


def test_a_file_without_a_place_for_the_table_is_left_alone(
    core: Command, recipe_file: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("my own words")
    sentence = refused(core("reproduce", recipe_file, "--only-table", "--into", page))
    assert "has no place for the table" in sentence
    assert page.read_text() == "my own words"


def test_an_unknown_comparison_is_refused(core: Command) -> None:
    assert "choose activations or regularisation" in refused(core("compare", "colours"))


def test_a_comparison_that_ships_is_read_without_training(
    core: Command, store: RunStore, tmp_path: Path
) -> None:
    start, end = marks("regularisation")
    page = tmp_path / "page.md"
    page.write_text(f"{start}\noutdated\n{end}\n")
    output = core("compare", "regularisation", "--only-table", "--into", page).output
    assert "batch norm: +1.1 points against none, 95 % interval" in output
    assert "outdated" not in page.read_text() and "| batch norm | 75.62" in page.read_text()
    assert store.runs() == []

"""The tables of commands in a terminal of 80 columns."""

import re
from pathlib import Path

import pytest

from core.cli.terminal import console
from core.recipe import Recipe
from core.reproduce.results import kept_results
from core.runs.store import RunStore
from tests.cli.conftest import Command
from tests.readable import assert_readable

TABLES = [
    ("evaluate", "best"),
    ("labels", "best"),
    ("reproduce", "--only-table"),
    ("compare", "regularisation", "--only-table"),
    ("robustness", "vgg-bn"),
]
pytestmark = pytest.mark.usefixtures("narrow")


@pytest.fixture
def narrow(core: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(console, "width", 80)


@pytest.mark.parametrize("width", [20, 40, 60])
def test_no_figure_is_broken_however_narrow_and_what_is_left_out_is_told(
    core: Command, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(console, "width", 1000)
    whole = {command: core(*command).output for command in TABLES}
    monkeypatch.setattr(console, "width", width)
    for command in TABLES:
        printed = core(*command).output
        words = [word.rstrip(".,") for word in printed.split()]
        figures = {word for word in words if word.lstrip("+-.").replace(".", "").isdigit()}
        assert figures <= set(re.findall(r"[^\s,]+(?<!\.)", whole[command])), command
        assert max(map(len, printed.splitlines())) <= width
    told = re.search(r"No\s+room\s+for[^.]*support", core("evaluate", "best").output)
    assert bool(told) == (width < 60)


def test_runs_are_listed_by_whole_words(
    core: Command, store: RunStore, tiny_recipe: Recipe
) -> None:
    name = "CIFAR-10 in 30 minutes, once more and wider"
    run_id = store.create(tiny_recipe.model_copy(update={"name": name, "epochs": 1000}))
    store.claim(run_id)
    store.update(run_id, accuracies='{"validation": 0.88, "test": 0.9}', seconds=36_000.0)
    store.set_status(run_id, "interrupted")
    listed = core("runs").output
    words = (run_id, *name.split(), "interrupted", "0/1000", "90.00%", "10:00:00")
    assert_readable(listed, *words)


def test_a_name_without_spaces_costs_no_column(core: Command, store: RunStore) -> None:
    store.create(Recipe(name="x" * 80))
    listed = core("runs").output
    assert_readable(listed, "queued", "training", "0/10")
    assert listed.count("x") == 80


def test_what_was_reproduced_is_told_by_whole_words(core: Command, tmp_path: Path) -> None:
    printed = core("reproduce", "--only-table", "--csv", tmp_path / "all.csv").output
    seeds = next(row.test for row in kept_results() if row.name == "convnet-sgd")
    told = f"{100 * seeds.mean:.2f} ± {100 * seeds.deviation:.2f}"
    words = ("two-conv-augmented", "published", told, "2:06:50", "seeds")
    assert_readable(printed, *" ".join(words).split())
    assert "parameters" in (tmp_path / "all.csv").read_text()


def test_an_evaluation_is_told_by_whole_words(core: Command) -> None:
    printed = core("evaluate", "best").output
    assert_readable(printed, "precision", "automobile", "airplane", "support", "predicted")

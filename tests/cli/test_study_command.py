"""`python -m core study`: asked, driven, read."""

import json
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from core.recipe import Recipe
from core.runs.store import RunStore
from tests.cli.conftest import Command, refused
from tests.processes import command
from tests.studies.studies import add_finished

RATE = "optimizer.learning_rate"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]


def asked(core: Command, recipe_file: Path, *options: str) -> str:
    """The id of a study that was asked for."""
    ended = core("study", "new", recipe_file, "--set", "epochs=1", *options)
    assert ended.code == 0, ended.errors
    found = re.match(r"Study (\w+):", ended.output)
    assert found
    return found[1]


def test_a_search_is_asked_for_driven_and_read(
    core: Command, recipe_file: Path, store: RunStore
) -> None:
    study_id = asked(core, recipe_file, "--vary", f"{RATE}=0.01,0.02,0.05", "--trials", "2")
    assert store.studies.get(study_id).status == "queued"
    ended = core("study", "run", study_id)
    assert ended.code == 0 and "finished." in ended.output
    assert re.search(r"0 finished learning rate 0\.0\d+ \d+\.\d+%", ended.output)
    assert store.studies.get(study_id).status == "finished"
    assert "drawn at random" in core("study", "show", study_id).output
    best = Recipe.from_toml(core("study", "best", study_id).output)
    assert best.optimizer.learning_rate in (0.01, 0.02, 0.05)
    assert "4 runs" in core("study", "confirm", study_id, "--seeds", "2").output
    listed = core("study").output
    assert listed.count("finished") == 1 and listed.count("queued") == 1


def test_the_same_question_can_be_asked_elsewhere(
    core: Command, recipe_file: Path, store: RunStore, tmp_path: Path
) -> None:
    study_id = asked(core, recipe_file, "--vary", RATE, "--name", "rates")
    path = tmp_path / "rates.json"
    path.write_text(core("study", "show", study_id, "--json").output)
    assert "says all that it asks" in refused(core("study", "new", path, "--name", "other"))
    assert core("study", "new", path).code == 0
    first, second = store.studies.all()
    assert first.definition == second.definition and first.name == "rates"


def test_an_ablation_has_the_base_and_each_change_alone(
    core: Command, recipe_file: Path, store: RunStore
) -> None:
    changes = ("--change", "model.batch_norm=false", "--change", f"{RATE}=0.1,0.2")
    study_id = asked(core, recipe_file, *changes, "--seeds", "3")
    settings = store.studies.get(study_id).definition["settings"]
    assert [*settings.values()] == [{}, {"model.batch_norm": False}, {RATE: 0.1}, {RATE: 0.2}]


def test_a_range_test_says_which_rate_suits(core: Command, recipe_file: Path) -> None:
    study_id = asked(core, recipe_file, "--range-test", "--set", "batch_size=8")
    told = " ".join(core("study", "run", study_id).output.split())
    assert "learning rate" in told.partition("training.")[2] or "never fell" in told


def test_what_was_shown_is_said_with_its_interval(
    core: Command, tiny_recipe: Recipe, store: RunStore
) -> None:
    settings = {"as it is": {}, "faster": {RATE: 0.05}}
    reached = {"as it is": [0.50, 0.52], "faster": [0.60, 0.63]}
    study_id = add_finished(store, tiny_recipe, settings, reached)
    told = " ".join(core("study", "show", study_id).output.split())
    assert "faster is 10.5 points better than as it is" in told


@pytest.mark.parametrize(("options", "sentence"), [
    (("--vary", "optimizer.rate"), "'optimizer.rate' is not a field"),
    (("--vary", "model.dropout=2..3"), "cannot be 2"),
    (("--vary", RATE, "--change", f"{RATE}=0.1"), "One question at a time"),
    (("--grid", "--range-test"), "One question at a time"),
    (("--change", "model.batch_norm"), "write it as field=value"),
    (("--grid", "--vary", RATE), "a grid needs lists of values"),
    (("--grid", "--vary", f"{RATE}=0.1,0.2"), "a grid varies two fields"),
    (("--vary", RATE, "--sampler", "magic"), "sampler"),
    (("--vary", RATE, "--goal", "test"), "goal"),
    (("--vary", RATE, "--minutes", "-1"), "minutes"),
    (("--change", "early_stopping.patience=9"), "patience must be smaller"),
])  # fmt: skip
def test_a_question_that_is_none_is_refused(
    core: Command, recipe_file: Path, store: RunStore, options: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(core("study", "new", recipe_file, *options))
    assert store.studies.all() == []


def test_files_that_are_no_study_and_studies_that_are_not_there(
    core: Command, tmp_path: Path, recipe_file: Path
) -> None:
    path = tmp_path / "study.json"
    for text in ("", "[", "[]", '{"name": "x"}', "[" * 100_000):
        path.write_text(text)
        assert "study" in refused(core("study", "new", path))
    assert "cannot be read" in refused(core("study", "new", tmp_path / "none.json"))
    for verb in ("run", "resume", "pause", "stop", "show", "best", "confirm", "delete"):
        assert "There is no study called 'none'" in refused(core("study", verb, "none"))
    study_id = asked(core, recipe_file, "--vary", RATE)
    assert core("study", "pause", study_id).code == 0
    assert "so nothing of it is going on" in refused(core("study", "pause", study_id))
    assert "there is no best one" in refused(core("study", "best", study_id))


def test_one_of_another_version_is_told(core: Command, store: RunStore) -> None:
    study_id = store.studies.create("old", {"name": "old", "kind": "oracle"})
    assert "This is no study" in refused(core("study", "show", study_id))
    assert "old" in core("study").output


def test_a_driver_killed_in_mid_trial_goes_on_and_loses_nothing(
    core: Command, recipe_file: Path, store: RunStore, home: Path, tmp_path: Path
) -> None:
    options = ("--vary", f"{RATE}=0.001..0.1:log", "--trials", "3", "--pruner", "none")
    study_id = asked(core, recipe_file, *options)
    driver = command(home, tmp_path / "first", "study", "run", study_id)
    limit = time.monotonic() + 60
    while not store.trials.counts(study_id).get("finished") and time.monotonic() < limit:
        assert not driver.wait(0.05), driver.said
    driver.kill()
    assert store.studies.get(study_id).status == "stopped"
    again = command(home, tmp_path / "second", "study", "run", study_id)
    assert again.wait(100) and again.code == 0, again.said
    trials = store.trials.of(study_id)
    assert [trial.status for trial in trials] == ["finished"] * 3
    assert len({trial.setting[RATE] for trial in trials}) == 3
    assert len(store.runs()) == 3


def test_the_definition_is_json(core: Command, recipe_file: Path) -> None:
    study_id = asked(core, recipe_file, "--vary", RATE)
    assert json.loads(core("study", "show", study_id, "--json").output)["kind"] == "search"


@pytest.mark.parametrize("damaged", ["[]", "no JSON", "null"])
def test_a_study_whose_row_is_damaged_stands_in_the_list(
    core: Command, recipe_file: Path, store: RunStore, damaged: str
) -> None:
    study_id = asked(core, recipe_file, "--seeds", "2")
    database = sqlite3.connect(store.folder / "runs.sqlite")
    with closing(database), database:
        database.execute("UPDATE studies SET definition = ? WHERE id = ?", (damaged, study_id))
    assert study_id in core("study").output
    assert "This is no study" in refused(core("study", "show", study_id))


def test_a_name_is_no_markup_while_its_study_is_driven(core: Command, recipe_file: Path) -> None:
    name = "a[/b] :rocket: [red]x"
    study_id = asked(core, recipe_file, "--seeds", "1", "--name", name)
    ended = core("study", "run", study_id)
    assert ended.code == 0 and f"{name} ({study_id}): finished." in " ".join(ended.output.split())

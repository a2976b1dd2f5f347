"""What comes in by the command line, however odd: one sentence, or what was asked for."""

import io
import sys
from pathlib import Path

import pytest

from core.recipe import Recipe
from core.runs.store import RunStore
from tests.cli.conftest import Command, refused

pytestmark = pytest.mark.usefixtures("home")
NO_UTF_8 = "\udcff"  # how Python reads the byte 0xff in an argument
LONG = "x" * 5000


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("seed=" + 5000 * "9", "seed must be a whole number"),
        ("seed=0x" + 5000 * "f", "seed must be at most 2147483647, but is a number of thousands"),
        ("model.channels=" + 2000 * "[", "is nested too deeply for a recipe."),
        (".".join(3000 * "a") + "=1", "a is not a field of a recipe."),
        ("data." + ".".join(3000 * "a") + "=1", "data.a is not a field of a recipe."),
        ("seed." + ".".join(3000 * "a") + "=1", "is not a field of a recipe."),
        ("name." + "a=1", "name.a is not a field of a recipe."),
        ("epochs={a=" + 99 * "[" + 99 * "]" + "}", "epochs must be a whole number"),
        ("=1", "'=1' is not a change; write it as field=value."),
        (5000 * "y", "is not a change; write it as field=value."),
        ("name=" + NO_UTF_8, "name must be text"),
        ("start.path=" + NO_UTF_8, "start.path must be text"),
    ],
)
def test_changes_of_any_size_and_depth(core: Command, change: str, sentence: str) -> None:
    assert sentence in refused(core("train", "--set", change))


def test_a_family_is_chosen_where_the_table_was_emptied(core: Command, store: RunStore) -> None:
    refused(core("train", "--set", "model={}", "--set", "model.family=vgg", "--set", "seed=x"))
    assert store.runs() == []


@pytest.mark.parametrize("minutes", ["inf", "1e308", "10001"])
def test_a_budget_without_end(core: Command, minutes: str) -> None:
    assert "minutes cannot be planned for; name a" in refused(core("train", "--minutes", minutes))


@pytest.mark.parametrize(
    "command",
    [
        ("runs", "show", NO_UTF_8),
        ("runs", "pause", NO_UTF_8),
        ("runs", "delete", NO_UTF_8),
        ("runs", "export", NO_UTF_8, "x.zip"),
        ("runs", "note", "tiny", NO_UTF_8),
        ("runs", "note", "tiny", "text", "--tag", NO_UTF_8),
        ("runs", "rename", "tiny", NO_UTF_8),
        ("train", "--resume", NO_UTF_8),
        ("train", NO_UTF_8),
        ("train", NO_UTF_8 + ".toml"),
        ("evaluate", NO_UTF_8),
        ("evaluate", NO_UTF_8 + ".safetensors"),
        ("predict", "best", NO_UTF_8),
        ("explain", "best", NO_UTF_8),
        ("reproduce", "--data", NO_UTF_8),
        ("compare", NO_UTF_8),
    ],
)
def test_names_that_are_not_utf_8(
    core: Command, store: RunStore, tiny_recipe: Recipe, command: tuple[str, ...]
) -> None:
    store.create(tiny_recipe)
    before = store.runs()
    refused(core(*command))
    assert store.runs() == before


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "{}.safetensors"),
        ("evaluate", "{}"),
        ("predict", "best", "{}.png"),
        ("explain", "best", "{}.png"),
        ("explain", "best", "red.png", "--to", "{}.png"),
        ("train", "{}.toml"),
        ("train", "{}"),
        ("reproduce", "--data", "{}"),
        ("runs", "export", "tiny", "{}.csv"),
    ],
)
def test_names_that_no_file_can_have(
    core: Command,
    store: RunStore,
    tiny_recipe: Recipe,
    picture: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    store.create(tiny_recipe)
    monkeypatch.chdir(picture.parent)
    assert len(refused(core(*(part.format(LONG) for part in command)))) < 1500


@pytest.mark.parametrize(
    "command",
    [
        ("labels", "best", "--csv"),
        ("labels", "best", "--picture"),
        ("reproduce", "best", "--only-table", "--csv"),
        ("reproduce", "best", "--only-table", "--into"),
        ("compare", "regularisation", "--only-table", "--into"),
        ("explain", "best", "red.png", "--to"),
        ("runs", "export", "tiny"),
    ],
)
def test_a_folder_that_is_not_there_is_told_before_any_work_and_not_made(
    core: Command,
    store: RunStore,
    tiny_recipe: Recipe,
    picture: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    store.create(tiny_recipe)
    monkeypatch.chdir(picture.parent)
    ended = core(*command, "mistyped/x.csv")
    assert refused(ended).startswith("There is no folder mistyped to write x.csv in;")
    assert ended.output == "" and not Path("mistyped").exists()
    ended = core(*command, picture.parent)
    assert "is a folder or a device; name a file" in refused(ended) and ended.output == ""
    assert LONG[:100] in refused(core(*command, f"{LONG}/x.csv"))
    for place in ("/dev/null", f"{LONG}.csv"):
        ended = core(*command, place)
        assert refused(ended) and ended.output == ""


def test_notes_and_tags_of_any_length(core: Command, store: RunStore, tiny_recipe: Recipe) -> None:
    store.create(tiny_recipe)
    assert "20,000 characters" in refused(core("runs", "note", "tiny", "x" * 20_001))
    assert "tags of up to 80" in refused(core("runs", "note", "tiny", "", "--tag", "x" * 81))


@pytest.mark.parametrize("name", ["[/x]", "[red]hot[/red]", ":smile:", "[link=x]y[/link]"])
def test_names_come_out_as_they_are(core: Command, store: RunStore, name: str) -> None:
    store.create(Recipe(name=name))
    assert name in core("runs").output
    assert name in core("runs", "show", name).output
    assert core("runs", "note", name, f"note on {name}").code == 0
    assert f"'{name}' has no checkpoint yet" in refused(core("evaluate", name))


def test_names_of_files_come_out_as_they_are(core: Command, picture: Path) -> None:
    odd = picture.with_name("photo[red].png")
    picture.rename(odd)
    assert core("predict", "best", odd).output.startswith("photo[red].png: ")
    odd = odd.rename(picture.with_name("dog.png: cat 99%\nphoto.png"))
    (line, *_) = core("predict", "best", odd).output.splitlines()
    assert line.startswith("dog.png: cat 99%?photo.png: ")
    target = picture.with_name("[") / "x].png"
    target.parent.mkdir()
    told = core("explain", "best", odd, "--to", target).output.replace("\n", "")
    assert told.endswith(f": {target}")
    assert target.exists()


def test_nothing_that_is_printed_steers_the_terminal(
    core: Command, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.create(Recipe(name="\x9b31mred \u202eback"))
    store.log(run_id, "opened \x1b]0;owned\x07 and \x9b2J read")
    listed, shown = core("runs").output, core("runs", "show", run_id).output
    assert "?31mred ?back" in listed
    assert "opened ?]0;owned? and ?2J read" in shown
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    asked = core("runs", "delete", run_id)
    assert "?31mred" in asked.output + asked.errors
    assert not any(mark in listed + shown + asked.output for mark in "\x1b\x9b\x07\u202e")


@pytest.mark.parametrize("name", ["meta", "privateuseone", "nonsense"])
def test_only_a_device_that_can_train_is_one(core: Command, name: str) -> None:
    assert f"There is no device '{name}' here" in refused(core("work", "--device", name))


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_a_file_without_end_is_refused(core: Command, command: str) -> None:
    assert "zero" in refused(core(command, "best", "/dev/zero"))


def test_what_ships_works_without_a_home(
    core: Command, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(picture / "inside a file"))
    target = tmp_path / "why.png"
    assert core("predict", "best", picture).output.startswith("red.png: ")
    assert core("explain", "best", picture, "--to", target).code == 0
    assert target.exists()
    assert "top-1" in core("evaluate", "best").output
    for command in (("predict", "mine", picture), ("runs",), ("train", "shapes-quick")):
        assert "cannot be made or used" in refused(core(*command))

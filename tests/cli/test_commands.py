"""`python -m core`: every command at work, and one sentence for everything it cannot do."""

import io
import signal
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.evaluation.logits import has_logits
from core.recipe import Recipe, presets
from core.robustness.report import stored_report
from core.runs.checkpoint import load_checkpoint
from core.runs.store import RunStore
from tests.cli.conftest import Command, refused
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


def test_train_tells_every_epoch_and_the_accuracies(
    core: Command, recipe_file: Path, store: RunStore
) -> None:
    ended = core("train", recipe_file, "--set", "epochs=2", "--set", "name=Two epochs")
    run = store.runs()[0]
    assert (ended.code, run.status, run.name, run.epochs_done) == (0, "finished", "Two epochs", 2)
    assert "epoch   1" in ended.output
    assert "epoch   2" in ended.output
    assert f"test {run.accuracies['test']:.2%}" in ended.output


def test_a_budget_in_minutes_becomes_a_recipe_and_is_trained(
    core: Command, store: RunStore
) -> None:
    quick = ("data.source=shapes", "data.images=200", "epochs=1", "model.channels=[4, 4, 4]")
    ended = core("train", "--minutes", "600", *(f"--set={change}" for change in quick))
    run = store.runs()[0]
    assert (ended.code, run.status, run.name) == (0, "finished", "CIFAR-10 in 600 minutes")
    assert "Expect about" in ended.output


@pytest.mark.parametrize(
    "asked",
    [
        ("basic", "--minutes", "3"),
        ("--resume", "any", "basic"),
        ("--resume", "any", "--set", "epochs=2"),
        ("--resume", "any", "--minutes", "3"),
    ],
)
def test_what_cannot_be_asked_for_together_is_refused(
    asked: tuple[str, ...], core: Command, store: RunStore
) -> None:
    assert "--minutes" in refused(core("train", *asked))
    assert store.runs() == []


@pytest.mark.parametrize("change", ["..=3", ".epochs=3", "model.=3"])
def test_a_change_of_nothing_is_none(change: str, core: Command) -> None:
    assert "is not a change" in refused(core("train", "--set", change))


def test_text_that_looks_like_a_number_stays_text(core: Command, store: RunStore) -> None:
    refused(core("train", "--set", "start.source=checkpoint", "--set", "start.path=86521055"))
    assert store.runs()[0].recipe.start.path == "86521055"


def test_another_family_comes_with_its_own_options(
    core: Command, recipe_file: Path, store: RunStore
) -> None:
    changes = ("model.family=vgg", "model.width=0.125", "epochs=1")
    assert core("train", recipe_file, *(f"--set={change}" for change in changes)).code == 0
    model = store.runs()[0].recipe.model
    assert model.family == "vgg"
    assert model.width == 0.125


def test_evaluate_gives_the_accuracy_that_the_run_ended_with(
    core: Command, trained: str, store: RunStore
) -> None:
    ended = core("evaluate", trained)
    assert ended.code == 0
    assert f"top-1 {store.get(trained).accuracies['test']:.2%}" in ended.output
    assert all(name in ended.output for name in ("circle", "hourglass"))
    validation = core("evaluate", "tiny", "--split", "validation")
    assert f"top-1 {store.get(trained).accuracies['validation']:.2%}" in validation.output


def test_evaluate_knows_test_time_augmentation_by_both_names(
    core: Command, trained: str, store: RunStore
) -> None:
    ended, older = core("evaluate", trained, "--tta"), core("evaluate", trained, "--several-views")
    assert ended.code == 0 and ended.output == older.output
    assert has_logits(store.best_path(trained), "test", tta=True)


def test_predict_lists_the_likeliest_classes(
    core: Command, trained: str, store: RunStore, picture: Path
) -> None:
    ended = core("predict", trained, picture, picture, "-k", "2")
    assert ended.code == 0
    lines = [line for line in ended.output.splitlines() if "%" in line]
    assert len(lines) == 2
    assert lines[0].startswith("red.png: ")
    assert lines[0].count("%") == 2
    said = lines[0].removeprefix("red.png: ").rpartition("it would say ")[2]
    named = {part.split()[0] for part in said.split(", ")}
    assert named <= set(load_checkpoint(store.best_path(trained)).card.classes)


def test_explain_writes_a_picture(
    core: Command, trained: str, picture: Path, tmp_path: Path
) -> None:
    target = tmp_path / "star.png"
    ended = core("explain", trained, picture, "--class", "star", "--to", target)
    assert ended.code == 0
    with Image.open(target) as drawn:
        assert drawn.width >= 300
        assert np.asarray(drawn).std() > 0


def test_explain_holds_a_class_against_another_by_a_layer_and_says_how_far_to_trust_it(
    core: Command, trained: str, picture: Path, tmp_path: Path
) -> None:
    command = ("explain", trained, picture, "--class", "star", "--to", tmp_path / "a.png")
    ended = core(*command, "--against", "circle", "--trust")
    assert "for 'star' rather than 'circle'" in ended.output
    assert "points against chance" in ended.output and "sensitivity" in ended.output
    assert "cannot be held against itself" in refused(core(*command, "--against", "star"))
    assert "'unicorn' is not a class" in refused(core(*command, "--against", "unicorn"))
    assert "layer" in refused(core(*command, "--layer", "nowhere"))
    assert "has no setting 'layer'" in refused(
        core(*command, "--method", "saliency", "--layer", "nowhere")
    )


def test_runs_are_listed_described_and_exported(
    core: Command, trained: str, tmp_path: Path
) -> None:
    assert core("runs", "rename", trained, "My first").code == 0
    listed = core("runs").output
    assert trained in listed
    assert "My first" in listed
    assert 'name = "My first"' in core("runs", "show", "My first").output
    assert core("runs", "export", trained, tmp_path / "all.zip").code == 0
    assert core("runs", "export", trained, tmp_path / "epochs.csv").code == 0
    names = zipfile.ZipFile(io.BytesIO((tmp_path / "all.zip").read_bytes())).namelist()
    assert {"recipe.toml", "best.safetensors"} <= set(names)
    assert len((tmp_path / "epochs.csv").read_text().splitlines()) == 1 + 3


def test_delete_asks_first(
    core: Command, trained: str, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert core("runs", "delete", trained).code == 1
    assert store.best_path(trained).exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert core("runs", "delete", trained).code == 0
    assert store.runs() == []
    assert not store.files(trained).exists()


def test_delete_leaves_what_a_page_still_offers_to_bring_back(
    core: Command, trained: str, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = store.create(Recipe(name="other"))
    store.delete(other)  # as on the page of runs, by another process
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert core("runs", "delete", trained).code == 0
    store.restore(other)
    assert [run.id for run in store.runs()] == [other]


def test_unknown_presets_and_recipe_mistakes(core: Command, store: RunStore) -> None:
    sentence = refused(core("train", "shapes-quik"))
    assert "'shapes-quik' is neither a preset nor a .toml file" in sentence
    assert all(name in sentence for name in presets())
    for change, expected in {
        "optimiser.momentum=1": "optimiser is not a field of a recipe. Did you mean 'optimizer'?",
        "optimizer.learning_rat=1": "Did you mean 'optimizer.learning_rate'?",
        "epochs.x=1": "epochs.x is not a field of a recipe.",
        "epochs": "'epochs' is not a change; write it as field=value.",
        "epochs=-3": "epochs must be at least 1, but is -3.",
        "model.family=vg": "model.family must be one of",
    }.items():
        assert expected in core("train", "--set", change).errors
    assert store.runs() == []


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "nothing", "%s", "[bold]", "' OR 1=1 --", "x" * 3000]
)
def test_unknown_runs(name: str, core: Command) -> None:
    for command in (
        ("evaluate", name),
        ("runs", "show", name),
        ("runs", "stop", name),
        ("train", "--resume", name),
    ):
        sentence = refused(core(*command))
        assert sentence.startswith(f"There is no run called '{name[:80]}'.")


def test_a_run_called_like_a_path_stays_a_name(
    core: Command, recipe_file: Path, store: RunStore, tmp_path: Path
) -> None:
    assert core("train", recipe_file, "--set", "name='../../x'", "--set", "epochs=1").code == 0
    run = store.runs()[0]
    assert run.name == "../../x"
    assert store.best_path(run.id).is_relative_to(store.folder)
    assert not (tmp_path.parent / "x").exists()
    assert core("evaluate", "../../x").code == 0


def test_pictures_that_are_none(core: Command, trained: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.png"
    text = tmp_path / "text.png"
    text.write_text("I am not a picture.")
    empty = tmp_path / "empty.png"
    empty.touch()
    for path in (missing, text, empty, tmp_path):
        for command in ("predict", "explain"):
            assert path.name in refused(core(command, trained, path))


def test_a_whole_scan_is_read_however_many_bytes_it_has(
    core: Command, trained: str, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.bmp"
    Image.new("RGB", (6000, 4000), "red").save(scan)
    assert scan.stat().st_size > 64 * 2**20
    assert core("predict", trained, scan).code == 0


def test_a_picture_that_is_none_keeps_no_other_from_its_answer(
    core: Command, trained: str, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.png").touch()
    ended = core("predict", trained, tmp_path / "empty.png", picture)
    assert ended.code == 1
    assert "red.png: " in ended.output and "empty.png" in ended.errors
    assert "One of 2 pictures had no answer." in ended.errors


def test_what_is_written_is_what_its_name_says(
    core: Command, trained: str, picture: Path, tmp_path: Path
) -> None:
    for name, kind in (("map.jpg", "JPEG"), ("map.PNG", "PNG"), ("map.webp", "WEBP")):
        assert core("explain", trained, picture, "--to", tmp_path / name).code == 0
        with Image.open(tmp_path / name) as drawn:
            assert drawn.format == kind
    commands = ("explain", trained, picture, "--to"), ("labels", trained, "--picture")
    for command in (*commands, ("runs", "export", trained)):
        assert "let its name end with" in refused(core(*command, tmp_path / "map.bmp"))
    assert not (tmp_path / "map.bmp").exists()


def test_checkpoints_that_are_none(
    core: Command, trained: str, store: RunStore, picture: Path, tmp_path: Path
) -> None:
    whole = store.best_path(trained).read_bytes()
    half = tmp_path / "half.safetensors"
    half.write_bytes(whole[: len(whole) // 2])
    assert "half.safetensors is not a whole safetensors file" in refused(core("evaluate", half))
    assert "half.safetensors" in refused(core("predict", half, picture))
    assert "There is no checkpoint at" in refused(core("evaluate", tmp_path / "no.safetensors"))


def test_questions_that_make_no_sense(core: Command, trained: str, picture: Path) -> None:
    assert "'tets' is not a split" in refused(core("evaluate", trained, "--split", "tets"))
    assert "grad_cam" in refused(core("explain", trained, picture, "--method", "magic"))
    assert "'cat' is not a class" in refused(core("explain", trained, picture, "--class", "cat"))
    assert refused(core("train", "--resume", trained)).endswith("there is nothing to resume.")
    assert "is finished" in refused(core("runs", "pause", trained))
    assert "name must not be empty." in refused(core("runs", "rename", trained, ""))


def test_a_run_without_a_checkpoint_says_so(
    core: Command, store: RunStore, tiny_recipe: Recipe
) -> None:
    store.create(tiny_recipe)
    assert refused(core("evaluate", "tiny")) == "'tiny' has no checkpoint yet; it is queued."


def test_a_run_that_fails_ends_with_its_sentence(core: Command, recipe_file: Path) -> None:
    ended = core("train", recipe_file, "--set", "data.source=folder", "--set", "data.path=/no/such")
    assert "/no/such" in refused(ended)


def test_a_damaged_state_is_said_on_resuming(
    core: Command, store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    store.request(run_id, "stop")
    store.files(run_id).mkdir(parents=True)
    store.state_path(run_id).write_bytes(b"half")
    assert "state.safetensors is damaged" in refused(core("train", "--resume", run_id))


def test_a_home_that_cannot_be_made_gets_a_sentence(
    core: Command, monkeypatch: pytest.MonkeyPatch, picture: Path
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(picture / "inside a file"))
    assert "cannot be made or used" in refused(core("runs"))


def test_a_finished_run_starts_another(core: Command, trained: str, recipe_file: Path) -> None:
    start = ("--set", "start.source=checkpoint", "--set", f"start.path={trained}")
    ended = core("train", recipe_file, *start, "--set", "start.frozen=1", "--set", "epochs=1")
    assert ended.code == 0
    assert "Finished after 1 epoch" in ended.output


def test_robustness_is_measured_once_and_told_as_tables(
    core: Command, trained: str, store: RunStore
) -> None:
    ended = core("robustness", trained, "--images", "1000")
    assert ended.code == 0 and "40 test images, which are all" in ended.output
    assert all(
        word in ended.output for word in ("Glass blur", "Mean of 15", "gradient descent", "shifted")
    )
    report = stored_report(store.best_path(trained))
    assert report is not None and f"as they are {report.clean / 40:.1%}" in ended.output
    assert core("robustness", "tiny").output == ended.output
    assert "nothing can be measured" in refused(core("robustness", trained, "--images", "0"))


def test_robustness_that_is_stopped_goes_on(core: Command, trained: str, store: RunStore) -> None:
    path, timer = store.best_path(trained), threading.Event()

    def interrupt() -> None:
        wait_until(lambda: stored_report(path, part=True) is not None)
        timer.set()
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=interrupt).start()
    assert "goes on from here" in refused(core("robustness", trained))
    assert timer.is_set() and stored_report(path) is None
    assert core("robustness", trained).code == 0 and stored_report(path, part=True) is None

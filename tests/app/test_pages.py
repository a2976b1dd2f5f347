"""Every page, from the entry script, with an empty store, a trained network and bad links."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from app import services
from app.routes import PageName
from core.evaluation.logits import stored_judged
from core.files import PROJECT
from core.jobs import execute
from core.jobs.compute import compute
from core.jobs.queue import job_queue
from core.machine import pick_device
from core.recipe import ConvNet, Recipe, presets
from core.reproduce.comparisons import comparisons
from core.runs.checkpoint import load_card
from core.runs.run import Request, Status
from core.runs.store import RunStore
from core.training import Control

FORM = presets()["shapes-quick"].to_url()  # what its widgets are called by
PAGES: list[PageName] = ["home", "train", "runs", "evaluate", "results", "predict"]


@pytest.fixture(autouse=True)
def fresh_services(home: Path) -> Iterator[None]:
    """Nothing cached from another test's store, and no worker left behind."""
    services.store.clear()
    yield
    job_queue(RunStore(home)).close()


@pytest.fixture
def trained(store: RunStore, tiny_recipe: Recipe) -> str:
    run = store.get(store.create(tiny_recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    return run.id


def opened(name: PageName, **query: str) -> AppTest:
    """The page after its first run; fails when it raised anything."""
    test = AppTest.from_file(str(PROJECT / "app" / "navigation.py"), default_timeout=60)
    test._page_hash = calc_hash(name)  # as switch_page knows no addresses before the first run
    for key, value in query.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception
    return test


def sentences(test: AppTest) -> str:
    return " ".join(str(error.value) for error in test.error)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_nothing_there(name: PageName) -> None:
    test = opened(name)
    assert test.title[0].value and not test.error


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_a_trained_network(name: PageName, trained: str) -> None:
    assert not opened(name, run=trained).error


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("name", ["train", "runs", "evaluate", "predict"])
def test_a_deleted_run_in_a_link_is_told_in_a_sentence(name: PageName) -> None:
    assert "There is no run 'gone'" in sentences(opened(name, run="gone"))


@pytest.mark.parametrize("name", ["train", "evaluate", "predict"])
def test_a_run_that_can_be_brought_back_is_said_to_be_deleted(
    name: PageName, trained: str, store: RunStore
) -> None:
    """And nothing of another network is shown in its place."""
    store.delete(trained)
    test = opened(name, run=trained)
    assert "'tiny' is deleted. Undo on the page Runs brings it back" in sentences(test)
    assert test.query_params["run"] == trained
    assert not test.metric or name == "train"


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("name", ["evaluate", "predict"])
def test_a_run_without_weights_is_not_swapped_for_another_network(
    name: PageName, store: RunStore, tiny_recipe: Recipe
) -> None:
    waiting = store.create(tiny_recipe)
    test = opened(name, run=waiting)
    assert "has no weights yet" in test.info[0].value
    assert test.query_params["run"] == waiting and not test.metric


def test_a_damaged_recipe_in_a_link_is_told_in_a_sentence() -> None:
    assert "recipe in this link is damaged" in sentences(opened("train", recipe="x!"))


def test_a_link_to_a_huge_network_is_told_its_cost_without_being_tried() -> None:
    huge = ConvNet(channels=(1024,) * 5, depth=4, dense=(1024,) * 3)
    test = opened("train", recipe=Recipe(model=huge).to_url())
    (expected,) = [metric for metric in test.metric if metric.label == "Expected time"]
    assert ":" in expected.value and "reckoned from its FLOPs" in expected.help


def test_a_class_that_is_not_there_is_told_in_a_sentence(trained: str) -> None:
    test = opened("evaluate", run=trained, true="unicorn", predicted="circle")
    assert "no class 'unicorn'" in sentences(test)


def test_the_form_makes_the_recipe_that_is_trained(store: RunStore) -> None:
    test = opened("train")
    test.text_input(key=f"{FORM}.name").set_value("mine")
    test.select_slider(key=f"{FORM}.epochs").set_value(2)
    test.number_input(key=f"{FORM}.data.split_seed").set_value(7)
    test.text_input(key=f"{FORM}.model.convnet.channels").set_value("8, 16")
    test.run()
    next(button for button in test.button if button.label == "Train").click().run()
    assert not test.exception
    recipe = store.runs()[0].recipe
    assert (recipe.name, recipe.epochs, recipe.data.split_seed) == ("mine", 2, 7)
    assert recipe.model.model_dump()["channels"] == (8, 16)
    assert recipe.optimizer.weight_decay == 5e-4
    store.request(store.runs()[0].id, "stop")


def test_a_shared_recipe_fills_the_form(tiny_recipe: Recipe) -> None:
    test = opened("train", recipe=tiny_recipe.to_url())
    assert "tiny" in [field.value for field in test.text_input]


def test_a_preset_in_a_link_fills_the_form() -> None:
    test = opened("train", preset="vgg-bn")
    assert test.selectbox(key="preset").value == "vgg-bn"
    assert test.text_input[0].value == presets()["vgg-bn"].name
    assert opened("train", preset="no such preset").selectbox(key="preset").value == "shapes-quick"


def test_the_minutes_there_are_make_a_recipe_that_says_what_to_expect() -> None:
    test = opened("train", preset="minutes-3")
    assert test.text_input[0].value == "CIFAR-10 in 3 minutes"
    assert "Fitted to this machine" in test.caption[0].value
    assert not test.error


def test_an_impossible_form_is_told_in_a_sentence() -> None:
    test = opened("train")
    test.text_input(key=f"{FORM}.model.convnet.channels").set_value("8, wide").run()
    assert "whole numbers with commas" in sentences(test) and not test.exception


def test_a_run_is_renamed_tagged_deleted_and_brought_back(trained: str, store: RunStore) -> None:
    test = opened("runs", run=trained)
    test.text_input[0].set_value("better name")
    test.text_input[1].set_value("one, two")
    next(button for button in test.button if button.label == "Save").click().run()
    assert (store.get(trained).name, store.get(trained).tags) == ("better name", ("one", "two"))
    next(button for button in test.button if button.label == "Delete").click().run()
    assert store.runs() == []
    next(button for button in test.button if button.label == "Undo").click().run()
    assert [run.id for run in store.runs()] == [trained]
    assert not test.exception


def ticked(test: AppTest) -> list[str]:
    """The names in the rows of the table of runs that are ticked."""
    table = test.dataframe[0]
    rows = test.session_state[str(table.key)]["selection"]["rows"]
    return [table.value["Name"][row] for row in rows]


def test_the_ticked_row_is_the_run_that_is_shown_whatever_comes_and_goes(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    test = opened("runs", run=trained)
    assert ticked(test) == ["tiny"]
    newer = store.create(tiny_recipe.model_copy(update={"name": "newer"}))
    test.run()
    assert ticked(test) == ["tiny"]
    store.delete(newer)
    test.run()
    assert ticked(test) == ["tiny"]
    next(button for button in test.button if button.label == "Delete").click().run()
    for undo in [button for button in test.button if button.label == "Undo"]:
        undo.click().run()
    assert ticked(test) == []  # as no run's details are shown


@pytest.mark.parametrize(
    ("asked", "status", "label"),
    [
        ("pause", "running", "Pausing …"),
        ("stop", "running", "Stopping …"),
        (None, "paused", "Going on …"),
    ],
)
def test_what_was_asked_of_a_run_is_seen_until_it_is_done(
    asked: Request | None,
    status: Status,
    label: str,
    store: RunStore,
    tiny_recipe: Recipe,
) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    store.set_status(run_id, status)
    store.request(run_id, asked)
    test = opened("train", run=run_id)
    (button,) = (button for button in test.button if button.label == label)
    assert button.disabled
    store.release(run_id)


def test_uploads_that_cannot_be_read_are_refused_one_by_one(trained: str) -> None:
    good = BytesIO()
    Image.new("RGB", (60, 40), "red").save(good, "PNG")
    test = opened("predict", run=trained)
    test.file_uploader[0].set_value(
        [
            ("text.png", b"just text", "image/png"),
            ("empty.png", b"", "image/png"),
            ("red.png", good.getvalue(), "image/png"),
        ]
    ).run()
    assert not test.exception
    assert "text.png" in sentences(test) and "empty.png" in sentences(test)
    assert any("% sure" in str(text.value) for text in test.markdown)


def test_changed_pictures_are_not_shown_as_what_the_network_was_trained_on(
    store: RunStore, own_recipe: Recipe, change_pictures: Callable[[], Callable[[], None]]
) -> None:
    refused = "own does not hold the pictures that this network was trained on"
    run = store.get(store.create(own_recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    classes = load_card(store.best_path(run.id)).classes
    judged = stored_judged(store.best_path(run.id), "test", lambda: pytest.fail("not stored"))
    cell = {
        "true": classes[int(judged.labels[0])],
        "predicted": classes[int(judged.logits[0].argmax())],
    }

    def looked_at() -> tuple[AppTest, AppTest, AppTest]:
        services.source_stamp.clear()  # or a change is seen some seconds later
        evaluate = opened("evaluate", run=run.id, **cell)
        predict = opened("predict", run=run.id)
        predict.button_group[0].set_value("Test images").run()
        assert not predict.exception
        return opened("home"), evaluate, predict

    home, evaluate, predict = looked_at()
    assert not home.error and not evaluate.error and not predict.error
    figures = [metric.value for metric in evaluate.metric]
    put_back = change_pictures()

    home, evaluate, predict = looked_at()
    assert refused in sentences(evaluate)
    assert [metric.value for metric in evaluate.metric] == figures
    assert refused in sentences(predict)
    assert any(refused in caption.value for caption in home.caption)

    evaluate.button_group[0].set_value("train").run()
    task = store.tasks.claim_next()
    assert task is not None
    compute(store.tasks, task, pick_device(), Control())
    assert refused in sentences(evaluate.run())
    assert not evaluate.metric

    put_back()
    assert not any(test.error for test in looked_at())


def test_a_comparison_is_launched_with_one_button(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # no download for this
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    test = opened("results")
    variants = comparisons()["activations"].variants
    next(button for button in test.button if button.label.startswith("Train 18 runs")).click()
    test.run()
    assert not test.exception
    assert len(store.runs()) == 3 * len(variants) == 18
    assert {run.recipe.seed for run in store.runs()} == {0, 1, 2}


SHARED = "only the teacher knows this"
LOOKING = re.compile(r"taken for")  # what buttons of those are about who may only look


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is shared with a class."""
    monkeypatch.setenv("CONVSCOPE_TOKEN", SHARED)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", PAGES)
def test_visitors_of_a_shared_server_look_and_change_nothing(
    name: PageName, trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    store.create(tiny_recipe)
    test = opened(name, run=trained)
    assert not test.error
    assert [button.label for button in test.button if not LOOKING.search(button.label)] == []
    assert not test.text_input and not test.text_area


@pytest.mark.usefixtures("shared")
def test_the_token_in_a_link_lets_its_session_steer_and_leaves_the_address(trained: str) -> None:
    test = opened("runs", run=trained, token=SHARED)
    assert {"Delete", "Save"} <= {button.label for button in test.button}
    assert "token" not in test.query_params
    assert "Delete" in {button.label for button in test.run().button}


@pytest.mark.usefixtures("shared")
def test_another_token_lets_nobody_steer(trained: str) -> None:
    test = opened("runs", run=trained, token="a guess of the token")
    assert "you may only look" in sentences(test)
    assert not test.run().button and "token" not in test.query_params


def test_a_token_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TOKEN", "short")
    assert "could be guessed" in sentences(opened("home"))

"""Every page, from the entry script, with an empty store, a trained network and bad links."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app import services
from app.routes import PageName
from core.evaluation.logits import stored_logits
from core.jobs import execute
from core.jobs.compute import compute
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.checkpoint import load_card
from core.runs.store import RunStore
from core.training import Control
from tests.pages.opening import PAGES, opened, sentences


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_nothing_there(name: PageName) -> None:
    test = opened(name)
    assert test.title[0].value and not test.error


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_a_trained_network(name: PageName, trained: str) -> None:
    assert not opened(name, run=trained).error


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("name", ["train", "runs", "evaluate", "predict", "image"])
def test_a_deleted_run_in_a_link_is_told_in_a_sentence(name: PageName) -> None:
    assert "There is no run 'gone'" in sentences(opened(name, run="gone"))


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ["evaluate", "predict", "image"])
def test_where_a_link_s_run_is_gone_another_network_can_be_chosen(name: PageName) -> None:
    test = opened(name, run="gone")
    test.selectbox[0].set_value("shapes-quick").run()
    assert not test.error and test.query_params["run"] == "shapes-quick"


@pytest.mark.parametrize("name", ["train", "evaluate", "predict", "image"])
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
@pytest.mark.parametrize("name", ["evaluate", "predict", "image"])
def test_a_run_without_weights_is_not_swapped_for_another_network(
    name: PageName, store: RunStore, tiny_recipe: Recipe
) -> None:
    waiting = store.create(tiny_recipe)
    test = opened(name, run=waiting)
    assert "has no weights yet" in test.info[0].value
    assert test.query_params["run"] == waiting and not test.metric


def test_changed_pictures_are_not_shown_as_what_the_network_was_trained_on(
    store: RunStore, own_recipe: Recipe, change_pictures: Callable[[], Callable[[], None]]
) -> None:
    refused = "own does not hold the pictures that this network was trained on"
    run = store.get(store.create(own_recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    classes = load_card(store.best_path(run.id)).classes
    evaluated = stored_logits(store.best_path(run.id), "test", lambda: pytest.fail("not stored"))
    cell = {
        "true": classes[int(evaluated.labels[0])],
        "predicted": classes[int(evaluated.logits[0].argmax())],
    }

    def looked_at() -> tuple[AppTest, AppTest, AppTest]:
        services.source_stamp.clear()  # or a change is seen some seconds later
        evaluate = opened("evaluate", run=run.id, **cell)
        return opened("home"), evaluate, opened("image", run=run.id)

    home, evaluate, image = looked_at()
    assert not home.error and not evaluate.error and not image.error
    figures = [metric.value for metric in evaluate.metric]
    put_back = change_pictures()

    home, evaluate, image = looked_at()
    assert refused in sentences(evaluate)
    assert [metric.value for metric in evaluate.metric] == figures
    assert refused in sentences(image)
    assert refused in sentences(home)

    evaluate.button_group[0].set_value("train").run()
    next(each for each in evaluate.button if "over the train images" in each.label).click().run()
    task = store.tasks.claim_next()
    assert task is not None
    compute(store.tasks, task, pick_device(), Control())
    assert refused in sentences(evaluate.run())
    assert not evaluate.metric

    put_back()
    assert not any(test.error for test in looked_at())

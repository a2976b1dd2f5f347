"""Who may only look, and who steers, on a server that is shared."""

import re

import pytest

from app.routes import PageName
from core.jobs.works import logits
from core.recipe import Recipe
from core.runs.store import RunStore
from tests.pages.opening import PAGES, opened, sentences

pytestmark = pytest.mark.slow

SHARED = "only the teacher knows this"
LOOKING = re.compile(
    r"taken for|the ensemble|All images|of this class"
)  # what buttons of those are about who may only look


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
    assert "you may only look" in test.warning[0].value
    assert test.title[0].value == "Runs"
    assert not test.run().button and "token" not in test.query_params


@pytest.mark.usefixtures("shared")
def test_visitors_have_nothing_long_computed(
    trained: str, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logits, "QUICK_FLOPS", 0)
    test = opened("evaluate", run=trained)
    test.segmented_control[0].set_value("train").run()
    assert "who steers can" in test.info[0].value
    assert not store.tasks.waiting()


def test_a_token_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TOKEN", "short")
    assert "could be guessed" in sentences(opened("home"))

"""Other people's words on the pages: never read as Markdown."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import services
from app.routes import PageName
from app.text import plain
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.checkpoint import load_card
from core.runs.store import RunStore
from core.training import Control
from tests.pages.opening import opened
from tests.waiting import wait_until

EVIL = "![i](https://evil.example/b.png) :red[x] :material/home: $y$ *z*"
EVIL_CLASS = EVIL.replace("/", "|")  # a folder's name


@pytest.fixture
def evil(store: RunStore, own_recipe: Recipe, own_pictures: Path) -> str:
    """A finished run in which every word that others choose is a picture in Markdown."""
    (own_pictures / "day").rename(own_pictures / EVIL_CLASS)
    recipe = own_recipe.model_copy(update={"name": EVIL, "about": EVIL, "epochs": 1})
    run = store.get(store.create(recipe, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    store.describe(run.id, notes=EVIL, tags=[EVIL])
    store.log(run.id, f"3 files left out. {EVIL}")
    store.update(run.id, message=EVIL, machine=json.dumps({EVIL: EVIL}))
    return run.id


def read_as_markdown(test: AppTest) -> list[str]:
    """All texts of the page that Streamlit reads as Markdown: bodies, labels, helps, tables."""
    texts: list[str] = []

    def walk(block: Any) -> None:
        for child in block.children.values():
            proto = getattr(child, "proto", None)
            for name in () if child.type == "html" else ("body", "label", "help", "text"):
                if isinstance(value := getattr(proto, name, None), str):
                    texts.append(value)
            if child.type == "table":
                texts.extend(map(str, [*child.value.index, *child.value.to_numpy().flatten()]))
            if hasattr(child, "children"):
                walk(child)

    walk(test.main)
    return texts


def assert_plain(test: AppTest) -> None:
    texts = [text for text in read_as_markdown(test) if "evil" in text]
    assert texts
    for text in texts:
        for word in (EVIL, EVIL_CLASS):
            text = text.replace(plain(word), "")
        assert "evil" not in text


@pytest.mark.parametrize("name", ["home", "train", "runs", "predict"])
def test_names_and_messages_are_no_markdown_on_any_page(name: PageName, evil: str) -> None:
    assert_plain(opened(name, run=evil))


def test_classes_are_no_markdown_where_they_are_evaluated(evil: str, store: RunStore) -> None:
    assert load_card(store.best_path(evil)).classes == (EVIL_CLASS, "night")
    assert_plain(opened("evaluate", run=evil, true=EVIL_CLASS, predicted=EVIL_CLASS))
    assert_plain(
        opened("compare", runs=f"{evil},{evil}+{evil}", true=EVIL_CLASS, predicted="night")
    )
    assert_plain(opened("image", run=evil))


def test_a_link_is_no_markdown(tiny_recipe: Recipe) -> None:
    recipe = tiny_recipe.model_copy(update={"about": EVIL})
    assert_plain(opened("train", recipe=recipe.to_url()))
    for name in ("train", "evaluate"):
        sentence = f"There is no run '{EVIL[:40]}'; it may have been deleted."
        assert opened(name, run=EVIL).error[0].value == plain(sentence)


def test_what_is_under_way_or_deleted_is_no_markdown(store: RunStore) -> None:
    waiting = store.create(Recipe(name=EVIL))
    assert_plain(opened("home"))
    assert_plain(opened("train", run=waiting))
    store.request(waiting, "stop")
    wait_until(lambda: not store.get(waiting).live)  # the queue may have begun it
    services.store().delete(waiting)
    assert_plain(opened("runs"))

"""Names and notes that would be pictures in Markdown make the browser ask nobody for them."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from core.data.cifar10 import NORMALISATION
from core.models import build_model
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint
from core.runs.store import RunStore
from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
EVIL = "![i](https://evil.example/b.png) :red[x] <img src=https://evil.example/c.png>"


def test_no_word_of_others_asks_a_foreign_address(app: App, browser: BrowserContext) -> None:
    run_id = run_with_a_network(RunStore(app.home))
    foreign: list[str] = []

    def stop_and_remember(route: Route) -> None:
        foreign.append(route.request.url)
        route.abort()

    def is_foreign(url: str) -> bool:
        return urlsplit(url).hostname not in (None, "127.0.0.1")

    browser.route(is_foreign, stop_and_remember)
    page = browser.new_page()
    recipe = Recipe(name=EVIL, about=EVIL).to_url()
    for address, shown in {
        "": "At work: ![i]",
        f"train?run={run_id}&recipe={recipe}": "![i]",
        f"runs?run={run_id}": "Failed on ![i]",
        f"runs?run={EVIL}": "There is no run '![i]",
        f"predict?run={run_id}": "The network knows ![i]",
    }.items():
        page.goto(f"{app.address}/{address}")
        expect(page.get_by_text(shown).first).to_be_visible()
        for folded in page.locator("summary").all():
            folded.click()
        assert "\\" not in page.locator("body").inner_text()  # an escape where none is read
        assert page.locator("img[src*=evil], a[href*=evil]").count() == 0
    assert foreign == []


def run_with_a_network(store: RunStore) -> str:
    """A failed run that left weights, with odd words in all its texts."""
    recipe = Recipe(name=EVIL, about=EVIL)
    run_id = store.create(recipe, claimed=True)
    card = Card(
        recipe=recipe,
        classes=(EVIL, *map(str, range(9))),
        mean=NORMALISATION.mean,
        std=NORMALISATION.std,
        epoch=1,
        accuracies={},
        data_name=EVIL,
        data_fingerprint="none",
    )
    save_checkpoint(
        store.best_path(run_id), Checkpoint(card, build_model(recipe.model, 10).state_dict())
    )
    store.describe(run_id, notes=EVIL, tags=[EVIL])
    store.update(run_id, machine=json.dumps({EVIL: EVIL}))
    store.set_status(run_id, "failed", f"Failed on {EVIL}.")
    store.release(run_id)
    return run_id

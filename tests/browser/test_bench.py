"""What `bench live` does in the app beside training, and what it reads from outside meanwhile."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext

from app.bench.server import wait_until
from app.bench.situations import EVALUATED, situations
from app.bench.under_test import TRAINED, App, images_per_second, under_test
from core.files import PROJECT
from core.recipe import Recipe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
IMAGES = 2000  # enough for a training that lasts, and for several test images of each class


@pytest.fixture
def app(browser: BrowserContext, tiny_recipe: Recipe) -> Iterator[App]:
    with under_test("here", PROJECT) as app:
        data = tiny_recipe.data.model_copy(update={"images": IMAGES})
        trained = tiny_recipe.model_copy(update={"epochs": 1, "data": data})
        training = trained.model_copy(update={"epochs": 1000})
        app.prepare(browser, trained, training, steps=100)
        yield app


def test_a_run_trains_beside_every_situation_and_rests_between(
    app: App, browser: BrowserContext
) -> None:
    beside = situations(pages=[2])
    pages = len(browser.pages)
    evaluated: set[int] = set()
    for name in (*beside, EVALUATED):
        resting = app.steps()
        with closing(beside[name](app, browser)) as actions:
            next(actions)
            assert app.steps() == resting, name
            with app.training(), app.counting() as marks:
                next(actions)
                next(actions)
                wait_until(lambda marks=marks: len(marks) > 1, "the counting of steps")
                memory = app.server.memory()
        assert images_per_second(marks, batch_size=32) > 0
        assert memory.server > 0 and memory.workers > 0
        assert len(browser.pages) == pages, name
        if name == EVALUATED:
            result = app.checkpoint(TRAINED).with_name("best.test-views-logits.safetensors")
            evaluated.add(result.stat().st_mtime_ns)
    assert len(evaluated) == 2, "the second time must be new work"

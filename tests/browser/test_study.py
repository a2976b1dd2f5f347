"""A study from the page's form to its best trial as a run of its own."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from core.recipe import Recipe
from core.runs.store import RunStore
from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
NAME = "Which rate"


@pytest.fixture
def base(app: App, tiny_recipe: Recipe) -> str:
    """A run of the least recipe on shapes, stopped in the queue: its recipe is what is varied."""
    store = RunStore(app.home)
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 1}))
    store.request(run_id, "stop")
    return run_id


def test_a_study_is_asked_for_watched_and_its_best_trained(
    app: App, browser: BrowserContext, base: str
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/studies?study=new&base={base}")
    name = page.get_by_role("textbox", name="Name of the study")
    name.fill(NAME)
    name.press("Enter")
    trials = page.get_by_role("spinbutton", name="Trials, at most")
    trials.fill("3")
    trials.press("Enter")
    expect(page.get_by_text(re.compile(f"{NAME}.*3 trials"))).to_be_visible()
    page.get_by_role("button", name="Start the study").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page).to_have_title(f"{NAME} · Studies · Convscope")
    expect(page.get_by_text(re.compile("[123] of 3 trials"))).to_be_visible()
    expect(page.get_by_text("3 of 3 trials")).to_be_visible()
    chart = page.get_by_role("img", name=re.compile("3 trials; the best reached"))
    expect(chart).to_be_visible()
    page.get_by_role("radio", name="Together").click()
    lines = page.get_by_role("img", name=re.compile("3 trials over"))
    expect(lines).to_be_visible()
    lines.press("ArrowRight")
    expect(page.get_by_role("status").filter(has_text="Trial")).to_be_visible()
    assert not page.locator(".js-plotly-plot").count()
    page.get_by_role("button", name="Train the best in full").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("The winner")
    page.get_by_role("button", name="Train it", exact=True).click()
    expect(page).to_have_title("The winner · Train · Convscope")
    page.go_back()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    store = RunStore(app.home)
    (study,) = store.studies.all()
    best = store.trials.best(study.id, highest=True)
    run = store.find("The winner")
    assert best is not None
    assert run.recipe.optimizer.learning_rate == best.setting["optimizer.learning_rate"]


def test_views_of_the_page_have_addresses_of_their_own(
    app: App, browser: BrowserContext, base: str
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/studies")
    page.get_by_role("button", name="New study").click()
    for kind in ("Seeds", "Ablation"):
        page.get_by_role("radio", name=kind).click()
        expect(page.get_by_role("radio", name=kind)).to_be_checked()
        expect(page.get_by_role("button", name="Start the study")).to_be_visible()
    expect(page).to_have_url(re.compile("study=new"))
    page.goto(f"{app.address}/studies?study=new&kind=seeds&base={base}")
    page.get_by_role("button", name="Start the study").click()
    expect(page.get_by_role("link", name="Its runs")).to_be_visible()
    asked = page.url
    page.get_by_role("button", name="All studies").click()
    listed = page.get_by_role("columnheader", name="Time left")
    expect(listed).to_be_visible()
    assert "study=" not in page.url
    page.go_back()
    expect(listed).to_have_count(0)
    assert page.url == asked
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)

"""Plotly is there before the first chart that needs it, in a real browser."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.mark.parametrize("view", ["Classes", "Labels"])
def test_plotly_is_loaded_once_and_before_it_is_asked_for(
    app: App, browser: BrowserContext, view: str
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(lambda response: "PlotlyChart" in response.url) as loaded:
        page.goto(f"{app.address}/evaluate?run=shapes-quick&view={view}")
    assert loaded.value.ok
    page.get_by_role("radio", name="Classes", exact=True).click()
    page.locator(".js-plotly-plot").first.wait_for()
    assert len([address for address in asked if "PlotlyChart" in address]) == 1

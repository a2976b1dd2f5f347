"""Plotly is there before the first chart that needs it, in a real browser."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_plotly_is_loaded_once_where_charts_need_it_and_nowhere_else(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app.address}/evaluate?run=shapes-quick&view=Classes")
    page.get_by_label("Precision and recall of").wait_for()
    assert not [address for address in asked if "PlotlyChart" in address]
    page.goto(f"{app.address}/results")
    page.locator(".js-plotly-plot").first.wait_for()
    assert len([address for address in asked if "PlotlyChart" in address]) == 1

"""Another site's page, open in the same browser, neither frames the app nor talks to it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PAGE = """
<p id="told">waiting</p>
<iframe src="{address}"></iframe>
<script>
  const socket = new WebSocket("{address}/_stcore/stream".replace("http", "ws"));
  socket.onopen = () => document.getElementById("told").textContent = "opened";
  socket.onclose = () => document.getElementById("told").textContent += ", closed";
</script>
"""


@pytest.fixture
def other_site(app: App) -> Iterator[str]:
    """The address of a page on another port, with a frame and a websocket to the app."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.format(address=app.address).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_page_of_another_port_is_kept_out(browser: BrowserContext, other_site: str) -> None:
    page = browser.new_page()
    page.goto(other_site)
    expect(page.locator("#told")).to_have_text("waiting, closed")
    refused = page.frames[1]
    refused.wait_for_load_state()
    assert refused.url == "chrome-error://chromewebdata/"

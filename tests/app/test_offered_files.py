"""Files that are made when somebody presses for them."""

import sys
from urllib.parse import unquote

import pytest
from starlette.requests import Request
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

from app.files import MOST_OFFERED, answer, shelf
from core.errors import ConvscopeError


def pressed(url: str) -> Response:
    address = unquote(url.removeprefix("files/"))
    return answer(Request({"type": "http", "path_params": {"address": address}}))


def draw() -> None:
    import streamlit as st

    from app.files import offer_file

    drawn = st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    offer_file("Save", "Größe 1/2.csv", lambda: f"{drawn}".encode(), key="a table, 1/2")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    # AppTest leaves the script as the main module, which processes that others start would run.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return AppTest.from_function(draw).run()


def url_in(page: AppTest) -> str:
    return page.get("link_button")[0].proto.url


def test_the_address_stays_and_what_is_there_is_of_the_page_as_it_is_now(page: AppTest):
    first = url_in(page)
    assert pressed(first).body == b"1"
    assert pressed(first).body == b"1"
    assert url_in(page.run()) == first
    answered = pressed(first)
    assert answered.body == b"2"
    assert "Gr%C3%B6%C3%9Fe%201%2F2.csv" in answered.headers["content-disposition"]


def test_everybody_has_addresses_of_their_own(page: AppTest):
    assert url_in(page) != url_in(AppTest.from_function(draw).run())
    assert pressed("files/a table, 1/2").status_code == 410


def test_what_cannot_be_made_is_told_in_a_sentence():
    def gone() -> bytes:
        raise ConvscopeError("That run is gone.")

    shelf.put("mine/gone", "gone.csv", gone)
    answered = pressed("files/mine/gone")
    assert (answered.status_code, answered.body) == (409, b"That run is gone.\n")


def test_the_oldest_are_forgotten_and_whoever_presses_then_is_told_what_to_do(page: AppTest):
    for number in range(MOST_OFFERED):
        shelf.put(f"others/{number}", "x.csv", bytes)
    answered = pressed(url_in(page))
    assert answered.status_code == 410
    assert b"Load the page anew" in answered.body
    assert pressed(url_in(page.run())).body == b"2"

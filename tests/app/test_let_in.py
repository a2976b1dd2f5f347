"""Whom the server lets in: its own pages, by this computer's own name."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit import config

from app.doors import Doors

OWN = "127.0.0.1:8501"


@pytest.fixture(params=["127.0.0.1", "localhost", "::1"])
def private(request: pytest.FixtureRequest) -> Iterator[None]:
    """The server listens to this computer only."""
    yield from listening(request.param)


@pytest.fixture
def shared() -> Iterator[None]:
    yield from listening("0.0.0.0")


def listening(address: str) -> Iterator[None]:
    before = config.get_option("server.address")
    config.set_option("server.address", address)
    yield
    config.set_option("server.address", before)


async def hello(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def answer(kind: str, **headers: str) -> Message:
    """The first thing that is said to a request with these headers."""
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    scope: dict[str, Any] = {
        "type": kind,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(Doors(hello)(scope, receive, send))
    return told[0]


def is_let_in(kind: str, **headers: str) -> bool:
    first = answer(kind, **headers)
    return first["type"] == "websocket.accept" or first.get("status") == 200


@pytest.mark.usefixtures("private")
def test_its_own_pages_are_let_in() -> None:
    for host in (OWN, "localhost:8501", "[::1]:8501", "LOCALHOST"):
        assert is_let_in("http", host=host)
        assert is_let_in("websocket", host=host)  # no browser: it names no origin
        assert is_let_in("websocket", host=host, origin=f"http://{host}")


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:9999", "http://localhost:8501", "https://evil.example", "null", "http://["],
)
def test_pages_of_other_sites_and_ports_open_no_websocket(origin: str) -> None:
    assert not is_let_in("websocket", host=OWN, origin=origin)


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "10.0.0.1", "", "[", "::"])
def test_a_foreign_name_that_leads_here_is_refused(host: str) -> None:
    assert not is_let_in("http", host=host)
    assert not is_let_in("websocket", host=host, origin=f"http://{host}")


@pytest.mark.usefixtures("shared")
def test_a_shared_server_has_other_names_and_still_only_its_own_pages() -> None:
    assert is_let_in("http", host="teacher.local:8501")
    assert is_let_in("websocket", host="teacher.local", origin="http://teacher.local")
    assert not is_let_in("websocket", host="teacher.local", origin="https://evil.example")


@pytest.mark.usefixtures("shared")
def test_origins_that_the_configuration_names_are_let_in() -> None:
    config.set_option("server.corsAllowedOrigins", ["https://school.example"])
    try:
        assert is_let_in("websocket", host="teacher.local", origin="https://school.example")
    finally:
        config.set_option("server.corsAllowedOrigins", [])


@pytest.mark.usefixtures("private")
def test_every_answer_says_that_nobody_may_frame_it() -> None:
    for host in (OWN, "evil.example"):
        headers = dict(answer("http", host=host)["headers"])
        assert headers[b"content-security-policy"] == b"frame-ancestors 'self'"
        assert headers[b"x-frame-options"] == b"SAMEORIGIN"

"""Files that are made when somebody presses for them.

Streamlit's own deferred download forgets whatever it made at the end of anybody's page run, and its
address changes with each: on a page that moves by itself a press may lead nowhere. Here the address
stays, and what is behind it is made as often as it is asked for.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Literal
from urllib.parse import quote
from uuid import uuid4

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import ConvscopeError

OFFERED = "offered files"  # in the session's state: where they are, for nobody can guess it
MOST_OFFERED = 1_000  # each holds what it is made of; the oldest are forgotten
FORGOTTEN = "This file is no longer offered. Load the page anew and press again.\n"

Content = Callable[[], bytes | str]


class Shelf:
    """What is offered now, by address; for threads of pages and of the server."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._contents: OrderedDict[str, tuple[str, Content]] = OrderedDict()
        self._lock = Lock()

    def put(self, address: str, name: str, content: Content) -> None:
        """Offer at this address the file `name`, and no longer what was offered there."""
        with self._lock:
            self._contents[address] = name, content
            self._contents.move_to_end(address)
            while len(self._contents) > self._most:
                self._contents.popitem(last=False)

    def get(self, address: str) -> tuple[str, Content] | None:
        with self._lock:
            return self._contents.get(address)


shelf = Shelf(MOST_OFFERED)


def offer_file(
    label: str,
    name: str,
    content: Content,
    *,
    key: str,
    kind: Literal["secondary", "tertiary"] = "secondary",
    about: str | None = None,
    width: Literal["content", "stretch"] = "content",
) -> None:
    """A button that makes the file `name` when it is pressed; `key` is the page's own word for it.

    `content` runs outside of the page, and may raise ConvscopeError.
    """
    mine = st.session_state.setdefault(OFFERED, uuid4().hex)
    address = quote(f"{mine}/{key}")
    shelf.put(address, name, content)
    st.link_button(
        label,
        f"files/{address}",
        key=f"file {key}",
        icon=":material/download:",
        type=kind,
        help=about,
        width=width,
    )


def answer(request: Request) -> Response:
    """The file behind an address, or a sentence on why there is none."""
    offered = shelf.get(quote(request.path_params["address"]))
    if offered is None:
        return PlainTextResponse(FORGOTTEN, 410)
    name, content = offered
    try:
        made = content()
    except ConvscopeError as error:
        return PlainTextResponse(f"{error}\n", 409)
    attached = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": attached, "Cache-Control": "no-store"}
    return Response(made, media_type="application/octet-stream", headers=headers)


route = Route("/files/{address:path}", answer)

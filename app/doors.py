"""Who may talk to the server, before Streamlit hears of it.

Any page that somebody has open may send requests to this computer's ports, and a page that frames
this one may have its visitors click what they don't see.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",  # the same for browsers that don't know the other one
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # links to other sites tell them nothing of a page's address
}


class Doors:
    """Refuses websockets that another site's or port's page opens, and, while the server listens
    to this computer only, whoever calls it by another name: a site whose name leads to 127.0.0.1
    would otherwise be the same origin. Lets nobody frame a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not is_welcome(Headers(scope=scope), is_websocket=scope["type"] == "websocket"):
            await _refuse(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def is_welcome(headers: Headers, is_websocket: bool) -> bool:
    """Whether a request comes from a page of this server, or from no page at all."""
    host, origin = headers.get("host", ""), headers.get("origin")
    try:
        name, of = urlsplit(f"//{host}").hostname or "", urlsplit(origin or "").netloc
    except ValueError:  # neither can be an address
        return False
    is_private = _is_of_this_computer(str(config.get_option("server.address")))
    if is_private and not _is_of_this_computer(name):
        return False
    allowed = config.get_option("server.corsAllowedOrigins")
    return not is_websocket or origin is None or of == host or origin in allowed


def _is_of_this_computer(name: str) -> bool:
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:  # another name
        return False


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    text = b"This server answers only to its own pages, by this computer's own name.\n"
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": text})

"""The dashboard's entry: `streamlit run app/Home.py`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # streamlit puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

from app.doors import Doors  # noqa: E402
from app.files import route  # noqa: E402


def get_ready() -> None:
    from app import services  # takes seconds, which the server need not wait for

    services.get_ready()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    starting = Thread(target=get_ready, daemon=True)
    starting.start()
    yield
    if not starting.is_alive():  # else nothing was begun yet, and importing would take seconds
        from core.jobs import close_queues

        close_queues()


app = st.App(
    ROOT / "app" / "navigation.py",
    routes=[route],
    middleware=[Middleware(Doors)],
    lifespan=lifespan,
)

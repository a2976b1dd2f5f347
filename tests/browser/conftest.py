"""A real server on a free port and a real Chromium."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from core.files import PROJECT
from tests.ports import free_port

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 45_000  # milliseconds; the first page imports torch
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one these tests fail in CI and are left out elsewhere."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        report = pytest.fail if os.environ.get("CI") else pytest.skip
        report("No Chromium found; install the package 'chromium' to run the browser tests.")
    return found


@pytest.fixture(scope="module")
def started_chromium(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def browser(started_chromium: Browser) -> Iterator[BrowserContext]:
    """As a newcomer's is, with nothing of the tests before."""
    context = started_chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context
    context.close()


@pytest.fixture
def phone(started_chromium: Browser) -> Iterator[BrowserContext]:
    context = started_chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context
    context.close()


@dataclass(frozen=True)
class App:
    """A running server: where it answers, its process, and the folder of its runs."""

    address: str
    process: "subprocess.Popen[bytes]"
    home: Path


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The app with an empty home, and whatever data there is."""
    with serving(PROJECT, tmp_path, dict(os.environ)) as started:
        yield started


@contextmanager
def serving(project: Path, folder: Path, environment: dict[str, str]) -> Iterator[App]:
    """The app, started as a user would from `folder`; then Ctrl-C."""
    port = free_port()
    environment = {k: v for k, v in environment.items() if k != "PYTHONPATH"}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", str(project / "app" / "Home.py")),
            *("--server.headless=true", f"--server.port={port}"),
        ],
        cwd=folder,
        env=environment | {"CONVSCOPE_HOME": str(folder / "home")},
        stdout=subprocess.DEVNULL,
        stderr=(log := (folder / "server.log").open("w")),
    )
    address = f"http://127.0.0.1:{port}"
    while not _healthy(address):
        assert server.poll() is None, (folder / "server.log").read_text()
    yield App(address, server, folder / "home")
    server.send_signal(signal.SIGINT)
    server.wait(timeout=30)
    log.close()
    assert "Traceback" not in (folder / "server.log").read_text()


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False

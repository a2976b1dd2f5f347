"""Importing the library needs no dashboard and leaves the process as it is; a process that trains
arranges itself."""

import os
import subprocess
import sys

import pytest

from core.files import PROJECT

pytestmark = pytest.mark.slow

SETTLED = """
import os, psutil, torch
def resident(): return psutil.Process().memory_info().rss
before = resident()
blocks = [torch.ones(2**20) for _ in range(50)]  # of 4 MB each
held = resident() - before
del blocks
print("OMP_WAIT_POLICY" in os.environ, (resident() - before) / held < 0.5)
"""
IMPORT_ALL = """
import importlib, sys
sys.modules['streamlit'] = sys.modules['app'] = None
for name in sys.argv[1:]: importlib.import_module(name)
"""
PREPARE = """
from core.process import prepare_for_training
prepare_for_training()
"""


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def notebook() -> "subprocess.CompletedProcess[str]":
    """A process that has imported all of core, where there is neither streamlit nor the app."""
    modules = [
        ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for path in sorted((PROJECT / "core").rglob("*.py"))
        if path.name != "__main__.py"
    ]
    assert len(modules) > 40
    return run(IMPORT_ALL + SETTLED, *modules)


def test_core_runs_without_streamlit_and_the_app(
    notebook: "subprocess.CompletedProcess[str]",
) -> None:
    assert notebook.returncode == 0, notebook.stderr


def test_a_notebook_that_imports_the_library_keeps_its_memory_and_threads(
    notebook: "subprocess.CompletedProcess[str]",
) -> None:
    assert notebook.stdout.split() == ["False", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is left alone")
def test_a_process_that_trains_keeps_freed_memory_for_the_next_step() -> None:
    assert run(PREPARE + SETTLED).stdout.split() == ["True", "False"]

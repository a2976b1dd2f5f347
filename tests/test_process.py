"""Importing the library leaves the process as it is; a process that trains arranges itself."""

import os
import subprocess
import sys

import pytest

from core.files import PROJECT

SETTLED = """
import os, sys
{before}
import core.training, core.jobs, core.explanation, core.prediction, core.reproduce.results
import psutil
def resident(): return psutil.Process().memory_info().rss
import torch
before = resident()
blocks = [torch.ones(2**20) for _ in range(50)]  # of 4 MB each
held = resident() - before
del blocks
print("OMP_WAIT_POLICY" in os.environ, (resident() - before) / held < 0.5)
"""


def told(script: str) -> list[str]:
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()[0].split()


def test_a_notebook_that_imports_the_library_keeps_its_memory_and_threads() -> None:
    assert told(SETTLED.format(before="")) == ["False", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is left alone")
def test_a_process_that_trains_keeps_freed_memory_for_the_next_step() -> None:
    prepare = "from core.process import prepare_for_training; prepare_for_training()"
    assert told(SETTLED.format(before=prepare)) == ["True", "False"]

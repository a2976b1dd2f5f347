"""Imports point one way: pages -> app -> core."""

import os
import subprocess
import sys

from core.files import PROJECT


def test_core_runs_without_streamlit_and_the_app() -> None:
    modules = [
        ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for path in sorted((PROJECT / "core").rglob("*.py"))
        if path.name != "__main__.py"
    ]
    assert len(modules) > 40
    script = (
        "import importlib, sys\n"
        "sys.modules['streamlit'] = sys.modules['app'] = None\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *modules],
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr

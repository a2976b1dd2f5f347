"""Test with the oldest versions that the requirements allow.

`python -m tests.lowest 3.12`, or with what pytest is to be told: `python -m tests.lowest 3.11
tests/cli`. uv fetches a Python that is not here. The environment, 6 GB, stays in `.lowest`.
"""

import os
import subprocess
import sys

from core.files import PROJECT

QUICK = ("-m", "not browser")
LENIENT = ("-W", "ignore::DeprecationWarning")  # what old libraries use of newer ones


def main(version: str, *asked: str) -> None:
    """Build the environment of this Python and test in it; exits as pytest does."""
    place = PROJECT / ".lowest" / version
    python = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    _call("uv", "venv", "--quiet", "--clear", "--python", version, place)
    declared = PROJECT / "requirements-dev.txt"
    lowest = ("--resolution", "lowest-direct", "--only-binary", ":all:")
    _call("uv", "pip", "install", "--quiet", "--python", python, *lowest, "-r", declared)
    _call(python, "-m", "pytest", *LENIENT, *(asked or QUICK))


def _call(*command: object) -> None:
    words = [str(word) for word in command]
    print("$", *words, flush=True)
    ended = subprocess.run(words, cwd=PROJECT, env=os.environ | {"VIRTUAL_ENV": ""})
    if ended.returncode:
        sys.exit(ended.returncode)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name a version of Python: python -m tests.lowest 3.12")
    main(*sys.argv[1:])

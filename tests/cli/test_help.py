"""Help, and a word about a mistyped command, come at once: torch, which takes seconds to import, is
not needed for them."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

import app.bench.cli
import core.cli

QUESTIONS_IN_ONE_PROCESS = """
import json, runpy, sys

HEAVY = ("numpy", "pandas", "PIL", "scipy", "streamlit", "torch")
package, questions = json.load(sys.stdin)
answered = []
for question in questions:
    sys.argv = [package, *question]
    try:
        runpy.run_module(package, run_name="__main__")
    except SystemExit as end:
        answered.append((end.code, [name for name in HEAVY if name in sys.modules]))
print("", json.dumps(answered), sep="\\n")
"""


def commands(group: TyperGroup, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command that there is, as it is called."""
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*before, name)
        if isinstance(command, TyperGroup):
            yield from commands(command, *before, name)


def assert_answered(package: str, questions: list[tuple[str, ...]], code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", QUESTIONS_IN_ONE_PROCESS],
        input=json.dumps((package, questions)),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(ended.stdout.splitlines()[-1])
    assert dict(zip(map(" ".join, questions), answers, strict=True)) == {
        " ".join(question): [code, []] for question in questions
    }


def test_help_imports_nothing_that_takes_long() -> None:
    group = get_command(core.cli.app)
    assert isinstance(group, TyperGroup)
    found = list(commands(group))
    assert ("train",) in found and ("bench", "race") in found and ("runs", "show") in found
    assert_answered("core", [("--help",), *((*command, "--help") for command in found)], code=0)


def test_neither_does_a_question_that_makes_no_sense() -> None:
    wrong = [("trian",), ("train", "--epochs"), ("runs", "list"), ("bench", "--seconds", "1")]
    assert_answered("core", wrong, code=2)
    refused = [("train", "shapes-quik"), ("train", "--set", "epochs=-1")]
    refused += [("evaluate", "best", "--split", "tets")]
    assert_answered("core", refused, code=1)


@pytest.mark.usefixtures("home")
def test_neither_does_what_needs_only_the_store() -> None:
    assert_answered("core", [("runs",)], code=0)
    assert_answered("core", [("runs", "show", "nothing"), ("runs", "stop", "nothing")], code=1)


def test_help_with_benchmarks_of_the_app_imports_nothing_that_takes_long() -> None:
    group = get_command(app.bench.cli.bench)
    assert isinstance(group, TyperGroup)
    questions = [("--help",), *((*command, "--help") for command in commands(group))]
    assert_answered("app.bench", questions, code=0)
    assert_answered("app.bench", [("live", "--second", "2")], code=2)

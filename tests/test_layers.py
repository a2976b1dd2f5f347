"""Imports point one way, pages -> app -> core, and from no page to another. The linter keeps core
apart; it has one list of what is banned, so what differs from folder to folder is seen here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files import PROJECT

ROOMS = sorted(page.parent.name for page in PROJECT.glob("pages/*/page.py"))


def imported(folder: Path) -> Iterator[str]:
    """What the files of a folder import, as 'file: package.module.name'."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Import(names):
                    yield from (f"{file.name}: {alias.name}." for alias in names)
                case ast.ImportFrom(module, names):
                    yield from (f"{file.name}: {module}.{alias.name}" for alias in names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_imports_no_other_page(room: str) -> None:
    found = list(imported(PROJECT / "pages" / room))
    assert found
    assert [name for name in found if ": pages." in name and f": pages.{room}." not in name] == []


def test_what_pages_share_imports_no_page() -> None:
    found = list(imported(PROJECT / "app"))
    assert found
    assert [name for name in found if ": pages." in name] == []


LAYERS = (
    {"cli"},
    {"bench", "reproduce"},
    {"studies"},
    {"cluster"},
    {"jobs"},
    {"training"},
    {"comparison"},
    {"evaluation", "explanation", "inside", "prediction", "robustness"},
    {"runs"},
    {"models"},
    {"data", "decoding"},
    {"recipe"},
)
"""The packages of core. Each imports of those below it and of the single modules beside them, not
of those above. Comparison stands beside training, and neither imports the other."""


@pytest.mark.parametrize(
    ("package", "above"),
    [
        (package, set().union(*LAYERS[:depth]))
        for depth, layer in enumerate(LAYERS)
        for package in sorted(layer)
    ],
)
def test_a_package_of_core_imports_none_above_it(package: str, above: set[str]) -> None:
    found = list(imported(PROJECT / "core" / package))
    assert found
    assert [name for name in found if name.partition(": core.")[2].split(".")[0] in above] == []


def test_training_knows_nothing_of_comparing() -> None:
    assert [
        name for name in imported(PROJECT / "core" / "training") if ".comparison." in name
    ] == []


def test_every_package_of_core_has_its_layer() -> None:
    packages = {path.parent.name for path in (PROJECT / "core").glob("*/__init__.py")}
    assert packages == set().union(*LAYERS)


def test_the_first_page_waits_for_no_import_that_takes_a_second() -> None:
    slow = ("torchvision", "scipy.stats", "captum", "optuna", "sympy", "torch._dynamo")
    code = f"import sys, app.services, core.jobs; print(*(set({slow}) & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == ""

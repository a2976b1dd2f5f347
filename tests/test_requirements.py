"""What is imported is declared, and what is declared is needed."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from core.files import PROJECT

OURS = {"app", "core", "pages", "tests"}
COMES_WITH = {"pydantic-core": "pydantic"}  # each release of the one needs one of the other
IMPORTED_BY_OTHERS = {"cmaes"}  # Optuna, for a sampler
CLUSTER = ("requirements-ray.txt", "requirements-slurm.txt")  # for those who have one
DATABASE = "requirements-postgres.txt"  # SQLAlchemy imports it by its name in an address
TOOLS = {
    *("pandas-stubs", "pyright", "ruff"),
    *("pytest-randomly", "pytest-timeout", "pytest-xdist", "uv"),
    "scikit-image",  # whose photos are read as files
}


def imported(files: Iterator[Path]) -> set[str]:
    """The distributions that files import from, by their normalised names."""
    modules: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Import(names):
                    modules.update(alias.name.split(".")[0] for alias in names)
                case ast.ImportFrom(str(module), level=0):
                    modules.add(module.split(".")[0])
    found = packages_distributions()
    foreign = modules - OURS - set(sys.stdlib_module_names)
    beside = {file.stem for file in PROJECT.rglob("tests/**/*.py")}  # which tests import by name
    names = {normal(found[module][0]) for module in foreign - beside}
    return {COMES_WITH.get(name, name) for name in names}


def declared(name: str) -> set[str]:
    lines = (PROJECT / name).read_text().splitlines()
    found = (re.match(r"[\w.-]+", line) for line in lines if not line.startswith(("-", "#")))
    return {normal(match[0]) for match in found if match}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_what_people_install_is_what_the_program_imports() -> None:
    files = (
        file for folder in ("app", "core", "pages") for file in PROJECT.glob(f"{folder}/**/*.py")
    )
    ours = (f for f in files if not f.is_relative_to(PROJECT / "app" / "bench"))
    everywhere, cluster = declared("requirements.txt"), set().union(*map(declared, CLUSTER))
    assert not everywhere & cluster
    assert imported(ours) | IMPORTED_BY_OTHERS == everywhere | cluster


def test_what_developers_install_is_what_tests_and_tools_need() -> None:
    files = (
        file for folder in ("app/bench", "tests") for file in PROJECT.glob(f"{folder}/**/*.py")
    )
    people = set().union(*map(declared, ("requirements.txt", *CLUSTER, DATABASE)))
    assert imported(files) - people | TOOLS == declared("requirements-dev.txt")


def test_everything_declared_is_pinned_for_ci() -> None:
    files = ("requirements.txt", "requirements-dev.txt", *CLUSTER, DATABASE)
    assert set().union(*map(declared, files)) <= declared("constraints.txt")

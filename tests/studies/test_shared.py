"""A shared database that is not as a study would have made it."""

import os
from pathlib import Path

import optuna
import pytest

from core.errors import ConvscopeError, StorageError
from core.recipe import Recipe
from core.studies.definition import Study
from core.studies.search import Shared

RATE = "optimizer.learning_rate"


def question(base: Recipe, storage: str) -> Study:
    space = {RATE: {"kind": "uniform", "low": 0.001, "high": 0.1}}
    asked = {"name": "rates", "kind": "search", "base": base, "space": space}
    return Study.parse(asked | {"storage": storage})


def test_trials_of_somebody_else_are_left_alone(tiny_recipe: Recipe, tmp_path: Path) -> None:
    study = question(tiny_recipe, f"sqlite:///{tmp_path / 'shared.db'}")
    others = optuna.create_study(
        study_name=study.identity, storage=study.storage, direction="maximize"
    )
    others.ask()
    others.enqueue_trial({})
    search = Shared(study, "ab", [])
    asked = [search.ask(), search.ask()]
    assert [each.number for each in asked if each] == [1, 2]
    assert [each.number for each in (Shared(study, "ab", []).ask(),) if each] == [1]


@pytest.mark.parametrize(("storage", "told"), [
    ("postgresql+psycopg://us:secret@host:port/studies", "'host:port/studies' is no database"),
    ("mysql+pymysql://host/studies", "not installed here .No module named 'pymysql'"),
])  # fmt: skip
def test_an_address_that_cannot_be_used_is_told(
    tiny_recipe: Recipe, storage: str, told: str
) -> None:
    with pytest.raises(ConvscopeError, match=told) as caught:
        Shared(question(tiny_recipe, storage), "ab", [])
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_not_waited_for(tiny_recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    path.write_bytes(os.urandom(8192))
    with pytest.raises(ConvscopeError, match="is no database that studies can be kept in") as told:
        Shared(question(tiny_recipe, f"sqlite:///{path}"), "ab", [])
    assert not isinstance(told.value, StorageError)


def test_drivers_that_start_when_all_is_tried_leave_nothing(
    tiny_recipe: Recipe, tmp_path: Path
) -> None:
    study = question(tiny_recipe, f"sqlite:///{tmp_path / 'shared.db'}")
    study = study.model_copy(update={"trials": 1})
    first = Shared(study, "ab", []).ask()
    assert first is not None and first.number == 0
    assert [Shared(study, driver, [0]).ask() for driver in ("ab", "cd")] == [None, None]
    assert len(optuna.load_study(study_name=study.identity, storage=study.storage).trials) == 1


def test_a_database_that_lost_its_trials_is_told(tiny_recipe: Recipe, tmp_path: Path) -> None:
    study = question(tiny_recipe, f"sqlite:///{tmp_path / 'shared.db'}")
    with pytest.raises(ConvscopeError, match="No trial with trial number 7"):
        Shared(study, "ab", [7]).is_hopeless(7, 1, 0.5)

"""What can be asked of a study, by files and by what a store holds."""

from contextlib import nullcontext
from typing import Any

import pytest

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.begin import create_study, drive_next, over_seeds
from core.studies.definition import Study, ablation
from core.studies.reading import trials_wanted
from core.training import Control
from tests.studies.inline import Inline

RATE = "optimizer.learning_rate"
WRONG = {
    "no field": (
        {"optimizer.nope": {"kind": "uniform", "low": 0.1, "high": 0.2}},
        "optimizer.nope",
    ),
    "no part": ({"epochs.x": {"kind": "choice", "values": [1]}}, "epochs.x"),
    "no list": ({"model.channels": {"kind": "choice", "values": ["big"]}}, "model.channels"),
    "no number": ({"epochs": {"kind": "choice", "values": ["many"]}}, "epochs cannot be many"),
    "too wide": ({RATE: {"kind": "uniform", "low": 0.1, "high": 1e100}}, f"{RATE} cannot be"),
    "fractions": ({"epochs": {"kind": "uniform", "low": 1, "high": 3}}, "epochs cannot be 1"),
    "switch": ({"model.batch_norm": {"kind": "uniform", "low": 0, "high": 1}}, "is no range"),
    "text": ({"model.activation": {"kind": "choice", "values": ["relu", "x"]}}, "cannot be x"),
}


def fields(base: Recipe, **others: Any) -> dict[str, Any]:
    return {"name": "asked", "kind": "search", "base": base.model_dump(mode="json")} | others


@pytest.mark.parametrize("what", WRONG)
def test_a_space_that_the_base_has_not_is_refused(tiny_recipe: Recipe, what: str) -> None:
    space, complaint = WRONG[what]
    with pytest.raises(ConvscopeError, match=complaint):
        Study.parse(fields(tiny_recipe, space=space))


def test_a_change_of_no_field_is_refused(tiny_recipe: Recipe) -> None:
    with pytest.raises(ConvscopeError, match=r"'model\.nope' is not a field"):
        ablation(tiny_recipe, {"changed": {"model.nope": 1}}, name="asked")


def test_a_stored_study_that_cannot_be_asked_fails_and_the_next_is_driven(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    wrong = [fields(tiny_recipe, space=space) for space, _ in WRONG.values()]
    broken = [store.studies.create("asked", each) for each in wrong]
    sound = create_study(store, Study.parse(fields(tiny_recipe, kind="seeds", minutes=1e-6)))
    control = Control()
    for study_id in broken:
        assert drive_next(store, control, lambda: nullcontext(Inline(store)))
        assert store.studies.get(study_id).status == "failed"
        assert store.studies.get(study_id).message
    claimed = store.studies.claim_next()
    assert claimed is not None and claimed.id == sound
    store.studies.release(sound)


def test_values_that_differ_late_are_settings_of_their_own(tiny_recipe: Recipe) -> None:
    space = {
        RATE: {"kind": "choice", "values": [0.1, 0.100001, 0.1]},
        "batch_size": {"kind": "choice", "values": [32, 32]},
    }
    study = Study.parse(fields(tiny_recipe, kind="grid", space=space))
    assert trials_wanted(study) == len(study.planned) == 2
    assert {recipe.optimizer.learning_rate for recipe in study.planned.values()} == {0.1, 0.100001}


def test_a_setting_that_contradicts_the_base_fails_alone(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    space = {
        "epochs": {"kind": "choice", "values": [1, 3]},
        "early_stopping.patience": {"kind": "choice", "values": [0, 2]},
    }
    study = Study.parse(fields(tiny_recipe, kind="grid", space=space))
    assert create_study(store, study)
    assert trials_wanted(study) == 4 and len(study.planned) == 3
    with pytest.raises(ConvscopeError, match="patience must be smaller"):
        study.recipe({}, "epochs 1, patience 2", 0)
    space["early_stopping.patience"] = {"kind": "choice", "values": [8, 9]}
    with pytest.raises(ConvscopeError, match="patience must be smaller"):
        create_study(store, Study.parse(fields(tiny_recipe, kind="grid", space=space)))


def test_a_trial_of_another_study_has_no_recipe(tiny_recipe: Recipe) -> None:
    study = ablation(tiny_recipe, {"faster": {RATE: 0.2}}, name="asked")
    with pytest.raises(ConvscopeError, match="'slower' is no setting of this study"):
        study.recipe({}, "slower", 0)


def test_too_many_seeds_are_told(tiny_recipe: Recipe) -> None:
    with pytest.raises(ConvscopeError, match="seeds"):
        over_seeds("many", {"a": tiny_recipe}, 2000)


@pytest.mark.parametrize(("given", "kept"), [(" a\nb\x1b[2J ", "a?b?[2J"), ("\t", "")])
def test_a_name_is_one_line_that_can_be_printed(tiny_recipe: Recipe, given: str, kept: str) -> None:
    asked = fields(tiny_recipe, kind="seeds") | {"name": given}
    if kept:
        assert Study.parse(asked).name == kept
        return
    with pytest.raises(ConvscopeError, match="name"):
        Study.parse(asked)

"""Studies, asked for by the form."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import ConvscopeError
from core.recipe import presets
from core.runs.store import RunStore
from core.studies.definition import BASE, Study
from core.studies.space import Between, Choice
from pages.studies import new
from tests.locked import locked
from tests.pages.opening import opened, sentences
from tests.pages.studies import made
from tests.pages.studies.pressing import captions, field, press

QUICK = presets()["shapes-quick"]

pytestmark = pytest.mark.usefixtures("others_at_work")


def asked(store: RunStore) -> Study:
    (stored,) = store.studies.all()
    assert stored.status == "queued"
    return Study.parse(stored.definition)


def started(test: AppTest) -> None:
    """As the link of what was started would be followed, which no page of a test can."""
    press(test, "Start the study")
    assert not test.exception and not test.error


def test_a_search_is_asked_for_by_the_form_and_says_what_it_takes(store: RunStore) -> None:
    test = opened("studies", study="new")
    assert "20 trials" in captions(test) and "minute" in captions(test)
    assert "the first five drawn at random" in captions(test)
    varied = ["optimizer.learning_rate", "optimizer.momentum"]
    field(test, "What is varied").set_value(varied).run()
    field(test, "Optimizer: learning rate").set_value("0.001..0.3:log").run()
    field(test, "Optimizer: momentum").set_value("0.8,0.9").run()
    field(test, "Trials").set_value(8).run()
    field(test, "Epochs of a trial").set_value(2).run()
    field(test, "Minutes").set_value(5.0).run()
    field(test, "Sampler").set_value("gp").run()
    started(test)
    study = asked(store)
    assert (study.kind, study.trials, study.minutes, study.sampler) == ("search", 8, 5.0, "gp")
    assert study.base == QUICK.model_copy(update={"epochs": 2})
    assert study.space == {
        "optimizer.learning_rate": Between(kind="uniform", low=0.001, high=0.3, log=True),
        "optimizer.momentum": Choice(values=(0.8, 0.9)),
    }


def test_the_range_of_a_field_is_around_the_recipe_s_value_until_another_is_written() -> None:
    test = opened("studies", study="new")
    field(test, "What is varied").set_value(["model.batch_norm", "batch_size"]).run()
    assert field(test, "Model: batch norm").value == "off,on"
    assert field(test, "Batch size").value == "32..512:log"
    assert not [button for button in test.button if button.disabled]


def test_seeds_of_a_stored_run_s_recipe(store: RunStore, trained: str) -> None:
    test = opened("studies", study="new", kind="Seeds", base=trained)
    assert "3 runs" in captions(test)
    started(test)
    study = asked(store)
    assert (study.kind, study.seeds) == ("seeds", 3)
    assert study.base == store.get(trained).recipe


def test_an_ablation_changes_one_thing_at_a_time(store: RunStore) -> None:
    test = opened("studies", study="new", kind="Ablation")
    field(test, "What is varied").set_value(["augmentation.flip", "optimizer.momentum"]).run()
    field(test, "Optimizer: momentum").set_value("0,0.5").run()
    started(test)
    assert asked(store).settings == {
        BASE: {},
        "flip off": {"augmentation.flip": False},
        "momentum 0": {"optimizer.momentum": 0.0},
        "momentum 0.5": {"optimizer.momentum": 0.5},
    }


def test_a_grid_takes_lists_of_two_fields(store: RunStore) -> None:
    test = opened("studies", study="new", kind="Grid")
    field(test, "Optimizer: learning rate").set_value("0.01..0.1").run()
    told = " ".join(str(each.value) for each in test.markdown)
    assert "needs a list of values" in told
    assert next(b for b in test.button if b.label == "Start the study").disabled
    field(test, "Optimizer: learning rate").set_value("0.01,0.03").run()
    field(test, "Batch size").set_value("16,32,64").run()
    assert "6 settings x 3 seeds = 18 runs" in captions(test)
    started(test)
    assert len(asked(store).planned) == 6


@pytest.mark.parametrize(
    ("label", "value", "complaint"),
    [
        ("Optimizer: learning rate", "fast", "is no value for Optimizer: learning rate"),
        ("Optimizer: learning rate", "0.3..0.1", "is no range of numbers"),
        ("Optimizer: learning rate", "", "needs values"),
        ("Name of the study", " ", "A study needs a name"),
        ("What is varied", [], "at least one field"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(
    store: RunStore, label: str, value: Any, complaint: str
) -> None:
    test = opened("studies", study="new")
    field(test, "Trials").set_value(7).run()
    field(test, label).set_value(value).run()
    told = " ".join(str(each.value) for each in test.markdown).replace("\\", "")
    assert complaint in told
    assert next(b for b in test.button if b.label == "Start the study").disabled
    assert field(test, "Trials").value == 7 and field(test, label).value == value
    assert store.studies.all() == []


def test_a_grid_that_contradicts_its_recipe_is_told(store: RunStore, trained: str) -> None:
    test = opened("studies", study="new", kind="Grid", base=trained)
    field(test, "What is varied").set_value(["early_stopping.patience", "batch_size"]).run()
    field(test, "Stopping: patience").set_value("50,60").run()
    field(test, "Batch size").set_value("16,32").run()
    told = " ".join(str(each.value) for each in test.markdown)
    assert "patience must be smaller than epochs" in told
    assert next(b for b in test.button if b.label == "Start the study").disabled
    assert store.studies.all() == []


def test_a_search_of_no_trials_cannot_be_asked_for() -> None:
    with pytest.raises(ConvscopeError, match="trials: Input should be greater than or equal to 1"):
        made.study_of(QUICK, trials=0)
    assert field(opened("studies", study="new"), "Trials").min == 1


def test_a_store_that_takes_nothing_is_told_and_the_form_keeps_what_it_holds(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = opened("studies", study="new", kind="Seeds")
    field(test, "Name of the study").set_value("mine").run()
    monkeypatch.setattr(new, "PRESS_SECONDS", 0.1)
    with locked(store):
        press(test, "Start the study")
        assert "Another program has kept" in sentences(test)
    assert store.studies.all() == [] and field(test, "Name of the study").value == "mine"


def test_epochs_that_contradict_the_base_are_told_at_their_place() -> None:
    test = opened("studies", study="new", base="speed-96")
    field(test, "Epochs of a trial").set_value(1).run()
    button = next(b for b in test.button if b.label == "Start the study")
    told = " ".join(str(each.value) for each in test.markdown)
    assert button.disabled == ("must" in told)


@pytest.mark.usefixtures("store")
def test_a_base_that_is_not_there_is_told_and_another_is_offered() -> None:
    test = opened("studies", study="new", base="gone")
    assert "no preset or run 'gone'" in test.warning[0].value
    assert field(test, "Base").value == "shapes-quick"

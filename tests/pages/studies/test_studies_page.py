"""Studies: listed, looked into, steered, deleted and brought back."""

import json
import sys

import numpy as np
import pytest

from core.errors import ConvscopeError
from core.recipe import Recipe, presets
from core.runs.events import Steps
from core.runs.store import RunStore
from core.studies.definition import Study
from core.studies.range_test import RANGE_TEST
from tests.pages.opening import opened, sentences
from tests.pages.studies import made
from tests.pages.studies.pressing import captions, field, press
from tests.pages.test_words_of_others import read_as_markdown

EVIL = "![i](https://evil.example/b.png) <b>x</b> *z*"
QUICK = presets()["shapes-quick"]

pytestmark = pytest.mark.usefixtures("others_at_work")


# The list


@pytest.mark.usefixtures("store")
def test_without_any_the_button_that_makes_one_is_there() -> None:
    test = opened("studies")
    assert "No study yet" in test.info[0].value and not test.error


def test_the_list_leads_to_each_and_tells_how_far_it_is(store: RunStore) -> None:
    found = made.search(store, QUICK)
    store.studies.create("<b>old</b>", {"kind": "of the future"})
    table = opened("studies").html[-1].proto.body  # type: ignore[attr-defined]
    html = " ".join(each.proto.body for each in opened("studies").html)  # type: ignore[attr-defined]
    assert f"studies?study={found}" in html and "12 of 12 trials" in html and table
    assert "of another version" in html and "&lt;b&gt;old" in html and "<b>old" not in html


# One


def test_a_trial_that_failed_says_why(store: RunStore) -> None:
    found = made.search(store, QUICK)
    test = opened("studies", study=found, view="Trials", trial="11")
    assert "The rate contradicts the schedule." in captions(test)
    assert test.dataframe[0].value["Why"].tolist()[-1] == "The rate contradicts the schedule."


def test_the_list_tells_what_was_measured_and_counts_runs_where_settings_are_known(
    store: RunStore,
) -> None:
    made.search(store, QUICK, goal="loss")
    made.planned(store, QUICK, "ablation")
    rates = store.studies.create("rate", made.ranges(QUICK).model_dump(mode="json"))
    store.trials.add(rates, 0, "range test", {})
    store.trials.end(rates, 0, "finished", 0.1)
    html = " ".join(each.proto.body for each in opened("studies").html)  # type: ignore[attr-defined]
    assert "Best in validation" in html and "loss 0." in html and "10.00 %" not in html
    assert "9 of 9 runs" in html and "0 of 1 run" in html


def test_what_a_stopped_study_left_is_told_as_broken_off(store: RunStore) -> None:
    found = store.studies.create("rates", made.study_of(QUICK).model_dump(mode="json"))
    store.trials.add(found, 0, "begun", {"optimizer.learning_rate": 0.01})
    store.studies.ask(found, "stop")
    told = opened("studies", study=found).get("progress")[0].proto.text
    assert told == "0 of 20 trials, 1 broken off"


def test_the_rate_that_suits_is_trained_and_stands_on_the_chart(store: RunStore) -> None:
    study = made.ranges(QUICK)
    found = store.studies.create("rate", study.model_dump(mode="json"))
    store.trials.add(found, 0, RANGE_TEST, {})
    run_id = store.trials.plan_run(found, 0, 0)
    store.create(study.recipe({}, RANGE_TEST, 0), run_id=run_id, claimed=True)
    rates = np.geomspace(1e-4, 1.0, 200)
    losses = 2.3 - 2.0 / (1 + np.exp(-4 * (np.log10(rates) + 2)))
    one = [1.0] * len(rates)
    store.metrics.add_steps(run_id, Steps(0, [*losses], one, [*rates], one, 1.0, 100.0))
    test = opened("studies", study=found)
    chart = json.loads(test.get("bidi_component")[-1].proto.json)
    assert chart["x"]["kind"] == "decades"
    own, steepest = chart["changes"]
    assert own["x"] == pytest.approx(np.log10(QUICK.optimizer.learning_rate))
    field(test, "Name").set_value("at the rate").run()
    press(test, "Train it")
    rate = store.find("at the rate").recipe.optimizer.learning_rate
    assert np.log10(rate) == pytest.approx(steepest["x"], abs=0.03)


def test_one_that_waits_for_another_says_for_which(store: RunStore) -> None:
    first, second = (
        store.studies.create(name, made.study_of(QUICK, name=name).model_dump(mode="json"))
        for name in ("first", "second")
    )
    store.studies.claim(first)
    assert "begins when 'first' is through" in captions(opened("studies", study=second))
    store.studies.ask(first, "pause")
    assert "then gives way to others" in captions(opened("studies", study=first))
    store.studies.release(first)


def test_the_best_is_confirmed_on_fresh_seeds(store: RunStore) -> None:
    test = press(opened("studies", study=made.search(store, QUICK)), "Ask that")
    assert not test.exception
    newest = store.studies.all()[0]
    assert newest.definition["kind"] == "settings" and newest.definition["first_seed"] == 1


def test_the_first_trials_are_told_as_drawn_and_fields_together_need_no_plotly(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made.search(store, QUICK)
    monkeypatch.setitem(sys.modules, "optuna", None)  # nor Optuna
    test = opened("studies", study=found, view="Together")
    assert not test.error and not test.get("plotly_chart")
    chart = next(each.proto for each in test.get("bidi_component") if "lines" in each.proto.id)
    drawn = json.loads(chart.json)
    assert drawn["axes"][0]["title"] == "Validation accuracy (%)"
    early, *kinds = drawn["kinds"]
    assert early["title"] == "ended early" and len(early["lines"]) == 1 and early["dash"]
    shades = [kind["shade"] for kind in kinds]
    assert shades == sorted(shades) and shades[-1] == 1
    values = [max(line["at"][0] for line in kind["lines"]) for kind in kinds]
    assert values == sorted(values) and sum(len(kind["lines"]) for kind in kinds) == 10
    assert "11 trials over" in drawn["alt"] and "The best:" in drawn["alt"]


@pytest.mark.parametrize("view", ["Progress", "Trials", "What matters", "Together", "nonsense"])
def test_every_view_of_a_search_opens(store: RunStore, view: str) -> None:
    found = made.search(store, QUICK)
    test = opened("studies", study=found, view=view, trial="3")
    assert not test.error and test.subheader[0].value == "rates"
    assert "by TPE, the first three trials at random" in captions(test)
    assert "How to read this" in captions(test)


def test_the_table_has_a_column_for_every_field_and_the_chosen_trial_leads_to_its_run(
    store: RunStore,
) -> None:
    found = made.search(store, QUICK)
    test = opened("studies", study=found, view="Trials", trial="3")
    table = test.dataframe[0].value
    assert {"Trial", "Learning rate", "Momentum", "Activation", "Value", "Status"} <= {*table}
    assert table["Status"].tolist()[-2:] == ["ended early", "failed"]
    assert any("Trial 3" in str(each.value) for each in test.markdown)
    assert "no trial 99" in opened("studies", study=found, trial="99").warning[0].value


@pytest.mark.parametrize("kind", ["grid", "ablation", "seeds"])
def test_every_view_of_what_was_planned_opens(store: RunStore, kind: str) -> None:
    found = made.planned(store, QUICK, kind)
    for view in ("", "Trials", "What matters"):
        assert not opened("studies", study=found, view=view).error


def test_a_grid_is_a_map_whose_cells_lead_to_runs(store: RunStore) -> None:
    found = made.planned(store, QUICK, "grid")
    html = " ".join(each.proto.body for each in opened("studies", study=found).html)  # type: ignore[attr-defined]
    assert html.count('class="cell') == 6 and html.count('class="cell best"') == 1
    best = store.trials.best(found, highest=True)
    assert best is not None and f"runs?run={best.runs[0]}" in html


def test_an_ablation_is_answered_in_words(store: RunStore) -> None:
    found = made.planned(store, QUICK, "ablation")
    told = " ".join(str(each.value) for each in opened("studies", study=found).markdown)
    assert "flip off: +10.0 points against as it is" in told.replace("\\", "")
    assert "a gain" in told


def test_seeds_tell_how_much_chance_decides(store: RunStore) -> None:
    found = made.planned(store, QUICK, "seeds")
    told = " ".join(str(each.value) for each in opened("studies", study=found).markdown)
    assert "50.45%" in told and "standard deviation" in told


@pytest.mark.usefixtures("store")
def test_a_study_that_is_not_there_is_told_in_a_sentence() -> None:
    assert "There is no study 'gone'" in sentences(opened("studies", study="gone"))


def test_one_of_another_version_is_told_and_can_be_deleted(store: RunStore) -> None:
    found = store.studies.create("old", {"kind": "of the future"})
    test = opened("studies", study=found)
    assert "another version" in sentences(test)
    press(test, "Delete")
    assert store.studies.all() == []


def test_names_are_no_markdown_and_no_html(store: RunStore, tiny_recipe: Recipe) -> None:
    base = tiny_recipe.model_copy(update={"name": EVIL})
    found = made.search(store, base, name=EVIL)
    for view in ("Progress", "Trials", "What matters", "Together"):
        for text in read_as_markdown(opened("studies", study=found, view=view, trial="2")):
            assert "](https://" not in text
    html = " ".join(each.proto.body for each in opened("studies").html)  # type: ignore[attr-defined]
    assert "<b>x</b>" not in html and "&lt;b&gt;x" in html


# Steering


def test_a_study_is_stopped_resumed_deleted_and_brought_back(store: RunStore) -> None:
    study = Study.parse({"name": "rates", "kind": "search", "base": QUICK, "space": made.SPACE})
    found = store.studies.create("rates", study.model_dump(mode="json"))
    test = press(opened("studies", study=found), "Stop")
    assert store.studies.get(found).status == "stopped"
    test = press(opened("studies", study=found), "Resume")
    assert store.studies.get(found).status == "queued"
    test = press(opened("studies", study=found), "Stop")
    test = press(opened("studies", study=found), "Delete")
    assert store.studies.all() == [] and "study" not in test.query_params
    press(test, "Undo")
    (back,) = store.studies.all()
    assert (back.id, back.status) == (found, "stopped")


def test_deleting_forgets_no_run_and_undoing_brings_all_trials_back(store: RunStore) -> None:
    found = made.search(store, QUICK)
    before, runs = store.trials.of(found), len(store.runs())
    test = press(opened("studies", study=found), "Delete")
    assert len(store.runs()) == runs
    press(test, "Undo")
    assert store.trials.of(found) == before and store.studies.get(found).status == "finished"


def test_a_running_one_is_paused_and_goes_on(store: RunStore) -> None:
    study = Study.parse({"name": "rates", "kind": "search", "base": QUICK, "space": made.SPACE})
    found = store.studies.create("rates", study.model_dump(mode="json"))
    store.studies.claim(found)
    test = opened("studies", study=found)
    press(test, "Pause")
    assert store.studies.requested(found) == "pause"
    press(opened("studies", study=found), "Resume")
    assert store.studies.requested(found) is None
    with pytest.raises(ConvscopeError):
        store.studies.delete(found)
    store.studies.release(found)


def test_a_finished_search_goes_on_with_more_trials(store: RunStore) -> None:
    found = made.search(store, QUICK)
    test = opened("studies", study=found)
    field(test, "Further trials").set_value(5).run()
    press(test, "Add them")
    stored = store.studies.get(found)
    assert stored.status == "queued" and Study.parse(stored.definition).trials == 17
    assert "the first three trials at random" in captions(opened("studies", study=found))


def test_the_best_setting_is_trained_in_full_under_a_name(store: RunStore) -> None:
    found = made.search(store, QUICK.model_copy(update={"epochs": 2}))
    test = opened("studies", study=found)
    field(test, "Name").set_value("the winner").run()
    assert field(test, "Epochs").value == QUICK.epochs
    press(test, "Train it")
    run = store.find("the winner")
    best = store.trials.best(found, highest=True)
    assert best is not None and run.status == "queued" and run.recipe.epochs == QUICK.epochs
    assert run.recipe.optimizer.learning_rate == best.setting["optimizer.learning_rate"]


def test_who_may_only_look_sees_the_views_and_changes_nothing(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made.search(store, QUICK)
    monkeypatch.setenv("CONVSCOPE_TOKEN", "only the teacher knows this")
    for query in ({"study": found, "trial": "1"}, {"study": "new"}, {}):
        test = opened("studies", **query)
        assert not test.error and not test.text_input
        assert {button.label for button in test.button} <= {"All studies"}

"""A study's driver over real trainings of a tiny recipe, step by step."""

import pytest
import torch

from core.jobs import execute
from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.begin import ask_again, over_seeds, search_of
from core.studies.definition import Study
from core.studies.driver import ATTEMPTS
from core.studies.space import applied
from core.training import Control, events
from tests.studies.driving import begun, driven, search
from tests.studies.inline import Inline

pytestmark = pytest.mark.slow


def test_a_search_tries_as_many_settings_as_it_may_and_no_two_alike(
    store: RunStore, short: Recipe
) -> None:
    trials = driven(store, search(short))
    assert [trial.status for trial in trials] == ["finished"] * 3
    rates = {trial.setting["optimizer.learning_rate"] for trial in trials}
    assert len(rates) == 3 and all(0.001 <= rate <= 0.1 for rate in rates)
    for trial in trials:
        run = store.get(trial.runs[0])
        assert run.recipe.optimizer.learning_rate == trial.setting["optimizer.learning_rate"]
        assert trial.value == store.metrics.epochs(run.id)["validation_accuracy"].max()
        assert run.name.startswith("rates: learning rate")


def test_a_trial_of_several_seeds_is_worth_their_mean(store: RunStore, short: Recipe) -> None:
    (trial,) = driven(store, search(short, trials=1, seeds=2, first_seed=7, goal="loss"))
    losses = [store.metrics.epochs(run)["validation_loss"].min() for run in trial.runs.values()]
    assert [*trial.runs] == [7, 8] and losses[0] != losses[1]
    assert trial.value == pytest.approx(sum(losses) / 2)


@pytest.mark.parametrize("sampler", ["tpe", "cmaes", "gp", "random"])
def test_a_driver_that_was_killed_goes_on_with_other_settings(
    store: RunStore, short: Recipe, sampler: str
) -> None:
    study = search(short, trials=4, sampler=sampler)
    _, driver = begun(store, study)
    driver.step()
    driver.step()  # one is through, another begun and not trained yet
    trials = driven(store, study)
    assert [trial.status for trial in trials] == ["finished"] * 4
    assert len({trial.setting["optimizer.learning_rate"] for trial in trials}) == 4
    assert len(store.runs()) == 4


def test_a_trial_that_a_killed_driver_had_only_asked_for_is_not_lost(
    store: RunStore, short: Recipe
) -> None:
    study = search(short, trials=2)
    study_id, _ = begun(store, study)
    asked = search_of(store, study_id, study).ask()
    trials = driven(store, study)
    assert asked is not None and trials[0].setting == asked.setting
    assert [trial.number for trial in trials] == [0, 1]


def test_a_run_that_a_killed_driver_had_only_planned_is_created(
    store: RunStore, short: Recipe
) -> None:
    study = search(short, trials=1)
    study_id, _ = begun(store, study)
    asked = search_of(store, study_id, study).ask()
    assert asked is not None
    store.trials.add(study_id, *asked)
    planned = store.trials.plan_run(study_id, 0, 0)
    (trial,) = driven(store, study)
    assert trial.runs == {0: planned} and store.get(planned).status == "finished"


def test_a_setting_that_contradicts_the_recipe_is_told_and_the_others_go_on(
    store: RunStore, short: Recipe
) -> None:
    space = {"early_stopping.patience": {"kind": "choice", "values": [0, 1]}}
    trials = driven(store, search(short, space=space, sampler="random", trials=8))
    by_patience = {trial.setting["early_stopping.patience"]: trial for trial in trials}
    assert by_patience[0].status == "finished"
    assert by_patience[1].status == "failed"
    assert "patience must be smaller than epochs" in by_patience[1].message


def test_no_trial_begins_when_the_minutes_are_spent(store: RunStore, short: Recipe) -> None:
    trials = driven(store, search(short, trials=50, minutes=1e-6))
    assert len(trials) == 1 and trials[0].status == "finished"


def test_a_hopeless_trial_is_ended_early(store: RunStore, tiny_recipe: Recipe) -> None:
    """The pruner hears of each epoch; a run that hangs at its first one shows that."""
    study = search(tiny_recipe, trials=20, pruner="median", sampler="random")
    study_id, driver = begun(store, study)
    while not driver.step() and len(store.trials.of(study_id, "finished")) < 4:
        pass
    slow = store.trials.of(study_id, "running")[0]
    run = store.claim(slow.runs[0])
    store.set_status(run.id, "running")
    store.update(run.id, steps_per_epoch=1, done_steps=1, total_steps=3)
    bad = {"train_loss": 9.0, "train_accuracy": 0.0, "validation_loss": 9.0}
    add_epoch(store, run.id, **bad, validation_accuracy=0.0)
    place = Inline(store, at_once=0)
    _, watching = begun(store, study, place)
    watching.step()
    assert place.cancelled == [run.id]
    assert store.trials.of(study_id, "pruned")[0].number == slow.number


def test_seeds_of_one_recipe_and_what_is_finished_is_not_trained_again(
    store: RunStore, short: Recipe
) -> None:
    first = driven(store, Study.parse({"name": "two", "kind": "seeds", "base": short, "seeds": 2}))
    again = driven(store, Study.parse({"name": "four", "kind": "seeds", "base": short, "seeds": 4}))
    assert len(store.runs()) == 4
    assert [again[0].runs[seed] for seed in (0, 1)] == [*first[0].runs.values()]


def test_a_run_that_broke_off_before_is_taken_up_by_a_study(store: RunStore, short: Recipe) -> None:
    control = Control()
    control.stop()
    run = store.get(store.create(short, claimed=True))
    for _ in execute(store, run, control, torch.device("cpu")):
        pass
    assert store.get(run.id).status == "stopped"
    (trial,) = driven(store, Study.parse({"name": "one", "kind": "seeds", "base": short}))
    assert trial.runs == {0: run.id} and store.get(run.id).status == "finished"


def test_what_was_asked_before_goes_on_and_is_not_asked_twice(
    store: RunStore, short: Recipe
) -> None:
    study = over_seeds("two", {"a": short, "b": applied(short, {"batch_size": 16})}, 1)
    first = ask_again(store, study)
    assert ask_again(store, study) == first
    store.studies.ask(first, "stop")
    assert ask_again(store, study) == first and store.studies.waiting()
    assert len(driven(store, study)) == 2
    store.studies.end(first, "finished")
    assert ask_again(store, study) != first


def test_settings_are_trained_seed_by_seed(store: RunStore, short: Recipe) -> None:
    settings = {"as it is": {}, "faster": {"optimizer.learning_rate": 0.05}}
    study = {"name": "ablation", "kind": "ablation", "base": short, "settings": settings}
    trials = driven(store, Study.parse(study | {"seeds": 2}))
    assert [trial.name for trial in trials] == [*settings]
    order = [run.name.split(": ")[1] for run in reversed(store.runs())]
    assert order == ["as it is", "faster"] * 2


def test_a_grid_tries_every_pair(store: RunStore, short: Recipe) -> None:
    space = {
        "optimizer.learning_rate": {"kind": "choice", "values": [0.01, 0.02]},
        "batch_size": {"kind": "choice", "values": [16, 32]},
    }
    trials = driven(
        store, Study.parse({"name": "g", "kind": "grid", "base": short, "space": space})
    )
    pairs = [
        (run.recipe.optimizer.learning_rate, run.recipe.batch_size)
        for run in (store.get(trial.runs[0]) for trial in trials)
    ]
    assert pairs == [(0.01, 16), (0.01, 32), (0.02, 16), (0.02, 32)]


def test_a_run_that_was_deleted_or_stopped_fails_its_trial_alone(
    store: RunStore, short: Recipe
) -> None:
    study = search(short)
    place = Inline(store, slots=2, at_once=0)
    study_id, driver = begun(store, study, place)
    driver.step()
    first, second = store.trials.of(study_id)
    store.delete(first.runs[0])
    store.request(second.runs[0], "stop")
    place.submitted, place.at_once = [], 1
    while not driver.step():
        pass
    trials = store.trials.of(study_id)
    assert [trial.status for trial in trials] == ["failed", "failed", "finished"]
    assert "deleted" in trials[0].message and trials[1].message


def test_a_run_whose_process_dies_again_and_again_is_given_up(
    store: RunStore, short: Recipe
) -> None:
    place = Inline(store, at_once=0)
    study_id, driver = begun(store, search(short, trials=1), place)
    driver.step()
    (trial,) = store.trials.of(study_id)
    for _ in range(ATTEMPTS):
        store.claim(trial.runs[0])
        store.release(trial.runs[0])  # as a killed worker would
        driver.step()
    (trial,) = store.trials.of(study_id)
    assert trial.status == "failed" and f"ended {ATTEMPTS} times" in trial.message
    assert place.submitted == [trial.runs[0]] * ATTEMPTS


@pytest.mark.parametrize("kind", ["seeds", "grid", "search"])
def test_with_its_minutes_spent_it_ends_with_what_it_has(
    store: RunStore, short: Recipe, kind: str
) -> None:
    space = {"batch_size": {"values": [16, 32]}, "optimizer.momentum": {"values": [0.5, 0.9]}}
    of_kind = {
        "seeds": {"space": {}},
        "grid": {"space": {path: {"kind": "choice", **part} for path, part in space.items()}},
        "search": {"trials": 5},
    }
    study = search(short, **({"kind": kind, "seeds": 3, "minutes": 1e-6} | of_kind[kind]))
    trials = driven(store, study)
    assert trials[0].status == "finished" and [*trials[0].runs] == [0]
    assert all(trial.message.startswith("The study's minutes") for trial in trials[1:])
    assert len(store.runs()) == 1


def test_runs_that_were_there_before_take_none_of_its_minutes(
    store: RunStore, short: Recipe
) -> None:
    known = Study.parse({"name": "known", "kind": "seeds", "base": short})
    ((_, run_id),) = driven(store, known)[0].runs.items()
    store.update(run_id, seconds=100.0)
    two = over_seeds("two", {"as it is": short}, seeds=2).model_copy(update={"minutes": 1.0})
    (trial,) = driven(store, two)
    assert [*trial.runs] == [0, 1] and trial.runs[0] == run_id


def test_a_run_that_is_deleted_meanwhile_is_trained_anew(store: RunStore, short: Recipe) -> None:
    ((_, run_id),) = driven(store, over_seeds("known", {"as it is": short}, 1))[0].runs.items()
    study_id, driver = begun(store, over_seeds("two", {"as it is": short}, 2))
    store.delete(run_id)
    while not driver.step():
        pass
    (trial,) = store.trials.of(study_id)
    assert trial.status == "finished" and run_id not in trial.runs.values()


def test_a_trial_with_all_its_epochs_is_not_ended_early(store: RunStore, short: Recipe) -> None:
    trials = driven(store, search(short, pruner="median", trials=8))
    assert {trial.status for trial in trials} == {"finished"}


def add_epoch(store: RunStore, run_id: str, **fields: float) -> None:
    store.metrics.add_epoch(
        run_id,
        events.EpochEnded(
            epoch=1, learning_rate=0.1, images_per_second=1.0, seconds=1.0, best=True, **fields,
        ),
    )  # fmt: skip

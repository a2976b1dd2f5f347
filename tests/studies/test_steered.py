"""Studies stopped, paused, taken up again, and driven one after another."""

import sqlite3
from contextlib import closing, nullcontext

import pytest

from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies import driver as driver_module
from core.studies.begin import create_study, drive, drive_next, driver_of
from core.studies.definition import Study
from core.studies.driver import Driver
from core.studies.standing import standing
from core.training import Control
from tests.studies.driving import begun, driven, search
from tests.studies.inline import Inline

pytestmark = pytest.mark.slow


def test_a_study_that_was_stopped_goes_on_where_it_was(store: RunStore, short: Recipe) -> None:
    study = search(short)
    study_id, _ = begun(store, study)
    store.studies.claim(study_id)
    store.studies.ask(study_id, "stop")
    _, driver = begun(store, study, Inline(store, at_once=0))
    driver.drive(Control())
    store.studies.release(study_id)
    assert store.studies.get(study_id).status == "stopped"
    store.studies.requeue(study_id)
    assert store.studies.waiting()
    assert len(driven(store, study)) == 3


def test_a_study_that_pauses_gives_way_and_goes_on_in_its_turn(
    store: RunStore, short: Recipe
) -> None:
    first, second = create_study(store, search(short)), create_study(store, search(short))
    claimed = store.studies.claim_next()
    assert claimed is not None and claimed.id == first
    place = Inline(store, at_once=0)
    driver = driver_of(store, claimed, place)
    driver.step()
    store.studies.ask(first, "pause")
    assert store.studies.get(first).going  # as a run of it is under way
    place.at_once = 1
    driver.drive(Control())
    store.studies.release(first)
    assert store.studies.get(first).status == "paused"
    assert [trial.status for trial in store.trials.of(first)] == ["finished"]
    claimed = store.studies.claim_next()
    assert claimed is not None and claimed.id == second
    assert not store.studies.waiting()
    store.studies.requeue(first)
    assert store.studies.waiting() and store.studies.get(first).status == "queued"


def test_one_that_is_to_go_on_after_all_does_not_pause(store: RunStore, short: Recipe) -> None:
    study_id = create_study(store, search(short))
    store.studies.claim(study_id)
    store.studies.ask(study_id, "pause")
    store.studies.requeue(study_id)
    assert not store.studies.rest(study_id)
    assert store.studies.get(study_id).status == "running"
    store.studies.ask(study_id, "stop")
    store.studies.ask(study_id, "pause")
    assert store.studies.requested(study_id) == "stop"


def test_one_that_only_waits_pauses_at_once(store: RunStore, short: Recipe) -> None:
    study_id = create_study(store, search(short))
    store.studies.ask(study_id, "pause")
    assert store.studies.get(study_id).status == "paused" and not store.studies.waiting()
    with pytest.raises(ConvscopeError, match="is paused, so nothing"):
        store.studies.ask(study_id, "stop")


def test_what_was_asked_of_a_killed_driver_is_asked_of_the_next(
    store: RunStore, short: Recipe
) -> None:
    study_id = create_study(store, search(short))
    store.studies.claim_next()
    store.studies.ask(study_id, "pause")
    store.studies.release(study_id)  # as the end of its process would
    assert store.studies.claim_next() is not None
    assert store.studies.requested(study_id) == "pause"


def test_one_whose_driver_is_gone_is_stopped_for_good_when_somebody_asks(
    store: RunStore, short: Recipe
) -> None:
    study_id = create_study(store, search(short))
    store.studies.claim_next()
    store.studies.release(study_id)
    with pytest.raises(ConvscopeError, match="is stopped, so nothing"):
        store.studies.ask(study_id, "stop")
    assert not store.studies.waiting()
    store.studies.requeue(study_id)
    assert store.studies.waiting()


def test_only_one_process_drives_a_study(store: RunStore, short: Recipe) -> None:
    study_id = create_study(store, search(short))
    store.studies.claim(study_id)
    with pytest.raises(ConvscopeError, match="already driven"):
        RunStore(store.folder).studies.claim(study_id)
    assert not RunStore(store.folder).studies.waiting()


def test_one_whose_driver_was_killed_waits_for_another(store: RunStore, short: Recipe) -> None:
    study_id = create_study(store, search(short))
    claimed = store.studies.claim_next()
    assert claimed is not None and claimed.id == study_id and claimed.status == "running"
    store.studies.release(study_id)
    assert store.studies.get(study_id).status == "stopped"
    assert store.studies.waiting() and store.studies.claim_next() is not None


def test_a_study_that_cannot_be_driven_is_told_and_the_next_one_has_its_turn(
    store: RunStore, short: Recipe
) -> None:
    bad, good = (create_study(store, search(short, name=name, trials=1)) for name in "ab")
    database = sqlite3.connect(store.folder / "runs.sqlite")
    with closing(database), database:
        database.execute("UPDATE studies SET definition = '[]' WHERE id = ?", (bad,))
    store.trials.add(good, 0, "a setting of another search", {"epochs": 1})
    for _ in range(2):
        assert drive_next(store, Control(), lambda: nullcontext(Inline(store)))
    assert {store.studies.get(each).status for each in (bad, good)} == {"failed"}
    assert not store.studies.waiting()


def test_what_is_asked_more_of_a_study_while_it_is_driven_is_tried(
    store: RunStore, short: Recipe
) -> None:
    study_id = create_study(store, search(short, trials=2))
    claimed = store.studies.claim(study_id)

    def add_one() -> None:
        stored = store.studies.get(study_id)
        if stored.definition["trials"] == 2:
            store.studies.redefine(study_id, search(short, trials=3).model_dump(mode="json"))

    drive(store, claimed, Inline(store), Control(), add_one)
    assert store.studies.get(study_id).status == "finished"
    assert [trial.status for trial in store.trials.of(study_id)] == ["finished"] * 3


def test_a_run_that_two_studies_train_is_not_stopped_with_one_of_them(
    store: RunStore, short: Recipe
) -> None:
    def begin(name: str) -> tuple[str, Driver]:
        study = Study.parse({"name": name, "kind": "seeds", "base": short, "seeds": 1})
        study_id, driver = begun(store, study, Inline(store, at_once=0))
        store.studies.claim(study_id)
        driver.step()
        return study_id, driver

    (one, first), (other, second) = begin("one"), begin("other")
    ((run_id,), (same,)) = ([*store.trials.of(each)[0].runs.values()] for each in (one, other))
    assert run_id == same
    first.stop()
    assert store.studies.get(one).status == "stopped"
    assert store.get(run_id).status == "queued"
    second.stop()
    assert store.get(run_id).status == "stopped"


def test_a_run_that_was_still_to_stop_when_its_study_goes_on_trains_on(
    store: RunStore, short: Recipe
) -> None:
    study = Study.parse({"name": "one", "kind": "seeds", "base": short, "seeds": 1})
    study_id, driver = begun(store, study, Inline(store, at_once=0))
    driver.step()
    (run_id,) = store.trials.of(study_id)[0].runs.values()
    store.claim(run_id)
    driver.stop()
    assert store.get(run_id).request == "stop"
    _, driver = begun(store, study)
    store.set_status(run_id, "stopped", "Stopped before its first step.")
    store.release(run_id)
    while not driver.step():
        pass
    assert [trial.status for trial in store.trials.of(study_id)] == ["finished"]


def test_a_study_that_is_done_is_not_stopped_any_more(store: RunStore, short: Recipe) -> None:
    study_id, driver = begun(store, search(short, trials=1))
    claimed = store.studies.claim(study_id)
    assert store.studies.finish(study_id, claimed.definition)
    driver.stop()
    assert store.studies.get(study_id).status == "finished"


def test_what_is_asked_is_heard_while_many_settings_fail(
    store: RunStore, short: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_module, "STEP_SECONDS", 0.0)
    study_id, driver = begun(store, search(short))
    store.studies.claim(study_id)
    assert not driver.step()
    store.studies.ask(study_id, "stop")
    driver.drive(Control())
    assert store.studies.get(study_id).status == "stopped"


def test_runs_of_settings_that_failed_are_not_waited_for(store: RunStore, short: Recipe) -> None:
    values = {"epochs": [1, 3], "early_stopping.patience": [0, 2]}
    space = {path: {"kind": "choice", "values": each} for path, each in values.items()}
    study = Study.parse({"name": "grid", "kind": "grid", "base": short, "space": space})
    trials = driven(store, study)
    assert [trial.status for trial in trials].count("failed") == 1
    (stored,) = store.studies.all()
    now = standing(store, stored, study)
    assert now.told == "3 of 3 runs" and not now.left

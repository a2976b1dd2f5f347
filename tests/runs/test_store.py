"""The run store: what goes in comes back, nothing is half there, and mistakes get a sentence."""

from pathlib import Path

import pytest

from core.errors import ConvscopeError
from core.recipe import Recipe, presets
from core.runs.events import EpochEnded, Steps
from core.runs.store import RunStore
from tests.processes import Forked


def steps(first: int, losses: list[float]) -> Steps:
    count = len(losses)
    return Steps(first, losses, [0.5] * count, [0.1] * count, [1.0] * count, 2.0, 100.0)


def epoch(number: int, seconds: float = 1.0) -> EpochEnded:
    return EpochEnded(number, 1.0, 0.5, 1.1, 0.4, 0.1, 100.0, seconds, best=True)


@pytest.mark.parametrize("name", presets())
def test_every_preset_comes_back_as_it_was_stored(name: str, store: RunStore) -> None:
    run = store.get(store.create(presets()[name]))
    assert run.recipe == presets()[name] and run.status == "queued"


def test_a_name_is_only_display_text(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe.model_copy(update={"name": "../../x"}))
    assert store.find("../../x").id == run_id
    assert store.files(run_id).parent == store.folder / "runs"
    store.describe(run_id, name="<b>x</b>")
    assert store.get(run_id).name == store.get(run_id).recipe.name == "<b>x</b>"
    with pytest.raises(ConvscopeError, match="name"):
        store.describe(run_id, name="two\nlines")


@pytest.mark.parametrize("run_id", ["", "nothing", "../../x", "' OR 1=1 --"])
def test_an_unknown_run_is_told_in_a_sentence(run_id: str, store: RunStore) -> None:
    for use in (store.get, store.delete, store.requeue, lambda i: store.describe(i, notes="")):
        with pytest.raises(ConvscopeError, match="There is no run"):
            use(run_id)


def test_a_store_that_was_closed_opens_anew(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.close()
    store.close()
    assert store.get(run_id).recipe == tiny_recipe


def test_a_deleted_run_comes_back_until_it_is_purged(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.metrics.add_steps(run_id, steps(0, [1.0]))
    store.files(run_id).mkdir(parents=True)
    store.delete(run_id)
    assert store.runs() == [] and store.claim_next("cpu") is None
    store.restore(run_id)
    assert [run.id for run in store.runs()] == [run_id]
    store.delete(run_id)
    store.purge()
    assert not store.files(run_id).exists() and store.metrics.steps(run_id).empty
    with pytest.raises(ConvscopeError, match="no run"):
        store.get(run_id)


def test_a_run_in_training_is_not_deleted(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    with pytest.raises(ConvscopeError, match="stop it before"):
        store.delete(run_id)


def claim(run_id: str) -> None:
    RunStore().claim(run_id)


def test_a_run_whose_process_is_gone_was_interrupted(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    run_id = store.create(tiny_recipe)
    process = Forked(store.folder, tmp_path / "said", claim, run_id)
    assert process.wait(60) and process.code == 0, process.said
    assert store.get(run_id).status == "interrupted"
    store.requeue(run_id)
    assert store.get(run_id).status == "queued"


def test_a_run_of_another_version_hides_no_other(store: RunStore, tiny_recipe: Recipe) -> None:
    foreign, own = store.create(tiny_recipe, priority=1), store.create(tiny_recipe)
    store.update(foreign, recipe='{"name": "tomorrow", "tomorrows_field": 1}')
    assert [run.id for run in store.runs()] == [run.id for run in store.live()] == [own]
    assert store.count() == 2
    with pytest.raises(ConvscopeError, match="another version of Convscope: tomorrows_field"):
        store.get(foreign)
    claimed = store.claim_next("cpu")
    assert claimed is not None and claimed.id == own
    assert store.claim_next("cpu") is None
    assert not store.waiting("cpu")  # or a worker would be kept for it


def test_the_queue_goes_by_priority_then_age(store: RunStore, tiny_recipe: Recipe) -> None:
    first, second, third = (store.create(tiny_recipe) for _ in range(3))
    store.prioritise(third)
    claimed = [store.claim_next("cpu") for _ in range(4)]
    assert [run and run.id for run in claimed] == [third, first, second, None]


def test_a_deleted_run_is_not_moved_to_the_front(store: RunStore, tiny_recipe: Recipe) -> None:
    """As where one tab deletes what another tab still shows as waiting."""
    run_id = store.create(tiny_recipe)
    store.delete(run_id)
    store.prioritise(run_id)
    store.restore(run_id)
    assert store.get(run_id).priority == 0


def test_a_waiting_run_that_is_renamed_or_annotated_keeps_its_place(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    first, second = store.create(tiny_recipe), store.create(tiny_recipe)
    store.describe(first, "another name", "a note", ["tag"])
    claimed = [store.claim_next("cpu") for _ in range(2)]
    assert [run and run.id for run in claimed] == [first, second]


def test_steps_are_thinned_to_means(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.metrics.add_steps(run_id, steps(0, [1.0, 3.0, 5.0, 7.0, 9.0]))
    thinned = store.metrics.steps(run_id, points=3)
    assert thinned["step"].tolist() == [0, 2, 4]
    assert thinned["loss"].tolist() == [2.0, 6.0, 9.0]
    assert len(store.metrics.steps(run_id)) == 5


def test_a_long_curve_keeps_its_ends_and_its_trend(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.metrics.add_steps(run_id, steps(0, [float(step) for step in range(100_000)]))
    thinned = store.metrics.steps(run_id, points=300)
    assert len(thinned) == 300
    assert thinned["step"].tolist()[0] == 0 and thinned["step"].tolist()[-1] > 99_600
    apart = thinned["loss"] - thinned["step"]
    assert apart.between(0, 31).all()  # a mean over the next few steps


def test_what_came_after_a_snapshot_is_forgotten(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.metrics.add_steps(run_id, steps(0, [1.0] * 6))
    for number in (1, 2):
        store.metrics.add_epoch(run_id, epoch(number, seconds=10.0))
    store.metrics.forget_after(run_id, step=4, epoch=1, seconds=3.0)
    run = store.get(run_id)
    assert store.metrics.steps(run_id)["step"].tolist() == [0, 1, 2, 3]
    assert store.metrics.epochs(run_id)["epoch"].tolist() == [1]
    assert (run.done_steps, run.seconds) == (4, 13.0)


def test_notes_and_tags_are_kept(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.describe(run_id, notes="a note", tags=[" wide", "", "best", "wide"])
    run = store.get(run_id)
    assert (run.notes, run.tags) == ("a note", ("best", "wide"))


def test_a_damaged_store_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConvscopeError, match="damaged"):
        RunStore(tmp_path)


def test_a_run_that_ends_while_it_is_looked_at_was_not_interrupted(
    store: RunStore, tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is read before its lock, and between the two its process stores the end."""
    run_id = store.create(tiny_recipe, claimed=True)
    looks = store._locks.is_taken

    def end_first(name: str) -> bool:
        monkeypatch.setattr(store._locks, "is_taken", looks)
        store.set_status(run_id, "stopped")
        store.release(run_id)
        return looks(name)

    monkeypatch.setattr(store._locks, "is_taken", end_first)
    assert store.get(run_id).status == "stopped"

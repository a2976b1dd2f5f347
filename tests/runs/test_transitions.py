"""From status to status: whoever crosses whom, a run is trained by one and no word is lost."""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from core.errors import ConvscopeError
from core.files import PROJECT
from core.recipe import Recipe
from core.runs.run import COMES_FROM, Status
from core.runs.store import RunStore
from tests.namespaces import in_a_container
from tests.processes import Forked
from tests.waiting import wait_until

ROUNDS = 60


def at_once(*actions: tuple[Callable[..., object], *tuple[object, ...]]) -> list[object]:
    """What each (function, arguments ...) returned, or the ConvscopeError that it raised, all
    begun together."""
    barrier = threading.Barrier(len(actions))
    results: list[object] = [None] * len(actions)

    def act(number: int) -> None:
        barrier.wait()
        try:
            function, *arguments = actions[number]
            results[number] = function(*arguments)
        except ConvscopeError as error:
            results[number] = error

    threads = [threading.Thread(target=act, args=(n,)) for n in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def stores(store: RunStore) -> list[RunStore]:
    """The same store as four processes would see it."""
    return [RunStore(store.folder) for _ in range(4)]


@pytest.mark.slow
def test_every_queued_run_is_claimed_exactly_once(
    stores: list[RunStore], store: RunStore, tiny_recipe: Recipe
) -> None:
    ids = [store.create(tiny_recipe) for _ in range(40)]
    claimed: list[str] = []

    def claim_all(own: RunStore) -> None:
        while (run := own.claim_next("cpu")) is not None:
            claimed.append(run.id)

    assert at_once(*((claim_all, own) for own in stores)) == [None] * len(stores)
    assert sorted(claimed) == sorted(ids)


def test_resume_from_two_tabs_is_claimed_once(
    stores: list[RunStore], store: RunStore, tiny_recipe: Recipe
) -> None:
    for _ in range(ROUNDS):
        run_id = store.create(tiny_recipe)
        store.request(run_id, "stop")
        one, two, three, four = stores
        results = at_once(
            (one.requeue, run_id),
            (two.requeue, run_id),
            (three.claim_next, "cpu"),
            (four.claim_next, "cpu"),
        )
        claims = [result for result in results[2:] if result is not None]
        if not claims:
            assert store.get(run_id).status == "queued"
            assert store.claim_next("cpu") is not None
            store.release(run_id)
        assert len(claims) <= 1
        for own in stores:
            own.release(run_id)
        store.delete(run_id)


def test_a_stop_that_crosses_a_claim_is_never_lost(
    stores: list[RunStore], store: RunStore, tiny_recipe: Recipe
) -> None:
    for _ in range(ROUNDS):
        run_id = store.create(tiny_recipe)
        one, two, *_ = stores
        at_once((one.request, run_id, "stop"), (two.claim_next, "cpu"))
        run = store.get(run_id)
        asked = store.requested(run_id)
        assert (run.status, asked) in (("stopped", None), ("running", "stop"))
        two.release(run_id)


def test_a_run_that_is_deleted_as_it_is_claimed_is_either(
    stores: list[RunStore], store: RunStore, tiny_recipe: Recipe
) -> None:
    for _ in range(ROUNDS):
        run_id = store.create(tiny_recipe)
        one, two, *_ = stores
        refused, claimed = at_once((one.delete, run_id), (two.claim_next, "cpu"))
        assert (refused is None) != (claimed is not None)
        assert store.get(run_id).deleted == (refused is None)
        two.release(run_id)


def test_unpausing_does_not_take_back_a_stop(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    for request in ("pause", "stop", None, "pause"):
        store.request(run_id, request)
    assert store.requested(run_id) == "stop"


def test_what_somebody_brought_back_is_not_purged(store: RunStore, tiny_recipe: Recipe) -> None:
    for _ in range(ROUNDS):
        run_id = store.create(tiny_recipe)
        store.delete(run_id)
        other = RunStore(store.folder)
        gone, _ = at_once((other.restore, run_id), (store.purge,))
        if gone is None:
            assert not store.get(run_id).deleted
        else:
            assert "removed for good" in str(gone)
            with pytest.raises(ConvscopeError, match="There is no run"):
                store.get(run_id)


def test_only_those_purge_a_run_who_deleted_it(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    store.delete(run_id)
    other = RunStore(store.folder)
    mine = other.create(tiny_recipe)
    other.delete(mine)
    other.purge()
    assert [run.id for run in store.runs(deleted=True)] == [run_id]
    store.update(run_id, deleted_at=0.0)  # more than a day ago
    other.purge()
    assert store.runs(deleted=True) == []


def claim_and_wait(run_id: str) -> None:
    store = RunStore()
    store.claim(run_id)
    sys.stdin.read()


@pytest.fixture
def claiming(store: RunStore, tmp_path: Path) -> Iterator[Callable[[str], Forked]]:
    """Begins another process that has a run until it is killed."""
    begun: list[Forked] = []

    def claim(run_id: str) -> Forked:
        begun.append(Forked(store.folder, tmp_path / "said", claim_and_wait, run_id))
        wait_until(lambda: store.get(run_id).status == "running")
        return begun[-1]

    yield claim
    for process in begun:
        process.kill()


def test_a_clock_that_steps_interrupts_nothing(
    store: RunStore,
    tiny_recipe: Recipe,
    claiming: Callable[[str], Forked],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Process start times move with the clock; whoever trusts them sees every process as gone."""
    run_id = store.create(tiny_recipe)
    process = claiming(run_id)
    created = psutil.Process(process.pid).create_time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda _self: created + 1)
    assert store.get(run_id).status == "running"
    with pytest.raises(ConvscopeError, match=f"in training, by process {process.pid} on"):
        store.claim(run_id)
    with pytest.raises(ConvscopeError, match="nothing to resume"):
        store.requeue(run_id)
    with pytest.raises(ConvscopeError, match="stop it before deleting"):
        store.delete(run_id)


def test_a_killed_process_lets_go_at_once(
    store: RunStore, tiny_recipe: Recipe, claiming: Callable[[str], Forked]
) -> None:
    run_id = store.create(tiny_recipe)
    claiming(run_id).kill()
    run = store.get(run_id)
    assert run.status == "interrupted" and "last snapshot" in run.message
    store.delete(run_id)
    store.restore(run_id)
    store.requeue(run_id)
    claimed = store.claim_next("cpu")
    assert claimed is not None and claimed.id == run_id


def look_and_claim(run_id: str) -> None:
    store = RunStore()
    print(os.getpid(), store.get(run_id).status)
    try:
        store.claim(run_id)
    except ConvscopeError as error:
        print(error)


@pytest.mark.usefixtures("namespaces")
def test_a_container_on_the_same_volume_respects_a_running_run(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    container = Forked(store.folder, tmp_path / "said", in_a_container, look_and_claim, run_id)
    assert container.wait(60) and container.code == 0, container.said
    status, refusal = container.said.splitlines()
    assert status == "1 running"  # the first process there is
    assert "already in training, by process" in refusal


def test_the_diagram_in_the_docs_has_every_transition() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text()
    drawn = {
        (start.strip(), end.split(":")[0].strip())
        for line in text.splitlines()
        if "-->" in line
        for start, end in [line.split("-->")]
    }
    made: set[tuple[Status, Status]] = {
        (start, end) for end, starts in COMES_FROM.items() for start in starts if start != end
    }
    assert made <= {pair for pair in drawn if "[*]" not in pair}


def test_a_worker_takes_only_what_its_kind_of_device_began(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    began_elsewhere, fresh = store.create(tiny_recipe, priority=1), store.create(tiny_recipe)
    store.update(began_elsewhere, device="cuda")
    assert store.waiting("cpu")
    claimed = [store.claim_next("cpu"), store.claim_next("cpu"), store.claim_next("cuda")]
    assert [run and run.id for run in claimed] == [fresh, None, began_elsewhere]


def test_a_purged_run_leaves_no_file(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe, claimed=True)
    store.files(run_id).mkdir()
    store.set_status(run_id, "failed")
    store.release(run_id)
    store.delete(run_id)
    store.purge(run_id)
    assert list((store.folder / "runs").iterdir()) == []


def test_what_a_run_that_ended_in_a_crash_needed_goes_with_the_next_purge(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    statuses: tuple[Status, ...] = ("finished", "stopped")
    ids = [store.create(tiny_recipe, claimed=True) for _ in statuses]
    for run_id, status in zip(ids, statuses, strict=True):
        store.files(run_id).mkdir()
        store.state_path(run_id).write_bytes(b"state")
        store.set_status(run_id, status)
        store.release(run_id)
    store.purge()
    assert [store.state_path(run_id).exists() for run_id in ids] == [False, True]


def test_a_claim_that_fails_at_last_lets_go(store: RunStore, tiny_recipe: Recipe) -> None:
    run_id = store.create(tiny_recipe)
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database:
        database.execute(
            "CREATE TRIGGER damage AFTER UPDATE OF owner ON runs"
            " BEGIN UPDATE runs SET tags = '[' WHERE id = new.id; END"
        )
    with pytest.raises(ConvscopeError, match="damaged"):
        store.claim(run_id)
    store.update(run_id, tags="[]")
    assert RunStore(store.folder).get(run_id).status == "interrupted"


def test_a_run_that_another_thread_has_cannot_be_claimed(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    run_id = store.create(tiny_recipe)
    store.claim(run_id)
    with pytest.raises(ConvscopeError, match="is already in training, by process"):
        store.claim(run_id)

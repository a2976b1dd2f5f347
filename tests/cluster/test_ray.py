"""Runs on two Ray nodes of one machine, begun by Ray's own means for tests."""

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from ray.cluster_utils import Cluster as Nodes

from core.cluster import ray_core
from core.cluster.place import Cluster
from core.cluster.ray_core import RayEngine, RayShares
from core.errors import ConvscopeError
from core.jobs import JobQueue
from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.begin import create_study, driver_of
from core.studies.definition import Study
from core.training import Control
from tests.cli.conftest import Command, core, recipe_file, refused
from tests.cluster.losses import losses, losses_here
from tests.cluster.other_servers import other_server
from tests.ports import free_port
from tests.processes import command
from tests.trainings import changed
from tests.waiting import wait_until

__all__ = ["core", "recipe_file"]
OBJECTS = 80 * 2**20  # bytes, the least that Ray takes
SOON = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 200}  # a lost node is seen
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def client_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def nodes(client_port: int) -> Iterator[Nodes]:
    """A head with a processor core, as far as Ray knows."""
    head = {"num_cpus": 1, "object_store_memory": OBJECTS, "include_dashboard": False}
    head |= {"ray_client_server_port": client_port, "_system_config": SOON}
    nodes = Nodes(initialize_head=True, head_node_args=head)
    yield nodes
    nodes.shutdown()


@pytest.fixture(scope="module")
def engine(nodes: Nodes) -> Iterator[RayEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ADDRESS", str(nodes.address))
        engine = RayEngine("ray", RayShares())  # belongs to the head, as there is no other node yet
    yield engine
    engine.close()


@pytest.mark.slow
def test_a_study_loses_a_node_and_no_trial(
    nodes: Nodes, engine: RayEngine, store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    other = nodes.add_node(num_cpus=1, object_store_memory=OBJECTS)
    place = Cluster(store, engine)
    assert place.slots == 2
    study = Study.parse({"name": "three", "kind": "seeds", "base": tiny_recipe, "seeds": 3})
    study_id = create_study(store, study)
    claimed = store.studies.claim(study_id)
    paused: list[str] = []

    def gone() -> list[str]:
        return [run for run in paused if any("is gone" in told for _, told in store.history(run))]

    def pause_both_and_kill_a_node() -> None:
        going = [run for run in store.live() if run.status != "queued"]
        if not paused and len(going) == 2:
            paused.extend(run.id for run in going)
            for run_id in paused:
                store.request(run_id, "pause")
        elif other in nodes.worker_nodes and {run.status for run in going} == {"paused"}:
            nodes.remove_node(other, allow_graceful=False)
        elif gone():  # before, what trained there might go on for a moment, and end
            for run_id in paused:
                with suppress(ConvscopeError):  # its loss is known already
                    store.request(run_id, None)

    driver_of(store, claimed, place).drive(Control(), pause_both_and_kill_a_node)
    (trial,) = store.trials.of(study_id)
    assert trial.status == "finished" and [*trial.runs] == [0, 1, 2]
    assert len(gone()) == 1, [store.history(run) for run in paused]
    here = RunStore(tmp_path / "here")
    for seed, run_id in trial.runs.items():
        assert store.get(run_id).status == "finished"
        recipe = tiny_recipe.model_copy(update={"seed": seed})
        assert losses(store, run_id) == losses_here(here, recipe)


@pytest.mark.slow
def test_what_is_asked_of_a_run_reaches_it(
    engine: RayEngine, store: RunStore, tiny_recipe: Recipe
) -> None:
    place = Cluster(store, engine)
    run_id = store.create(tiny_recipe.model_copy(update={"epochs": 1000}))
    place.submit(run_id)
    wait_until(lambda: store.get(run_id).done_steps > 0)
    place.cancel(run_id)
    wait_until(lambda: store.get(run_id).status != "running")
    stopped = store.get(run_id)
    assert stopped.status == "stopped" and store.state_path(run_id).exists()


@pytest.mark.slow
def test_a_task_whose_process_is_killed_goes_on_from_what_was_kept(
    engine: RayEngine, store: RunStore, tiny_recipe: Recipe, tmp_path: Path
) -> None:
    place = Cluster(store, engine)
    run_id = store.create(tiny_recipe)
    place.submit(run_id)
    store.request(run_id, "pause")
    wait_until(lambda: store.get(run_id).status == "paused")
    ours = psutil.Process().children(recursive=True)
    alive = (each for each in ours if each.status() != psutil.STATUS_ZOMBIE)
    (worker,) = (each for each in alive if each.cmdline()[:1] == ["ray::_carry_out"])
    worker.kill()
    wait_until(lambda: store.get(run_id).status == "interrupted")
    assert "What trained it on Ray is gone" in store.get(run_id).message

    place.submit(run_id)
    wait_until(lambda: not store.get(run_id).live)
    assert store.get(run_id).status == "finished"
    assert losses(store, run_id) == losses_here(RunStore(tmp_path / "here"), tiny_recipe)


@pytest.mark.slow
def test_a_recipe_that_fails_there_says_why(
    engine: RayEngine, store: RunStore, tiny_recipe: Recipe
) -> None:
    wild = changed(
        tiny_recipe,
        optimizer={"learning_rate": 5.0, "momentum": 0.99},
        schedule={"name": "constant", "warmup": 0.0},
        model={"batch_norm": False, "channels": [64, 64], "depth": 3},
    )
    run_id = store.create(wild)
    Cluster(store, engine).submit(run_id)
    wait_until(lambda: not store.get(run_id).live)
    assert store.get(run_id).status == "failed"
    assert "diverged" in store.get(run_id).message


@pytest.mark.slow
def test_one_run_goes_there_from_a_machine_that_is_no_node(
    nodes: Nodes, client_port: int, store: RunStore, recipe_file: Path, tmp_path: Path
) -> None:
    assert nodes
    address = f"ray://127.0.0.1:{client_port}?cpus=0.5"
    ended = command(store.folder, tmp_path / "said", "train", str(recipe_file), "--on", address)
    assert ended.wait(100) and ended.code == 0, ended.said
    (run,) = store.runs()
    assert run.status == "finished" and run.accuracies.keys() == {"train", "validation", "test"}
    assert losses(store, run.id) == losses_here(RunStore(tmp_path / "here"), run.recipe)


@pytest.mark.slow
def test_what_a_server_is_asked_for_trains_there(
    nodes: Nodes,
    client_port: int,
    store: RunStore,
    tiny_recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert nodes
    monkeypatch.setenv("CONVSCOPE_ON", f"ray://127.0.0.1:{client_port}?cpus=0.5")
    queue = JobQueue(store)
    try:
        run_id = queue.submit(tiny_recipe)
        study = Study.parse({"name": "two", "kind": "seeds", "base": tiny_recipe, "seeds": 2})
        study_id = create_study(store, study.model_copy(update={"first_seed": 5}))
        wait_until(lambda: store.studies.get(study_id).status == "finished", seconds=120)
        wait_until(lambda: not store.get(run_id).live)
    finally:
        queue.close(60)
    names = [path.name for path in (store.folder / "workers").iterdir()]
    assert any("train-cluster" in name for name in names)
    assert not any("train-cpu" in name for name in names)
    (trial,) = store.trials.of(study_id)
    here = RunStore(tmp_path / "here")
    for each in (run_id, *trial.runs.values()):
        run = store.get(each)
        assert run.status == "finished" and losses(store, each) == losses_here(here, run.recipe)


@pytest.mark.slow
def test_a_servers_cluster_that_is_not_there_is_told_to_those_who_wait(
    store: RunStore, tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_ON", "rya")
    queue = JobQueue(store)
    try:
        run_id = queue.submit(tiny_recipe)
        wait_until(lambda: store.get(run_id).message)
    finally:
        queue.close(60)
    waiting = store.get(run_id)
    assert waiting.status == "queued" and "'rya' is no place to train" in waiting.message


@pytest.mark.usefixtures("home")
def test_an_address_that_answers_nothing_is_told_soon(
    core: Command, recipe_file: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ray_core.ANSWER_SECONDS < 10
    monkeypatch.setattr(ray_core, "ANSWER_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for port in (silent.getsockname()[1], free_port()):
            told = refused(core("train", recipe_file, "--on", f"ray://127.0.0.1:{port}"))
            assert f"Nothing answers as Ray at 127.0.0.1:{port}" in told
    assert store.runs() == []


@pytest.mark.usefixtures("home")
def test_another_server_of_grpc_is_no_ray(core: Command, recipe_file: Path) -> None:
    with other_server(guarded=False) as port:
        told = refused(core("train", recipe_file, "--on", f"ray://127.0.0.1:{port}"))
    assert f"Nothing answers as Ray at 127.0.0.1:{port}" in told


@pytest.mark.usefixtures("home")
def test_a_token_that_is_asked_for_is_told(
    core: Command, recipe_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    with other_server(guarded=True) as port:
        told = refused(core("train", recipe_file, "--on", f"ray://127.0.0.1:{port}"))
    assert "asks for a token" in told and "RAY_AUTH_MODE=token" in told


@pytest.mark.usefixtures("home")
def test_where_ray_is_not_installed_it_says_what_is(
    core: Command, recipe_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    told = refused(core("train", recipe_file, "--on", "ray"))
    assert "pip install -r requirements-ray.txt" in told


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("place", "sentence"), [
    ("nowhere", "'nowhere' is no place to train"),
    ("ray?cpus=many", "'cpus=many' is not what a run can take"),
    ("ray?cpus=1e-9", "cpus"),
    ("ray?gpus=1e-9", "gpus"),
    ("ray://", "'ray://' names no machine"),
    ("ray?cats=2", "there are cpus, gpus"),
    ("ray?cpus", "write it as cpus=2&gpus=0.25"),
    ("slurm?gpus=2", "gpus"),
])  # fmt: skip
def test_what_is_no_place_is_told(
    core: Command, recipe_file: Path, store: RunStore, place: str, sentence: str
) -> None:
    assert sentence in refused(core("train", recipe_file, "--on", place))
    assert store.runs() == []

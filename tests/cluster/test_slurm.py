"""Runs as jobs of a real Slurm."""

import gc
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.cluster import place, slurm
from core.cluster.place import Cluster
from core.cluster.slurm import SlurmEngine, SlurmShares
from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.store import RunStore
from tests.cli.conftest import Command, core, recipe_file, refused
from tests.cluster.losses import losses, losses_here
from tests.cluster.slurm_here import slurm_here
from tests.ports import free_port
from tests.waiting import wait_until

__all__ = ["core", "recipe_file", "slurm_here"]


@pytest.mark.slow
@pytest.mark.usefixtures("slurm_here")
@pytest.mark.filterwarnings("ignore:subprocess:ResourceWarning")  # submitit lets go of its jobs
def test_a_job_that_is_killed_costs_its_run_what_it_had_not_kept(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slurm, "LATE_SECONDS", 0.1)
    monkeypatch.setattr(slurm, "LOOK_SECONDS", 0.2)
    monkeypatch.setenv("CONVSCOPE_HOME", str(store.folder))
    engine = SlurmEngine(store.folder / "slurm", SlurmShares(cpus=1, memory=1))
    with Cluster(store, engine) as cluster:
        run_id = store.create(tiny_recipe)
        cluster.submit(run_id)
        store.request(run_id, "pause")
        wait_until(lambda: store.get(run_id).status == "paused")
        subprocess.run(["scancel", "--full", "--signal=KILL", "--name=convscope"], check=True)
        wait_until(lambda: store.get(run_id).status == "interrupted")
        assert "Slurm's job" in store.get(run_id).message

        cluster.submit(run_id)
        wait_until(lambda: not store.get(run_id).live)
    assert store.get(run_id).status == "finished"
    assert losses(store, run_id) == losses_here(RunStore(tmp_path / "here"), tiny_recipe)
    assert [path.name for path in (store.folder / "slurm").iterdir()] == ["logs"]
    gc.collect()


@pytest.mark.usefixtures("home")
def test_where_submitit_is_not_installed_it_says_what_is(
    core: Command, recipe_file: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "submitit", None)
    told = refused(core("train", recipe_file, "--on", "slurm"))
    assert "pip install -r requirements-slurm.txt" in told
    assert store.runs() == []


@pytest.mark.usefixtures("home")
def test_where_there_is_no_slurm_it_says_so(
    core: Command, recipe_file: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    told = refused(core("train", recipe_file, "--on", "slurm"))
    assert "There is no Slurm here" in told
    assert store.runs() == []


@pytest.mark.slow
@pytest.mark.usefixtures("slurm_here")
@pytest.mark.filterwarnings("ignore:subprocess:ResourceWarning")
def test_what_slurm_does_not_take_is_told_in_its_words(
    store: RunStore, tiny_recipe: Recipe
) -> None:
    shares = SlurmShares(partition="no-such-one", memory=1)
    run_id = store.create(tiny_recipe)
    with Cluster(store, SlurmEngine(store.folder / "slurm", shares)) as cluster:
        cluster.submit(run_id)
        wait_until(lambda: not store.get(run_id).live)
    told = store.get(run_id).message
    assert told.startswith("Slurm does not take the job") and "partition" in told
    gc.collect()


@pytest.mark.slow
@pytest.mark.usefixtures("slurm_here")
@pytest.mark.filterwarnings("ignore:subprocess:ResourceWarning")
def test_a_controller_that_is_away_is_told_at_first_and_waited_for_later(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "TROUBLE_SECONDS", 0.2)
    monkeypatch.setenv("CONVSCOPE_HOME", str(store.folder))
    there, away = Path(os.environ["SLURM_CONF"]), tmp_path / "slurm.conf"
    away.write_text(re.sub(r"SlurmctldPort=\d+", f"SlurmctldPort={free_port()}", there.read_text()))
    shares = SlurmShares(cpus=1, memory=1)
    engine = SlurmEngine(store.folder / "slurm", shares)
    monkeypatch.setenv("SLURM_CONF", str(away))
    with pytest.raises(ConvscopeError, match="Slurm does not answer here"):
        SlurmEngine(store.folder / "other", shares)
    with Cluster(store, engine) as cluster:
        run_id = store.create(tiny_recipe)
        cluster.submit(run_id)
        wait_until(lambda: "Unable to contact slurm controller" in store.get(run_id).message)
        monkeypatch.setenv("SLURM_CONF", str(there))
        wait_until(lambda: not store.get(run_id).live)
    assert store.get(run_id).status == "finished"
    gc.collect()

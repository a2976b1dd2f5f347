"""How many threads train, and in which precision."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from core.data import load_dataset
from core.errors import ConvscopeError
from core.machine import (
    ThreadGovernor,
    describe_machine,
    devices,
    free_threads,
    pick_device,
    resolve_precision,
    share_cores,
)
from core.recipe import Recipe
from core.training import train

CPU = torch.device("cpu")


@pytest.mark.parametrize(("training", "left"), [(False, 1), (True, 3)])
def test_a_page_leaves_cores_to_browser_and_training(
    training: bool, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(4))

    def threads() -> int:
        share_cores(training)
        return torch.get_num_threads()

    with ThreadPoolExecutor(1) as page:
        assert page.submit(threads).result() == 4 - left


@pytest.mark.parametrize(
    ("taken", "threads"), [(-0.1, 4), (0.0, 4), (0.5, 4), (0.8, 3), (1.1, 3), (2.9, 1), (9.0, 1)]
)
def test_cores_are_left_to_programs_that_use_them(taken: float, threads: int) -> None:
    assert free_threads(4, taken) == threads


def test_the_only_core_is_always_used() -> None:
    assert free_threads(1, 1.0) == 1


def test_a_thread_count_that_the_user_set_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    torch.set_num_threads(3)
    governor = ThreadGovernor(interval=0.0)
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        governor.adjust()
        assert torch.get_num_threads() == 3
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_without_one_the_threads_follow_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    torch.set_num_threads(64)
    ThreadGovernor(interval=0.0).adjust()
    cores = int(describe_machine(CPU)["cores"])
    assert 1 <= torch.get_num_threads() <= cores


def test_once_trained_the_threads_are_as_they_were(
    tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(ThreadGovernor, "adjust", lambda _self: torch.set_num_threads(1))
    torch.set_num_threads(3)
    for _ in train(tiny_recipe, load_dataset(tiny_recipe.data), device=CPU):
        pass
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("home")
def test_precision_is_what_was_asked_for_and_auto_picks_one() -> None:
    assert resolve_precision("bf16", CPU) == "bf16"
    assert resolve_precision("fp32", CPU) == "fp32"
    assert resolve_precision("auto", CPU) == resolve_precision("auto", CPU)
    assert resolve_precision("auto", CPU) in ("fp32", "bf16")


def test_what_auto_means_is_found_out_once_a_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one recipe would train in one format today and in the other tomorrow."""
    first = resolve_precision("auto", CPU)
    (memory,) = home.iterdir()
    known = json.loads(memory.read_text())
    assert list(known.values()) == [first]
    other = {"fp32": "bf16", "bf16": "fp32"}[first]
    later = tmp_path / "a later process"
    later.mkdir()
    (later / memory.name).write_text(json.dumps(dict.fromkeys(known, other)))
    monkeypatch.setenv("CONVSCOPE_HOME", str(later))
    assert resolve_precision("auto", CPU) == other


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"this machine": "fp64"}'])
def test_a_damaged_memory_is_replaced(home: Path, damage: bytes) -> None:
    home.mkdir()
    memory = home / "precision.json"
    memory.write_bytes(damage)
    assert resolve_precision("auto", CPU) in json.loads(memory.read_text()).values()


def test_a_home_that_cannot_be_written_costs_only_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "file"))
    assert resolve_precision("auto", CPU) in ("fp32", "bf16")


def test_the_devices_to_train_on_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_DEVICES", " cpu, cpu ")
    assert devices() == [CPU]
    for wrong in ("gpu", "meta", "cpu,", "cuda:99", "\x1b[31mcpu"):
        monkeypatch.setenv("CONVSCOPE_DEVICES", wrong)
        with pytest.raises(ConvscopeError, match="no device") as told:
            devices()
        assert "\x1b" not in str(told.value)
    monkeypatch.delenv("CONVSCOPE_DEVICES")
    assert pick_device() == devices()[0]


def test_there_is_a_device_and_the_machine_can_be_described() -> None:
    assert pick_device() == devices()[0]
    about = describe_machine(CPU)
    assert about["device"].startswith("cpu: ")
    assert about["torch"] == torch.__version__

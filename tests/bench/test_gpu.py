"""What is asked of a GPU, tried on the CPU."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tape import Tape

from core.bench import ceiling, gpu
from core.data.dataset import Dataset
from core.recipe import Recipe
from core.training.recording import WARM_UPS

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceiling, "MINIMUM_SECONDS", 0.001)
    monkeypatch.setattr(ceiling, "CPU_BATCH", 2)
    monkeypatch.setattr(ceiling, "CPU_MATRIX", 64)
    monkeypatch.setattr(gpu, "IMAGES", 200)
    monkeypatch.setattr(gpu, "COMPARED_BATCH", 20)


@pytest.mark.slow
def test_all_is_measured_in_one_go_and_kept_in_one_file(
    home: Path, tiny_recipe: Recipe, tiny_data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tiny_recipe.model_copy(update={"epochs": 1})
    missing = Path("no such program.py")
    gpu.main({"tiny": short}, CPU, 2, short, tiny_data, 1, [missing])
    kept = json.loads((home / "bench" / "gpu.json").read_text())
    assert list(kept) == [
        *("the ceiling", "right steps", "fast steps"),
        "the race against no such program.py",
    ]
    assert "There is no program" in kept["the race against no such program.py"]["error"]
    assert "There is no program" in capsys.readouterr().out
    [(preset, precision, *_, memory, waits), *_] = kept["fast steps"]["rows"]
    assert (preset, precision, memory, waits) == ("tiny", "fp32", "-", "-")
    losses = kept["right steps"]["figures"]["tiny"]
    assert losses["fp32, eager"] == losses["cpu"]  # as it is the same device
    assert losses["fp32, compiled"] == pytest.approx(losses["cpu"], rel=1e-4)


@pytest.mark.slow
def test_where_steps_can_be_recorded_this_is_compared_too(
    tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "recorder_for", lambda _device: Tape())
    monkeypatch.setattr(gpu, "ways", lambda _device: [gpu.Way(), gpu.Way(recorded=True)])
    losses: Any = gpu.right_report({"tiny": tiny_recipe}, CPU).figures["tiny"]
    assert losses["fp32, recorded"] == losses["cpu"]
    assert len(losses["cpu"]) > WARM_UPS + 1  # or no recorded one would be among them
    report = gpu.steps_report({"tiny": tiny_recipe}, CPU, 2)
    assert report.columns[4:6] == ("recorded, ms", "spread")


def test_without_a_program_ours_races_alone(
    home: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    short = tiny_recipe.model_copy(update={"epochs": 1})
    gpu.main({}, CPU, 2, short, tiny_data, 1, [])
    kept = json.loads((home / "bench" / "gpu.json").read_text())
    assert kept["the race"]["rows"][0][:2] == ["ours, 1 epochs", 1]

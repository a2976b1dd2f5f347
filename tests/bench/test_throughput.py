"""What the machine can do, what a recipe makes of it, and how cost grows."""

from pathlib import Path

import pytest
import torch

from core.bench import ceiling, throughput
from core.bench.growth import pictures_report
from core.bench.report import Report, publish
from core.models.summary import summarise
from core.recipe import Recipe, presets

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceiling, "MINIMUM_SECONDS", 0.001)
    monkeypatch.setattr(ceiling, "CPU_BATCH", 2)
    monkeypatch.setattr(ceiling, "CPU_MATRIX", 64)


def test_every_kind_of_work_has_a_rate():
    rates = ceiling.measure(CPU, "fp32")
    assert list(rates) == list(ceiling.KINDS)
    assert all(len(values) == ceiling.REPEATS and min(values) > 0 for values in rates.values())


def test_a_floor_is_a_runs_arithmetic_over_the_ceiling():
    table = ceiling.floors_report({"fp32": {"convolution": [1e12, 2e12, 3e12]}})
    row = dict(zip(table.columns, next(r for r in table.rows if r[0] == "speed-94"), strict=True))
    recipe = presets()["speed-94"]
    flops = 3 * summarise(recipe.model, 10).flops
    assert row["MFLOP an image"] == f"{flops / 1e6:,.0f}"
    images = 50_000 * (1 - recipe.data.validation) * recipe.epochs
    assert row["minutes, fp32"] == f"{images * flops / 2e12 / 60:.1f}"


def test_a_run_of_smaller_images_has_less_arithmetic():
    recipe = presets()["speed-94"]
    smaller = recipe.model_copy(update={"epochs": 2, "resolutions": (16, 32)})
    whole = recipe.model_copy(update={"epochs": 1, "resolutions": (32,)})
    assert ceiling.run_flops(smaller) == pytest.approx(1.25 * ceiling.run_flops(whole))


def test_ours_and_the_plain_loop_are_timed_with_one_network(tiny_recipe: Recipe):
    ceiling.convolution_ceiling.cache_clear()
    rows = throughput.measure({"tiny": tiny_recipe}, repeats=2, seconds=0.05)
    assert rows[0].precision == "fp32"
    for row in rows:
        assert row.name == "tiny"
        assert min(row.ours.values) > 0
        assert row.plain == rows[0].plain
        assert row.share > 0


def test_growing_data_is_measured_in_a_home_of_its_own(home: Path, tmp_path: Path):
    table = pictures_report([100, 200], tmp_path / "elsewhere")
    assert [row[0] for row in table.rows] == ["100", "200"]
    assert len(list((tmp_path / "elsewhere" / "cache").iterdir())) == 2
    assert not home.exists()


def test_a_report_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    publish(Report("part", "A title", ("what", "s"), (("th|is", 3),), {"this": [3]}), tmp_path)
    assert "A title" in capsys.readouterr().out
    markdown = (tmp_path / "part.md").read_text()
    assert "| th\\|is | 3 |" in markdown
    assert torch.__version__ in markdown
    assert '"this": [\n      3\n    ]' in (tmp_path / "part.json").read_text()

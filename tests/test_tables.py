"""Tables in a terminal of 80 columns: whole words, and what matters most."""

from pathlib import Path

import pytest

from app.bench.live_reports import answers_report, memory_report, speed_report
from app.bench.server import Memory
from app.bench.situations import ALONE
from core.bench import answers, ceiling, data, race, throughput
from core.bench.finish import Finish
from core.bench.report import Report, Trials, publish
from core.data.dataset import Dataset
from core.recipe import load_recipe
from tests.readable import assert_readable

RATES = Trials([5_138.0, 5_288.0, 6_120.0])
TWO = {"this one": [1000.0, 1200.0, 1500.0], "another one": [1001.0, 1234.0, 1500.0]}


def reports(tiny_data: Dataset) -> list[Report]:
    """As they come out on a machine of today, over three trials."""
    kinds = {kind: [186.7e9, 187.7e9, 193.1e9] for kind in ceiling.KINDS}
    finishes = [Finish(1502.4, 0.9371), Finish(1502.6, 0.9414), Finish(1521.7, 0.9458)]
    raced = race.Race(load_recipe("speed-94"), {9: finishes}, [finishes], finishes)
    memory = {ALONE: {name: [Memory(1000, 2000)] * 3 for name in TWO}}
    return [
        ceiling.rates_report({"fp32": kinds, "bf16": kinds}),
        ceiling.floors_report({"fp32": kinds, "bf16": kinds}),
        throughput.report([throughput.Row("cifar10-small", "fp32", RATES, RATES, 0.55)], 3, 8.0),
        data.report({"DataLoader, 2 workers": RATES, data.STEP: RATES}),
        race.finishes_report(raced, tiny_data),
        race.targets_report(raced, tiny_data),
        answers.report("explain", "best", [answers.Latency("guided_grad_cam", 32, 1.5, RATES)]),
        speed_report({ALONE: TWO, "five pages of the run": TWO}),
        memory_report(memory),
        answers_report({"Home": TWO}),
    ]


def test_no_benchmark_breaks_a_word(
    tiny_data: Dataset,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for report in reports(tiny_data):
        publish(report, home)
        printed = capsys.readouterr().out
        spread = {n for n, name in enumerate(report.columns) if name.startswith("spread")}
        headings = [name for n, name in enumerate(report.columns) if n not in spread]
        cells = [str(row[n]) for row in report.rows for n in range(len(row)) if n not in spread]
        assert_readable(printed, *" ".join([*headings, *cells]).split())

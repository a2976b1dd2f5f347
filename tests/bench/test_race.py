"""The race: who needs how long, and what is made of it."""

from pathlib import Path

import pytest

from core.bench.external import run_external
from core.bench.finish import Finish, annealed_time, first_time
from core.bench.race import Race, finishes_report, run_race, targets_report
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.recipe import Recipe

PROGRAM = """
import sys, time
print("-" * 20)
print("|  run   | epoch | train_acc | val_acc | tta_val_acc | time_seconds |")
print("| warmup | eval  |   0.9000  | 0.8800  | 0.8900      | 99.0         |")
print("| 0      | 1     |   0.5000  | 0.5000  |             | 1.5          |")
print("| 0      | eval  |   0.9500  | 0.9300  | 0.9401      | 2.5906       |")
sys.stdout.flush()
time.sleep(3600)  # it would go on with its next run
"""


def test_a_budget_counts_when_its_mean_reaches_the_target():
    budgets = {
        4: [Finish(10, 0.91), Finish(30, 0.93)],
        8: [Finish(50, 0.95), Finish(60, 0.95), Finish(90, 0.95)],
    }
    assert annealed_time(budgets, 0.92) == 20
    assert annealed_time(budgets, 0.921) == 60
    assert annealed_time(budgets, 0.96) is None


def test_a_plain_run_counts_from_when_it_first_had_the_target():
    slow = [Finish(5, 0.5), Finish(10, 0.92), Finish(15, 0.89)]
    fast = [Finish(4, 0.91), Finish(8, 0.95)]
    assert first_time([slow, fast, fast], 0.9) == 4
    assert first_time([slow], 0.9) == 10
    assert first_time([slow, slow, fast], 0.94) is None
    assert first_time([], 0.5) is None


def test_another_program_is_evaluated_by_its_second_result_and_ended(tmp_path: Path):
    program = tmp_path / "other.py"
    program.write_text(PROGRAM)
    assert run_external(program) == Finish(seconds=2.5906, accuracy=0.9401)


def test_the_whole_time_of_another_program_counts_too(tmp_path: Path):
    program = tmp_path / "other.py"
    program.write_text(PROGRAM.replace("time_seconds", "total_time_seconds"))
    assert run_external(program).seconds == 2.5906


def test_a_program_without_a_result_is_named_in_a_sentence(tmp_path: Path):
    program = tmp_path / "other.py"
    program.write_text("print('no table here')")
    with pytest.raises(ConvscopeError, match=r"other\.py ended without printing two results"):
        run_external(program)
    with pytest.raises(ConvscopeError, match="There is no program at"):
        run_external(tmp_path / "missing.py")


def test_everybody_runs_once_for_each_seed(tiny_recipe: Recipe, tiny_data: Dataset, tmp_path: Path):
    program = tmp_path / "other.py"
    program.write_text(PROGRAM)
    said: list[str] = []
    race = run_race(
        tiny_recipe, tiny_data, seeds=2, budgets=[1, 8], plain_epochs=2, external=program,
        say=said.append,
    )  # fmt: skip
    assert {budget: len(finishes) for budget, finishes in race.ours.items()} == {1: 2, 8: 2}
    assert [len(points) for points in race.plain] == [2, 2]
    assert len(race.external) == 2
    assert len(said) == 2 * (2 + 2 + 1)
    long = [finish.accuracy for finish in race.ours[8]]
    assert min(long) > 0.5  # four classes
    rows = {row[0]: row for row in finishes_report(race, tiny_data).rows}
    assert rows["external program"][1:5] == (2, "94.01%", "0.00%", "94.01% - 94.01%")
    targets = {row[0]: row for row in targets_report(race, tiny_data).rows}
    assert targets["94%"][3] == "2.6"
    assert targets["95%"][3] == "-"


def test_a_plain_loop_that_does_not_get_there_gives_a_bound(
    tiny_recipe: Recipe, tiny_data: Dataset
):
    slow = [Finish(50, 0.5), Finish(100, 0.8)]
    race = Race(tiny_recipe, ours={1: [Finish(20, 0.93)]}, plain=[slow])
    ratios = {row[0]: row[-1] for row in targets_report(race, tiny_data).rows}
    assert ratios["90%"] == "< 0.20"
    assert ratios["96%"] == "-"

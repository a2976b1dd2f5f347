import pytest

from core.bench.data import STEP, measure, report
from core.bench.report import Trials
from core.recipe import Recipe


def test_every_way_is_measured_in_turn():
    recipe = Recipe.parse({"batch_size": 16, "model": {"family": "convnet", "channels": [4]}})
    speeds = measure(recipe, repeats=2, workers=(0,), images=40)
    assert list(speeds) == ["Augmenter", "DataLoader, 0 workers", STEP]
    assert all(len(trials.values) == 2 and min(trials.values) > 0 for trials in speeds.values())


def test_the_cost_of_a_batch_is_told_as_a_share_of_a_training_step():
    table = report({"Augmenter": Trials([900, 1000, 2000]), STEP: Trials([90, 100, 200])})
    assert table.rows[0] == ("Augmenter", "1,000", "900 - 2,000", "10.0%")
    assert table.rows[1][-1] == "100.0%"


def test_trials_compare_by_their_medians():
    assert Trials([1, 4, 100]).ratio(Trials([2, 2, 9])) == pytest.approx(2.0)

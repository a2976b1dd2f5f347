import pytest

from core.bench.data import measure
from core.recipe import Recipe


def test_rows_compare_every_way_with_the_training_step():
    recipe = Recipe.parse({"batch_size": 16, "model": {"family": "convnet", "channels": [4]}})
    rows = {row.name: row for row in measure(recipe, repeats=2, workers=(0,), images=40)}
    assert list(rows) == ["Augmenter", "DataLoader, 0 workers", "Training step"]
    assert all(0 < row.low <= row.images_per_second <= row.high for row in rows.values())
    step, ours = rows["Training step"], rows["Augmenter"]
    assert step.cost == 1.0
    assert ours.cost == pytest.approx(step.images_per_second / ours.images_per_second)

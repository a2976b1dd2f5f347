"""What a guess looks like."""

import numpy as np

from pages.predict.explanations import probability_bars
from tests.traces import traces


def test_the_likeliest_class_is_on_top_and_in_colour():
    bars = traces(probability_bars(["a", "b"], np.array([0.25, 0.75])))[0]
    assert [name for name, _ in bars["customdata"]] == ["b", "a"]
    assert list(bars["x"]) == [75, 25]
    assert bars["marker"]["color"][0] != bars["marker"]["color"][1]

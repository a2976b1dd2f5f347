"""The pictures that the program draws."""

import numpy as np
import pytest

from core.prediction import framings, mean_probabilities
from core.prediction.samples import SAMPLES, sample
from core.runs.checkpoint import load_checkpoint
from core.runs.networks import shipped_networks


@pytest.mark.parametrize("name", SAMPLES)
def test_a_drawn_picture_is_the_same_each_time_and_shows_something(name: str) -> None:
    one, other = (np.asarray(sample(name).image) for _ in range(2))
    assert one.shape == (256, 256, 3) and (one == other).all() and one.std() > 20


def test_a_network_that_ships_knows_what_it_should() -> None:
    network = load_checkpoint(shipped_networks()["vgg-bn"].path).network()
    known = {"Airliner": "airplane", "Ship": "ship", "Car": "automobile", "Lorry": "truck"}
    for name, expected in known.items():
        said = mean_probabilities(network, framings(sample(name)))
        assert network.classes[int(said.argmax())] == expected

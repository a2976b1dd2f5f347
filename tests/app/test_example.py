"""What is said of a picture that is looked at more than once."""

import numpy as np

from app.example import first_look


def test_maps_of_the_first_look_say_where_it_disagrees_with_the_verdict() -> None:
    alone = np.array([0.3, 0.7])
    assert first_look(("cat", "dog"), alone, best=1, looks=4).endswith("it is dog, 70% sure.")
    told = first_look(("cat", "dog"), alone, best=0, looks=4)
    assert "dog, 70% sure, while the class that is explained at first is the verdict's" in told

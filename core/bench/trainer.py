"""One training run for other benchmarks to measure: `python -m core.bench.trainer SECONDS`.

Prints the images per second of every look at the meter after a warm-up, one a line.
"""

import sys
import time

from core.data import load_dataset
from core.recipe import Data, Recipe, presets
from core.training import events, train

WARM_UP_SECONDS = 3.0


def measured_recipe() -> Recipe:
    """The small CIFAR-10 preset on drawn pictures, so that nothing must be downloaded."""
    data = Data(source="shapes", images=5_000)
    return presets()["cifar10-small"].model_copy(update={"data": data, "epochs": 1000})


def main(seconds: float) -> None:
    recipe = measured_recipe()
    started = time.perf_counter()
    for event in train(recipe, load_dataset(recipe.data)):
        elapsed = time.perf_counter() - started
        if isinstance(event, events.Steps) and elapsed > WARM_UP_SECONDS:
            print(event.images_per_second, flush=True)
        if elapsed > WARM_UP_SECONDS + seconds:
            return


if __name__ == "__main__":
    main(float(sys.argv[1]))

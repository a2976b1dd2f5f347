"""A recipe that is trained in no time."""

from core.recipe import Recipe

TINY = Recipe.parse(
    {
        "name": "tiny",
        "epochs": 3,
        "batch_size": 32,
        "precision": "fp32",
        "data": {"source": "shapes", "images": 200, "validation": 0.2},
        "model": {"family": "convnet", "channels": [4, 8], "depth": 1},
        "optimizer": {"learning_rate": 0.02},
    }
)

EVERY_AUGMENTATION = {
    "cutout": 8,
    "erasing": 0.5,
    "alternating_flip": True,
    "zoom": 0.3,
    "blur": 1.0,
    "brightness": 0.1,
    "contrast": 0.1,
}

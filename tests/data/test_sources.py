"""What every source of pictures has to offer, whichever there are."""

from pathlib import Path
from typing import get_args

import pytest

from core.data import SOURCES, Source, cifar10_available, image_count, load_dataset, source_stamp
from core.recipe import Data, Recipe

NAMES = get_args(Data.model_fields["source"].annotation)


def options(name: str, own_pictures: Path) -> Data:
    path = str(own_pictures) if SOURCES[name].own else ""
    return Recipe.parse({"data": {"source": name, "path": path, "images": 100}}).data


def test_every_source_that_a_recipe_can_name_is_there() -> None:
    assert list(SOURCES) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("home")
def test_what_a_source_tells_before_loading_holds(name: str, own_pictures: Path) -> None:
    source: Source = SOURCES[name]
    asked = options(name, own_pictures)
    assert source.about.endswith(".") and source.title
    assert source_stamp(asked) == source_stamp(asked)
    if name == "cifar10" and not cifar10_available():
        assert source.download()
        return
    assert not source.download()
    data = load_dataset(asked)
    assert data.name == source.name(asked)
    if source.own:
        assert image_count(asked, "train") is None
    else:
        counted = [image_count(asked, split) for split in ("train", "validation", "test")]
        assert counted == [len(data.train), len(data.validation), len(data.test)]

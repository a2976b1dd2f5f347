"""Data is told apart by its pictures, labels and split, and compared by what it is made of."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.data import load_dataset, same_data, source_stamp
from core.errors import ConvscopeError
from core.recipe import Data

pytestmark = pytest.mark.usefixtures("home")


def test_the_same_pictures_split_alike_are_the_same() -> None:
    one, again = (load_dataset(Data(images=200)).fingerprint for _ in range(2))
    assert same_data(one, again)


@pytest.mark.parametrize("change", [{"images": 201}, {"split_seed": 1}, {"validation": 0.2}])
def test_other_pictures_or_another_split_are_told_apart(change: dict[str, float]) -> None:
    usual = load_dataset(Data(images=200))
    other = load_dataset(Data.model_validate({"images": 200} | change))
    assert not same_data(usual.fingerprint, other.fingerprint)


def test_a_split_drawn_otherwise_from_the_same_seed_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As another version of torch may draw it."""
    before = load_dataset(Data(images=200))
    permute = torch.randperm

    def backwards(count: int, generator: torch.Generator) -> Tensor:
        return permute(count, generator=generator).flip(0)

    monkeypatch.setattr(torch, "randperm", backwards)
    after = load_dataset(Data(images=200))
    assert torch.equal(before.test.images, after.test.images)
    with pytest.raises(ConvscopeError, match="holds back other images for validation than when"):
        after.ensure_same(before.fingerprint, "this network")


def test_a_fingerprint_of_the_pictures_alone_is_compared_by_them() -> None:
    usual, other = (load_dataset(Data(images=200, split_seed=seed)) for seed in (0, 1))
    pictures_alone = usual.fingerprint.split(".")[0]
    assert len(pictures_alone) == 64
    assert same_data(pictures_alone, usual.fingerprint)
    assert same_data(other.fingerprint, pictures_alone)
    more = load_dataset(Data(images=201)).fingerprint
    assert not same_data(pictures_alone, more)


def test_other_pictures_are_refused_with_a_way_on() -> None:
    usual, other = load_dataset(Data(images=200)), load_dataset(Data(images=300))
    with pytest.raises(ConvscopeError) as caught:
        other.ensure_same(usual.fingerprint, "this network")
    assert str(caught.value) == (
        "Shapes are drawn by the program, and this version draws other pictures than those that "
        "this network was trained on; train the recipe anew."
    )


def test_the_stamp_of_a_folder_follows_its_files(classes: Path, paint: Callable[..., Path]) -> None:
    options = Data(source="folder", path=str(classes))
    before = source_stamp(options)
    assert source_stamp(options) == before
    paint(classes / "dog" / "new.png", (200, 0, 0))
    assert source_stamp(options) != before


def test_the_stamp_of_an_archive_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(b"short")
    options = Data(source="folder", path=str(path))
    before = source_stamp(options)
    path.write_bytes(b"longer than before")
    assert source_stamp(options) != before


def test_a_source_that_is_gone_has_no_stamp_but_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConvscopeError, match="no folder or archive"):
        source_stamp(Data(source="folder", path=str(tmp_path / "nowhere")))

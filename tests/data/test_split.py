import pytest
import torch

from core.data.dataset import Split
from core.data.split import hold_back
from core.errors import ConvscopeError

NAMES = ("few", "many")


def numbered(*per_class: int) -> Split:
    """Images that carry their own number in the first pixel's red."""
    labels = torch.tensor([label for label, n in enumerate(per_class) for _ in range(n)])
    images = torch.zeros(len(labels), 32, 32, 3, dtype=torch.uint8)
    images[:, 0, 0, 0] = torch.arange(len(labels))
    return Split(images, labels)


def numbers(split: Split) -> list[int]:
    return split.images[:, 0, 0, 0].tolist()


def test_every_class_gives_its_share():
    stays, held = hold_back(numbered(10, 40), 0.2, 0, NAMES, "validation")
    assert held.labels.bincount().tolist() == [2, 8]
    assert stays.labels.bincount().tolist() == [8, 32]


def test_no_image_is_lost_or_on_both_sides():
    stays, held = hold_back(numbered(10, 40), 0.3, 0, NAMES, "validation")
    assert sorted(numbers(stays) + numbers(held)) == list(range(50))
    assert all(
        (number >= 10) == bool(label)
        for number, label in zip(numbers(held), held.labels, strict=True)
    )


def test_the_seed_decides_who_is_held_back():
    first, again, other = (
        numbers(hold_back(numbered(10, 40), 0.2, seed, NAMES, "validation")[1])
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_small_share_of_a_small_class_is_one_image():
    _, held = hold_back(numbered(3, 100), 0.02, 0, NAMES, "validation")
    assert held.labels.bincount().tolist() == [1, 2]


@pytest.mark.parametrize("count", [0, 1])
def test_a_class_too_small_to_share_is_named(count: int):
    with pytest.raises(ConvscopeError, match=f"'few' has only {count} training"):
        hold_back(numbered(count, 10), 0.1, 0, NAMES, "validation")

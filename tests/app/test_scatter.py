"""What is sent of a map of images, and what of it is written into the link."""

import json
from base64 import b64decode

import numpy as np

from app.charts.scatter import Group, Images, packed, sent


def test_ten_thousand_points_are_sent_in_few_bytes() -> None:
    random = np.random.default_rng(0)
    places = random.integers(-10_000, 10_001, (10_000, 2)).astype(np.int16)
    labels = random.integers(0, 10, 10_000)
    groups = [Group(f"class {k}", np.flatnonzero(labels == k), k, k % 8) for k in range(10)]
    names = [f"class {k}" for k in range(10)]
    told = sent(Images(places, np.arange(10_000), labels, labels, names), groups)
    assert len(json.dumps(told)) < 130_000
    assert unpacked(told["places"]) == places.ravel().tolist()
    assert unpacked(told["numbers"]) == [*range(10_000)]
    assert unpacked(told["group"]) == labels.tolist()


def test_numbers_take_as_much_room_as_they_need() -> None:
    numbers = np.array([0, 49_999, 70_000])
    few, many = np.zeros(3, dtype=int), np.array([0, 255, 299])
    names = [str(k) for k in range(300)]
    told = sent(Images(np.zeros((3, 2), np.int16), numbers, many, few, names), [])
    assert unpacked(told["numbers"]) == numbers.tolist()
    assert unpacked(told["labels"]) == many.tolist()
    assert packed(np.array([-2], dtype=">i2")) == {"type": "int16", "base64": "/v8="}


def unpacked(told: object) -> list[int]:
    match told:
        case {"type": str(kind), "base64": str(text)}:
            return np.frombuffer(b64decode(text), np.dtype(kind).newbyteorder("<")).tolist()
    raise AssertionError(told)

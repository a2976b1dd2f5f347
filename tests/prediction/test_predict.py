import math

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from core.data.dataset import Normalisation
from core.models.network import Network
from core.prediction import (
    Part,
    Picture,
    framed,
    framings,
    mean_probabilities,
    predict,
    shrunk,
    size_notes,
    to_input,
)


def picture(image: Image.Image) -> Picture:
    return Picture(image, image.width, image.height)


@pytest.fixture
def wide() -> Picture:
    """96x32: a red, a green and a blue square, side by side."""
    image = Image.new("RGB", (96, 32), (255, 0, 0))
    image.paste((0, 255, 0), (32, 0, 64, 32))
    image.paste((0, 0, 255), (64, 0, 96, 32))
    return picture(image)


def test_crop_takes_the_centre_square(wide: Picture) -> None:
    pixels = to_input(wide, "crop")
    assert pixels.shape == (32, 32, 3)
    assert pixels.dtype == torch.uint8
    assert (pixels == torch.tensor([0, 255, 0])).all()


def test_pad_keeps_the_whole_picture_between_grey_bars(wide: Picture) -> None:
    pixels = to_input(wide, "pad")
    assert pixels[0, 0].tolist() == pixels[31, 31].tolist() == [128, 128, 128]
    assert [pixels[16, column].argmax().item() for column in (3, 16, 28)] == [0, 1, 2]


def test_stretch_squeezes_the_whole_picture(wide: Picture) -> None:
    pixels = to_input(wide, "stretch")
    assert [pixels[row, column].argmax().item() for row in (0, 31) for column in (3, 16, 28)] == [
        0, 1, 2, 0, 1, 2,
    ]  # fmt: skip


def test_a_part_is_taken_where_it_was_chosen(wide: Picture) -> None:
    left, right = (to_input(wide, "crop", Part(x=x)) for x in (1 / 6, 5 / 6))
    assert (left == torch.tensor([255, 0, 0])).all()
    assert (right == torch.tensor([0, 0, 255])).all()


def test_a_part_beyond_the_edge_is_moved_into_the_picture(wide: Picture) -> None:
    assert torch.equal(to_input(wide, "crop", Part(x=-3)), to_input(wide, "crop", Part(x=1 / 6)))
    assert Part(x=2, y=2, side=9).box(96, 32) == (64, 0, 96, 32)
    left, top, right, bottom = Part(side=0).box(50, 100)  # and is never nothing
    assert right - left == pytest.approx(5) and bottom - top == pytest.approx(5)


def test_framings_are_the_picture_a_closer_look_and_both_mirrored() -> None:
    ramp = np.repeat(np.arange(100, dtype=np.uint8)[None, :, None], 100, 0).repeat(3, 2)
    images = framings(picture(Image.fromarray(ramp)))
    assert images.shape == (4, 32, 32, 3) and images.dtype == torch.uint8
    assert torch.equal(images[0], to_input(picture(Image.fromarray(ramp))))
    assert torch.equal(images[2:], images[:2].flip(2))
    spans = [int(image[0, -1, 0]) - int(image[0, 0, 0]) for image in images[:2]]
    assert spans[1] / spans[0] == pytest.approx(0.8, abs=0.03)
    assert len(framings(picture(Image.fromarray(ramp)), "pad")) == 2


def test_what_is_said_of_framings_is_the_mean_of_probabilities() -> None:
    images = torch.zeros(2, 32, 32, 3, dtype=torch.uint8)
    images[0, ..., 0] = images[1, ..., 1] = 255
    network = by_colour(temperature=0.1)
    said = mean_probabilities(network, images)
    each = network.probabilities(network.logits(images))
    assert torch.allclose(said, each.mean(0)) and said[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("size", "kept"), [((2000, 1000), (768, 384)), ((9, 5), (9, 5))])
def test_only_a_large_picture_is_made_smaller(size: tuple[int, int], kept: tuple[int, int]) -> None:
    small = shrunk(picture(Image.new("RGB", size)), 768)
    assert small.image.size == kept and (small.width, small.height) == size
    assert shrunk(picture(Image.new("RGB", (1, 10_000))), 768).image.size == (1, 768)


def test_a_picture_of_fewer_pixels_than_networks_see_is_told() -> None:
    assert "1x10,000 pixels" in size_notes(picture(Image.new("RGB", (1, 10_000))))[0]
    assert size_notes(picture(Image.new("RGB", (32, 32)))) == ()


def test_shrinking_averages_instead_of_skipping_pixels() -> None:
    stripes = np.zeros((320, 320, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    pixels = to_input(picture(Image.fromarray(stripes)))
    assert 120 <= int(pixels.min()) <= int(pixels.max()) <= 135


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (33, 31)])
def test_every_shape_of_picture_fits(fit, size: tuple[int, int]) -> None:
    assert to_input(picture(Image.new("RGB", size))).shape == (32, 32, 3)
    assert framed(picture(Image.new("RGB", size)), fit, 200).size == (200, 200)


def by_colour(temperature: float) -> Network:
    """Logits are the mean red, green and blue, from 0 to 1."""
    head = nn.Linear(3, 3, bias=False)
    head.weight = nn.Parameter(torch.eye(3))
    model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)
    return Network(
        model.eval(), ("red", "green", "blue"), Normalisation((0, 0, 0), (1, 1, 1)), temperature
    )


def test_top_classes_come_best_first_with_calibrated_probabilities() -> None:
    images = torch.zeros(2, 32, 32, 3, dtype=torch.uint8)
    images[0, ..., 1] = 255
    images[1, ..., 2] = 255
    images[1, ..., 0] = 51
    first, second = predict(by_colour(temperature=0.5), images, k=2)
    assert first.classes[0] == "green"
    assert first.probabilities[0] == pytest.approx(math.exp(2) / (math.exp(2) + 2))
    assert second.classes == ("blue", "red")
    assert second.logits == pytest.approx((1.0, 0.2))
    total = math.exp(2) + math.exp(0.4) + 1
    assert second.probabilities == pytest.approx((math.exp(2) / total, math.exp(0.4) / total))


def test_more_classes_than_there_are_gives_all() -> None:
    (only,) = predict(by_colour(1.0), torch.zeros(1, 32, 32, 3, dtype=torch.uint8), k=5)
    assert len(only.classes) == len(only.probabilities) == len(only.logits) == 3
    assert sum(only.probabilities) == pytest.approx(1)

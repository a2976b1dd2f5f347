"""Filters, maps and frames as pictures."""

import numpy as np
import torch

from core.inside.drawing import (
    OUTLINE,
    filters_as_pictures,
    full_strength,
    is_signed,
    maps_as_pictures,
    outlined,
)
from core.inside.film import film_of
from core.inside.first_layer import filters_of, is_whitening
from core.inside.outputs import output_of
from core.models import build_model
from core.models.graph import trace
from core.models.network import Network
from core.recipe import ConvNet, ResNet
from tests.explanation.small_networks import PLAIN, images


def test_a_filter_of_red_against_blue_is_drawn_red_on_grey() -> None:
    weights = torch.zeros(2, 3, 3, 3)
    weights[0, 0], weights[0, 2] = 0.5, -0.5
    drawn = filters_as_pictures(weights)
    assert drawn.shape == (2, 3, 3, 3)
    assert drawn[0, 0, 0].tolist() == [255, 128, 0]
    assert (drawn[1] == 128).all()


def test_maps_have_one_scale_and_more_is_lighter() -> None:
    maps = torch.zeros(3, 4, 4)
    maps[0, 0, 0], maps[1, 0, 0] = 2.0, 1.0
    light = maps_as_pictures(maps).astype(int).sum(axis=3)
    assert light[0, 0, 0] > light[1, 0, 0] > light[2, 0, 0] == light.min()
    assert not is_signed(maps) and 1.0 < full_strength(maps) <= 2.0


def test_values_below_0_have_a_colour_of_their_own() -> None:
    red, blue, none = maps_as_pictures(torch.tensor([1.0, -1.0, 0.0]))[:, 0, 0].astype(int)
    assert red[0] > red[2] and blue[2] > blue[0] and none.min() > 240


def test_a_layer_that_is_0_everywhere_is_dark() -> None:
    assert len(np.unique(maps_as_pictures(torch.zeros(2, 3, 3)).reshape(-1, 3), axis=0)) == 1


def test_a_frame_lies_on_the_edge_of_its_box_and_the_rest_stays() -> None:
    image = images(1)[0].numpy()
    drawn = outlined(image, (4, 6, 9, 32))
    assert drawn.shape == (128, 128, 3)
    framed = (drawn == OUTLINE).all(axis=2)
    rows, columns = np.flatnonzero(framed.any(axis=1)), np.flatnonzero(framed.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (17, 34, 25, 126)
    changed = (drawn != image.repeat(4, 0).repeat(4, 1)).any(axis=2)
    assert not changed[:16].any() and not changed[36:].any() and not changed[:, :24].any()
    assert not changed[20:32, 28:124].any()


def test_only_a_layer_that_sees_pixels_has_filters_that_are_pictures() -> None:
    for options, whitening in ((ConvNet(channels=(4,), whitening=2), True), (ResNet(), False)):
        model, (first, second, *_) = build_model(options, 10), trace(options, 10)
        filters = filters_of(model, first)
        assert filters is not None and filters.shape[:2] == (first.shape[0], 3)
        assert is_whitening(model, first) == whitening
        assert filters_of(model, second) is None and not is_whitening(model, second)


def test_a_film_shows_the_strongest_channels_of_every_layer() -> None:
    options = ConvNet(channels=(16, 4), depth=2, residual=True)
    model, steps, image = build_model(options, 10).eval(), trace(options, 10), images(1)
    network = Network(model.requires_grad_(False), tuple("abcdefghij"), PLAIN)
    frames = film_of(network, image[0], steps)
    assert [frame.step for frame in frames] == list(steps)
    for frame in frames:
        maps = output_of(model, network.input(image), frame.step)[0]
        maps = maps if maps.dim() == 3 else maps[:, None, None]
        order = maps.amax((1, 2)).argsort(descending=True)[:12]
        assert frame.channels.tolist() == order.tolist()
        torch.testing.assert_close(frame.maps, maps[order])
        assert frame.active == float((maps > 0).float().mean())

import numpy as np
import pytest
import torch

from core.explanation import heatmap, overlay

STRONGEST, MOST_POSITIVE, MOST_NEGATIVE = (252, 255, 164), (103, 0, 31), (5, 48, 97)


def test_the_strongest_are_opaque_and_nothing_is_clear() -> None:
    attribution = torch.zeros(32, 32)
    attribution[:16] = 5
    colours = heatmap(attribution, signed=False)
    assert colours.shape == (32, 32, 4)
    assert colours.dtype == np.uint8
    assert tuple(colours[0, 0]) == (*STRONGEST, 255)
    assert (colours[16:, :, 3] == 0).all()


def test_signs_have_their_own_colours_at_the_same_strength() -> None:
    attribution = torch.zeros(32, 32)
    attribution[:10], attribution[10:20], attribution[20:30] = 2, -2, -1
    colours = heatmap(attribution, signed=True)
    assert tuple(colours[0, 0]) == (*MOST_POSITIVE, 255)
    assert tuple(colours[10, 0]) == (*MOST_NEGATIVE, 255)
    assert tuple(colours[20, 0]) == (107, 172, 209, 128)
    assert colours[31, 0, 3] == 0


def test_one_outlier_does_not_dim_the_map() -> None:
    attribution = torch.ones(32, 32)
    attribution[0, 0] = 1e6
    assert (heatmap(attribution, signed=False)[..., 3] == 255).all()


def test_a_map_of_a_single_pixel_shows_that_pixel() -> None:
    attribution = torch.zeros(32, 32)
    attribution[3, 4] = 1e-9
    alpha = heatmap(attribution, signed=False)[..., 3]
    assert alpha[3, 4] == 255
    assert alpha.astype(int).sum() == 255


@pytest.mark.parametrize("signed", [True, False])
def test_an_empty_map_or_no_opacity_leaves_the_picture_alone(signed: bool) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8)
    assert (overlay(picture, torch.zeros(32, 32), 1.0, signed) == picture).all()
    assert (overlay(picture, torch.ones(32, 32), 0.0, signed) == picture).all()


def test_full_opacity_shows_the_colours_alone_and_half_mixes_them() -> None:
    black = np.zeros((50, 70, 3), dtype=np.uint8)
    full = overlay(black, torch.ones(32, 32), 1.0, signed=False)
    assert full.shape == (50, 70, 3)
    assert (full == STRONGEST).all()
    half = overlay(black, torch.ones(32, 32), 0.5, signed=False)
    assert np.abs(half - np.array(STRONGEST) / 2).max() <= 0.5


def test_the_map_lies_where_it_belongs_and_has_soft_edges() -> None:
    attribution = torch.zeros(32, 32)
    attribution[:16, 16:] = 1
    laid = overlay(np.zeros((320, 640, 3), dtype=np.uint8), attribution, 1.0, signed=False)
    assert tuple(laid[40, 600]) == STRONGEST
    assert (laid[300] == 0).all()
    assert (laid[40, :200] == 0).all()
    assert len(np.unique(laid[40, 300:340, 0])) > 8

"""Corruptions are those of CIFAR-10-C: as an independent implementation makes them, and as their
description says."""

from importlib.resources import files

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from tests.robustness import reference

FIXED = ("defocus_blur", "zoom_blur", "gaussian_blur", "brightness", "contrast", "saturate")
FILES = ("pixelate", "jpeg_compression")
DRAWN = (
    *("gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise", "glass_blur"),
    *("motion_blur", "snow", "fog", "spatter", "elastic_transform"),
)
# By their published constants, others grow not with every severity: elastic transform moves points
# less and less, saturation first falls and then rises, and frost darkens what it covers.
GROWING = CORRUPTIONS.keys() - {
    *("glass_blur", "motion_blur", "frost", "spatter", "elastic_transform", "saturate")
}


@pytest.fixture(scope="module")
def photos() -> Tensor:
    """uint8 [40, 32, 32, 3]: parts of two photographs, as large as CIFAR-10's pictures."""
    cut = []
    for name in ("chelsea.png", "astronaut.png"):
        with Image.open(str(files("skimage.data") / name)) as photo:
            small = np.asarray(photo.convert("RGB").resize((160, 128), Image.Resampling.BOX))
        cut += [small[y : y + 32, x : x + 32] for y in range(0, 128, 32) for x in range(0, 160, 32)]
    return torch.from_numpy(np.stack(cut))


def by_reference(photos: Tensor, name: str, severity: int) -> np.ndarray:
    draw = np.random.default_rng(severity)
    corrupted = [
        np.clip(getattr(reference, name)(photo / 255, severity, draw), 0, 1) * 255
        for photo in photos.numpy()
    ]
    return np.floor(np.stack(corrupted) + 1e-3)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_bytes_in_and_bytes_out_the_same_for_a_seed(photos: Tensor, name: str) -> None:
    before = photos.clone()
    for severity in SEVERITIES:
        one = corrupt(photos, name, severity, seed=3)
        assert one.dtype == torch.uint8 and one.shape == photos.shape
        assert torch.equal(one, corrupt(photos, name, severity, seed=3))
        other = corrupt(photos, name, severity, seed=4)
        assert torch.equal(one, other) == (name in (*FIXED, *FILES))
        assert not torch.equal(one, photos)
    assert torch.equal(photos, before)


def test_nothing_global_is_drawn_from_or_seeded(photos: Tensor) -> None:
    state = torch.get_rng_state(), np.random.get_state(legacy=False)["state"]["key"]
    for name in CORRUPTIONS:
        corrupt(photos[:2], name, 5)
    assert torch.equal(torch.get_rng_state(), state[0])
    assert np.array_equal(np.random.get_state(legacy=False)["state"]["key"], state[1])


def test_the_first_pictures_come_out_alike_whatever_follows(photos: Tensor) -> None:
    many = photos.repeat(13, 1, 1, 1)
    longer, shorter = corrupt(many, "glass_blur", 3), corrupt(many[:500], "glass_blur", 3)
    assert torch.equal(longer[:500], shorter)
    assert not torch.equal(longer[240:280], longer[280:320])


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("name", FIXED)
def test_what_is_not_drawn_is_the_references_to_a_level(
    photos: Tensor, name: str, severity: int
) -> None:
    apart = np.abs(corrupt(photos, name, severity).numpy() - by_reference(photos, name, severity))
    assert apart.max() <= 1 and apart.mean() < 0.01


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("name", FILES)
def test_what_pillow_makes_is_pillows(photos: Tensor, name: str, severity: int) -> None:
    ours = corrupt(photos, name, severity).numpy()
    assert np.array_equal(ours, by_reference(photos, name, severity))


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_differs_from_the_photos_as_the_reference_does(
    photos: Tensor, name: str, severity: int
) -> None:
    """By mean and standard deviation of the difference, within what drawing anew changes."""
    photos = photos.repeat(3 if name == "spatter" else 1, 1, 1, 1)  # drops are few
    ours = corrupt(photos, name, severity).numpy() - photos.numpy().astype(float)
    theirs = by_reference(photos, name, severity) - photos.numpy()
    assert ours.std() == pytest.approx(theirs.std(), rel=0.1)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.1 * theirs.std())


@pytest.mark.parametrize("severity", SEVERITIES)
def test_noise_is_as_strong_as_published(severity: int) -> None:
    grey = torch.full((100, 32, 32, 3), 102, dtype=torch.uint8)  # 0.4, clipped at neither end

    def change(name: str) -> np.ndarray:
        return corrupt(grey, name, severity).numpy() / 255 - 0.4

    deviations = {
        "gaussian_noise": (0.04, 0.06, 0.08, 0.09, 0.10)[severity - 1],
        "speckle_noise": 0.4 * (0.06, 0.1, 0.12, 0.16, 0.2)[severity - 1],
        "shot_noise": (0.4 / (500, 250, 100, 75, 50)[severity - 1]) ** 0.5,
    }
    for name, deviation in deviations.items():
        assert change(name).std() == pytest.approx(deviation, rel=0.03)
        assert change(name).mean() == pytest.approx(-0.5 / 255, abs=1e-3)  # cut off to bytes
    impulses = change("impulse_noise")
    amount = (0.01, 0.02, 0.03, 0.05, 0.07)[severity - 1]
    assert (impulses > 0.5).mean() == pytest.approx(amount / 2, rel=0.1)
    assert (impulses < -0.3).mean() == pytest.approx(amount / 2, rel=0.1)


@pytest.mark.parametrize("name", GROWING)
def test_each_severity_changes_more_than_the_one_before(photos: Tensor, name: str) -> None:
    changed = [(corrupt(photos, name, s) - photos.float()).square().mean() for s in SEVERITIES]
    assert changed == sorted(changed) and changed[0] > 0


def test_frost_is_ice_on_a_picture_darkened_as_published() -> None:
    white = torch.full((50, 32, 32, 3), 255, dtype=torch.uint8)
    black = torch.zeros_like(white)
    frozen = corrupt(black, "frost", 5).float() / 255
    assert frozen.amax() <= 0.45 and frozen.std() > 0.05
    assert frozen[..., 2].mean() > frozen[..., 0].mean()
    both = corrupt(white, "frost", 5).float() / 255
    assert both.amin() == pytest.approx(0.75, abs=0.02)

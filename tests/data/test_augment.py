import pytest
import torch
from torch import Tensor

from core.data import Augmenter, Normalisation, order
from core.recipe import Augmentation

PLAIN = Augmentation(crop_padding=0, flip=False)
UNIT = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def random_images(count: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, 32, 32, 3), dtype=torch.uint8, generator=generator)


def batch(images: Tensor, augmentation: Augmentation, count: int = 200) -> Tensor:
    """`count` augmentations of the first image, as whole numbers [count, 32, 32, 3]."""
    made = Augmenter(images, augmentation, UNIT).batch(torch.zeros(count, dtype=torch.int64))
    return (made.permute(0, 2, 3, 1) * 255).round().int()


def test_values_are_normalised_exactly():
    images = torch.tensor([0, 51, 255], dtype=torch.uint8).expand(1, 32, 32, 3).contiguous()
    normalisation = Normalisation((0.5, 0.2, 0.4), (0.25, 0.1, 0.2))
    made = Augmenter(images, PLAIN, normalisation).batch(torch.tensor([0, 0]))
    assert made.shape == (2, 3, 32, 32)
    assert made.dtype == torch.float32
    assert made.is_contiguous(memory_format=torch.channels_last)
    # (0 - .5) / .25, (51/255 - .2) / .1, (1 - .4) / .2
    expected = torch.tensor([-2.0, 0.0, 3.0]).view(3, 1, 1).expand_as(made)
    torch.testing.assert_close(made, expected, rtol=0, atol=1e-6)


def test_without_augmentation_the_images_asked_for_come_out():
    images = random_images()
    made = Augmenter(images, PLAIN, UNIT).batch(torch.tensor([2, 0, 2]))
    expected = images[[2, 0, 2]].permute(0, 3, 1, 2).float() / 255
    torch.testing.assert_close(made, expected, rtol=0, atol=1e-6)


def test_every_crop_is_a_window_of_the_reflected_image():
    images = random_images(1)
    padding = torch.nn.ReflectionPad2d(2)(images.permute(0, 3, 1, 2).float())[0].permute(1, 2, 0)
    windows = {
        (top, left): padding[top : top + 32, left : left + 32].int()
        for top in range(5)
        for left in range(5)
    }
    made = batch(images, Augmentation(crop_padding=2, flip=False))
    seen = {
        place for image in made for place, window in windows.items() if torch.equal(image, window)
    }
    assert all(any(torch.equal(image, w) for w in windows.values()) for image in made)
    assert len(seen) == 25, "every shift must come up in 200 crops"


def test_half_of_the_images_are_mirrored():
    images = random_images(1)
    made = batch(images, Augmentation(crop_padding=0, flip=True), count=1000)
    mirrored = (made == images.flip(2).int()).flatten(1).all(1)
    upright = (made == images.int()).flatten(1).all(1)
    assert bool((mirrored ^ upright).all())
    assert 440 <= int(mirrored.sum()) <= 560  # 500 give or take four standard deviations


def test_alternating_flip_shows_every_image_both_ways_in_two_epochs():
    images = random_images(100)
    augmentation = Augmentation(crop_padding=0, flip=True, alternating_flip=True)
    augmenter = Augmenter(images, augmentation, UNIT, seed=3)
    everything = torch.arange(100)
    upright = images.permute(0, 3, 1, 2).float() / 255
    is_mirrored = []
    for epoch in range(4):
        augmenter.seek(step=10 + epoch, epoch=epoch)
        made = augmenter.batch(everything)
        mirrored = torch.isclose(made, upright.flip(3)).flatten(1).all(1)
        assert bool((mirrored ^ torch.isclose(made, upright).flatten(1).all(1)).all())
        is_mirrored.append(mirrored)
    assert torch.equal(is_mirrored[0], ~is_mirrored[1])
    assert torch.equal(is_mirrored[0], is_mirrored[2])
    assert torch.equal(is_mirrored[1], is_mirrored[3])
    assert 30 <= int(is_mirrored[0].sum()) <= 70  # half, give or take four standard deviations


@pytest.mark.parametrize("side", [1, 8, 9])
def test_cutout_blanks_one_square(side: int):
    images = torch.full((1, 32, 32, 3), 255, dtype=torch.uint8)
    blank = batch(images, PLAIN.model_copy(update={"cutout": side})) == 0
    heights = blank[..., 0].any(2).sum(1)
    widths = blank[..., 0].any(1).sum(1)
    assert torch.equal(blank.sum(dim=(1, 2, 3)), heights * widths * 3), "not a full rectangle"
    assert int(heights.max()) == int(widths.max()) == side
    # Its middle lies on the picture: in the corner, half of each side is left.
    assert int(heights.min()) == int(widths.min()) == (side + 1) // 2
    inner = (heights == side) & (widths == side)
    assert inner.float().mean() > 0.4  # the rest was clipped by an edge


def test_cutout_is_the_mean_colour():
    images = torch.full((1, 32, 32, 3), 200, dtype=torch.uint8)
    augmentation = PLAIN.model_copy(update={"cutout": 24})
    normalisation = Normalisation((0.5, 0.4, 0.3), (0.2, 0.2, 0.2))
    made = Augmenter(images, augmentation, normalisation).batch(torch.tensor([0]))
    assert (made == 0).any()


def test_erasing_happens_as_often_as_asked_and_in_rectangles():
    images = torch.full((1, 32, 32, 3), 128, dtype=torch.uint8)
    changed = (batch(images, PLAIN.model_copy(update={"erasing": 0.25}), count=1000) != 128).any(3)
    erased = changed.flatten(1).any(1)
    assert 195 <= int(erased.sum()) <= 305  # 250 give or take four standard deviations
    heights, widths = changed.any(2).sum(1)[erased], changed.any(1).sum(1)[erased]
    areas = heights * widths / 32**2
    assert 0.015 < float(areas.min()) < float(areas.max()) < 0.43
    filled = changed.flatten(1).sum(1)[erased]
    assert (filled >= 0.95 * heights * widths).all()  # noise may hit 128 by chance
    assert heights.unique().numel() > 10


def test_the_seed_the_step_and_the_place_in_the_batch_decide():
    images = random_images()

    def made(seed: int, step: int, epoch: int) -> Tensor:
        augmenter = Augmenter(
            images,
            Augmentation(cutout=6, erasing=0.5, zoom=0.3, blur=1.0, brightness=0.2, contrast=0.2),
            UNIT,
            seed,
        )
        augmenter.seek(step, epoch)
        return augmenter.batch(torch.tensor([0, 1, 2, 0, 0]))

    first = made(seed=7, step=3, epoch=1)
    assert torch.equal(first, made(seed=7, step=3, epoch=1))
    assert not torch.equal(first, made(seed=8, step=3, epoch=1))
    assert not torch.equal(first, made(seed=7, step=4, epoch=1))
    assert not torch.equal(first, made(seed=7, step=3, epoch=2))
    assert not torch.equal(first[0], first[3])


def test_turning_cutout_on_leaves_the_crops_as_they_were():
    images = random_images(1)
    without = batch(images, Augmentation())
    cut = batch(images, Augmentation(cutout=4))
    same = (without == cut).flatten(1).sum(1)
    assert int(same.min()) >= (32 * 32 - 4 * 4) * 3


def test_an_epoch_sees_every_image_once_in_its_own_order():
    first = order(100, seed=3, epoch=0)
    assert first.dtype == torch.int64
    assert sorted(first.tolist()) == list(range(100))
    assert torch.equal(first, order(100, seed=3, epoch=0))
    assert not torch.equal(first, order(100, seed=3, epoch=1))
    assert not torch.equal(first, order(100, seed=4, epoch=0))


def resampled(images: Tensor, count: int = 400, **amounts: float) -> Tensor:
    """`count` augmentations of the first image by zoom or blur alone, [count, 32, 32, 3]."""
    augmentation = PLAIN.model_copy(update=amounts)
    made = Augmenter(images, augmentation, UNIT).batch(torch.zeros(count, dtype=torch.int64))
    return made.permute(0, 2, 3, 1) * 255


def test_zoom_magnifies_as_often_as_it_shrinks_around_the_middle():
    rows, columns = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
    image = torch.stack([4 * rows, 4 * columns, torch.full_like(rows, 60)], -1).to(torch.uint8)
    made = resampled(image[None], zoom=0.5)
    down = made[:, 17, 16, 0] - made[:, 14, 16, 0]  # over three rows, 12 as it was
    factors = 12 / down
    assert 0.65 < float(factors.min()) < 0.7 < 1.4 < float(factors.max()) < 1.51
    assert 0.45 < float((factors > 1).float().mean()) < 0.55
    torch.testing.assert_close(made[:, 16, 17, 1] - made[:, 16, 14, 1], down)  # not stretched
    torch.testing.assert_close(made[:, 15:17, 15:17, 0].mean((1, 2)), torch.full((400,), 62.0))
    torch.testing.assert_close(made[..., 2], torch.full((400, 32, 32), 60.0))


def test_what_a_shrunk_image_leaves_free_is_mirrored():
    images = random_images(1)
    made = resampled(images, zoom=1.0)
    smallest = made[made.flatten(1).var(1).argmin()]
    torch.testing.assert_close(smallest.mean(), images.float().mean(), rtol=0.1, atol=0)
    assert float(smallest[0].std()) > 5  # no edge of one colour


def test_blur_is_that_of_a_gaussian_up_to_its_deviation():
    image = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    image[0, 16, 16] = 250
    made = resampled(image, blur=1.5)[..., 0]
    torch.testing.assert_close(made.sum((1, 2)), torch.full((400,), 250.0))
    steps = torch.arange(32) - 16.0
    deviation = ((made.sum(2) * steps**2).sum(1) / 250).sqrt()
    assert float(deviation.min()) < 0.3 < 1.4 < float(deviation.max()) < 1.5 + 1e-3
    widest = made[deviation.argmax()]
    beside = torch.exp(-0.5 / deviation.max() ** 2)
    torch.testing.assert_close(widest[16, 17] / widest[16, 16], beside, rtol=1e-3, atol=0)


def test_zoom_and_blur_leave_crops_mirroring_and_cutout_as_they_were():
    images = random_images(1)
    augmentation = Augmentation(cutout=8)
    touched = batch(images, augmentation.model_copy(update={"blur": 1e-6}))
    assert torch.equal(batch(images, augmentation), touched)


def relit(**amounts: float) -> Tensor:
    """1,000 augmentations, [1000, 2], of an image of two greys, 64 and 192 on a mean of 128."""
    image = torch.full((1, 32, 32, 3), 64, dtype=torch.uint8)
    image[:, 16:] = 192
    middle = 128 / 255
    normalisation = Normalisation((middle, middle, middle), (0.25, 0.25, 0.25))
    augmenter = Augmenter(image, PLAIN.model_copy(update=amounts), normalisation)
    made = augmenter.batch(torch.zeros(1000, dtype=torch.int64))
    assert torch.equal(made, made[:, :1, :, :1].expand_as(made))  # a grey stays one
    return 255 * 0.25 * made[:, 0, ::16, 0] + 128


def test_brightness_lightens_and_darkens_all_of_an_image_by_one_amount():
    dark, light = relit(brightness=0.2).unbind(1)
    torch.testing.assert_close(light - dark, torch.full((1000,), 128.0))
    added = (dark - 64) / 255
    assert -0.2 <= float(added.min()) < -0.195 < 0.195 < float(added.max()) <= 0.2
    assert abs(float(added.mean())) < 0.02  # 0.2 / sqrt(3) / sqrt(1000), four times: 0.015


def test_contrast_strengthens_and_weakens_around_the_mean_colour():
    dark, light = relit(contrast=0.5).unbind(1)
    torch.testing.assert_close(dark + light, torch.full((1000,), 256.0))
    factor = (light - 128) / 64
    assert 0.5 <= float(factor.min()) < 0.51 < 1.49 < float(factor.max()) <= 1.5
    assert abs(float(factor.mean()) - 1) < 0.04


def test_brightness_and_contrast_leave_crops_mirroring_and_cutout_as_they_were():
    images = random_images(1)
    augmentation = Augmentation(cutout=8)
    touched = batch(images, augmentation.model_copy(update={"brightness": 1e-6, "contrast": 1e-6}))
    assert torch.equal(batch(images, augmentation), touched)

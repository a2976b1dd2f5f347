"""Cutting and augmenting whole batches as tensor operations, where the images are."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from core.data.dataset import IMAGE_SIZE, Normalisation
from core.randomness import Stream, bits, derive, normal, uniform
from core.recipe import Augmentation

LEVELS = 33  # of zoom and of blur, from least to most, so that one of them changes no size
DRAWS = 9  # random numbers per image, drawn whether used or not: options don't disturb each other


def order(n: int, seed: int, epoch: int) -> Tensor:
    """The order in which an epoch sees its images: a permutation, int64 [n], on the CPU."""
    return bits(torch.tensor(derive(seed, Stream.ORDER, epoch)), n).argsort()


class Augmenter:
    """Makes training batches of images it holds, padded by reflection, on their device.

    Random crop and flip as in He et al. 2015 (section 4.2), brightness and contrast, zoom and blur,
    cutout (DeVries & Taylor 2017) and random erasing (Zhong et al. 2017, algorithm 1, with the
    authors' ranges of area and aspect).
    """

    def __init__(
        self,
        images: Tensor,
        augmentation: Augmentation,
        normalisation: Normalisation,
        seed: int = 0,
    ) -> None:
        """`images`: uint8 [N, 32, 32, 3]; on their device a padded copy stays while this lives."""
        self.augmentation, self._seed = augmentation, seed
        self.device = images.device
        padded = _reflect(images, augmentation.crop_padding)
        self._side = padded.shape[1]
        self._pixels = padded.view(-1, 3)
        self._steps = torch.arange(IMAGE_SIZE, device=self.device)
        self._mixing = _mixing(augmentation).to(self.device)
        mean, std = torch.tensor([normalisation.mean, normalisation.std], device=self.device)
        # One value for every pixel and channel of an image: a row that vectorises well.
        self._scale = (1 / (255 * std)).repeat(IMAGE_SIZE**2)
        self._shift = (-mean / std).repeat(IMAGE_SIZE**2)
        keys = torch.zeros(5, dtype=torch.int64, device=self.device)
        self._key, self._noise_key, self._resampling_key, self._light_key, coins = keys
        coins.fill_(derive(seed, Stream.MIRRORED_FIRST))
        self._mirrored_first = uniform(coins, len(images)) < 0.5
        self._odd_epoch = torch.zeros((), dtype=torch.bool, device=self.device)
        self.seek(step=0, epoch=0)

    def seek(self, step: int, epoch: int) -> None:
        """The next batch is that of `step` in `epoch`, both from 0.

        The randomness of an image is a function of the seed, these two and its place in the batch;
        an alternating flip is one of the seed, the image and whether the epoch is odd.
        """
        self._key.fill_(derive(self._seed, Stream.AUGMENTATION, epoch, step))
        self._noise_key.fill_(derive(self._seed, Stream.NOISE, epoch, step))
        self._resampling_key.fill_(derive(self._seed, Stream.RESAMPLING, epoch, step))
        self._light_key.fill_(derive(self._seed, Stream.LIGHT, epoch, step))
        self._odd_epoch.fill_(epoch % 2 == 1)

    def batch(self, indices: Tensor) -> Tensor:
        """The images at `indices` (int64 [B]), augmented and normalised.

        Returns float32 [B, 3, 32, 32], channels-last in memory.
        """
        indices = indices.to(self.device)
        draws = uniform(self._key, len(indices), DRAWS, 1).unbind(1)
        down, right, coin = draws[:3]
        mirrored = coin < 0.5
        if self.augmentation.alternating_flip:
            mirrored = (self._mirrored_first[indices] ^ self._odd_epoch)[:, None]
        pixels = self._crop(indices, down, right, mirrored)
        values = torch.addcmul(self._shift, pixels.view(len(indices), -1).float(), self._scale)
        if self.augmentation.brightness or self.augmentation.contrast:
            self._relight(values)
        images = values.view(-1, IMAGE_SIZE, IMAGE_SIZE, 3)
        if self.augmentation.zoom or self.augmentation.blur:
            images = self._resample(images)
        if self.augmentation.cutout:
            self._cut_out(images, *draws[3:5])
        if self.augmentation.erasing:
            self._erase(images, *draws[5:])
        return images.permute(0, 3, 1, 2)

    def _crop(self, indices: Tensor, down: Tensor, right: Tensor, mirrored: Tensor) -> Tensor:
        """Gather a window of every image, some mirrored: uint8 [B * 32 * 32, 3].

        Whole pixels are taken by their number in the padded images; `down` and `right` are [B, 1]
        from 0 to 1, `mirrored` is bool [B, 1].
        """
        shifts = 2 * self.augmentation.crop_padding + 1
        rows = (down * shifts).long() + self._steps
        columns = self._steps
        if self.augmentation.flip:
            columns = torch.where(mirrored, columns.flip(0), columns)
        columns = (right * shifts).long() + columns
        rows = (indices[:, None] * self._side + rows) * self._side
        return self._pixels.index_select(0, (rows[:, :, None] + columns[:, None, :]).flatten())

    def _relight(self, values: Tensor) -> None:
        """Add a share of white to normalised values [B, 32 * 32 * 3], scale what they then are."""
        brighter, stronger = (2 * uniform(self._light_key, len(values), 2, 1) - 1).unbind(1)
        values.addcmul_(self._scale, brighter, value=255 * self.augmentation.brightness)
        values.mul_(1 + self.augmentation.contrast * stronger)

    def _resample(self, images: Tensor) -> Tensor:
        """Zoom around the middle and blur: a matrix that mixes rows, the same for columns."""
        number = (uniform(self._resampling_key, len(images)) * len(self._mixing)).long()
        mixing = self._mixing[number]
        for _ in "rows", "columns":
            images = (mixing @ images.flatten(2)).view_as(images).transpose(1, 2)
        return images.contiguous()

    def _cut_out(self, images: Tensor, middle_row: Tensor, middle_column: Tensor) -> None:
        """Set a square to 0, the mean colour; its middle is any pixel, so edges may clip it."""
        side = self.augmentation.cutout
        top = (middle_row * IMAGE_SIZE).long() - side // 2
        left = (middle_column * IMAGE_SIZE).long() - side // 2
        images.masked_fill_(self._rectangle(top, left, side, side), 0.0)

    def _erase(
        self, images: Tensor, chance: Tensor, area: Tensor, aspect: Tensor, place: Tensor
    ) -> None:
        """Fill a rectangle, no longer than the image, with noise of the same mean and spread."""
        area = (0.02 + area * (0.4 - 0.02)) * IMAGE_SIZE**2
        aspect = torch.exp((2 * aspect - 1) * math.log(1 / 0.3))
        height = (area * aspect).sqrt().round().long().clamp(1, IMAGE_SIZE)
        width = (area / aspect).sqrt().round().long().clamp(1, IMAGE_SIZE)
        # One random number picks one of all places the rectangle fits: rows x columns of them.
        rows, columns = IMAGE_SIZE + 1 - height, IMAGE_SIZE + 1 - width
        number = (place * (rows * columns)).long()
        inside = self._rectangle(number // columns, number % columns, height, width)
        inside &= (chance < self.augmentation.erasing)[:, :, None, None]
        noise = normal(self._noise_key, *images.shape)
        torch.where(inside, noise, images, out=images)

    def _rectangle(
        self, top: Tensor, left: Tensor, height: Tensor | int, width: Tensor | int
    ) -> Tensor:
        """Which pixels lie in a rectangle of each image, bool [B, 32, 32, 1]; corners [B, 1]."""
        rows = (self._steps >= top) & (self._steps < top + height)
        columns = (self._steps >= left) & (self._steps < left + width)
        return (rows[:, :, None] & columns[:, None, :])[..., None]


def _reflect(images: Tensor, padding: int) -> Tensor:
    """Mirror `padding` pixels beyond every edge of uint8 [N, 32, 32, 3] images."""
    reach = torch.arange(-padding, IMAGE_SIZE + padding, device=images.device).abs()
    mirrored = torch.minimum(reach, 2 * (IMAGE_SIZE - 1) - reach)
    return images[:, mirrored][:, :, mirrored].contiguous()


def _mixing(augmentation: Augmentation) -> Tensor:
    """Which share each row of a zoomed and blurred image takes of each row it had, for all amounts
    that there are: float32 [LEVELS * LEVELS, 32, 32].

    Evenly many magnify by some factor and shrink by it; deviations of the blur are even.
    """
    level = torch.linspace(0, 1, LEVELS)[:, None, None]
    zooming = _zooming((1 + augmentation.zoom) ** (2 * level - 1))
    return (_blurring(augmentation.blur * level)[:, None] @ zooming).flatten(0, 1)


def _zooming(zoom: Tensor) -> Tensor:
    """The same for images that are magnified so much, [levels, 1, 1]: linear interpolation; where
    several rows become one, their weighted mean."""
    middle = (IMAGE_SIZE - 1) / 2
    places = middle + (torch.arange(IMAGE_SIZE)[:, None] - middle) / zoom
    width = (1 / zoom).clamp(min=1)
    return _reflected(lambda rows: (1 - (places - rows).abs() / width).clamp(min=0))


def _blurring(deviation: Tensor) -> Tensor:
    """The same for a Gaussian blur of so many pixels, [levels, 1, 1]."""
    sharpness = 0.5 / deviation.clamp(min=1e-3).square()
    places = torch.arange(IMAGE_SIZE)[:, None]
    return _reflected(lambda rows: (-sharpness * (places - rows).square()).exp())


def _reflected(weight: Callable[[Tensor], Tensor]) -> Tensor:
    """Weights of rows, those beyond the edges given to the rows that are mirrored there, and scaled
    to a sum of one."""
    steps, last = torch.arange(IMAGE_SIZE), IMAGE_SIZE - 1
    above, below = weight(-steps) * (steps > 0), weight(2 * last - steps) * (steps < last)
    weights = weight(steps) + above + below
    return weights / weights.sum(dim=2, keepdim=True)

"""From a picture of any shape to a square."""

from dataclasses import dataclass, replace
from typing import Literal

from PIL import Image

from core.decoding.picture import Picture

Fit = Literal["crop", "pad", "stretch"]
PADDING = (128, 128, 128)  # mid grey, near the mean of natural photographs
LEAST_SIDE = 0.1  # of a part, as a share of the shorter side


@dataclass(frozen=True)
class Part:
    """A square part of a picture; without arguments the largest in the middle.

    x, y: its centre, as shares of the picture's width and height, 0 to 1
    side: as a share of the picture's shorter side, 0.1 to 1; what is less or more counts as that
    """

    x: float = 0.5
    y: float = 0.5
    side: float = 1.0

    def box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in pixels of a picture of this size, moved into it where the
        part would reach beyond its edge."""
        side = min(max(self.side, LEAST_SIDE), 1.0) * min(width, height)
        left = min(max(self.x * width - side / 2, 0.0), width - side)
        top = min(max(self.y * height - side / 2, 0.0), height - side)
        return left, top, left + side, top + side


CENTRE = Part()


def framed(picture: Picture, fit: Fit, side: int, part: Part = CENTRE) -> Image.Image:
    """The square of `side` pixels that stands for the picture, antialiased (bicubic).

    crop: a square part, the centre unless another is given; pad: the whole picture with grey bars;
    stretch: the whole picture, squeezed. At `side` 32 it is what networks see, cropped what they
    are trained on; larger, it shows people the same part.
    """
    image, size = picture.image, (side, side)
    if fit == "crop":
        return image.resize(size, Image.Resampling.BICUBIC, part.box(*image.size))
    if fit == "stretch":
        return image.resize(size, Image.Resampling.BICUBIC)
    scale = side / max(picture.width, picture.height)
    width = max(1, round(picture.width * scale))
    height = max(1, round(picture.height * scale))
    square = Image.new("RGB", size, PADDING)
    small = image.resize((width, height), Image.Resampling.BICUBIC)
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return square


def shrunk(picture: Picture, longest: int) -> Picture:
    """The picture, its longer side at most `longest` pixels and its shorter one at least 1."""
    image = picture.image.copy()
    image.thumbnail((longest, longest), Image.Resampling.BICUBIC)
    return replace(picture, image=image)

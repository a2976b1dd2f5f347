"""From a picture of any shape to a square."""

from typing import Literal

from PIL import Image, ImageOps

from core.decoding.picture import Picture

Fit = Literal["crop", "pad", "stretch"]
PADDING = (128, 128, 128)  # mid grey, near the mean of natural photographs


def framed(picture: Picture, fit: Fit, side: int) -> Image.Image:
    """The square of `side` pixels that stands for the picture, antialiased (bicubic).

    crop: the centre square; pad: the whole picture with grey bars; stretch: the whole picture,
    squeezed. At `side` 32 it is what networks see, cropped what they are trained on; larger, it
    shows people the same part.
    """
    size = (side, side)
    if fit == "crop":
        return ImageOps.fit(picture.image, size, Image.Resampling.BICUBIC)
    if fit == "stretch":
        return picture.image.resize(size, Image.Resampling.BICUBIC)
    scale = side / max(picture.width, picture.height)
    width = max(1, round(picture.width * scale))
    height = max(1, round(picture.height * scale))
    square = Image.new("RGB", size, PADDING)
    small = picture.image.resize((width, height), Image.Resampling.BICUBIC)
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return square

"""Many small pictures at once, as one piece of HTML for `st.html`."""

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

GRID = "display:grid;grid-template-columns:repeat(auto-fill,minmax({size}px,1fr));gap:14px 12px"
PICTURE = "width:100%;aspect-ratio:1;image-rendering:pixelated;border-radius:6px;display:block"
CAPTION = (
    "font-size:0.78rem;line-height:1.3;margin-top:4px;opacity:0.8;white-space:pre-line;"
    "overflow-wrap:anywhere"
)


def thumbnails(
    images: Sequence[np.ndarray] | np.ndarray,
    captions: Sequence[str],
    size: int = 84,
) -> str:
    """A grid of pictures that wraps with the width of the page, one caption below each.

    images: each uint8 [height, width, 3]
    captions: plain text, one an image, also its alternative text; may have several lines
    size: the least width of a picture, in CSS pixels
    """
    figures = [_figure(image, caption) for image, caption in zip(images, captions, strict=True)]
    return f'<div style="{GRID.format(size=size)}">{"".join(figures)}</div>'


def png_data_url(image: np.ndarray) -> str:
    """A picture (uint8 [height, width, 3]) as the src of an <img>, losslessly."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _figure(image: np.ndarray, caption: str) -> str:
    text = escape(caption)
    picture = f'<img src="{png_data_url(image)}" alt="{text}" style="{PICTURE}">'
    label = f'<figcaption style="{CAPTION}">{text}</figcaption>'
    return f'<figure style="margin:0">{picture}{label}</figure>'

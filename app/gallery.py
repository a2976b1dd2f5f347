"""Many small pictures at once, as one piece of HTML for `st.html`."""

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

SMALL = (
    128  # pixels; of larger ones a PNG takes fifty times as long as a JPEG and five times the room
)
STYLE = """
<style>
.gallery {display: grid; gap: 14px 12px}
.gallery figure {margin: 0}
.gallery img {
  width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 6px; display: block
}
.gallery a {display: block; color: inherit; border-radius: 6px; outline-offset: 2px}
.gallery a:hover {outline: 2px solid color-mix(in srgb, currentColor 50%, transparent)}
.gallery a:focus-visible {outline: 3px solid currentColor}
.gallery figcaption {
  font-size: 0.78rem; line-height: 1.3; margin-top: 4px; opacity: 0.8; white-space: pre-line;
  overflow-wrap: anywhere
}
</style>
"""


def thumbnails(
    images: Sequence[np.ndarray] | np.ndarray,
    captions: Sequence[str],
    size: int = 84,
    alts: Sequence[str] | None = None,
    links: Sequence[str] | None = None,
) -> str:
    """A grid of pictures that wraps with the width of the page, one caption below each.

    images: each uint8 [height, width, 3]
    captions: plain text, one an image; may have several lines
    size: the least width of a picture, in CSS pixels
    alts: what each picture shows, for those who don't see it; without them the caption says it
    links: where a click on each picture leads, as from `app.links.link_attributes`
    """
    parts = zip(images, captions, alts or captions, links or [""] * len(captions), strict=True)
    figures = "".join(_figure(*part) for part in parts)
    columns = f"grid-template-columns: repeat(auto-fill, minmax({size}px, 1fr))"
    return f'{STYLE}<div class="gallery" style="{columns}">{figures}</div>'


def png_data_url(image: np.ndarray) -> str:
    """A picture (uint8 [height, width, 3]) as the src of an <img>, losslessly."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def jpeg_data_url(image: np.ndarray, longest: int) -> str:
    """A photograph (uint8 [height, width, 3]) as the src of an <img>: small, its longer side at
    most `longest` pixels."""
    buffer, picture = BytesIO(), Image.fromarray(image)
    picture.thumbnail((longest, longest))
    picture.save(buffer, format="JPEG", quality=85, subsampling=0)  # maps have edges of colour
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _figure(image: np.ndarray, caption: str, alt: str, link: str) -> str:
    longest = max(image.shape[:2])
    source = png_data_url(image) if longest <= SMALL else jpeg_data_url(image, longest)
    picture = f'<img src="{source}" alt="{escape(alt)}">'
    linked = f"<a {link}>{picture}</a>" if link else picture
    return f"<figure>{linked}<figcaption>{escape(caption)}</figcaption></figure>"

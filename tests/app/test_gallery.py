"""What a gallery shows of the pictures it is given."""

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from app.gallery import png_data_url, thumbnails


def test_a_picture_in_the_gallery_is_lossless_and_its_caption_harmless():
    picture = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    encoded = png_data_url(picture).removeprefix("data:image/png;base64,")
    assert (np.array(Image.open(BytesIO(base64.b64decode(encoded)))) == picture).all()
    html = thumbnails([picture], ['<script>"x"</script>'])
    assert "<script>" not in html
    assert html.count("<img") == 1

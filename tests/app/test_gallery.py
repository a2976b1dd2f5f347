"""What a gallery shows of the pictures it is given."""

import base64
import re
from io import BytesIO

import numpy as np
from PIL import Image

from app.gallery import png_data_url, thumbnails
from app.links import link_attributes


def test_a_picture_in_the_gallery_is_lossless_and_its_caption_harmless():
    picture = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    encoded = png_data_url(picture).removeprefix("data:image/png;base64,")
    assert (np.array(Image.open(BytesIO(base64.b64decode(encoded)))) == picture).all()
    html = thumbnails([picture], ['<script>"x"</script>'])
    assert "<script>" not in html
    assert html.count("<img") == 1


def test_pictures_are_described_and_lead_where_their_links_say():
    picture = np.zeros((2, 2, 3), dtype=np.uint8)
    links = [link_attributes("image", run="a", image=number) for number in (3, 4)]
    html = thumbnails([picture, picture], ["one", "two"], alts=["a cat", '"dog"'], links=links)
    assert re.findall('href="([^"]*)"', html) == [
        "image?run=a&amp;image=3",
        "image?run=a&amp;image=4",
    ]
    assert re.findall('alt="([^"]*)"', html) == ["a cat", "&quot;dog&quot;"]
    assert "<a " not in thumbnails([picture], ["one"])


def test_a_link_is_safe_html_whatever_its_words():
    assert '"><' not in link_attributes("predict", run='"><script>')

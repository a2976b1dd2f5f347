"""Predict: uploads, and what a guess looks like."""

from io import BytesIO

import numpy as np
from PIL import Image

from pages.predict.explanations import probability_bars
from tests.pages.opening import opened, sentences
from tests.traces import traces


def test_the_likeliest_class_is_on_top_and_in_colour():
    bars = traces(probability_bars(["a", "b"], np.array([0.25, 0.75])))[0]
    assert [name for name, _ in bars["customdata"]] == ["b", "a"]
    assert list(bars["x"]) == [75, 25]
    assert bars["marker"]["color"][0] != bars["marker"]["color"][1]


def test_photos_of_one_name_and_even_of_one_content_are_shown_each(trained: str) -> None:
    """As phones call theirs."""
    contents = []
    for colour in ("red", "blue", "red"):
        content = BytesIO()
        Image.new("RGB", (60, 40), colour).save(content, "PNG")
        contents.append(("image.png", content.getvalue(), "image/png"))
    test = opened("predict", run=trained)
    test.file_uploader[0].set_value(contents).run()
    assert not test.exception and not test.error
    assert len([text for text in test.markdown if "% sure" in str(text.value)]) == 3


def test_uploads_that_cannot_be_read_are_refused_one_by_one(trained: str) -> None:
    good = BytesIO()
    Image.new("RGB", (60, 40), "red").save(good, "PNG")
    test = opened("predict", run=trained)
    test.file_uploader[0].set_value(
        [
            ("text.png", b"just text", "image/png"),
            ("empty.png", b"", "image/png"),
            ("red.png", good.getvalue(), "image/png"),
        ]
    ).run()
    assert not test.exception
    assert "text.png" in sentences(test) and "empty.png" in sentences(test)
    assert any("% sure" in str(text.value) for text in test.markdown)

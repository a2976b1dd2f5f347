"""Predict: uploads, and what a guess looks like."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.example import probability_bars
from app.routes import page
from pages.predict import photos
from tests.pages.opening import opened, sentences


def test_the_likeliest_class_is_on_top_and_in_colour():
    first, second = probability_bars(["a", "b"], np.array([0.25, 0.75]))
    assert [(bar.name, bar.value) for bar in (first, second)] == [("b", 75), ("a", 25)]
    assert first.slot != second.slot


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


def red() -> tuple[str, bytes, str]:
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "PNG")
    return "red.png", content.getvalue(), "image/png"


def verdicts(test: AppTest) -> list[str]:
    return [str(text.value) for text in test.markdown if "% sure" in str(text.value)]


def test_a_link_opens_one_image_of_the_data_set(trained: str) -> None:
    test = opened("predict", run=trained, split="validation", image="7")
    assert any("Validation image #7" in str(text.value) for text in test.markdown)
    assert "truly" in verdicts(test)[0]
    number = test.number_input[0]
    assert number.value == 7
    number.set_value(9).run()
    assert test.query_params["image"] == "9" and test.query_params["split"] == "validation"
    assert any("Validation image #9" in str(text.value) for text in test.markdown)


def test_one_goes_through_the_images_of_a_class(trained: str) -> None:
    test = opened("predict", run=trained, split="test", image="0")
    shown = {test.selectbox[1].value}
    numbers = [test.number_input[0].value]
    for _ in range(2):
        next(button for button in test.button if "Next" in button.label).click().run()
        shown.add(test.selectbox[1].value)
        numbers.append(test.number_input[0].value)
    assert len(shown) == 1 and len(set(numbers)) == 3
    other = next(name for name in test.selectbox[1].options if name not in shown)
    test.selectbox[1].set_value(other).run()
    assert f"truly {other}" in verdicts(test)[0]


@pytest.mark.parametrize(
    ("split", "image", "told"),
    [
        ("test", "40", "numbered from 0 to 39"),
        ("test", "-1", "no image '-1'"),
        ("test", "²", "no image"),
        ("test", "9" * 30, "no image"),
        ("test", "0" * 12 + "40", "no image"),
        ("rest", "0", "'rest' in this link is no part"),
    ],
)
def test_an_image_that_is_none_is_told_in_a_sentence(
    trained: str, split: str, image: str, told: str
) -> None:
    test = opened("predict", run=trained, split=split, image=image)
    assert told in test.info[0].value and not test.error
    assert test.number_input[0].value == 0 and verdicts(test)


def test_another_network_shows_an_image_of_its_own_data(trained: str) -> None:
    test = opened("predict", run="shapes-quick", split="test", image="1999")
    test.selectbox[0].set_value(trained).run()
    assert not test.error and verdicts(test)
    assert "There is no image '1999'" in test.info[0].value


def test_photos_stay_while_another_page_is_looked_at(trained: str) -> None:
    test = opened("predict", run=trained)
    test.file_uploader[0].set_value([red()]).run()
    test.file_uploader[0].set_value([red()]).run()
    assert len(verdicts(test)) == 2
    for name in ("evaluate", "predict"):
        test.switch_page(page(name)).run()
    assert len(verdicts(test)) == 2
    next(button for button in test.button if button.label == "Remove").click().run()
    assert len(verdicts(test)) == 1


def test_no_more_photos_are_kept_than_a_server_can_hold(
    trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "MOST", 2)
    test = opened("predict", run=trained)
    test.file_uploader[0].set_value([red(), red(), red()]).run()
    assert len(verdicts(test)) == 2 and "remove some first" in sentences(test)


def test_maps_come_with_a_key_to_their_colours(trained: str) -> None:
    test = opened("predict", run=trained, split="test", image="0")
    drawn = " ".join(str(part.proto.body) for part in test.get("html"))
    assert "against the class" in drawn and "for the class" in drawn

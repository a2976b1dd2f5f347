"""Predict: uploads, several photos, one opened, and two networks."""

import re
from html import unescape
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import app.photos
from app.charts.verdicts import UNLIKE
from app.routes import page
from core.robustness.by_hand import Tip
from core.runs.networks import shipped_networks
from pages.predict.disturbing import tip_in_words
from tests.pages.opening import opened, sentences

Upload = tuple[str, bytes, str]


def picture(name: str = "red.png", size: tuple[int, int] = (60, 40), colour: str = "red") -> Upload:
    content = BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return name, content.getvalue(), "image/png"


def upload(test: AppTest, *files: Upload) -> AppTest:
    test.file_uploader[0].set_value(list(files)).run()
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception


def verdicts(test: AppTest) -> list[str]:
    """Of the photo that is open."""
    said = [str(text.value) for text in test.subheader]
    return [text for text in said if "% sure" in text or UNLIKE in text]


def html(test: AppTest) -> str:
    return unescape(" ".join(str(part.proto.body) for part in test.get("html")))


def rows(test: AppTest) -> list[str]:
    """Names of the photos in the table."""
    return re.findall(r'<td class="of"><a [^>]*><img [^>]*>(.*?)</a>', html(test))


def test_photos_of_one_name_and_even_of_one_content_are_shown_each(trained: str) -> None:
    """As phones call theirs."""
    test = opened("predict", run=trained)
    upload(test, *(picture("image.png", colour=colour) for colour in ("red", "blue", "red")))
    assert not test.error and rows(test) == ["image.png"] * 3


def test_one_photo_is_open_at_once_and_of_several_the_one_whose_row_is_clicked(
    trained: str,
) -> None:
    test = upload(opened("predict", run=trained), picture("one.png"))
    assert len(verdicts(test)) == 1 and not rows(test)
    upload(test, picture("two.png"))
    assert rows(test) == ["one.png", "two.png"] and not verdicts(test)
    links = re.findall(r'<td class="of"><a [^>]*href="([^"]*)"', html(test))
    test.query_params["photo"] = links[0].partition("photo=")[2]
    test.run()
    assert len(verdicts(test)) == 1
    assert any("**one.png**" in str(text.value) for text in test.markdown)
    press(test, "Next")
    assert any("**two.png**" in str(text.value) for text in test.markdown)
    press(test, "All photos")
    assert rows(test) == ["one.png", "two.png"]


def test_uploads_that_cannot_be_read_are_refused_one_by_one(trained: str) -> None:
    files = [("text.png", b"just text", "image/png"), ("empty.png", b"", "image/png"), picture()]
    test = upload(opened("predict", run=trained), *files)
    assert "text.png" in sentences(test) and "empty.png" in sentences(test)
    assert verdicts(test)


def test_a_file_of_another_type_among_photos_is_told(trained: str) -> None:
    test = upload(opened("predict", run=trained), ("notes.txt", b"hello", "text/plain"), picture())
    assert "notes.txt is not a picture" in sentences(test) and verdicts(test)


@pytest.mark.parametrize(("size", "told"), [((1, 1), "1x1"), ((1, 10_000), "1x10,000")])
def test_a_photo_of_hardly_any_pixels_is_answered_and_told(
    trained: str, size: tuple[int, int], told: str
) -> None:
    test = upload(opened("predict", run=trained), picture(size=size))
    assert not test.error and verdicts(test)
    notes = [str(text.value) for text in test.caption if f"{told} pixels" in str(text.value)]
    assert len(notes) == 1 and "fewer" not in notes[0]


def test_photos_stay_while_another_page_is_looked_at(trained: str) -> None:
    test = upload(opened("predict", run=trained), picture())
    upload(test, picture())
    assert len(rows(test)) == 2
    for name in ("evaluate", "predict"):
        test.switch_page(page(name)).run()
    assert len(rows(test)) == 2
    test.query_params["photo"] = re.findall(r"photo=([\w-]+)", html(test))[0]
    test.run()
    press(test, "Remove")
    assert not rows(test) and len(verdicts(test)) == 1


def test_no_more_photos_are_kept_than_a_server_can_hold(
    trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.photos, "MOST", 2)
    test = upload(opened("predict", run=trained), picture(), picture(), picture())
    assert len(rows(test)) == 2 and "remove some first" in sentences(test)


def test_a_large_photo_is_kept_small(trained: str) -> None:
    test = upload(opened("predict", run=trained), picture(size=(3000, 1500)))
    (kept,) = test.session_state[app.photos.KEPT]
    assert max(kept.picture.image.size) <= app.photos.KEPT_SIDE
    assert (kept.picture.width, kept.picture.height) == (3000, 1500)


def test_two_networks_answer_side_by_side_and_the_link_says_so(trained: str) -> None:
    test = upload(opened("predict", run=trained, beside="shapes-quick"), picture())
    shapes = shipped_networks()["shapes-quick"].name
    assert [said.split(":")[0] for said in verdicts(test)] == ["tiny", shapes]
    test.selectbox[1].set_value(None).run()
    assert len(verdicts(test)) == 1 and "beside" not in test.query_params
    upload(test, picture())
    test.selectbox[1].set_value("shapes-quick").run()
    assert f"<th>{shapes}</th>" in html(test) and test.query_params["beside"] == "shapes-quick"


def test_a_network_beside_itself_or_one_that_is_gone_is_none(trained: str) -> None:
    itself, gone = (opened("predict", run=trained, beside=each) for each in (trained, "<b>gone"))
    assert itself.selectbox[1].value is None and not itself.info
    assert gone.selectbox[1].value is None
    assert "no network '<b>gone' here to stand beside it" in gone.info[0].value.replace("\\", "")


def test_a_page_that_is_loaded_anew_says_that_its_photos_are_gone(trained: str) -> None:
    test = opened("predict", run=trained)
    assert "photo" not in test.query_params and not test.info
    for _ in range(2):  # one, which is open, and two, in a table
        upload(test, picture())
        assert not test.info
        anew = opened("predict", run=trained, photo=test.query_params["photo"])
        assert "loading a page anew drops them" in anew.info[0].value and anew.file_uploader


def test_photos_that_were_kept_are_in_the_link_again(trained: str) -> None:
    test = upload(opened("predict", run=trained), picture())
    for name in ("evaluate", "predict"):
        test.switch_page(page(name)).run()
    assert test.query_params["photo"] == test.session_state[app.photos.KEPT][0].key
    press(test, "Remove")
    assert "photo" not in test.query_params and not test.info


def test_a_drawn_picture_is_opened_by_its_link(trained: str) -> None:
    test = opened("predict", run=trained, sample="Ship")
    assert len(verdicts(test)) == 1 and "sample" not in test.query_params
    test.query_params["sample"] = "Dragon"
    assert "no drawn picture 'Dragon'" in test.run().info[0].value


def test_the_address_of_a_drawn_picture_restores_it(trained: str) -> None:
    address = opened("predict", run=trained, sample="Ship").query_params["photo"]
    for name in ("predict", "image"):
        test = opened(name, run=trained, photo=address)
        assert [info.value for info in test.info] == [] and test.session_state[app.photos.KEPT]
    assert len(verdicts(opened("predict", run=trained, photo=address))) == 1
    assert "photo of" in opened("predict", run=trained, photo="sample Dragon").info[0].value
    assert "photos of" in opened("predict", run=trained, photo="all").info[0].value


def test_an_upload_that_is_told_of_twice_is_kept_once() -> None:
    def draw() -> None:
        import streamlit as st

        from app.photos import add_photo, photos
        from core.prediction.samples import sample

        for _ in range(2):
            add_photo("one", "ship.png", sample("Ship"))
        st.text(str(len(photos())))

    assert AppTest.from_function(draw).run().text[0].value == "1"


def test_averaging_can_be_switched_off(trained: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    content = BytesIO()
    Image.fromarray(noise).save(content, "PNG")
    test = upload(opened("predict", run=trained), ("noise.png", content.getvalue(), "image/png"))
    averaged = html(test)
    test.toggle[0].set_value(False).run()
    assert html(test) != averaged and verdicts(test)


def test_maps_come_with_a_key_to_their_colours(trained: str) -> None:
    drawn = html(opened("predict", run=trained, sample="Ship"))
    assert "against the class" in drawn and "for the class" in drawn


def test_a_photo_is_disturbed_and_left_alone_again(trained: str) -> None:
    test = opened("predict", run=trained, sample="Ship", blur="2", hide="true")
    assert any("Undisturbed: " in str(text.value) for text in test.caption)
    disturbed = html(test)
    press(test, "Undisturbed")
    assert not any("Undisturbed: " in str(text.value) for text in test.caption)
    assert html(test) != disturbed


def test_what_tips_an_answer_over_is_told_in_sentences(trained: str) -> None:
    test = opened("predict", run=trained, sample="Ship")
    next(toggle for toggle in test.toggle if toggle.key == "tips").set_value(True).run()
    assert not test.exception
    told = [str(text.value) for text in test.markdown]
    assert any("turns it into" in text or "Nothing within" in text for text in told)


def test_an_amount_is_told_with_its_unit() -> None:
    assert tip_in_words(Tip("blur", 1.2000000000000002, 0), ("dog",)) == (
        "Blur of 1.2 px turns it into **dog**."
    )
    assert "of -15 %" in tip_in_words(Tip("brightness", -15.0, 0), ("dog",))


def test_maps_of_one_look_say_so_where_the_verdict_is_of_several(trained: str) -> None:
    test = upload(opened("predict", run=trained), picture())
    assert any("mean of four looks" in str(text.value) for text in test.caption)
    next(each for each in test.toggle if each.key == "average").set_value(False).run()
    assert not any("looks" in str(text.value) for text in test.caption)

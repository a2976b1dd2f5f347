"""One image: by its number, by its class, as a photo, and where there are no pictures."""

import re
from dataclasses import replace
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from app.charts.verdicts import UNLIKE
from app.routes import page
from core.data import SOURCES
from core.runs.checkpoint import load_card
from core.runs.networks import shipped_networks
from core.runs.store import RunStore
from tests.pages.opening import opened

SHAPES = "shapes-quick"


def drawn(test: AppTest) -> str:
    """All the HTML of the page."""
    return unescape(" ".join(str(part.proto.body) for part in test.get("html")))


def verdict(test: AppTest) -> str:
    said = [str(text.value) for text in test.subheader]
    return next(text for text in said if "% sure" in text or UNLIKE in text)


def named(test: AppTest) -> str:
    return next(str(text.value) for text in test.markdown if "image #" in str(text.value))


def test_a_link_opens_one_image_of_the_data_set(trained: str) -> None:
    test = opened("image", run=trained, split="validation", image="7")
    assert "Validation image #7" in named(test) and "truly" in verdict(test)
    number = test.number_input[0]
    assert number.value == 7
    number.set_value(9).run()
    assert test.query_params["image"] == "9" and test.query_params["split"] == "validation"
    assert "Validation image #9" in named(test)


@pytest.mark.usefixtures("store")
def test_a_training_image_reminds_of_others_than_itself() -> None:
    test = opened("image", run=SHAPES, split="train", image="5")
    assert "Training image #5" in named(test)
    near = re.findall(r"Training image #(\d+), ", drawn(test))
    assert len(near) == 4 and "5" not in near


def test_an_old_link_to_predict_leads_here(trained: str) -> None:
    test = opened("predict", run=trained, split="test", image="7")
    assert test.title[0].value == "One image" and "Test image #7" in named(test)


def test_one_goes_through_the_images_of_a_class(trained: str) -> None:
    test = opened("image", run=trained, split="test", image="0")
    shown = {test.selectbox[1].value}
    numbers = [test.number_input[0].value]
    for _ in range(2):
        next(button for button in test.button if "Next" in button.label).click().run()
        shown.add(test.selectbox[1].value)
        numbers.append(test.number_input[0].value)
    assert len(shown) == 1 and len(set(numbers)) == 3
    other = next(name for name in test.selectbox[1].options if name not in shown)
    test.selectbox[1].set_value(other).run()
    assert f"truly {other}" in verdict(test)


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
    test = opened("image", run=trained, split=split, image=image)
    assert told in test.info[0].value and not test.error
    assert test.number_input[0].value == 0 and verdict(test)


def test_another_network_shows_an_image_of_its_own_data(trained: str) -> None:
    test = opened("image", run=SHAPES, split="test", image="1999")
    test.selectbox[0].set_value(trained).run()
    assert not test.error and verdict(test)
    assert "There is no image '1999'" in test.info[0].value


@pytest.mark.usefixtures("trained")
def test_only_networks_of_the_same_images_are_asked() -> None:
    names = {each.id: each.name for each in shipped_networks().values()}
    rows = drawn(opened("image", run=SHAPES, image="3"))
    assert f"{names[SHAPES]}</a>" in rows
    assert "tiny</a>" not in rows and f"{names['best']}</a>" not in rows


@pytest.mark.usefixtures("store")
def test_without_the_pictures_there_is_still_what_networks_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = replace(SOURCES["cifar10"], download=lambda: "CIFAR-10 (170 MB)")
    monkeypatch.setitem(SOURCES, "cifar10", absent)
    test = opened("image", run="best", split="test", image="1163")
    assert "The picture is not here" in test.info[0].value and not test.error
    assert "dog" in verdict(test) and "truly cat" in verdict(test)
    rows = drawn(test)
    for network in shipped_networks().values():
        known = network.recipe.data.source == "cifar10"
        assert (f"{network.name}</a>" in rows) == known
    assert "<img" not in rows
    test = opened("image", run="best", split="train")
    assert "is not stored here either" in " ".join(str(each.value) for each in test.info)


def test_its_label_is_judged_and_taken_back(trained: str, store: RunStore) -> None:
    def judged() -> dict[int, str]:
        data = load_card(store.best_path(trained)).data_fingerprint
        return dict(store.judgements.of(data, "test", 40))

    def press(label: str) -> None:
        next(button for button in test.button if button.label == label).click().run()
        assert not test.exception

    test = opened("image", run=trained, split="test", image="5")
    press("Wrong")
    assert judged() == {5: "wrong"}
    assert any("Judged wrong" in str(text.value) for text in test.caption)
    press("Take back")
    assert judged() == {}


def test_a_photo_has_its_own_page_and_a_way_back(trained: str) -> None:
    test = opened("predict", run=trained, sample="Ship")
    test.switch_page(page("image")).run()
    test.query_params["photo"] = "sample Ship"
    test.run()
    assert any("**Ship**" in str(text.value) for text in test.markdown) and verdict(test)
    assert "tiny</a>" in drawn(test) and "What the network sees" in drawn(test)
    inside = next(link for link in test.get("page_link") if "layer by layer" in link.proto.label)
    assert "picture=photo" in inside.proto.query_string


def test_a_photo_of_another_session_is_told(trained: str) -> None:
    test = opened("image", run=trained, photo="long gone")
    assert "Upload it again" in test.info[0].value and not test.number_input
    assert [link.proto.label for link in test.get("page_link")][:1] == ["Upload it on Predict"]

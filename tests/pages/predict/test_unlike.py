"""Predict, before a picture that is unlike anything a network was trained on."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.data import SOURCES
from core.prediction.reference import reference_path
from core.runs.store import RunStore
from tests.pages.opening import opened

UNLIKE = "**Unlike anything it was trained on**"


def upload_noise(network: str) -> AppTest:
    content = BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(content, "PNG")
    test = opened("predict", run=network)
    test.file_uploader[0].set_value([("noise.png", content.getvalue(), "image/png")]).run()
    assert not test.exception and not test.error
    return test


def told(test: AppTest) -> str:
    return " ".join(str(part.value) for part in (*test.markdown, *test.caption, *test.get("html")))


def test_noise_is_said_to_be_unlike_all_and_what_it_reminds_of_is_shown() -> None:
    test = upload_noise("shapes-quick")
    assert UNLIKE in [text.value for text in test.markdown]
    assert "Asked all the same, it says:" in told(test)
    assert "It reminds the network of these training images" in told(test)


def test_a_test_image_keeps_its_verdict(store: RunStore) -> None:
    del store
    test = opened("predict", run="shapes-quick", split="test", image="0")
    assert UNLIKE not in told(test)
    assert "% sure" in told(test)


def test_neighbours_are_told_by_number_and_class_where_their_pictures_are_not_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = replace(SOURCES["shapes"], download=lambda: "shapes (1 MB)")
    monkeypatch.setitem(SOURCES, "shapes", gone)
    test = upload_noise("shapes-quick")
    listed = [str(text.value) for text in test.markdown if "#" in str(text.value)]
    assert len(listed) == 1 and listed[0].count("#") == 5


def test_a_network_of_an_earlier_version_answers_and_offers_to_learn_it(
    trained: str, store: RunStore
) -> None:
    reference_path(store.best_path(trained)).unlink()
    test = upload_noise(trained)
    assert "It is not known yet which pictures are unlike" in told(test)
    assert any("Learn what is familiar" in button.label for button in test.button)
    assert UNLIKE not in told(test) and "% sure" in told(test)

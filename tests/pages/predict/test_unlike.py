"""Predict and an image's page, before pictures unlike anything a network was trained on."""

from dataclasses import replace
from html import unescape
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from streamlit.testing.v1 import AppTest

from app.charts.verdicts import UNLIKE, Answer, Row, verdict_table
from app.routes import page
from core.data import SOURCES
from core.jobs import FamiliarityWork
from core.prediction.reference import reference_path
from core.runs.store import RunStore
from tests.pages.opening import opened, sentences

REMINDS = "It reminds the network of these training images"
LEAST_UNLIKE = "The training images that are the least unlike it"


def upload(test: AppTest, seed: int = 0) -> AppTest:
    """Noise, of which no two networks here think that they know it."""
    content = BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(content, "PNG")
    test.file_uploader[0].set_value([("noise.png", content.getvalue(), "image/png")]).run()
    assert not test.exception
    return test


def told(test: AppTest) -> str:
    texts = [str(part.value) for part in (*test.subheader, *test.markdown, *test.caption)]
    return " ".join([*texts, drawn(test)])


def drawn(test: AppTest) -> str:
    return unescape(" ".join(str(part.proto.body) for part in test.get("html")))


def headings(test: AppTest) -> list[str]:
    return [str(text.value) for text in test.subheader]


@pytest.mark.usefixtures("store")
def test_noise_is_said_to_be_unlike_all_and_what_it_reminds_of_leads_to_its_page() -> None:
    test = upload(opened("predict", run="shapes-quick"))
    assert not test.error and UNLIKE in headings(test)
    assert not any("% sure" in heading for heading in headings(test))
    assert "Asked all the same, it says:" in told(test) and LEAST_UNLIKE in told(test)
    assert REMINDS not in told(test)
    assert drawn(test).count("image?run=shapes-quick&split=train&image=") == 5


@pytest.mark.usefixtures("store")
def test_several_photos_are_told_in_the_table_and_one_on_its_page() -> None:
    test = upload(upload(opened("predict", run="shapes-quick")), seed=1)
    assert drawn(test).count(f"<b>{UNLIKE}</b>") == 2
    assert "A photo without a bar is too strange" in told(test)
    photo = test.session_state["photos"][0].key
    test.switch_page(page("image")).run()
    test.query_params["run"], test.query_params["photo"] = "shapes-quick", photo
    test.run()
    assert UNLIKE in headings(test) and LEAST_UNLIKE in told(test)
    assert f"<b>{UNLIKE}</b>" in drawn(test)  # beside what other networks say


@pytest.mark.usefixtures("store")
def test_an_image_of_the_data_set_keeps_its_verdict_whatever_it_is_like() -> None:
    """Training images cannot be unlike all that was trained on."""
    test = opened("image", run="shapes-quick", split="train", image="0")
    assert UNLIKE not in told(test) and any("% sure" in heading for heading in headings(test))
    assert REMINDS in told(test)


@pytest.mark.usefixtures("store")
def test_neighbours_are_told_by_number_and_class_where_their_pictures_are_not_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = replace(SOURCES["shapes"], download=lambda: "shapes (1 MB)")
    monkeypatch.setitem(SOURCES, "shapes", gone)
    test = upload(opened("predict", run="shapes-quick"))
    listed = [str(text.value) for text in test.markdown if "#" in str(text.value)]
    assert len(listed) == 1 and listed[0].count("#") == 5


def test_a_network_of_an_earlier_version_answers_and_offers_to_learn_it(
    trained: str, store: RunStore
) -> None:
    kept = reference_path(store.best_path(trained))
    kept.unlink()
    test = upload(opened("predict", run=trained))
    assert "It is not known yet which pictures are unlike" in told(test)
    assert any("% sure" in heading for heading in headings(test))
    next(each for each in test.button if "Learn what is familiar" in each.label).click().run()
    assert not test.exception
    work = FamiliarityWork(checkpoint=store.best_path(trained))
    assert store.tasks.get(work.key) is not None or kept.exists()


def test_numbers_of_images_that_there_are_not_are_told(trained: str, store: RunStore) -> None:
    file = reference_path(store.best_path(trained))
    with safe_open(file, framework="pt") as opened_:
        identity = opened_.metadata()
    kept = load_file(file)
    save_file(kept | {"images": torch.full_like(kept["images"], 10**9)}, file, identity)
    test = upload(opened("predict", run=trained))
    assert "names some that there are not" in sentences(test) and headings(test)


def test_the_table_has_no_bar_of_how_sure_a_network_is_of_the_unknown() -> None:
    answers = [Answer(("<i>", "b"), np.array([0.9, 0.1]), unlike=True)]
    html = verdict_table(["Photo", "one"], [Row("a", answers, "")])
    assert UNLIKE in html and "it would say &lt;i&gt; 90%, b 10%" in html
    assert 'class="bar"' not in html


def test_of_runners_up_only_those_are_told_that_have_a_share() -> None:
    answers = [Answer(("a", "b", "c"), np.array([0.9979, 0.0001, 0.002]))]
    html = verdict_table(["Photo", "one"], [Row("x", answers, "")])
    assert "<b>a over 99%</b>" in html and "<small></small>" in html and " 0%" not in html

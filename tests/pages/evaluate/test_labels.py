"""Evaluate, Labels: suspects are judged one after another; visitors look."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax
from streamlit.testing.v1 import AppTest

from app import services
from core.evaluation.judged import judged_accuracy
from core.evaluation.label_errors import suspects
from core.evaluation.logits import stored_logits
from core.runs.networks import SHIPPED
from pages.evaluate.judging import following, nearest
from tests.pages.opening import opened

SHAPES = "shapes-quick"  # the network that ships, whose 2,000 test images need no download


def order() -> list[int]:
    """The suspects of the network, the most suspect first."""
    evaluated = stored_logits(SHIPPED / f"{SHAPES}.safetensors", "test", lambda: pytest.fail(""))
    card = services.card(SHIPPED / f"{SHAPES}.safetensors")
    probabilities = softmax(evaluated.logits / card.temperature, axis=1)
    return suspects(probabilities, evaluated.labels)["index"].tolist()


def labels(**query: str) -> AppTest:
    return opened("evaluate", **{"run": SHAPES, "view": "Labels"} | query)


def press(test: AppTest, verdict: str) -> None:
    test.button(key=f"judge-{verdict}").click().run()
    assert not test.exception and not test.error


def told(test: AppTest) -> str:
    return " ".join(str(one.value) for one in (*test.caption, *test.subheader, *test.info))


def accuracies(test: AppTest) -> list[str]:
    return [metric.delta for metric in test.metric[-3:]]


def test_the_most_suspect_comes_first_and_the_next_once_it_is_judged() -> None:
    first, second, third = order()[:3]
    test = labels()
    assert f"Image #{first}, suspect 1 of" in told(test)
    assert test.query_params["image"] == str(first)
    press(test, "wrong")
    assert f"Image #{second}, suspect 2 of" in told(
        test
    ) and f"1 of {len(order())} are judged" in told(test)
    press(test, "unclear")
    assert test.query_params["image"] == str(third)
    assert [count.split(", ")[1] for count in accuracies(test)] == [
        "2,000 images",
        "1,999 images",
        "1,998 images",
    ]
    assert len(labels().metric) and f"Image #{third}," in told(labels())  # as another tab sees it


def test_undo_takes_the_last_verdict_back() -> None:
    first = order()[0]
    test = labels()
    assert "Undo" not in [button.label for button in test.button]
    press(test, "right")
    next(button for button in test.button if button.label == "Undo").click().run()
    assert f"Image #{first}, suspect 1 of" in told(
        test
    ) and f"0 of {len(order())} are judged" in told(test)
    assert "Undo" not in [button.label for button in test.button]


def test_undo_brings_an_earlier_verdict_back() -> None:
    first = order()[0]
    test = labels()
    press(test, "right")
    again = labels(image=str(first))
    assert ", judged right." in told(again)
    press(again, "wrong")
    next(button for button in again.button if button.label == "Undo").click().run()
    assert ", judged right." in told(again)


def test_a_link_opens_an_image_and_another_split_leaves_it() -> None:
    test = labels(image="7")
    assert "Image #7," in told(test)
    test.segmented_control(key="images").set_value("validation").run()
    assert not test.error and "Image #7," not in told(test)


@pytest.mark.parametrize("asked", ["nothing", "-1", "2000", "9" * 30])
def test_an_image_that_is_not_there_is_told(asked: str) -> None:
    test = labels(image=asked)
    assert "There is no image" in test.info[0].value and "0 to 1,999" in test.info[0].value
    assert f"Image #{order()[0]}, suspect 1 of" in told(test)


def test_training_images_have_no_suspects_by_their_own_network(trained: str) -> None:
    assert "has learned their labels" in told(labels(run=trained, images="train"))


def test_visitors_look_and_judge_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TOKEN", "only the teacher knows this")
    test = labels()
    assert "suspect 1 of" in told(test) and "you may look" in told(test)
    assert [button.label for button in test.button] == []


def test_without_the_pictures_the_ranking_is_a_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(tmp_path))
    test = opened("evaluate", run="best", view="Labels")
    assert not test.exception and not test.error
    assert list(test.dataframe[0].value.columns)[:3] == ["image", "given", "suggested"]
    assert "Without the pictures nobody can judge" in told(test)
    assert all(not re.match("Right|Wrong|Unclear", button.label) for button in test.button)


def test_the_next_suspect_is_one_that_nobody_judged() -> None:
    assert following([4, 2, 9], {}, 4) == 2
    assert following([4, 2, 9], {2: "right"}, 4) == 9
    assert following([4, 2, 9], {9: "wrong"}, 9) == 4
    assert following([4, 2, 9], {4: "right", 2: "right", 9: "right"}) is None
    assert following([4, 2, 9], {}, after=7) == 4


def test_what_is_nearest_is_by_scores() -> None:
    scores = np.array([[0.0, 0], [5, 0], [1, 0], [0, 2]])
    assert nearest(scores, 0, np.array([1, 2, 3]), 2).tolist() == [2, 3]


def test_accuracy_leaves_out_what_was_judged() -> None:
    right = np.array([True, False, False, True])
    judged = judged_accuracy(right, {1: "wrong", 2: "unclear", 3: "right"})
    counts = [(one.correct, one.total) for one in (judged.raw, judged.not_wrong, judged.clear)]
    assert counts == [(2, 4), (2, 3), (2, 2)]
    everything = judged_accuracy(np.array([True]), {0: "wrong"})
    assert everything.not_wrong.total == 0 and everything.not_wrong.interval == (0.0, 1.0)

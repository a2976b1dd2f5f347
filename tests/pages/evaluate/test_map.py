"""Evaluate, Map: points in their looks, what is chosen on it, and no map yet."""

import numpy as np
import pytest

from app import services
from core.evaluation.logits import SplitLogits
from core.evaluation.maps import ImageMap, make_map
from core.runs.networks import shipped_networks
from core.runs.store import RunStore
from pages.evaluate.map import chosen_places, grouped, map_figure, map_words
from pages.evaluate.subject import Subject
from tests.pages.opening import opened
from tests.traces import traces


@pytest.fixture
def subject() -> Subject:
    """Four images: right and sure, right and unsure, wrong, right and sure."""
    network = shipped_networks()["shapes-quick"]
    card = services.card(network.path)
    logits = np.zeros((4, 10), dtype=np.float32)
    logits[[0, 1, 2, 3], [0, 1, 1, 2]] = [90, 0.1, 90, 90]
    evaluated = SplitLogits(logits, np.array([0, 1, 0, 2]))
    return Subject(network, card, "test", False, evaluated)


@pytest.fixture
def drawn() -> ImageMap:
    points = np.array([[0, 0], [1, 1], [-1, 0.5], [0.2, 0]], dtype=np.float32)
    return ImageMap(points, np.arange(4))


def test_points_are_told_apart_by_colour_and_symbol(subject: Subject, drawn: ImageMap) -> None:
    verdicts = {group.title: group for group in grouped(subject, drawn, "verdict")}
    assert verdicts["Right"].members.tolist() == [0, 1, 3]
    assert verdicts["Wrong"].members.tolist() == [2]
    assert verdicts["Right"].colour != verdicts["Wrong"].colour
    assert verdicts["Right"].symbol != verdicts["Wrong"].symbol
    classes = grouped(subject, drawn, "class")
    assert [group.members.tolist() for group in classes] == [[0, 2], [1], [3]]
    levels = grouped(subject, drawn, "confidence")
    assert [(group.title, group.members.tolist()) for group in levels] == [
        ("Below 50 %", [1]),
        ("99 % and more", [0, 2, 3]),
    ]


def test_all_ten_classes_look_different(subject: Subject) -> None:
    evaluated = SplitLogits(np.eye(10, dtype=np.float32), np.arange(10))
    ten = Subject(subject.network, subject.card, "test", False, evaluated)
    groups = grouped(ten, ImageMap(np.zeros((10, 2), np.float32), np.arange(10)), "class")
    assert len({(group.colour, group.symbol) for group in groups}) == 10


def test_a_point_says_its_number_class_and_prediction(subject: Subject, drawn: ImageMap) -> None:
    groups = grouped(subject, drawn, "verdict")
    figure = map_figure(subject, drawn, groups)
    wrong = traces(figure)[1]
    assert list(wrong["customdata"][0]) == [2, *subject.card.classes[:2]]
    assert figure.layout.dragmode is False  # a finger scrolls the page
    assert "lasso" not in figure.layout.modebar.remove
    assert map_words(groups, "verdict").endswith("right or wrong: Right 3, Wrong 1.")


def test_what_is_chosen_are_places_on_the_map(subject: Subject, drawn: ImageMap) -> None:
    groups = grouped(subject, drawn, "class")
    points = [{"curve_number": 2, "point_index": 0}, {"curve_number": 0, "point_index": 1}]
    assert chosen_places(groups, [*points, points[0]]).tolist() == [2, 3]
    assert chosen_places(groups, [{"curve_number": 9, "point_index": 0}]).tolist() == []


def test_a_map_that_is_not_there_is_made_by_a_worker(
    trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so only asked for by those who may steer."""
    monkeypatch.setenv("CONVSCOPE_TOKEN", "only the teacher knows this")
    test = opened("evaluate", run=trained, view="Map")
    assert "who steers can" in test.info[0].value and not test.get("plotly_chart")


def test_a_map_that_is_there_is_shown(trained: str, store: RunStore) -> None:
    path = store.best_path(trained)
    make_map(path, "test", lambda: services.dataset(services.card(path).recipe.data))
    test = opened("evaluate", run=trained, view="Map")
    assert not test.error and test.get("plotly_chart")
    assert any("how far apart distant clusters lie" in str(one.value) for one in test.caption)

"""Evaluate, Map: points in their looks, what is chosen on it, and no map yet."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Node

from app import services
from core.evaluation.logits import SplitLogits
from core.evaluation.maps import ImageMap, make_map, places_on, stored_map
from core.runs.networks import shipped_networks
from core.runs.store import RunStore
from pages.evaluate.map import grouped, images_on, map_words
from pages.evaluate.subject import Subject
from tests.pages.opening import opened
from tests.polygons import slowly_inside


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
    assert verdicts["Right"].slot != verdicts["Wrong"].slot
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
    assert len({(group.slot, group.symbol) for group in groups}) == 10


def test_a_point_says_its_number_class_and_prediction(subject: Subject, drawn: ImageMap) -> None:
    shown = images_on(subject, drawn)
    assert [shown.numbers[2], shown.labels[2], shown.answers[2]] == [2, 0, 1]
    groups = grouped(subject, drawn, "verdict")
    assert map_words(groups, "verdict").endswith("right or wrong: Right 3, Wrong 1.")


def maps_on(test: AppTest) -> list[Node]:
    components = test.get("bidi_component")
    return [one for one in components if one.proto.component_name.endswith("scatter")]


def heading(test: AppTest) -> str:
    return next(one.value for one in test.subheader if "chosen" in one.value)


def test_a_link_chooses_what_lies_inside_and_is_not_hidden() -> None:
    network = shipped_networks()["shapes-quick"]
    labels = services.logits(network.path, "test").labels
    drawn = stored_map(network.path, "test", len(labels))
    assert drawn is not None
    path = np.array([[-5000, -4000], [6000, -5000], [3000, 6000]])
    inside = slowly_inside(path, places_on(drawn))
    area = "_".join(map(str, path.ravel()))
    test = opened("evaluate", run=network.id, view="Map", area=area)
    assert heading(test).startswith(f"{inside.sum():,} images chosen")
    name = services.card(network.path).classes[0]
    test = opened("evaluate", run=network.id, view="Map", area=area, hidden=name)
    assert heading(test).startswith(f"{(inside & (labels != 0)).sum():,} images chosen")
    assert test.query_params["area"] == area
    x, y = places_on(drawn)[7]
    test = opened("evaluate", run=network.id, view="Map", area=f"{x}_{y}")
    assert heading(test).startswith("1 image chosen")
    assert sum("<figcaption>#7 " in part.proto.body for part in test.get("html")) == 1


def test_an_area_does_not_outlast_the_map_that_it_was_chosen_on() -> None:
    test = opened("evaluate", run="shapes-quick", view="Map", area="0_0", hidden="circle")
    assert heading(test).startswith("1 image chosen")
    picker = next(one for one in test.selectbox if one.label == "Network")
    picker.set_value("vgg-bn").run()
    assert not test.error and maps_on(test)
    assert "area" not in test.query_params and "hidden" in test.query_params
    assert any(one.value.startswith("Choose images on the map") for one in test.caption)


@pytest.mark.parametrize(
    "area",
    ["", "5", "1_2_3", "1_2_3_4", "1__2", "_", "1.5_2", "a_b", "999999_0", "0_0_" * 41 + "0_0"],
)
def test_a_link_that_chooses_nothing_sensible_shows_the_whole_map(area: str) -> None:
    test = opened("evaluate", run="shapes-quick", view="Map", area=area)
    assert not test.error and maps_on(test)
    assert any(one.value.startswith("Choose images on the map") for one in test.caption)


def test_a_map_that_is_not_there_is_made_by_a_worker(
    trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so only asked for by those who may steer."""
    monkeypatch.setenv("CONVSCOPE_TOKEN", "only the teacher knows this")
    test = opened("evaluate", run=trained, view="Map")
    assert "who steers can" in test.info[0].value and not maps_on(test)


def test_a_map_that_is_there_is_shown(trained: str, store: RunStore) -> None:
    path = store.best_path(trained)
    make_map(path, "test", lambda: services.dataset(services.card(path).recipe.data))
    test = opened("evaluate", run=trained, view="Map")
    assert not test.error and maps_on(test)
    assert any("how far apart distant clusters lie" in str(one.value) for one in test.caption)

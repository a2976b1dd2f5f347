"""A robustness report: made once for a checkpoint, gone on with, never taken for another's."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
import torch

from core.data.dataset import Dataset, Split
from core.errors import BreakOffError, ConvscopeError
from core.models import build_model
from core.recipe import Recipe
from core.robustness.attack import EPSILONS
from core.robustness.corruptions import CORRUPTIONS, corrupt
from core.robustness.measure import balanced, robustness_of
from core.robustness.report import RobustnessReport, report_path, stored_report
from core.robustness.shifts import DIRECTIONS, shifted
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint

pytestmark = pytest.mark.slow

FEW = 12


def never() -> NoReturn:
    raise AssertionError("the data was loaded although the report was stored")


def save(path: Path, recipe: Recipe, data: Dataset, seed: int = 0) -> Checkpoint:
    weights = build_model(recipe.model, len(data.classes), seed).state_dict()
    checkpoint = Checkpoint(Card.of(recipe, data), weights)
    save_checkpoint(path, checkpoint)
    return checkpoint


@pytest.fixture
def path(tmp_path: Path, tiny_recipe: Recipe, tiny_data: Dataset) -> Path:
    save(tmp_path / "best.safetensors", tiny_recipe, tiny_data)
    return tmp_path / "best.safetensors"


@pytest.fixture
def network(path: Path, tiny_recipe: Recipe, tiny_data: Dataset) -> Checkpoint:
    return save(path, tiny_recipe, tiny_data)


def test_counts_what_the_network_answers_rightly(
    path: Path, network: Checkpoint, tiny_data: Dataset
) -> None:
    found = robustness_of(path, lambda: tiny_data, FEW)
    chosen = balanced(tiny_data.test.labels)[:FEW]
    images, labels = tiny_data.test.images[chosen], tiny_data.test.labels[chosen]

    def answers(pictures: torch.Tensor) -> torch.Tensor:
        return network.network().logits(pictures).argmax(1)

    assert found.complete and found.images == FEW
    assert found.clean == int((answers(images) == labels).sum())
    fog = [int((answers(corrupt(images, "fog", s)) == labels).sum()) for s in range(1, 6)]
    assert list(found.corruptions["fog"]) == fog
    left = answers(shifted(images, 0, -1))
    assert found.shifts and found.shifts.right["left"][0] == int((left == labels).sum())
    assert found.shifts.same["left"] == int((left == answers(images)).sum())
    assert found.attacked and len(found.attacked) == len(EPSILONS)
    assert found.attacked[0] == found.clean
    assert list(found.attacked) == sorted(found.attacked, reverse=True)


def test_the_mean_corruption_error_is_that_of_fifteen(path: Path, tiny_data: Dataset) -> None:
    found = robustness_of(path, lambda: tiny_data, FEW)
    counted = [counts for name, counts in found.corruptions.items() if not CORRUPTIONS[name].extra]
    assert len(counted) == 15
    right = sum(map(sum, counted)) / (15 * 5 * FEW)
    assert found.mean_corruption_error == pytest.approx(1 - right)


def test_is_read_back_without_the_data(path: Path, tiny_data: Dataset) -> None:
    first = robustness_of(path, lambda: tiny_data, FEW)
    assert robustness_of(path, never, FEW) == first == stored_report(path)


def test_any_first_images_are_of_all_classes_alike() -> None:
    labels = torch.tensor([2, 2, 0, 2, 1, 0, 1, 2, 0])
    order = balanced(labels)
    assert order.tolist() == [2, 4, 0, 5, 6, 1, 8, 3, 7]
    assert labels[order[:6]].bincount().tolist() == [2, 2, 2]


def test_a_small_data_set_is_taken_whole(path: Path, tiny_data: Dataset) -> None:
    few = Split(tiny_data.test.images[:9], tiny_data.test.labels[:9])
    small = replace(tiny_data, test=few)
    assert robustness_of(path, lambda: small, 1000).images == 9


def stop_at(share: float) -> Callable[[str, float], None]:
    def report(_doing: str, done: float) -> None:
        if done > share:
            raise BreakOffError

    return report


@pytest.mark.parametrize("share", [0.3, 0.75, 0.82])
def test_one_that_is_stopped_goes_on_and_ends_the_same(
    path: Path, tmp_path: Path, tiny_recipe: Recipe, tiny_data: Dataset, share: float
) -> None:
    with pytest.raises(BreakOffError):
        robustness_of(path, lambda: tiny_data, FEW, report=stop_at(share))
    assert stored_report(path) is None
    part = stored_report(path, part=True)
    assert part and part.corruptions and not part.complete
    heard: list[float] = []
    ended = robustness_of(path, lambda: tiny_data, FEW, report=lambda _, done: heard.append(done))
    assert min(share for share in heard if share) > 0.2 and heard == sorted(heard)
    other = tmp_path / "other.safetensors"
    save(other, tiny_recipe, tiny_data)
    assert ended == robustness_of(other, lambda: tiny_data, FEW)
    assert stored_report(path, part=True) is None


def test_a_larger_one_that_is_stopped_leaves_the_smaller(path: Path, tiny_data: Dataset) -> None:
    small = robustness_of(path, lambda: tiny_data, 5)
    with pytest.raises(BreakOffError):
        robustness_of(path, lambda: tiny_data, FEW, report=stop_at(0.5))
    assert stored_report(path) == small


def test_progress_only_ever_grows_up_to_one(path: Path, tiny_data: Dataset) -> None:
    heard: list[float] = []
    robustness_of(path, lambda: tiny_data, FEW, report=lambda _, done: heard.append(done))
    assert heard == sorted(heard) and heard[0] == 0 and 0.8 < heard[-1] <= 1


def test_of_other_weights_is_not_shown_and_made_anew(
    path: Path, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    old = robustness_of(path, lambda: tiny_data, FEW)
    save(path, tiny_recipe, tiny_data, seed=1)
    assert stored_report(path) is None
    assert robustness_of(path, lambda: tiny_data, FEW).weights != old.weights


def test_of_more_images_is_made_anew(path: Path, tiny_data: Dataset) -> None:
    robustness_of(path, lambda: tiny_data, 5)
    assert robustness_of(path, lambda: tiny_data, FEW).images == FEW


@pytest.mark.parametrize("change", [
    {"clean": FEW + 1},
    {"clean": -1},
    {"images": 0},
    {"corruptions": {"rain": [1, 1, 1, 1, 1]}},
    {"corruptions": {"fog": [1, 1, 1, 1]}},
    {"corruptions": {"fog": [1, 1, 1, 1, FEW + 1]}},
    {"attacked": [1, 1]},
    {"shifts": {"right": {"up": [1, 1, 1, 1]}, "same": {"up": 1}}},
    {"data": "others"},
    {"more": 1},
])  # fmt: skip
def test_one_that_cannot_be_is_refused_and_made_anew(
    path: Path, tiny_data: Dataset, change: dict[str, object]
) -> None:
    whole = robustness_of(path, lambda: tiny_data, FEW)
    report_path(path).write_text(json.dumps(whole.model_dump() | change))
    assert stored_report(path) is None
    assert robustness_of(path, lambda: tiny_data, FEW) == whole == stored_report(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"9" * 200_000])
def test_one_that_is_damaged_is_refused(path: Path, content: bytes) -> None:
    report_path(path).write_bytes(content)
    assert stored_report(path) is None


def test_directions_are_all_or_none(path: Path, tiny_data: Dataset) -> None:
    found = robustness_of(path, lambda: tiny_data, FEW)
    assert found.shifts and found.shifts.right.keys() == DIRECTIONS.keys()
    assert 0 <= found.consistency <= 1
    assert RobustnessReport.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("images", [0, -5])
def test_no_images_are_refused(path: Path, images: int) -> None:
    with pytest.raises(ConvscopeError, match="nothing can be measured"):
        robustness_of(path, never, images)


def test_other_pictures_and_other_classes_are_refused(path: Path, tiny_data: Dataset) -> None:
    with pytest.raises(ConvscopeError, match="does not hold the pictures"):
        robustness_of(path, lambda: replace(tiny_data, fingerprint="others"), FEW)
    others = replace(tiny_data, classes=("ant", *tiny_data.classes[1:]))
    with pytest.raises(ConvscopeError, match="knows other classes"):
        robustness_of(path, lambda: others, FEW)
    assert stored_report(path) is None


def test_a_missing_checkpoint_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConvscopeError, match="There is no checkpoint"):
        robustness_of(tmp_path / "best.safetensors", never, FEW)


def test_fewer_images_do_not_replace_a_report_of_more(path: Path, tiny_data: Dataset) -> None:
    more = robustness_of(path, lambda: tiny_data, FEW)
    assert robustness_of(path, never, 3) == more == stored_report(path)

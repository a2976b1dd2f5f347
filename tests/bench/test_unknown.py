"""The benchmark of unknown pictures: areas, shares, and photographs by folder."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score

from core.bench.unknown import SCORES, area, measured, read_photographs, report
from core.data.dataset import Dataset
from core.data.pictures import silent
from core.errors import ConvscopeError
from core.models import build_model
from core.models.network import Network
from core.prediction.reference import reference_of
from core.runs.checkpoint import Card, load_card
from core.runs.networks import SHIPPED
from tests.tiny import TINY


def test_the_area_is_that_under_the_curve_with_ties() -> None:
    random = np.random.default_rng(0)
    known, unknown = random.integers(0, 9, 200), random.integers(2, 12, 150)
    truth = np.repeat([0, 1], [200, 150])
    expected = roc_auc_score(truth, np.concatenate([known, unknown]))
    assert area(known, unknown) == pytest.approx(expected)


def test_shares_are_those_above_the_validation_images_limit() -> None:
    def rows(values: np.ndarray) -> np.ndarray:
        return np.repeat(values[:, None].astype(float), len(SCORES), axis=1)

    found = {
        "validation": rows(np.arange(100)),
        "test": rows(np.array([0, 50, 99, 10])),
        "noise": rows(np.array([200, 300])),
        "known cat": rows(np.array([1, 97, 98])),
    }
    card = load_card(SHIPPED / "best.safetensors")
    made = report(card, found, ["noise"], {"cat": torch.tensor([True, True, False])})
    noise, test, known = made.rows
    assert noise == ("noise", 2, *["1.000, 100%"] * len(SCORES))
    assert test == ("test images, flagged", 4, *["25.00%"] * len(SCORES))
    assert known[1] == 3 and known[2] == "66.67%"
    assert "66.67% are named rightly" in made.notes[1]
    assert "50.00% of these are flagged, and 100.00% of the others" in made.notes[1]


def test_photographs_are_read_by_kind_and_class(tmp_path: Path) -> None:
    for place in ("unknown/flowers", "unknown/empty", "known/cat"):
        (tmp_path / place).mkdir(parents=True)
    for number in range(2):
        Image.new("RGB", (60, 40), "red").save(tmp_path / "unknown/flowers" / f"{number}.png")
    Image.new("RGB", (40, 60), "blue").save(tmp_path / "known/cat/a.jpg")
    (tmp_path / "known/cat/notes.txt").write_text("no picture")
    photographs = read_photographs(tmp_path)
    assert {kind: len(pictures) for kind, pictures in photographs.unknown.items()} == {"flowers": 2}
    assert photographs.known["cat"].shape == (1, 32, 32, 3)


def test_a_folder_without_unknown_photographs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConvscopeError, match="holds no photographs of other things"):
        read_photographs(tmp_path)


def test_only_files_are_read_and_a_bad_one_is_named_with_its_folder(tmp_path: Path) -> None:
    kind = tmp_path / "unknown" / "things"
    kind.mkdir(parents=True)
    Image.new("RGB", (40, 40)).save(kind / "a.png")
    (kind / "folder.png").mkdir()
    (kind / "endless.png").symlink_to("/dev/zero")
    assert len(read_photographs(tmp_path).unknown["things"]) == 1
    (kind / "b.png").write_text("no picture")
    with pytest.raises(ConvscopeError, match=r"things/b\.png"):
        read_photographs(tmp_path)


def test_photographs_of_no_class_or_in_no_folder_of_a_kind_are_told(
    tmp_path: Path, tiny_data: Dataset
) -> None:
    network = Network(build_model(TINY.model, 4).eval(), tiny_data.classes, tiny_data.normalisation)
    for place in ("unknown/things", "known/giraffe", f"known/{tiny_data.classes[0]}"):
        (tmp_path / place).mkdir(parents=True)
        Image.new("RGB", (40, 40)).save(tmp_path / place / "a.png")
    Image.new("RGB", (40, 40)).save(tmp_path / "unknown" / "b.png")
    made = measured(
        Card.of(TINY, tiny_data),
        network,
        reference_of(network, tiny_data),
        tiny_data,
        100,
        read_photographs(tmp_path),
        silent,
    )
    told = " ".join(made.notes)
    assert "they are of none of its classes" in told and "1 in known/giraffe" in told
    assert f"unknown/KIND or known/CLASS: 1 in {tmp_path.name}/unknown." in told
    assert made.rows[-1][1] == 1  # of its classes

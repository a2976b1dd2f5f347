"""Photographs in folders, and what averaging framings is worth on them."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from core.bench.framing import LOOKS, Photographs, read_photographs, report, right_by_look
from core.data.dataset import Normalisation
from core.errors import ConvscopeError
from core.models.network import Network


@pytest.fixture
def by_colour() -> Network:
    head = nn.Linear(3, 2, bias=False)
    head.weight = nn.Parameter(torch.tensor([[9.0, 0, 0], [0, 0, 9.0]]))
    model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).eval()
    return Network(model, ("red", "blue"), Normalisation((0, 0, 0), (1, 1, 1)))


def test_photographs_are_read_from_folders_and_what_is_left_out_is_told(
    tmp_path: Path, by_colour: Network
) -> None:
    for name in by_colour.classes:
        (tmp_path / name).mkdir()
        Image.new("RGB", (50, 40), name).save(tmp_path / name / "photo.png")
    (tmp_path / "red" / "broken.jpg").write_bytes(b"nothing")
    (tmp_path / "red" / "more").mkdir()
    for place in (tmp_path, tmp_path / "red" / "more"):
        Image.new("RGB", (50, 40)).save(place / "astray.png")
    (tmp_path / "red" / "about.txt").write_text("photographs")
    found = read_photographs(tmp_path)
    assert found.images.shape == (2, 6, 32, 32, 3) and found.classes == ["blue", "red"]
    rights = right_by_look(by_colour, found)
    assert all(right.all() for right in rights.values())
    notes = report({"net": rights}, found).notes
    assert notes[1:] == (
        f"Left out, as they cannot be read: 1 in {tmp_path.name}/red.",
        "Left out, as they are in no folder FOLDER/CLASS: "
        f"1 in {tmp_path.name}, 1 in {tmp_path.name}/red/more.",
    )


def test_an_empty_folder_and_a_class_of_another_network_are_told(
    tmp_path: Path, by_colour: Network
) -> None:
    with pytest.raises(ConvscopeError, match="no picture in"):
        read_photographs(tmp_path)
    strange = Photographs(torch.zeros(1, 6, 32, 32, 3, dtype=torch.uint8), ["green"])
    with pytest.raises(ConvscopeError, match="does not know green"):
        right_by_look(by_colour, strange)


def test_a_wrong_middle_is_mended_by_the_others(by_colour: Network) -> None:
    """Red but for one framing, which is blue: the closer look of the first and the middle of the
    second."""
    images = torch.zeros(2, 6, 32, 32, 3, dtype=torch.uint8)
    images[..., 0] = 255
    for photo, framing in enumerate((1, 0)):
        images[photo, framing] = torch.tensor([0, 0, 255], dtype=torch.uint8)
    photographs = Photographs(images, ["red", "red"])
    right = right_by_look(by_colour, photographs)
    assert right["the middle"].tolist() == [True, False]
    assert right["and closer, all mirrored"].tolist() == [True, True]
    rows = report({"net": right}, photographs).rows
    assert [row[1] for row in rows] == list(LOOKS)
    assert rows[2] == ("net", "and closer, all mirrored", "100.0", 1, 0, "1.000")

"""Predictions from elsewhere: every form that docs/comparing.md names, and what is refused."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torchvision.datasets import ImageFolder

from core.comparison import prediction_files
from core.comparison.answers import Questions
from core.comparison.prediction_files import read_predictions
from core.comparison.predictions import answers_in, folder_order
from core.errors import ConvscopeError
from tests.memory import MB, megabytes_taken

CLASSES = ("dog", "cat", "owl", "ant")  # in no order of their names
LABELS = np.random.default_rng(0).integers(0, 4, 60)
QUESTIONS = Questions(CLASSES, LABELS, "these")
SAID = np.where(np.arange(60) % 5 == 0, (LABELS + 1) % 4, LABELS)  # four in five are right
LOGITS = np.random.default_rng(1).normal(size=(60, 4)) + 6 * np.eye(4)[SAID]
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)


def npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def lines(rows: Any) -> bytes:
    return "\n".join(",".join(map(str, np.atleast_1d(row))) for row in rows).encode()


INDICES = {
    "a.csv": lines(SAID),
    "headed.csv": b"label\n" + lines(SAID),
    "excel.csv": b"\xef\xbb\xbf" + lines(SAID).replace(b"\n", b"\r\n") + b"\r\n",
    "names.csv": lines(np.array(CLASSES)[SAID]),
    "headed names.CSV": b"class\n" + lines(np.array(CLASSES)[SAID]),
    "a.json": json.dumps(SAID.tolist()).encode(),
    "names.json": json.dumps([CLASSES[each] for each in SAID]).encode(),
    "a.npy": npy(SAID),
    "small.npy": npy(SAID.astype(np.uint8)),
    "floats.npy": npy(SAID.astype(np.float32)),
    "column.npy": npy(SAID[:, None]),
    "a.npz": npz(anything=SAID),
    "several.npz": npz(predictions=SAID, labels=LABELS),
}
SCORES = {
    "a.csv": lines(LOGITS),
    "columns.csv": b"cat, dog, ant, owl\n" + lines(LOGITS[:, [1, 0, 3, 2]]),
    "pandas.csv": b"0,1,2,3\n" + lines(LOGITS),
    "a.json": json.dumps(LOGITS.tolist()).encode(),
    "a.npy": npy(LOGITS),
    "columns first.npy": npy(np.asfortranarray(LOGITS)),
    "big endian.npy": npy(LOGITS.astype(">f4")),
    "a.npz": npz(logits=LOGITS, labels=LABELS),
    "probabilities.npy": npy(PROBABILITIES),
    "rounded.csv": lines(PROBABILITIES.round(3)),
}


@pytest.mark.parametrize("name", INDICES)
def test_classes_are_read(name: str) -> None:
    answers, told = answers_in(read_predictions(INDICES[name], name), QUESTIONS)
    assert answers.predicted.tolist() == SAID.tolist() and not told
    assert answers.probabilities is None and answers.name == name


@pytest.mark.parametrize("name", SCORES)
def test_logits_and_probabilities_are_read(name: str) -> None:
    answers, told = answers_in(read_predictions(SCORES[name], name), QUESTIONS)
    assert answers.predicted.tolist() == LOGITS.argmax(axis=1).tolist() and not told
    assert answers.probabilities == pytest.approx(PROBABILITIES, abs=2e-3)


@pytest.mark.parametrize("rounding", [-0.001, 2e-7, 0.001])
def test_rounding_makes_no_logits_of_probabilities(rounding: float) -> None:
    said, _ = answers_in(read_predictions(npy(PROBABILITIES + rounding), "a.npy"), QUESTIONS)
    assert said.probabilities == pytest.approx(PROBABILITIES, abs=0.005)


def test_the_order_of_class_folders_is_that_of_image_folder(tmp_path: Path) -> None:
    for number, label in enumerate(LABELS):
        path = tmp_path / CLASSES[label] / f"{number:05}.png"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    listed = [int(Path(path).stem) for path, _ in ImageFolder(str(tmp_path)).samples]
    assert folder_order(QUESTIONS).tolist() == listed


@pytest.mark.parametrize("values", [SAID, LOGITS])
def test_the_order_of_class_folders_is_found_and_told(values: np.ndarray) -> None:
    given = read_predictions(npy(values[folder_order(QUESTIONS)]), "exported.npy")
    answers, told = answers_in(given, QUESTIONS)
    assert answers.accuracy == pytest.approx(0.8)
    assert "exported.npy is read in the order of class folders, in which it gets 80.00%" in told


def refused(content: bytes, name: str) -> str:
    with pytest.raises(ConvscopeError) as error:
        answers_in(read_predictions(content, name), QUESTIONS)
    return str(error.value)


def test_an_order_that_is_none_of_ours_is_told() -> None:
    mixed = np.random.default_rng(2).permutation(SAID)
    sentence = refused(npy(mixed), "mixed.npy")
    assert "about what guessing gets (25.00%)" in sentence
    assert "its images are probably in another order" in sentence


def changed(array: np.ndarray, place: Any, value: float) -> np.ndarray:
    copy = array.astype(np.float64)
    copy[place] = value
    return copy


NAMES = np.array(CLASSES)[SAID]


def claiming(shape: str) -> bytes:
    """An .npy file without the numbers that it says it holds."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}".encode().ljust(118)
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("a.csv", b"", "a.csv is empty (0 bytes)"),
    ("a.csv", b"\n\n", "a.csv holds no predictions"),
    ("a.json", b"[]", "a.json must be a list"),
    ("a.npy", npy(np.zeros((0, 4))), "a.npy holds numbers of shape [0, 4]"),
    ("a.npy", npy(np.float64(3)), "a.npy holds numbers of shape []"),
    ("a.txt", b"1", "a.txt is none of .csv, .json, .npy, .npz"),
    ("a.csv", lines(SAID[:-1]), "a.csv has 59 predictions, but there are 60 test images"),
    ("a.npy", npy(LOGITS[:7]), "a.npy has 7 predictions, but there are 60 test images"),
    ("a.npy", npy(np.where(SAID == 3, 4, SAID)), "predicts class 4, but the 4 classes are 0 to 3"),
    ("a.npy", npy(SAID - 1), "predicts class -1, but the 4 classes are 0 to 3"),
    ("a.npy", npy(SAID * 10**18), "the 4 classes are 0 to 3"),
    ("a.npy", npy(changed(LOGITS, (4, 1), np.nan)), "Prediction 5 in a.npy is NaN, infinite or"),
    ("a.csv", lines(changed(SAID, 2, np.nan)), "Prediction 3 in a.csv is NaN, infinite or"),
    ("a.json", json.dumps(changed(LOGITS, (0, 0), np.inf).tolist()).encode(), "Prediction 1 in"),
    ("a.npy", npy(PROBABILITIES * 0.9), "those of prediction 1 add up to 0.9 and not to 1"),
    ("a.npy", npy(PROBABILITIES * 1.03), "those of prediction 1 add up to 1.03 and not to 1"),
    ("a.npy", npy(PROBABILITIES * 100), "a.npy is in percent"),
    ("a.npy", claiming("(True,)") + bytes(8), "a.npy is not a whole .npy array"),
    ("a.npy", claiming(f"({'1, ' * 71})") + bytes(8), "a.npy is not a whole .npy array"),
    ("a.npy", npy(SAID / 2), "one number for each image, but not whole ones"),
    ("a.csv", lines(np.c_[np.arange(60), SAID]), "has 2 columns; it must have one, of classes, or"),
    ("a.npy", npy(np.c_[LOGITS, LOGITS]), "has 8 columns; it must have one, of classes, or"),
    ("a.npy", npy(np.zeros((60, 2, 2))), "a.npy holds numbers of shape [60, 2, 2]"),
    ("a.csv", lines(NAMES).replace(b"owl", b"emu"), "predicts 'emu', which is none of the classes"),
    ("a.csv", b"cat,dog,ant,emu\n" + lines(LOGITS), "a column 'emu', which is none of the classes"),
    ("a.csv", b"cat,dog,ant,ant\n" + lines(LOGITS), "or has one twice"),
    ("a.csv", lines(LOGITS) + b"\n1,2", "a.csv has rows of different lengths (4, 2)"),
    ("a.csv", lines(LOGITS) + b"\n1,2,x,4", "Prediction 61 in a.csv is not made of numbers: '1, 2"),
    ("a.csv", b"0;0.5\n1;0.5\n", "a.csv seems to separate its columns by semicolons or tabs"),
    ("a.csv", b"\xff\xfe1\n", "a.csv is not text in UTF-8"),
    ("a.csv", b"x" * 200_000, "a.csv is not a CSV file"),
    ("a.csv", b"x" * 101 + b"\ny", "a.csv holds names longer than those of classes"),
    ("a.json", b"[1, 2", "a.json is not valid JSON"),
    ("a.json", b"[" * 100_000, "a.json is not valid JSON"),
    ("a.json", b'{"0": 1}', "a.json must be a list"),
    ("a.json", b"[[1, [2]], [3, 4]]", "Prediction 1 in a.json is not made of numbers"),
    ("a.npy", npy(SAID)[:-1], "a.npy is not a whole .npy array"),
    ("a.npy", b"\x93NUMPY\x01\x00\x05\x00{'a'(", "a.npy is not a whole .npy array"),
    ("a.npy", npy(np.array([{}], dtype=object), allow_pickle=True), "Python objects"),
    ("a.npy", npy(NAMES), "where numbers are read"),
    ("a.npz", npz(one=SAID, two=SAID), "holds 2 arrays (one, two); exactly one must be called"),
    ("a.npz", npz(**{"a/logits": SAID, "b/logits": SAID}), "exactly one must be called"),
    ("a.npz", npz(one=SAID)[:-30], "a.npz is not a whole .npz archive"),
    ("<b>\n.npy", npy(SAID[:3]), "<b>?.npy has 3 predictions"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(
    name: str, content: bytes, sentence: str
) -> None:
    assert sentence in refused(content, name)


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("predictions.npy", content)
    return file.getvalue()


def test_lines_of_indented_json_are_no_rows() -> None:
    rows = json.dumps([[0.5] * 60] * 9_000, indent=1).encode()
    assert rows.count(b"\n") > prediction_files.MAX_ROWS
    assert read_predictions(rows, "a.json").values.shape == (9_000, 60)


BOMBS: dict[str, Callable[[], bytes]] = {
    "claims.npy": lambda: claiming("(1000000000000,)"),
    "less than nothing.npy": lambda: claiming("(-1, -1)"),
    "bomb.npz": lambda: zipped(bytes(400 * MB)),
    "many.npz": lambda: b"PK\x01\x02" * 200_000,
    "brackets.json": lambda: b"[" + b"[]," * 3_000_000 + b"[]]",
    "commas.csv": lambda: b"1,1\n" * 3_000_000,
    "words.csv": lambda: b"x" * 100 + b"\n" + b"y\n" * 490_000,
    "lines.csv": lambda: b"1\n" * 3_000_000,
    "cells.csv": lambda: b"0.1234,0.2,0.3,0.4,word\n" * 490_000,
    "cells.json": lambda: b"[" + b"[0.1234,0.2,0.3,0.4],\n" * 400_000 + b"[1]]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_file_takes_more_memory_than_its_size_and_the_bound(name: str) -> None:
    taken = megabytes_taken(refused, BOMBS[name](), name)
    assert taken * MB < prediction_files.MAX_FILE_BYTES + 80 * MB

"""Files of predictions as no program wrote them: whole, harmed, and some that claim or unpack to
more than the memory holds."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from functools import cache

import numpy as np

from core.comparison.answers import Questions
from core.comparison.prediction_files import read_predictions
from core.comparison.predictions import answers_in
from tests.fuzz import hostile
from tests.fuzz.hostile import Case, generator

CLASSES = ("cat", "dog", "frog")
IMAGES = 60
FORMS = ("classes", "names", "probabilities", "logits")
ODD_DTYPES = (">f4", "<f2", "<f8", "<c16", "|b1", "<U9", "|S3", "|O", "<M8[s]", "<i8", "|u1", "|V4")
ODD_HEADERS = (
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000000,), }",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3), }",
    b"{'descr': '<f8', 'fortran_order': True, 'shape': (0, 4000000000000000000), }",
    b"{'descr': [('a', '<f8'), ('b', '|O')], 'fortran_order': False, 'shape': (2,), }",
    b"{'descr': ('<f8', (2, 3)), 'fortran_order': 1, 'shape': [], }",
    b"(" * 3000,
    b"__import__('os')",
)
SPECIAL: dict[str, Callable[[], bytes]] = {
    ".csv of commas": lambda: b"," * 50_000_000,
    ".csv of short lines": lambda: b"1\n" * 20_000_000,
    ".csv of one quoted cell": lambda: b'"' + b"x\n" * 400_000,
    ".csv of one long number": lambda: b"1" * 40_000_000,
    ".csv of long numbers": lambda: (b"9" * 400 + b"\n") * 100_000,
    ".json of brackets": lambda: b"[" * 200_000,
    ".json of empty lists": lambda: b"[" + b"[]," * 400_000 + b"[]]",
    ".json of nested lists": lambda: b"[" + b"[[[[1]]]]," * 100_000 + b"1]",
    ".json of one long number": lambda: b"[" + b"1" * 5_000 + b"]",
    ".npz of gigabytes, packed": lambda: _npz({"logits.npy": _zeros(300_000_000)}),
    ".npz of many arrays": lambda: _npz({f"{number}.npy": b"" for number in range(2000)}),
    ".npz with one array twice": lambda: _npz({"logits.npy": b"1", "in/logits.npy": b"2"}),
}


def case(seed: int, number: int) -> Case:
    """First what is special, then what is whole, and from then on what is harmed. The name begins
    with the ending of the file."""
    whole = _whole(seed)
    if number < len(SPECIAL):
        name = list(SPECIAL)[number]
        return Case(name, SPECIAL[name]())
    if number < len(SPECIAL) + len(whole):
        return whole[number - len(SPECIAL)]
    draw = generator(seed, number)
    name, content = draw.choice(whole)
    change = draw.choice(list(CHANGES))
    return Case(f"{name}, {change}", CHANGES[change](draw, name, content))


def feed(case: Case) -> None:
    """Read it as if it came from elsewhere, and put it beside what is true."""
    asked = _questions()
    answers, _ = answers_in(read_predictions(case.content, f"case{case.name.split()[0]}"), asked)
    assert answers.predicted.shape == (IMAGES,)
    assert answers.matrix().sum() == IMAGES
    if answers.probabilities is not None:
        assert answers.probabilities.shape == (IMAGES, len(CLASSES))
        assert answers.probabilities.min() >= 0
        assert np.allclose(answers.probabilities.sum(axis=1), 1)


@cache
def _questions() -> Questions:
    return Questions(CLASSES, np.arange(IMAGES) % len(CLASSES), "these")


@cache
def _whole(seed: int) -> list[Case]:
    """Good predictions, in every form and kind of file."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, 1, (IMAGES, len(CLASSES))) + 4 * np.eye(3)[_questions().labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    classes = logits.argmax(axis=1)
    forms = {
        "classes": classes,
        "names": np.array(CLASSES)[classes],
        "probabilities": probabilities,
        "logits": logits.astype(np.float32),
    }
    cases = []
    for form in FORMS:
        values = forms[form]
        rows = [[str(cell) for cell in np.atleast_1d(row)] for row in values]
        head = [",".join(CLASSES)] if values.ndim == 2 else []
        text = "\n".join([*head, *(",".join(row) for row in rows)])
        cases += [Case(f".csv of {form}", text.encode())]
        cases += [Case(f".json of {form}", json.dumps(values.tolist()).encode())]
        if form != "names":
            cases += [Case(f".npy of {form}", _npy(values))]
            cases += [Case(f".npz of {form}", _npz({"predictions.npy": _npy(values)}))]
    return cases


def _npy(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _npz(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _zeros(count: int) -> bytes:
    return bytes(count)


def _bytes(draw: random.Random, name: str, content: bytes) -> bytes:  # noqa: ARG001
    return hostile.mutated(draw, content)


def _another(draw: random.Random, name: str, content: bytes) -> bytes:  # noqa: ARG001
    """The content of another kind of file."""
    return draw.choice(_whole(0)).content


def _cells(draw: random.Random, name: str, content: bytes) -> bytes:
    """One cell, row or value that is something else."""
    if name.startswith(".json"):
        return json.dumps(hostile.changed(draw, json.loads(content))).encode()
    if not name.startswith(".csv"):
        return _header(draw, name, content)
    rows = content.decode().split("\n")
    row = draw.randrange(len(rows))
    cells = rows[row].split(",")
    odd = draw.choice((*hostile.WORDS, *map(str, hostile.NUMBERS[:8]), "1e400", "1_0", "\uff13"))
    cells[draw.randrange(len(cells))] = odd
    rows[row] = draw.choice((",".join(cells), odd, f'"{odd}', "\t".join(cells)))
    if draw.random() < 0.1:
        return "\n".join(rows).encode("utf-16", "replace")
    return "\n".join(rows).encode("utf-8", "surrogatepass")


def _header(draw: random.Random, name: str, content: bytes) -> bytes:
    """An array that says something else of itself than it is."""
    values = draw.choice(_whole(0)).content
    if name.startswith((".csv", ".json")):
        return content + values
    header = draw.choice(ODD_HEADERS)
    if draw.random() < 0.5:
        shape = draw.choice(((IMAGES,), (IMAGES, 3), (3, IMAGES), (IMAGES, 1, 1), (), (0, 3)))
        described = {"descr": draw.choice(ODD_DTYPES), "fortran_order": False, "shape": shape}
        header = str(described).encode()
    version = draw.choice((b"\x01\0", b"\x02\0", b"\x03\0", b"\x09\0"))
    size = len(header).to_bytes(2 if version == b"\x01\0" else 4, "little")
    array = b"\x93NUMPY" + version + size + header + draw.randbytes(draw.choice((0, 480, 1440)))
    return array if name.startswith(".npy") else _npz({"predictions.npy": array})


CHANGES: dict[str, Callable[[random.Random, str, bytes], bytes]] = {
    "bytes": _bytes,
    "another kind of file": _another,
    "cells": _cells,
    "what it says of itself": _header,
}

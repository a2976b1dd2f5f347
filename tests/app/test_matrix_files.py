"""The confusion matrix as files that others read."""

import csv
import tomllib
from io import BytesIO, StringIO
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from app.charts.matrix_files import EMPTY, RIGHT, WRONG, matrix_csv, matrix_png, matrix_svg
from core.files import PROJECT

MATRIX = np.array([[8, 2, 0], [1, 9, 0], [0, 3, 0]])
EVIL = '<script>alert("&")</script>'
CLASSES = ("cat", EVIL, "=1+1")


def test_the_table_holds_counts_or_shares_under_the_names():
    rows = list(csv.reader(StringIO(matrix_csv(MATRIX, CLASSES, "count"))))
    assert rows[0][1:] == ["cat", EVIL, "'=1+1"]  # no formula
    assert [row[1:] for row in rows[1:]] == [[str(n) for n in row] for row in MATRIX.tolist()]
    shares = list(csv.reader(StringIO(matrix_csv(MATRIX, CLASSES, "true"))))
    assert shares[1][1:] == ["0.8", "0.2", "0.0"]


def test_the_drawing_is_well_formed_and_its_names_stay_text():
    drawing = ElementTree.fromstring(matrix_svg(MATRIX, CLASSES, "count"))
    tags = [element.tag.rpartition("}")[2] for element in drawing]
    assert set(tags) == {"rect", "text"} and tags.count("rect") == 1 + MATRIX.size
    words = [element.text or "" for element in drawing if element.tag.endswith("text")]
    assert words.count("cat") == 2 and sum(word.startswith("<script>") for word in words) == 2
    assert [word for word in words if word.isdigit()] == ["8", "2", "1", "9", "3"]


def test_the_picture_shows_the_same_boxes_and_something_in_them():
    picture = np.asarray(Image.open(BytesIO(matrix_png(MATRIX, ("cat", "dog", "emu"), "count"))))
    svg = ElementTree.fromstring(matrix_svg(MATRIX, ("cat", "dog", "emu"), "count"))
    boxes = [element for element in svg if element.tag.endswith("rect")][1:]
    for box, count in zip(boxes, MATRIX.ravel(), strict=True):
        left, top = (2 * int(box.attrib[edge]) for edge in ("x", "y"))
        inside = picture[top + 8 : top + 80, left + 8 : left + 80]
        colour = bytes(inside[0, 0]).hex()
        assert f"#{colour}" == box.attrib["fill"].lower()
        assert (inside != inside[0, 0]).any() == bool(count)
        assert count or box.attrib["fill"].lower() == EMPTY.lower()


def test_a_hundred_classes_and_a_single_letter_are_drawn():
    many = np.eye(100, dtype=int)
    assert matrix_png(many, [str(n) for n in range(100)], "predicted").startswith(b"\x89PNG")
    assert "</svg>" in matrix_svg(np.eye(2, dtype=int), ("a", "b"), "true")


def test_the_colours_are_those_of_the_matrix_on_the_page():
    config = tomllib.loads((PROJECT / "app/.streamlit/config.toml").read_text())
    ends = config["theme"]["light"]["chartDivergingColors"]
    assert (ends[0], ends[-1]) == (RIGHT, WRONG)
    svg = matrix_svg(np.array([[5, 2], [0, 5]]), ("a", "b"), "count").lower()
    assert RIGHT.lower() in svg and WRONG.lower() in svg

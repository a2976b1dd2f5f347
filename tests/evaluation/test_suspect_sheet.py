"""Suspects as one picture: each drawn at its place, above what it is called."""

from io import BytesIO

import numpy as np
import pandas as pd
from PIL import Image

from core.data import load_dataset
from core.evaluation.label_errors import ranked
from core.evaluation.suspect_sheet import ACROSS, CAPTION, GAP, SIDE, suspect_sheet
from core.models import build_model
from core.models.network import Network
from core.recipe import Data
from tests.tiny import TINY


def test_every_suspect_is_drawn_in_its_order_with_words_below() -> None:
    data = load_dataset(Data(source="shapes", images=200, validation=0.2))
    classes = data.classes
    network = Network(build_model(TINY.model, len(classes)).eval(), classes, data.normalisation)
    probabilities = network.logits(data.test.images).softmax(1).numpy()
    suspected = ranked(probabilities, data.test.labels.numpy()).head(ACROSS + 1)
    sheet = drawn(data.test.images.numpy(), suspected, classes)
    assert sheet.shape == (2 * (SIDE + CAPTION + GAP) + GAP, ACROSS * (SIDE + GAP) + GAP, 3)
    for place, number in enumerate(suspected["index"]):
        down, across = divmod(place, ACROSS)
        top, left = GAP + down * (SIDE + CAPTION + GAP), GAP + across * (SIDE + GAP)
        cell = sheet[top : top + SIDE, left : left + SIDE][1::3, 1::3]  # three pixels for each
        assert np.abs(cell - data.test.images[number].numpy().astype(int)).mean() < 12
        words = sheet[top + SIDE : top + SIDE + CAPTION, left : left + SIDE]
        assert words.min() < 60 and words.max() > 240


def test_no_suspect_is_an_empty_sheet() -> None:
    none = pd.DataFrame({"index": [], "given": [], "suggested": []}, dtype=int)
    assert (drawn(np.zeros((1, 32, 32, 3), np.uint8), none, ("a",)) == 255).all()


def drawn(pictures: np.ndarray, suspected: pd.DataFrame, classes: tuple[str, ...]) -> np.ndarray:
    """int [height, width, 3]"""
    with Image.open(BytesIO(suspect_sheet(pictures, suspected, classes))) as sheet:
        return np.asarray(sheet.convert("RGB")).astype(int)

"""Suspected label errors as one picture, for documents."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

SIDE = 96  # pixels of a picture
GAP = 8
CAPTION = 34  # pixels for two lines
ACROSS = 10
INK, PAPER = "#10161D", "#FFFFFF"


def suspect_sheet(pictures: np.ndarray, suspected: pd.DataFrame, classes: Sequence[str]) -> bytes:
    """A PNG of the rows of `suspected` (as from `core.evaluation.label_errors.suspects`), each with
    its number, its given and its suggested label.

    pictures: uint8 [N, 32, 32, 3], of the whole split
    """
    lines = -(-len(suspected) // ACROSS)
    width, height = ACROSS * (SIDE + GAP) + GAP, lines * (SIDE + CAPTION + GAP) + GAP
    sheet = Image.new("RGB", (width, height), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    rows = suspected[["index", "given", "suggested"]].to_numpy()
    for place, (number, *labels) in enumerate(rows.tolist()):
        left = GAP + place % ACROSS * (SIDE + GAP)
        top = GAP + place // ACROSS * (SIDE + CAPTION + GAP)
        picture = Image.fromarray(pictures[number])
        sheet.paste(picture.resize((SIDE, SIDE), Image.Resampling.NEAREST), (left, top))
        given, suggested = (classes[label][:10] for label in labels)
        draw.text((left, top + SIDE + 2), f"#{number} {given}", fill=INK, font=font)
        draw.text((left, top + SIDE + 16), f"-> {suggested}", fill=INK, font=font)
    buffer = BytesIO()
    sheet.quantize(128).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()

"""Several photos as a table: a row a photo, which opens it."""

from collections.abc import Sequence

import streamlit as st

from app.charts.verdicts import THUMBNAIL, Answer, Row, verdict_table
from app.example import said_of
from app.familiarity import is_unlike
from app.gallery import jpeg_data_url
from app.links import link_attributes
from app.photos import Photo
from app.seeing import Seeing, example_of
from pages.predict.asked import BESIDE, Asked


def show_table(photos: Sequence[Photo], asked: Sequence[Asked], seeing: Seeing) -> None:
    """Each photo and what every network asked takes it for."""
    rows = [_row(photo, asked, seeing) for photo in photos]
    st.html(verdict_table(["Photo", *(each.name for each in asked)], rows))
    unlike = any(answer.unlike for row in rows for answer in row.answers)
    st.caption(
        "How to read this: the bar is how sure the network is. Click a row to open it."
        + (" A photo without a bar is too strange for an answer to be believed." if unlike else "")
    )


def _row(photo: Photo, asked: Sequence[Asked], seeing: Seeing) -> Row:
    example = example_of(photo, seeing)
    images = example.framings.numpy()
    answers = [
        Answer(
            each.network.classes,
            said_of(each.network, images, each.version),
            unlike=is_unlike(images[0], each.trained),
        )
        for each in asked
    ]
    networks = dict(zip(("run", BESIDE), (each.id for each in asked), strict=False))
    link = link_attributes("predict", **networks, photo=photo.key)
    return Row(photo.name, answers, link, jpeg_data_url(example.shown, 2 * THUMBNAIL))

"""Layer by layer: what happens to a picture, as a film that needs nothing but the network."""

from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from app.gallery import png_data_url
from app.text import plain
from core.inside.drawing import maps_as_pictures
from core.inside.film import Frame, film_of
from pages.inside.diagram import told
from pages.inside.layer import answer_to
from pages.inside.picture import Picture, pick_picture
from pages.inside.scale import Scale
from pages.inside.subject import Subject, shape_in_words

FOLDER = Path(__file__).parent
ANSWERS = 5  # classes at the end

_draw = component(
    "layer_film",
    html="""
<div class="frame">
  <div class="tools">
    <button name="play" aria-pressed="false">Play</button>
    <button name="back" aria-label="One layer back">&#9664;</button>
    <input type="range" min="0" value="0" aria-label="Layer">
    <button name="on" aria-label="One layer on">&#9654;</button>
  </div>
  <div class="words" role="status"><b></b> <span></span></div>
  <div class="scale"><span></span><i></i><span></span></div>
  <div class="stage"></div>
</div>
""",
    css=(FOLDER / "film.css").read_text(),
    js=(FOLDER / "film.js").read_text(),
)


def show_film(subject: Subject) -> None:
    picture = pick_picture(subject)
    if picture is None:
        return
    frames = film_of(subject.network, picture.pixels, subject.steps)
    shown = [_frame(frame, subject) for frame in frames]
    first = {
        "title": picture.title,
        "words": f"{picture.label}, 32x32 pixels, as the network sees it",
        "sheet": png_data_url(picture.pixels.numpy()),
        "tiles": [{"title": picture.title}],
    }
    _draw(
        key="film",
        data={
            "frames": [first, *shown],
            "answers": _answers(subject, picture),
            "id": picture.title,
        },
    )
    st.markdown(plain(f"{answer_to(subject, picture)}."))
    st.caption(
        "How to read this: each stop shows the twelve channels of a layer that answer most "
        "strongly to the picture, the strongest first. The bar says which values the colours are: "
        "each stop has a scale of its own. Edges and colours come first; later maps are small, and "
        "no longer look like the picture. Click a map to look at its channel."
    )
    with st.expander("The same in words"):
        st.dataframe(
            {
                "layer": [frame.step.name for frame in frames],
                "puts out": [shape_in_words(frame.step) for frame in frames],
                "values above 0 (%)": [round(100 * frame.active, 1) for frame in frames],
                "strongest channels": [
                    ", ".join(map(str, frame.channels[:5].tolist())) for frame in frames
                ],
            },
            hide_index=True,
        )


def _frame(frame: Frame, subject: Subject) -> dict[str, object]:
    step = frame.step
    drawn, scale = maps_as_pictures(frame.maps), Scale.of(frame.maps)
    then = f", then {', '.join(step.then)}" if step.then else ""
    return {
        "title": step.name,
        "words": f"{told(step)}{then}; {shape_in_words(step)}, "
        f"{frame.active:.0%} of the values above 0",
        "sheet": png_data_url(np.concatenate(list(drawn), axis=1)),
        "scale": {"low": scale.low, "high": scale.high, "colours": scale.colours},
        "tiles": [
            {
                "title": subject.channel_title(step, channel),
                "query": {
                    "run": subject.trained.id,
                    "view": "Channel",
                    "layer": step.name,
                    "channel": channel,
                },
            }
            for channel in frame.channels.tolist()
        ],
    }


def _answers(subject: Subject, picture: Picture) -> list[dict[str, object]]:
    """The likeliest classes, in shares of 1."""
    network = subject.network
    probabilities = network.probabilities(network.logits(picture.pixels[None]))[0]
    best = probabilities.topk(min(ANSWERS, len(probabilities)))
    return [
        {"name": network.classes[number], "share": round(share, 4)}
        for share, number in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]

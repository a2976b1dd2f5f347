"""Answers of networks as a table, as one piece of HTML for `st.html`."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from app import theme
from core.wording import probability

UNLIKE = "Unlike anything it was trained on"
TOP = 3  # classes told of each answer, the others of these only from LEAST on
LEAST = 0.005  # of probability, which is written as 1%
THUMBNAIL = 64  # pixels
STYLE = f"""<style>
.verdicts {{width: 100%; border-collapse: collapse; font-size: 0.9rem; line-height: 1.3}}
.verdicts th {{text-align: left; font-weight: 600; padding: 4px 8px}}
.verdicts td {{padding: 6px 8px; border-top: 1px solid color-mix(in srgb, currentColor 15%, #0000)}}
.verdicts tr {{position: relative}}
.verdicts tbody tr:hover {{background: color-mix(in srgb, currentColor 6%, #0000)}}
.verdicts img {{
  width: {THUMBNAIL}px; height: {THUMBNAIL}px; border-radius: 6px; display: block; flex: none
}}
.verdicts .of {{width: 30%}}
.verdicts a {{
  display: flex; align-items: center; gap: 10px; color: inherit; overflow-wrap: anywhere;
  text-decoration: none
}}
.verdicts a::after {{content: ""; position: absolute; inset: 0}}
.verdicts a:focus-visible::after {{outline: 3px solid currentColor; outline-offset: -3px}}
.verdicts .track {{
  display: block; height: 6px; max-width: 160px; margin: 3px 0; border-radius: 3px;
  background: color-mix(in srgb, currentColor 10%, #0000)
}}
.verdicts .bar {{display: block; height: 100%; border-radius: 3px; background: {theme.ACCENT}}}
.verdicts small {{font-size: 0.78rem; opacity: 0.8}}
@media (max-width: 640px) {{
  .verdicts .of {{width: auto}}
  .verdicts a {{flex-direction: column; align-items: flex-start; gap: 4px; font-size: 0.78rem}}
}}
</style>"""


@dataclass(frozen=True)
class Answer:
    """probabilities: float [classes], 0 to 1; true: the class that is right, where it is known;
    unlike: the picture is unlike anything the network was trained on"""

    classes: Sequence[str]
    probabilities: np.ndarray
    true: str | None = None
    unlike: bool = False


@dataclass(frozen=True)
class Row:
    """title: plain text; link: where the row leads, as from `app.links.link_attributes`; picture:
    the src of an <img>, or none"""

    title: str
    answers: Sequence[Answer]
    link: str
    picture: str = ""


def verdict_table(heads: Sequence[str], rows: Sequence[Row]) -> str:
    """A row each, which leads somewhere as a whole: the likeliest class, how likely as a bar, and
    the next two; of a picture that is unlike all, that it is. heads: of all columns, plain text"""
    head = "".join(f"<th>{escape(title)}</th>" for title in heads)
    body = "".join(map(_row, rows))
    return (
        f'{STYLE}<table class="verdicts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table>"
    )


def _row(row: Row) -> str:
    picture = f'<img src="{row.picture}" alt="">' if row.picture else ""
    cells = "".join(map(_cell, row.answers))
    return f'<tr><td class="of"><a {row.link}>{picture}{escape(row.title)}</a></td>{cells}</tr>'


def _cell(answer: Answer) -> str:
    order: list[int] = np.argsort(-answer.probabilities, kind="stable")[:TOP].tolist()
    told = [
        f"{escape(answer.classes[i])} {probability(answer.probabilities[i], 0)}"
        for place, i in enumerate(order)
        if place == 0 or answer.probabilities[i] >= LEAST
    ]
    if answer.unlike:
        return f"<td><b>{UNLIKE}</b><br><small>it would say {', '.join(told)}</small></td>"
    width = f"width:{100 * answer.probabilities[order[0]]:.1f}%"
    mark = ""
    if answer.true is not None:
        mark = " ✓" if answer.classes[order[0]] == answer.true else " ✗ wrong"
    return (
        f"<td><b>{told[0]}</b>{mark}"
        f'<span class="track"><span class="bar" style="{width}"></span></span>'
        f"<small>{', '.join(told[1:])}</small></td>"
    )

"""Probabilities of one answer as bars, as one piece of HTML for `st.html`."""

from collections.abc import Sequence
from html import escape

import numpy as np

from app import theme
from app.charts.labels import LABEL, shortened
from core.wording import probability

MOST = 10  # bars; what the others have together is told below
STYLE = f"""<style>
.probabilities {{
  display: grid; grid-template-columns: auto 1fr auto; gap: 5px 8px; align-items: center;
  font-size: 0.84rem; line-height: 1.15
}}
.probabilities .name {{text-align: right; opacity: 0.85}}
.probabilities .name.first {{font-weight: 600; opacity: 1}}
.probabilities .track {{
  height: 14px; border-radius: 3px;
  background: color-mix(in srgb, currentColor 8%, transparent)
}}
.probabilities .bar {{
  height: 100%; border-radius: 3px; background: color-mix(in srgb, currentColor 40%, transparent)
}}
.probabilities .bar.first {{background: {theme.ACCENT}}}
.probabilities .value {{font-variant-numeric: tabular-nums; min-width: 5.4em}}
.probabilities .title, .probabilities .rest {{grid-column: 1 / -1; opacity: 0.75}}
</style>"""


def probability_bars(classes: Sequence[str], probabilities: np.ndarray) -> str:
    """A bar a class, the likeliest on top and in colour; at most ten, and a line about the others.

    probabilities: float [classes], 0 to 1
    """
    order: list[int] = np.argsort(-probabilities, kind="stable").tolist()
    bars = "".join(
        _row(classes[index], float(probabilities[index]), " first" if place == 0 else "")
        for place, index in enumerate(order[:MOST])
    )
    left = order[MOST:]
    rest = (
        f"The other {len(left):,} classes: {probability(probabilities[left].sum())}"
        if len(left)
        else ""
    )
    told = f'<div class="rest">{rest}</div>' if rest else ""
    title = '<div class="title">Probability of each class</div>'
    return f'{STYLE}<div class="probabilities">{title}{bars}{told}</div>'


def _row(name: str, share: float, kind: str) -> str:
    width = f"width:{100 * share:.2f}%"
    return (
        f'<span class="name{kind}" title="{escape(name)}">{escape(shortened(name, LABEL))}</span>'
        f'<span class="track"><div class="bar{kind}" style="{width}"></div></span>'
        f'<span class="value">{probability(share)}</span>'
    )

"""How far the maps of a picture can be trusted, as curves and as a table."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from app import theme
from app.charts.line_chart import DOTTED, Entry, Line, Lines, Panel, XAxis, show_lines
from app.explaining.computed import Asked, chance_of, trust_of
from app.explaining.words import ranking_in_words
from core.explanation import METHODS, Settings
from core.explanation.curves import STEPS, Way
from core.explanation.hiding import COVERS, Cover
from core.explanation.trust import Chance, Trust, ranked

PANELS: dict[tuple[Way, Cover], str] = {
    ("deletion", "blur"): "Strongest first, blurred away (%)",
    ("deletion", "mean"): "Strongest first, greyed out (%)",
    ("insertion", "blur"): "Brought back into the blur (%)",
    ("insertion", "mean"): "Brought back into the grey (%)",
}
RANDOM = "Random orders"
HEIGHT = 220  # pixels of a chart
SHARES = 100 * np.arange(STEPS + 1) / STEPS


def show_trust(asked: Asked, chosen: Mapping[str, Settings], key: str) -> None:
    """Measure each method and show all of them, ranked for this picture."""
    bar = st.progress(0.0, "Hiding pixels in random orders …")
    reference = chance_of(asked)
    trusts: dict[str, Trust] = {}
    for name, settings in chosen.items():
        title = METHODS[name].title
        bar.progress((1 + len(trusts)) / (1 + len(chosen)), f"Putting {title} to the test …")
        trusts[name] = trust_of(asked, name, settings)
    bar.empty()
    st.markdown(ranking_in_words(trusts))
    show_lines(
        trust_curves(trusts, reference), f"trust {key}", trust_curves_in_words(trusts), HEIGHT
    )
    st.caption(
        "How to read this: the charts show the probability of the class. Pixels are hidden, or "
        "brought back, in the order of each map: one that knows what counts lets it fall early "
        "where they are hidden, and rise early where they are brought back. The grey band is "
        "where random orders lie."
    )
    st.dataframe(trust_table(trusts), hide_index=True)
    st.caption(
        "*Better than chance*: the area under the curves that bring back less that under those "
        "that hide, over that of random orders, in points, blurred and greyed. *Unexplained*: "
        "hiding random squares changes the score; this share of it the map did not foretell "
        "(infidelity). *Moves*: how far the map moves when "
        "the picture moves by 4 of 255 levels (sensitivity). *Without learning*: how alike it is "
        "to maps of the same network with random weights; near 1 it shows the picture and not what "
        "was learned. A low figure there is one good sign and no proof."
    )


def trust_curves(trusts: Mapping[str, Trust], reference: Chance) -> Lines:
    """The probability (%) over the share of pixels, a panel for each way and cover."""
    entries = [Entry(METHODS[name].title, n % len(theme.LINES)) for n, name in enumerate(trusts)]
    entries.append(Entry(RANDOM, dash=DOTTED))
    lines = []
    for panel, kind in enumerate(PANELS):
        random = 100 * reference.curves[kind].numpy()
        lines.append(
            Line(
                panel,
                RANDOM,
                SHARES,
                random.mean(axis=0),
                of=(len(trusts),),
                dash=DOTTED,
                low=random.min(axis=0),
                high=random.max(axis=0),
            )
        )
        for number, trust in enumerate(trusts.values()):
            own = 100 * trust.curves[kind][0].numpy()
            entry = entries[number]
            lines.append(Line(panel, entry.label, SHARES, own, (number,), entry.slot))
    panels = [Panel(title, "%", 0, span=(0.0, 100.0)) for title in PANELS.values()]
    axis = XAxis("step", "Pixels hidden, or brought back (%)", "Pixels (%)")
    return Lines(axis, panels, lines, entries)


def trust_curves_in_words(trusts: Mapping[str, Trust]) -> str:
    """The same, for those who don't see it."""
    told = (f"{METHODS[n].title} {100 * trusts[n].mean_gain:+.0f}" for n in ranked(trusts))
    return f"Deletion and insertion curves; points better than chance: {', '.join(told)}."


def trust_table(trusts: Mapping[str, Trust]) -> pd.DataFrame:
    """A row a method, the most trustworthy for this picture first."""
    return pd.DataFrame(
        [
            {
                "Method": METHODS[name].title,
                "Better than chance": f"{100 * trust.mean_gain:+.0f}",
                "blurred, greyed": ", ".join(f"{100 * trust.gain[kind]:+.0f}" for kind in COVERS),
                "Unexplained": _share(trust.infidelity),
                "Moves": _share(trust.sensitivity),
                "Without learning": "-" if trust.unlearned is None else f"{trust.unlearned:.2f}",
            }
            for name in ranked(trusts)
            for trust in [trusts[name]]
        ]
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"

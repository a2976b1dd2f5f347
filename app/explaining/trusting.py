"""How far the maps of a picture can be trusted, as curves and as a table."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from app import theme
from app.charts.line_chart import DOTTED, Entry, Line, Lines, Panel, XAxis, show_lines
from app.explaining.choices import link_trust
from app.explaining.computed import Asked, chance_of, identity, trust_of
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
MEASURED = "trust measured"  # in the session's state
PAUSE = 0.2  # seconds between two steps
HEIGHT = 220  # pixels of a chart
SHARES = 100 * np.arange(STEPS + 1) / STEPS


def show_trust(asked: Asked, chosen: Mapping[str, Settings], key: str, switch: str) -> None:
    """Measure each method, with how far that is and a way to stop it, then show all of them, ranked
    for this picture. switch: the widget that asks for it, which is off once it was stopped"""
    measured: set[int] = st.session_state.setdefault(MEASURED, set())
    if {identity(asked, *each) for each in _steps(chosen)} <= measured:
        _show(asked, chosen, key)
    else:
        _measure_next(asked, chosen, switch)


def _steps(chosen: Mapping[str, Settings]) -> list[tuple[str, Settings]]:
    """What is measured: chance, of no method, then each method."""
    return [("", {}), *chosen.items()]


@st.fragment(run_every=PAUSE)
def _measure_next(asked: Asked, chosen: Mapping[str, Settings], switch: str) -> None:
    """One step at a time, so that a press of Stop is heard between two; then all is shown."""
    measured: set[int] = st.session_state[MEASURED]
    steps = _steps(chosen)
    left = [each for each in steps if identity(asked, *each) not in measured]
    if not left or not st.session_state.get(switch):
        st.rerun()
    method, settings = left[0]
    doing = f"Putting {METHODS[method].title} to the test" if method else "Hiding random pixels"
    st.progress(1 - len(left) / len(steps), f"{doing} …")
    st.button(
        "Stop testing",
        icon=":material/stop:",
        key=f"stop {switch}",
        on_click=_stop,
        args=(switch,),
    )
    if method:
        trust_of(asked, method, settings)
    else:
        chance_of(asked)
    measured.add(identity(asked, method, settings))
    if len(left) == 1:
        st.rerun()


def _stop(switch: str) -> None:
    st.session_state[switch] = False
    link_trust(False)


def _show(asked: Asked, chosen: Mapping[str, Settings], key: str) -> None:
    reference = chance_of(asked)
    trusts = {name: trust_of(asked, name, settings) for name, settings in chosen.items()}
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
    st.table(trust_table(trusts), border="horizontal", hide_index=True)
    st.caption(
        "How to read this: ↑ is better where it is higher, ↓ where it is lower. "
        "*Better than chance*: the area under the curves that bring back less that under those "
        "that hide, over that of random orders, in points (blurred, greyed). *Unexplained*: "
        "hiding random squares changes the score; this share of it the map did not foretell "
        "(infidelity). *Moves*: how far the map moves when "
        "the picture moves by 4 of 255 levels (sensitivity). *Alike without learning*: how alike "
        "it is to maps of the same network with random weights; near 1 it shows the picture and "
        "not what was learned. A low figure there is one good sign and no proof."
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
                "Better than chance ↑": f"{100 * trust.mean_gain:+.0f} ({_by_cover(trust)})",
                "Unexplained ↓": _share(trust.infidelity),
                "Moves ↓": _share(trust.sensitivity),
                "Alike without learning ↓": _likeness(trust.unlearned),
            }
            for name in ranked(trusts)
            for trust in [trusts[name]]
        ]
    )


def _by_cover(trust: Trust) -> str:
    return ", ".join(f"{100 * trust.gain[kind]:+.0f}" for kind in COVERS)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _likeness(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"

"""What settings over seeds say: means with their intervals, and each against the first."""

import math
from collections.abc import Mapping
from statistics import fmean

import pandas as pd
import streamlit as st

from app import services
from app.charts.bars import Bar, Mark, show_bars, span_of
from app.charts.differences import READ_DIFFERENCE, READ_DIFFERENCES, difference_bars
from app.text import plain
from core.comparison.verdicts import Verdict
from core.evaluation.spread import Spread, spread
from core.studies.verdict import judged, reached
from pages.studies.subject import Subject

MOST_SEEDS = 10  # with columns of their own
READ_MEANS = (
    "How to read this: a mark is the mean over seeds of the accuracy on the test images, its bar "
    "the 95 % interval of that mean. Without a bar there is one seed, which says nothing of the "
    "next."
)


def show_answer(subject: Subject) -> None:
    by_setting = reached(services.store(), subject.stored.id, subject.trials)
    if not by_setting:
        st.info("The first run that is tested will appear here.", icon=":material/science:")
        return
    key = f"study-{subject.stored.id}"
    accuracies = {name: list(of.values()) for name, of in by_setting.items()}
    bars = [_mean(name, spread(values), len(values)) for name, values in accuracies.items()]
    alt = f"Mean test accuracy: {', '.join(f'{bar.name} {bar.written}' for bar in bars)}."
    show_bars(bars, "Test accuracy (%)", f"{key}-means", alt, span_of(bars))
    st.caption(READ_MEANS)
    if subject.study.kind == "seeds":
        st.markdown(plain(_chance(spread(next(iter(accuracies.values()))))))
    elif len(by_setting) > 1:
        _show_apart(by_setting, subject, key)
    st.table(_by_seed(by_setting), border="horizontal", alt="Test accuracy (%) by seed.")


def _show_apart(by_setting: Mapping[str, dict[int, float]], subject: Subject, key: str) -> None:
    baseline = subject.trials[0].name
    if baseline not in by_setting:
        st.caption(plain(f"Compared when a run of '{baseline}' is through."))
        return
    read = _judged({baseline: by_setting[baseline], **by_setting})
    bars = difference_bars(read)
    title = f"Test accuracy against '{baseline}' (points, 95 % interval)"
    alt = f"Each setting against {baseline}; in words below."
    show_bars(bars, title, f"{key}-apart", alt, span_of(bars, 0.0), dotted=0.0)
    how = READ_DIFFERENCE if len(read) == 2 else READ_DIFFERENCES
    st.caption(plain(how.format(f"'{baseline}'")))
    st.markdown("\n".join(f"- {plain(verdict.sentence)}" for verdict in read))


@st.cache_data(max_entries=16, show_spinner=False)
def _judged(by_setting: dict[str, dict[int, float]]) -> list[Verdict]:
    return judged(by_setting)


def _mean(name: str, over: Spread, seeds: int) -> Bar:
    low, high = _within(over)
    told = f"{100 * over.mean:.2f} % (seeds: {seeds})"
    if seeds < 2:
        return Bar(name, None, f"{100 * over.mean:.1f} %", told, marks=(Mark(100 * over.mean),))
    mark = Mark(100 * over.mean, (low, high))
    told += f"\n95 % interval {low:.2f} to {high:.2f}"
    return Bar(name, None, f"{100 * over.mean:.1f} %", told, marks=(mark,))


def _within(over: Spread) -> tuple[float, float]:
    """The interval of the mean in percent, of which there are from 0 to 100: that of two seeds may
    reach beyond."""
    return max(0.0, 100 * over.low), min(100.0, 100 * over.high)


def _chance(over: Spread) -> str:
    if math.isnan(over.deviation):
        return f"{over.mean:.2%} with one seed, which says nothing of the next."
    low, high = _within(over)
    return (
        f"Over the seeds: {over.mean:.2%} on average, with a standard deviation of "
        f"{100 * over.deviation:.2f} points; the 95 % interval of the mean is {low:.2f} % to "
        f"{high:.2f} %. Two runs of this recipe differ by more than "
        f"{100 * 1.96 * 2**0.5 * over.deviation:.1f} points in about one case of twenty."
    )


def _by_seed(reached: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    seeds = sorted({seed for of in reached.values() for seed in of})[:MOST_SEEDS]
    return pd.DataFrame(
        {
            "Mean (%)": [f"{100 * fmean(of.values()):.2f}" for of in reached.values()],
            **{
                f"Seed {seed}": [
                    f"{100 * of[seed]:.2f}" if seed in of else plain("-") for of in reached.values()
                ]
                for seed in seeds
            },
        },
        index=[plain(name) for name in reached],
    )

"""Results: published systems beside what was reached here, and comparisons read in words."""

import pandas as pd
import streamlit as st

from app import access, services
from app.charts.bars import show_bars, span_of
from app.charts.curves import show_epoch_curves
from app.charts.differences import READ_DIFFERENCES, difference_bars
from app.links import link_attributes
from app.networks import missing_networks_notice
from app.problems import attempt, in_one_sentence
from app.routes import page
from app.speed import images_per_second
from app.titles import tab_title
from core.comparison.verdicts import Verdict, verdicts
from core.machine import devices
from core.reproduce.comparisons import Comparison, Reached, comparisons, kept, reached
from core.reproduce.results import Result, curves, published_presets, standing
from core.reproduce.results_table import DIFFERENCES
from core.runs.run import Run
from core.studies.begin import ask_again, over_seeds
from core.studies.definition import Study
from core.studies.known import asked_already, missing
from core.studies.reading import runs_wanted, seconds_expected
from core.wording import about
from pages.results.figures import LEGEND, standing_bars

SEEDS = 3
READ_STANDING = (
    "How to read this: a filled mark right of its open one reached more than was published; where "
    "the whole bar is right of it, that is more than luck. Without a bar there was one seed."
)
SHOWN_CURVES = 5  # at first; more would hide each other
COLUMNS = {
    "Published": st.column_config.NumberColumn("Published (%)", format="%.2f"),
    "Test": st.column_config.NumberColumn("Test (%)", format="%.2f"),
    "Deviation": st.column_config.NumberColumn("± (points)", format="%.2f"),
    "Error": st.column_config.NumberColumn(
        "Error (points)",
        format="%.2f",
        help="The standard error of this figure alone that 10,000 test images leave. "
        f"{DIFFERENCES}",
    ),
    "Best": st.column_config.NumberColumn("Best seed (%)", format="%.2f"),
    "Train": st.column_config.NumberColumn(
        "Train (%)", format="%.2f", help="While training, with augmentation and dropout on."
    ),
    "Validation": st.column_config.NumberColumn("Validation (%)", format="%.2f"),
    "Parameters": st.column_config.NumberColumn(format="compact"),
    "FLOPs": st.column_config.NumberColumn(
        format="compact", help="Floating-point operations of one image forward."
    ),
    "Minutes": st.column_config.NumberColumn("Training (min)", format="%.1f"),
}


def table_of(results: list[Result]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Preset": result.name,
            "Published": 100 * result.published,
            "Test": 100 * result.test.mean,
            "Deviation": 100 * result.test.deviation,
            "Error": 100 * result.image_error,
            "Best": 100 * result.best,
            "Train": 100 * result.train,
            "Validation": 100 * result.validation,
            "Seeds": result.runs,
            "Parameters": result.parameters,
            "FLOPs": result.flops,
            "Minutes": result.seconds / 60,
            "Machine": result.device,
            "Source": result.source,
        }
        for result in results
    )


def published(runs: list[Run]) -> None:
    results = standing(published_presets(), runs)
    missing_networks_notice()
    if not results:
        st.info("No preset of a published system has a finished run yet; train one to see it here.")
        return
    alt = "Test accuracy of each preset, published and reached; the table below has the figures."
    bars = standing_bars(results)
    show_bars(bars, "Test accuracy (%)", "standing", alt, span_of(bars), legend=LEGEND)
    st.caption(READ_STANDING)
    st.dataframe(
        table_of(results), hide_index=True, column_config=COLUMNS, placeholder="-", key="results"
    )
    compare = f'<a {link_attributes("compare")} style="color: inherit">Compare two networks</a>'
    st.html(f"{compare}, image by image, to see whether one of them is really better.")
    known = curves(services.store())
    names = st.pills(
        "Curves of", list(known), selection_mode="multi", default=[*known][-SHOWN_CURVES:]
    )
    chosen = {name: known[name] for name in names}
    show_epoch_curves(chosen)


@st.cache_data(max_entries=8, show_spinner=False)
def judged(accuracies: Reached) -> list[Verdict]:
    return verdicts(accuracies)


def compared(runs: list[Run]) -> None:
    for name, comparison in comparisons().items():
        st.subheader(comparison.title, anchor=False)
        own = reached(comparison, runs)
        whose = "Your own runs." if own else "As trained for the project; your own runs replace it."
        st.caption(f"{comparison.about} {whose}")
        read = judged(own or kept(name))
        if len(read) > 1:
            baseline = read[0].variant
            bars = difference_bars(read)
            title = f"Test accuracy against {baseline} (points, 95 % interval)"
            alt = f"{comparison.title}: each variant against {baseline}; in words below."
            show_bars(bars, title, f"{name}-chart", alt, span_of(bars, 0.0), dotted=0.0)
            st.caption(READ_DIFFERENCES.format(baseline))
        if read:
            st.markdown("\n".join(f"- {verdict.sentence}" for verdict in read))
        offer(name, comparison, runs)


def offer(name: str, comparison: Comparison, runs: list[Run]) -> None:
    """To train what is missing of a comparison; a link to the study that does, once there is."""
    left = missing(runs, comparison.variants.values(), SEEDS)
    if not left:
        return
    study = over_seeds(comparison.title, comparison.variants, SEEDS)
    known = asked_already(services.store(), study)
    if known is not None:
        st.page_link(
            page("studies"),
            label=f"Its study is {known.status}: {len(left)} runs are left",
            icon=":material/science:",
            query_params={"study": known.id},
        )
    if access.may_steer() and (known is None or not known.going):
        label = f"Train {len(left)} runs, {SEEDS} seeds of each variant"
        start = st.popover(label, icon=":material/play_arrow:", key=name, on_change="rerun")
        if start.open:
            with start, in_one_sentence():
                confirm(study, len(left))


def confirm(study: Study, left: int) -> None:
    """Say how long it takes, before it starts."""
    seconds = seconds_expected(study, images_per_second, len(devices()))
    share = left / runs_wanted(study)
    took = "" if seconds is None else f" That takes {about(share * seconds)} here."
    st.write(f"{left} runs of '{study.name}' are not trained yet.{took}")
    if st.button("Start the study", type="primary", key=f"start {study.name}"):
        attempt(lambda: ask(study))


def ask(study: Study) -> None:
    ask_again(services.store(), study)


tab_title("Results")
st.title("Results", anchor=False)
st.caption(
    "Published CIFAR-10 systems as presets, and what they reach here; your own runs of a preset "
    "take the place of those that ship. What is missing is trained by: python -m core reproduce."
)
with in_one_sentence():
    stored = services.store().runs()
    published(stored)
    compared(stored)

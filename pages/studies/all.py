"""All studies, newest first, each a link; and those just deleted, while they can be undone."""

from html import escape

import streamlit as st

from app import access, services
from app.links import lead, link_attributes
from app.pace import IDLE_SECONDS, live_seconds
from app.problems import in_one_sentence
from core.errors import ConvscopeError
from core.machine import devices
from core.runs.studies import StoredStudy
from core.runs.study_figures import Totals
from core.studies.definition import Study
from core.studies.standing import Standing, standing
from core.wording import duration
from pages.studies.undo import undo_line
from pages.studies.words import KINDS, measured, state

EMPTY = (
    "No study yet. A study is a set of runs with a question: which learning rate is best, how much "
    "chance decides, what each part of a recipe does."
)
STYLE = """<style>
.studies {width: 100%; border-collapse: collapse; font-size: 0.9rem; line-height: 1.35}
.studies th {text-align: left; font-weight: 600; padding: 4px 8px}
.studies td {padding: 8px; border-top: 1px solid color-mix(in srgb, currentColor 15%, #0000)}
.studies tr {position: relative}
.studies tbody tr:hover {background: color-mix(in srgb, currentColor 6%, #0000)}
.studies a {color: inherit; text-decoration: none; font-weight: 600; overflow-wrap: anywhere}
.studies a::after {content: ""; position: absolute; inset: 0}
.studies a:focus-visible::after {outline: 3px solid currentColor; outline-offset: -3px}
.studies .number {text-align: right; font-variant-numeric: tabular-nums}
.studies td.number {white-space: nowrap}
@media (max-width: 640px) {.studies .spare {display: none}}
</style>"""
HEADS = (("Name", ""), ("Kind", "spare"), ("Status", ""))
FIGURES = (("Done", ""), ("Best in validation", ""), ("Time left", "spare"))


def show_all() -> None:
    if access.may_steer():
        lead("New study", ":material/add:", "new study", study="new")
    going = any(study.going for study in services.store().studies.all())
    st.fragment(_list, run_every=live_seconds() if going else IDLE_SECONDS)()


def _list() -> None:
    with in_one_sentence():
        undo_line()
        studies = services.store().studies.all()
        if not studies:
            st.info(EMPTY, icon=":material/science:")
            return
        totals = services.store().study_figures.totals()
        rows = "".join(_row(study, totals.get(study.id, Totals())) for study in studies)
        heads = "".join(f'<th class="{style}">{title}</th>' for title, style in HEADS) + "".join(
            f'<th class="number {style}">{title}</th>' for title, style in FIGURES
        )
        st.html(
            f'{STYLE}<table class="studies"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>'
            "</table>"
        )


def _row(stored: StoredStudy, totals: Totals) -> str:
    link = link_attributes("studies", study=stored.id)
    name = f"<a {link}>{escape(stored.name)}</a>"
    try:
        study = Study.parse(stored.definition)
    except ConvscopeError:
        return f'<tr><td>{name}</td><td colspan="5">of another version</td></tr>'
    best, now = totals.high if study.maximises else totals.low, standing_of(stored, study)
    cells = [(KINDS[study.kind], "spare"), (state(stored), "")]
    figures = [
        (now.told, ""),
        (measured(study, best) if study.kind != "range" else "", ""),
        (duration(now.left) if stored.going else "", "spare"),
    ]
    told = "".join(f'<td class="{style}">{text}</td>' for text, style in cells)
    told += "".join(f'<td class="number {style}">{text}</td>' for text, style in figures)
    return f"<tr><td>{name}</td>{told}</tr>"


def standing_of(stored: StoredStudy, study: Study) -> Standing:
    return standing(services.store(), stored, study, len(devices()))

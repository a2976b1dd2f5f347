"""A new study: what it asks, of which recipe, and what that takes, before it starts."""

from typing import Any

import streamlit as st

from app import services
from app.links import go, lead
from app.problems import PRESS_SECONDS, in_one_sentence, tell_wrong
from app.segments import segments
from app.speed import images_per_second
from app.text import plain
from app.titles import tab_title
from core.errors import ConvscopeError
from core.machine import devices
from core.recipe import Recipe
from core.studies.definition import BASE, Kind, Study
from core.studies.fields import changes
from core.studies.reading import by_chance, runs_wanted, seconds_expected, trials_wanted
from core.wording import about, amount, counted
from pages.studies.base import pick_base
from pages.studies.vary import Written, pick_fields
from pages.studies.words import ASKS, GOALS, KINDS, PRUNERS, SAMPLERS

MOST_TRIALS, MOST_MINUTES = 100_000, 100_000.0
TRIALS, SEEDS = 20, 3  # until somebody says otherwise
FORM = "new study"  # what the keys of its widgets begin with


def compose() -> None:
    tab_title("New study", "Studies")
    lead("All studies", ":material/arrow_back:", "all studies")
    services.queue().prepare()
    kind: Kind = segments("What is asked", {name: KINDS[name] for name in ASKS}, "kind")
    st.caption(ASKS[kind])
    left, right = st.columns(2, gap="large")
    complaints: list[str] = []
    with left:
        base, key = pick_base(complaints, in_epochs=kind != "range")
        name = _name(base, kind, complaints)
    written = Written({}, [])
    with right:
        fields = _budget(kind)
    with left:
        if kind not in ("seeds", "range"):
            written = pick_fields(base, kind, f"{FORM} {kind} {key}")
    study = _study({"name": name, "kind": kind, "base": base, **fields}, written, complaints)
    _launch(study, [*complaints, *written.problems])


def _name(base: Recipe, kind: Kind, complaints: list[str]) -> str:
    name = st.text_input(
        "Name of the study",
        f"{base.name}: {KINDS[kind].lower()}"[:100],
        max_chars=100,
        key=f"{FORM} name {kind} {base.name}",
        persist_state="session",
        help="What it trains is called after it.",
    ).strip()
    if not name:
        tell_wrong("A study needs a name.")
        complaints.append("A study needs a name.")
    return name


def _budget(kind: Kind) -> dict[str, Any]:
    """What it may take, and how a search goes about it."""
    if kind == "range":
        return {}
    fields: dict[str, Any] = {"seeds": _number("Seeds of each setting", 1, 1000, SEEDS, kind)}
    fields["goal"] = st.selectbox(
        "Goal",
        list(GOALS),
        format_func=lambda goal: GOALS[goal],
        key=f"{FORM} goal",
        persist_state="session",
        help="Of a run's best epoch. The test images are never looked at to choose.",
    )
    minutes = st.number_input(
        "Minutes of training, at most",
        1.0,
        MOST_MINUTES,
        None,
        placeholder="No limit",
        key=f"{FORM} minutes",
        persist_state="session",
        help="When they are spent, no further trial begins.",
    )
    if kind != "search":
        return fields | {"minutes": minutes}
    return {
        **fields,
        "minutes": minutes,
        "trials": _number("Trials, at most", 1, MOST_TRIALS, TRIALS, kind),
        "sampler": st.selectbox(
            "Sampler",
            list(SAMPLERS),
            format_func=lambda sampler: SAMPLERS[sampler],
            key=f"{FORM} sampler",
            persist_state="session",
            help="How the next setting is chosen: TPE suits any fields, CMA-ES and the Gaussian "
            "process numbers alone.",
        ),
        "pruner": st.selectbox(
            "End hopeless trials early",
            list(PRUNERS),
            1,
            format_func=lambda pruner: PRUNERS[pruner],
            key=f"{FORM} pruner",
            persist_state="session",
            help="By what they have reached after an epoch, beside the trials before.",
        ),
    }


def _number(label: str, low: int, high: int, value: int, kind: Kind) -> int:
    first = 1 if kind == "search" and label.startswith("Seeds") else value
    return st.number_input(
        label, low, high, first, key=f"{FORM} {label} {kind}", persist_state="session"
    )


def _study(fields: dict[str, Any], written: Written, complaints: list[str]) -> Study | None:
    """What the form says, if that is a study."""
    if complaints or written.problems:
        return None
    try:
        match fields["kind"]:
            case "search" | "grid":
                fields["space"] = written.space
            case "ablation":
                fields["settings"] = {BASE: {}} | changes(fields["base"], written.texts)
        study = Study.parse(fields)
        if not study.searches:
            _ = study.planned  # which says where a setting contradicts the base
        return study
    except ConvscopeError as error:
        complaints.append(str(error))
        return None


def _launch(study: Study | None, complaints: list[str]) -> None:
    with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Start the study", type="primary", icon=":material/play_arrow:", disabled=study is None
        )
        if study is None:
            tell_wrong(" ".join(complaints))
        else:
            with in_one_sentence():
                st.caption(_summary(study), width="stretch")
    if pressed and study is not None:
        _start(study)


def _start(study: Study) -> None:
    from core.studies.begin import create_study  # imports Optuna, which takes a second

    with in_one_sentence(), services.store().patience(PRESS_SECONDS):
        study_id = create_study(services.store(), study)
        go("studies", study=study_id)


def _summary(study: Study) -> str:
    seconds = seconds_expected(study, images_per_second, len(devices()))
    told = [f"**{plain(study.name)}**", _amount(study)]
    if on := services.queue().on:
        told.append(f"trains on {plain(on)}")
    elif seconds is None:
        told.append("how long it takes is known when its pictures are loaded")
    else:
        told.append(f"{about(seconds)}{' at most' if study.searches else ''}")
    if study.searches:
        first = by_chance(study)
        told.append(
            "all drawn at random"
            if study.sampler == "random" or first == study.trials
            else f"the first {counted(first)} drawn at random"
        )
    return " · ".join(told)


def _amount(study: Study) -> str:
    told = amount(trials_wanted(study), "trial" if study.searches else "setting")
    if study.seeds == 1:
        return told
    runs = amount(runs_wanted(study), "run")
    return runs if study.kind == "seeds" else f"{told} x {study.seeds} seeds = {runs}"

"""One study: how it stands, what can be done with it, and its views."""

from collections.abc import Callable

import streamlit as st

from app import access, services
from app.links import lead
from app.pace import IDLE_SECONDS, live_seconds
from app.problems import attempt, in_one_sentence
from app.routes import page
from app.segments import segments
from app.steering import action
from app.text import plain
from app.titles import tab_title
from core.errors import ConvscopeError
from core.runs.studies import StoredStudy
from core.studies.definition import Kind, Study
from core.studies.reading import by_chance, extended
from core.studies.standing import Standing
from core.wording import amount, counted, duration, time_left
from pages.studies.all import standing_of
from pages.studies.answer import show_answer
from pages.studies.climb import show_range
from pages.studies.confirming import offer_confirmation
from pages.studies.full import train_in_full
from pages.studies.matters import show_matters
from pages.studies.progress import show_progress
from pages.studies.subject import MOST_TRIALS, Subject, read
from pages.studies.together import show_together
from pages.studies.trials import show_trials
from pages.studies.undo import delete
from pages.studies.words import KINDS, SAMPLERS, STATES, state, worth

MORE = 10  # trials that are offered to be added
View = Callable[[Subject], None]
SEARCHED: dict[str, View] = {
    "Progress": show_progress,
    "Trials": show_trials,
    "What matters": show_matters,
    "Together": show_together,
}
VIEWS: dict[Kind, dict[str, View]] = {
    "search": SEARCHED,
    "range": {"Range": show_range, "Trials": show_trials},
    "grid": {name: SEARCHED[name] for name in ("Together", "Trials", "What matters")},
}
COMPARED: dict[str, View] = {"Answer": show_answer, "Trials": show_trials}


def show_study(study_id: str) -> None:
    lead("All studies", ":material/arrow_back:", "all studies")
    stored = services.store().studies.get(study_id)
    tab_title(stored.name, "Studies")
    try:
        study = Study.parse(stored.definition)
    except ConvscopeError as error:
        _unreadable(stored, str(error))
        return
    seen = _stamp(stored, standing_of(stored, study))
    every = live_seconds() if stored.going else IDLE_SECONDS
    st.fragment(_header, run_every=every)(stored.id, study, seen)
    subject = read(stored, study)
    with st.container(horizontal=True, vertical_alignment="center"):
        if access.may_steer():
            if study.kind != "range":
                train_in_full(subject, subject.best, "Train the best in full")
            offer_confirmation(subject)
            _add_trials(stored, study)
        if subject.trials:
            link = {"study": stored.id}
            st.page_link(page("runs"), label="Its runs", icon=":material/list:", query_params=link)
    views = VIEWS.get(study.kind, COMPARED)
    view = segments("View", {name: name for name in views}, "view", label_visibility="collapsed")
    if (count := sum(services.store().trials.counts(stored.id).values())) > MOST_TRIALS:
        st.caption(f"Shown are the newest {MOST_TRIALS:,} of {count:,} trials.")
    views.get(view, next(iter(views.values())))(subject)


def _stamp(stored: StoredStudy, now: Standing) -> tuple[object, ...]:
    """What all views change with; the time left, which moves always, stands in the header alone."""
    trials = tuple(sorted(now.trials.items()))
    return stored.going, trials, now.done, stored.definition.get("trials")


def _unreadable(stored: StoredStudy, why: str) -> None:
    st.subheader(plain(stored.name), anchor=False)
    st.error(
        plain(f"{why} It may be of another version of Convscope; its runs are on the page Runs."),
        icon=":material/error:",
    )
    if stored.status != "running":
        action("Delete", ":material/delete:", lambda: delete(stored), stored.id)


def _header(study_id: str, study: Study, seen: tuple[object, ...]) -> None:
    with in_one_sentence():
        if st.query_params.get("study") != study_id:  # it was deleted just now
            st.rerun()
        stored = services.store().studies.get(study_id)
        now = standing_of(stored, study)
        if _stamp(stored, now) != seen:
            st.rerun()  # the whole page, once
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(stored.name), anchor=False)
            icon, colour = STATES[state(stored)]
            st.badge(state(stored), icon=icon, color=colour)  # pyright: ignore[reportArgumentType]
        _tell(stored, study, now)
        _steer(stored)


def _tell(stored: StoredStudy, study: Study, now: Standing) -> None:
    """What it asks, how far it is, and what is the matter with it."""
    st.caption(plain(_asked(study)))
    if state(stored) == "pausing":
        st.caption("It pauses when the runs under way are through, and then gives way to others.")
    if stored.status == "queued" and (other := _driven()):
        st.caption(plain(f"It begins when '{other}' is through, paused or stopped."))
    if stored.message:
        show = st.error if stored.status == "failed" else st.caption
        show(plain(stored.message))
    others = {
        "under way" if stored.going else "broken off": now.running,
        "ended early": now.trials.get("pruned", 0),
        "failed": now.trials.get("failed", 0),
    }
    told = now.told + "".join(f", {count:,} {name}" for name, count in others.items() if count)
    told += time_left(now.left)
    if study.minutes is not None:
        told += f"; trained {duration(now.seconds)} of {study.minutes:g} min"
    st.progress(now.share, told)
    best = services.store().trials.best(stored.id, study.maximises)
    if best is not None and study.kind in ("search", "grid"):
        first = "Best so far" if stored.going else "Best"
        st.markdown(f"{first}: **{worth(study, best.value)}**, {plain(best.name)}")


def _driven() -> str:
    """The study that is driven now, by its name; one is at a time."""
    studies = services.store().studies.all()
    return next((study.name for study in studies if study.status == "running"), "")


def _asked(study: Study) -> str:
    epochs = 1 if study.kind == "range" else study.base.epochs
    told = [f"{KINDS[study.kind]} on '{study.base.name}', {amount(epochs, 'epoch')}"]
    if study.searches:
        first = f"the first {counted(by_chance(study))} trials at random"
        chosen = "at random" if study.sampler == "random" else f"by {SAMPLERS[study.sampler]}"
        told.append(chosen if study.sampler == "random" else f"{chosen}, {first}")
    if study.seeds > 1:
        told.append(f"{study.seeds} seeds each")
    return ", ".join(told) + "."


def _steer(stored: StoredStudy) -> None:
    studies = services.store().studies
    with st.container(horizontal=True, vertical_alignment="center"):
        if state(stored) == "running":
            action(
                "Pause",
                ":material/pause:",
                lambda: studies.ask(stored.id, "pause"),
                f"study {stored.id}",
            )
        if state(stored) in ("pausing", "paused", "stopped", "failed"):
            action(
                "Resume",
                ":material/play_arrow:",
                lambda: studies.requeue(stored.id),
                f"study {stored.id}",
            )
        if stored.going and stored.request != "stop":
            action(
                "Stop",
                ":material/stop:",
                lambda: studies.ask(stored.id, "stop"),
                f"study {stored.id}",
            )
        if stored.status != "running":
            action("Delete", ":material/delete:", lambda: delete(stored), f"study {stored.id}")


def _add_trials(stored: StoredStudy, study: Study) -> None:
    """More of a search, whether it goes on or has ended."""
    if not study.searches or study.storage:
        return
    # By how many there are, so that it closes when some were added.
    with st.popover("Add trials", icon=":material/add:", key=f"add to {study.trials}"):
        more = st.number_input("Further trials", 1, 10_000, MORE, key="more trials")
        st.caption(
            f"It then tries {study.trials + more:,} in all. One that is stopped goes on with "
            "Resume."
        )
        if st.button("Add them", type="primary", key="add trials"):
            attempt(lambda: _extend(stored, study, more))


def _extend(stored: StoredStudy, study: Study, more: int) -> None:
    definition = extended(study, more).model_dump(mode="json")
    services.store().studies.redefine(stored.id, definition)

"""What is compared: networks, predictions brought in, and ensembles, by their names in the link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from app import services
from app.logits import logits_if_possible
from app.problems import in_one_sentence
from app.text import plain
from core.comparison.answers import Answers, Questions, answers_of
from core.comparison.ensemble import ensemble
from core.comparison.predictions import Predictions, answers_in
from core.errors import ConvscopeError
from core.runs.checkpoint import Card
from core.runs.networks import TrainedNetwork

ENSEMBLE = "+"  # between the members, in links
FILE = "file-"  # how the names of predictions brought in begin
BROUGHT_IN = "predictions brought in"  # in the session's state: Predictions by name in links


@dataclass(frozen=True)
class Entry:
    """network, card: None for what is no network of its own"""

    id: str
    answers: Answers
    network: TrainedNetwork | None = None
    card: Card | None = None

    @property
    def name(self) -> str:
        return self.answers.name


def brought_in() -> dict[str, Predictions]:
    return st.session_state.setdefault(BROUGHT_IN, {})


def entries(ids: Sequence[str]) -> list[Entry]:
    """All that can be compared of `ids`, the baseline first; says what keeps the others from it.

    Empty where the baseline cannot be had.
    """
    known = services.networks()
    asked: Questions | None = None
    found: dict[str, Entry] = {}
    # Files are about the images that a network was asked about.
    for each in sorted(dict.fromkeys(ids), key=lambda each: each.startswith(FILE)):
        with in_one_sentence():
            entry = _entry(each, known, asked)
            if entry is not None:
                asked = asked or entry.answers.questions
                found[each] = entry
    if not ids or ids[0] not in found:
        return []
    first = found[ids[0]]
    fitting: list[Entry] = []
    for each in ids:
        if entry := found.get(each):
            with in_one_sentence():
                about = entry.answers.questions
                first.answers.questions.ensure_same(about, (first.name, entry.name))
                fitting.append(entry)
    return _told_apart(fitting)


def _entry(each: str, known: dict[str, TrainedNetwork], asked: Questions | None) -> Entry | None:
    """None while it is computed. Raises ConvscopeError for what cannot be had."""
    if each.startswith(FILE):
        return Entry(each, _from_file(each, asked))
    if each in known:
        network, card = known[each], services.card(known[each].path)
        evaluated = logits_if_possible(network, "test")
        if evaluated is None:
            return None
        return Entry(each, answers_of(network.name, card, evaluated), network, card)
    if ENSEMBLE in each:
        members = [_entry(member, known, asked) for member in each.split(ENSEMBLE)]
        answers = [member.answers for member in members if member is not None]
        if len(answers) < len(members):
            return None
        return Entry(each, ensemble(answers, " + ".join(one.name for one in answers)))
    run = services.kept_run(each)  # says so when the run is gone
    raise ConvscopeError(f"'{run.name}' has no weights yet; they come with its first epochs.")


def _from_file(each: str, asked: Questions | None) -> Answers:
    predictions = brought_in().get(each)
    if predictions is None:
        raise ConvscopeError(
            "The predictions that this link names were brought in by somebody else, or in an "
            "earlier session; bring the file in again."
        )
    if asked is None:
        raise ConvscopeError(
            f"{predictions.name} does not say what is true; choose a network that was tested on "
            "these images, too."
        )
    answers, told = answers_in(predictions, asked)
    if told:
        st.info(plain(told))
    return answers


def _told_apart(found: list[Entry]) -> list[Entry]:
    """Each under a name of its own."""
    names = [entry.name for entry in found]
    return [
        entry
        if names.count(entry.name) == 1
        else replace(entry, answers=replace(entry.answers, name=f"{entry.name} ({entry.id})"))
        for entry in found
    ]

"""`python -m core versus`: whether one network is really better than another."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.arguments import content_of
from core.cli.terminal import console
from core.errors import ConvscopeError

if TYPE_CHECKING:
    from core.comparison.answers import Answers, Questions

FILES = (".csv", ".json", ".npy", ".npz")
SIGN = "+"  # between the members of an ensemble

Networks = Annotated[
    list[str],
    typer.Argument(
        help="The baseline, then what is compared with it: runs, networks that ship, files of "
        "predictions (CSV, JSON, npy, npz), or several with + between them, as an ensemble."
    ),
]


def versus(networks: Networks) -> None:
    """Whether a network is better than the first one on the same test images.

    For the recipes that they come from, train more seeds and see `reproduce`.
    """
    from core.comparison.paired import all_against

    if len(networks) < 2:
        raise ConvscopeError("Name two networks or more; the first is the baseline.")
    made = [name for name in networks if not _is_file(name)]
    if not made:
        raise ConvscopeError(
            "Files of predictions do not say what is true; name a network that was tested on these "
            "images, too."
        )
    known = {name: _answers(name) for name in made}
    asked = known[made[0]].questions
    first, *others = [known[n] if n in known else _from_file(n, asked) for n in networks]
    for found in all_against(first, others):
        console.print(found.sentence)
        console.print(
            f"both right {found.both_right:,}, only {found.names[0]} {found.a_only:,}, "
            f"only {found.names[1]} {found.b_only:,}, both wrong {found.both_wrong:,}\n"
        )


def _is_file(name: str) -> bool:
    return Path(name).suffix.lower() in FILES


def _answers(name: str) -> "Answers":
    """Of a network, or of several as one."""
    from core.comparison.answers import answers_of
    from core.comparison.ensemble import ensemble
    from core.data import load_dataset
    from core.evaluation.logits import stored_logits
    from core.machine import pick_device
    from core.runs.checkpoint import load_card
    from core.runs.networks import find_checkpoint

    members = name.split(SIGN)
    if len(members) > 1:
        with suppress(ConvscopeError):  # unless a run is called so
            find_checkpoint(name)
            members = [name]
    if len(members) > 1:
        return ensemble([_answers(member) for member in members], name)
    path = find_checkpoint(name)
    card = load_card(path)
    evaluated = stored_logits(path, "test", lambda: load_dataset(card.recipe.data), pick_device())
    return answers_of(name, card, evaluated)


def _from_file(name: str, questions: "Questions") -> "Answers":
    from core.comparison.prediction_files import read_predictions
    from core.comparison.predictions import answers_in

    answers, told = answers_in(read_predictions(content_of(Path(name)), name), questions)
    if told:
        console.print(told, style="dim")
    return answers

"""What was found in this picture, in a sentence."""

from collections.abc import Mapping

from core.explanation import METHODS, Effect
from core.explanation.hiding import COVERS
from core.explanation.trust import Trust, ranked
from core.wording import probability

NOTHING = "Nothing spoke for it here."
UNCHANGED = 0.5  # points; less is told as hardly anything
NONE_MATTERS = (
    "Hiding what any of these maps marks changes hardly anything: the answer does not hang on one "
    "part of the picture, and no map here shows why it was given."
)


def effect_in_words(effect: Effect | None, name: str) -> str:
    """What blurring the ringed part did to the probability of `name`."""
    if effect is None:
        return NOTHING
    points = 100 * (effect.before - effect.hidden)
    said = f"Blurring the ringed part ({effect.size:.0%} of the picture) {_change(points)}"
    said += f": {name} {probability(effect.before, 0)}"
    said += f", then {probability(effect.hidden, 0)}." if abs(points) >= UNCHANGED else "."
    if effect.elsewhere is not None:
        other = _change(100 * (effect.before - effect.elsewhere))
        said += f" The same shape elsewhere {other} on average."
    return said


def matters(effect: Effect | None) -> bool:
    """Whether blurring the part changes more than hardly anything."""
    return effect is not None and abs(100 * (effect.before - effect.hidden)) >= UNCHANGED


def _change(points: float) -> str:
    if abs(points) < UNCHANGED:
        return "changes hardly anything"
    count = f"{abs(points):.0f} point{'' if round(abs(points)) == 1 else 's'}"
    return f"costs {count}" if points > 0 else f"adds {count}"


def ranking_in_words(trusts: Mapping[str, Trust]) -> str:
    """Which of the methods knew best what this picture's probability hangs on."""
    good = [name for name in ranked(trusts) if trusts[name].beats_chance]
    if not good:
        return "For this picture none of these maps is surely better than a random order of pixels."
    first, *others = good
    said = f"For this picture {METHODS[first].title} knew best which pixels count"
    lowest = min(trusts[first].gain[kind] for kind in COVERS)
    near = [n for n in others if max(trusts[n].gain[kind] for kind in COVERS) >= lowest]
    if near:
        said += f", hardly told apart from {_listed([METHODS[name].title for name in near])}"
    beaten = [METHODS[name].title for name in trusts if name not in good]
    if beaten:
        said += f"; {_listed(beaten)} did not surely beat a random order"
    return f"{said}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

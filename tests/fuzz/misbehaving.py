"""Cases that each do what none may, to see that it is noticed."""

import os
import re
import signal

from core.errors import ConvscopeError
from tests.fuzz.hostile import Words

TOO_MUCH = 200 * 10**6  # bytes


def case(seed: int, number: int) -> Words:
    return Words(list(MISDEEDS)[number], str(seed))


def feed(case: Words) -> None:
    MISDEEDS[case.what]()


def _raise() -> None:
    raise ValueError("a bug")


def _refuse() -> None:
    raise ConvscopeError("No.")


def _refuse_at_length() -> None:
    raise ConvscopeError("No, " * 1000)


def _hang_where_nothing_interrupts() -> None:
    re.fullmatch("(a+)+", "a" * 60 + "b")


def _hide_a_hunger_for_memory() -> None:
    food = b"x" * TOO_MUCH
    assert food.endswith(b"x")


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


MISDEEDS = {
    "none": lambda: None,
    "refuse": _refuse,
    "refuse at length": _refuse_at_length,
    "raise": _raise,
    "hang": _hang_where_nothing_interrupts,
    "eat": _hide_a_hunger_for_memory,
    "crash": _crash,
    "none again": lambda: None,
}

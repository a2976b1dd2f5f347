"""The kinds of error that a user is meant to read."""

from core.wording import printable


class ConvscopeError(Exception):
    """Something the user gave, or asked for, cannot be used.

    The message is one plain sentence or two: what is wrong and what to do. Pages and the command
    line show it as it is, without a traceback. Whatever names went into it, it is one line that can
    be printed and stored.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(" ".join(sentence.splitlines())))


class StorageError(ConvscopeError):
    """The disk or the run store takes nothing just now: it is full, locked or read-only.

    The same may go through later, once somebody made room or let go.
    """


class AwayError(ConvscopeError):
    """What is to train does not answer now; it is asked again until it does."""


class LostError(ConvscopeError):
    """What computed something elsewhere is gone: its process, its machine or the way there. One can
    go on from what was kept of it."""


class BreakOffError(Exception):
    """Somebody asked for an end in the middle of long work; raised through it by those who hear of
    its progress. Nobody reads it."""

"""How figures and other people's words are written, in pages and on the command line alike."""

import re
import time

# Control characters, halves of surrogate pairs, and marks that turn the direction of writing.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def printable(text: str) -> str:
    """`text` with a question mark for all that would steer a terminal, or that cannot be encoded;
    only tabs and ends of lines remain."""
    return UNPRINTABLE.sub("?", text)


def duration(seconds: float | None) -> str:
    """'1:02:03', '2:03', or '-' when unknown."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: float) -> str:
    """A time that is roughly known: 'about a minute', 'about 5 minutes', 'about 3 hours'."""
    minutes = max(1, round(seconds / 60))
    if minutes > 90:
        return f"about {round(minutes / 60)} hours"
    return f"about {minutes} minutes" if minutes > 1 else "about a minute"


def time_left(seconds: float | None) -> str:
    """', 1:23 left', or nothing while it is not known."""
    return f", {duration(seconds)} left" if seconds else ""


def percent(share: float | None) -> str:
    """A share from 0 to 1 as '89.47%', or '-' when unknown."""
    return "-" if share is None else f"{share:.2%}"


def probability(share: float) -> str:
    """A probability from 0 to 1 as '89.5%'; one that would be written as none is 'under 0.1%'."""
    return "under 0.1%" if share < 0.0005 else f"{share:.1%}"


NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def counted(count: int) -> str:
    """A number from 0 on as it stands in a sentence: 'five', '1,200'."""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def moment(seconds: float) -> str:
    """A time given in seconds since 1970, as '20 Nov 2026, 22:15' in the local zone."""
    return time.strftime("%d %b %Y, %H:%M", time.localtime(seconds))


def time_of_day(seconds: float) -> str:
    """A time given in seconds since 1970, as '22:15' in the local zone."""
    return time.strftime("%H:%M", time.localtime(seconds))


def shown(name: str, longest: int = 100) -> str:
    """A name that came from outside, such as that of a file in an archive, for a sentence: one line
    of at most `longest` characters, without any that move the cursor or turn the writing round."""
    if len(name) > longest:
        name = f"{name[: longest // 2]}…{name[-(longest - longest // 2 - 1) :]}"
    return re.sub(r"[\t\n]", "?", printable(name))

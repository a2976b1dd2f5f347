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


def in_one_line(text: str) -> str:
    """`printable`, of a name that may hold ends of lines."""
    return printable(text.replace("\n", "?").replace("\t", "?"))


def duration(seconds: float | None) -> str:
    """'1:02:03', '2:03', or '-' when unknown."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: float) -> str:
    """A time that is roughly known: 'a few seconds', 'about a minute', 'about 5 minutes', 'about 3
    hours'."""
    if seconds < 15:
        return "a few seconds"
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


def probability(share: float, places: int = 1) -> str:
    """A probability from 0 to 1 as '89.5%'; one that would be written as none is 'under 0.1%', and
    one that would be written as all 'over 99.9%', as neither is. places: behind the point."""
    least = 0.1 ** (places + 2)
    if share < least / 2:
        return f"under {least:.{places}%}"
    if share > 1 - least / 2:
        return f"over {1 - least:.{places}%}"
    return f"{share:.{places}%}"


NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def counted(count: int) -> str:
    """A number from 0 on as it stands in a sentence: 'five', '1,200'."""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def amount(count: int, unit: str) -> str:
    """'1 epoch', '1,200 trials'."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


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

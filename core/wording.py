"""How figures are written, in pages and on the command line alike."""

import time


def duration(seconds: float | None) -> str:
    """'1:02:03', '2:03', or '-' when unknown."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(seconds: float) -> str:
    """A time given in seconds since 1970, as '20 Nov 2026, 22:15' in the local zone."""
    return time.strftime("%d %b %Y, %H:%M", time.localtime(seconds))

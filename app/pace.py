"""How often a page looks at what moves."""

from core.machine import own_cores, pick_device

IDLE_SECONDS = 5.0  # where nothing is alive but may come
FASTEST_SECONDS = 1.0
LOOK_SECONDS = 0.2  # of one core that a look takes, with a browser on the same machine
SHARE = 1 / 30  # of all cores that one page may take from training on them


def live_seconds() -> float:
    """Between two looks at what is alive; longer where few cores train and draw alike."""
    if pick_device().type != "cpu":
        return FASTEST_SECONDS
    return max(FASTEST_SECONDS, LOOK_SECONDS / (SHARE * len(own_cores())))

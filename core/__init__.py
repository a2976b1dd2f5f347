"""Convscope's library: train, evaluate and explain small convolutional networks.

Nothing in here knows of Streamlit; use it from a notebook or as ``python -m core``.
"""

import ctypes
import os
import sys

# OpenMP reads this once, when torch is first imported. Threads that spin while they wait for each
# other burn the time that a page or a browser on the same cores needs, and then wait for it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _keep_freed_memory() -> None:
    """Let glibc serve every step from memory that the step before has freed.

    It would rather give large blocks back to the system, and get them again as pages of zeros: that
    takes a fifth of a training step on the CPU. Other systems are left alone.
    """
    trim_threshold, mmap_max, arena_max = -1, -4, -8  # of malloc.h
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(mmap_max, 0)
        mallopt(trim_threshold, 2**31 - 1)
        mallopt(arena_max, 1)  # threads' own arenas hold no large blocks


if sys.platform == "linux":
    _keep_freed_memory()

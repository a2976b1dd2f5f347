"""What a process that trains makes of itself, before torch is imported; never one's own notebook.

Two settings that hold for a whole process and pay for themselves in training on the CPU.
"""

import ctypes
import os
import sys


def prepare_for_training() -> None:
    """Let threads sleep while they wait for each other, and keep freed memory for the next step."""
    # OpenMP reads this once. Threads that spin burn the time that a page or a browser on the same
    # cores needs, and then wait for it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if sys.platform == "linux":
        _keep_freed_memory()


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

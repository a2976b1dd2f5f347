"""Linux namespaces: a forked process with disks, or with process numbers, of its own."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

NEW_USERS, NEW_MOUNTS, NEW_PROCESSES = 0x10000000, 0x00020000, 0x20000000  # of sched.h


def enter(kinds: int) -> None:
    """Have new namespaces, as root in them, for this process or, of numbers, for its children."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USERS | kinds) != 0:
        raise OSError(ctypes.get_errno(), "This system lets nobody make a namespace.")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def mount_disk(place: Path, options: str) -> None:
    """A small disk that others see at `place_in` this process only."""
    enter(NEW_MOUNTS)
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)


def place_in(process: int, place: Path) -> Path:
    """Where the rest of the system finds what a process has at `place`."""
    return Path(f"/proc/{process}/root") / place.relative_to("/")


def in_a_container(function: Callable[..., None], *arguments: object) -> None:
    """Call it in a process that sees no other ones, and end as that does."""
    enter(NEW_MOUNTS | NEW_PROCESSES)
    process = get_context("fork").Process(target=_contained, args=(function, *arguments))
    process.start()
    process.join()
    sys.exit(process.exitcode)


def _contained(function: Callable[..., None], *arguments: object) -> None:
    subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)
    function(*arguments)

"""Cases fed to the code in child processes, within bounds of time and memory."""

import faulthandler
import os
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any, Literal, Protocol, cast

from core.errors import ConvscopeError
from tests.fuzz.hostile import unseemly
from tests.memory import MB, forget_peak, limit_growth, peak_memory
from tests.processes import FORKS, Forked

KINDS = (
    *("pictures", "archives", "checkpoints", "states", "recipes", "links", "names"),
    "predictions",
)
"""What can be hostile, each a module of this package."""


class Kind(Protocol):
    def case(self, seed: int, number: int) -> Any:
        """A case, the same for the same numbers."""
        ...

    def feed(self, case: Any) -> None:
        """Have the code take it, or refuse it with a ConvscopeError. Raises whatever else comes,
        and AssertionError where what comes of it is wrong."""
        ...


@dataclass(frozen=True)
class Job:
    kind: str
    number: int


@dataclass(frozen=True)
class Limits:
    """Of a case."""

    seconds: float = 5.0
    megabytes: float = 1000.0


@dataclass(frozen=True)
class Outcome:
    """seconds, megabytes: what the case took; problem: what is wrong, where something is"""

    job: Job
    verdict: Literal["accepted", "refused", "problem"]
    seconds: float = 0.0
    megabytes: float = 0.0
    problem: str = ""


def tried(
    folder: Path, seed: int, jobs: Sequence[Job], limits: Limits = Limits()
) -> Iterator[Outcome]:
    """What comes of each job, in order: one child does them all, or dies of one; then another
    child goes on with the next."""
    done = 0
    while done < len(jobs):
        said = folder / "said"
        said.unlink(missing_ok=True)
        reading, writing = FORKS.Pipe(duplex=False)
        child = Forked(folder / "home", said, _work, seed, jobs[done:], limits, writing)
        writing.close()
        with suppress(EOFError):
            while True:
                yield reading.recv()
                done += 1
        assert child.wait(60)
        if done < len(jobs):
            last_words = said.read_text(errors="replace")[:4000]
            yield Outcome(
                jobs[done], "problem", problem=f"it ended with {child.code}:\n{last_words}"
            )
            done += 1


def _work(seed: int, jobs: Sequence[Job], limits: Limits, writing: Connection) -> None:
    faulthandler.enable()
    tempfile.tempdir = os.environ["CONVSCOPE_HOME"]  # where what a killed child left is in no way
    Path(tempfile.tempdir).mkdir(exist_ok=True)
    for job in jobs:
        kind = cast(Kind, import_module(f"tests.fuzz.{job.kind}"))
        writing.send(_outcome(kind, job, kind.case(seed, job.number), limits))


def _outcome(kind: Kind, job: Job, case: Any, limits: Limits) -> Outcome:
    """Bounds are kept by whom nothing holds up: the time by a thread of faulthandler's, which tells
    where it hangs and needs no lock of the interpreter's, and the memory by the system. The latter
    takes a MemoryError for its answer, though, and somebody may catch that. So the system's limit
    only saves the machine, and what counts is the most that was in memory."""
    os.ftruncate(1, 0)  # only what is said of the last one is of interest
    print(case[0], flush=True)
    forget_peak()
    before = peak_memory()
    limit_growth(round(3 * limits.megabytes * MB))
    begun = monotonic()
    faulthandler.dump_traceback_later(limits.seconds, exit=True)
    verdict, problem = _verdict(kind, case)
    faulthandler.cancel_dump_traceback_later()
    seconds = monotonic() - begun
    megabytes = (peak_memory() - before) / MB
    if megabytes > limits.megabytes:
        verdict, problem = "problem", f"{case[0]}: it took {megabytes:,.0f} MB. {problem}"
    return Outcome(job, verdict, seconds, megabytes, problem)


def _verdict(kind: Kind, case: Any) -> tuple[Literal["accepted", "refused", "problem"], str]:
    try:
        kind.feed(case)
    except ConvscopeError as refusal:
        problem = unseemly(str(refusal))
        return ("problem", f"{case[0]}: {problem}") if problem else ("refused", "")
    except Exception:
        return "problem", f"{case[0]}:\n{traceback.format_exc()}"
    return "accepted", ""

"""Slurm as a cluster's engine, by submitit: jobs tell what happens through a folder that they share
with the driver. SQLite cannot be written from several hosts, so no job opens the run store."""

import os
import secrets
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from core.errors import AwayError, ConvscopeError, LostError
from core.files import write_atomically
from core.runs.run import Request

if TYPE_CHECKING:
    from torch import Tensor

    from core.cluster.task import Told, Work
    from core.data.dataset import Dataset
    from core.recipe import Recipe
    from core.training import TrainingState

MOST_WAITING = 20  # parcels of a job that nobody has taken
LATE_SECONDS = 5.0  # that a shared disk takes to show what another host wrote
LOOK_SECONDS = 10.0  # between two looks into Slurm's queue
AWAY = ("Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted")
"""What sbatch says while Slurm's controller is away, which comes back."""
ASKED, PARCELS = "asked", "*.parcel"


class SlurmShares(BaseModel):
    """What each job asks of Slurm; slots: how many are in its queue or run at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpus: int = Field(default=2, ge=1, le=256)
    gpus: int = Field(default=0, ge=0, le=1)
    memory: float = Field(default=8.0, gt=0, le=2048)
    """GiB."""
    minutes: int = Field(default=240, ge=1)
    """Limit of a job; a run that takes longer goes on in another from its last snapshot."""
    partition: str | None = None
    account: str | None = None
    slots: int = Field(default=10, ge=1, le=1000)


class SlurmQueue:
    """Which jobs of this user wait or run, by one `squeue` for all of them. What submitit asks,
    `sacct`, answers only where Slurm keeps accounts, and is asked every ten minutes."""

    def __init__(self) -> None:
        self._jobs: frozenset[str] = frozenset()
        self._asked_at = self._known_at = -LOOK_SECONDS
        self._looking = threading.Lock()

    def has(self, job_id: str, submitted: float) -> bool:
        """Whether it has this job, or nobody knows. submitted: when, by time.monotonic()"""
        with self._looking:
            if time.monotonic() - self._asked_at >= LOOK_SECONDS:
                self._look()
            return self._known_at < submitted or job_id in self._jobs

    def ensure_answers(self) -> None:
        """Raises ConvscopeError where Slurm does not."""
        if told := self._look():
            raise ConvscopeError(
                f"Slurm does not answer here ({told}); see that its controller runs, or submit "
                "from another host."
            )

    def _look(self) -> str:
        """What Slurm said where it did not answer."""
        self._asked_at = time.monotonic()
        command = ("squeue", "--me", "--noheader", "--format=%A")
        try:
            found = subprocess.run(
                command, env=_unfiltered(), capture_output=True, timeout=60, check=True, text=True
            )
        except subprocess.CalledProcessError as error:
            return _in_one_line(error.stderr)
        except (OSError, subprocess.SubprocessError) as error:
            return _in_one_line(str(error))
        self._jobs, self._known_at = frozenset(found.stdout.split()), self._asked_at
        return ""


def _in_one_line(told: str) -> str:
    return " ".join(told.split())[:300] or "it says nothing"


def _unfiltered() -> dict[str, str]:
    """This process's environment, without what somebody has `squeue` leave out."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SQUEUE_")}


class SlurmTask:
    """A run's training by a Slurm job."""

    def __init__(self, job: Any, folder: Path, queue: SlurmQueue) -> None:
        self._job, self._folder, self._queue = job, folder, queue
        self._submitted = time.monotonic()
        self._asked: Request | None = None
        self._begun, self._ended_at = False, 0.0

    def exchange(self, asked: Request | None) -> "list[Told]":
        from core.cluster.task import opened

        # Before its last parcel is taken.
        ended = not self._queue.has(self._job.job_id, self._submitted)
        if asked != self._asked:
            write_atomically(self._folder / ASKED, (asked or "").encode())
            self._asked = asked
        told: list[Told] = []
        for path in sorted(self._folder.glob(PARCELS)):
            told += opened(path.read_bytes())
            path.unlink()
        self._begun = self._begun or bool(told)
        if not ended:
            self._ended_at = 0.0
        elif not told:
            self._ended_at = self._ended_at or time.monotonic()
            if time.monotonic() - self._ended_at > LATE_SECONDS:
                raise LostError(
                    f"Slurm's job {self._job.job_id} ended before it could say why; its words are "
                    f"in {self._job.paths.stderr}."
                )
        return told

    def end(self) -> None:
        """One that still trains stops when it hands over its next parcel."""
        if not self._begun:
            self._job.cancel()
        with suppress(OSError):
            self._job.paths.submission_file.unlink()  # it may hold a snapshot
        shutil.rmtree(self._folder, ignore_errors=True)


class SlurmEngine:
    """Slurm, seen from a host that can submit jobs; `folder` is on a disk that the nodes share."""

    def __init__(self, folder: Path, shares: SlurmShares) -> None:
        self.name = "Slurm"
        self._folder, self._shares = folder, shares
        self._queue = SlurmQueue()
        try:
            import submitit

            self._executor = submitit.AutoExecutor(folder=folder / "logs", cluster="slurm")
        except ImportError as error:
            raise ConvscopeError(
                "submitit is not installed here; `pip install -r requirements-slurm.txt` does that."
            ) from error
        except RuntimeError as error:
            raise ConvscopeError(
                "There is no Slurm here (no srun); run this on a host that can submit jobs."
            ) from error
        self._queue.ensure_answers()
        self._executor.update_parameters(
            name="convscope",
            cpus_per_task=shares.cpus,
            gpus_per_node=shares.gpus,
            mem_gb=shares.memory,
            timeout_min=shares.minutes,
            slurm_partition=shares.partition,
            slurm_account=shares.account,
        )

    def room(self) -> int:
        return self._shares.slots

    def begin(
        self,
        recipe: "Recipe",
        data: "Dataset",
        state: "TrainingState | None",
        start: "dict[str, Tensor] | None",
    ) -> SlurmTask:
        from core.cluster.task import Work

        work = Work(recipe, state, start, self._shares.cpus, self._shares.gpus > 0)
        folder = self._folder / secrets.token_hex(8)
        write_atomically(folder / ASKED, b"")
        try:
            job = self._executor.submit(_carry_out, work, data.fingerprint, folder)
        except Exception as error:  # whatever sbatch says comes as one of several kinds
            shutil.rmtree(folder, ignore_errors=True)
            told = _in_one_line(str(error))
            is_away = any(words in told for words in AWAY)
            kind = AwayError if is_away else ConvscopeError
            raise kind(f"Slurm does not take the job ({told}).") from error
        return SlurmTask(job, folder, self._queue)

    def close(self) -> None:
        """Jobs that nobody listens to end by themselves."""


def _carry_out(work: "Work", fingerprint: str, folder: Path) -> None:
    """The job."""
    from core.cluster.task import carry_out
    from core.data import load_dataset

    def load() -> "Dataset":
        data = load_dataset(work.recipe.data)
        data.ensure_same(fingerprint, "this run")
        return data

    carry_out(work, load, _Folder(folder).post)


class _Folder:
    """Where a job leaves what it tells."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0

    def post(self, parcel: bytes) -> tuple[Request | None, bool]:
        """What is asked of the job, and whether too many parcels wait."""
        try:
            asked = (self._folder / ASKED).read_text()
        except OSError:  # nobody wants it any more
            return "stop", False
        if parcel:
            write_atomically(self._folder / PARCELS.replace("*", f"{self._count:08}"), parcel)
            self._count += 1
        waiting = sum(1 for _ in self._folder.glob(PARCELS))
        known: dict[str, Request] = {"pause": "pause", "stop": "stop"}
        return known.get(asked), waiting > MOST_WAITING

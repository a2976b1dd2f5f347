"""A real Slurm of one node on this machine, with daemons and files of its own. It keeps no
accounts, as none does until somebody sets up a database for them."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.waiting import wait_until

CONFIGURATION = """
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000
PartitionName=tests Nodes=ALL Default=YES
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
MpiDefault=none
KillWait=1
"""
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")


@pytest.fixture(scope="module")
def slurm_here() -> Iterator[None]:
    """Seen by every command of Slurm while it runs."""
    if os.geteuid() or not all(shutil.which(program, path=_path()) for program in PROGRAMS):
        pytest.skip("Slurm's daemons take root, and Debian's packages slurm-wlm and munge.")
    with ExitStack() as ending, pytest.MonkeyPatch.context() as patch:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        patch.setenv("SLURM_CONF", str(_configured(folder)))
        for command in _daemons(folder):
            log = ending.enter_context((folder / f"{command[0]}.out").open("wb"))
            daemon = subprocess.Popen(command, stdout=log, stderr=log, env=_environment())
            ending.callback(daemon.wait)
            ending.callback(daemon.terminate)
        if not _comes_up():
            logs = "".join(path.read_text()[-500:] for path in folder.glob("*.log"))
            pytest.skip(f"Slurm's daemons do not run on this machine: {logs}")
        yield


def _configured(folder: Path) -> Path:
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    host = socket.gethostname().partition(".")[0]
    path = folder / "slurm.conf"
    path.write_text(
        CONFIGURATION.format(folder=folder, host=host, controller=free_port(), node=free_port())
    )
    return path


def _daemons(folder: Path) -> list[list[str]]:
    munged = ["munged", "--foreground", "--force", f"--key-file={folder}/munge.key"]
    munged += [f"--{each}={folder}/munge.{each.partition('-')[0]}" for each in MUNGE_FILES]
    return [munged, ["slurmctld", "-D"], ["slurmd", "-D"]]


MUNGE_FILES = ("socket", "pid-file", "log-file", "seed-file")


def _comes_up() -> bool:
    try:
        wait_until(_is_idle)
    except AssertionError:
        return False
    return True


def _is_idle() -> bool:
    told = subprocess.run(["sinfo", "--noheader", "--format=%T"], capture_output=True, check=False)
    return told.stdout.strip() == b"idle"


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": _path()}


def _path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"

"""This machine: which device trains, in which precision, with how many threads."""

import json
import os
import platform
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

import psutil
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor
from torch.nn import functional as F

from core.errors import ConvscopeError
from core.files import home, write_atomically
from core.wording import printable

Precision = Literal["fp32", "bf16"]

TRIAL_SECONDS = 0.5  # a few rounds where bf16 is only emulated, dozens where it is near or ahead


def devices() -> list[torch.device]:
    """Where runs can train side by side: what ``$CONVSCOPE_DEVICES`` names, as 'cpu' or
    'cuda:0,cuda:1', else every CUDA GPU, else Apple's MPS, else the CPU.

    Raises ConvscopeError where a device is named that is not here.
    """
    named = os.environ.get("CONVSCOPE_DEVICES", "").strip()
    if named:
        return list(dict.fromkeys(device_named(name.strip()) for name in named.split(",")))
    if torch.cuda.is_available():
        return [torch.device("cuda", number) for number in range(torch.cuda.device_count())]
    return [torch.device("mps" if torch.backends.mps.is_available() else "cpu")]


def pick_device() -> torch.device:
    """The first of `devices`."""
    return devices()[0]


def device_named(name: str) -> torch.device:
    """Raises ConvscopeError for what is no device, or none that can train here."""
    try:
        device = torch.empty(0, device=name).device
    except (RuntimeError, AssertionError, ImportError):  # unknown, or not on this machine
        device = None
    if device is None or device.type not in ("cpu", "cuda", "mps"):
        raise ConvscopeError(
            f"There is no device '{printable(name)[:40]}' here to train on; name cpu, or cuda:0 "
            "and the like where there are such GPUs, or mps on a Mac."
        )
    return device


def resolve_precision(
    requested: Literal["auto", "fp32", "bf16"], device: torch.device
) -> Precision:
    """What 'auto' means here: bf16 where this device computes it faster than fp32.

    GPUs say so themselves. Processors differ too much to ask for a name (AMX, AVX512-BF16 and
    emulation all accept bf16), so a small convolution is timed once, and the answer kept in the
    home: a recipe is always trained in the same format on one machine.
    """
    if requested != "auto":
        return requested
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    if device.type == "cpu":
        return _kept_for_cpu(home() / "precision.json")
    return "fp32"


@cache
def _kept_for_cpu(path: Path) -> Precision:
    """The answer in a file of answers by machine; found out and added to it where it is missing."""
    machine = f"{_processor()}, {len(own_cores())} cores, torch {torch.__version__}"
    try:
        known = TypeAdapter(dict[str, Precision]).validate_json(path.read_bytes())
    except (OSError, ValidationError):
        known = {}
    if machine not in known:
        known[machine] = _faster_on_cpu()
        with suppress(ConvscopeError):  # a home that cannot be written costs a trial a process
            write_atomically(path, json.dumps(known, indent=2).encode())
    return known[machine]


def _faster_on_cpu() -> Precision:
    """By the least time of each format, tried in turns, so that a busy moment meets both alike."""
    images = torch.zeros(64, 64, 16, 16).to(memory_format=torch.channels_last)
    weights = torch.zeros(64, 64, 3, 3)
    formats = (torch.float32, torch.bfloat16)
    pairs = [(images.to(dtype), weights.to(dtype)) for dtype in formats]

    def seconds(x: Tensor, w: Tensor) -> float:
        started = time.perf_counter()
        F.conv2d(x, w, padding=1)
        return time.perf_counter() - started

    rounds: list[list[float]] = []
    end = time.perf_counter() + TRIAL_SECONDS
    while time.perf_counter() < end or len(rounds) < 2:  # each format's first call only prepares
        rounds.append([seconds(*pair) for pair in pairs])
    fp32, bf16 = (min(durations) for durations in zip(*rounds, strict=True))
    return "bf16" if bf16 < 0.8 * fp32 else "fp32"


def describe_machine(device: torch.device) -> dict[str, str]:
    """What a run was made on, for its record: device, processor, memory and versions."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return {
        "device": f"{device.type}: {name}",
        "cores": str(len(own_cores())),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123
            names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def share_cores(training: bool) -> None:
    """Set the threads of whatever the calling thread computes for a page: one while a run trains,
    else all cores but one, on which server and browser draw meanwhile. Threads wait for the slowest
    of them, so one that shares its core with a browser makes two slower than one.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1 if training else max(1, len(own_cores()) - 1))


def free_threads(cores: int, taken: float) -> int:
    """Threads that train fastest while other programs take `taken` of `cores` cores.

    A core that is mostly taken is left to them; one taken now and then (a page that redraws every
    second) still does more with us than without.
    """
    return max(1, cores - int(max(0.0, taken) + 0.3))


class ThreadGovernor:
    """Keeps CPU training on as many threads as other programs leave cores free.

    A layer's work is cut into equal parts, one a thread, and all wait for the slowest: one busy
    neighbour on one of two cores slows two threads to less than one thread alone would reach. So
    the threads follow the load, looked at about once a second. An explicit OMP_NUM_THREADS is
    obeyed instead, which also makes runs repeatable to the bit.
    """

    def __init__(self, interval: float = 1.0) -> None:
        self.fixed = "OMP_NUM_THREADS" in os.environ
        self._interval = interval
        self._before = torch.get_num_threads()
        self._seen = time.perf_counter(), *self._busy_seconds()

    def adjust(self) -> None:
        """Set this thread's OpenMP threads from the load since the last look."""
        then, others_then, cores = self._seen
        now = time.perf_counter()
        if self.fixed or now - then < self._interval:
            return
        others, cores = self._busy_seconds()
        threads = free_threads(cores, (others - others_then) / (now - then))
        if threads != torch.get_num_threads():
            torch.set_num_threads(threads)
        self._seen = now, others, cores

    def let_go(self) -> None:
        """Set the threads as they were."""
        if not self.fixed:
            torch.set_num_threads(self._before)

    @staticmethod
    def _busy_seconds() -> tuple[float, int]:
        """Processor seconds that other programs used on our cores so far, and our cores."""
        times = psutil.cpu_times(percpu=True)
        cores = [times[core] for core in own_cores() if core < len(times)]
        busy = sum(core.user + core.system for core in cores)
        own = psutil.Process().cpu_times()
        return busy - own.user - own.system, max(1, len(cores))


def own_cores() -> list[int]:
    """The numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))

"""`python -m core work`: a worker, as a server keeps one for each device."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.cli.terminal import console
from core.errors import ConvscopeError
from core.runs.locks import Locks
from core.runs.store import RunStore

if TYPE_CHECKING:
    import torch


def work(
    role: Annotated[
        Literal["train", "compute", "study"],
        typer.Argument(help="train queued runs, compute what pages wait for, or drive studies."),
    ] = "train",
    device: Annotated[
        str | None, typer.Option(help="cpu, mps, cuda:0, ...; else the first there is.")
    ] = None,
    with_server: Annotated[bool, typer.Option("--with-server", hidden=True)] = False,
) -> None:
    """Do what waits in the store, until there has been nothing for five minutes; Ctrl-C saves."""
    from core.jobs.worker import Worker, compute_next, give_way, train_next, worker_name
    from core.studies.begin import drive_next

    store, place = RunStore(), _device(device)
    locks, name = Locks(store.folder / "workers"), worker_name(role, str(place))
    if not locks.take(name):
        if with_server:  # two servers had the same thought
            return
        raise ConvscopeError(f"Another worker already serves {place} of {store.folder}.")
    if role == "compute":
        give_way()
    take = {
        "train": lambda control: train_next(store, place, control),
        "compute": lambda control: compute_next(store, place, control),
        "study": lambda control: drive_next(store, control),
    }
    worker = Worker(take[role], leaves=role == "study")
    worker.end_on_signals()
    if with_server:
        worker.end_with_server()
    else:
        console.print(f"Waiting for work on {place}, in {store.folder}.")
    worker.work()


def _device(name: str | None) -> "torch.device":
    import torch

    from core.machine import pick_device

    if name is None:
        return pick_device()
    try:
        device = torch.empty(0, device=name).device
    except (RuntimeError, AssertionError, ImportError):  # unknown, or not on this machine
        device = None
    if device is None or device.type not in ("cpu", pick_device().type):
        raise ConvscopeError(f"There is no device '{name}' here; {pick_device()} is.")
    return device

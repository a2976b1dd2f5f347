"""`python -m core work`: a worker, as a server keeps one for each device."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.cli.terminal import console
from core.errors import ConvscopeError
from core.runs.locks import Locks
from core.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from core.jobs.worker import Role
    from core.training import Control


def work(
    role: Annotated[
        Literal["train", "compute", "study"],
        typer.Argument(help="train queued runs, compute what pages wait for, or drive studies."),
    ] = "train",
    device: Annotated[
        str | None, typer.Option(help="cpu, mps, cuda:0, ...; else the first there is.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="A cluster instead, as in docs/clusters.md.")
    ] = None,
    with_server: Annotated[bool, typer.Option("--with-server", hidden=True)] = False,
) -> None:
    """Do what waits in the store, until there has been nothing for five minutes; Ctrl-C saves."""
    from core.jobs.worker import Worker, get_ready, give_way, worker_name
    from core.machine import device_named, pick_device

    store = RunStore()
    place = on or (pick_device() if device is None else device_named(device))
    locks, name = Locks(store.folder / "workers"), worker_name(role, place)
    if not locks.take(name):
        if with_server:  # two servers had the same thought
            return
        raise ConvscopeError(f"Another worker already serves {place} of {store.folder}.")
    if role == "compute":
        give_way()
    worker = Worker(_taking(store, role, place), leaves=role == "study" or on is not None)
    worker.end_on_signals()
    if with_server:
        worker.end_with_server()
    else:
        console.print(f"Waiting for work on {place}, in {store.folder}.")
    if role == "train":
        get_ready(store)
    worker.work()


def _taking(
    store: RunStore, role: "Role", place: "torch.device | str"
) -> "Callable[[Control], bool]":
    """What does one piece of what waits, on a device here or on a cluster."""
    from core.cluster.named import cluster_named
    from core.cluster.waiting import train_waiting
    from core.jobs.worker import compute_next, train_next
    from core.studies.begin import drive_next
    from core.studies.place import Here

    match role, place:
        case "train", str():
            return lambda control: train_waiting(store, place, control)
        case "train", _:
            return lambda control: train_next(store, place, control)
        case "study", str():
            return lambda control: drive_next(store, control, lambda: cluster_named(store, place))
        case "study", _:
            return lambda control: drive_next(store, control, lambda: nullcontext(Here(store)))
        case "compute", str():
            raise ConvscopeError("What pages wait for is computed here; leave --on out.")
        case "compute", _:
            return lambda control: compute_next(store, place, control)

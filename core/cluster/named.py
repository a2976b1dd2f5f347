"""From what people write behind --on to a cluster."""

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from core.errors import ConvscopeError
from core.runs.store import RunStore

if TYPE_CHECKING:
    from core.cluster.place import Cluster, Engine

Shares = TypeVar("Shares", bound=BaseModel)


def cluster_named(store: RunStore, text: str) -> "Cluster":
    """`ray` (the Ray that this machine is part of, else one of this machine alone),
    `ray://HOST:PORT` or `slurm`, each with what a run takes, as ray?cpus=2&gpus=0.25.

    Raises ConvscopeError for what is none, what is not installed and what does not answer.
    """
    from core.cluster.place import Cluster

    return Cluster(store, _engine(store, text))


def _engine(store: RunStore, text: str) -> "Engine":
    place, _, query = text.strip().partition("?")
    if place == "ray" or place.startswith("ray://"):
        from core.cluster.ray_core import RayEngine, RayShares

        return RayEngine(place, _shares(RayShares, query))
    if place == "slurm":
        from core.cluster.slurm import SlurmEngine, SlurmShares

        return SlurmEngine(store.folder / "slurm", _shares(SlurmShares, query))
    raise ConvscopeError(
        f"'{text[:80]}' is no place to train; write ray, ray://HOST:PORT or slurm, or leave --on "
        "out to train on this machine."
    )


def _shares(kind: type[Shares], query: str) -> Shares:
    try:
        return kind.model_validate(dict(parse_qsl(query, strict_parsing=bool(query))))
    except ValueError as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        what = f"{first['loc'][0]}: {first['msg']}" if first else "write it as cpus=2&gpus=0.25"
        known = ", ".join(kind.model_fields)
        raise ConvscopeError(
            f"'{query[:80]}' is not what a run can take ({what}); there are {known}."
        ) from error

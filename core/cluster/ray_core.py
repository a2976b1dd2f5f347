"""Ray as a cluster's engine: tasks tell what happens through one small actor."""

import os
import secrets
import threading
import warnings
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.errors import ConvscopeError, LostError
from core.files import PROJECT
from core.runs.run import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from core.cluster.task import Told, Work
    from core.data.dataset import Dataset, SplitName
    from core.recipe import Recipe
    from core.training import TrainingState

ANSWER_SECONDS = 8.0  # that an address has to answer in
LEAST_SHARE = 0.001  # of a processor core or a GPU; Ray counts in ten-thousandths
OBJECTS = 512 * 2**20  # bytes of the object store of a Ray that is begun here
MOST_WAITING = 20  # parcels of a task that nobody has taken; about ten seconds of training
PATIENCE_SECONDS = 60.0  # with the mailbox, after which it counts as gone
SPLITS: "tuple[SplitName, ...]" = ("train", "validation", "test")
Arrays = dict[str, Any]


class RayShares(BaseModel):
    """What each run takes of a node; fractions let several share a processor core or a GPU."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpus: float = Field(default=1.0, ge=LEAST_SHARE, le=1024)
    gpus: float | None = Field(default=None, ge=0, le=1)
    """Else one where the cluster has any."""

    @field_validator("gpus")
    @classmethod
    def _ray_can_count(cls, gpus: float | None) -> float | None:
        if gpus is not None and 0 < gpus < LEAST_SHARE:
            raise ValueError(f"is 0 or at least {LEAST_SHARE}")
        return gpus


class Mailbox:
    """An actor that holds what tasks tell until the driver takes it; it does not look inside."""

    def __init__(self) -> None:
        self._parcels: dict[str, list[bytes]] = {}
        self._asked: dict[str, Request | None] = {}

    def post(self, key: str, parcel: bytes) -> tuple[Request | None, bool]:
        """Leave a parcel; what is asked of the task, and whether too many wait."""
        if key not in self._asked:  # nobody wants it any more
            return "stop", False
        waiting = self._parcels.setdefault(key, [])
        if parcel:
            waiting.append(parcel)
        return self._asked[key], len(waiting) > MOST_WAITING

    def exchange(self, key: str, asked: Request | None) -> list[bytes]:
        self._asked[key] = asked
        return self._parcels.pop(key, [])

    def forget(self, key: str) -> None:
        self._parcels.pop(key, None)
        self._asked.pop(key, None)


class RayTask:
    """A run's training by a Ray task."""

    def __init__(self, mailbox: Any, key: str, result: Any) -> None:
        self._mailbox, self._key, self._result = mailbox, key, result
        self._begun = False

    def exchange(self, asked: Request | None) -> "list[Told]":
        import ray

        from core.cluster.task import opened

        with _lost_where_ray_is():
            ended, _ = ray.wait([self._result], timeout=0)  # before its last parcel is taken
            parcels = ray.get(
                self._mailbox.exchange.remote(self._key, asked), timeout=PATIENCE_SECONDS
            )
            if ended and not parcels:
                ray.get(self._result)
                raise LostError("Its task on Ray ended before it could say why.")
        self._begun = self._begun or bool(parcels)
        return [told for parcel in parcels for told in opened(parcel)]

    def end(self) -> None:
        """One that still trains stops when it hands over its next parcel."""
        import ray

        with suppress(LostError), _lost_where_ray_is():
            self._mailbox.forget.remote(self._key)
            if not self._begun:
                ray.cancel(self._result)


class RayEngine:
    """Ray of a cluster that this process joins as a driver, or begins on this machine."""

    def __init__(self, address: str, shares: RayShares) -> None:
        self.name = "Ray" if address == "ray" else address
        _connect(address)
        import ray

        gpus = shares.gpus
        if gpus is None:
            gpus = float(ray.cluster_resources().get("GPU", 0) > 0)
        self._shares = {"CPU": shares.cpus} | ({"GPU": gpus} if gpus else {})
        self._task = ray.remote(_carry_out).options(
            num_cpus=shares.cpus, num_gpus=gpus, max_retries=0, scheduling_strategy="SPREAD"
        )
        self._pictures: dict[str, Any] = {}
        self._mailbox: Any = None
        self._beginning = threading.Lock()
        if not self.room():
            self.close()
            wanted = " and ".join(f"{share:g} {kind}" for kind, share in self._shares.items())
            raise ConvscopeError(
                f"No node of {self.name} has {wanted}, which each run is to take; write less, as "
                f"{address}?cpus=1&gpus=0."
            )

    def room(self) -> int:
        import ray

        with _lost_where_ray_is():
            nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        return sum(
            min(int(node.get(kind, 0) / share) for kind, share in self._shares.items())
            for node in nodes
        )

    def begin(
        self,
        recipe: "Recipe",
        data: "Dataset",
        state: "TrainingState | None",
        start: "dict[str, Tensor] | None",
    ) -> RayTask:
        import ray

        from core.cluster.task import Work

        threads, gpu = max(1, int(self._shares["CPU"])), "GPU" in self._shares
        work, key = Work(recipe, state, start, threads, gpu), secrets.token_hex(8)
        with self._beginning, _lost_where_ray_is():
            mailbox = self._mailbox_with(key)
            if data.fingerprint not in self._pictures:
                self._pictures[data.fingerprint] = ray.put(_arrays(data))
            pictures = self._pictures[data.fingerprint]
            return RayTask(mailbox, key, self._task.remote(work, pictures, mailbox, key))

    def _mailbox_with(self, key: str) -> Any:
        """The actor, which now knows a task's key; another one where the one before is gone."""
        import ray
        from ray.exceptions import RayActorError
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        if self._mailbox is not None:
            with suppress(RayActorError):
                ray.get(self._mailbox.exchange.remote(key, None), timeout=PATIENCE_SECONDS)
                return self._mailbox
        near = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        actor = ray.remote(Mailbox).options(num_cpus=0, scheduling_strategy=near)
        self._mailbox = actor.remote()
        ray.get(self._mailbox.exchange.remote(key, None), timeout=PATIENCE_SECONDS)
        return self._mailbox

    def close(self) -> None:
        import ray

        ray.shutdown()


def _carry_out(work: "Work", arrays: "Arrays", mailbox: Any, key: str) -> None:
    """The task."""
    import ray

    from core.cluster.task import carry_out

    carry_out(
        work,
        lambda: _data_set(arrays),
        lambda parcel: ray.get(mailbox.post.remote(key, parcel)),
    )


def _arrays(data: "Dataset") -> "Arrays":
    """A data set as Ray shares it with all tasks of a node without a copy."""
    splits = {name: data.split(name) for name in SPLITS}
    arrays = {
        name: (np.ascontiguousarray(split.images), split.labels.numpy())
        for name, split in splits.items()
    }
    return vars(data) | arrays


def _data_set(arrays: "Arrays") -> "Dataset":
    import torch

    from core.data.dataset import Dataset, Split

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that they cannot be written, which nobody does
        splits: Arrays = {name: Split(*map(torch.from_numpy, arrays[name])) for name in SPLITS}
    return Dataset(**(arrays | splits))


def _connect(address: str) -> None:
    """Raises ConvscopeError where Ray is not installed, or does not answer within ten seconds."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError as error:
        raise ConvscopeError(
            "Ray is not installed here; `pip install -r requirements-ray.txt` does that."
        ) from error

    options: dict[str, Any] = {
        "runtime_env": {
            "py_modules": [str(PROJECT / "core")],
            "env_vars": {"OMP_WAIT_POLICY": "PASSIVE"},  # see core.process
        },
        "log_to_driver": False,
        "logging_level": "ERROR",
    }
    known = os.environ.get("RAY_ADDRESS", "auto") if address == "ray" else address
    if known != "auto":
        _ensure_answers(known)
    try:
        ray.init(known, **options)
    except ConnectionError as error:
        if known != "auto":
            raise _unusable(known, error) from error
        ray.init(include_dashboard=False, object_store_memory=OBJECTS, **options)
    except (RuntimeError, ValueError, OSError, RayError) as error:
        raise _unusable(known, error) from error


def _ensure_answers(address: str) -> None:
    """Ray itself tries for half a minute and more. Asks what its client asks first: other servers
    speak gRPC too, as Ray itself does at its other ports."""
    import grpc
    from ray.core.generated.ray_client_pb2_grpc import RayletDriverStub

    host = address.removeprefix("ray://").rstrip("/")
    if not host:
        raise ConvscopeError("'ray://' names no machine; write ray://HOST:10001.")
    if os.environ.get("RAY_USE_TLS", "0") != "0":
        return  # which takes certificates that Ray has
    messages: Any = import_module("ray.core.generated.ray_client_pb2")  # which has no types
    ping = messages.ClusterInfoRequest(type=messages.ClusterInfoType.PING)
    codes = grpc.StatusCode
    nothing = {codes.UNAVAILABLE, codes.DEADLINE_EXCEEDED}
    if address.startswith("ray://"):
        nothing.add(codes.UNIMPLEMENTED)
    with grpc.insecure_channel(host) as channel:
        try:
            RayletDriverStub(channel).ClusterInfo(ping, timeout=ANSWER_SECONDS)
        except grpc.RpcError as error:
            code = error.code()
            if code in nothing:
                raise ConvscopeError(
                    f"Nothing answers as Ray at {host[:80]}; see that it runs and that the port is "
                    "right (ray://HOST:10001 where nobody chose another)."
                ) from error
            if code is codes.UNAUTHENTICATED and os.environ.get("RAY_AUTH_MODE") != "token":
                raise ConvscopeError(
                    "This Ray asks for a token: copy its ~/.ray/auth_token to this machine and set "
                    "RAY_AUTH_MODE=token, as docs/clusters.md says."
                ) from error


def _unusable(address: str, error: Exception) -> ConvscopeError:
    first = next(iter(str(error).splitlines()), type(error).__name__)
    return ConvscopeError(f"Ray at {address[:80]} cannot be used ({first[:200]}).")


@contextmanager
def _lost_where_ray_is() -> "Iterator[None]":
    """What Ray says of tasks, nodes and itself that are gone, as one of our sentences."""
    from ray.exceptions import RayError, RayTaskError

    try:
        yield
    except (RayError, ConnectionError) as error:
        lines = str(error).strip().splitlines() or [""]
        cause = lines[-1] if isinstance(error, RayTaskError) else lines[0]  # after its traceback
        raise LostError(
            f"What trained it on Ray is gone ({type(error).__name__}: {cause[:200]}). Resume the "
            "run to go on from its last snapshot."
        ) from error

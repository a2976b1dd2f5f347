"""A training step in fewer pieces: compiled, and recorded as a graph, with which a GPU is given
hundreds of kernels at once."""

from collections.abc import Callable, Hashable
from typing import Protocol

import torch
from torch import Tensor, nn

from core.errors import ConvscopeError

MOST_KINDS = 100  # of steps in a run: sizes of batches and images, and which layers learn
WARM_UPS = 3  # calls in which memory is found, kernels are chosen and compilers compile

Told = tuple[Tensor, Tensor, Tensor]
Work = Callable[[], Told]


class Recorder(Protocol):
    """Records work: the same operations on the same tensors every time."""

    def warm_up(self, work: Work) -> Told:
        """Do `work`, where it will be recorded."""
        ...

    def record(self, work: Work) -> tuple[Callable[[], None], Told]:
        """Record `work` without doing it. Returns what does it, and the tensors this fills."""
        ...


class CudaGraphs:
    """Recordings are CUDA graphs. They share their memory: one step is done at a time."""

    def __init__(self, device: torch.device) -> None:
        self._device, self._stream = device, torch.cuda.Stream(device)
        self._pool = torch.cuda.graph_pool_handle()

    def warm_up(self, work: Work) -> Told:
        outside = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(outside)
        with torch.cuda.stream(self._stream):
            told = work()
        outside.wait_stream(self._stream)
        return told

    def record(self, work: Work) -> tuple[Callable[[], None], Told]:
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the GPU meanwhile.
        with torch.cuda.graph(graph, self._pool, self._stream, capture_error_mode="thread_local"):
            told = work()
        return graph.replay, told


class Recordings:
    """Does `work` on the images at some indices: at first as it is, then from a recording of each
    kind of it. Of one kind is what has batches of one size and takes the same way through it."""

    def __init__(self, work: Callable[[Tensor], Told], recorder: Recorder) -> None:
        self._work, self._recorder = work, recorder
        self._calls: dict[Hashable, int] = {}
        self._kept: dict[Hashable, tuple[Tensor, Callable[[], None], Told]] = {}

    def __call__(self, indices: Tensor, kind: Hashable) -> Told:
        """What is told lies in tensors that the next call of the same kind fills anew."""
        calls = self._calls[kind] = self._calls.get(kind, 0) + 1
        if calls <= WARM_UPS:
            return self._recorder.warm_up(lambda: self._work(indices))
        if kind not in self._kept:
            own = indices.clone()
            self._kept[kind] = own, *self._recorder.record(lambda: self._work(own))
        own, repeat, told = self._kept[kind]
        own.copy_(indices)
        repeat()
        return told


def recorder_for(device: torch.device) -> Recorder | None:
    """What records steps on this device, where it can."""
    return CudaGraphs(device) if device.type == "cuda" else None


def compiled(model: nn.Module) -> Callable[[Tensor], Tensor]:
    """`model` through torch.compile, once for each kind of step."""
    from torch._dynamo import config  # slow to import
    from torch._dynamo.exc import BackendCompilerFailed

    fused = torch.compile(model, dynamic=False)

    def forward(images: Tensor) -> Tensor:
        try:
            with config.patch(recompile_limit=MOST_KINDS):  # beyond it, nothing more is compiled
                return fused(images)
        except BackendCompilerFailed as error:
            raise ConvscopeError(
                "torch.compile could not compile this network here (often no C++ compiler is "
                "installed); switch 'compile' off in the recipe."
            ) from error

    return forward

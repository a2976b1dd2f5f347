"""Checkpoints and training states as no version wrote them: turned bytes, other headers and cards,
odd shapes, sizes that would fill the memory."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import torch

from core.data.dataset import Dataset, Normalisation, Split
from core.errors import ConvscopeError
from core.models import build_model
from core.prediction import predict
from core.recipe import Recipe
from core.runs.checkpoint import Card, Checkpoint, load_card, load_checkpoint, save_checkpoint
from core.training import Control, TrainingState, load_state, save_state, train
from core.training.events import EpochEnded, Snapshot
from tests.fuzz import hostile

Kind = Literal["checkpoint", "state"]
RECIPE = Recipe.parse(
    {
        "epochs": 2,
        "batch_size": 16,
        "precision": "fp32",
        "weight_averaging": 0.9,
        "filtering": 0.8,
        "model": {"family": "convnet", "channels": [4], "depth": 1, "dropout": 0.1},
    }
)
LONGEST_SENTENCE = 2000  # characters
ODD_SHAPES = ([], [0], [1], [2**31], [2**40, 0], [-1], [1] * 70, [2**62, 2**62], [0.5], ["1"])
KINDS = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F4", "C64", "I64", "U64", "I8", "BOOL", "X9")


@dataclass(frozen=True)
class Case:
    """How it was made, and the file's content."""

    kind: Kind
    change: str
    content: bytes


def cases(seed: int, count: int) -> Iterator[Case]:
    """The same files for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        kind: Kind = draw.choice(("checkpoint", "state"))
        change = draw.choice(list(CHANGES))
        yield Case(kind, change, CHANGES[change](draw, _whole(kind)))


def feed(case: Case) -> str:
    """What the code says of a case: a sentence, or that it took it. Raises whatever else comes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.safetensors"
        path.write_bytes(case.content)
        try:
            took = _judge(path) if case.kind == "checkpoint" else _resume(path)
        except ConvscopeError as error:
            assert len(str(error)) <= LONGEST_SENTENCE, f"{len(str(error))} characters"
            return str(error)
    return took


def _judge(path: Path) -> str:
    card, trained = load_card(path), load_checkpoint(path)
    assert card == trained.card
    images = _tiny_data().test.images
    for prediction in predict(trained.network(), images):
        likely = prediction.probabilities
        assert all(0 <= share <= 1.001 for share in likely), f"probabilities of {likely}"
        assert sorted(likely, reverse=True) == list(likely), f"not sorted: {likely}"
    return "predicted"


def _resume(path: Path) -> str:
    *_, last = train(RECIPE, _tiny_data(), device=torch.device("cpu"), state=load_state(path))
    return type(last).__name__


@cache
def _tiny_data() -> Dataset:
    def split(count: int, seed: int) -> Split:
        generator = torch.Generator().manual_seed(seed)
        images = torch.randint(0, 256, (count, 32, 32, 3), generator=generator)
        return Split(images.to(torch.uint8), torch.arange(count) % 3)

    normalisation = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    parts = (split(48, 0), split(9, 1), split(6, 2))
    return Dataset("tiny", ("one", "two", "three"), *parts, normalisation, "tiny")


@cache
def _whole(kind: Kind) -> bytes:
    data = _tiny_data()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "whole.safetensors"
        if kind == "checkpoint":
            weights = build_model(RECIPE.model, len(data.classes)).state_dict()
            save_checkpoint(path, Checkpoint(Card.of(RECIPE, data), weights))
        else:
            save_state(path, _stopped_halfway(data))
        return path.read_bytes()


def _stopped_halfway(data: Dataset) -> TrainingState:
    control = Control()
    for event in train(RECIPE, data, control, torch.device("cpu")):
        if isinstance(event, EpochEnded):
            control.stop()
        if isinstance(event, Snapshot):
            return event.state
    raise AssertionError


def _taken_apart(content: bytes) -> tuple[dict[str, Any], bytes]:
    end = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:end]), content[end:]


def _put_together(header: Any, tensors: bytes) -> bytes:
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    return len(text).to_bytes(8, "little") + text + tensors


def _other_length(draw: random.Random, whole: bytes) -> bytes:
    length = draw.choice((0, 1, 2, len(whole), 10**6, 10**8, 2**31, 2**63, 2**64 - 1))
    return length.to_bytes(8, "little") + whole[8:]


def _other_header(draw: random.Random, whole: bytes) -> bytes:
    header, tensors = _taken_apart(whole)
    return _put_together(hostile.changed(draw, header), tensors)


def _other_tensor(draw: random.Random, whole: bytes) -> bytes:
    """One tensor of another kind, shape, place or name."""
    header, tensors = _taken_apart(whole)
    name = draw.choice([name for name in header if name != "__metadata__"])
    match draw.randrange(5):
        case 0:
            header[name]["dtype"] = draw.choice(KINDS)
        case 1:
            header[name]["shape"] = draw.choice(ODD_SHAPES)
        case 2:
            header[name]["shape"] = header[name]["shape"][::-1]
        case 3:
            header[name]["data_offsets"] = [draw.choice((0, 4, 2**40, -1)), len(tensors)]
        case _:
            header[draw.choice(hostile.WORDS)] = header.pop(name)
    return _put_together(header, tensors)


def _other_numbers(draw: random.Random, whole: bytes) -> bytes:
    """Weights that are odd, at one place or at every one."""
    header, tensors = _taken_apart(whole)
    odd = draw.choice((float("nan"), float("inf"), 3e38, -3e38, 1e-45, 0.0))
    pattern = torch.tensor(odd, dtype=torch.float32).numpy().tobytes()
    if draw.random() < 0.5:
        return _put_together(
            header, pattern * (len(tensors) // 4) + tensors[len(tensors) // 4 * 4 :]
        )
    place = 4 * draw.randrange(len(tensors) // 4)
    return _put_together(header, tensors[:place] + pattern + tensors[place + 4 :])


def _other_words(draw: random.Random, whole: bytes) -> bytes:
    """Another card, or other figures of a state."""
    header, tensors = _taken_apart(whole)
    (key, text), *_ = header["__metadata__"].items()
    changed = json.loads(text)
    for _ in range(draw.randrange(1, 3)):
        changed = hostile.changed(draw, changed)
    header["__metadata__"][key] = json.dumps(changed)
    return _put_together(header, tensors)


def _other_text(draw: random.Random, whole: bytes) -> bytes:
    """A card that is no JSON, nested without end, or megabytes long."""
    header, tensors = _taken_apart(whole)
    key, *_ = header["__metadata__"]
    text = header["__metadata__"][key]
    header["__metadata__"][key] = draw.choice(
        (
            "",
            "[" * 50_000,
            '{"a":' * 50_000,
            text[: draw.randrange(len(text))],
            text.replace('"', '"' + "x" * 9_000_000, 1),
            "1" * 10_000,
        )
    )
    return _put_together(header, tensors)


def _huge(draw: random.Random, whole: bytes) -> bytes:
    """A card that names a network of gigabytes, over the same few weights."""
    header, tensors = _taken_apart(whole)
    key, *_ = header["__metadata__"]
    words = json.loads(header["__metadata__"][key])
    if "recipe" in words:
        channels = [1024] * draw.randint(1, 5)
        words["recipe"]["model"] |= {"channels": channels, "depth": draw.randint(1, 4)}
        words["classes"] = [str(number) for number in range(draw.choice((3, 1000, 10_000, 10**5)))]
    else:
        words |= {"step": draw.choice((10**6, 10**18)), "totals": [1e308] * 3}
    header["__metadata__"][key] = json.dumps(words)
    return _put_together(header, tensors)


CHANGES: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "none": lambda _, whole: whole,
    "bytes": hostile.scrambled,
    "length of the header": _other_length,
    "header": _other_header,
    "a tensor's header": _other_tensor,
    "numbers": _other_numbers,
    "card or figures": _other_words,
    "text of the card": _other_text,
    "size": _huge,
}

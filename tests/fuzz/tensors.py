"""Files of tensors as no version wrote them: turned bytes, other headers and words, odd shapes,
sizes that would fill the memory."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from core.data.dataset import Dataset, Normalisation, Split
from core.recipe import Recipe
from tests.fuzz import hostile
from tests.fuzz.hostile import Case, generator

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
ODD_SHAPES = ([], [0], [1], [2**31], [2**40, 0], [-1], [1] * 70, [2**62, 2**62], [0.5], ["1"])
KINDS = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F4", "C64", "I64", "U64", "I8", "BOOL", "X9")


def harmed(seed: int, number: int, whole: bytes) -> Case:
    """A file, whole or with one of the CHANGES."""
    draw = generator(seed, number)
    change = draw.choice(list(CHANGES))
    return Case(change, CHANGES[change](draw, whole))


@contextmanager
def file_of(case: Case) -> Iterator[Path]:
    """A file with a case's content, for as long as it is looked into."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.safetensors"
        path.write_bytes(case.content)
        yield path


def written(save: Callable[[Path], None]) -> bytes:
    """What `save` writes to the file that it is given."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "whole.safetensors"
        save(path)
        return path.read_bytes()


@cache
def tiny_data() -> Dataset:
    def split(count: int, seed: int) -> Split:
        generator = torch.Generator().manual_seed(seed)
        images = torch.randint(0, 256, (count, 32, 32, 3), generator=generator)
        return Split(images.to(torch.uint8), torch.arange(count) % 3)

    normalisation = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    parts = (split(48, 0), split(9, 1), split(6, 2))
    return Dataset("tiny", ("one", "two", "three"), *parts, normalisation, "tiny")


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
    "bytes": hostile.mutated,
    "length of the header": _other_length,
    "header": _other_header,
    "a tensor's header": _other_tensor,
    "numbers": _other_numbers,
    "card or figures": _other_words,
    "text of the card": _other_text,
    "size": _huge,
}

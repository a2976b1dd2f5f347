"""Values that nobody asked for, and harm done to bytes, drawn from a seeded generator."""

import random
from typing import Any, NamedTuple

from core.wording import UNPRINTABLE

LONGEST_SENTENCE = 600  # characters


class Case(NamedTuple):
    """name: how it was made"""

    name: str
    content: bytes


class Words(NamedTuple):
    """what: of which sort of thing `text` is given"""

    what: str
    text: str


def generator(seed: int, number: int) -> random.Random:
    """What a case is drawn from, that it can be made again without those before it."""
    return random.Random(f"{seed} {number}")


WORDS = (
    "",
    " ",
    "x" * 5000,
    "[/x]",
    "[red]hot[/red]",
    "![i](https://evil.example/b.png)",
    "<img src=x onerror=alert(1)>",
    ":material/home: :red[x] $y$",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "a\nb",
    "a\0b",
    "\u202eback",
    "\ud800",
    "\udcff",
    "../../etc/passwd",
    "/dev/zero",
    "می\u200cروم",
    "👩\u200d🚀",
    "'; DROP TABLE runs; --",
    "{}",
    "%s%n",
    "nan",
    "-inf",
)
NUMBERS = (0, -0.0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 10**400, 1e308, 1e-308, 0.1 + 0.2)
WHOLE_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
ODD_FLOATS = (float("nan"), float("inf"), float("-inf"))


def value(draw: random.Random, depth: int = 3) -> Any:
    """Anything that JSON can hold, and what Python's reads beside it."""
    match draw.randrange(7 if depth else 5):
        case 0:
            return draw.choice(WORDS)
        case 1:
            return draw.choice(NUMBERS)
        case 2:
            return draw.choice(ODD_FLOATS)
        case 3:
            return draw.choice((None, True, False, [], {}))
        case 4:
            return draw.uniform(-2, 2) * 10 ** draw.uniform(-5, 5)
        case 5:
            return [value(draw, depth - 1) for _ in range(draw.randrange(4))]
        case _:
            return {draw.choice(WORDS): value(draw, depth - 1) for _ in range(draw.randrange(4))}


def changed(draw: random.Random, tree: Any) -> Any:
    """A copy of a tree of dictionaries and lists in which one value is another, gone or new."""
    if isinstance(tree, dict) and tree and draw.random() < 0.9:
        key = draw.choice(list(tree))
        match draw.randrange(10):
            case 0:
                return {name: inner for name, inner in tree.items() if name != key}
            case 1:
                return tree | {draw.choice(WORDS): value(draw)}
            case _:
                return tree | {key: changed(draw, tree[key])}
    if isinstance(tree, list) and tree and draw.random() < 0.7:
        place = draw.randrange(len(tree))
        return [*tree[:place], changed(draw, tree[place]), *tree[place + draw.randrange(2) :]]
    return value(draw)


def mutated(draw: random.Random, content: bytes) -> bytes:
    """Bytes changed in one to three places, most of them near the beginning, where headers are."""
    harmed = bytearray(content)
    for _ in range(draw.randint(1, 3)):
        reach = len(harmed) if draw.random() < 0.4 else min(len(harmed), 200)
        at = draw.randrange(reach + 1)
        match draw.randrange(7):
            case 0:
                del harmed[at:]
            case 1:
                del harmed[at : at + draw.randint(1, 40)]
            case 2:
                harmed[at:at] = draw.randbytes(draw.randint(1, 40))
            case 3:
                harmed[at:at] = harmed[at : at + draw.randint(1, 400)] * draw.randint(1, 20)
            case 4:
                size = draw.choice((1, 2, 4))
                number = draw.choice(WHOLE_NUMBERS) & (1 << 8 * size) - 1
                harmed[at : at + size] = number.to_bytes(size, draw.choice(("little", "big")))
            case 5:
                other = draw.randrange(len(harmed) + 1)
                harmed[at : at + 30] = harmed[other : other + 30]
            case _:
                if at < len(harmed):
                    harmed[at] ^= 1 << draw.randrange(8)
    return bytes(harmed)


def unseemly(sentence: str) -> str:
    """What is wrong with a sentence for people, or nothing."""
    if len(sentence) > LONGEST_SENTENCE:
        return f"a sentence of {len(sentence):,} characters"
    if UNPRINTABLE.search(sentence) or len(sentence.splitlines()) != 1:
        return f"not one printable line: {sentence!r}"
    return ""

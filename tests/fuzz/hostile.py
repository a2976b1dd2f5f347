"""Values that nobody asked for, drawn from a seeded generator."""

import random
from typing import Any

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


def scrambled(draw: random.Random, content: bytes) -> bytes:
    """Bytes of which some are cut off, turned over, written twice or put between."""
    place = draw.randrange(len(content) + 1)
    match draw.randrange(5):
        case 0:
            return content[:place]
        case 1:
            return content + draw.randbytes(draw.randrange(1, 100))
        case 2:
            return content[:place] + draw.randbytes(draw.randrange(1, 9)) + content[place:]
        case 3:
            return content[:place] + content[place // 2 :]
        case _:
            turned = bytearray(content)
            for _ in range(draw.randrange(1, 9)):
                turned[draw.randrange(len(turned))] ^= 1 << draw.randrange(8)
            return bytes(turned)

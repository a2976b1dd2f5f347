"""Harm done to the bytes of a file, by a seed."""

import random

NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutated(content: bytes, draw: random.Random, times: int = 3) -> bytes:
    """Changed in one to `times` places, most of them near the beginning, where headers are."""
    harmed = bytearray(content)
    for _ in range(draw.randint(1, times)):
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
                value = draw.choice(NUMBERS) & (1 << 8 * size) - 1
                harmed[at : at + size] = value.to_bytes(size, draw.choice(("little", "big")))
            case 5:
                other = draw.randrange(len(harmed) + 1)
                harmed[at : at + 30] = harmed[other : other + 30]
            case _:
                if at < len(harmed):
                    harmed[at] ^= 1 << draw.randrange(8)
    return bytes(harmed)

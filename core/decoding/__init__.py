"""The bytes of any picture file in, upright RGB out: the one decoder, for photos and for training.

Memory and work are bounded, whatever the file claims or holds.
"""

from core.decoding.checks import MAX_FILE_BYTES, READABLE, SUFFIXES
from core.decoding.framing import CENTRE, LEAST_SIDE, Fit, Part, framed, shrunk
from core.decoding.picture import Picture, read_picture

__all__ = [
    "CENTRE",
    "LEAST_SIDE",
    "MAX_FILE_BYTES",
    "READABLE",
    "SUFFIXES",
    "Fit",
    "Part",
    "Picture",
    "framed",
    "read_picture",
    "shrunk",
]

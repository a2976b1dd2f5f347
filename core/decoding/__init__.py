"""The bytes of any picture file in, upright RGB out: the one decoder, for photos and for training.

Memory and work are bounded, whatever the file claims or holds.
"""

from core.decoding.checks import MAX_FILE_BYTES, READABLE, SUFFIXES
from core.decoding.framing import Fit, framed
from core.decoding.picture import Picture, read_picture

__all__ = [
    "MAX_FILE_BYTES",
    "READABLE",
    "SUFFIXES",
    "Fit",
    "Picture",
    "framed",
    "read_picture",
]

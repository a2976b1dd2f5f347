"""Any picture in; what the network thinks it is, and whether it knows the like, out."""

from core.decoding import CENTRE, Fit, Part, Picture, framed, read_picture, shrunk
from core.prediction.familiarity import Familiarity, Neighbour, Reference, familiarity
from core.prediction.framings import framings, mean_probabilities
from core.prediction.predict import Prediction, predict, size_notes, to_input

__all__ = [
    "CENTRE",
    "Familiarity",
    "Fit",
    "Neighbour",
    "Part",
    "Picture",
    "Prediction",
    "Reference",
    "familiarity",
    "framed",
    "framings",
    "mean_probabilities",
    "predict",
    "read_picture",
    "shrunk",
    "size_notes",
    "to_input",
]

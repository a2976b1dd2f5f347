"""Any picture in; what the network thinks it is, out."""

from core.decoding import Fit, Picture, framed, read_picture
from core.prediction.predict import Prediction, predict, to_input

__all__ = ["Fit", "Picture", "Prediction", "framed", "predict", "read_picture", "to_input"]

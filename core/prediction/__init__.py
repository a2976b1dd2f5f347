"""Any picture in; what the network thinks it is, out."""

from core.prediction.picture import Picture, read_picture
from core.prediction.predict import Fit, Prediction, framed, predict, to_input

__all__ = ["Fit", "Picture", "Prediction", "framed", "predict", "read_picture", "to_input"]

"""Training: `train(recipe, data)` is a generator of the events in `core.training.events`."""

from core.training.control import Control
from core.training.loop import train
from core.training.state import TrainingState, load_state, save_state

__all__ = ["Control", "TrainingState", "load_state", "save_state", "train"]

"""What the network's confidence is worth: three questions, one at a time."""

from collections.abc import Callable

from app.segments import segments
from pages.evaluate.calibration import show_calibration
from pages.evaluate.refusing import show_refusing
from pages.evaluate.sets import show_sets
from pages.evaluate.subject import Subject

PARTS: dict[str, Callable[[Subject], None]] = {
    "Calibration": show_calibration,
    "Refusing": show_refusing,
    "Prediction sets": show_sets,
}


def show_confidence(subject: Subject) -> None:
    part = segments("Question", {name: name for name in PARTS}, "confidence")
    PARTS[part](subject)

"""Varied fields as axes of charts."""

from app.charts.choosing import Axis
from core.studies.space import Between, Range, Value, exactly


def axis_of(part: Range, title: str) -> Axis:
    if isinstance(part, Between):
        told = f"{title}, logarithmic" if part.log else title
        return Axis(told, part.log, whole=part.kind == "integer")
    return Axis(title, names=[exactly(value) for value in part.values])


def place_of(part: Range, value: Value) -> float:
    """Of a value on the field's axis."""
    if isinstance(part, Between):
        return float(value)
    return [exactly(each) for each in part.values].index(exactly(value))

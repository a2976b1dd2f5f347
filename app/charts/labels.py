"""Names of classes and runs in figures: short enough."""

LABEL = 12  # characters of a class name that fit beside a chart on a phone


def shortened(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"

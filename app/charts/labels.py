"""Names of classes and runs in figures: short enough."""


def shortened(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"

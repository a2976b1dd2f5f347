"""What lies inside a polygon, found slowly."""

import numpy as np


def slowly_inside(path: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Whether each place lies inside a polygon, one edge after the other: bool [N]."""
    inside = np.zeros(len(places), dtype=bool)
    for number, (x, y) in enumerate(places.tolist()):
        for edge in range(len(path)):
            (x1, y1), (x2, y2) = path[edge - 1].tolist(), path[edge].tolist()
            if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
                inside[number] = not inside[number]
    return inside

"""Fewer points for the same picture."""

import numpy as np
import pandas as pd


def thin(frame: pd.DataFrame, points: int, column: str) -> pd.DataFrame:
    """At most about `points` rows that draw the same line of `column` as the whole frame.

    The rows are cut into equal runs, and each keeps its first row, its lowest and its highest
    value, in order, so that no spike is lost (after M4, Jugel et al. 2014). A run without any
    number keeps its first row, so that a gap stays a gap.
    """
    if len(frame) <= points:
        return frame
    values = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    runs = np.array_split(np.arange(len(frame)), max(points // 3, 1))
    kept = {len(frame) - 1}
    for run in runs:
        kept.add(int(run[0]))
        finite = run[np.isfinite(values[run])]
        if len(finite):
            kept.add(int(finite[values[finite].argmin()]))
            kept.add(int(finite[values[finite].argmax()]))
    return frame.iloc[sorted(kept)]

"""Runs that there are already, which a study need not train again."""

from collections.abc import Sequence
from functools import cache

from core.data import SOURCES, load_dataset, same_data
from core.errors import ConvscopeError
from core.recipe import Data
from core.runs.run import Run


def on_present_data(runs: Sequence[Run]) -> list[Run]:
    """Without the runs whose folder or archive of pictures is gone, or another one now. What has
    not begun yet will train on what is there then."""
    present = cache(_present_fingerprint)

    def is_on_it(run: Run) -> bool:
        if not SOURCES[run.recipe.data.source].own or not run.data:
            return True
        return same_data(run.data, present(run.recipe.data.model_dump_json()))

    return [run for run in runs if is_on_it(run)]


def _present_fingerprint(options: str) -> str:
    """Of the data set that these options, as JSON, name now; empty where there is none."""
    try:
        return load_dataset(Data.model_validate_json(options)).fingerprint
    except ConvscopeError:
        return ""

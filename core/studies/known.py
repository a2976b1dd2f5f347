"""Runs that there are already, which a study need not train again."""

from collections.abc import Collection, Sequence
from functools import cache

from core.data import SOURCES, load_dataset, same_data
from core.errors import ConvscopeError
from core.recipe import Data, Recipe
from core.runs.run import Run
from core.runs.store import RunStore
from core.runs.studies import StoredStudy
from core.studies.definition import Study


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


def missing(runs: Sequence[Run], recipes: Collection[Recipe], seeds: int) -> list[Recipe]:
    """Each recipe with each seed that is neither finished nor under way, seed by seed."""
    wanted = [
        recipe.model_copy(update={"seed": seed}) for seed in range(seeds) for recipe in recipes
    ]
    settled = {run.recipe.identity for run in runs if run.status == "finished" or run.live}
    return [recipe for recipe in wanted if recipe.identity not in settled]


def asked_already(store: RunStore, study: Study) -> StoredStudy | None:
    """The newest study that asks just this and is not finished."""
    definition, before = study.model_dump(mode="json"), {"startup": None}  # which came later
    studies = store.studies.all()
    found = (known for known in studies if before | known.definition == definition)
    return next((known for known in found if known.status != "finished"), None)


def known_runs(store: RunStore) -> dict[str, str]:
    """By a recipe's identity the run that stands for it: a finished one, else one under way, else
    one that broke off and can go on; the newest of its kind."""
    found: dict[str, str] = {}
    runs = on_present_data(store.runs())
    for wanted in (
        lambda run: run.resumable and run.status != "failed",
        lambda run: run.live,
        lambda run: run.status == "finished",
    ):
        found |= {run.recipe.identity: run.id for run in reversed(runs) if wanted(run)}
    return found

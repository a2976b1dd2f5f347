"""A study from its definition to its driver."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from core.errors import ConvscopeError, StorageError
from core.jobs.trainer import unforeseen
from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.studies import StoredStudy
from core.studies.definition import Study
from core.studies.driver import Driver
from core.studies.known import asked_already
from core.studies.place import Place
from core.studies.search import Planned, Search, Searched, Shared
from core.training import Control

log = logging.getLogger(__name__)


def create_study(store: RunStore, study: Study) -> str:
    """Store it for a driver, and return its id. Raises ConvscopeError where no setting fits
    its base."""
    if not study.searches:
        _ = study.planned
    return store.studies.create(study.name, study.model_dump(mode="json"))


def over_seeds(name: str, recipes: Mapping[str, Recipe], seeds: int) -> Study:
    """Recipes by their names, each with seeds 0, 1, ...; the first is what others are held
    against."""
    base = next(iter(recipes.values()))
    if len(recipes) == 1:
        return Study.parse({"name": name, "kind": "seeds", "base": base, "seeds": seeds})
    fields = {"name": name, "kind": "settings", "base": base, "recipes": recipes, "seeds": seeds}
    return Study.parse(fields)


def ask_again(store: RunStore, study: Study) -> str:
    """Let the newest study that asks just this go on, or ask it anew; its id. What is trained
    already, by whichever study or page, is not trained again."""
    if (known := asked_already(store, study)) is not None:
        if not known.going:
            store.studies.requeue(known.id)
        return known.id
    return create_study(store, study)


def drive(
    store: RunStore,
    claimed: StoredStudy,
    place: Place,
    control: Control,
    watch: Callable[[], None] = lambda: None,
) -> Driver:
    """Drive a study that this process has claimed, also through what is asked more of it
    meanwhile; who drove it last. Raises ConvscopeError where its definition is another version's,
    and StorageError where its database does not answer."""
    driver = driver_of(store, claimed, place)
    while driver.drive(control, watch):
        driver = driver_of(store, store.studies.get(claimed.id), place)
    return driver


def driver_of(store: RunStore, claimed: StoredStudy, place: Place) -> Driver:
    """Raises as `drive` does."""
    study = Study.parse(claimed.definition)
    return Driver(store, claimed, study, search_of(store, claimed.id, study), place)


def drive_next(
    store: RunStore, control: Control, where: Callable[[], AbstractContextManager[Place]]
) -> bool:
    """Drive the study that waits longest, if there is one, where runs train; what keeps it from
    going on becomes its message."""
    claimed = store.studies.claim_next()
    if claimed is None:
        return False
    try:
        with where() as place:
            drive(store, claimed, place, control)
    except StorageError as error:
        store.studies.tell(claimed.id, str(error))
        raise
    except ConvscopeError as error:
        store.studies.end(claimed.id, "failed", str(error))
    except Exception as error:  # else it would be the first to be taken up again, and fail again
        log.exception("study %s", claimed.id)
        store.studies.end(claimed.id, "failed", unforeseen(error))
    finally:
        store.studies.release(claimed.id)
    return True


def search_of(store: RunStore, study_id: str, study: Study) -> Search:
    if not study.searches:
        return Planned(study, tried=sum(store.trials.counts(study_id).values()))
    trials = store.trials.of(study_id)
    if study.storage:
        return Shared(study, study_id, {trial.number for trial in trials})
    reached = store.study_figures.reached(study_id, study.goal, study.first_seed)
    return Searched(study, trials, reached)

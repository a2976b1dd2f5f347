"""A study from its definition to its driver."""

from collections.abc import Mapping

from core.errors import ConvscopeError, StorageError
from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.studies import StoredStudy
from core.studies.definition import Study
from core.studies.driver import Driver
from core.studies.place import Here, Place
from core.studies.search import Planned, Search, Searched
from core.training import Control


def create_study(store: RunStore, study: Study) -> str:
    """Store it for a driver, and return its id. Raises ConvscopeError where a setting contradicts
    its base."""
    if not study.searches:
        _ = study.planned
    return store.studies.create(study.name, study.model_dump(mode="json"))


def over_seeds(name: str, recipes: Mapping[str, Recipe], seeds: int) -> Study:
    """Recipes by their names, each with seeds 0, 1, ...; the first is what others are held
    against."""
    base = next(iter(recipes.values()))
    if len(recipes) == 1:
        return Study(name=name, kind="seeds", base=base, seeds=seeds)
    return Study(name=name, kind="settings", base=base, recipes=dict(recipes), seeds=seeds)


def ask_again(store: RunStore, study: Study) -> str:
    """Let the newest study that asks just this go on, or ask it anew; its id. What is trained
    already, by whichever study or page, is not trained again."""
    definition = study.model_dump(mode="json")
    for known in store.studies.all():
        if known.definition == definition and known.status != "finished":
            if not known.going:
                store.studies.requeue(known.id)
            return known.id
    return create_study(store, study)


def driver_of(store: RunStore, claimed: StoredStudy, place: Place) -> Driver:
    """For a study that this process has claimed. Raises ConvscopeError where its definition is
    another version's, and StorageError where its database does not answer."""
    study = Study.parse(claimed.definition)
    return Driver(store, claimed.id, study, search_of(store, claimed.id, study), place)


def drive_next(store: RunStore, control: Control) -> bool:
    """Drive the study that waits longest, if there is one, with the workers of this machine; what
    keeps it from going on becomes its message."""
    claimed = store.studies.claim_next()
    if claimed is None:
        return False
    try:
        driver_of(store, claimed, Here(store)).drive(control)
        now = store.studies.get(claimed.id)
        if now.status == "finished" and now.definition != claimed.definition:
            store.studies.requeue(claimed.id)  # more was asked of it meanwhile
    except StorageError as error:
        store.studies.tell(claimed.id, str(error))
        raise
    except ConvscopeError as error:
        store.studies.end(claimed.id, "failed", str(error))
    finally:
        store.studies.release(claimed.id)
    return True


def search_of(store: RunStore, study_id: str, study: Study) -> Search:
    if not study.searches:
        return Planned(study, tried=sum(store.studies.counts(study_id).values()))
    if study.storage:
        return Searched(study, study.identity, study.storage)
    folder = store.folder / "studies"
    folder.mkdir(parents=True, exist_ok=True)
    tried = [trial.number for trial in store.studies.trials(study_id)]
    return Searched(study, study_id, f"sqlite:///{folder / study_id}.sqlite", tried)

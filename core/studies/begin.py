"""A study from its definition to its driver."""

from core.errors import ConvscopeError, StorageError
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
    return Searched(study, study_id, f"sqlite:///{folder / study_id}.sqlite")

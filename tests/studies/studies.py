"""Studies as they stand in a store once their trials have run, without the time that takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.begin import create_study
from core.studies.definition import Study


def add_finished(
    store: RunStore,
    base: Recipe,
    settings: Mapping[str, Mapping[str, Any]],
    reached: Mapping[str, Sequence[float]],
    seconds: float = 1.0,
) -> str:
    """An ablation whose settings have reached these test accuracies, one a seed; its id."""
    seeds = max(map(len, reached.values()))
    asked = Study.parse(
        {
            "name": "ablation",
            "kind": "ablation",
            "base": base,
            "settings": settings,
            "seeds": seeds,
        }
    )
    study_id = create_study(store, asked)
    for number, (name, accuracies) in enumerate(reached.items()):
        store.trials.add(study_id, number, name, {})
        for seed, accuracy in enumerate(accuracies):
            run_id = store.trials.plan_run(study_id, number, seed)
            store.create(asked.recipe({}, name, seed), claimed=True, run_id=run_id)
            store.update(run_id, accuracies=json.dumps({"test": accuracy}), seconds=seconds)
            store.set_status(run_id, "finished")
            store.release(run_id)
        store.trials.end(study_id, number, "finished", sum(accuracies) / len(accuracies))
    return study_id

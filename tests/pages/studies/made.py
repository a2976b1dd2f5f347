"""Finished studies, put into the store without training: what pages show of them."""

import json
from collections.abc import Sequence
from typing import Any

from core.recipe import Recipe
from core.runs.store import RunStore
from core.runs.trials import TrialStatus
from core.studies.definition import BASE, Study
from core.studies.reading import trials_wanted

LOG = {"kind": "uniform", "low": 0.001, "high": 0.1, "log": True}
SPACE = {
    "optimizer.learning_rate": LOG,
    "optimizer.momentum": {"kind": "uniform", "low": 0.0, "high": 0.9},
    "model.activation": {"kind": "choice", "values": ["relu", "gelu"]},
}
GRID = {
    "optimizer.learning_rate": {"kind": "choice", "values": [0.01, 0.03, 0.1]},
    "batch_size": {"kind": "choice", "values": [16, 32]},
}
CHANGES = {BASE: {}, "flip off": {"augmentation.flip": False}, "epochs 2": {"epochs": 2}}


def put(
    store: RunStore, study: Study, trials: Sequence[tuple[str, dict[str, Any], TrialStatus]]
) -> str:
    """Store a study with a run for every seed of its trials, each a little better than the one
    before, and return its id."""
    study_id = store.studies.create(study.name, study.model_dump(mode="json"))
    for number, (name, setting, status) in enumerate(trials):
        store.trials.add(study_id, number, name, setting)
        reached = 0.5 + 0.3 * (1 - 1 / (1 + number)) - 0.05 * (number % 3)
        for seed in range(study.first_seed, study.first_seed + study.seeds):
            run_id = store.trials.plan_run(study_id, number, seed)
            recipe = study.recipe(setting, name, seed)
            store.create(recipe, run_id=run_id, claimed=True)
            store.update(run_id, accuracies=json.dumps({"test": reached + 0.003 * seed}))
            store.update(run_id, seconds=30.0 + number, steps_per_epoch=10, total_steps=20)
            store.update(run_id, done_steps=20 if status == "finished" else 10)
            store.set_status(run_id, "finished" if status == "finished" else "stopped")
            store.release(run_id)
        value = None if status in ("failed", "running") else reached
        message = "The rate contradicts the schedule." if status == "failed" else ""
        store.trials.end(study_id, number, status, value, message)
    if all(status != "running" for _, _, status in trials):
        store.studies.end(study_id, "finished")
    return study_id


def study_of(base: Recipe, **fields: Any) -> Study:
    """A search that has not begun."""
    asked = {"name": "rates", "kind": "search", "base": base, "space": SPACE}
    return Study.parse(asked | fields)


def ranges(base: Recipe) -> Study:
    return Study.parse({"name": "rate", "kind": "range", "base": base})


def search(store: RunStore, base: Recipe, trials: int = 12, **fields: Any) -> str:
    study = study_of(base, trials=trials, **fields)
    statuses: list[TrialStatus] = ["finished"] * trials
    statuses[-2:] = ["pruned", "failed"]
    return put(
        store,
        study,
        [
            (
                f"learning rate {0.001 * 100 ** (n / trials):.3g}",
                {
                    "optimizer.learning_rate": 0.001 * 100 ** (n / trials),
                    "optimizer.momentum": (n % 7) / 10,
                    "model.activation": ("relu", "gelu")[n % 2],
                },
                statuses[n],
            )
            for n in range(trials)
        ],
    )


def planned(store: RunStore, base: Recipe, kind: str, **fields: Any) -> str:
    """A grid, an ablation or seeds."""
    own: dict[str, Any] = {
        "grid": {"space": GRID},
        "ablation": {"settings": CHANGES, "seeds": 3},
        "seeds": {"seeds": 4},
    }[kind]
    study = Study.parse({"name": f"a {kind}", "kind": kind, "base": base} | own | fields)
    assert len(study.planned) == trials_wanted(study)
    return put(store, study, [(name, {}, "finished") for name in study.planned])

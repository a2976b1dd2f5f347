"""Changes a run store for another process, by the code of whichever checkout is on Python's path.

A script: reads lines like `["request", "training", "pause"]` and answers each with a line.
"""

import json
import sys

from core.bench.stored import store_run
from core.recipe import Recipe
from core.runs.store import RunStore


def answer(store: RunStore, line: str) -> None:
    match json.loads(line):
        case ["create", recipe]:
            store.create(Recipe.from_url(recipe))
        case ["fill", name, steps]:
            store.rename(store_run(store, steps), name)
        case ["request", name, request]:
            store.request(store.find(name).id, request)


if __name__ == "__main__":
    kept = RunStore()
    for asked in sys.stdin:
        answer(kept, asked)
        print("done", flush=True)

"""Which runs a list shows: the newest of all, or of those of a study, some settings, or some tags.

A store may hold many thousands; only those that are shown are read.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.runs.database import Database
from core.runs.rows import Rows
from core.runs.run import Run


@dataclass(frozen=True)
class Wanted:
    """study: the id of one, or ''; settings: names of its trials, any of them; tags: all of them"""

    study: str = ""
    settings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Of a run: the study's id and name, and the name of its setting there."""

    study: str
    name: str
    setting: str


class Listing:
    def __init__(self, database: Database, rows: Rows) -> None:
        self._database, self._rows = database, rows

    def newest(self, wanted: Wanted, most: int) -> list[Run]:
        """Those that can be read of the newest `most`, newest first."""
        condition, values = _condition(wanted)
        return list(self._rows.where(f"{condition} ORDER BY created DESC LIMIT ?", *values, most))

    def these(self, ids: Collection[str]) -> list[Run]:
        """Those of them that are there, newest first."""
        return list(
            self._rows.where(
                "NOT deleted AND id IN (SELECT value FROM json_each(?)) ORDER BY created DESC",
                json.dumps([*ids]),
            )
        )

    def count(self, wanted: Wanted) -> int:
        """How many there are, those included that cannot be read."""
        condition, values = _condition(wanted)
        return self._database.rows(f"SELECT count(*) FROM runs WHERE {condition}", *values)[0][0]

    def deleted(self) -> dict[str, str]:
        """Names, by id, of runs that are deleted and not yet gone; those deleted last first."""
        rows = self._database.rows(
            "SELECT id, name FROM runs WHERE deleted = 1 ORDER BY deleted_at DESC"
        )
        return {row["id"]: row["name"] for row in rows}

    def tags(self) -> list[str]:
        """All that any run has."""
        rows = self._database.rows(
            "SELECT DISTINCT value FROM runs, json_each(runs.tags)"
            " WHERE NOT deleted AND json_valid(runs.tags) ORDER BY value"
        )
        return [row["value"] for row in rows if isinstance(row["value"], str)]

    def studies(self) -> dict[str, str]:
        """Names, by id, of those that have runs; the newest first."""
        rows = self._database.rows(
            "SELECT id, name FROM studies WHERE EXISTS"
            " (SELECT 1 FROM trial_runs WHERE study = studies.id) ORDER BY created DESC"
        )
        return {row["id"]: row["name"] for row in rows}

    def settings(self, study: str, most: int) -> list[str]:
        """Names of the trials of a study, by number; the first `most`."""
        rows = self._database.rows(
            "SELECT name FROM trials WHERE study = ? ORDER BY number LIMIT ?", study, most
        )
        return list(dict.fromkeys(row["name"] for row in rows))

    def origins(self, ids: Collection[str]) -> dict[str, Origin]:
        """Where runs come from that belong to a study, by their ids; of several, the newest."""
        rows = self._database.rows(
            "SELECT run, studies.id AS study, studies.name AS called, trials.name AS setting"
            " FROM trial_runs JOIN trials ON trials.study = trial_runs.study AND number = trial"
            " JOIN studies ON studies.id = trials.study"
            " WHERE run IN (SELECT value FROM json_each(?)) ORDER BY studies.created",
            json.dumps([*ids]),
        )
        return {row["run"]: Origin(row["study"], row["called"], row["setting"]) for row in rows}


def _condition(wanted: Wanted) -> tuple[str, list[object]]:
    """In SQL, with its values."""
    parts = dict(_parts(wanted))
    return " AND ".join(["NOT deleted", *parts]), [each for of in parts.values() for each in of]


def _parts(wanted: Wanted) -> Iterator[tuple[str, list[str]]]:
    if wanted.study:
        trials, values = "SELECT number FROM trials WHERE study = ?", [wanted.study, wanted.study]
        if wanted.settings:
            trials += " AND name IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(wanted.settings))
        yield f"id IN (SELECT run FROM trial_runs WHERE study = ? AND trial IN ({trials}))", values
    if wanted.tags:
        yield (
            "json_valid(tags) AND NOT EXISTS (SELECT 1 FROM json_each(?) AS asked WHERE asked.value"
            " NOT IN (SELECT value FROM json_each(runs.tags)))",
            [json.dumps(wanted.tags)],
        )

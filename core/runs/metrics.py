"""Step and epoch metrics in the run store."""

from typing import TYPE_CHECKING

from core.runs.database import Database

if TYPE_CHECKING:  # they take seconds to import, and listing runs needs neither
    import pandas as pd

    from core.runs.events import EpochEnded, Steps

EPOCH_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "learning_rate",
    "images_per_second",
    "seconds",
    "best",
)
MOST_AVERAGED = 32  # steps
STEP_COLUMNS = ("step", "loss", "accuracy", "learning_rate", "gradient_norm")


class Metrics:
    """Appends what training tells, and reads it back as tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_steps(self, run_id: str, steps: "Steps") -> None:
        rows = zip(
            [run_id] * len(steps.loss),
            range(steps.first, steps.first + len(steps.loss)),
            steps.loss,
            steps.accuracy,
            steps.learning_rate,
            steps.gradient_norm,
            strict=True,
        )
        done_steps = steps.first + len(steps.loss)
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.execute(
                "UPDATE runs SET done_steps = ?, images_per_second = ?, seconds = seconds + ?"
                " WHERE id = ?",
                (done_steps, steps.images_per_second, steps.seconds, run_id),
            )

    def add_epoch(self, run_id: str, epoch: "EpochEnded") -> None:
        values = [getattr(epoch, column) for column in EPOCH_COLUMNS]
        marks = ", ".join("?" for _ in range(len(values) + 1))
        with self._database.transaction() as connection:
            connection.execute(f"INSERT OR REPLACE INTO epochs VALUES ({marks})", (run_id, *values))

    def forget_after(self, run_id: str, step: int, epoch: int, seconds: float) -> None:
        """Drop what was recorded after a snapshot, before training goes on from it.

        seconds: training time up to the snapshot within its unfinished epoch
        """
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM steps WHERE run = ? AND step >= ?", (run_id, step))
            connection.execute("DELETE FROM epochs WHERE run = ? AND epoch > ?", (run_id, epoch))
            connection.execute(
                "UPDATE runs SET done_steps = ?, seconds = ? + coalesce("
                "(SELECT sum(seconds) FROM epochs WHERE run = runs.id), 0) WHERE id = ?",
                (step, seconds, run_id),
            )

    def epochs(self, run_id: str) -> "pd.DataFrame":
        """One row an epoch, with the columns of `EpochEnded`."""
        rows = self._database.rows("SELECT * FROM epochs WHERE run = ? ORDER BY epoch", run_id)
        return _table([tuple(row)[1:] for row in rows], EPOCH_COLUMNS)

    def steps(self, run_id: str, points: int | None = None) -> "pd.DataFrame":
        """One row a step (0-based), or at most `points` rows spread evenly over the steps.

        Such a row is the mean over the steps up to the next one, but over 32 of them at most: a
        curve of a million steps is read as fast as one of ten thousand.
        """
        last = self._database.rows("SELECT max(step) AS step FROM steps WHERE run = ?", run_id)
        count = (last[0]["step"] or 0) + 1
        width = 1 if points is None else max(1, -(-count // points))
        rows = self._database.rows(
            "WITH RECURSIVE starts(start) AS"
            " (SELECT 0 UNION ALL SELECT start + ? FROM starts WHERE start + ? < ?)"
            " SELECT min(step), avg(loss), avg(accuracy), avg(learning_rate), avg(gradient_norm)"
            " FROM starts CROSS JOIN steps ON run = ? AND step BETWEEN start AND start + ? - 1"
            " GROUP BY start ORDER BY start",
            *(width, width, count, run_id, min(width, MOST_AVERAGED)),
        )
        return _table([tuple(row) for row in rows], STEP_COLUMNS)


def _table(rows: list[tuple], columns: tuple[str, ...]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))

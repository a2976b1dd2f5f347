"""What came of two servers and two command lines at one home, as they and a witness tell it."""

import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from core.runs.run import COMES_FROM

PATIENCE = 60.0  # seconds; whoever takes longer is stuck
UNSEEMLY = re.compile(r"sqlite|database|Traceback|Error\b", re.IGNORECASE)

# A witness that knows nothing of locks. Two processes that train one run write steps twice, or
# after others that were taken back when the second one began.
WITNESS = """
CREATE TABLE seen (what TEXT, run TEXT, detail TEXT);
CREATE TRIGGER doubled BEFORE INSERT ON steps
    WHEN EXISTS (SELECT 1 FROM steps WHERE run = new.run AND step = new.step)
    BEGIN INSERT INTO seen VALUES ('a step twice', new.run, new.step); END;
CREATE TRIGGER gap BEFORE INSERT ON steps
    WHEN new.step > 0
        AND NOT EXISTS (SELECT 1 FROM steps WHERE run = new.run AND step = new.step - 1)
    BEGIN INSERT INTO seen VALUES ('a step too early', new.run, new.step); END;
CREATE TRIGGER doubled_epoch BEFORE INSERT ON epochs
    WHEN EXISTS (SELECT 1 FROM epochs WHERE run = new.run AND epoch = new.epoch)
    BEGIN INSERT INTO seen VALUES ('an epoch twice', new.run, new.epoch); END;
CREATE TRIGGER moved AFTER UPDATE OF status ON runs WHEN old.status != new.status
    BEGIN INSERT INTO seen VALUES ('status', new.id, old.status || ' ' || new.status); END;
CREATE TRIGGER said AFTER UPDATE OF message ON runs WHEN old.message != new.message
    BEGIN INSERT INTO seen VALUES ('message', new.id, new.message); END;
"""


@dataclass
class Figures:
    """done, refused: operations by who did them and what they were"""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)

    def note(self, who: str, name: str, said: str, refused: bool, seconds: float) -> None:
        (self.refused if refused else self.done)[who, name] += 1
        self.slowest = max(self.slowest, seconds)
        if UNSEEMLY.search(said):
            self.problems.append(f"{who}, {name}: {said}")
        if seconds > PATIENCE:
            self.problems.append(f"{who}, {name}: took {seconds:.0f} seconds")

    def table(self) -> str:
        rows = [f"{'':22}{'done':>8}{'refused':>9}"]
        for who, name in sorted(self.done.keys() | self.refused.keys()):
            done, refused = self.done[who, name], self.refused[who, name]
            rows.append(f"{who:8} {name:13}{done:8}{refused:9}")
        rows.append(f"{self.runs} runs; the slowest page's operation took {self.slowest:.1f} s")
        rows += [f"{move:22}{count:8}" for move, count in sorted(self.moves.items())]
        return "\n".join([*rows, f"problems: {len(self.problems)}", *self.problems])


def call_the_witness(home: Path) -> None:
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        database.executescript(WITNESS)


def ask_the_witness(home: Path, figures: Figures) -> None:
    with closing(sqlite3.connect(home / "runs.sqlite")) as database:
        for what, run, detail in database.execute("SELECT what, run, detail FROM seen"):
            if what == "status":
                figures.moves[detail.replace(" ", " -> ")] += 1
            elif what != "message":
                figures.problems.append(f"{run}: {what} ({detail})")
            elif UNSEEMLY.search(detail):
                figures.problems.append(f"{run}: {detail}")
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            figures.problems.append("the store is damaged")
    allowed = {f"{start} -> {end}" for end, starts in COMES_FROM.items() for start in starts}
    figures.problems += [f"no status leads so: {move}" for move in figures.moves.keys() - allowed]

"""Give the code what nobody would, and see that it takes it or refuses it in a sentence.

`python -m tests.fuzz --count 10000 --seed 0` tries all kinds, and
`python -m tests.fuzz --kind pictures --first 1234 --count 1 --seed 0` one case once more.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from core.wording import duration
from tests.fuzz.trial import KINDS, Job, Outcome, tried

TOLD = 100  # cases between two words on how far it is


@dataclass
class Figures:
    """What came of one kind's cases."""

    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0  # of the slowest
    megabytes: float = 0.0  # of the largest

    def note(self, outcome: Outcome) -> None:
        self.verdicts[outcome.verdict] += 1
        self.seconds = max(self.seconds, outcome.seconds)
        self.megabytes = max(self.megabytes, outcome.megabytes)


def table(figures: dict[str, Figures]) -> str:
    rows = [
        f"{'':12}{'cases':>8}{'accepted':>10}{'refused':>9}{'problems':>10}"
        f"{'slowest, s':>12}{'largest, MB':>13}"
    ]
    for kind, found in figures.items():
        accepted, refused, problems = (
            found.verdicts[verdict] for verdict in ("accepted", "refused", "problem")
        )
        rows.append(
            f"{kind:12}{found.verdicts.total():8}{accepted:10}{refused:9}{problems:10}"
            f"{found.seconds:12.2f}{found.megabytes:13.0f}"
        )
    return "\n".join(rows)


def fuzz(folder: Path, kind: str, seed: int, numbers: range) -> Figures:
    """Have every case tried, and tell of problems as they come."""
    figures, begun = Figures(), time.monotonic()
    for outcome in tried(folder, seed, [Job(kind, number) for number in numbers]):
        figures.note(outcome)
        done = figures.verdicts.total()
        if outcome.verdict == "problem":
            number = outcome.job.number
            print(f"{kind}, seed {seed}, case {number}: {outcome.problem}", flush=True)
        if done % TOLD == 0:
            rate = done / (time.monotonic() - begun)
            left = duration((len(numbers) - done) / rate)
            print(f"{kind} {done} of {len(numbers)}, {rate:.0f}/s, {left} left", flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, help="only these")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    options = parser.parse_args()
    kinds = (options.kind,) if options.kind else KINDS
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for index, kind in enumerate(kinds):
            share = len(range(index, options.count, len(kinds)))
            numbers = range(options.first, options.first + share)
            figures[kind] = fuzz(Path(folder), kind, options.seed, numbers)
    print(table(figures))
    sys.exit(any(found.verdicts["problem"] for found in figures.values()))


if __name__ == "__main__":
    main()

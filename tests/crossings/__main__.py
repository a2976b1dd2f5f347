"""Two servers and two command lines at once in one home, and see that they never cross each other.

`python -m tests.crossings --count 300 --seed 0`, where the count is of seconds.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.crossings.crossing import cross


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=float, default=300.0, help="seconds")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        figures = cross(Path(folder), options.count, options.seed)
        print(figures.table())
    sys.exit(bool(figures.problems))


if __name__ == "__main__":
    main()

"""`make bench`: every figure, one line each; exits with 1 where a target is missed."""

from __future__ import annotations

import sys

from benchmarks import aging, statements
from benchmarks.measure import HEAD

BENCHMARKS = ((aging.figures, (100_000, 1_000_000)), (statements.figures, (26_000,)))


def main() -> int:
    """Run them all."""
    print(HEAD)
    missed = 0
    for figures, sizes in BENCHMARKS:
        for size in sizes:
            for figure in figures(size):
                print(figure, flush=True)
                missed += not figure.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

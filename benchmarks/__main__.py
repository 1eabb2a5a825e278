"""`make bench`: every figure, one line each, each subject in a process of its own; exits with 1 where one is missed."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measure import HEAD

BENCHMARKS = (
    ("benchmarks.aging", "100000", "1000000"),
    ("benchmarks.statements", "26000"),
    ("benchmarks.coda", "26000"),
    ("benchmarks.runs", "100000"),
    ("benchmarks.runs", "1000000"),
    ("benchmarks.claims", "100000"),
    ("benchmarks.matching", "100000", "1000000"),
    ("benchmarks.letters", "300"),
    ("benchmarks.pages", "100000"),
)


def main() -> int:
    """Run them all."""
    print(HEAD, flush=True)
    codes = [subprocess.run([sys.executable, "-m", *words], check=False).returncode for words in BENCHMARKS]  # noqa: S603
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())

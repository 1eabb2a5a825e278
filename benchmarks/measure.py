"""How a figure is taken: CPU time, the median of several runs, target and limit by turns."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

RUNS = 5


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    what: str
    ours: str
    limit: str
    ratio: float
    target: float  # the ratio may be at most this, or at least this where `at_least`
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        verdict = "" if self.met else "   MISSED"
        return f"{self.what:52} {self.ours:>16} {self.limit:>16} {self.ratio:8.2f}   {bound} {self.target}{verdict}"


HEAD = f"{'':52} {'ours':>16} {'limit':>16} {'ratio':>8}   target"


def report(figures: Callable[[int], Iterable[Figure]], sizes: Iterable[str]) -> int:
    """Print the figures of each size; give 1 where a target is missed."""
    missed = 0
    for size in sizes:
        for figure in figures(int(size)):
            print(figure, flush=True)
            missed += not figure.met
    return min(missed, 1)


def seconds(call: Callable[[], object]) -> float:
    """Give the CPU time of this process for one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def wall(call: Callable[[], object]) -> float:
    """Give the time on the clock: where another process (PostgreSQL) does the work."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compared(
    ours: Callable[[], object],
    limit: Callable[[], object],
    *,
    clock: Callable[[Callable[[], object]], float] = seconds,
    runs: int = RUNS,
    undo: tuple[Callable[[], object], Callable[[], object]] | None = None,
) -> tuple[float, float]:
    """Give the medians of both, taken by turns so that a busy machine slows both; `undo` makes each possible again."""
    pairs = []
    for _ in range(runs):
        pairs.append((clock(ours), clock(limit)))
        for again in undo or ():
            again()
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def peak_megabytes() -> float:
    """Give the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

"""The problems of one file while it is read: the first hundred as they are, of the rest how many and how bad."""

from __future__ import annotations

from collections import Counter

from voldaan.rules.papers import Problem, Severity
from voldaan.rules.refusals import mark

MOST_PROBLEMS = 100

MORE_PROBLEMS = mark("There are {number} problems more.")


class Problems:
    """Tells problems into `list`, which a reading gives away before it is complete."""

    def __init__(self) -> None:
        self.list: list[Problem] = []
        self._rest: Counter[Severity] = Counter()

    def add(self, problem: Problem) -> None:
        """Tell one more."""
        if len(self.list) < MOST_PROBLEMS:
            self.list.append(problem)
        else:
            self._rest[problem.severity] += 1

    def close(self) -> None:
        """Say at the end of the file how many were left out."""
        if self._rest:
            worst = next(severity for severity in Severity if severity in self._rest)
            self.list.append(Problem("file", MORE_PROBLEMS, worst, {"number": str(self._rest.total())}))


class LineProblems(Problems):
    """The problems of a file that is read by the line."""

    def tell(self, line: int, what: str, severity: Severity = Severity.ERROR, **facts: str) -> None:
        """Tell one more; a fact is a text of the file, and may be long."""
        facts = {name: value.strip()[:80] for name, value in facts.items()}
        self.add(Problem(f"line {line}", what, severity, facts))

"""The problems of a file that is read by the line."""

from __future__ import annotations

from voldaan.rules.papers import Problem, Severity
from voldaan.rules.refusals import mark

MOST_PROBLEMS = 100

MORE = mark("There are {count} more problems in this file.")


class LineProblems:
    """The problems of one file: the first hundred as they are, the rest as a number."""

    def __init__(self) -> None:
        self.list: list[Problem] = []
        self._more = 0
        self._worst = Severity.WARNING

    def tell(self, line: int, what: str, severity: Severity = Severity.ERROR, **facts: str) -> None:
        """Note a problem of this line; a hostile file may hold a text of megabytes where a fact should be."""
        if len(self.list) < MOST_PROBLEMS:
            facts = {name: value.strip()[:80] for name, value in facts.items()}
            self.list.append(Problem(f"line {line}", what, severity, facts))
        else:
            self._more += 1
            self._worst = min(self._worst, severity, key=list(Severity).index)

    def close(self, line: int) -> None:
        """Say how many problems were not told, and how bad the worst of them is."""
        if self._more:
            self.list.append(Problem(f"line {line}", MORE, self._worst, {"count": str(self._more)}))

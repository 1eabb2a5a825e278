"""The balances on the rows of an account: each row must follow on the one before it, whichever stands first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from voldaan.formats.shared.bank_rows import Facts
from voldaan.rules.papers import Balance

MOST_BREAKS = 100  # that are kept; a file with so many is in no order at all


@dataclass(slots=True)
class Chain:
    """The rows of one account in the order of the file, which is oldest or newest first: each gives it a balance."""

    first: Facts
    last: Facts
    since: date
    until: date
    is_whole: bool = True  # each row has a balance
    forward: list[tuple[int, int, int]] = field(default_factory=list)  # line, balance expected, balance found
    backward: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, line: int, facts: Facts, *, follows: bool) -> None:
        """Note a row; `follows` tells whether nothing unreadable stands between it and the one before."""
        last = self.last
        self.last = facts
        self.since, self.until = min(self.since, facts.booking_date), max(self.until, facts.booking_date)
        if facts.before is None or facts.after is None:
            self.is_whole = False
            return
        if facts.before + facts.cents != facts.after:
            own = (line, facts.before + facts.cents, facts.after)
            self.forward.append(own)
            self.backward.append(own)
        if not follows or last.before is None or last.after is None:
            return
        if facts.before != last.after:
            self.forward.append((line, last.after, facts.before))
        if facts.after != last.before:
            self.backward.append((line, last.before, facts.after))
        for breaks in (self.forward, self.backward):
            del breaks[MOST_BREAKS:]

    @property
    def is_newest_first(self) -> bool:
        one, other = len(self.forward), len(self.backward)
        return other < one or (other == one and self.first.booking_date > self.last.booking_date)

    @property
    def breaks(self) -> list[tuple[int, int, int]]:
        return self.backward if self.is_newest_first else self.forward

    def balances(self) -> tuple[Balance | None, Balance | None]:
        """Give what stood on the account before the first and after the last movement."""
        oldest, newest = (self.last, self.first) if self.is_newest_first else (self.first, self.last)
        if not self.is_whole or oldest.before is None or newest.after is None:
            return None, None
        return Balance(self.since, oldest.before), Balance(self.until, newest.after)

"""Bank days, and the papers in which a bank tells them: cut at random, overlapping, in all formats, again and again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.tools.files import OTHER_PAYER, PAYER, Movement, mt940
from tests.tools.interim import Told, as_one, camt, mt942

FIRST = date(2027, 1, 1)


@dataclass
class BankYear:
    """What truly happened on an account: movements, twins among them, and batches."""

    days: int
    seed: int
    told: list[list[Told]] = field(init=False)  # of each day
    apart: set[str] = field(init=False, default_factory=set)  # the batches that some paper told in their details

    def __post_init__(self) -> None:
        chance = self.chance = random.Random(self.seed)
        with_references = chance.random() < 0.5
        self.told = [self._day(nth, with_references=with_references) for nth in range(self.days)]

    def _day(self, nth: int, *, with_references: bool) -> list[Told]:
        chance, day, told = self.chance, FIRST + timedelta(days=nth), list[Told]()
        for place in range(chance.randrange(5)):
            one = Movement(
                day, chance.choice([10_000, 10_000, 2_500, -1_000]), chance.choice(["", PAYER, OTHER_PAYER]),
                chance.choice(["", "Zee"]), chance.choice(["", "huur", "contributie met een wat langere omschrijving"]),
                chance.choice(["", "E1", "E2"]), f"B{nth}-{place}" if with_references else "",
            )  # fmt: skip
            told += [one] * (1 if with_references else chance.choice([1, 1, 2]))
        for place in range(chance.choice([0, 0, 1, 2])):
            told.append([
                Movement(day, chance.randrange(1_000, 90_000), PAYER, f"Klant {part}", f"post {nth}-{place}-{part}",
                         f"D{part}", f"BATCH{nth}-{place}")
                for part in range(chance.randrange(2, 5))
            ])  # fmt: skip
        return told

    def papers(self, count: int) -> list[str]:
        """Give papers that together tell every day in a statement, in any order, some more than once."""
        spans = [(nth, min(self.days, nth + self.chance.randrange(1, 4))) for nth in range(self.days)]
        spans += [self._span() for _ in range(count)]
        papers = [self._statement(*span) for span in spans] + [self._interim() for _ in range(count)]
        papers = [paper for paper in papers if paper]
        papers += self.chance.choices(papers, k=count // 2)
        self.chance.shuffle(papers)
        return papers

    def _span(self) -> tuple[int, int]:
        first = self.chance.randrange(self.days)
        return first, min(self.days, first + self.chance.randrange(1, 6))

    def _statement(self, first: int, last: int) -> str:
        told = [one for day in self.told[first:last] for one in day]
        if not told:
            return ""
        opening = sum(one.cents for day in self.told[:first] for one in _apart(day))
        if self.chance.random() < 0.5:
            return mt940(_whole(told), opening=opening, number=str(first))
        return camt("camt.053", self._some_apart(told), opening=opening)

    def _interim(self) -> str:
        day = self.chance.choice(self.told)
        until = self.chance.randrange(len(day) + 1)
        if not day[:until]:
            return ""
        match self.chance.choice(["camt.052", "camt.054", "mt942"]):
            case "mt942":
                return mt942(_whole(day[:until]))
            case "camt.052":
                return camt("camt.052", *(self._some_apart(day[:upto]) for upto in {max(1, until // 2), until}))
            case notification:
                return camt(notification, self._some_apart(day[:until]))

    def _some_apart(self, told: Sequence[Told]) -> list[Told]:
        some: list[Told] = []
        for one in told:
            if isinstance(one, Movement) or self.chance.random() < 0.5:
                some.append(as_one(one) if not isinstance(one, Movement) else one)
            else:
                some.append(one)
                self.apart.add(one[0].bank_reference)
        return some

    @property
    def movements(self) -> list[Movement]:
        """Give what the books must hold: a batch in its details where any paper told these, else as one sum."""
        told = [one for day in self.told for one in day]
        return [
            each
            for one in told
            for each in (
                _apart([one]) if isinstance(one, Movement) or one[0].bank_reference in self.apart else [as_one(one)]
            )
        ]

    @property
    def truth(self) -> Counter[tuple[date, int]]:
        """Give the amounts of each day."""
        return Counter((one.day, one.cents) for one in self.movements)


def _apart(told: Sequence[Told]) -> list[Movement]:
    return [each for one in told for each in ([one] if isinstance(one, Movement) else one)]


def _whole(told: Sequence[Told]) -> list[Movement]:
    return [one if isinstance(one, Movement) else as_one(one) for one in told]

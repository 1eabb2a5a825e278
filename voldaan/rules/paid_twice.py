"""A payment that looks like one of some days before: the same payer, amount and numbers. It may be made twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from voldaan.rules.matches import MOST_PROPOSALS, Evidence, Match, MatchClass
from voldaan.rules.names import folded
from voldaan.rules.remittance import words

DAYS_APART = 10  # at most; what comes back each month with the same words is no mistake


@dataclass(frozen=True, slots=True)
class Paid:
    """What makes two payments alike, and where the first of them stands."""

    iban: str
    cents: int
    text: str
    reference: str
    on: date
    debtor_id: int | None = None  # to whom it was booked, if it was

    def is_like(self, earlier: Paid) -> bool:
        """Tell whether an earlier payment may be the same one."""
        return 0 <= (self.on - earlier.on).days <= DAYS_APART and self._mark == earlier._mark

    @property
    def _mark(self) -> tuple[object, ...]:
        # The numbers alone, where there are any: each format of a bank cuts and decorates the words around them.
        return self.iban, self.cents, self.reference, words(self.text) or folded(self.text)


def before(paid: Paid, others: Iterable[Paid]) -> Paid | None:
    """Find the earlier payment that this one looks like; one that was booked rather than one that was not."""
    alike = [one for one in others if paid.iban and paid.is_like(one)]
    return next((one for one in alike if one.debtor_id is not None), alike[0] if alike else None)


def guarded(found: Sequence[Match], paid: Paid, earlier: Paid) -> list[Match]:
    """Let a person look: nothing is certain, and that it is to be paid back is one of the answers.

    It is the first of them where the text names something, which was paid then; equal payments without a number may
    well pay two equal invoices.
    """
    others = [match._replace(certain=False) for match in found]
    if earlier.debtor_id is None:
        return others
    evidence = (Evidence.PAID_BEFORE, Evidence.KNOWN_IBAN)
    again = Match(MatchClass.PAID_TWICE, evidence, (), paid.cents, earlier.debtor_id, certain=False)
    is_named = bool(words(paid.text)) or paid.reference != ""
    return ([again, *others] if is_named else [*others, again])[:MOST_PROPOSALS]

"""Bank lines that bring what was booked already, by hand or from a list, so that a payment is booked once.

Part of matching, never a verb itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from voldaan.records.bulk import Keys
from voldaan.records.receivables import Allocation, Credit, Entry
from voldaan.rules.ledger import EntryKind
from voldaan.rules.permissions import Actor
from voldaan.rules.remittance import folded
from voldaan.usecases import proposals, receipts
from voldaan.usecases.receipts import Movement

DAYS_APART = 10  # at most, between a payment that a person recorded and the bank line that brings it


@dataclass(frozen=True, slots=True)
class Known:
    """A receipt that was booked without a bank line."""

    debtor_id: int
    cents: int
    value_date: date
    named: frozenset[str]  # numbers and references of what it paid, folded
    from_list: bool

    def may_be(self, row: Movement) -> bool:
        """Tell whether the days fit: what a list had as settled was paid before, a person may be off by some days."""
        if self.from_list:
            return row.value_date <= self.value_date
        return abs((row.value_date - self.value_date).days) <= DAYS_APART


class KnownPayments:
    """What was booked without a bank line of debtors; what a bank line brought is taken out."""

    def __init__(self, books: int, debtors: Collection[int], rows: Iterable[Movement]) -> None:
        self._known = _load(books, debtors, list(rows)) if debtors else {}
        self._by_sign: dict[str | int, list[int]] = defaultdict(list)
        for pk, one in self._known.items():
            self._by_sign[one.debtor_id].append(pk)
            for sign in one.named:
                self._by_sign[sign].append(pk)

    def __bool__(self) -> bool:
        return bool(self._known)

    def brought_by(self, row: Movement, signs: Iterable[str], payers: Iterable[int]) -> list[int]:
        """Take out the bookings that this bank line brings: those it names, else those of its payer, if they add up."""
        for ways in (signs, payers):
            near = {}
            for pk in sorted({pk for way in ways for pk in self._by_sign.get(way, ())}):
                one = self._known.get(pk)
                if one and one.may_be(row):
                    near[pk] = one.cents
            exact = [pk for pk, cents in near.items() if cents == row.left_cents]
            brought = exact[:1] or (list(near) if sum(near.values()) == row.left_cents else [])
            if brought:
                for pk in brought:
                    del self._known[pk]
                return brought
        return []


def link(linked: dict[int, int], *, actor: Actor) -> None:
    """Write down which bank line (its id) brought which credit."""
    if not linked:
        return
    books, rows = actor.administration_id, set(linked.values())
    Credit.objects.of(books).bulk_update(
        [Credit(pk=pk, transaction_id=row) for pk, row in linked.items()], ["transaction"], batch_size=500
    )
    receipts.settle_states(list(rows), actor=actor)
    proposals.withdraw(rows, books)


def _load(books: int, debtors: Collection[int], rows: list[Movement]) -> dict[int, Known]:
    """Read what these rows may bring: all others are of other days."""
    entries = Entry.objects.of(books)
    earliest = min(row.value_date for row in rows) - timedelta(days=DAYS_APART)
    found = entries.filter(
        kind__in=(EntryKind.RECEIVED.value, EntryKind.REVERSAL.value), currency=rows[0].currency,
        credit__transaction__isnull=True, credit__debtor__in=Keys(debtors), value_date__gte=earliest,
    )  # fmt: skip
    facts = ("pk", "reverses_id", "credit_id", "credit__debtor_id", "amount_cents", "value_date", "source")
    booked = {}
    for pk, reverses, *row in found.order_by("number").values_list(*facts):
        if reverses is None:
            booked[pk] = row
        else:
            booked.pop(reverses, None)
    named: dict[int, set[str]] = defaultdict(set)
    signs = ("credit_id", "receivable__invoice__number_folded", "receivable__invoice__payment_reference")
    if booked:
        paid = Allocation.objects.of(books).filter(credit__in=Keys([credit for credit, *_ in booked.values()]))
        for credit, number, reference in paid.values_list(*signs):
            named[credit] |= {number, reference} - {""}
    known = {}
    for credit, debtor, cents, day, source in booked.values():
        if source.startswith("payment:"):  # it named an invoice, even where nothing of that was open
            named[credit].add(folded(source.removeprefix("payment:").rsplit(":", 2)[0]))
        known[credit] = Known(debtor, -cents, day, frozenset(named[credit]), source.startswith("list-settled:"))
    return known

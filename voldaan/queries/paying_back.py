"""What customers have with us now, and how it could be paid back: to which account, and by which bank line it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from voldaan.queries.credit_list import origin
from voldaan.records.administrations import OwnAccount
from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import PayerAlias
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind
from voldaan.rules.permissions import Actor, Deed


class Line(NamedTuple):
    """A bank line by which money left."""

    id: str
    iban: str
    cents: int
    currency: str
    day: date


class Due(NamedTuple):
    """What would have to leave to pay a credit back, and since when."""

    iban: str
    cents: int
    currency: str
    since: date


@dataclass(frozen=True, slots=True)
class StandingCredit:
    """One credit of which something is left now."""

    key: int
    booking: int  # that made it
    note: str  # number of the credit note; empty where it is money
    is_banked: bool  # it came in on an account
    cents: int
    currency: str
    since: date
    iban: str  # that it came from, or that is known of the customer; empty: none is
    owes: bool  # something of the customer is open that it could pay
    line: Line | None = None  # by which it may have been paid back already

    @property
    def origin(self) -> str:
        """Say where it is from, for one without a number."""
        return origin(is_banked=self.is_banked)


def of_customer(debtor: str, *, most: int, actor: Actor) -> list[StandingCredit]:
    """List what one customer (public id) has with us, the oldest first."""
    return _standing(Q(debtor__public_id=debtor), most, actor)


def of_rows(keys: Sequence[int], *, actor: Actor) -> dict[int, StandingCredit]:
    """Give the credits of a page, as they stand now."""
    return {one.key: one for one in _standing(Q(pk__in=keys), len(keys), actor)} if keys else {}


def _standing(which: Q, most: int, actor: Actor) -> list[StandingCredit]:
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    known = PayerAlias.objects.of(books).filter(debtor=OuterRef("debtor")).order_by("-seen", "pk")
    rows = (
        Credit.objects.of(books)
        .filter(which, open_cents__gt=0)
        .annotate(
            booking=made_by(books),
            iban=Coalesce(NullIf("transaction__counterparty_iban", Value("")), Subquery(known.values("iban")[:1]),
                          Value("")),
            owes=Exists(owed(books)),
        )
        .order_by("value_date", "pk")
    )  # fmt: skip
    facts = ("pk", "booking", "invoice__number", "transaction_id", "open_cents", "currency", "value_date", "iban",
             "owes")  # fmt: skip
    found = [_credit(row) for row in rows.values_list(*facts)[:most]]
    lines = lines_that_fit([Due(one.iban, one.cents, one.currency, one.since) for one in found], books)
    return [replace(one, line=line) for one, line in zip(found, lines, strict=True)]


def _credit(row: Sequence[Any]) -> StandingCredit:
    key, booking, note, transaction, *rest = row
    return StandingCredit(key, booking, note or "", transaction is not None, *rest)


def made_by(books: int) -> Subquery:
    """Find the number of the booking that made a credit: its first, by the index of the credit and not by number."""
    of_it = Entry.objects.of(books).filter(credit=OuterRef("pk")).order_by()
    return Subquery(of_it.values("credit").annotate(first=Min("number")).values("first"))


def owed(books: int) -> QuerySet[Receivable]:
    """Find what the customer of a credit still owes, that it could pay."""
    # That an item has a day says nothing, save to SQLite: it then takes the index that begins with the customer, and
    # does not look through all that is open in the books for each credit.
    return (
        Receivable.objects.of(books)
        .still_open()
        .filter(debtor=OuterRef("debtor"), currency=OuterRef("currency"), next_on__gte=date.min)
    )


def lines_that_fit(due: Sequence[Due], books: int) -> list[Line | None]:
    """Give for each the first bank line by which it may have been paid back, no line for two of them."""
    left = _left(due, books)
    return [_first(one, left) for one in due]


def _left(due: Sequence[Due], books: int) -> list[Line]:
    """Give the bank lines by which such amounts left to such accounts, and paid nothing back yet; the oldest first."""
    accounts = {one.iban for one in due} - {""}
    if not accounts:
        return []
    lines = BankTransaction.objects.of(books).filter(
        account__in=OwnAccount.objects.of(books).values("iban"), currency__in={one.currency for one in due},
        booking_date__gte=min(one.since for one in due), amount_cents__in={-one.cents for one in due},
        counterparty_iban__in=accounts,
    )  # fmt: skip
    facts = ("public_id", "counterparty_iban", "amount_cents", "currency", "booking_date")
    found = [Line(*row) for row in lines.order_by("booking_date", "pk").values_list(*facts)]
    if not found:
        return []
    payers = PayerAlias.objects.of(books).filter(iban__in=accounts)
    refunds = Entry.objects.of(books).filter(debtor__in=payers.values("debtor"), kind=EntryKind.REFUNDED.value)
    standing = refunds.exclude(Exists(Entry.objects.of(books).filter(reverses=OuterRef("pk"))))
    used = {source.removeprefix("refund:").rpartition("/")[0] for source in standing.values_list("source", flat=True)}
    return [line for line in found if line.id not in used]


def _first(due: Due, left: list[Line]) -> Line | None:
    """Take the first line that may have paid this back, and let no other have it."""
    for line in left:
        if line[1:4] == (due.iban, -due.cents, due.currency) and line.day >= due.since:
            left.remove(line)
            return line
    return None

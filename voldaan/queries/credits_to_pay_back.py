"""What stands as credit of customers who owe nothing: to pay back, and to which account; or paid back already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Subquery

from voldaan.records.bank import BankTransaction
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind
from voldaan.rules.permissions import Actor, Deed

DAYS = 14  # so long an invoice may still come that it pays
FACTS = ("booking", "debtor__name", "debtor__public_id", "open_cents", "currency", "value_date",
         "transaction__counterparty_iban")  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditToPayBack:
    """One credit that nothing is open for."""

    booking: int  # that made it, for `voldaan pay-back`
    debtor: str
    debtor_id: str
    cents: int
    currency: str
    value_date: date
    counterparty_iban: str  # the account that it came from
    transaction: str | None = None  # a bank line by which as much left to that account since


def credits_to_pay_back(*, actor: Actor, today: date) -> list[CreditToPayBack]:
    """List what came in two weeks ago or more, and is credit of a customer who owes nothing; the oldest first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    owes = Receivable.objects.of(books).still_open().filter(debtor=OuterRef("debtor"), currency=OuterRef("currency"))
    made = Entry.objects.of(books).filter(credit=OuterRef("pk"), kind=EntryKind.RECEIVED.value).order_by("number")
    rows = (
        Credit.objects.of(books)
        .filter(open_cents__gt=0, transaction__isnull=False, value_date__lte=today - timedelta(days=DAYS))
        .exclude(Exists(owes))
        .annotate(booking=Subquery(made.values("number")[:1]))
        .order_by("value_date", "pk")
    )
    found = [CreditToPayBack(*row) for row in rows.values_list(*FACTS)]
    left = _left(found, books)
    return [replace(one, transaction=_left_by(one, left)) for one in found]


def _left(credits_: list[CreditToPayBack], books: int) -> list[tuple[str, str, int, str, date]]:
    """Give the bank lines by which such amounts left to such accounts, and paid nothing back yet; the oldest first."""
    refunds = Entry.objects.of(books).filter(kind=EntryKind.REFUNDED.value)
    standing = refunds.exclude(pk__in=Entry.objects.of(books).filter(reverses__in=refunds).values("reverses"))
    used = {source.removeprefix("refund:").rpartition("/")[0] for source in standing.values_list("source", flat=True)}
    lines = BankTransaction.objects.of(books).filter(
        amount_cents__in={-one.cents for one in credits_},
        counterparty_iban__in={one.counterparty_iban for one in credits_} - {""},
    )
    facts = ("public_id", "counterparty_iban", "amount_cents", "currency", "booking_date")
    return [line for line in lines.order_by("booking_date", "pk").values_list(*facts) if line[0] not in used]


def _left_by(one: CreditToPayBack, left: list[tuple[str, str, int, str, date]]) -> str | None:
    """Give the first bank line that may have paid this credit back, and let no other credit have it."""
    for line in left:
        transaction, iban, cents, currency, day = line
        if (iban, cents, currency) == (one.counterparty_iban, -one.cents, one.currency) and day >= one.value_date:
            left.remove(line)
            return transaction
    return None

"""What to look at before a first run: whom no mail reaches, who may be there twice, and which debts are old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, Sum

from voldaan.queries import doubles
from voldaan.queries.missing import What, lacks, who_owes
from voldaan.records.actions import Action
from voldaan.records.holds import Hold
from voldaan.records.receivables import Receivable, ReceivableWords
from voldaan.rules.outbox import OLD_DEBT_DAYS, ActionState
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Unreached:
    """A customer who owes, and whom no mail reaches. Mend it with `voldaan debtor set`."""

    debtor_id: str
    debtor: str
    number: str
    open_cents: int
    currency: str
    reached_by: str  # letter, or nothing at all


@dataclass(frozen=True, slots=True)
class LikelyDouble:
    """Two customers that may be one."""

    debtor_id: str
    debtor: str
    number: str
    other_id: str
    other: str
    other_number: str
    alike: list[str]  # name, email, iban, vat_number, registration_number


@dataclass(frozen=True, slots=True)
class OldDebt:
    """An item so late that somebody should look at it before it is written about for the first time."""

    invoice: str
    debtor: str
    debtor_id: str
    due_date: date
    days_overdue: int
    open_cents: int
    currency: str


def missing_addresses(*, actor: Actor) -> list[Unreached]:
    """List the customers who owe and have no usable e-mail address, the largest amount first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    columns = ("pk", "public_id", "name", "number", "street", "city")
    unmailed = who_owes(books).filter(lacks(books)[What.EMAIL]).values_list(*columns)
    known = {pk: rest for pk, *rest in unmailed}
    owed = Receivable.objects.of(books).still_open().order_by().values_list("debtor_id", "currency")
    rows = []
    for debtor, currency, cents in owed.annotate(Sum("open_cents")):
        if debtor in known:
            public_id, name, number, street, city = known[debtor]
            reached_by = "letter" if street and city else "nothing"
            rows.append(Unreached(public_id, name, number, int(cents), currency, reached_by))
    return sorted(rows, key=lambda row: (-row.open_cents, row.debtor))


def likely_doubles(*, actor: Actor) -> list[LikelyDouble]:
    """List the pairs of customers that may be one, row by row."""
    return [
        LikelyDouble(pair.one.id, pair.one.name, pair.one.number, pair.other.id, pair.other.name, pair.other.number,
                     pair.alike)
        for pair in doubles.likely(actor=actor)
    ]  # fmt: skip


def old_debts(*, actor: Actor, today: date) -> list[OldDebt]:
    """List what is more than 90 days late, was never written to from here, and does not rest; the oldest first."""
    actor.must(Deed.READ_BOOKS)
    late = unseen_old_debts(actor.administration_id, today)
    columns = ("invoice__number", "debtor__name", "debtor__public_id", "due_date", "open_cents", "currency")
    return [
        OldDebt(number, name, debtor, due, (today - due).days, cents, currency)
        for number, name, debtor, due, cents, currency in late.order_by("due_date", "pk").values_list(*columns)
    ]


def unseen_old_debts(books: int, today: date) -> ReceivableWords:
    """Keep the items that are so old that somebody should look at them, and at which nobody did."""
    steps = Action.objects.of(books).filter(receivable=OuterRef("pk"), state=ActionState.TAKEN.value)
    holds = Hold.objects.of(books).filter(Q(until__isnull=True) | Q(until__gte=today), ended_on__isnull=True)
    rests = holds.filter(Q(receivable=OuterRef("pk")) | Q(receivable__isnull=True, debtor=OuterRef("debtor")))
    late = Receivable.objects.of(books).still_open().filter(due_date__lt=today - timedelta(days=OLD_DEBT_DAYS))
    return late.filter(~Exists(steps), ~Exists(rests))

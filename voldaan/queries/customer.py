"""One customer whole: what is open and why it waits, what was written, and what was booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from voldaan.queries import bookings, charges, payers
from voldaan.queries.bookings import StatementLine
from voldaan.queries.customers import beside
from voldaan.queries.payers import PayerRow
from voldaan.records import situations
from voldaan.records.actions import Action
from voldaan.records.debtors import Debtor, reached
from voldaan.records.messages import Message
from voldaan.records.prepared import asked
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.records.situations import Books, Situation
from voldaan.rules.contacts import ContactRole
from voldaan.rules.notices import ANNOUNCING
from voldaan.rules.outbox import ActionState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Decision, Taken, due_step
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice

MOST_PAYERS = 20  # accounts from which a customer pays


@dataclass(frozen=True, slots=True)
class FollowedItem:
    """One open item, and what follows for it on this day."""

    invoice: str
    invoice_id: str
    instalment: int
    issue_date: date
    due_date: date
    days_overdue: int  # negative: so many days to go
    open_cents: int
    currency: str
    decision: Decision
    taken: tuple[Taken, ...]
    kind: str  # of `ReceivableKind` in rules/ledger.py
    of: str  # of interest: the invoice that it runs on
    notice: str  # the id of the last notice that announced interest and costs of it, and counts; empty: none


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message to a customer."""

    id: str
    decided_on: date
    sent_on: date | None
    step: str
    channel: str
    recipient: str
    subject: str  # empty as long as it did not leave
    state: str
    cents: int
    currency: str
    returned_on: date | None  # it does not count: it came back, or was withdrawn


MESSAGE = ("public_id", "decided_on", "sent_on", "step", "channel", "recipient", "subject", "state", "total_cents",
           "currency", "returned_on")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owed:
    """What a customer owes in one currency."""

    currency: str
    open_cents: int
    overdue_cents: int
    credits_cents: int


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer: who it is, what is open and why it waits, and what was written."""

    id: str
    number: str
    name: str
    street: str
    postcode: str
    city: str
    email: str
    phone: str
    kind: str  # of `DebtorKind`; empty: not known
    is_spared: bool  # no interest and no costs are asked of it
    strategy: str  # the code of his own; empty: that of everybody
    previous: str | None  # who stands before him in the list of customers (public id)
    next: str | None
    owed: list[Owed]
    items: list[FollowedItem]  # all that is open, oldest due date first
    messages: list[MessageLine]  # newest first
    account: list[StatementLine]  # what was booked, by value date, with the balance after it
    strategies: list[tuple[str, str]]  # the code and the name of each that he may follow
    payers: list[PayerRow]  # the accounts from which he is known to pay


def customer(id: str, *, actor: Actor, today: date) -> Customer:  # noqa: A002 - the word of the contract
    """Show one customer (public id).

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    rows = asked(_known, books, id)
    if not rows:
        raise NoSuchDebtor(debtor=id)
    ((pk, *about),) = rows
    house, found, (about_items, credit, messages, movements, notices, known_payers) = situations.of_debtor(
        pk, books, today=today, along=_along
    )
    known_of = {pk: _About(*rest) for pk, *rest in about_items}
    noticed = dict(map(tuple, notices))
    kept = dict(map(tuple, credit))
    items = _followed(found, known_of, noticed, house, today)
    known_as: list[Any] = [
        *about, _owed(items, kept), items, [MessageLine(*one) for one in messages],
        bookings.with_balances(movements), sorted((code, one.name) for code, (_, one) in house.strategies.items()),
        [PayerRow(*row) for row in known_payers],
    ]  # fmt: skip
    return Customer(*known_as)


def _known(books: int, id_: str) -> QuerySet[Debtor, Any]:
    contacts = reached(books, first=ContactRole.INVOICE).filter(debtor=OuterRef("pk"))
    email = contacts.filter(role=ContactRole.INVOICE.value).values("email")  # the one that is changed beside the name
    phone = contacts.exclude(phone="").values("phone")
    return Debtor.objects.of(books).filter(_called(books, id_)).values_list(
        "pk", "public_id", "number", "name", "street", "postcode", "city",
        *(Coalesce(Subquery(of_it[:1]), Value("")) for of_it in (email, phone)),
        "kind", "is_spared", "strategy", *beside(books),
    )  # fmt: skip


def _along(books: int, debtor: int) -> list[QuerySet[Any, Any]]:
    """Ask the rest: about the open items, what stands as credit, what was written, what was booked, which notices."""
    still_open = Receivable.objects.of(books).still_open().filter(debtor=debtor)
    credits_ = Credit.objects.of(books).filter(debtor=debtor, open_cents__gt=0).order_by()
    return [
        still_open.values_list("pk", "invoice__public_id", "kind", charges.runs_on(books)),
        credits_.values_list("currency").annotate(Sum("open_cents")),
        Message.objects.of(books).filter(debtor=debtor).order_by("-pk").values_list(*MESSAGE),
        bookings.booked(Entry.objects.of(books).filter(debtor=debtor)),
        Action.objects.of(books).filter(
            receivable__in=still_open.values("pk"), state=ActionState.TAKEN.value, message__step__in=sorted(ANNOUNCING),
            message__returned_on__isnull=True,
        ).order_by("pk").values_list("receivable_id", "message__public_id"),
        payers.of_debtor(debtor, books, MOST_PAYERS),
    ]  # fmt: skip


def _called(books: int, id_: str) -> Q:
    """Find by its public id; a double leads to the customer into whom it was merged."""
    merged = Debtor.objects.of(books).filter(public_id=id_, merged_into__isnull=False)
    return Q(public_id=id_, merged_into__isnull=True) | Q(pk__in=merged.values("merged_into"))


def who(id: str, *, actor: Actor) -> str:  # noqa: A002 - the word of the contract
    """Give the public id of the customer who is meant by one.

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    found = Debtor.objects.of(books).filter(_called(books, id)).values_list("public_id", flat=True).first()
    if found is None:
        raise NoSuchDebtor(debtor=id)
    return found


def is_of(debtor: str, invoice: str, *, actor: Actor) -> str:
    """Give the number of an invoice back, where something of it is open and the customer is this one (public id).

    Raises:
        NoSuchInvoice: it is not.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    whose = Debtor.objects.of(books).filter(_called(books, debtor))
    if not Receivable.objects.of(books).still_open().filter(invoice__number=invoice, debtor__in=whose).exists():
        raise NoSuchInvoice(invoice=invoice)
    return invoice


class _About(NamedTuple):
    """What is known of an open item."""

    invoice_id: str
    kind: str
    of: str | None


def _followed(found: Sequence[Situation], about: dict[int, _About], notices: dict[int, str], house: Books,
              today: date) -> list[FollowedItem]:  # fmt: skip
    """Decide for all items of one customer at once, as `follow_up.why` does for one."""
    return [
        FollowedItem(
            one.invoice, about[one.receivable_id].invoice_id, one.instalment, one.item.issue_date, one.item.due_date,
            (today - one.item.due_date).days, one.item.open_cents, one.currency,
            due_step(one.reach.strategy, one.item, house.bank, house.country, today=today), one.item.taken,
            about[one.receivable_id].kind, about[one.receivable_id].of or "", notices.get(one.receivable_id, ""),
        )
        for one in found
    ]  # fmt: skip


def _owed(items: Sequence[FollowedItem], credit: dict[str, int]) -> list[Owed]:
    open_cents: dict[str, int] = defaultdict(int)
    overdue: dict[str, int] = defaultdict(int)
    for item in items:
        open_cents[item.currency] += item.open_cents
        overdue[item.currency] += item.open_cents if item.days_overdue > 0 else 0
    return [
        Owed(currency, open_cents[currency], overdue[currency], credit.get(currency, 0))
        for currency in sorted(open_cents.keys() | credit.keys())
    ]

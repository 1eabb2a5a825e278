"""The books at a glance: what is open in each currency, and how far the bank data reaches; and one customer whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db.models import Min, Q, Sum

from voldaan.countries import COUNTRIES
from voldaan.queries.aging import AgingRow, aging
from voldaan.queries.moments import NOW
from voldaan.records import situations
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Contact, Debtor
from voldaan.records.messages import Message
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Decision, Taken, due_step
from voldaan.rules.unknown import NoSuchDebtor


@dataclass(frozen=True, slots=True)
class BankData:
    """How far the bank data reaches, and whether somebody may have paid without our knowing."""

    complete_until: date | None  # None: no statement yet
    is_stale: bool
    is_watched: bool  # False: a person switched the gate off


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What is open in one currency; currencies are never added. Largest and rest together are the total."""

    currency: str
    total: AgingRow
    largest: list[AgingRow]
    rest: AgingRow | None  # all other customers in one row
    others: int  # how many those are
    debtors: int  # who have anything open
    oldest: date | None  # the due date of what is open longest

    @property
    def open_cents(self) -> int:
        """Give what is open, whatever credit stands beside it."""
        return self.total.total_cents + self.total.credits_cents

    @property
    def overdue_cents(self) -> int:
        """Give what is open and past its due date."""
        return self.open_cents - self.total.not_due_cents


@dataclass(frozen=True, slots=True)
class Overview:
    """The books of one administration on one day."""

    is_empty: bool  # nothing was ever booked here
    currencies: list[InCurrency]  # the one with most customers first
    bank: BankData


def overview(*, most: int, actor: Actor, today: date) -> Overview:
    """Show what is open by currency, with the `most` customers who owe most."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    aged = [row for row in aging(moment=NOW, actor=actor, today=today) if row.debtor_id is not None]
    still_open = Receivable.objects.of(books).still_open().order_by()
    oldest = dict(still_open.values_list("currency").annotate(Min("due_date")))
    currencies = [
        _in_currency(currency, list(rows), oldest.get(currency), most)
        for currency, rows in groupby(aged, key=attrgetter("currency"))
    ]
    currencies.sort(key=lambda one: (-one.debtors, one.currency))
    return Overview(not Entry.objects.of(books).exists(), currencies, _bank(books, today))


def _in_currency(currency: str, rows: list[AgingRow], oldest: date | None, most: int) -> InCurrency:
    rows.sort(key=lambda row: (-row.total_cents, row.debtor, row.debtor_id))
    owing = sum(row.total_cents + row.credits_cents > 0 for row in rows)
    rest = rows[most:]
    return InCurrency(
        currency, _sum(currency, rows), rows[:most], _sum(currency, rest) if rest else None, len(rest), owing, oldest
    )


def _sum(currency: str, rows: Sequence[AgingRow]) -> AgingRow:
    columns = [field.name for field in fields(AgingRow) if field.name.endswith("_cents")]
    return AgingRow(None, None, currency, *(sum(getattr(row, column) for row in rows) for column in columns))


def _bank(books: int, today: date) -> BankData:
    bank = situations.bank(books)
    country = COUNTRIES[Administration.objects.values_list("country", flat=True).get(pk=books)]
    return BankData(bank.complete_until, bank.is_stale(today, country), bank.days_behind is not None)


ASKED_AT_ONCE = 5_000  # ids: below what either engine takes as values of one question


def involved(ids: Sequence[str], *, actor: Actor) -> list[Money]:
    """Sum by currency what is open now of the items of these messages and tasks, each item once."""
    actor.must(Deed.READ_BOOKS)
    found: dict[int, Money] = {}
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = ids[start : start + ASKED_AT_ONCE]
        lines = Action.objects.of(actor.administration_id).filter(
            Q(message__public_id__in=some) | Q(task__public_id__in=some), receivable__open_cents__gt=0
        )
        columns = ("receivable_id", "receivable__open_cents", "receivable__currency")
        for pk, cents, currency in lines.values_list(*columns):
            found[pk] = Money(cents, currency)
    sums: dict[str, Money] = {}
    for money in found.values():
        sums[money.currency] = sums.get(money.currency, Money(0, money.currency)) + money
    return sorted(sums.values(), key=attrgetter("currency"))


@dataclass(frozen=True, slots=True)
class FollowedItem:
    """One open item, and what follows for it on this day."""

    invoice: str
    instalment: int
    issue_date: date
    due_date: date
    days_overdue: int  # negative: so many days to go
    open_cents: int
    currency: str
    decision: Decision
    taken: tuple[Taken, ...]


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
    strategy: str  # the code of his own; empty: that of everybody
    owed: list[Owed]
    items: list[FollowedItem]  # all that is open, oldest due date first
    messages: list[MessageLine]  # newest first


def customer(id: str, *, actor: Actor, today: date) -> Customer:  # noqa: A002 - the word of the contract
    """Show one customer (public id).

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    columns = ("pk", "public_id", "number", "name", "street", "postcode", "city", "strategy")
    asked = Debtor.objects.of(books).filter(public_id=id)
    merged = asked.filter(merged_into__isnull=False).values_list("merged_into", flat=True).first()
    row = (Debtor.objects.of(books).filter(pk=merged) if merged else asked).values_list(*columns).first()
    if row is None:
        raise NoSuchDebtor(debtor=id)
    pk, public_id, number, name, street, postcode, city, strategy = row
    items = _followed(books, pk, today)
    contacts = list(Contact.objects.of(books).filter(debtor=pk).order_by("role").values_list("email", "phone"))
    email = next((email for email, _ in contacts if email), "")
    phone = next((phone for _, phone in contacts if phone), "")
    return Customer(public_id, number, name, street, postcode, city, email, phone, strategy,
                    _owed(books, pk, items), items, _messages(books, pk))  # fmt: skip


def _followed(books: int, debtor: int, today: date) -> list[FollowedItem]:
    """Decide for all items of one customer at once, as `follow_up.why` does for one."""
    house = situations.books_of(books)
    still_open = Receivable.objects.of(books).still_open().filter(debtor=debtor)
    return [
        FollowedItem(
            one.invoice, one.instalment, one.item.issue_date, one.item.due_date, (today - one.item.due_date).days,
            one.item.open_cents, one.currency,
            due_step(one.reach.strategy, one.item, house.bank, house.country, today=today), one.item.taken,
        )
        for one in situations.of(still_open, house, today=today)
    ]  # fmt: skip


def _owed(books: int, debtor: int, items: Sequence[FollowedItem]) -> list[Owed]:
    credits_ = Credit.objects.of(books).filter(debtor=debtor, open_cents__gt=0).order_by()
    credit = dict(credits_.values_list("currency").annotate(Sum("open_cents")))
    open_cents: dict[str, int] = defaultdict(int)
    overdue: dict[str, int] = defaultdict(int)
    for item in items:
        open_cents[item.currency] += item.open_cents
        overdue[item.currency] += item.open_cents if item.days_overdue > 0 else 0
    return [
        Owed(currency, open_cents[currency], overdue[currency], int(credit.get(currency, 0)))
        for currency in sorted(open_cents.keys() | credit.keys())
    ]


def _messages(books: int, debtor: int) -> list[MessageLine]:
    columns = ("public_id", "decided_on", "sent_on", "step", "channel", "recipient", "subject", "state", "total_cents",
               "currency")  # fmt: skip
    rows = Message.objects.of(books).filter(debtor=debtor).order_by("-pk").values_list(*columns)
    return [MessageLine(*row) for row in rows]

"""The books at a glance: what is open in each currency, and how far the bank data reaches; and one customer whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from heapq import nlargest
from operator import attrgetter, itemgetter, sub
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from voldaan.queries.aging import AgingRow, per_debtor
from voldaan.queries.bank_inbox import count_waiting
from voldaan.queries.customers import beside
from voldaan.queries.missing import count_unmailed
from voldaan.queries.moments import NOW
from voldaan.queries.notices import count_told
from voldaan.queries.standing import KEPT, State, state_of
from voldaan.queries.worklist import MostUrgent, most_urgent
from voldaan.records import situations
from voldaan.records.bulk import Keys
from voldaan.records.debtors import Contact, Debtor
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.money import Money
from voldaan.rules.outbox import UNDER_WAY, Live
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Decision, Taken, due_step
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice


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
    """The books of one administration on one day. Kept and shown again: nobody changes it."""

    is_empty: bool  # nothing was ever booked here
    currencies: list[InCurrency]  # the one with most customers first
    bank: BankData
    waiting: MostUrgent
    receipts: int  # that wait for a person
    unmailed: int  # customers who owe and have no e-mail address
    told: int  # changes of the last days that owners should know of
    asked: list[Money]  # of customers today, by currency; told where nothing waits any more


def overview(*, kind: str = "", most_work: int, most_customers: int, actor: Actor, today: date) -> Overview:
    """Show what waits, or one kind of it, and what is open by currency, with the customers who owe most.

    It is put together once, and shown again as long as nothing changed.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    return _overview(books, state_of(books), today, kind, most_work, most_customers)


@lru_cache(KEPT)
def _overview(books: int, state: State, today: date, kind: str, most_work: int, most_customers: int) -> Overview:
    currencies = _in_currencies(books, today, most_customers)
    waiting, receipts = most_urgent(books, kind=kind, most=most_work, today=today), count_waiting(books)
    return Overview(
        not Entry.objects.of(books).exists(), currencies, _bank(_house(books, state), today), waiting, receipts,
        count_unmailed(books, state), count_told(books, today),
        _asked(books, today) if not waiting.kinds and not receipts else [],
    )  # fmt: skip


def _asked(books: int, today: date) -> list[Money]:
    """Add up what left today, and what was let go today and leaves by itself; what only went to oneself asks nobody."""
    leaves = Q(administration__live=Live.ON.value) | Q(administration__is_demo=True)
    messages = (
        Message.objects.of(books).filter(OF_A_STRATEGY).order_by().values_list("currency").annotate(Sum("total_cents"))
    )
    left = messages.filter(sent_on=today, is_trial=False)
    let_go = messages.filter(leaves, sent_on=None, released_on=today, state__in=[state.value for state in UNDER_WAY])
    sums: Counter[str] = Counter()
    for currency, cents in left.union(let_go, all=True):  # each finds its own by the day of sending
        sums[currency] += int(cents)
    return [Money(cents, currency) for currency, cents in sorted(sums.items())]


def forget() -> None:
    """Put the next overview together anew, also where nothing changed: to see what that takes."""
    _overview.cache_clear()
    count_unmailed.cache_clear()


def _in_currencies(books: int, today: date, most: int) -> list[InCurrency]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in per_debtor(books, NOW, today):
        found[row[1]].append(row)
    largest = {currency: nlargest(most, mine, key=itemgetter(-2)) for currency, mine in found.items()}
    shown = Keys([row[0] for rows in largest.values() for row in rows])
    called: dict[int, list[Any]] = {pk: said for pk, *said in Debtor.objects.of(books).filter(pk__in=shown)
              .values_list("pk", "name", "public_id")}  # fmt: skip
    currencies = [
        _in_currency(currency, mine, [AgingRow(*called[row[0]], *row[1:-1]) for row in largest[currency]])
        for currency, mine in found.items()
    ]
    return sorted(currencies, key=lambda one: (-one.debtors, one.currency))


def _in_currency(currency: str, rows: list[tuple[Any, ...]], largest: list[AgingRow]) -> InCurrency:
    largest.sort(key=lambda row: (-row.total_cents, row.debtor, row.debtor_id))
    _, _, *cents, dates = zip(*rows, strict=True)
    sums = AgingRow(None, None, currency, *map(sum, cents))
    shown = [sum(column) for column in zip(*map(_cents, largest), strict=True)]
    rest = AgingRow(None, None, currency, *map(sub, _cents(sums), shown))
    others = len(rows) - len(largest)
    oldest = [one for one in dates if one]
    first = min(oldest, default=None)
    return InCurrency(currency, sums, largest, rest if others else None, others, len(oldest),
                      date.fromisoformat(first) if isinstance(first, str) else first)  # fmt: skip


_cents = attrgetter(*(field.name for field in fields(AgingRow) if field.name.endswith("_cents")))


@lru_cache(KEPT)
def _house(books: int, state: State) -> situations.Books:  # noqa: ARG001 - what it is kept by
    return situations.books_of(books)


def _bank(house: situations.Books, today: date) -> BankData:
    bank = house.bank
    return BankData(bank.complete_until, bank.is_stale(today, house.country), bank.days_behind is not None)


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
    previous: str | None  # who stands before him in the list of customers (public id)
    next: str | None
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
    known = Debtor.objects.of(books)
    mailbox = Contact.objects.of(books).filter(debtor=OuterRef("pk")).order_by("role")
    row = known.filter(_called(books, id)).values_list(
        "pk", "public_id", "number", "name", "street", "postcode", "city",
        *(Coalesce(Subquery(mailbox.exclude(**{what: ""}).values(what)[:1]), Value("")) for what in ("email", "phone")),
        "strategy", *beside(books),
    ).first()  # fmt: skip
    if row is None:
        raise NoSuchDebtor(debtor=id)
    pk, *about = row
    items = _followed(books, pk, today)
    known_as: list[Any] = [*about, _owed(books, pk, items), items, _messages(books, pk)]
    return Customer(*known_as)


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


def _followed(books: int, debtor: int, today: date) -> list[FollowedItem]:
    """Decide for all items of one customer at once, as `follow_up.why` does for one."""
    house = _house(books, state_of(books))
    still_open = Receivable.objects.of(books).still_open().filter(debtor=debtor)
    ids = dict(still_open.values_list("invoice__number", "invoice__public_id"))
    return [
        FollowedItem(
            one.invoice, ids[one.invoice], one.instalment, one.item.issue_date, one.item.due_date,
            (today - one.item.due_date).days, one.item.open_cents, one.currency,
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

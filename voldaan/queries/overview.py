"""The books at a glance: what is open in each currency, and how far the bank data reaches."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from heapq import nlargest
from operator import attrgetter, itemgetter, sub
from typing import Any

from django.db.models import Exists, Q, QuerySet, Subquery, Sum

from voldaan.countries import COUNTRIES
from voldaan.queries import bank_places, limitation, notices, worklist, write_off_requests
from voldaan.queries.aging import AgingRow, per_debtor
from voldaan.queries.bank_inbox import receipts_that_wait, settled_that_wait
from voldaan.queries.coverage import missing_days
from voldaan.queries.missing import unmailed_who_owe
from voldaan.queries.moments import NOW
from voldaan.queries.ready import last_decided
from voldaan.queries.standing import KEPT, State, state_of
from voldaan.queries.worklist import MostUrgent, most_urgent
from voldaan.records import known_until
from voldaan.records.administrations import Administration
from voldaan.records.bulk import Counted, Keys, listed
from voldaan.records.debtors import Debtor
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.receivables import Entry, Receivable
from voldaan.records.together import together
from voldaan.rules.country import Country
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.outbox import UNDER_WAY, Live
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Bank


@dataclass(frozen=True, slots=True)
class BankData:
    """How far the bank data reaches, and whether somebody may have paid without our knowing."""

    complete_until: date | None  # None: no statement yet
    is_stale: bool
    is_watched: bool  # False: a person switched the gate off
    account: str = ""  # of which days are missing in between
    missing: tuple[date, ...] = ()  # those bank days


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
    sold_cents: int  # invoiced here in the last `SOLD_DAYS` days, less what was credited

    @property
    def open_cents(self) -> int:
        """Give what is open, whatever credit stands beside it."""
        return self.total.total_cents + self.total.credits_cents

    @property
    def overdue_cents(self) -> int:
        """Give what is open and past its due date."""
        return self.open_cents - self.total.not_due_cents


SOLD_DAYS = 90  # a quarter: long enough to be no accident, short enough to be of now


@dataclass(frozen=True, slots=True)
class Overview:
    """The books of one administration on one day. Kept and shown again: nobody changes it."""

    is_empty: bool  # nothing was ever booked here
    currencies: list[InCurrency]  # the one with most customers first
    bank: BankData
    waiting: MostUrgent
    receipts: int  # that wait for a person
    refused: int  # files that came by themselves and did not come in
    requests: int  # write-offs that an owner can agree to
    unmailed: int  # customers who owe and have no e-mail address
    lapsing: int  # claims that can still be saved, and lapse within the time of the warning
    hindered: int  # open items whose step the law did not allow when the follow-up was last decided
    told: int  # changes of the last days that owners should know of
    asked: list[Money]  # of customers today, by currency; told where nothing waits any more


def overview(*, kind: str = "", most_work: int, most_customers: int, actor: Actor, today: date) -> Overview:
    """Show what waits, or one kind of it, and what is open by currency, with the customers who owe most.

    It is put together once, and shown again as long as nothing changed.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    return _overview(books, state_of(books, today), today, kind, most_work, most_customers)


@lru_cache(KEPT)
def _overview(books: int, state: State, today: date, kind: str, most_work: int,
              most_customers: int) -> Overview:  # fmt: skip
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in per_debtor(books, NOW, today):
        found[row[1]].append(row)
    largest = {currency: nlargest(most_customers, mine, key=itemgetter(-2)) for currency, mine in found.items()}
    shown = listed(row[0] for rows in largest.values() for row in rows)
    own, accounts, customers, sales, *answers = together(
        _questions, books, shown, today, today - notices.KEPT, today - timedelta(SOLD_DAYS), limitation.young(today),
        today - worklist.CREDIT_WAITS, kind=kind, most=most_work
    )  # fmt: skip
    sold = {currency: int(cents) for currency, cents in sales}
    ((country, freshness, is_begun, receipts, refused, requests, unmailed, is_old, told, decided),) = own
    called = {pk: said for pk, *said in customers}
    currencies = [
        _in_currency(
            currency, mine, [AgingRow(*called[row[0]], *row[1:-1]) for row in largest[currency]], sold.get(currency, 0)
        )
        for currency, mine in found.items()
    ]
    waiting = most_urgent(answers, kind=kind, most=most_work, today=today)
    return Overview(
        not is_begun, sorted(currencies, key=lambda one: (-one.debtors, one.currency)),
        _bank(known_until.furthest_behind(accounts), freshness, COUNTRIES[country], today),
        waiting, receipts, refused, requests, unmailed,
        limitation.count_waiting(books, state, today) if is_old else 0,
        (decided or {}).get("hindered", 0), told,
        _asked(books, today) if not waiting.kinds and not receipts else [],
    )  # fmt: skip


def _questions(books: int, shown: str, today: date, since: date, quarter: date, young: date,
               idle_since: date, *, kind: str, most: int) -> list[QuerySet[Any, Any]]:  # fmt: skip
    """Ask all but the ageing; `shown`: the customers to name, as `listed` writes them."""
    own = Administration.objects.filter(pk=books).values_list(
        "country", "bank_freshness_days", Exists(Entry.objects.of(books)),
        Counted(receipts_that_wait(books)) + Counted(settled_that_wait(books)),
        Counted(bank_places.waiting(books)), Counted(write_off_requests.decidable_rows(books)),
        Counted(unmailed_who_owe(books)),
        Exists(Receivable.objects.of(books).still_open().filter(due_date__lt=young)),
        Counted(notices.told(books, since)), Subquery(last_decided(books).values("facts")[:1]),
    )  # fmt: skip
    called = Debtor.objects.of(books).filter(pk__in=Keys(shown)).values_list("pk", "name", "public_id")
    sales = Entry.objects.of(books).filter(
        kind__in=[EntryKind.INVOICED.value, EntryKind.CREDITED.value], counts_on__gt=quarter, counts_on__lte=today
    )  # fmt: skip
    sold = sales.order_by().values_list("currency").annotate(Sum("amount_cents"))
    return [
        own,
        known_until.told(books),
        called,
        sold,
        *worklist.questions(books, today, idle_since, kind=kind, most=most),
    ]


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


def _in_currency(currency: str, rows: list[tuple[Any, ...]], largest: list[AgingRow], sold_cents: int) -> InCurrency:
    largest.sort(key=lambda row: (-row.total_cents, row.debtor, row.debtor_id))
    _, _, *cents, dates = zip(*rows, strict=True)
    sums = AgingRow(None, None, currency, *map(sum, cents))
    shown = [sum(column) for column in zip(*map(_cents, largest), strict=True)]
    rest = AgingRow(None, None, currency, *map(sub, _cents(sums), shown))
    others = len(rows) - len(largest)
    oldest = [one for one in dates if one]
    first = min(oldest, default=None)
    return InCurrency(currency, sums, largest, rest if others else None, others, len(oldest),
                      date.fromisoformat(first) if isinstance(first, str) else first, sold_cents)  # fmt: skip


_cents = attrgetter(*(field.name for field in fields(AgingRow) if field.name.endswith("_cents")))


def _bank(known: known_until.Known | None, freshness: int | None, country: Country, today: date) -> BankData:
    bank = Bank(known.day if known else None, freshness)
    account, missing = missing_days(known, country, today)
    return BankData(bank.complete_until, bank.is_stale(today, country), freshness is not None, account, tuple(missing))

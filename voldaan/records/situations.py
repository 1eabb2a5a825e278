"""What the rules of the follow-up ask, loaded in sets: the same few queries for any number of items."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Sum, Value, When

from voldaan.countries import COUNTRIES
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import Statement
from voldaan.records.bulk import AsKept, Keys
from voldaan.records.debtors import Contact, Debtor
from voldaan.records.holds import Hold
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.strategies import followed
from voldaan.rules.contacts import ContactRole
from voldaan.rules.country import Country
from voldaan.rules.outbox import FORGOTTEN, UNDER_WAY, ActionState, MessageState, TaskState
from voldaan.rules.strategy import DAYS_OF_RHYTHM, MESSAGES_IN_RHYTHM, Bank, Held, Item, Strategy, Taken

BLOCK = 20_000  # receivables loaded at a time


@dataclass(frozen=True, slots=True)
class Reach:
    """A debtor as a message reaches it, and what he is followed by."""

    public_id: str
    name: str
    language: str
    strategy: Strategy
    version_id: int  # of the strategy
    email: str
    has_address: bool
    receipt_waits: bool  # a receipt is proposed for one of its items


@dataclass(slots=True)
class Situation:
    """One receivable as the follow-up sees it. Not frozen, for the same reason as an `Item`."""

    receivable_id: int
    debtor_id: int
    invoice: str
    instalment: int
    currency: str
    item: Item
    reach: Reach
    message_id: int | None = None  # the message that has its next step in hand
    message_state: MessageState | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """What holds for every item of one administration."""

    pk: int
    country: Country
    bank: Bank
    strategies: dict[str, tuple[int, Strategy]]  # by code, with the key of the version
    strategy: str  # the code that a debtor without one of its own follows


@dataclass(slots=True)
class _Facts:
    """What is known of some debtors, by debtor or by receivable."""

    reaches: dict[int, Reach] = field(default_factory=dict)
    holds: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))  # of a whole debtor: negative
    credits: dict[tuple[int, str], int] = field(default_factory=dict)
    taken: dict[int, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    in_hand: dict[int, tuple[int, MessageState]] = field(default_factory=dict)
    handed_over: set[int] = field(default_factory=set)
    rests: dict[int, date] = field(default_factory=dict)


def books_of(books: int) -> Books:
    """Load what holds for every item."""
    columns = ("country", "strategy", "bank_freshness_days")
    country, strategy, freshness = Administration.objects.values_list(*columns).get(pk=books)
    return Books(books, COUNTRIES[country], Bank(_complete_until(books), freshness), followed(books), strategy)


def of(receivables: QuerySet[Receivable], books: Books, *, today: date,
       about_to_leave: bool = False) -> Iterator[Situation]:  # fmt: skip
    """Load the situations of these receivables, by debtor: so many at a time, with the same few queries each.

    A message that waits for approval does not count as under way: whether it still holds is what is asked. Where
    their message is about to leave, the rhythm was kept when it was decided.
    """
    columns = ("pk", "debtor_id", "invoice__number", "instalment", "currency", AsKept("invoice__issue_date"),
               AsKept("due_date"), "open_cents")  # fmt: skip
    for rows in _blocks(receivables.order_by("debtor_id", "due_date", "pk").values_list(*columns)):
        facts = _facts(rows, books, today, with_rhythm=not about_to_leave)
        yield from _situations(rows, facts)


def _situations(rows: list[tuple[Any, ...]], facts: _Facts) -> Iterator[Situation]:
    known: dict[Any, date] = {}  # days read once each: SQLite keeps them as texts, and many are alike
    planned, nothing = MessageState.PLANNED, (None, None)
    holds, rests, handed_over = facts.holds, facts.rests, facts.handed_over
    debtor = None
    for pk, whose, invoice, instalment, currency, issued, due, open_cents in rows:
        if whose != debtor:
            debtor, reach, rest = whose, facts.reaches[whose], rests.get(whose)
            reachable = bool(reach.email) or reach.has_address
            held = tuple(holds[-whose]) if -whose in holds else ()
        message, state = facts.in_hand.get(pk, nothing)
        yield Situation(
            pk, whose, invoice, instalment, currency,
            Item(
                known.get(issued) or known.setdefault(issued, _day(issued)),
                known.get(due) or known.setdefault(due, _day(due)),
                open_cents,
                facts.credits.get((whose, currency), 0),
                reachable,
                tuple(facts.taken[pk]) if pk in facts.taken else (),
                (*holds[pk], *held) if pk in holds else held,
                state is planned,
                rest,
                pk in handed_over,
            ),
            reach, message, state,
        )  # fmt: skip


def _day(kept: Any) -> date:
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def _blocks(rows: QuerySet[Any, Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Give the rows as the engine gives them, so many at a time."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while block := cursor.fetchmany(BLOCK):
            yield block


def _facts(rows: list[tuple[Any, ...]], books: Books, today: date, *, with_rhythm: bool) -> _Facts:
    facts = _Facts()
    theirs = Keys(sorted({row[1] for row in rows}))
    _reaches(facts, theirs, books)
    holds = Hold.objects.of(books.pk).filter(debtor__in=theirs, ended_on__isnull=True).order_by("pk")
    for receivable, debtor, why, said, until in holds.values_list(
        "receivable_id", "debtor_id", "explanation", "facts", "until"
    ):
        facts.holds[-debtor if receivable is None else receivable].append(Held(why, until, tuple(said.items())))
    credits_ = Credit.objects.of(books.pk).filter(debtor__in=theirs, open_cents__gt=0).order_by()
    for debtor, currency, cents in credits_.values_list("debtor_id", "currency").annotate(cents=Sum("open_cents")):
        facts.credits[debtor, currency] = cents
    _what_was_done(facts, Keys([row[0] for row in rows]), books.pk)
    if with_rhythm:
        _rhythm(facts, theirs, books.pk, today)
    return facts


def _reaches(facts: _Facts, theirs: Keys, books: Books) -> None:
    """Load how these debtors are reached."""
    addresses = mailboxes(books.pk, theirs, first=ContactRole.REMINDER)
    waiting = ProposalLine.objects.of(books.pk).filter(receivable__debtor__in=theirs, proposal__state="open")
    is_asked = Case(When(pk__in=waiting.values("receivable__debtor"), then=True), default=False)
    columns = ("pk", "public_id", "name", "language", "strategy", "street", "city", is_asked)
    for pk, public_id, name, language, code, street, city, waits in (
        Debtor.objects.of(books.pk).filter(pk__in=theirs).values_list(*columns)
    ):
        version, strategy = books.strategies[code or books.strategy]
        facts.reaches[pk] = Reach(public_id, name, language, strategy, version, addresses.get(pk, ""),
                                  bool(street and city), bool(waits))  # fmt: skip


def mailboxes(books: int, debtors: Keys | Iterable[int], *, first: ContactRole) -> dict[int, str]:
    """Give the mailbox of each of these debtors: that of the role asked for before any other, as a last resort."""
    contacts = Contact.objects.of(books).filter(debtor__in=debtors, refused_on__isnull=True).exclude(email="")
    found: dict[int, str] = {}
    for debtor, _, email in sorted(
        contacts.values_list("debtor_id", "role", "email"), key=lambda row: (row[1] != first.value, row[1])
    ):
        found.setdefault(debtor, email)
    return found


def _what_was_done(facts: _Facts, items: Keys, books: int) -> None:
    actions = Action.objects.of(books).filter(receivable__in=items).exclude(state=ActionState.WITHDRAWN.value)
    columns = ("receivable_id", "step", "state", "taken_on", "message_id", "message__state", "task__state",
               "task__kind")  # fmt: skip
    for receivable, step, state, taken_on, message, message_state, task_state, kind in actions.order_by(
        "pk"
    ).values_list(*columns):
        if state == ActionState.PLANNED.value:
            facts.in_hand[receivable] = (message, MessageState(message_state))
        else:
            facts.taken[receivable].append(Taken(step, taken_on))
        if task_state == TaskState.DONE.value and kind == "hand_over":
            facts.handed_over.add(receivable)


def _rhythm(facts: _Facts, theirs: Keys, books: int, today: date) -> None:
    """Find who was written to too recently. A notice before the due date asks nothing and does not count."""
    of_a_strategy = Message.objects.of(books).filter(OF_A_STRATEGY, debtor__in=theirs).order_by()
    mine = of_a_strategy.filter(is_trial=False)
    # A clock that jumped back finds what it sent tomorrow; what lies further ahead, it sent while it was wrong.
    near = today - timedelta(days=DAYS_OF_RHYTHM), today + timedelta(days=DAYS_OF_RHYTHM)
    recent = mine.filter(state=MessageState.SENT.value, sent_on__gt=near[0], sent_on__lt=near[1])
    # The message of a day is one, though it left on another day or reached only ourselves.
    decided = of_a_strategy.filter(decided_on=today)
    ended = [state.value for state in (MessageState.PLANNED, *FORGOTTEN)]
    under_way = mine.filter(state__in=[state.value for state in UNDER_WAY])
    sent: dict[int, list[date]] = defaultdict(list)
    tomorrow = today + timedelta(days=1)
    for what, debtor, day, term_days in _united(
        under_way=under_way, sent=recent, decided=decided.exclude(state__in=ended)
    ):
        if what == "sent":
            if term_days:
                insort(sent[debtor], day)
            if day < today:
                continue
        # What is under way: tomorrow again, until it is known what became of it.
        free = day + timedelta(days=1) if what == "sent" else tomorrow
        facts.rests[debtor] = max(facts.rests.get(debtor, free), free)
    for debtor, days in sent.items():
        if len(days) >= MESSAGES_IN_RHYTHM:
            free = days[-MESSAGES_IN_RHYTHM] + timedelta(days=DAYS_OF_RHYTHM)
            facts.rests[debtor] = max(facts.rests.get(debtor, free), free)


def _united(**parts: QuerySet[Message]) -> QuerySet[Message, Any]:
    """Ask several questions at once, each by its own index."""
    first, *others = (
        rows.annotate(part=Value(name)).values_list("part", "debtor_id", "sent_on", "term_days")
        for name, rows in parts.items()
    )
    return first.union(*others, all=True)


def due(books: int, today: date) -> QuerySet[Receivable]:
    """Give what this day has reached: everything in which anything could be due."""
    return Receivable.objects.of(books).still_open().filter(next_on__lte=today)


def resting(books: int, today: date) -> tuple[int, int]:
    """Count what is not looked at today: of what has no step left what was handed over, and of the rest what is held.

    It begins at the holds and the hand-overs, of which there are few.
    """
    over = Action.objects.of(books).exclude(state=ActionState.WITHDRAWN.value).filter(
        task__state=TaskState.DONE.value, task__kind="hand_over", receivable__open_cents__gt=0,
        receivable__next_on=date.max,
    )  # fmt: skip
    holds = Hold.objects.of(books).filter(Q(until__isnull=True) | Q(until__gte=today), ended_on__isnull=True)
    items = Receivable.objects.of(books).still_open().filter(next_on__gt=today).exclude(next_on=date.max)
    single = holds.filter(receivable__open_cents__gt=0, receivable__next_on__gt=today).exclude(
        receivable__next_on=date.max
    )
    held = set(single.values_list("receivable_id", flat=True))
    whole = list(holds.filter(receivable__isnull=True).values_list("debtor_id", flat=True))
    if whole:
        held |= set(items.filter(debtor__in=whole).values_list("pk", flat=True))
    return over.values("receivable").distinct().count(), len(held)


def bank(books: int) -> Bank:
    """Tell how far the bank data reaches, and how far behind it may be."""
    freshness = Administration.objects.values_list("bank_freshness_days", flat=True).get(pk=books)
    return Bank(_complete_until(books), freshness)


def _complete_until(books: int) -> date | None:
    """Find the account that is furthest behind, of those that statements come from: of our own, where there are any."""
    own = OwnAccount.objects.of(books).filter(iban=OuterRef("account"))
    told = Statement.objects.of(books).filter(closed_on__isnull=False).order_by()
    closed = list(told.values_list("account").annotate(day=Max("closed_on"), is_own=Exists(own)))
    of_own: list[date] = [day for _, day, is_own in closed if is_own]
    return min(of_own) if of_own else max((day for _, day, _ in closed), default=None)

"""What the rules of the follow-up ask, loaded in sets: the same few queries for any number of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet, Sum

from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import Statement
from voldaan.records.debtors import Contact, Debtor
from voldaan.records.holds import Hold
from voldaan.records.messages import Message
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.strategies import followed
from voldaan.rules.outbox import FORGOTTEN, UNDER_WAY, ActionState, MessageState, TaskState
from voldaan.rules.strategy import DAYS_OF_RHYTHM, MESSAGES_IN_RHYTHM, Bank, Held, Item, Strategy, Taken


@dataclass(frozen=True, slots=True)
class Reach:
    """A debtor as a message reaches it."""

    public_id: str
    name: str
    language: str
    strategy: str  # its code
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
    message_id: int | None = None  # the message that has its next step in hand
    message_state: MessageState | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """What holds for every item of one administration."""

    pk: int
    bank: Bank
    strategies: dict[str, tuple[int, Strategy]]  # by code, with the key of the version
    strategy: str  # the code that a debtor without one of its own follows


@dataclass(slots=True)
class _Facts:
    """What is known of some debtors, by debtor or by receivable."""

    holds: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))  # of a whole debtor: negative
    credits: dict[tuple[int, str], int] = field(default_factory=dict)
    taken: dict[int, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    in_hand: dict[int, tuple[int, MessageState]] = field(default_factory=dict)
    handed_over: set[int] = field(default_factory=set)
    rests: dict[int, date] = field(default_factory=dict)


def books_of(books: int) -> Books:
    """Load what holds for every item."""
    strategy = Administration.objects.values_list("strategy", flat=True).get(pk=books)
    return Books(books, bank(books), followed(books), strategy)


def of(receivables: QuerySet[Receivable], books: int, *, today: date,
       reaches: dict[int, Reach], about_to_leave: bool = False) -> Iterator[Situation]:  # fmt: skip
    """Load the situations of these receivables, by debtor.

    A message that waits for approval does not count as under way: whether it still holds is what is asked. Where
    their message is about to leave, the rhythm was kept when it was decided.
    """
    facts = _facts(receivables, books, today, with_rhythm=not about_to_leave)
    columns = ("pk", "debtor_id", "invoice__number", "instalment", "currency", "invoice__issue_date", "due_date",
               "open_cents")  # fmt: skip
    rows = receivables.order_by("debtor_id", "due_date", "pk").values_list(*columns)
    none: tuple[int, MessageState] | tuple[None, None] = (None, None)
    for pk, debtor, invoice, instalment, currency, issued, due, open_cents in _raw(rows, days=(5, 6)):
        message, state = facts.in_hand.get(pk, none)
        reach = reaches[debtor]
        yield Situation(
            pk, debtor, invoice, instalment, currency,
            Item(
                issued, due, open_cents,
                facts.credits.get((debtor, currency), 0),
                bool(reach.email) or reach.has_address,
                tuple(facts.taken[pk]) if pk in facts.taken else (),
                (*facts.holds.get(pk, ()), *facts.holds.get(-debtor, ())) if facts.holds else (),
                state is MessageState.PLANNED,
                facts.rests.get(debtor),
                pk in facts.handed_over,
            ),
            message, state,
        )  # fmt: skip


def _raw(rows: QuerySet[Any, Any], days: tuple[int, int]) -> Iterator[list[Any]]:
    """Give the rows as the engine gives them, days read once each: SQLite keeps them as texts, and many are alike."""
    known: dict[Any, date] = {}
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while block := cursor.fetchmany(10_000):
            for row in map(list, block):
                for at in days:
                    day = row[at]
                    if isinstance(day, str):
                        row[at] = known.get(day) or known.setdefault(day, date.fromisoformat(day))
                yield row


def reaches(books: Books, receivables: QuerySet[Receivable]) -> dict[int, Reach]:
    """Load how the debtors of these receivables are reached."""
    mailboxes: dict[int, str] = {}
    contacts = Contact.objects.of(books.pk).filter(of_these(receivables), refused_on__isnull=True).exclude(email="")
    # The address for reminders goes before the one for invoices; any other is the last resort.
    for debtor, _, email in sorted(
        contacts.values_list("debtor_id", "role", "email"), key=lambda row: (row[1] != "reminder", row[1])
    ):
        mailboxes.setdefault(debtor, email)
    waiting = ProposalLine.objects.of(books.pk).filter(
        of_these(receivables, "receivable__debtor"), proposal__state="open"
    )
    asked = set(waiting.values_list("receivable__debtor_id", flat=True))
    rows = Debtor.objects.of(books.pk).filter(pk__in=receivables.order_by().values("debtor"))
    columns = ("pk", "public_id", "name", "language", "strategy", "street", "city")
    return {
        pk: Reach(public_id, name, language, strategy or books.strategy, mailboxes.get(pk, ""), bool(street and city),
                  pk in asked)
        for pk, public_id, name, language, strategy, street, city in rows.values_list(*columns)
    }  # fmt: skip


def _facts(receivables: QuerySet[Receivable], books: int, today: date, *, with_rhythm: bool) -> _Facts:
    facts = _Facts()
    holds = Hold.objects.of(books).filter(of_these(receivables), ended_on__isnull=True).order_by("pk")
    for receivable, debtor, why, said, until in holds.values_list(
        "receivable_id", "debtor_id", "explanation", "facts", "until"
    ):
        facts.holds[-debtor if receivable is None else receivable].append(Held(why, until, tuple(said.items())))
    credits_ = Credit.objects.of(books).filter(of_these(receivables), open_cents__gt=0).order_by()
    for debtor, currency, cents in credits_.values_list("debtor_id", "currency").annotate(cents=Sum("open_cents")):
        facts.credits[debtor, currency] = cents
    _what_was_done(facts, receivables, books)
    if with_rhythm:
        _rhythm(facts, receivables, books, today)
    return facts


def _what_was_done(facts: _Facts, receivables: QuerySet[Receivable], books: int) -> None:
    steps = Action.objects.of(books).filter(receivable__in=receivables.order_by().values("pk"))
    actions = steps.exclude(state=ActionState.WITHDRAWN.value)
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


def _rhythm(facts: _Facts, receivables: QuerySet[Receivable], books: int, today: date) -> None:
    """Find who was written to too recently. A notice before the due date asks nothing and does not count."""
    mine = Message.objects.of(books).filter(of_these(receivables), is_trial=False)
    for debtor in mine.filter(state__in=[state.value for state in UNDER_WAY]).values_list("debtor_id", flat=True):
        facts.rests[debtor] = today + timedelta(days=1)  # and tomorrow again, until it is known what became of it
    sent: dict[int, list[date]] = defaultdict(list)
    # A clock that jumped back finds what it sent tomorrow; what lies further ahead, it sent while it was wrong.
    near = today - timedelta(days=DAYS_OF_RHYTHM), today + timedelta(days=DAYS_OF_RHYTHM)
    recent = mine.filter(state=MessageState.SENT.value, sent_on__gt=near[0], sent_on__lt=near[1])
    for debtor, day, term_days in recent.order_by("sent_on").values_list("debtor_id", "sent_on", "term_days"):
        assert day is not None, "what was sent has its day"
        if day >= today:
            facts.rests[debtor] = day + timedelta(days=1)
        if term_days:
            sent[debtor].append(day)
    # The message of a day is one, though it left on another day or reached only ourselves.
    decided = Message.objects.of(books).filter(of_these(receivables), decided_on=today)
    ended = [state.value for state in (MessageState.PLANNED, *FORGOTTEN)]
    for debtor in decided.exclude(state__in=ended).values_list("debtor_id", flat=True):
        facts.rests[debtor] = max(facts.rests.get(debtor, today), today + timedelta(days=1))
    for debtor, days in sent.items():
        if len(days) >= MESSAGES_IN_RHYTHM:
            free = days[-MESSAGES_IN_RHYTHM] + timedelta(days=DAYS_OF_RHYTHM)
            facts.rests[debtor] = max(facts.rests.get(debtor, free), free)


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


def of_these(receivables: QuerySet[Receivable], debtor: str = "debtor") -> Q:
    """Keep the rows of the debtors of these receivables."""
    return Q(**{f"{debtor}__in": receivables.order_by().values("debtor")})


def bank(books: int) -> Bank:
    """Tell how far the bank data reaches: the account that is furthest behind of those that statements come from."""
    closed: dict[str, date] = dict(
        Statement.objects.of(books)
        .filter(closed_on__isnull=False)
        .order_by()
        .values_list("account")
        .annotate(day=Max("closed_on"))
    )
    own = [closed[iban] for iban in OwnAccount.objects.of(books).values_list("iban", flat=True) if iban in closed]
    complete_until = min(own) if own else max(closed.values(), default=None)
    freshness = Administration.objects.values_list("bank_freshness_days", flat=True).get(pk=books)
    return Bank(complete_until, freshness)

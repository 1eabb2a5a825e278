"""What the rules of the follow-up ask, loaded in sets: the same few queries for any number of items."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, OuterRef, Q, QuerySet, Sum, Value, When

from voldaan.countries import COUNTRIES
from voldaan.records import known_until
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.bulk import AsKept, Keys
from voldaan.records.debtors import Contact, Debtor, reached
from voldaan.records.holds import Hold
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.strategies import followed, versions
from voldaan.records.together import Found, Rows, Several, together
from voldaan.rules.contacts import ContactRole
from voldaan.rules.country import Country
from voldaan.rules.ladders import FOR_CONSUMERS
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.money import Money
from voldaan.rules.notices import ANNOUNCING, TO_CONSUMERS
from voldaan.rules.outbox import FORGOTTEN, TOO_EARLY, UNDER_WAY, ActionState, MessageState, TaskState
from voldaan.rules.strategy import (
    DAYS_OF_RHYTHM,
    MAY_PAY_BESIDE,
    MAY_PAY_THIS,
    MESSAGES_IN_RHYTHM,
    Bank,
    Held,
    Item,
    Strategy,
    Taken,
)
from voldaan.rules.terms import TermBasis

BLOCK = 20_000  # receivables loaded at a time


class Reach(NamedTuple):
    """A debtor as a message reaches it, and what he is followed by."""

    public_id: str
    name: str
    language: str
    strategy: Strategy
    version_id: int  # of the strategy
    email: str
    has_address: bool
    receipt_waits: bool  # a receipt is proposed for one of its items
    debtor: DebtorKind | None  # None: not known
    sender_has_number: bool
    asks_notice: str  # the notice that the law of its country asks before a consumer owes costs


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
    has_number: bool  # its own, in the trade register
    consumer_strategy: str  # the same of a consumer; empty: the one for consumers in his country, where there is one

    def followed_by(self, code: str, kind: DebtorKind | None, country: str) -> tuple[int, Strategy]:
        """Give what a debtor follows: his own `code`, else what holds for who he is."""
        if not code and kind is DebtorKind.CONSUMER:
            code = self.consumer_strategy or FOR_CONSUMERS.get(country, "")
        return self.strategies[code or self.strategy]


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
    receipts: dict[int, Held] = field(default_factory=dict)  # that may pay an item; of a notice that asked it: negative


def books_of(books: int) -> Books:
    """Load what holds for every item."""
    return _house(books, *together(_of_house, books))


def _of_house(books: int) -> list[QuerySet[Any, Any]]:
    own = Administration.objects.filter(pk=books).values_list(
        "country", "strategy", "consumer_strategy", "bank_freshness_days", "registration_number"
    )
    return [own, known_until.told(books), versions(books)]


def _house(books: int, own: Found, accounts: Found, strategies: Found) -> Books:
    """Take in what was answered to `_of_house`."""
    ((country, strategy, of_consumers, freshness, number),) = own
    bank = Bank(known_until.furthest(accounts), freshness)
    return Books(books, COUNTRIES[country], bank, followed(strategies), strategy, bool(number), of_consumers)


COLUMNS = ("pk", "debtor_id", "invoice__number", "instalment", "currency", AsKept("invoice__issue_date"),
           AsKept("due_date"), "open_cents", "term_basis", "kind")  # fmt: skip


def of(receivables: QuerySet[Receivable], books: Books, *, today: date,
       about_to_leave: bool = False) -> Iterator[Situation]:  # fmt: skip
    """Load the situations of these receivables, by debtor: so many at a time, with the same few queries each.

    A message that waits for approval does not count as under way: whether it still holds is what is asked. Where
    their message is about to leave, the rhythm was kept when it was decided.
    """
    for rows in _blocks(_in_order(receivables)):
        theirs, items = Keys(sorted({row[1] for row in rows})), Keys([row[0] for row in rows])
        written_to = () if about_to_leave else _written_to(books.pk, theirs, today, *_near(today))
        facts = _facts(books, today, *_questions(books.pk, theirs, items), written_to)
        yield from _situations(rows, facts)


def of_debtor(debtor: int, books: int, *, today: date, along: Several) -> tuple[Books, list[Situation], list[Found]]:
    """Load in one query what holds for every item, the situations of what one debtor has open, and `along` with it."""
    own, accounts, strategies, rows, *answers = together(_of_debtor, books, debtor, today, *_near(today), along=along)
    house = _house(books, own, accounts, strategies)
    facts = _facts(house, today, *answers[:7])
    return house, list(_situations(rows, facts)), answers[7:]


def _of_debtor(books: int, debtor: int, today: date, *near: date, along: Several) -> list[QuerySet[Any, Any]]:
    still_open = Receivable.objects.of(books).still_open().filter(debtor=debtor)
    about = _questions(books, [debtor], still_open.values("pk"))
    return [*_of_house(books), _in_order(still_open), *about, _written_to(books, [debtor], today, *near),
            *along(books, debtor)]  # fmt: skip


def _in_order(receivables: QuerySet[Receivable]) -> QuerySet[Receivable, Any]:
    return receivables.order_by("debtor_id", "due_date", "pk").values_list(*COLUMNS)


def _situations(rows: Answer, facts: _Facts) -> Iterator[Situation]:
    known: dict[Any, date] = {}  # days read once each: SQLite keeps them as texts, and many are alike
    planned, nothing = MessageState.PLANNED, (None, None)
    agreed, principal = TermBasis.AGREED.value, ReceivableKind.PRINCIPAL.value
    holds, rests, handed_over, receipts = facts.holds, facts.rests, facts.handed_over, facts.receipts
    debtor = None
    for pk, whose, invoice, instalment, currency, issued, due, open_cents, basis, kind in rows:
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
                reach.debtor,
                reach.asks_notice,
                reach.sender_has_number,
                basis == agreed,
                kind != principal,
                receipt=receipts.get(pk),
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


Answer = Iterable[Sequence[Any]]
Whose = Keys | list[int]


def _questions(books: int, theirs: Whose, items: Keys | QuerySet[Any, Any]) -> list[QuerySet[Any, Any]]:
    """Give what is asked of some debtors and their items, as `_facts` takes it."""
    waiting = ProposalLine.objects.of(books).filter(receivable__debtor__in=theirs, proposal__state="open")
    is_asked = Case(When(pk__in=waiting.values("receivable__debtor"), then=True), default=False)
    debtors = Debtor.objects.of(books).filter(pk__in=theirs)
    holds = Hold.objects.of(books).filter(debtor__in=theirs, ended_on__isnull=True).order_by("pk")
    credits_ = Credit.objects.of(books).filter(debtor__in=theirs, open_cents__gt=0).order_by()
    actions = Action.objects.of(books).filter(receivable__in=items).exclude(state=ActionState.WITHDRAWN.value)
    return [
        _contacts(books, theirs),
        debtors.values_list("pk", "public_id", "name", "language", "strategy", "street", "city", "kind", "country",
                            is_asked),
        holds.values_list("receivable_id", "debtor_id", "explanation", "facts", "until"),
        credits_.values_list("debtor_id", "currency").annotate(cents=Sum("open_cents")),
        _receipts(books, waiting),
        actions.order_by("pk").values_list("receivable_id", "step", "state", "taken_on", "message_id",
                                           "message__state", AsKept("message__final_date"),
                                           AsKept("message__lapses_on"), AsKept("message__returned_on"),
                                           "task__state", "task__kind"),
    ]  # fmt: skip


def _facts(books: Books, today: date, *answers: Answer) -> _Facts:
    """Take in what was answered to `_questions`, and to `_written_to`."""
    contacts, debtors, holds, credits_, receipts, actions, written_to = answers
    facts = _Facts()
    _reaches(facts, books, contacts, debtors)
    for receivable, debtor, why, said, until in holds:
        facts.holds[-debtor if receivable is None else receivable].append(Held(why, until, tuple(said.items())))
    for debtor, currency, cents in credits_:
        facts.credits[debtor, currency] = cents
    _receipts_that_wait(facts, receipts)
    _what_was_done(facts, actions)
    _rhythm(facts, written_to, today)
    return facts


def _receipts(books: int, lines: QuerySet[ProposalLine]) -> QuerySet[ProposalLine, Any]:
    """Ask what the bank tells that may pay these items, and which notices asked them."""
    notices = Action.objects.of(books).filter(
        receivable=OuterRef("receivable"), state=ActionState.TAKEN.value, step__in=sorted(ANNOUNCING)
    )
    return lines.filter(proposal__transaction__isnull=False).order_by("proposal__rank", "pk").values_list(
        "receivable_id", "receivable__invoice__number", "proposal__transaction__amount_cents",
        "proposal__transaction__currency", Rows(notices.values_list("message_id")),
    )  # fmt: skip


def _receipts_that_wait(facts: _Facts, receipts: Answer) -> None:
    """Take in which items a receipt may pay, and which were asked along with them: their costs are the same."""
    for receivable, invoice, cents, currency, asked in receipts:
        amount = ("amount", str(Money(cents, currency)))
        facts.receipts.setdefault(receivable, Held(MAY_PAY_THIS, facts=(amount,)))
        for (notice,) in asked:
            facts.receipts.setdefault(-notice, Held(MAY_PAY_BESIDE, facts=(amount, ("invoice", invoice))))


def _reaches(facts: _Facts, books: Books, contacts: Answer, debtors: Answer) -> None:
    """Tell how these debtors are reached."""
    addresses = _mailboxes(contacts, first=ContactRole.REMINDER)
    for pk, public_id, name, language, code, street, city, said, country, waits in debtors:
        kind = DebtorKind(said) if said else None
        version, strategy = books.followed_by(code, kind, country)
        facts.reaches[pk] = Reach(public_id, name, language, strategy, version, addresses.get(pk, ""),
                                  bool(street and city), bool(waits), kind, books.has_number,
                                  _asked_by(country))  # fmt: skip


def mailboxes(books: int, debtors: Collection[int], *, first: ContactRole) -> dict[int, str]:
    """Give the mailbox of each of these debtors: that of the role asked for before any other, as a last resort."""
    return _mailboxes(_contacts(books, list(debtors)), first=first)


def _contacts(books: int, debtors: Whose) -> QuerySet[Contact, Any]:
    usable = reached(books, first=ContactRole.INVOICE).order_by()
    usable = usable.filter(debtor__in=debtors, refused_on__isnull=True).exclude(email="")
    return usable.values_list("debtor_id", "role", "email")


def _mailboxes(contacts: Answer, *, first: ContactRole) -> dict[int, str]:
    found: dict[int, str] = {}
    for debtor, _, email in sorted(contacts, key=lambda row: (row[1] != first.value, row[1])):
        found.setdefault(debtor, email)
    return found


@cache
def _asked_by(country: str) -> str:
    law = COUNTRIES.get(country)
    return law.consumer.notice.name if law and law.consumer.notice else ""


def _what_was_done(facts: _Facts, actions: Answer) -> None:
    left = MessageState.SENT.value
    for row in actions:
        receivable, step, state, taken_on, message, message_state, final, lapses, returned, task_state, kind = row
        if step == TOO_EARLY:
            continue  # a question to a person, and no step of any ladder
        if step in ANNOUNCING and -(message or 0) in facts.receipts:
            facts.receipts.setdefault(receivable, facts.receipts[-message])
        if state == ActionState.PLANNED.value:
            facts.in_hand[receivable] = (message, MessageState(message_state))
        else:
            facts.taken[receivable].append(
                Taken(step, taken_on, _lapse(step, lapses, final), message_state == left and returned is None)
            )
        if task_state == TaskState.DONE.value and kind == "hand_over":
            facts.handed_over.add(receivable)


def _lapse(step: str, lapses: Any, final: Any) -> date | None:
    """Give the first day after the term of a message; of a notice to a consumer only where it was counted."""
    if lapses is not None:
        return _day(lapses)
    return None if final is None or step in TO_CONSUMERS else _day(final) + timedelta(days=1)


def _near(today: date) -> tuple[date, date]:
    """Give the days between which a message counts for the rhythm.

    A clock that jumped back finds what it sent tomorrow; what lies further ahead, it sent while it was wrong.
    """
    return today - timedelta(days=DAYS_OF_RHYTHM), today + timedelta(days=DAYS_OF_RHYTHM)


def _written_to(books: int, theirs: Whose, today: date, after: date, before: date) -> QuerySet[Message, Any]:
    """Ask who was written to of late. A notice before the due date asks nothing and does not count."""
    of_a_strategy = Message.objects.of(books).filter(OF_A_STRATEGY, debtor__in=theirs).order_by()
    mine = of_a_strategy.filter(is_trial=False)
    recent = mine.filter(state=MessageState.SENT.value, sent_on__gt=after, sent_on__lt=before)
    # The message of a day is one, though it left on another day or reached only ourselves.
    decided = of_a_strategy.filter(decided_on=today)
    ended = [state.value for state in (MessageState.PLANNED, *FORGOTTEN)]
    under_way = mine.filter(state__in=[state.value for state in UNDER_WAY])
    return _united(under_way=under_way, sent=recent, decided=decided.exclude(state__in=ended))


def _rhythm(facts: _Facts, written_to: Answer, today: date) -> None:
    """Find who was written to too recently."""
    sent: dict[int, list[date]] = defaultdict(list)
    tomorrow = today + timedelta(days=1)
    for what, debtor, day, term_days in written_to:
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

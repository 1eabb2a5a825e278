"""What waits for a person: messages to approve, letters to print, calls, hand-overs, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from voldaan.queries.credits_to_pay_back import idle
from voldaan.queries.paying_back import made_by
from voldaan.records.actions import Action, Task
from voldaan.records.debtors import reached
from voldaan.records.messages import Message
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.together import Rows, together
from voldaan.rules.contacts import ContactRole
from voldaan.rules.money import Money
from voldaan.rules.notices import ANNOUNCING, DEMAND, FINAL_NOTICE
from voldaan.rules.outbox import CAUTIONS, TOO_EARLY, ActionState, Caution, Channel, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do. Amounts are cents."""

    id: str
    kind: str  # message, letter, call, hand_over, too_early, uncertain, failed, receipt, credit
    debtor: str
    debtor_id: str
    invoices: list[str]
    cents: int
    currency: str
    days_overdue: int  # of its oldest item; of a credit: so many days it lies here
    because: str
    in_words: str  # marked; `step`, `amount` and `days` fill it
    step: str
    warnings: list[str]
    phone: str = ""
    put_off_until: date | None = None  # on which a task is, or was, on the list again
    put_off_why: str = ""


RECEIPT = "receipt"  # beside messages and tasks: money that may pay what would be asked for the last time
CREDIT = "credit"  # and money of a customer who owes nothing
CREDIT_WAITS = timedelta(days=30)  # so long an invoice may still come that it pays, before anybody is asked

# In the order in which they are shown: what went wrong first.
WORDS = {
    "uncertain": mark("Nobody knows whether this message left: ask the customer or look at the mail server."),
    TOO_EARLY: mark(
        "A final notice left before the term of the letter before it was over, so its costs were taken back: decide "
        "whether to withdraw it. Then it is written again."
    ),
    "failed": mark("The mail server refused this message for good: mend the address, or see what it said."),
    RECEIPT: mark("A receipt of {amount} waits that may pay this: look at it before more is asked."),
    "message": mark("Ready to leave: {step}."),
    "letter": mark("To print and to post: {step}."),
    "call": mark("Time to call: {step}."),
    "hand_over": mark("The last step has lapsed: decide whether to hand it over."),
    CREDIT: mark("{amount} lies here for {days} days, and nothing is open that it could pay: pay it back."),
}
ORDER = {kind: place for place, kind in enumerate(WORDS)}
LATER = "later"  # beside the kinds: tasks that were put off
WENT_WRONG = (MessageState.UNCERTAIN, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class MostUrgent:
    """The first of what waits, how much there is of each kind, and what is open now of all its items."""

    work: list[Work]
    kinds: dict[str, int]
    amounts: dict[str, list[Money]]  # of each kind, by currency: what its rows add up to
    involved: list[Money]  # by currency, each item once
    later: int  # tasks that somebody put off, which do not wait today


def worklist(*, later: bool = False, actor: Actor, today: date) -> list[Work]:
    """List what waits for a person: what went wrong first, then the largest amount first; or what was put off."""
    actor.must(Deed.READ_BOOKS)
    messages, found, _, _, receipts, credits_, _ = together(
        questions, actor.administration_id, today, today - CREDIT_WAITS, kind=LATER if later else "", most=None
    )
    tasks, put_off = _by_day(found, today)
    if later:
        return put_off
    others = [_message(row, today) for row in messages] + [_credit(row, today) for row in credits_]
    return _sorted(others + tasks + _receipts(receipts, today))


def questions(books: int, today: date, idle_since: date, *, kind: str, most: int | None) -> list[QuerySet[Any, Any]]:
    """Ask for the first messages and credits of the worklist, or of one kind of it, for all its tasks, and its sums."""
    waiting = messages_that_wait(books).order_by()
    lines = Action.objects.of(books).filter(
        Q(message__in=waiting.values("pk")) | Q(task__in=tasks_that_wait(books, today).values("pk"))
    )
    involved = Receivable.objects.of(books).still_open().filter(pk__in=lines.values("receivable"))
    return [
        _messages(books, kind)[:most],
        _tasks(books),
        waiting.values_list("state", "channel", "currency").annotate(Count("pk"), Sum("total_cents")),
        involved.order_by("currency").values_list("currency").annotate(Sum("open_cents")),
        _receipts_first(books, today),
        _credits(books, idle_since, kind)[:most],
        _idle(books, idle_since).order_by("currency").values_list("currency").annotate(Count("pk"), Sum("open_cents")),
    ]


def most_urgent(answers: Sequence[list[list[Any]]], *, kind: str, most: int, today: date) -> MostUrgent:
    """Give the first of the worklist, of one kind of it or of what was put off, by what was answered to `questions`."""
    messages, found, states, involved, receipts, credits_, lying = answers
    tasks, put_off = _by_day(found, today)
    tasks += _receipts(receipts, today)
    kinds = Counter(one.kind for one in tasks)
    sums: Counter[tuple[str, str]] = Counter()
    for one in tasks:
        sums[one.kind, one.currency] += one.cents
    for state, channel, currency, count, cents in states:
        of_kind = _kind(MessageState(state), Channel(channel))
        kinds[of_kind] += count
        sums[of_kind, currency] += cents
    for currency, count, cents in lying:
        kinds[CREDIT] += count
        sums[CREDIT, currency] += cents
    there = {one: kinds[one] for one in WORDS if kinds[one]}
    amounts = {
        one: [Money(cents, currency) for (whose, currency), cents in sorted(sums.items()) if whose == one]
        for one in there
    }
    wanted = [one for one in tasks if kind in ("", one.kind)]
    others = [_message(row, today) for row in messages] + [_credit(row, today) for row in credits_]
    work = put_off if kind == LATER else _sorted(others + wanted)
    sums_involved = [Money(cents, currency) for currency, cents in involved]
    return MostUrgent(work[:most], there, amounts, sums_involved, len(put_off))


def _sorted(work: list[Work]) -> list[Work]:
    return sorted(work, key=lambda one: (ORDER[one.kind], -one.cents, one.id))


def messages_that_wait(books: int) -> QuerySet[Message]:
    """Find the messages that want a person."""
    rows = Message.objects.of(books)
    later = Message.objects.of(books).filter(debtor=OuterRef("debtor"), pk__gt=OuterRef("pk"))
    return rows.filter(
        Q(state__in=[MessageState.PLANNED.value, MessageState.UNCERTAIN.value])
        | Q(state__in=[MessageState.RELEASED.value, MessageState.CLAIMED.value], channel=Channel.LETTER.value)
        | (Q(state=MessageState.FAILED.value) & ~Exists(later))  # after which the customer got no other
    )


def tasks_that_wait(books: int, today: date) -> QuerySet[Task]:
    """Find the tasks of which something is open, and which nobody put off to a later day."""
    return _open_tasks(books).filter(Q(put_off_until=None) | Q(put_off_until__lte=today))


def _open_tasks(books: int) -> QuerySet[Task]:
    """Find the tasks of which something is open; the next run takes the others off."""
    lines = Action.objects.of(books).filter(task=OuterRef("pk"), receivable__open_cents__gt=0)
    return Task.objects.of(books).filter(Exists(lines), state=TaskState.OPEN.value)


LINE = ("receivable__invoice__number", "receivable__due_date")  # of a message or a task, the oldest first


def _messages(books: int, wanted: str) -> QuerySet[Message, Any]:
    kind = Case(*(When(state=state.value, then=ORDER[state.value]) for state in WENT_WRONG),
                When(state=MessageState.PLANNED.value, then=ORDER["message"]), default=ORDER["letter"])  # fmt: skip
    rows = messages_that_wait(books).alias(kind=kind).order_by("kind", "-total_cents", "public_id")
    if wanted:
        rows = rows.none() if wanted == LATER else rows.filter(kind=ORDER[wanted])
    lines = Action.objects.of(books).filter(message=OuterRef("pk")).order_by("receivable__due_date", "pk")
    return rows.values_list("public_id", "state", "channel", "debtor__name", "debtor__public_id", "total_cents",
                            "currency", "step", "warnings", Rows(lines.values_list(*LINE)))  # fmt: skip


def _message(facts: Sequence[Any], today: date) -> Work:
    id_, state, channel, name, debtor, cents, currency, step, warnings, lines = facts
    kind = _kind(MessageState(state), Channel(channel))
    because = "needs_approval" if state == MessageState.PLANNED.value else "due"
    overdue = (today - lines[0][1]).days if lines else 0
    return Work(id_, kind, name, debtor, [number for number, _ in lines], cents, currency, overdue, because,
                WORDS[kind], step, [CAUTIONS[Caution(one)] for one in warnings])  # fmt: skip


def _kind(state: MessageState, channel: Channel) -> str:
    if state in WENT_WRONG:
        return str(state.value)
    return "letter" if state is not MessageState.PLANNED and channel is Channel.LETTER else "message"


def _tasks(books: int) -> QuerySet[Task, Any]:
    lines = Action.objects.of(books).filter(task=OuterRef("pk"), receivable__open_cents__gt=0)
    ordered = lines.order_by("receivable__due_date", "pk").values_list(*LINE, "receivable_id", "receivable__open_cents")
    phone = reached(books, first=ContactRole.REMINDER).filter(debtor=OuterRef("debtor")).exclude(phone="")
    return _open_tasks(books).values_list("public_id", "kind", "debtor__name", "debtor__public_id", "currency",
                                          Coalesce(Subquery(phone.values("phone")[:1]), Value("")), "put_off_until",
                                          "put_off_why", Rows(ordered))  # fmt: skip


def _by_day(rows: list[list[Any]], today: date) -> tuple[list[Work], list[Work]]:
    """Give the tasks that wait, and those that were put off: what comes back first stands first."""
    waits: list[Work] = []
    put_off: list[Work] = []
    for one in (_task(row, today) for row in rows):
        (put_off if one.put_off_until and one.put_off_until > today else waits).append(one)
    return waits, sorted(put_off, key=lambda one: (one.put_off_until, -one.cents, one.id))


def _task(facts: Sequence[Any], today: date) -> Work:
    """Sum what is open of a task now, each item once."""
    id_, kind, name, debtor, currency, phone, until, why, lines = facts
    items = list({item: (number, cents) for number, _, item, cents in lines}.values())
    return Work(id_, kind, name, debtor, [number for number, _ in items], sum(cents for _, cents in items), currency,
                (today - lines[0][1]).days, "due", WORDS[kind], kind, [], phone, until, why)  # fmt: skip


LAST_CALLS = sorted(ANNOUNCING | {FINAL_NOTICE, DEMAND})  # after which a final notice comes, or a hand-over


def _receipts_first(books: int, today: date) -> QuerySet[ProposalLine, Any]:
    """Ask for the receipts that may pay what was asked for the last time but one, once that term is over."""
    is_over = Q(message__lapses_on__lte=today) | Q(message__final_date__lt=today)
    asked = Action.objects.of(books).filter(
        is_over, receivable=OuterRef("receivable"), state=ActionState.TAKEN.value, step__in=LAST_CALLS
    )
    lines = ProposalLine.objects.of(books).filter(
        Exists(asked), proposal__state="open", proposal__transaction__isnull=False,
        receivable__next_on__lte=today,
    )  # fmt: skip
    receipt = "proposal__transaction__"
    return lines.order_by("proposal__rank", "receivable__due_date", "pk").values_list(
        f"{receipt}public_id", f"{receipt}amount_cents", f"{receipt}currency", "receivable__debtor__name",
        "receivable__debtor__public_id", "receivable__invoice__number", "receivable__due_date",
    )  # fmt: skip


def _receipts(rows: list[list[Any]], today: date) -> list[Work]:
    """Give each receipt once, with the customer of whom it is thought first, and all that it may pay of him."""
    found: dict[str, Work] = {}
    for id_, cents, currency, name, debtor, invoice, due in rows:
        late = (today - due).days
        one = found.setdefault(id_, Work(id_, RECEIPT, name, debtor, [], cents, currency, late, "receipt_waits",
                                         WORDS[RECEIPT], "", []))  # fmt: skip
        if one.debtor_id == debtor and invoice not in one.invoices:
            one.invoices.append(invoice)
    return list(found.values())


def _idle(books: int, since: date) -> QuerySet[Credit]:
    return idle(books).filter(value_date__lt=since)


def _credits(books: int, since: date, wanted: str) -> QuerySet[Credit, Any]:
    """Ask for the credit that lies here for long, the largest first."""
    rows = _idle(books, since).annotate(booking=made_by(books)).order_by("-open_cents", "pk")
    if wanted not in ("", CREDIT):
        rows = rows.none()
    return rows.values_list("booking", "debtor__name", "debtor__public_id", "open_cents", "currency", "value_date")


def _credit(facts: Sequence[Any], today: date) -> Work:
    booking, name, debtor, cents, currency, since = facts
    return Work(str(booking), CREDIT, name, debtor, [], cents, currency, (today - since).days, "nothing_open",
                WORDS[CREDIT], "", [])  # fmt: skip

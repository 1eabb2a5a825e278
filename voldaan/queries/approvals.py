"""What waits for somebody's yes: the messages, in the order in which they are gone through, and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Sum, When

from voldaan.queries import charges
from voldaan.queries.charges import Charges
from voldaan.records import proposals
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.bulk import Counted
from voldaan.records.messages import Message
from voldaan.records.prepared import asked
from voldaan.records.together import Rows, together
from voldaan.rules.money import Money
from voldaan.rules.outbox import CAUTIONS, Caution, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchMessage


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits. Amounts are cents."""

    id: str
    debtor: str
    debtor_id: str
    step: str
    channel: str
    recipient: str
    cents: int
    currency: str
    invoices: list[str]  # oldest due date first
    days_overdue: int  # of the oldest
    warnings: list[str]  # marked
    charges: Charges | None  # what it announces or claims


@dataclass(frozen=True, slots=True)
class Sums:
    """All that waits together."""

    count: int
    warned: int  # of which so many carry a warning: they are looked at one by one
    amounts: list[Money]  # by currency
    clear_amounts: list[Money]  # of those without a warning
    large: int  # above so many at once, the number is typed

    @property
    def clear(self) -> int:
        """Count what carries no warning."""
        return self.count - self.warned


def _waiting(books: int) -> QuerySet[Message]:
    return Message.objects.of(books).filter(state=MessageState.PLANNED.value)


def _clear(books: int) -> Q:
    """Tell what carries no warning: also not that of a receipt which came in since it was decided."""
    return Q(warnings=[]) & ~Q(debtor__in=proposals.asked(books))


def waiting(*, start: int = 0, most: int, actor: Actor, today: date) -> list[Waiting]:
    """List what waits, what carries a warning first, then the largest amount: at most `most`, from `start` on."""
    actor.must(Deed.READ_BOOKS)
    return _rows(asked(_in_order, actor.administration_id, start=start, most=most), today)


def _in_order(books: int, *, start: int, most: int) -> QuerySet[Message, Any]:
    # The key decides between equals.
    ordered = _waiting(books).alias(is_clear=Case(When(_clear(books), then=1), default=0)).order_by(
        "is_clear", "-total_cents", "pk"
    )  # fmt: skip
    is_asked = Case(When(debtor__in=proposals.asked(books), then=True), default=False)
    lines = Action.objects.of(books).filter(message=OuterRef("pk")).order_by("receivable__due_date", "pk")
    return ordered.values_list(
        "public_id", "debtor__name", "debtor__public_id", "step", "channel", "recipient", "total_cents", "currency",
        "warnings", is_asked, Rows(lines.values_list("receivable__invoice__number", "receivable__due_date")),
        charges.of_messages(books),
    )[start : start + most]  # fmt: skip


def _rows(rows: Iterable[Sequence[Any]], today: date) -> list[Waiting]:
    return [
        Waiting(id_, debtor, debtor_id, step, channel, recipient, cents, currency, [number for number, _ in lines],
                (today - lines[0][1]).days if lines else 0, _cautions(warnings, is_asked=is_asked),
                charges.summed(charged, cents))
        for id_, debtor, debtor_id, step, channel, recipient, cents, currency, warnings, is_asked, lines, charged
        in rows
    ]  # fmt: skip


def _cautions(warnings: list[str], *, is_asked: bool) -> list[str]:
    said = dict.fromkeys([*map(Caution, warnings), *([Caution.RECEIPT_WAITS] if is_asked else [])])
    return [CAUTIONS[one] for one in said]


@dataclass(frozen=True, slots=True)
class Desk:
    """Some of what waits, and its sums."""

    rows: list[Waiting]
    sums: Sums


def desk(*, start: int, most: int, actor: Actor, today: date) -> Desk:
    """Give what `waiting` lists, and sum all that waits."""
    actor.must(Deed.READ_BOOKS)
    rows, sums, large = together(_desk, actor.administration_id, start=start, most=most)
    return Desk(_rows(rows, today), _sums(sums, large[0][0]))


def _desk(books: int, *, start: int, most: int) -> list[QuerySet[Any, Any]]:
    clear = _clear(books)
    sums = _waiting(books).order_by().values_list("currency").annotate(
        Count("pk"), Sum("total_cents"), clear=Count("pk", filter=clear), clear_cents=Sum("total_cents", filter=clear)
    )  # fmt: skip
    large = Administration.objects.filter(pk=books).values_list("large_run")
    return [_in_order(books, start=start, most=most), sums.order_by("currency"), large]


def _sums(rows: Iterable[Sequence[Any]], large: int) -> Sums:
    count = warned = 0
    amounts, clear_amounts = [], []
    for currency, all_, cents, without, clear_cents in rows:
        count, warned = count + all_, warned + all_ - without
        amounts.append(Money(cents, currency))
        if without:
            clear_amounts.append(Money(clear_cents, currency))
    return Sums(count, warned, amounts, clear_amounts, large)


def place(id: str, *, actor: Actor) -> int | None:  # noqa: A002 - the word of the contract
    """Tell how many stand before a message that waits; None where it does not wait any more.

    Raises:
        NoSuchMessage: there is none here.
    """
    actor.must(Deed.READ_BOOKS)
    found = asked(_place, actor.administration_id, id)
    if not found:
        raise NoSuchMessage(id=id)
    ((state, before),) = found
    return before if state == MessageState.PLANNED.value else None


def _place(books: int, id_: str) -> QuerySet[Message, Any]:
    """Count what stands before one in the order of `_in_order`."""
    is_clear = Case(When(_clear(books), then=1), default=0)
    waiting = _waiting(books).alias(clear=is_clear)
    before = waiting.filter(
        Q(clear__lt=OuterRef("is_clear"))
        | Q(clear=OuterRef("is_clear"), total_cents__gt=OuterRef("total_cents"))
        | Q(clear=OuterRef("is_clear"), total_cents=OuterRef("total_cents"), pk__lt=OuterRef("pk"))
    )
    named = Message.objects.of(books).filter(public_id=id_)
    return named.alias(is_clear=is_clear).values_list("state", Counted(before))

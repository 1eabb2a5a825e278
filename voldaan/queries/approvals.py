"""What waits for somebody's yes: the messages, in the order in which they are gone through, and their sums."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Q, QuerySet, Sum, When

from voldaan.records import proposals
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.messages import Message
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
    books = actor.administration_id
    columns = ("pk", "public_id", "debtor__name", "debtor__public_id", "step", "channel", "recipient", "total_cents",
               "currency", "warnings", "is_asked")  # fmt: skip
    # The key decides between equals.
    ordered = _waiting(books).alias(is_clear=Case(When(_clear(books), then=1), default=0)).order_by(
        "is_clear", "-total_cents", "pk"
    ).annotate(is_asked=Case(When(debtor__in=proposals.asked(books), then=True), default=False))  # fmt: skip
    rows = list(ordered.values_list(*columns)[start : start + most])
    invoices: dict[int, list[str]] = defaultdict(list)
    oldest: dict[int, date] = {}
    lines = Action.objects.of(books).filter(message__in=[row[0] for row in rows])
    for key, number, due in lines.order_by("receivable__due_date", "pk").values_list(
        "message_id", "receivable__invoice__number", "receivable__due_date"
    ):
        invoices[key].append(number)
        oldest.setdefault(key, due)
    return [
        Waiting(id_, debtor, debtor_id, step, channel, recipient, cents, currency, invoices[key],
                (today - oldest.get(key, today)).days, _cautions(warnings, is_asked=is_asked))
        for key, id_, debtor, debtor_id, step, channel, recipient, cents, currency, warnings, is_asked in rows
    ]  # fmt: skip


def _cautions(warnings: list[str], *, is_asked: bool) -> list[str]:
    said = dict.fromkeys([*map(Caution, warnings), *([Caution.RECEIPT_WAITS] if is_asked else [])])
    return [CAUTIONS[one] for one in said]


def sums(*, actor: Actor) -> Sums:
    """Sum all that waits."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    large = Administration.objects.values_list("large_run", flat=True).get(pk=books)
    clear = _clear(books)
    rows = _waiting(books).order_by().values_list("currency").annotate(
        count=Count("pk"), clear=Count("pk", filter=clear), cents=Sum("total_cents"),
        clear_cents=Sum("total_cents", filter=clear),
    ).order_by("currency")  # fmt: skip
    count = warned = 0
    amounts, clear_amounts = [], []
    for currency, all_, without, cents, clear_cents in rows:
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
    books = actor.administration_id
    clear = _clear(books)
    columns = ("pk", "total_cents", "state", "is_clear")
    named = Message.objects.of(books).filter(public_id=id)
    found = named.annotate(is_clear=Case(When(clear, then=True), default=False)).values_list(*columns).first()
    if found is None:
        raise NoSuchMessage(id=id)
    key, cents, state, is_clear = found
    if state != MessageState.PLANNED.value:
        return None
    before = (clear if is_clear else ~clear) & (Q(total_cents__gt=cents) | Q(total_cents=cents, pk__lt=key))
    return _waiting(books).filter(before | ~clear if is_clear else before).count()

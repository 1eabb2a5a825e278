"""Claims within the law: what stands booked for more than the law gives is taken back, by what is known now.

Parts of verbs, none itself. Nothing is ever added: what the law gives more is for another letter to claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from voldaan.records.above import Above, above
from voldaan.records.actions import Action, Task
from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Allocation, Entry, Receivable
from voldaan.rules.ledger import By, EntryKind, ReceivableKind, TooMuch
from voldaan.rules.money import Money
from voldaan.rules.outbox import TOO_EARLY, ActionState, TaskState
from voldaan.rules.permissions import Actor
from voldaan.usecases import events, ledger
from voldaan.usecases.ledger import NewAllocation, NewEntry, PeriodClosed

KINDS = {ReceivableKind.INTEREST: EntryKind.INTEREST, ReceivableKind.COSTS: EntryKind.COSTS}


def lower(debtors: Collection[int], *, actor: Actor, today: date) -> list[Above]:
    """Take back what these debtors were asked too much: the caller holds their locks. Give what it was.

    Where today is closed nothing happens: the run of an open day does it.
    """
    found = above(actor.administration_id, debtors=debtors, on=today)
    if not found:
        return []
    try:
        with transaction.atomic():
            _take_back(found, actor, today)
    except PeriodClosed:
        return []
    _ask_a_person([one.message_id for one in found if one.because is TooMuch.TOO_EARLY], actor, today)
    for one in found:
        facts: dict[str, Any] = {"claim": one.number, "amount": str(Money(one.cents, one.currency))}
        whose: dict[str, Any] = {"debtor_id": one.debtor_id, "invoice_id": one.invoice_id}
        whose |= {"actor": actor, "today": today}
        match one.because:
            case TooMuch.PAID_BEFORE:
                events.write("claim.paid_before", **whose, **facts, day=one.day.isoformat() if one.day else "")
            case TooMuch.TOO_EARLY:
                events.write("claim.too_early", **whose, **facts)
            case TooMuch.LESS_BY_LAW:
                events.write("claim.less_by_law", **whose, **facts)
    return found


def lower_all(*, actor: Actor, today: date) -> None:
    """Take back what any customer was asked too much."""
    owners = {one.debtor_id for one in above(actor.administration_id, on=today)}
    if owners:
        list(Debtor.objects.of(actor.administration_id).locked().filter(pk__in=owners).values_list("pk"))
        lower(owners, actor=actor, today=today)


def _ask_a_person(messages: Collection[int], actor: Actor, today: date) -> None:
    """Put on the worklist that these letters claimed too early: whether to withdraw and write again is for a person."""
    books = actor.administration_id
    claimed = Action.objects.of(books).filter(message__in=messages, state=ActionState.TAKEN.value)
    asked = Action.objects.of(books).filter(receivable=OuterRef("receivable"), step=TOO_EARLY)
    rows = claimed.exclude(Exists(asked.exclude(state=ActionState.WITHDRAWN.value)))
    for row in rows.filter(receivable__open_cents__gt=0).select_related("receivable").order_by("pk"):
        task, _ = Task.objects.of(books).get_or_create(
            administration_id=books, debtor_id=row.receivable.debtor_id, currency=row.receivable.currency,
            kind=TOO_EARLY, state=TaskState.OPEN.value, defaults={"decided_on": today},
        )  # fmt: skip
        Action.objects.of(books).create(
            administration_id=books, debtor_id=row.receivable.debtor_id, version_id=row.version_id,
            receivable=row.receivable, step=TOO_EARLY, open_cents=row.receivable.open_cents, decided_on=today,
            task=task, state=ActionState.TAKEN.value, taken_on=today,
        )  # fmt: skip


def _take_back(found: list[Above], actor: Actor, today: date) -> None:
    books = actor.administration_id
    items = Receivable.objects.of(books).in_bulk([one.receivable_id for one in found])
    entries: list[NewEntry] = []
    allocations: list[NewAllocation] = []
    for one in found:
        item = items[one.receivable_id]
        kind = KINDS[ReceivableKind(item.kind)]
        earlier = Entry.objects.of(books).filter(receivable=item, kind=kind.value).order_by("number")
        first = earlier[0]
        entries.append(
            NewEntry(
                debtor_id=item.debtor_id, kind=kind, currency=item.currency, amount_cents=-one.cents,
                value_date=ledger.counters_on(first, item.debtor_id, today),
                source=f"lowered:{one.number}:{earlier.count()}", receivable_id=item.pk,
            )
        )  # fmt: skip
        allocations += _given_back(item, one.cents - item.open_cents, today)
    ledger.post(entries=entries, allocations=allocations, actor=actor, today=today)


def _given_back(item: Receivable, cents: int, today: date) -> Iterator[NewAllocation]:
    """Let so much of what was paid on a claim be the customer's again: the last money first."""
    paid = Allocation.objects.of(item.administration_id).filter(receivable=item, reverses__isnull=True)
    undone = Allocation.objects.of(item.administration_id).filter(receivable=item, reverses__isnull=False)
    for row in paid.exclude(pk__in=undone.values("reverses")).order_by("-number"):
        if cents <= 0:
            return
        day = ledger.counters_on(row, item.debtor_id, today)
        yield _allocation(item, row, -row.amount_cents, day, By.MACHINE, "undo", row.pk)
        if row.amount_cents > cents:  # the rest of it still pays
            yield _allocation(item, row, row.amount_cents - cents, day, By(row.by), row.rule)
        cents -= row.amount_cents


def _allocation(item: Receivable, row: Allocation, cents: int, day: date, by: By, rule: str,
                reverses: int | None = None) -> NewAllocation:  # fmt: skip
    return NewAllocation(
        debtor_id=item.debtor_id, credit_id=row.credit_id, receivable_id=item.pk, currency=item.currency,
        amount_cents=cents, value_date=day, by=by, rule=rule, evidence=tuple(row.evidence) if reverses is None else (),
        reverses_id=reverses,
    )  # fmt: skip

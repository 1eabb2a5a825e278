"""What messages charge: reckoned when they are decided, booked once they have left, taken back if they never counted.

Parts of verbs, none itself: the caller holds the transaction, and the lock of the debtor where anything is booked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from django.db import transaction

from voldaan.records import announced as announcements
from voldaan.records import claims
from voldaan.records.actions import Action
from voldaan.records.charges import STANDS, Charge
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.receivables import Allocation, Entry, Receivable
from voldaan.rules.bundles import Bundle
from voldaan.rules.charges import NOTHING_BEFORE, Running, announced, claimed
from voldaan.rules.claims import Basis
from voldaan.rules.ledger import By, EntryKind, ReceivableKind
from voldaan.rules.notices import ANNOUNCING, FINAL_NOTICE, was_announced
from voldaan.rules.outbox import ActionState
from voldaan.rules.permissions import Actor
from voldaan.rules.remittance import folded
from voldaan.rules.terms import TermBasis
from voldaan.usecases import ledger, lowering
from voldaan.usecases.ledger import NewAllocation, NewEntry, PeriodClosed

Whose = TypeVar("Whose")

EURO = "EUR"
SUFFIXES = {ReceivableKind.INTEREST: "R", ReceivableKind.COSTS: "K"}  # rente, kosten
OF_CHARGES = [kind.value for kind in lowering.KINDS.values()]
LONGEST_STEM = 50  # of a number, so that the suffix fits behind it


def reckoned(bundles: dict[Whose, Bundle], books: int, on: date) -> dict[Whose, Bundle]:
    """Put in each message what it announces or claims as of the end of a day: nothing over what the customer has."""
    weighing = {whose: _charging(one, on) for whose, one in bundles.items()}
    items = {pk for lines in weighing.values() for pk in lines}
    if not items:
        return bundles
    owed = claims.owed(books, items, on=on, less_credit=True)
    finals = {whose for whose, one in bundles.items() if one.step.code == FINAL_NOTICE}
    lapsed = announcements.lapsed(
        books, {pk for whose in finals for pk in weighing[whose]}, on=on, less_credit=True
    )  # fmt: skip
    theirs = {whose: there for whose, pks in weighing.items() if (there := [owed[pk] for pk in pks if pk in owed])}
    before = announcements.before(
        books, ((lines[0].debtor_id, lines[0].currency, lines[0].basis, weighing[whose])
                for whose, lines in theirs.items() if whose not in finals), on=on,
    )  # fmt: skip
    found = dict(bundles)
    for whose, lines in theirs.items():
        debtor, currency, basis = lines[0].debtor_id, lines[0].currency, _in_euros(lines[0])
        running = [_running(one) for one in lines]
        if whose in finals:
            notices = {notice.message: notice for line in lines for notice in lapsed[line.receivable_id]}
            charges = claimed(basis, running, list(notices.values()), on)
        else:
            charges = announced(basis, running, on, before.get((debtor, currency), NOTHING_BEFORE))
        found[whose] = replace(bundles[whose], charges=tuple(charges))
    return found


def _in_euros(one: claims.Owed) -> Basis:
    """Ask no costs in another currency: the law names them in euros, and says not what they are in any other."""
    return one.basis if one.currency == EURO else replace(one.basis, asks_costs=False)


def _charging(one: Bundle, on: date) -> list[int]:
    """Name the lines that a message charges for: a notice for all, a final one for what was announced."""
    if one.step.code in ANNOUNCING:
        return [line.receivable_id for line in one.lines if not line.item.is_claimed]
    if one.step.code != FINAL_NOTICE:
        return []
    return [line.receivable_id for line in one.lines if not line.item.is_claimed and was_announced(line.item, on)]


def _running(one: claims.Owed) -> Running:
    return Running(one.receivable_id, one.owed_cents, one.interest_cents, one.claimed_interest_cents,
                   one.interest_since)  # fmt: skip


def book(message: Message, *, actor: Actor, today: date) -> None:
    """Make receivables of what a message claimed that has left: each once. In a closed period they wait."""
    due = Charge.objects.of(message.administration_id).filter(
        message=message, is_announced=False, booked_as__isnull=True
    ).order_by("pk")  # fmt: skip
    if message.is_trial or not due.exists():
        return
    try:
        with transaction.atomic():
            owner = _book(message, list(due), actor, today)
    except PeriodClosed:
        return  # the run of an open day books them
    # What it claims is weighed as it is by now: the notice before it may have fallen while nobody knew that this left.
    message.save(update_fields=["state", "sent_on", "lapses_on"])
    lowering.lower([owner], actor=actor, today=today)


def book_what_waits(*, actor: Actor, today: date) -> None:
    """Book what was claimed by messages that left while the period was closed."""
    waits = Charge.objects.of(actor.administration_id).filter(STANDS, booked_as__isnull=True)
    messages = Message.objects.of(actor.administration_id).filter(pk__in=waits.values("message"))
    for message in messages.order_by("debtor_id", "pk"):
        Debtor.objects.of(message.administration_id).locked().get(pk=message.debtor_id)
        book(message, actor=actor, today=today)


def _book(message: Message, charges: Sequence[Charge], actor: Actor, today: date) -> int:
    books, sent_on = message.administration_id, message.sent_on or today
    lines = Action.objects.of(books).filter(message=message).select_related("receivable__invoice")
    first = lines.order_by("receivable__due_date", "pk").first()
    assert first is not None, "a message of a strategy has lines"
    owner, entries = first.receivable.debtor_id, []  # the customer into whom a double was merged
    for charge in charges:
        kind = ReceivableKind(charge.kind)
        of = charge.principal.invoice if charge.principal else first.receivable.invoice
        number = _number(books, of.number, SUFFIXES[kind])
        invoice = Invoice.objects.of(books).create(
            administration_id=books, debtor_id=owner, number=number, number_folded=folded(number),
            kind=kind.value, issue_date=sent_on, currency=message.currency, amount_cents=charge.cents, vat_cents=0,
        )  # fmt: skip
        receivable = Receivable.objects.of(books).create(
            administration_id=books, debtor_id=owner, invoice=invoice, kind=kind.value,
            currency=message.currency, due_date=max(message.final_date or sent_on, sent_on),
            term_basis=TermBasis.NONE.value, open_cents=0,
        )  # fmt: skip
        # It goes on from the step that claimed it, and is asked along with what it is of.
        Action.objects.of(books).create(
            administration_id=books, debtor_id=owner, version_id=first.version_id, receivable=receivable,
            step=message.step, open_cents=charge.cents, decided_on=message.decided_on, message=message,
            state=ActionState.TAKEN.value, taken_on=sent_on,
        )  # fmt: skip
        Charge.objects.of(books).filter(pk=charge.pk).update(booked_as=receivable)
        entries.append(
            NewEntry(
                debtor_id=owner, kind=lowering.KINDS[kind], currency=message.currency, amount_cents=charge.cents,
                value_date=sent_on, source=f"{kind.value}:{number}", receivable_id=receivable.pk,
            )
        )  # fmt: skip
    ledger.post(entries=entries, actor=actor, today=today)
    return owner


def _number(books: int, of: str, suffix: str) -> str:
    """Number what is claimed after the invoice that it is of, as 2026-0042-R1 and then 2026-0042-R2."""
    stem = f"{of[:LONGEST_STEM]}-{suffix}"
    taken = set(Invoice.objects.of(books).filter(number__startswith=stem).values_list("number", flat=True))
    return next(number for nth in range(1, len(taken) + 2) if (number := f"{stem}{nth}") not in taken)


def take_back(message: Message, *, actor: Actor, today: date) -> int:
    """Take back what a message claimed: the money that was paid on it is the customer's again. Give the cents.

    Raises:
        PeriodClosed: `today` lies in a closed period.
    """
    books = message.administration_id
    claims_of_it = Charge.objects.of(books).filter(message=message, booked_as__isnull=False)
    items = list(claims_of_it.values_list("booked_as_id", flat=True))
    if not items:
        return 0
    paid = Allocation.objects.of(books).filter(receivable__in=items, reverses__isnull=True)
    undone = Allocation.objects.of(books).filter(reverses__isnull=False, receivable__in=items).values("reverses")
    entries = Entry.objects.of(books).filter(receivable__in=items, reverses__isnull=True)
    reversed_ = Entry.objects.of(books).filter(reverses__isnull=False, receivable__in=items).values("reverses")
    standing = [row for row in entries.exclude(pk__in=reversed_).order_by("pk") if row.kind != EntryKind.MOVED.value]
    owner = Receivable.objects.of(books).get(pk=items[0]).debtor_id  # the customer into whom a double was merged
    ledger.post(
        allocations=[
            NewAllocation(
                debtor_id=owner, credit_id=row.credit_id, receivable_id=row.receivable_id, currency=row.currency,
                amount_cents=-row.amount_cents, value_date=ledger.counters_on(row, owner, today), by=By.PERSON,
                rule="undo", reverses_id=row.pk,
            )
            for row in paid.exclude(pk__in=undone).order_by("pk")
        ],
        entries=[
            NewEntry(
                debtor_id=owner, kind=EntryKind.REVERSAL, currency=row.currency, amount_cents=-row.amount_cents,
                value_date=ledger.counters_on(row, owner, today), source=f"reversal:{row.source}",
                receivable_id=row.receivable_id, reverses_id=row.pk,
            )
            for row in standing
        ],
        actor=actor, today=today,
    )  # fmt: skip
    lines = Action.objects.of(books).filter(receivable__in=items)
    lines.update(state=ActionState.WITHDRAWN.value)
    return sum(row.amount_cents for row in standing if row.kind in OF_CHARGES)

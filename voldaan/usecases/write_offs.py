"""Verbs on write-offs: give up what will not be paid, with the reason. Taken back like any entry."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records import taken_off
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Entry
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money, spread
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices, ledger
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen, check_part
from voldaan.usecases.ledger import NewEntry


class ReasonMissing(Refusal):
    code = "reason_missing"
    kind = Kind.INVALID
    says = mark("Say why: give a reason.")


class AboveLimit(Refusal):
    code = "above_write_off_limit"
    kind = Kind.FORBIDDEN
    says = mark(
        "With this {given} of {invoice} would be given up, and your administration lets that go up to {limit} without "
        "an owner. Ask an owner to do it."
    )


class OpenChanged(Refusal):
    code = "open_changed"
    kind = Kind.CONFLICT
    says = mark("Meanwhile {open} is open of invoice {invoice}, and no longer {was}. Look again before you write off.")


@transaction.atomic
def write_off(*, invoice: str, reason: str, amount: Money | None = None, was_open: Money | None = None, actor: Actor,
              today: date) -> int:  # fmt: skip
    """Write off an invoice, wholly or in part; return what was written off, in cents.

    Who says what `was_open` when he decided is refused once that has changed: the same press twice counts once.

    Raises:
        OpenChanged: another amount is open by now.
        AboveLimit: it is more than this actor may give up of one invoice; an owner may.
        ReasonMissing, NoSuchInvoice, NothingOpen: there is nothing to write off, or no reason to.
        AmountNotPositive, CurrenciesDiffer, MoreThanOpen: the amount does not fit.
    """
    actor.must(Deed.WRITE_OFF)
    if not reason.strip():
        raise ReasonMissing
    lost, cents = take_off(invoice, EntryKind.WRITE_OFF, "write-off", amount, was_open, actor=actor, today=today)
    events.write("write_off.made", actor=actor, today=today, debtor_id=lost.debtor_id, invoice_id=lost.pk,
                 invoice=lost.number, amount=str(Money(cents, lost.currency)), reason=reason.strip())  # fmt: skip
    return cents


def take_off(invoice: str, kind: EntryKind, called: str, amount: Money | None, was_open: Money | None, *, actor: Actor,
             today: date) -> tuple[Invoice, int]:  # fmt: skip
    """Take so much off an invoice by entries of a kind, over its open parts; give it with the cents. Part of a verb."""
    lost = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(lost)
    parts = ledger.open_parts(lost.pk, actor=actor)
    cents = how_much(lost, sum(part.open_cents for part in parts), amount, was_open)
    shares, _ = spread(cents, (part.open_cents for part in parts))
    earlier = Entry.objects.of(actor.administration_id).filter(receivable__invoice=lost.pk, kind=kind.value)
    nth = earlier.count() + 1
    if above := above_limit(lost, cents, actor):
        raise above
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=lost.debtor_id, kind=kind, currency=lost.currency, amount_cents=-share,
                # What was issued for a later day goes off on that day: before it there is nothing to take off.
                value_date=max(today, lost.issue_date), source=f"{called}:{lost.number}/{part.instalment}:{nth}",
                receivable_id=part.pk,
            )
            for part, share in zip(parts, shares, strict=True)
            if share
        ],
        actor=actor, today=today,
    )  # fmt: skip
    return lost, cents


def how_much(lost: Invoice, open_cents: int, amount: Money | None, was_open: Money | None) -> int:
    """Give the cents that are meant of what is open: all, or an amount that fits.

    Raises:
        AmountNotPositive, CurrenciesDiffer, OpenChanged, NothingOpen, MoreThanOpen: it does not fit.
    """
    if amount is not None:
        check_part(amount, lost)
    if was_open is not None and was_open.cents != open_cents:
        raise OpenChanged(invoice=lost.number, open=Money(open_cents, lost.currency), was=was_open)
    if not open_cents:
        raise NothingOpen(what=lost.number)
    if amount is not None and amount.cents > open_cents:
        raise MoreThanOpen(amount=amount, what=lost.number, open=Money(open_cents, lost.currency))
    return open_cents if amount is None else amount.cents


def above_limit(lost: Invoice, cents: int, actor: Actor) -> AboveLimit | None:
    """Say why this actor may not take more off one invoice, what was taken off before counted along; None: he may."""
    if actor.may(Deed.WRITE_OFF_ANY) or (limit := taken_off.limit(lost)) is None or cents <= limit.left:
        return None
    return AboveLimit(
        given=Money(limit.taken + cents, lost.currency), invoice=lost.number, limit=Money(limit.most, lost.currency)
    )

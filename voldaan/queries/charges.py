"""What messages charge: announced or claimed, of which receivables each became; and the letter that claimed one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from voldaan.records.actions import Action
from voldaan.records.charges import Charge
from voldaan.records.receivables import Receivable
from voldaan.records.together import Rows
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.outbox import MessageState


@dataclass(frozen=True, slots=True)
class Charges:
    """What one message charges. Amounts are cents."""

    is_announced: bool  # asked only after its term; else claimed by it
    open_cents: int  # what it asks beside it
    interest_cents: int
    costs_cents: int

    @property
    def total_cents(self) -> int:
        """Give all of it together."""
        return self.open_cents + self.interest_cents + self.costs_cents


@dataclass(frozen=True, slots=True)
class Claimed:
    """Interest or costs that are a receivable of their own, and where they come from."""

    kind: str  # of `ReceivableKind` in rules/ledger.py
    of: str  # of interest: the number of the invoice that it runs on
    of_id: str
    message: str  # the id of the letter that claimed it
    step: str
    sent_on: date | None


@dataclass(frozen=True, slots=True)
class ClaimOf:
    """Interest or costs that were booked because of an invoice. Amounts are cents."""

    id: str
    number: str
    kind: str  # of `ReceivableKind` in rules/ledger.py
    of: str  # of interest: the number of the invoice that it runs on
    cents: int
    open_cents: int
    currency: str
    stands: bool  # or the letter that claimed it came back, or was withdrawn
    message: str  # the id of that letter
    step: str
    sent_on: date | None


def of_messages(books: int) -> Rows:
    """Ask for the charges of a message, within a question about it."""
    charges = Charge.objects.of(books).filter(message=OuterRef("pk")).order_by("pk")
    return Rows(charges.values_list("kind", "is_announced", "cents"))


def summed(rows: Iterable[Sequence[Any]], asked_cents: int) -> Charges | None:
    """Add up what was answered to `of_messages`, of a message that asks so much; None where it charges nothing."""
    rows = list(rows)
    if not rows:
        return None
    is_announced = bool(rows[0][1])
    interest, costs = (
        sum(cents for kind, _, cents in rows if kind == one.value)
        for one in (ReceivableKind.INTEREST, ReceivableKind.COSTS)
    )
    return Charges(is_announced, asked_cents - (0 if is_announced else interest + costs), interest, costs)


def runs_on(books: int) -> Subquery:
    """Ask on which invoice interest runs, within a question about receivables: its number, or nothing."""
    charges = Charge.objects.of(books).filter(booked_as=OuterRef("pk"))
    return Subquery(charges.values("principal__invoice__number")[:1])


def claimed(books: int, invoice: int) -> Claimed | None:
    """Tell where interest or costs come from, by the key of their invoice; None where no letter claimed it."""
    items = Receivable.objects.of(books).filter(invoice=invoice)
    charge = (
        Charge.objects.of(books).filter(booked_as__in=items.values("pk"))
        .select_related("message", "principal__invoice").first()
    )  # fmt: skip
    if charge is None:
        return None
    of = charge.principal.invoice if charge.principal else None
    return Claimed(
        charge.kind, of.number if of else "", of.public_id if of else "", charge.message.public_id, charge.message.step,
        charge.message.sent_on,
    )  # fmt: skip


def claims_of(books: int, invoice: int) -> list[ClaimOf]:
    """List what letters claimed because of an invoice (by its key), the oldest first: its interest, and the costs.

    Costs are of all invoices of the notice that announced them.
    """
    notices = Action.objects.of(books).filter(receivable__invoice=invoice, message__isnull=False)
    its_own = Q(principal__invoice=invoice) | Q(notice__in=notices.values("message"))
    rows = Charge.objects.of(books).filter(its_own, booked_as__isnull=False).order_by("pk")
    columns = ("booked_as__invoice__public_id", "booked_as__invoice__number", "kind", "principal__invoice__number",
               "cents", "booked_as__open_cents", "booked_as__currency", "message__state", "message__returned_on",
               "message__public_id", "message__step", "message__sent_on")  # fmt: skip
    return [
        ClaimOf(id_, number, kind, of or "", cents, open_cents, currency,
                state == MessageState.SENT.value and returned is None, message, step, sent_on)
        for id_, number, kind, of, cents, open_cents, currency, state, returned, message, step, sent_on
        in rows.values_list(*columns)
    ]  # fmt: skip

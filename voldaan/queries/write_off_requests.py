"""Write-offs that an owner was asked for: what waits, what was decided lately, and what of one invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from voldaan.records import taken_off
from voldaan.records.administrations import Administration
from voldaan.records.invoices import Invoice
from voldaan.records.write_off_requests import WAITING, WriteOffRequest, open_now
from voldaan.rules.permissions import Actor, Deed

TOLD = timedelta(days=7)  # so long who asked hears what was decided
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class WriteOffAsked:
    """One request. Amounts are cents."""

    id: str
    state: str  # of `RequestState` in rules/requests.py
    invoice: str
    invoice_id: str
    debtor: str
    debtor_id: str
    currency: str
    amount_cents: int
    was_open_cents: int  # when it was asked
    open_cents: int
    reason: str
    asked_by: str  # empty: somebody at the command line
    asked_on: date
    decided_by: str
    decided_on: date | None
    why: str  # it was declined
    is_own: bool  # the reader asked for it

    @property
    def is_waiting(self) -> bool:
        """Tell whether nobody decided yet."""
        return self.state == WAITING

    @property
    def is_outdated(self) -> bool:
        """Tell whether it waits, but meanwhile another amount is open: it cannot be approved any more."""
        return self.is_waiting and self.open_cents != self.was_open_cents


def waiting_rows(books: int) -> QuerySet[WriteOffRequest]:
    """Find what waits for an owner."""
    return WriteOffRequest.objects.of(books).filter(decided_on=None)  # by its index


def decidable_rows(books: int) -> QuerySet[WriteOffRequest]:
    """Find what an owner can agree to: what waits, unless meanwhile another amount is open. Part of questions."""
    return waiting_rows(books).alias(now=open_now(books)).filter(now=F("open_cents"))


def waiting(*, most: int | None = None, actor: Actor) -> list[WriteOffAsked]:
    """List what waits for an owner, what waits longest first."""
    actor.must(Deed.READ_BOOKS)
    return _read(waiting_rows(actor.administration_id).order_by("pk")[:most], actor)


def decided(*, most: int, actor: Actor) -> list[WriteOffAsked]:
    """List what was decided or withdrawn, the newest first."""
    actor.must(Deed.READ_BOOKS)
    rows = WriteOffRequest.objects.of(actor.administration_id).filter(decided_on__isnull=False)
    return _read(rows.order_by("-decided_on", "-pk")[:most], actor)


def heard(*, actor: Actor, today: date) -> list[WriteOffAsked]:
    """List what others decided these days of what the reader asked, the newest first."""
    actor.must(Deed.READ_BOOKS)
    rows = WriteOffRequest.objects.of(actor.administration_id).filter(
        decided_on__gt=today - TOLD, asked_by=actor.user_id
    )
    return _read(rows.exclude(decided_by=actor.user_id).order_by("-decided_on", "-pk")[:MOST_TOLD], actor)


def of_invoice(id_: str, *, actor: Actor) -> list[WriteOffAsked]:
    """List all that was asked about one invoice, the newest first."""
    actor.must(Deed.READ_BOOKS)
    rows = WriteOffRequest.objects.of(actor.administration_id).filter(invoice__public_id=id_)
    return _read(rows.order_by("-pk"), actor)


def left_to_write_off(id_: str, *, actor: Actor) -> int | None:
    """Tell how many cents of an invoice the reader may still write off without an owner; None: as many as he wants."""
    actor.must(Deed.READ_BOOKS)
    if actor.may(Deed.WRITE_OFF_ANY):
        return None
    about = Invoice.objects.of(actor.administration_id).filter(public_id=id_).first()
    most = taken_off.limit(about) if about else None
    return max(most.left, 0) if most else None


def limit(*, actor: Actor) -> int | None:
    """Tell how many cents of an invoice may be written off without an owner; None: there is no limit."""
    actor.must(Deed.READ_BOOKS)
    cents: int | None = Administration.objects.values_list("write_off_limit", flat=True).get(pk=actor.administration_id)
    return cents


def _read(rows: QuerySet[WriteOffRequest], actor: Actor) -> list[WriteOffAsked]:
    columns = rows.values_list(
        "public_id", "state", "invoice__number", "invoice__public_id", "invoice__debtor__name",
        "invoice__debtor__public_id", "invoice__currency", "amount_cents", "open_cents",
        open_now(actor.administration_id), "reason",
        _called("asked_by"), "asked_on", _called("decided_by"), "decided_on", "why",
        Case(When(asked_by=actor.user_id, then=True), default=False),
    )  # fmt: skip
    return [WriteOffAsked(*row) for row in columns]


def _called(whom: str) -> Case:
    """Give the name of a person, else his address; empty where there is none."""
    named = When(**{f"{whom}__name__gt": ""}, then=f"{whom}__name")
    return Case(named, default=Coalesce(f"{whom}__email", Value("")), output_field=CharField())

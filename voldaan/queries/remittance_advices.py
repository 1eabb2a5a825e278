"""The lists of payers of which the receipt did not come yet, or waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef
from django.db.models.functions import Coalesce

from voldaan.records.bulk import Counted
from voldaan.records.remittance_advices import AdvisedLine, unsettled
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class WaitingAdvice:
    """One list that waits."""

    id: str
    payer: str  # empty where it does not say
    day: date  # of the payment as it says, else on which it came in
    cents: int
    currency: str
    file: str
    is_whole: bool  # every line was read, and they add up
    receipt: str | None  # that may be its own, and waits for a person
    lines: int


def waiting_advices(*, most: int, actor: Actor) -> list[WaitingAdvice]:
    """List them, the newest first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    lines = Counted(AdvisedLine.objects.of(books).filter(advice=OuterRef("pk")))
    rows = unsettled(books).annotate(day=Coalesce("paid_on", "told_on"), lines=lines).order_by("-told_on", "-pk")
    return [
        WaitingAdvice(*row)
        for row in rows.values_list(
            "public_id", "payer", "day", "total_cents", "currency", "document__name", "is_whole",
            "transaction__public_id", "lines",
        )[:most]
    ]  # fmt: skip

"""Which of the receipts that wait are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from voldaan.records.bank import BankTransaction
from voldaan.records.proposals import fitting

NOTHING_PROPOSED = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Receipts that are asked for; nothing said: all of them."""

    account: str = ""  # ours, on which it came in
    since: date | None = None  # by the day on which the bank booked it
    until: date | None = None
    kind: str = ""  # the class of the best proposal, or `NOTHING_PROPOSED`
    least_cents: int | None = None
    most_cents: int | None = None
    text: str = ""  # in the name, the account or the words of the payer

    def of(self, rows: QuerySet[BankTransaction], books: int) -> QuerySet[BankTransaction]:
        """Keep the rows that are asked for."""
        told = {
            "account": self.account or None,
            "booking_date__gte": self.since,
            "booking_date__lte": self.until,
            "left_cents__gte": self.least_cents,
            "left_cents__lte": self.most_cents,
        }
        rows = rows.filter(**{name: value for name, value in told.items() if value is not None})
        if self.text:
            packed = "".join(self.text.split())
            rows = rows.filter(
                Q(counterparty_name__icontains=self.text)
                | Q(text__icontains=self.text)
                | Q(end_to_end_id__icontains=packed)
                | Q(counterparty_iban__icontains=packed)
                | Q(structured_reference__icontains=packed)
            )
        if self.kind:
            ways = fitting(books).filter(transaction=OuterRef("pk")).order_by("rank", "pk")
            best = rows.annotate(best=Subquery(ways.values("match_class")[:1]))
            rows = best.filter(best=None) if self.kind == NOTHING_PROPOSED else best.filter(best=self.kind)
        return rows

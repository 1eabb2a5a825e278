"""What persons took off an invoice, against what they may without an owner."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum

from voldaan.records.administrations import Administration
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Entry
from voldaan.rules.ledger import EntryKind

BY_A_PERSON = (EntryKind.WRITE_OFF.value, EntryKind.SET_OFF.value)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be taken off one invoice without an owner, and how much of that was taken off already. In cents."""

    most: int
    taken: int

    @property
    def left(self) -> int:
        """Give what may still be taken off."""
        return self.most - self.taken


def limit(about: Invoice) -> Limit | None:
    """Give the limit for an invoice; None where the administration has none."""
    books = about.administration_id
    most = Administration.objects.values_list("write_off_limit", flat=True).get(pk=books)
    if most is None:
        return None
    rows = Entry.objects.of(books).filter(receivable__invoice=about.pk)
    taken = rows.filter(Q(kind__in=BY_A_PERSON) | Q(reverses__kind__in=BY_A_PERSON)).aggregate(
        cents=Sum("amount_cents")
    )
    return Limit(most, -(taken["cents"] or 0))

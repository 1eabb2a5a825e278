"""Write-offs above the limit of who wants them: asked of an owner, who decides."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from voldaan.records.administrations import Administration
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.invoices import Invoice
from voldaan.records.people import User
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books
from voldaan.rules.requests import RequestState

WAITING = RequestState.WAITING.value


class WriteOffRequest(models.Model):
    """One write-off that was asked for. What was decided stays: why, and by whom."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    amount_cents = CentsField()
    open_cents = CentsField()  # of the invoice when it was asked
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: from the command line
    asked_on = models.DateField()
    state = models.CharField(max_length=10, default=WAITING)  # of `RequestState`
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    why = models.CharField(max_length=500, blank=True)  # it was declined

    objects = Books["WriteOffRequest"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "invoice"], condition=Q(state=WAITING), name="write_off_request_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state=WAITING, decided_on=None) | ~Q(state=WAITING) & Q(decided_on__isnull=False),
                name="write_off_request_decided_or_not",
            ),
        ]
        indexes = [models.Index(fields=["administration", "decided_on"], name="write_off_request_decided")]


def open_now(books: int) -> Coalesce:
    """Give what is open of the invoice of a request, in cents: part of a question about requests."""
    items = Receivable.objects.of(books).filter(invoice=OuterRef("invoice")).order_by()
    return Coalesce(Subquery(items.values("invoice").annotate(cents=Sum("open_cents")).values("cents")), 0)

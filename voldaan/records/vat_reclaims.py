"""VAT on bad debts: of which item it is certain that nobody pays, and what stood in which return. Append-only.

What was said or put in a return by mistake is taken back by a row that names it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.fields import CentsField
from voldaan.records.people import User
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books
from voldaan.rules.bad_debt_vat import Reclaim

SAID = (Reclaim.CERTAIN.value, Reclaim.BANKRUPT.value)  # that nobody pays


class VatReclaim(models.Model):
    """One word on the VAT of one item: that it is certain, or what was put in the return of a period."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)  # of `Reclaim` in rules/bad_debt_vat.py
    day = models.DateField()  # on which it became certain, or was put in
    period = models.CharField(max_length=7, blank=True)  # of the return: 2026-09, 2026-Q3, 2026
    vat_cents = CentsField(default=0)  # claimed back; less than nothing: due again
    reason = models.CharField(max_length=500, blank=True)
    recorded_on = models.DateField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: from the command line
    takes_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    turn = models.PositiveSmallIntegerField(default=0)  # how often the same was said before, and taken back

    objects = Books["VatReclaim"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "receivable", "period", "turn"], condition=Q(kind=Reclaim.RETURN.value),
                name="vat_reclaim_once_a_turn",
            ),
            models.UniqueConstraint(
                fields=["administration", "receivable", "turn"], condition=Q(kind__in=SAID),
                name="vat_certain_once_a_turn",
            ),
            models.CheckConstraint(
                condition=Q(kind=Reclaim.RETURN.value) & ~Q(period="") | ~Q(kind=Reclaim.RETURN.value) & Q(period=""),
                name="vat_reclaim_names_its_period",
            ),
            models.CheckConstraint(
                condition=Q(kind=Reclaim.UNDONE.value, takes_back__isnull=False)
                | ~Q(kind=Reclaim.UNDONE.value) & Q(takes_back__isnull=True),
                name="vat_reclaim_or_taken_back",
            ),
        ]  # fmt: skip


def that_stand(books: int) -> models.QuerySet[VatReclaim]:
    """Leave out what was taken back."""
    rows = VatReclaim.objects.of(books)
    undone = rows.filter(kind=Reclaim.UNDONE.value).values("takes_back")
    return rows.exclude(kind=Reclaim.UNDONE.value).exclude(pk__in=undone)

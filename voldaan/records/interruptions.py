"""Interruptions: what a person wrote down that began the term of limitation of a claim anew, with the proof of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.fields import PublicIdField
from voldaan.records.invoices import Invoice
from voldaan.records.people import User
from voldaan.records.scope import Books


class Interruption(models.Model):
    """One interruption of what an invoice claims, in all its instalments. Append-only: a mistake is taken back.

    The row that takes one back names it, and nothing else.
    """

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, blank=True)  # of `Interruption` in rules/limitation.py
    day = models.DateField(null=True)  # of the letter, the words or the writ
    proof = models.CharField(max_length=500)  # where the proof is, or why it is taken back
    recorded_on = models.DateField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: from the command line
    takes_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    objects = Books["Interruption"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back__isnull=True, day__isnull=False) & ~Q(kind="")
                | Q(takes_back__isnull=False, day__isnull=True, kind=""),
                name="interruption_or_taken_back",
            ),
        ]


def that_stand(books: int) -> models.QuerySet[Interruption]:
    """Leave out what was taken back."""
    rows = Interruption.objects.of(books)
    undone = rows.filter(takes_back__isnull=False).values("takes_back")
    return rows.filter(takes_back__isnull=True).exclude(pk__in=undone)

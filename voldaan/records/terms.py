"""Terms: what was agreed with consumers and with businesses about paying. A version is never changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.scope import Books
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import TermSet, read

# Public bodies have the terms of businesses.
KIND_OF = {
    DebtorKind.CONSUMER.value: DebtorKind.CONSUMER.value,
    DebtorKind.BUSINESS.value: DebtorKind.BUSINESS.value,
    DebtorKind.PUBLIC_BODY.value: DebtorKind.BUSINESS.value,
}


class TermSetVersion(models.Model):
    """One version of the terms of one kind of customer, whole: what held on the day of an invoice can be read again."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)  # of `DebtorKind` in rules/law.py: consumer or business
    number = models.PositiveIntegerField()  # 1, 2, …
    valid_from = models.DateField()  # of the invoices that it is for
    made_on = models.DateField()
    content = models.JSONField()  # as `written` in rules/term_sets.py gives it

    objects = Books["TermSetVersion"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "kind", "number"], name="term_set_version_once"),
        ]


def terms_at(books: int) -> Callable[[str, date], TermSet | None]:
    """Load every version in one question; give the function that says what held for a kind of customer on a day.

    A day is that of the invoice. Nothing: nothing was agreed, or of the customer it is not known what he is.
    """
    found: dict[str, list[tuple[date, TermSet]]] = {}
    rows = TermSetVersion.objects.of(books).order_by("-valid_from", "-number")
    for kind, valid_from, content in rows.values_list("kind", "valid_from", "content"):
        found.setdefault(kind, []).append((valid_from, read(content)))

    @cache
    def at(kind: str, day: date) -> TermSet | None:
        versions = found.get(KIND_OF.get(kind, ""), ())
        return next((terms for valid_from, terms in versions if valid_from <= day), None)

    return at


def are_agreed(books: int) -> bool:
    """Tell whether terms for businesses were ever written: then they say when is paid, and no setting."""
    return TermSetVersion.objects.of(books).filter(kind=DebtorKind.BUSINESS.value).exists()


def days_at(books: int) -> Callable[[str, date], int]:
    """Give the function that says within how many days a kind of customer without a term of its own pays.

    Where nothing was agreed it is the term of the administration. Of whom it is not known what he is, he is taken for
    a business: so it was before anybody told them apart.
    """
    at = terms_at(books)
    otherwise = Administration.objects.values_list("payment_term_days", flat=True).get(pk=books)

    def days(kind: str, day: date) -> int:
        terms = at(kind or DebtorKind.BUSINESS.value, day)
        return otherwise if terms is None else terms.payment_days

    return days

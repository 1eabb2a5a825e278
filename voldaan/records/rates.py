"""Statutory rates that were added to those that come with Voldaan. They hold for every administration here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import models

from voldaan.countries import law
from voldaan.rules.country import Country
from voldaan.rules.rates import Row


class StatutoryRate(models.Model):
    """One rate from a day on. A percentage is kept as it is written: no engine keeps it exact as a number."""

    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=40)
    valid_from = models.DateField()
    percent = models.CharField(max_length=12)
    known_until = models.DateField(null=True)
    source = models.CharField(max_length=300)
    added_on = models.DateField()
    added_by = models.CharField(max_length=300)

    objects = models.Manager["StatutoryRate"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "kind", "valid_from"], name="statutory_rate_once")]

    @property
    def row(self) -> Row:
        """Give it as a line of the table of rates."""
        return Row(self.country, self.kind, self.valid_from, Decimal(self.percent), self.known_until, self.source)


def added() -> tuple[Row, ...]:
    """Give the rates that were added, oldest first of each kind."""
    return tuple(rate.row for rate in StatutoryRate.objects.order_by("country", "kind", "valid_from"))


def countries() -> Mapping[str, Country]:
    """Give the law of every country as it is known here: whoever reckons beside a database asks this."""
    return law(added())

"""The European default, for a debtor in a country that has no file of its own."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from voldaan.rules.country import Country
from voldaan.rules.days import easter
from voldaan.rules.references import ReferenceKind
from voldaan.rules.refusals import mark


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the days on which the euro payment system is closed: all that is certain of a country we do not know.

    Source: ECB, long-term calendar of TARGET closing days, since 2002.
    """
    sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),  # Good Friday
            sunday + timedelta(days=1),
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


GENERIC = Country(
    code="EU",
    name=mark("European Union"),
    languages=("en",),
    time_zone="Europe/Brussels",
    holidays=holidays,
    equated=frozenset(),
    reference=ReferenceKind.RF,
    payment_term_days=30,
    payment_term_source="Directive 2011/7/EU art. 3(3)(b)",
)

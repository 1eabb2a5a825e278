"""Belgium."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from voldaan.countries import eu
from voldaan.rules.days import easter
from voldaan.rules.references import ReferenceKind
from voldaan.rules.refusals import mark


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the ten legal holidays (law of 4 January 1974; royal decree of 18 April 1974, art. 1)."""
    sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            sunday + timedelta(days=1),
            date(year, 5, 1),
            sunday + timedelta(days=39),  # Ascension
            sunday + timedelta(days=50),  # Whit Monday
            date(year, 7, 21),
            date(year, 8, 15),
            date(year, 11, 1),
            date(year, 11, 11),
            date(year, 12, 25),
        }
    )


BELGIUM = replace(
    eu.GENERIC,
    code="BE",
    name=mark("Belgium"),
    languages=("nl", "fr", "de"),
    time_zone="Europe/Brussels",
    holidays=holidays,
    reference=ReferenceKind.OGM,
    payment_term_source="law of 2 August 2002, art. 4(1)",
)

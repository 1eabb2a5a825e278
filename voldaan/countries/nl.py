"""The Netherlands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from voldaan.countries import eu
from voldaan.rules.days import easter, first_day
from voldaan.rules.references import ReferenceKind
from voldaan.rules.refusals import mark

SUNDAY = 6  # as date.weekday() counts

# Algemene termijnenwet art. 3(3): days put on a par with the holidays by decree. They move the end of a term, and
# nothing is sent on them; the presumed day of delivery of a letter does not move. A year is added as it is decreed.
EQUATED = frozenset(
    {
        date(2023, 4, 28),
        date(2023, 5, 19),
        date(2024, 5, 10),
        date(2024, 12, 27),
        date(2025, 5, 30),
        date(2026, 1, 2),
        date(2026, 5, 15),
        date(2027, 5, 7),
        date(2028, 4, 28),
        date(2028, 5, 26),
    }
)


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the generally recognised holidays of a year since 2014 (Algemene termijnenwet art. 3(1) and (2)).

    Good Friday and 5 May count in every year, though many people work on them.
    """
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),  # Good Friday
            sunday,
            sunday + timedelta(days=1),
            date(year, 4, 26) if kings_day.weekday() == SUNDAY else kings_day,
            date(year, 5, 5),
            sunday + timedelta(days=39),  # Ascension
            sunday + timedelta(days=49),  # Whit Sunday
            sunday + timedelta(days=50),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


NETHERLANDS = replace(
    eu.GENERIC,
    code="NL",
    name=mark("Netherlands"),
    languages=("nl",),
    time_zone="Europe/Amsterdam",
    holidays=holidays,
    equated=EQUATED,
    reference=ReferenceKind.BETALINGSKENMERK,
    payment_term_source="art. 6:119a(2) BW",
)


def end_of_term(last_day: date) -> date:
    """Give the day on which a term set by law ends: not on a Saturday, Sunday, holiday or day equated with one.

    Source: Algemene termijnenwet art. 1(1) and 3.
    """
    return first_day(last_day, lambda day: NETHERLANDS.is_working_day(day) and day not in EQUATED)

"""First floor: the facts of each country, one file each. A new country is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from voldaan.countries import be, eu, nl
from voldaan.countries.rates import with_added
from voldaan.rules.country import Country
from voldaan.rules.rates import Row

LAW_AS_OF = date(2026, 11, 21)  # the state of the law that these files tell

COUNTRIES: Mapping[str, Country] = {
    country.code: country
    for country in (
        be.BELGIUM,
        eu.GENERIC,
        nl.NETHERLANDS,
    )
}


def law(added: tuple[Row, ...] = ()) -> Mapping[str, Country]:
    """Give the law of every country with rates that were added to those that came with Voldaan."""
    return _law(added) if added else COUNTRIES


@lru_cache(4)
def _law(added: tuple[Row, ...]) -> Mapping[str, Country]:
    rates = with_added(added)
    return {country.code: country for country in (be.belgium(rates), eu.generic(rates), nl.netherlands(rates))}

"""First floor: the facts of each country, one file each. A new country is one file and one line here."""

from __future__ import annotations

from datetime import date

from voldaan.countries import be, eu, nl
from voldaan.rules.country import Country

LAW_AS_OF = date(2026, 11, 21)  # the state of the law that these files tell

COUNTRIES: dict[str, Country] = {
    country.code: country
    for country in (
        be.BELGIUM,
        eu.GENERIC,
        nl.NETHERLANDS,
    )
}

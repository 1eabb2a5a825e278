"""First floor: the facts of each country, one file each. A new country is one file and one line here."""

from __future__ import annotations

from voldaan.countries import be, eu, nl
from voldaan.rules.country import Country

COUNTRIES: dict[str, Country] = {
    country.code: country
    for country in (
        be.BELGIUM,
        eu.GENERIC,
        nl.NETHERLANDS,
    )
}

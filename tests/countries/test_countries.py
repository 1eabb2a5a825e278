"""The facts of the countries: each that is registered is judged, its holidays by published calendars."""

from __future__ import annotations

from datetime import date, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

import pytest

from voldaan.countries import COUNTRIES
from voldaan.countries.be import BELGIUM
from voldaan.countries.eu import GENERIC
from voldaan.countries.nl import EQUATED, NETHERLANDS, end_of_term
from voldaan.rules.references import READERS

each_country = pytest.mark.parametrize("country", COUNTRIES.values(), ids=attrgetter("code"))


@each_country
def test_a_country_answers_everything(country):
    assert COUNTRIES[country.code] is country
    assert len(country.code) == 2
    assert country.code.isupper()
    assert country.name
    assert country.languages
    assert all(len(language) == 2 and language.islower() for language in country.languages)
    assert ZoneInfo(country.time_zone).key == country.time_zone
    assert country.reference in READERS
    assert country.payment_term_days == 30  # the same in all three, by article 3 of the directive


@each_country
def test_holidays_are_in_their_year_and_leave_room_to_work(country):
    for year in range(2014, 2051):
        holidays = country.holidays(year)
        assert {day.year for day in holidays} == {year}
        assert 5 <= len(holidays) <= 12
        assert date(year, 1, 1) in holidays
        assert date(year, 12, 25) in holidays
        for week in range(52):
            monday = date.fromisocalendar(year, week + 1, 1)
            assert any(country.is_working_day(monday + timedelta(days=day)) for day in range(5))


@each_country
def test_weekends_and_holidays_are_quiet(country):
    day = date(2026, 1, 1)
    while day.year < 2029:
        open_day = day.isoweekday() < 6 and day not in country.holidays(day.year)
        assert country.is_working_day(day) is open_day
        assert country.is_quiet(day) is (not open_day or day in country.equated)
        day += timedelta(days=1)


HOLIDAYS = [
    # Rijksoverheid, feestdagen 2026
    (NETHERLANDS, 2026, "01-01 04-03 04-05 04-06 04-27 05-05 05-14 05-24 05-25 12-25 12-26"),
    # King's Day moved from Sunday 27 April to the day before
    (NETHERLANDS, 2025, "01-01 04-18 04-20 04-21 04-26 05-05 05-29 06-08 06-09 12-25 12-26"),
    # Ascension on 5 May: one day less
    (NETHERLANDS, 2016, "01-01 03-25 03-27 03-28 04-27 05-05 05-15 05-16 12-25 12-26"),
    # FPS Employment, wettelijke feestdagen 2026
    (BELGIUM, 2026, "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25"),
    # Ascension on 1 May
    (BELGIUM, 2008, "01-01 03-24 05-01 05-12 07-21 08-15 11-01 11-11 12-25"),
    # ECB, TARGET closing days 2026
    (GENERIC, 2026, "01-01 04-03 04-06 05-01 12-25 12-26"),
]


@pytest.mark.parametrize(("country", "year", "days"), HOLIDAYS)
def test_holidays(country, year, days):
    assert sorted(f"{day:%m-%d}" for day in country.holidays(year)) == days.split()


def test_equated_days_are_working_days_otherwise():
    """A decree equates a day because it lies between a holiday and a weekend: it is quiet, but post is delivered."""
    for day in EQUATED:
        assert NETHERLANDS.is_working_day(day)
        assert NETHERLANDS.is_quiet(day)
        assert not NETHERLANDS.is_working_day(day - timedelta(days=1)) or not NETHERLANDS.is_working_day(
            day + timedelta(days=1)
        )
    assert not BELGIUM.is_quiet(date(2026, 5, 15))


def test_a_term_that_ends_on_christmas_ends_on_monday():
    assert end_of_term(date(2026, 12, 25)) == date(2026, 12, 28)  # n08


def test_the_law_is_read_where_its_makers_publish_it():
    """Of the book that the article names, at the number it names."""
    places = {one.name: one.address for rule in NETHERLANDS.limitations for one in rule.articles}
    for treatment in (NETHERLANDS.consumer, NETHERLANDS.business, BELGIUM.business, GENERIC.business):
        assert treatment.interest
        assert treatment.costs
        places |= {one.name: one.address for one in (*treatment.interest.articles, *treatment.costs.articles)}
    assert places["art. 6:119a BW"] == "https://wetten.overheid.nl/jci1.3:c:BWBR0005289&artikel=119a"
    assert places["art. 6:96(2)(c) BW"].endswith("&artikel=96")
    assert places["art. 7:28 BW"].endswith("BWBR0005290&artikel=28")
    known = ("https://wetten.overheid.nl/", "https://www.ejustice.just.fgov.be/eli/", "https://eur-lex.europa.eu/eli/")
    assert all(address.startswith(known) for address in places.values())

"""Statutory rates that are added: all or none, never against what is known, and by few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.house import House
from tests.usecases.test_concurrency import at_once
from voldaan.countries import COUNTRIES, law
from voldaan.countries import rates as shipped
from voldaan.countries.told_rates import (
    Contradiction,
    EndsTooSoon,
    NoRateBegins,
    NoSource,
    NotADayOfRates,
    NotAPercent,
    UnknownRate,
    fresh,
    read,
)
from voldaan.queries import checks
from voldaan.queries import rates as questions
from voldaan.queries.administrations import VISITOR
from voldaan.records import claims
from voldaan.records import rates as records
from voldaan.records.people import User
from voldaan.records.rates import StatutoryRate
from voldaan.records.receivables import Receivable
from voldaan.rules.country import Country
from voldaan.rules.interest import InterestTerms, interest_cents
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.rules.rates import RateSchedule, Row, Told
from voldaan.usecases import rates
from voldaan.usecases.rates import Added, NoSuchRate, RatesOfOthers

FIRST = date(2027, 1, 1)  # of the half-year that did not come with Voldaan


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def told(country: str = "NL", kind: str = "consumer", day: str = "2027-01-01", percent: str = "5.00", *,
         until: str = "", source: str = "Stb. 2026, 500") -> Told:  # fmt: skip
    return Told("r.csv:2", country, kind, day, until, percent, source)


def add(house: House, *rows: Told, **words: Any) -> Added:
    return rates.add(rates=rows, actor=house.actor, today=house.today, **words)


def consumers(countries: Mapping[str, Country]) -> RateSchedule:
    rule = countries["NL"].consumer.interest
    assert rule
    return rule.rates


def interest(on: date, countries: Any, country: str = "NL", kind: str = "consumer") -> int:
    rule = getattr(countries[country], kind).interest
    return interest_cents(10_000_000, date(2026, 10, 1), on, InterestTerms(rule.rates, compounds=rule.compounds))


def test_with_nothing_added_the_law_is_the_very_one_that_came(house):
    assert records.countries() is COUNTRIES
    assert law(()) is COUNTRIES


def test_an_added_rate_counts_everywhere_beside_the_database_and_the_same_law_is_given_again(house):
    assert add(house, told()) == Added([read(told())], 0)
    now = records.countries()
    assert now is records.countries()
    assert consumers(now).on(FIRST).percent == 5
    assert consumers(COUNTRIES).on(FIRST).percent == 4
    assert house.events()[-1] == "rates.added"


@given(
    key=st.sampled_from([("NL", "consumer"), ("NL", "business"), ("BE", "business"), ("BE", "consumer"),
                         ("EU", "business")]),
    percent=st.decimals(0, 100, places=4), half_year=st.integers(0, 6), days=st.integers(0, 1500),
)  # fmt: skip
@settings(deadline=None, max_examples=200)
def test_a_rate_changes_interest_from_its_day_on_and_not_before(key, percent, half_year, days):
    country, towards = key
    kind = {("BE", "consumer"): "civil", ("EU", "business"): "ecb_refi"}.get(
        key, "commercial" if towards == "business" else "consumer"
    )
    year, second = divmod(half_year, 2)
    day = date(2027 + year, 7 if second and kind != "civil" else 1, 1)
    with_it = law((Row(country, kind, day, percent, None, "x"),))
    on = day - timedelta(days=1)
    before = on - timedelta(days=days)
    for one in (before, on):
        assert interest(one, with_it, country, towards) == interest(one, COUNTRIES, country, towards)
    later = day + timedelta(days=60)
    was = getattr(COUNTRIES[country], towards).interest.rates.on(later).percent
    now = getattr(with_it[country], towards).interest.rates.on(later).percent
    assert now == percent + (8 if country == "EU" else 0)
    grew = interest(later, with_it, country, towards) - interest(later, COUNTRIES, country, towards)
    assert (grew > 0) == (now > was) or abs(now - was) < Decimal("0.01")


@pytest.mark.parametrize("country", ["NL", "BE", "EU"])
def test_nothing_of_a_country_depends_on_rates_but_its_schedules(country):
    added = law((Row("EU", "ecb_refi", FIRST, Decimal(3), None, "x"),))[country]
    for name in ("code", "languages", "holidays", "equated", "reference", "large_business", "imputation",
                 "limitations", "bad_debt_vat"):  # fmt: skip
        assert getattr(added, name) == getattr(COUNTRIES[country], name)
    for kind in ("consumer", "business", "public_body"):
        one, other = getattr(added, kind), getattr(COUNTRIES[country], kind)
        assert replace(one, interest=None) == replace(other, interest=None)


def test_what_is_owed_in_the_books_is_reckoned_with_it_too(house):
    house.invoice(house.debtor("Zee", number="7", country="NL"), "F1", "100.00")
    books = house.actor.administration_id
    keys = [Receivable.objects.of(books).get().pk]

    def percent() -> Decimal:
        (one,) = claims.principals(books, keys)
        assert one.basis.law.interest
        return one.basis.law.interest.rates.on(FIRST).percent

    assert percent() == 4
    add(house, told())
    assert percent() == 5


def test_the_same_again_changes_nothing(house):
    add(house, told())
    before, said = list(StatutoryRate.objects.values()), house.events()
    assert add(house, told(), told(percent="5", source="elsewhere")) == Added([], 2)
    assert (list(StatutoryRate.objects.values()), house.events()) == (before, said)


def test_what_came_with_voldaan_is_known_and_is_not_written_down(house):
    rows = [told(day=f"{row.valid_from}", country=row.country, kind=row.kind, percent=f"{row.percent}")
            for row in shipped.ROWS if row.country in ("NL", "BE") and row.kind in ("civil", "consumer")
            and row.valid_from.year > 2005]  # fmt: skip
    assert add(house, *rows, told("NL", "consumer", "2026-07-01", "4")) == Added([], len(rows) + 1)
    assert not StatutoryRate.objects.exists()


@pytest.mark.parametrize(
    "row",
    [told(day="2026-01-01"), told(day="2026-07-01"), told("NL", "vat_general", "2030-01-01", "25"),
     told("NL", "commercial", "1999-01-01", "1"), told("EU", "ecb_refi", "2026-03-01", "9")],
)  # fmt: skip
def test_what_contradicts_what_came_is_refused_and_both_sources_are_named(house, row):
    with pytest.raises(Contradiction) as refused:
        add(house, told(), row)
    assert {"source", "known_source", "place"} <= set(refused.value.facts)
    assert not StatutoryRate.objects.exists()


def test_what_contradicts_what_was_added_or_stands_beside_it_is_refused(house):
    with pytest.raises(Contradiction, match=r"Stb\. 2026, 500.*otherwise"):
        add(house, told(), told(percent="5.5", source="otherwise"))
    assert not StatutoryRate.objects.exists()
    add(house, told())
    with pytest.raises(Contradiction, match=r"Stb\. 2026, 500.*otherwise"):
        add(house, told(percent="5.5", source="otherwise"))


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (told("DE", "nothing"), UnknownRate), (told("nl"), UnknownRate), (told(kind="x" * 9999), UnknownRate),
        (told(day="2027-02-01"), NoRateBegins), (told(day="2027-01-02"), NoRateBegins),
        (told("BE", "civil", "2027-07-01"), NoRateBegins), (told(day="1-1-2027"), NotADayOfRates),
        (told(day="2027-13-01"), NotADayOfRates), (told(day="9999-01-01"), NotADayOfRates),
        (told(day="٢٠٢٧-01-01"), NotADayOfRates), (told(day=""), NotADayOfRates),
        (told(until="2026-12-31"), EndsTooSoon), (told(until="2028-01-01"), EndsTooSoon),
        (told(until="soon"), NotADayOfRates), (told(percent="100.01"), NotAPercent), (told(percent="-1"), NotAPercent),
        (told(percent="1e2"), NotAPercent), (told(percent="nan"), NotAPercent), (told(percent="5 %"), NotAPercent),
        (told(percent="٥"), NotAPercent), (told(percent="4.12345"), NotAPercent), (told(source=""), NoSource),
        (told(source="a\u202eb"), NoSource), (told(source="a\nb"), NoSource), (told(source="x" * 301), NoSource),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_place_and_nothing_is_half_done(house, bad, refusal):
    with pytest.raises(refusal, match=r"^r\.csv:2: "):
        add(house, told(), bad)
    assert not StatutoryRate.objects.exists()


def test_a_trial_says_the_same_and_keeps_nothing(house):
    said = house.events()
    assert add(house, told(), is_trial=True) == Added([read(told())], 0)
    assert (StatutoryRate.objects.count(), house.events()) == (0, said)
    assert add(house, told()).new


def test_a_slip_is_taken_back_and_the_right_rate_added(house):
    add(house, told(percent="50"))
    words: dict[str, Any] = {"country": "NL", "kind": "consumer", "actor": house.actor, "today": house.today}
    rates.take_back(valid_from=FIRST, **words)
    assert records.countries() is COUNTRIES
    add(house, told())
    with pytest.raises(NoSuchRate):
        rates.take_back(valid_from=date(2026, 1, 1), **words)


def test_a_person_changes_rates_only_where_all_books_are_theirs(house):
    owner = User.objects.get(email="eigenaar@hart.example")
    person = replace(house, actor=replace(house.actor, user_id=owner.pk, via="web"))
    add(person, told())
    assert StatutoryRate.objects.get().added_by == owner.email
    House.opened("Anderen", owner_email="ander@b.example")
    for deed in (
        lambda: add(person, told("BE", "civil")),
        lambda: rates.take_back(country="NL", kind="consumer", valid_from=FIRST, actor=person.actor,
                                today=house.today),
    ):  # fmt: skip
        with pytest.raises(RatesOfOthers):
            deed()
    assert add(house, told("BE", "civil")).new  # who runs the machine may


def test_who_looks_around_in_the_demo_changes_no_rates_and_neither_do_others(house):
    visitor = replace(house, actor=replace(house.actor, deeds=VISITOR))
    for who in (visitor, *(house.as_role(role) for role in Role if role is not Role.OWNER)):
        with pytest.raises(NotAllowed):
            add(who, told())


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_adds_and_the_other_finds_it_known_or_is_refused(transactional_db):
    one, other = House.opened("Een"), House.opened("Twee")
    same = at_once([lambda: add(one, told()), lambda: add(other, told())])
    assert sorted((len(each.new), each.known) for each in same) == [(0, 1), (1, 0)]
    unlike = at_once([lambda: add(one, told("BE", "civil")), lambda: add(other, told("BE", "civil", percent="6"))])
    assert sorted(type(each).__name__ for each in unlike) == ["Added", "Contradiction"]
    assert StatutoryRate.objects.count() == 2
    assert sorted([*one.events(), *other.events()]).count("rates.added") == 2


def warned(house: House, day: str) -> dict[str, list[str]]:
    found = checks.warnings(actor=house.actor, today=date.fromisoformat(day))
    assert all(one.ok for one in found)
    return {one.name: one.rows for one in found if one.found}


def test_what_is_missing_is_warned_of_from_the_last_month_of_the_half_year_on(house):
    assert warned(house, "2026-11-30") == {}
    assert [row[:11] for row in warned(house, "2026-12-01")["rates_known"]] == ["NL consumer", "NL commerci"]
    add(house, told(), told("NL", "commercial"))
    assert warned(house, "2027-05-31") == {}
    assert len(warned(house, "2027-06-01")["rates_known"]) == len(warned(house, "2027-07-01")["rates_known"]) == 2
    assert warned(House.opened("Belg", country="BE", owner_email="b@b.example"), "2027-03-01").keys() == {"rates_known"}


def test_a_half_year_that_is_skipped_stays_missing(house):
    add(house, told(day="2027-07-01"), told("NL", "commercial"), told("NL", "commercial", "2027-07-01"))
    (row,) = warned(house, "2027-08-01")["rates_known"]
    assert row.startswith("NL consumer: no rate is known from 2027-01-01 on")
    assert consumers(records.countries()).is_provisional(date(2027, 8, 1))
    add(house, told())
    assert warned(house, "2027-08-01") == {}


def test_a_yearly_rate_is_known_for_its_year(house):
    belgian = House.opened("Belg", country="BE", owner_email="b@b.example")
    add(belgian, told("BE", "civil"), told("BE", "commercial"), told("BE", "commercial", "2027-07-01"))
    assert warned(belgian, "2027-08-01") == {}


def test_the_rate_of_the_bank_counts_for_the_half_year_that_begins_after_it(house):
    add(house, told("EU", "ecb_refi", "2026-12-16", "2.15"))
    rule = records.countries()["EU"].business.interest
    assert rule
    law_now = rule.rates
    assert (law_now.on(date(2026, 12, 31)).percent, law_now.on(FIRST).percent) == (Decimal("10.40"), Decimal("10.15"))
    assert not law_now.is_provisional(date(2027, 6, 30))


def test_a_rate_that_came_later_with_a_release_wins_and_the_difference_is_told(house, monkeypatch):
    add(house, told(), told("NL", "commercial"))
    came = shipped.with_added([Row("NL", "consumer", FIRST, Decimal("5.50"), None, "the release")])
    monkeypatch.setattr(shipped, "SHIPPED", came)
    assert shipped.with_added(records.added())["NL", "consumer"].on(FIRST).percent == Decimal("5.50")
    (row,) = warned(house, "2027-03-01")["rates_agree"]
    assert "5.00 was added (Stb. 2026, 500), 5.50 came with Voldaan (the release)" in row


def test_all_rates_are_listed_the_newest_first_with_who_says_so(house):
    add(house, told())
    found = [one for one in questions.rates(actor=house.actor) if (one.country, one.kind) == ("NL", "consumer")]
    assert [one.valid_from for one in found] == sorted((one.valid_from for one in found), reverse=True)
    assert (found[0].rate_percent, found[0].added_on, found[0].added_by) == ("5.00", house.today, "test")
    assert found[1].added_on is None
    with pytest.raises(NotAllowed):
        questions.rates(actor=house.as_role(Role.CALLER).actor)


def test_rows_come_out_of_the_law_as_they_went_in():
    rows = [told(day="2028-01-01", percent="6,125"), told(percent="5")]
    assert [(row.valid_from.year, str(row.percent)) for row in fresh(rows)] == [(2027, "5.00"), (2028, "6.125")]

"""Term sets: read and written back the same, and what they ask as costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from voldaan.countries import COUNTRIES
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import BadTerms, Discount, LateCharge, TermSet, UnknownTerm, read, unwritten, written

NL, BE, EU = (COUNTRIES[code] for code in ("NL", "BE", "EU"))
CONSUMER, BUSINESS = DebtorKind.CONSUMER, DebtorKind.BUSINESS
RATES = some.integers(1, 9_999)
CENTS = some.integers(1, 10**9)
CHARGES = some.tuples(CENTS, RATES, some.just(0) | CENTS) | some.tuples(CENTS)
DISCOUNTS = some.tuples(RATES, some.integers(0, 365))
SETS = some.fixed_dictionaries(
    {
        "payment_days": some.integers(0, 365),
        "interest_percent": some.none() | RATES.map(lambda rate: Decimal(rate) / 100),
        "compounds": some.booleans(),
        "higher_rate": some.booleans(),
        "costs": some.booleans(),
        "late_charge": some.none() | CHARGES.map(lambda parts: LateCharge(*parts)),
        "discount": some.none() | DISCOUNTS.map(lambda parts: Discount(*parts)),
        "limit_cents": some.none() | CENTS,
    }
)


@given(SETS)
def test_what_is_written_is_read_back(values):
    terms = TermSet(**values)
    assert read(written(terms)) == terms


def test_words_are_read_as_people_type_them():
    typed = {"payment_days": " 14 ", "interest": "8,5", "charge_percent": "10", "charge_minimum": "62,50", "limit": ""}
    terms = TermSet(14, interest_percent=Decimal("8.5"), costs=False, late_charge=LateCharge(0, 1_000, 6_250))
    assert read(typed) == terms


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({}, "payment_days"),
        ({"payment_days": "veertien"}, "payment_days"),
        ({"payment_days": "366"}, "payment_days"),
        ({"payment_days": "١٤"}, "payment_days"),
        ({"interest": "101"}, "interest"),
        ({"interest": "-1"}, "interest"),
        ({"charge_fixed": "40.5"}, "charge_fixed"),
        ({"charge_minimum": "40"}, "charge_minimum"),
        ({"discount_percent": "2"}, "discount_days"),
        ({"discount_days": "8"}, "discount_percent"),
        ({"limit": "1.000,00"}, "limit"),
    ],
)
def test_what_cannot_be_read_says_where(words, place):
    days = {} if place == "payment_days" else {"payment_days": "14"}
    with pytest.raises(BadTerms) as refused:
        read(days | words)
    assert refused.value.place == place


def test_a_field_that_is_not_there_is_refused():
    with pytest.raises(UnknownTerm, match="boete"):
        read({"payment_days": "14", "boete": "25"})


@pytest.mark.parametrize(("cents", "charge"), [(0, 0), (-5, 0), (10_000, 4_000), (40_000, 4_000), (40_005, 4_001)])
def test_a_charge_of_ten_percent_is_at_least_its_minimum(cents, charge):
    assert LateCharge(rate=1_000, minimum_cents=4_000).cents(cents) == charge


def test_a_fixed_part_comes_on_top_of_the_percentage():
    assert LateCharge(2_500, 500, 1_000).cents(100_000) == 2_500 + 5_000


@pytest.mark.parametrize(
    ("country", "kind", "terms", "asked"),
    [
        (NL, BUSINESS, TermSet(30), None),  # left to the law
        (NL, CONSUMER, TermSet(30, costs=False), None),
        (BE, BUSINESS, TermSet(30, late_charge=LateCharge(0, 1_000, 4_000)), 4_000 + 10_000),
        (BE, CONSUMER, TermSet(30), 2_000 + 9_000),  # agreed up to the cap, each debt by itself
        (BE, CONSUMER, TermSet(30, costs=False), None),
        (EU, CONSUMER, TermSet(30), None),
    ],
)
def test_costs_are_asked_as_agreed(country, kind, terms, asked):
    assert terms.agreed_costs(country, kind, [10_000, 100_000]) == asked


def test_an_agreed_rate_is_the_same_on_every_day():
    assert TermSet(30).agreed_rate is None
    rate = TermSet(30, interest_percent=Decimal("8.5")).agreed_rate
    assert rate is not None
    assert {one.percent for one in rate.rates} == {Decimal("8.5")}


def test_what_nobody_agreed_to_is_not_told_where_the_law_wants_an_agreement():
    assert unwritten(NL, CONSUMER, 14) == TermSet(14, costs=True)
    assert unwritten(BE, CONSUMER, 14) == TermSet(14, costs=False)
    assert unwritten(BE, BUSINESS, 14) == TermSet(14, costs=True)
    assert unwritten(EU, CONSUMER, 14) == TermSet(14, costs=False)


def test_a_discount_says_what_it_costs_a_year():
    assert Discount(200, 10).yearly_percent(30) == 37  # 2 / 98 for twenty days

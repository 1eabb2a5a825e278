"""Collection costs: the worked cases, a cent on each side of every threshold, and what no claim may exceed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools import law
from tests.tools.vectors import cases
from voldaan.countries import COUNTRIES
from voldaan.countries.be import DAMAGES_CAP
from voldaan.countries.nl import CUMULATION, LADDER, surcharge
from voldaan.countries.rates import SHIPPED
from voldaan.rules.law import DebtorKind

SURCHARGE = surcharge(SHIPPED)
quick = settings(deadline=None, max_examples=200)
some_cents = st.integers(0, 10**11)
several = st.lists(some_cents, max_size=8)


@pytest.mark.parametrize("case", cases("nl_collection_costs"))
def test_a_worked_dutch_case(case):
    principals = [int(cents) for cents in case["open_principals_cents"].split("+")]
    costs = law.costs("NL", case["debtor"]).most(principals)
    vat = SURCHARGE.cents(costs) if case["vat_surcharge"] == "yes" else 0
    assert sum(principals) == int(case["principal_sum_cents"])
    assert costs == int(case["expected_costs_excl_cents"])
    assert vat == int(case["expected_vat_cents"])
    assert costs + vat == int(case["expected_costs_incl_cents"])


@pytest.mark.parametrize("case", cases("be_damages"))
def test_a_worked_belgian_case(case):
    assert DAMAGES_CAP.fee(int(case["balance_cents"])) == int(case["expected_max_damages_cents"])


@pytest.mark.parametrize(
    ("cents", "costs"),
    [
        (0, 0), (1, 4_000), (26_663, 4_000), (26_669, 4_000), (26_670, 4_001),
        (249_996, 37_499), (249_999, 37_500), (250_001, 37_500), (250_005, 37_501),
        (499_994, 62_499), (499_995, 62_500), (500_001, 62_500), (500_010, 62_501),
        (999_989, 87_499), (999_999, 87_500), (1_000_049, 87_500), (1_000_050, 87_501),
        (19_999_949, 277_499), (19_999_950, 277_500), (20_000_099, 277_500), (20_000_100, 277_501),
        (99_999_899, 677_499), (99_999_900, 677_500), (100_000_001, 677_500), (10**15, 677_500),
    ],
)  # fmt: skip
def test_the_dutch_ladder_on_both_sides_of_each_threshold(cents, costs):
    assert LADDER.fee(cents) == costs


@pytest.mark.parametrize(
    ("cents", "costs"),
    [(0, 0), (1, 2_000), (15_000, 2_000), (15_001, 3_000), (15_004, 3_000), (15_005, 3_001), (49_994, 6_499),
     (49_995, 6_500), (50_009, 6_500), (50_010, 6_501), (3_919_989, 199_999), (3_919_990, 200_000),
     (3_920_010, 200_000)],
)  # fmt: skip
def test_the_belgian_caps_on_both_sides_of_each_threshold(cents, costs):
    assert DAMAGES_CAP.fee(cents) == costs


@given(some_cents)
@quick
def test_the_dutch_ladder_is_the_sum_of_its_slices(cents):
    """By another road: each slice in fractions, added, and rounded once."""
    slices = [(250_000, 30), (250_000, 20), (500_000, 10), (19_000_000, 2), (10**15, 1)]  # in halves of a percent
    left, fee = cents, Fraction(0)
    for size, halves in slices:
        fee += min(left, size) * Fraction(halves, 200)
        left -= min(left, size)
    expected = min(max(int(fee + Fraction(1, 2)), 4_000), 677_500) if cents else 0
    assert LADDER.fee(cents) == expected


@given(some_cents, some_cents)
@quick
def test_a_ladder_never_falls_and_stays_within_its_bounds(one, more):
    for ladder in (LADDER, DAMAGES_CAP):
        assert ladder.fee(one) <= ladder.fee(one + more)
        assert ladder.fee(one) == 0 if one == 0 else ladder.minimum_cents <= ladder.fee(one) <= ladder.maximum_cents


@pytest.mark.parametrize("country", COUNTRIES.values(), ids=lambda country: country.code)
@pytest.mark.parametrize("kind", DebtorKind)
@given(principals=several, agreed=st.none() | some_cents)
@settings(deadline=None, max_examples=60)
def test_no_clause_takes_costs_past_the_law_where_it_is_mandatory(country, kind, principals, agreed):
    rule = country.towards(kind).costs
    if rule is None:
        return
    asked = rule.due(principals, agreed_cents=agreed)
    assert asked >= 0
    if not rule.may_be_agreed:
        assert asked <= rule.most(principals)
    if rule.fixed:
        assert asked >= rule.fixed.cents * sum(cents > 0 for cents in principals)


def test_three_small_invoices_in_one_letter():
    """Added for a consumer, or the highest single fee where they are instalments; each its own minimum in trade."""
    consumer, business = law.costs("NL", "consumer"), law.costs("NL", "business")
    assert consumer.due([10_000] * 3, same_agreement=False) == 4_500
    assert consumer.due([10_000] * 3) == 4_000
    assert business.due([10_000] * 3) == 12_000
    assert business.due([1_000_000] * 3) == LADDER.fee(3_000_000)


@pytest.mark.parametrize(
    ("in_letter", "unpaid", "charged", "most"),
    [
        ([26_667] * 3, [26_667] * 3, 0, 4_000),  # one letter: the highest single fee
        ([10_000], [10_000, 10_000], 4_000, 0),  # a fee was asked before, and the sum gives no more
        ([20_000], [20_000] * 4, 4_000, 4_000),  # 15 % of 800.00 is 120.00: 80.00 is left, of which 40.00 for this one
        ([20_000], [20_000] * 2, 4_000, 2_000),
        ([26_668], [26_668], 0, None),  # larger than the rule knows
        ([10_000], [10_000, 26_668], 0, None),
        ([], [], 0, None),
    ],
)
def test_the_dutch_instalment_rule_as_we_read_it(in_letter, unpaid, charged, most):
    assert CUMULATION.most(LADDER, in_letter=in_letter, unpaid=unpaid, charged_cents=charged) == most


@pytest.mark.parametrize(
    ("agreed", "asked"), [(None, 0), (0, 0), (1_999, 1_999), (2_000, 2_000), (2_001, 0), (9_999, 0)]
)
def test_a_belgian_clause_above_the_cap_is_void_as_a_whole(agreed, asked):
    assert law.costs("BE", "consumer").due([10_000], agreed_cents=agreed) == asked


def test_the_belgian_cap_counts_for_each_debt():
    assert law.costs("BE", "consumer").most([10_000, 10_000, 60_000]) == 2_000 + 2_000 + 7_000


@pytest.mark.parametrize(
    ("agreed", "consumer", "business"), [(3_000, 3_000, 4_000), (15_000, 15_000, 15_000), (20_000, 15_000, 20_000)]
)
def test_a_dutch_clause(agreed, consumer, business):
    """It can only lower what a consumer owes; in trade it replaces the ladder, never the fixed sum."""
    assert law.costs("NL", "consumer").due([100_000], agreed_cents=agreed) == consumer
    assert law.costs("NL", "business").due([100_000], agreed_cents=agreed) == business


@pytest.mark.parametrize(
    ("default", "ladder", "fixed"),
    [
        ("2012-06-30", False, False),
        ("2012-07-01", True, False),
        ("2013-03-15", True, False),
        ("2013-03-16", True, True),
    ],
)
def test_only_what_is_in_force_counts(default, ladder, fixed):
    rule = law.costs("NL", "business").holds_on(date.fromisoformat(default))
    assert (rule is not None and rule.ladder is not None) == ladder
    assert (rule is not None and rule.fixed is not None) == fixed
    assert (rule.most([10_000, 10_000]) if rule else 0) == (8_000 if fixed else 4_000 if ladder else 0)


@pytest.mark.parametrize(("day", "vat"), [("2012-09-30", 760), ("2012-10-01", 840), (None, 840)])
def test_vat_is_that_of_the_day(day, vat):
    assert SURCHARGE.cents(4_000, date.fromisoformat(day) if day else None) == vat


def test_vat_of_the_minimum_and_the_maximum():
    assert 4_000 + SURCHARGE.cents(4_000) == 4_840
    assert 677_500 + SURCHARGE.cents(677_500) == 819_775


def test_abroad_a_consumer_owes_no_costs_and_a_business_the_fixed_sum():
    assert COUNTRIES["EU"].consumer.costs is None
    assert law.costs("EU", "business").due([10_000_000, 1]) == 8_000
    assert law.costs("BE", "business").due([10_000_000]) == 4_000

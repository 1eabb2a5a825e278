"""How costs came about: the slabs add up to the fee, and the sentence says what decided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.countries import COUNTRIES
from voldaan.countries.be import BELGIUM, DAMAGES_CAP
from voldaan.countries.nl import LADDER, NETHERLANDS
from voldaan.rules.cost_working import (
    AGREED,
    INSTALMENTS,
    MAXIMUM,
    MINIMUM,
    NOT_AGREED,
    ONE_INVOICE,
    PER_INVOICE,
    TOO_MUCH_AGREED,
    VOID,
    CostWorking,
    Slab,
    slabs,
)
from voldaan.rules.country import Country
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import Money

CONSUMER, BUSINESS = DebtorKind.CONSUMER, DebtorKind.BUSINESS


def working(country: Country, kind: DebtorKind, *principals: int, agreed: int | None = None) -> CostWorking:
    rule = country.towards(kind).costs
    assert rule
    return CostWorking(rule, principals, agreed)


@pytest.mark.parametrize("ladder", [LADDER, DAMAGES_CAP])
@given(cents=st.integers(1, 10**12))
def test_slabs_add_up_to_the_fee_and_their_parts_to_the_principal(ladder, cents):
    found = slabs(ladder, cents)
    fee = sum(slab.cents for slab in found)
    assert min(max(fee, ladder.minimum_cents), ladder.maximum_cents) == ladder.fee(cents)
    if ladder is LADDER:
        assert sum(slab.part_cents for slab in found) == cents


def test_the_dutch_ladder_slab_by_slab():
    (rung,) = working(NETHERLANDS, CONSUMER, 400_000, 250_000).rungs
    assert rung.slabs == [Slab(250_000, 1_500, 37_500), Slab(250_000, 1_000, 25_000), Slab(150_000, 500, 7_500)]
    assert (rung.principal_cents, rung.sum_cents, rung.cents) == (650_000, 70_000, 70_000)


def test_the_belgian_cap_begins_with_its_fixed_sum():
    assert slabs(DAMAGES_CAP, 60_000) == [Slab(0, 0, 3_000), Slab(35_000, 1_000, 3_500), Slab(10_000, 500, 500)]
    assert slabs(DAMAGES_CAP, 15_000) == [Slab(0, 0, 2_000)]


@pytest.mark.parametrize(
    ("country", "kind", "principals", "agreed", "cents", "why"),
    [
        (NETHERLANDS, CONSUMER, [100_000], None, 15_000, []),
        (NETHERLANDS, CONSUMER, [10_000], None, 4_000, [(MINIMUM, {"least": Money(4_000)})]),
        (NETHERLANDS, CONSUMER, [200_000_000], None, 677_500, [(MAXIMUM, {"most": Money(677_500)})]),
        (NETHERLANDS, CONSUMER, [20_000, 20_000], None, 4_000, [(INSTALMENTS, {"least": Money(4_000)})]),
        (NETHERLANDS, CONSUMER, [100_000], 20_000, 15_000, [(TOO_MUCH_AGREED, {"agreed": Money(20_000)})]),
        (NETHERLANDS, CONSUMER, [10_000], 9_000, 4_000,
         [(MINIMUM, {"least": Money(4_000)}), (TOO_MUCH_AGREED, {"agreed": Money(9_000)})]),
        (NETHERLANDS, CONSUMER, [100_000], 5_000, 5_000, [(AGREED, {})]),
        (NETHERLANDS, BUSINESS, [100_000], 90_000, 90_000, [(AGREED, {})]),
        (NETHERLANDS, BUSINESS, [100_000], 2_000, 4_000, [(ONE_INVOICE, {"count": 1, "each": Money(4_000)})]),
        (NETHERLANDS, BUSINESS, [10_000] * 3, None, 12_000, [(PER_INVOICE, {"count": 3, "each": Money(4_000)})]),
        (BELGIUM, BUSINESS, [10_000], None, 4_000, [(ONE_INVOICE, {"count": 1, "each": Money(4_000)})]),
        (BELGIUM, CONSUMER, [10_000], None, 0, [(NOT_AGREED, {"most": Money(2_000)})]),
        (BELGIUM, CONSUMER, [10_000], 2_500, 0, [(VOID, {"most": Money(2_000)})]),
        (BELGIUM, CONSUMER, [10_000], 1_500, 1_500, [(AGREED, {})]),
        (NETHERLANDS, BUSINESS, [0], None, 0, []),
    ],
)  # fmt: skip
def test_it_says_what_decided(country, kind, principals, agreed, cents, why):
    found = working(country, kind, *principals, agreed=agreed)
    assert (found.cents, list(found.why)) == (cents, why)


@given(
    country=st.sampled_from([*COUNTRIES.values()]), kind=st.sampled_from(DebtorKind),
    principals=st.lists(st.integers(0, 10**9), max_size=4), agreed=st.none() | st.integers(0, 10**6),
)  # fmt: skip
def test_costs_that_are_not_those_of_the_ladder_are_always_explained(country, kind, principals, agreed):
    if (rule := country.towards(kind).costs) is None:
        return
    found = CostWorking(rule, principals, agreed)
    assert list(found.why) or found.cents == sum(rung.sum_cents for rung in found.rungs)

"""Money: exact, of one currency, rounded once; and amounts as a person types them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.rules.money import LARGEST_CENTS, MINOR_DIGITS, CurrenciesDiffer, Money, NotAnAmount, spread, typed
from voldaan.rules.refusals import Kind

quick = settings(deadline=None, max_examples=200)
cents = st.integers(-LARGEST_CENTS, LARGEST_CENTS)
currencies = st.sampled_from(["EUR", "USD", *MINOR_DIGITS])


@given(cents, cents)
@quick
def test_adding_and_taking_away_are_exact(one, other):
    assert Money(one) + Money(other) == Money(one + other)
    assert Money(one) + Money(other) - Money(other) == Money(one)
    assert Money(one) + -Money(one) == Money(0)


@given(cents, cents)
@quick
def test_order_is_that_of_the_cents(one, other):
    assert (Money(one) < Money(other)) == (one < other)
    assert (Money(one) >= Money(other)) == (one >= other)
    assert bool(Money(one)) == (one != 0)


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__"])
def test_currencies_never_mix(operation):
    with pytest.raises(CurrenciesDiffer) as refused:
        getattr(Money(1, "EUR"), operation)(Money(1, "USD"))
    assert refused.value.kind is Kind.INVALID
    assert "EUR" in str(refused.value)
    assert "USD" in str(refused.value)
    assert Money(1, "EUR") != Money(1, "USD")


@pytest.mark.parametrize(
    ("amount", "factor", "rounded"),
    [
        (5, Fraction(1, 2), 3),  # halves away from zero
        (-5, Fraction(1, 2), -3),
        (4, Fraction(1, 2), 2),
        (1, Fraction(1, 3), 0),
        (2, Fraction(1, 3), 1),
        (-2, Fraction(1, 3), -1),
        (100_00, Fraction(21, 100), 21_00),
        (33_33, Fraction(15, 100), 5_00),  # 499.95 cents
        (12_345_67, Fraction(1040, 10000) * Fraction(30, 365), 10553),  # 10552.9 cents
        (7, Fraction(0), 0),
    ],
)
def test_times_rounds_once(amount, factor, rounded):
    assert Money(amount).times(factor) == Money(rounded)


@given(cents, st.fractions(min_value=-10, max_value=10, max_denominator=36600))
@quick
def test_times_is_never_more_than_half_a_cent_off(amount, factor):
    error = Money(amount).times(factor).cents - amount * factor
    assert abs(error) <= Fraction(1, 2)
    assert Money(-amount).times(factor) == -Money(amount).times(factor)


@pytest.mark.parametrize(
    ("money", "plain"),
    [
        (Money(125000), "1250.00"),
        (Money(5), "0.05"),
        (Money(-5), "-0.05"),
        (Money(0), "0.00"),
        (Money(1250, "JPY"), "1250"),
        (Money(1250, "KWD"), "1.250"),
        (Money(LARGEST_CENTS), "10000000000000.00"),
    ],
)
def test_plain(money, plain):
    assert money.plain() == plain
    assert money.decimal() == Decimal(plain)
    assert str(money) == f"{money.currency} {plain}"


@given(cents, currencies)
@quick
def test_what_is_written_plainly_is_read_again(amount, currency):
    money = Money(amount, currency)
    assert typed(money.plain(), currency) == money


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1250.00", 125000), ("1250", 125000), ("-3.5", -350), ("0", 0), ("-0", 0), ("007", 700), ("0.01", 1)],
)
def test_typed(text, amount):
    assert typed(text) == Money(amount)


# fmt: off
NO_AMOUNTS = [
    "", "-", ".", ".5", "5.", "1.234", "1,50", "1.250,00", "1 250", " 1", "1 ", "+1", "--1", "1e3", "1_000", "€ 1",
    "0x1", "NaN", "inf", "٣", "１", "²", "1.٣", "1..0", "1\n", "10000000000000.01", "-10000000000000.01",
]
# fmt: on


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount_is_never_guessed(text):
    with pytest.raises(NotAnAmount):
        typed(text)


@pytest.mark.parametrize(("text", "currency"), [("1.5", "JPY"), ("1.", "JPY"), ("1.0005", "KWD")])
def test_a_currency_has_its_own_decimals(text, currency):
    with pytest.raises(NotAnAmount):
        typed(text, currency)


def test_a_very_long_number_is_no_amount():
    with pytest.raises(NotAnAmount):
        typed("9" * 5000)


@given(st.text(max_size=20))
@quick
def test_any_text_is_an_amount_or_refused(text):
    try:
        amount = typed(text)
    except NotAnAmount:
        return
    assert abs(amount.cents) <= LARGEST_CENTS


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=12))
@quick
def test_spread_makes_and_loses_no_cent_and_pays_in_order(payment, parts):
    shares, left = spread(payment, parts)
    assert sum(shares) + left == payment
    assert all(0 <= share <= part for share, part in zip(shares, parts, strict=True))
    assert left == max(0, payment - sum(parts))
    short = [at for at, (share, part) in enumerate(zip(shares, parts, strict=True)) if share < part]
    assert not short or not any(shares[short[0] + 1 :])


def test_spread_pays_costs_before_interest_before_principal():
    assert spread(60_00, [40_00, 5_50, 100_00]) == ([40_00, 5_50, 14_50], 0)
    assert spread(200_00, [40_00, 5_50, 100_00]) == ([40_00, 5_50, 100_00], 54_50)
    assert spread(0, [40_00]) == ([0], 0)
    assert spread(5, []) == ([], 5)

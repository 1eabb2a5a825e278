"""What it costs to wait for money."""

from __future__ import annotations

import pytest

from voldaan.rules.capital import freed_by_a_day, percent, yearly_cost
from voldaan.rules.money import Money


@pytest.mark.parametrize(
    ("cents", "rate", "cost"),
    [(10_000_000, 800, 800_000), (10_000_000, 0, 0), (1, 800, 0), (1_250, 450, 56), (0, 800, 0)],
)
def test_what_is_tied_up_costs_its_interest(cents, rate, cost):
    assert yearly_cost(Money(cents), rate) == Money(cost)


@pytest.mark.parametrize(("rate", "said"), [(800, "8"), (750, "7.5"), (725, "7.25"), (0, "0"), (1_000, "10")])
def test_a_rate_is_written_without_zeros_that_say_nothing(rate, said):
    assert percent(rate) == said


@pytest.mark.parametrize(("sold", "days", "freed"), [(9_000_000, 90, 100_000), (100, 90, 1), (134, 90, 1), (0, 90, 0)])
def test_a_day_sooner_frees_the_sales_of_a_day(sold, days, freed):
    assert freed_by_a_day(Money(sold), days) == Money(freed)

"""What it costs to wait for money."""

from __future__ import annotations

import pytest

from voldaan.rules.capital import percent, yearly_cost
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

"""Which bank days are missing between statements: weekends, holidays and days on which nothing moved are none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from voldaan.countries import COUNTRIES
from voldaan.rules.coverage import Gap, Stated, bank_days, gaps

NL = COUNTRIES["NL"]
MON = date(2027, 3, 1)
NOTHING: dict[date, int] = {}


def day(n: int) -> date:
    return MON + timedelta(n)


def of_day(n: int, opening: int, closing: int, *, evening: bool = True) -> Stated:
    """State one day: the n-th after the first Monday."""
    return Stated(n, day(n - 1) if evening else day(n), opening, day(n), closing)


def found(stated: Iterable[Stated], moved: dict[date, int] = NOTHING, tells: Iterable[int] = ()) -> list[Gap]:
    def between(after: date, until: date) -> int:
        return sum(cents for on, cents in moved.items() if after < on <= until)

    return list(gaps(stated, moved=between, tells_of=lambda key, _: key in tells, calendar=NL))


@pytest.mark.parametrize("evening", [True, False])
def test_a_day_that_is_missing_in_the_middle_is_named(evening):
    stated = [of_day(0, 0, 100, evening=evening), of_day(2, 250, 300, evening=evening)]
    (gap,) = found(stated)
    assert bank_days(gap.after, gap.until, NL) == [day(1)]


def test_days_on_which_nothing_moved_have_no_statement_and_are_not_missing():
    assert found([of_day(0, 0, 100), of_day(3, 100, 300)]) == []


@pytest.mark.parametrize("evening", [True, False])
def test_a_weekend_is_no_hole_whatever_moved_in_it(evening):
    assert found([of_day(4, 0, 100, evening=evening), of_day(7, 250, 300, evening=evening)]) == []


def test_holidays_are_no_holes():
    good_friday, tuesday = date(2026, 4, 3), date(2026, 4, 7)
    stated = [Stated(1, good_friday - timedelta(2), 0, good_friday - timedelta(1), 5),
              Stated(2, tuesday, 9, tuesday, 9)]  # fmt: skip
    missing = bank_days(good_friday - timedelta(1), tuesday - timedelta(1), NL)
    assert all(NL.is_working_day(one) for one in missing)
    assert date(2026, 4, 6) not in missing  # Easter Monday
    assert [bank_days(gap.after, gap.until, NL) for gap in found(stated)] == ([missing] if missing else [])


def test_movements_that_close_the_balances_prove_the_days_between_whatever_paper_told_them():
    stated = [of_day(0, 0, 100), of_day(2, 250, 300)]
    assert found(stated, {day(1): 150}) == []
    assert len(found(stated, {day(1): 149})) == 1


def test_overlapping_and_repeated_statements_in_any_order_leave_no_hole():
    whole = Stated(9, day(-1), 0, day(4), 500)
    stated = [of_day(2, 77, 88), whole, of_day(0, 0, 100), of_day(7, 500, 600)]
    assert found(stated) == found(stated[::-1]) == []


def test_of_two_balances_of_one_day_either_is_followed():
    stated = [of_day(0, 0, 100), Stated(5, day(-3), 7, day(0), 120), of_day(2, 120, 130)]
    assert found(stated) == []


def test_a_statement_without_an_opening_balance_proves_nothing_of_what_comes_before_it():
    (gap,) = found([of_day(0, 0, 100), Stated(2, day(3), None, day(3), 100)])
    assert (gap.after, gap.until) == (day(0), day(2))


def test_an_opening_balance_of_the_day_itself_is_told_by_its_movements():
    stated = [of_day(0, 0, 100), Stated(7, day(2), 250, day(3), 300)]
    assert found(stated) == [Gap(day(0), day(2))]  # of the evening: what moved on that day is missing too
    assert found(stated, tells=[7]) == [Gap(day(0), day(1))]


def test_each_hole_is_named():
    assert [gap.after for gap in found([of_day(0, 0, 1), of_day(2, 5, 6), of_day(4, 9, 9)])] == [day(0), day(2)]


def test_what_moved_after_an_opening_balance_does_not_prove_the_days_before_it():
    """The statement tells of 50 on its day; as much is missing before it."""
    stated = [of_day(0, 0, 100, evening=False), of_day(4, 150, 200, evening=False)]
    assert found(stated, {day(4): 50}) == [Gap(day(0), day(3))]
    longer = [of_day(0, 0, 100), Stated(7, day(4), 150, day(7), 200)]
    assert found(longer, {day(4): 50}, tells=[7]) == [Gap(day(0), day(3))]


def test_what_another_paper_told_before_an_opening_balance_of_that_day_proves_them():
    assert found([of_day(0, 0, 100), Stated(4, day(4), 150, day(4), 150)], {day(4): 50}) == []

"""Interest: the worked cases, day by day by another road, and what must hold of any claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools import law
from tests.tools.vectors import cases
from voldaan.countries import COUNTRIES, rates
from voldaan.rules.day_counts import DayCount
from voldaan.rules.days import anniversary
from voldaan.rules.interest import InterestTerms, interest_cents, lines, stretches
from voldaan.rules.law import DebtorKind
from voldaan.rules.rates import NoRateKnown, RateSchedule

DAY = timedelta(days=1)
quick = settings(deadline=None, max_examples=150)
some_day = st.dates(date(2014, 1, 1), date(2032, 12, 31))
some_cents = st.integers(1, 10**9)
some_terms = st.builds(
    InterestTerms,
    st.sampled_from([rates.schedule("NL", "consumer"), rates.schedule("NL", "commercial"),
                     rates.schedule("BE", "civil"), RateSchedule.fixed(Decimal("18.00"))]),
    st.booleans(),
    st.sampled_from(DayCount),
)  # fmt: skip


def terms_of(case: dict[str, str], count: DayCount = DayCount.ACT_ACT) -> InterestTerms:
    kind = case["kind"]
    fixed = kind.removeprefix("fixed:")
    schedule = rates.schedule(case["country"], kind) if fixed == kind else RateSchedule.fixed(Decimal(fixed))
    return InterestTerms(schedule, case["compound_yearly"] == "yes", count)


def day_by_day(principal: int, due: date, on: date, terms: InterestTerms) -> int:
    """Sum the interest as a person with much patience would: one day after the other, in fractions."""
    base, year, total, day = Fraction(principal), Fraction(0), 0, due
    while day < on:
        day += DAY
        leap = day.year % 4 == 0 and terms.day_count is DayCount.ACT_ACT
        year += base * Fraction(terms.rates.on(day).percent) / 100 / (366 if leap else 365)
        is_anniversary = (day.month, day.day) == (due.month, due.day) or (
            (due.month, due.day, day.month, day.day) == (2, 29, 2, 28) and day.year % 4 != 0
        )
        if terms.compounds and is_anniversary and day < on:
            rounded = int(year + Fraction(1, 2))
            base, year, total = base + rounded, Fraction(0), total + rounded
    return total + int(year + Fraction(1, 2))


@pytest.mark.parametrize("case", cases("nl_interest_consumer", "nl_interest_commercial", "be_interest"))
def test_a_worked_case(case):
    principal = int(case["principal_cents"])
    due, on = date.fromisoformat(case["due_date"]), date.fromisoformat(case["end_date_inclusive"])
    by_act, by_365 = terms_of(case), terms_of(case, DayCount.ACT_365)
    interest = interest_cents(principal, due, on, by_act)
    assert interest == int(case["expected_interest_actact_cents"])
    assert interest_cents(principal, due, on, by_365) == int(case["expected_interest_act365_cents"])
    assert principal + interest == int(case["expected_total_actact_cents"])
    shown = list(lines(stretches(principal, due, on, by_act), by_act))
    assert sum(line.days for line in shown) == int(case["expected_days"])
    segments = [f"{line.first}..{line.last}:{line.days}d@{line.rate_percent:.2f}" for line in shown]
    assert segments == case["segments_actact"].split()


@pytest.mark.parametrize(
    ("due", "on", "kind"),
    [
        ("2016-11-28", "2026-11-28", "commercial"),  # ten years, nine times added to the base
        ("2016-02-29", "2026-03-01", "commercial"),
        ("2016-02-29", "2028-02-29", "consumer"),  # the anniversary falls on both 28 and 29 February
        ("2015-12-31", "2025-12-31", "consumer"),
        ("2016-06-30", "2026-07-01", "consumer"),
    ],
)
@pytest.mark.parametrize("count", DayCount)
@pytest.mark.parametrize("principal", [1, 3650, 33333, 123456789])
def test_ten_years_of_interest_on_interest(due, on, kind, count, principal):
    terms = InterestTerms(rates.schedule("NL", kind), compounds=True, day_count=count)
    days = date.fromisoformat(due), date.fromisoformat(on)
    assert interest_cents(principal, *days, terms) == day_by_day(principal, *days, terms)


@given(some_cents, some_day, st.integers(0, 1500), some_terms)
@settings(deadline=None, max_examples=60)
def test_every_claim_agrees_with_the_sum_day_by_day(principal, due, days, terms):
    on = due + timedelta(days=days)
    assert interest_cents(principal, due, on, terms) == day_by_day(principal, due, on, terms)


@given(some_cents, some_day, st.integers(-400, 5000), some_terms)
@quick
def test_lines_add_up_and_cover_every_day_once(principal, due, days, terms):
    on = due + timedelta(days=days)
    found = stretches(principal, due, on, terms)
    shown = list(lines(found, terms))
    assert sum(line.cents for line in shown) == interest_cents(principal, due, on, terms)
    assert sum(line.days for line in shown) == max(days, 0)
    expected = due
    for line in shown:
        assert line.first == expected + DAY
        expected = line.last
        exact = line.base_cents * Fraction(terms.growth(line.last) - terms.growth(line.first - DAY), terms.unit)
        assert abs(line.cents - exact) <= 1, "a line is never more than a cent beside its own exact sum"
    assert expected == max(on, due)


@given(some_cents, some_day, st.integers(0, 3000), st.integers(0, 3000), some_terms)
@quick
def test_simple_interest_adds_up_over_any_split(principal, after, days, more, terms):
    simple = replace(terms, compounds=False)
    middle = after + timedelta(days=days)
    through = middle + timedelta(days=more)
    parts = [Fraction(principal * (simple.growth(b) - simple.growth(a)), simple.unit)
             for a, b in ((after, middle), (middle, through))]  # fmt: skip
    whole = simple.cents(principal, after, through)
    assert int(sum(parts) + Fraction(1, 2)) == whole
    assert abs(simple.cents(principal, after, middle) + simple.cents(principal, middle, through) - whole) <= 1


@given(some_cents, st.integers(0, 10**6), some_day, st.integers(0, 3000), st.integers(0, 400), some_terms)
@quick
def test_more_principal_or_more_days_never_give_less(principal, more, due, days, longer, terms):
    on = due + timedelta(days=days)
    interest = interest_cents(principal, due, on, terms)
    assert interest_cents(principal + more, due, on, terms) >= interest
    assert interest_cents(principal, due, on + timedelta(days=longer), terms) >= interest


@given(some_cents, some_day, st.integers(1, 1000), some_terms)
@quick
def test_compound_is_simple_in_the_first_year_and_never_less(principal, due, days, terms):
    on = due + timedelta(days=days)
    compound, simple = (interest_cents(principal, due, on, replace(terms, compounds=one)) for one in (True, False))
    assert compound >= simple - days // 365  # each rounding takes at most half a cent
    if on <= anniversary(due, 1):
        assert compound == simple


@pytest.mark.parametrize("days", [-400, -1, 0])
def test_there_is_no_interest_up_to_and_including_the_due_date(days):
    due = date(2026, 3, 15)
    terms = InterestTerms(rates.schedule("NL", "consumer"))
    assert stretches(49950, due, due + timedelta(days=days), terms) == []


def test_before_any_rate_is_known_nothing_is_guessed():
    terms = InterestTerms(rates.schedule("NL", "commercial"))
    with pytest.raises(NoRateKnown):
        interest_cents(100, date(2002, 11, 29), date(2003, 1, 1), terms)
    assert interest_cents(3_650_000, date(2002, 11, 30), date(2002, 12, 1), terms) == 1035


CONSUMER, BUSINESS, PUBLIC = DebtorKind.CONSUMER, DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY


@pytest.mark.parametrize(
    ("country", "kind", "agreed", "used", "compounds"),
    [
        ("NL", CONSUMER, None, "4.00", True),
        ("NL", CONSUMER, "12.00", "12.00", False),  # art. 6:119(3) BW: only a higher rate
        ("NL", CONSUMER, "4.00", "4.00", True),
        ("NL", CONSUMER, "3.99", "4.00", True),
        ("NL", CONSUMER, "4.01", "4.01", False),
        ("NL", BUSINESS, "2.00", "2.00", False),  # art. 6:119a(8) BW: also a lower one
        ("NL", PUBLIC, "2.00", "10.40", True),  # art. 6:119b(8) BW: only a higher one
        ("BE", CONSUMER, None, "4.50", False),
        ("BE", CONSUMER, "10.40", "10.40", False),  # art. XIX.4 WER, not rounded up
        ("BE", CONSUMER, "10.41", None, False),
        ("BE", BUSINESS, "15.00", "15.00", False),
        ("EU", BUSINESS, None, "10.40", False),
        ("EU", PUBLIC, "8.00", "10.40", False),
    ],
)
def test_what_an_agreed_rate_does(country, kind, agreed, used, compounds):
    rule = law.interest(country, kind)
    schedule = RateSchedule.fixed(Decimal(agreed)) if agreed else None
    terms = rule.terms(due_date=date(2026, 7, 15), agreed=schedule)
    found = (str(terms.rates.on(date(2026, 7, 16)).percent), terms.compounds) if terms else (None, False)
    assert found == (used, compounds)


def test_of_a_consumer_abroad_no_interest_is_asked():
    assert COUNTRIES["EU"].consumer.interest is None

"""Imputation: the worked cases, the order of the law, and that no cent is made or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.vectors import cases
from voldaan.countries import rates
from voldaan.rules.day_counts import DayCount
from voldaan.rules.imputation import Claim, Imputed, Payment, Running, impute, in_proportion
from voldaan.rules.interest import InterestTerms, interest_cents, lines
from voldaan.rules.money import half_up
from voldaan.rules.rates import RateSchedule

DAY = timedelta(days=1)
quick = settings(deadline=None, max_examples=150)
COMMERCIAL = InterestTerms(rates.schedule("NL", "commercial"), compounds=True)
SIMPLE = InterestTerms(RateSchedule.fixed(Decimal("9.00")))

some_day = st.dates(date(2020, 1, 1), date(2028, 12, 31))
some_claims = st.lists(
    st.builds(Claim, st.just(""), st.integers(1, 10**8), some_day, st.sampled_from([COMMERCIAL, SIMPLE, None])),
    min_size=1, max_size=5,
).map(lambda found: [replace(claim, name=f"F{index}") for index, claim in enumerate(found)])  # fmt: skip
some_payments = st.lists(
    st.builds(Payment, some_day, st.integers(0, 10**8), st.sampled_from([(), ("F0",), ("F1", "F0")]), st.booleans()),
    max_size=6,
)
some_costs = st.integers(0, 700_000)


def case_of(case: dict[str, str]) -> tuple[list[Claim], list[Payment]]:
    claims = []
    for part in case["invoices(name|principal_cents|due|kind|compound)"].split(" ; "):
        name, cents, due, kind, compounds = part.split("|")
        fixed = kind.removeprefix("fixed:")
        schedule = rates.schedule(case["country"], kind) if fixed == kind else RateSchedule.fixed(Decimal(fixed))
        terms = InterestTerms(schedule, compounds == "yes", DayCount(case["day_count"]))
        claims.append(Claim(name, int(cents), date.fromisoformat(due), terms))
    payments = []
    for part in case["payments(date|cents|designated)"].split(" ; "):
        day, cents, named = part.split("|")
        payments.append(Payment(date.fromisoformat(day), int(cents), (named,) if named else ()))
    return claims, payments


@pytest.mark.parametrize("case", cases("nl_imputation"))
def test_a_worked_case(case):
    claims, payments = case_of(case)
    on = date.fromisoformat(case["end_date_inclusive"])
    done = impute(claims, payments, costs_cents=int(case["case_costs_cents"]), on=on)
    each = " ; ".join(f"{one.claim.name}|{one.base_cents}|{one.interest_cents}" for one in done.claims)
    assert each == case["expected_per_invoice(name|base_open|interest_open)"]
    assert done.costs_cents == int(case["expected_costs_open_cents"])
    assert done.paid_costs_cents == int(case["expected_paid_costs_cents"])
    assert done.paid_interest_cents == int(case["expected_paid_interest_cents"])
    assert done.paid_base_cents == int(case["expected_paid_base_cents"])
    assert done.overpaid_cents == int(case["expected_overpaid_cents"])
    assert done.total_cents == int(case["expected_total_open_cents"])


def names_paid(claims: list[Claim], payment: Payment) -> list[str]:
    """Name the claims that a payment of one cent more each time would reach, in order."""
    order: list[str] = []
    for cents in range(1, 500, 7):
        done = impute(claims, [replace(payment, cents=cents)], costs_cents=0, on=payment.day)
        paid = [one.claim.name for one in done.claims if one.base_cents < one.claim.principal_cents]
        order += [name for name in paid if name not in order]
    return order


def claim(name: str, due: str, terms: InterestTerms | None = SIMPLE) -> Claim:
    return Claim(name, 100, date.fromisoformat(due), terms)


DEAR = InterestTerms(RateSchedule.fixed(Decimal("9.01")))


@pytest.mark.parametrize(
    ("claims", "named", "order"),
    [
        ([claim("A", "2026-06-01"), claim("B", "2026-05-01")], (), ["B", "A"]),  # the oldest
        ([claim("A", "2026-05-01"), claim("B", "2026-06-01", DEAR)], (), ["B", "A"]),  # the most onerous
        ([claim("A", "2026-05-01"), claim("B", "2026-07-02", DEAR)], (), ["A", "B"]),  # what is due
        ([claim("A", "2026-07-01", None), claim("B", "2026-07-02", DEAR)], (), ["A", "B"]),  # due on the day itself
        ([claim("A", "2026-05-01"), claim("B", "2026-07-02")], ("B",), ["B", "A"]),  # what the payer names
        ([claim("A", "2026-05-01"), claim("B", "2026-06-01"), claim("C", "2026-04-01")], ("A", "B"), ["A", "B", "C"]),
    ],
)  # fmt: skip
def test_the_order_of_the_law(claims, named, order):
    assert names_paid(claims, Payment(date(2026, 7, 1), 0, named)) == order


def test_equals_share_in_proportion_to_what_is_open():
    equals = [Claim("B", 100, date(2026, 7, 1), SIMPLE), Claim("A", 50, date(2026, 7, 1), SIMPLE),
              Claim("C", 50, date(2026, 7, 1), SIMPLE)]  # fmt: skip
    done = impute(equals, [Payment(date(2026, 7, 1), 101)], costs_cents=0, on=date(2026, 7, 1))
    left = {one.claim.name: one.base_cents for one in done.claims}
    assert left == {"B": 49, "A": 25, "C": 25}  # 50.5, 25.25 and 25.25: the cent goes to the largest remainder
    done = impute(equals[1:], [Payment(date(2026, 7, 1), 51)], costs_cents=0, on=date(2026, 7, 1))
    assert [(one.claim.name, one.base_cents) for one in done.claims] == [("A", 24), ("C", 25)]  # then by name


def test_a_payment_that_stays_with_the_costs_rounds_no_interest():
    a = Claim("A", 12_345, date(2026, 1, 31), COMMERCIAL)
    small = [Payment(date(2026, month, 15), 100) for month in range(2, 7)]
    done = impute([a], small, costs_cents=4_000, on=date(2026, 6, 30))
    assert len(done.claims[0].stretches) == 1
    assert done.claims[0].interest_cents == interest_cents(12_345, date(2026, 1, 31), date(2026, 6, 30), COMMERCIAL)


def test_a_payment_on_an_anniversary_comes_before_interest_is_added():
    a = Claim("A", 100_000, date(2025, 1, 31), SIMPLE_COMPOUND)
    done = impute([a], [Payment(date(2026, 1, 31), 9_000)], costs_cents=0, on=date(2026, 2, 1))
    assert (done.claims[0].base_cents, done.paid_interest_cents) == (100_000, 9_000)
    done = impute([a], [Payment(date(2026, 2, 1), 9_000)], costs_cents=0, on=date(2026, 2, 1))
    assert (done.claims[0].base_cents, done.paid_interest_cents) == (100_027, 27)


SIMPLE_COMPOUND = InterestTerms(RateSchedule.fixed(Decimal("9.00")), compounds=True)


@given(some_claims, some_payments, some_costs, some_day)
@quick
def test_no_cent_is_made_or_lost(claims, payments, costs, on):
    done = impute(claims, payments, costs_cents=costs, on=on)
    counted = sum(payment.cents for payment in payments if payment.day <= on)
    paid = done.paid_costs_cents + done.paid_interest_cents + done.paid_base_cents
    assert paid + done.overpaid_cents == counted
    owed = costs + sum(one.claim.principal_cents + sum(s.cents for s in one.stretches) for one in done.claims)
    assert done.total_cents == owed - paid
    assert min([done.costs_cents, *(one.base_cents for one in done.claims)]) >= 0
    assert min(one.interest_cents for one in done.claims) >= 0
    parts = [sum(cents) for cents in zip(*(share[1:] for share in done.shares), strict=True)] or [0] * 4
    assert parts == [done.paid_costs_cents, done.paid_interest_cents, done.paid_base_cents, done.overpaid_cents]
    assert all(sum(share[1:]) == share.payment.cents for share in done.shares)


@given(some_claims, some_payments, some_costs, some_day)
@quick
def test_paying_all_that_is_open_leaves_exactly_nothing(claims, payments, costs, on):
    before = impute(claims, payments, costs_cents=costs, on=on)
    last = Payment(on, before.total_cents)
    after = impute(claims, [*payments, last], costs_cents=costs, on=on)
    assert after.total_cents == 0
    assert after.overpaid_cents == before.overpaid_cents
    later = impute(claims, [*payments, last], costs_cents=costs, on=on + timedelta(days=900))
    assert later.total_cents == 0, "what is paid grows no more"


def walked(claim: Claim, payments: list[Payment], costs: int, on: date) -> tuple[int, int, int]:
    """By another road, day after day: give what is open of costs, of the base, and of its interest."""
    terms, due, day = claim.terms, claim.due_date, date(2019, 12, 31)
    base = principal = claim.principal_cents
    interest = Fraction(0)
    while day < on:
        day += DAY
        if day > due and terms:
            leap = day.year % 4 == 0
            interest += base * Fraction(terms.rates.on(day).percent) / 100 / (366 if leap else 365)
        for payment in payments:
            if payment.day == day and payment.to_principal:
                base, principal = base - min(payment.cents, principal), max(principal - payment.cents, 0)
            elif payment.day == day:
                to_costs = min(costs, payment.cents)
                costs, left = costs - to_costs, payment.cents - to_costs
                if left:
                    interest = Fraction(int(interest + Fraction(1, 2)))
                    to_interest = min(int(interest), left)
                    interest, base = interest - to_interest, max(base - (left - to_interest), 0)
                    principal = min(principal, base)
        is_anniversary = (day.month, day.day) == (due.month, due.day) or (
            (due.month, due.day, day.month, day.day) == (2, 29, 2, 28) and day.year % 4 != 0
        )
        if terms and terms.compounds and is_anniversary and due < day < on:
            base, interest = base + int(interest + Fraction(1, 2)), Fraction(0)
    return costs, base, int(interest + Fraction(1, 2))


@given(some_claims.map(lambda found: found[0]), some_payments, some_costs, some_day)
@settings(deadline=None, max_examples=60)
def test_one_claim_agrees_with_a_walk_day_by_day(claim, payments, costs, on):
    done = impute([claim], payments, costs_cents=costs, on=on)
    open_ = (done.costs_cents, done.claims[0].base_cents, done.claims[0].interest_cents)
    assert open_ == walked(claim, payments, costs, on)


@given(some_claims, some_costs, some_day)
@quick
def test_without_payments_it_is_the_plain_sum(claims, costs, on):
    done: Imputed = impute(claims, [], costs_cents=costs, on=on)
    plain = [
        claim.principal_cents + (interest_cents(claim.principal_cents, claim.due_date, on, claim.terms)
                                 if claim.terms else 0)
        for claim in claims
    ]  # fmt: skip
    assert done.total_cents == costs + sum(plain)


@given(some_claims, some_payments, some_costs, some_day)
@quick
def test_a_later_payment_changes_nothing(claims, payments, costs, on):
    later = Payment(on + DAY, 10**6)
    one, other = (impute(claims, list(each), costs_cents=costs, on=on) for each in (payments, [later, *payments]))
    assert [(c.base_cents, c.interest_cents) for c in one.claims] == [
        (c.base_cents, c.interest_cents) for c in other.claims
    ]


def to_principal(payments: list[Payment]) -> list[Payment]:
    return [replace(payment, to_principal=True) for payment in payments]


@given(some_claims.map(lambda found: found[:1]), some_payments, some_day)
@quick
def test_what_was_paid_to_the_principal_bears_interest_until_that_day_and_no_cent_is_rounded_away(claims, payments, on):
    claim, left, exact = replace(claims[0], terms=SIMPLE), claims[0].principal_cents, 0

    def borne(cents: int, until: date) -> int:
        return SIMPLE.exact(cents, claim.due_date, max(until, claim.due_date))

    for payment in sorted(to_principal(payments), key=lambda one: one.day):
        if payment.day <= on:
            cents = min(payment.cents, left)
            left, exact = left - cents, exact + borne(cents, payment.day)
    done = impute([claim], to_principal(payments), costs_cents=0, on=on)
    assert done.claims[0].base_cents == left
    assert done.claims[0].interest_cents == half_up(exact + borne(left, on), SIMPLE.unit)


@given(some_claims, some_payments, some_costs, some_day)
@quick
def test_money_for_the_principal_pays_neither_interest_nor_costs(claims, payments, costs, on):
    done = impute(claims, to_principal(payments), costs_cents=costs, on=on)
    assert (done.paid_costs_cents, done.paid_interest_cents, done.costs_cents) == (0, 0, costs)
    assert sum(one.principal_cents for one in done.claims) == (
        sum(one.claim.principal_cents for one in done.claims) - done.paid_base_cents
    )
    for one in done.claims:
        assert 0 <= one.principal_cents <= one.base_cents


@given(some_claims.map(lambda found: found[:1]), some_payments, some_day)
@quick
def test_without_interest_on_interest_it_is_less_where_the_principal_was_paid_first(claims, payments, on):
    claims = [replace(claims[0], terms=SIMPLE)]
    by_law = impute(claims, [replace(one, to_principal=False) for one in payments], costs_cents=0, on=on)
    first = impute(claims, to_principal(payments), costs_cents=0, on=on)
    accrued, lawful = (sum(one.cents for one in done.claims[0].stretches) for done in (first, by_law))
    assert accrued <= lawful + len(by_law.claims[0].stretches)  # of which each may be rounded down
    assert accrued >= lawful - by_law.paid_interest_cents, "what was paid of it still stands"


@given(some_claims, some_payments, some_costs, some_day)
@quick
def test_the_lines_of_a_claim_add_up_to_its_interest(claims, payments, costs, on):
    for one in impute(claims, payments, costs_cents=costs, on=on).claims:
        for stretch in one.stretches:
            assert one.claim.terms
            assert sum(line.cents for line in lines([stretch], one.claim.terms)) == stretch.cents


def test_a_principal_that_is_taken_back_bears_interest_again():
    a = Running(Claim("A", 100_000, date(2025, 1, 31), SIMPLE_COMPOUND))
    a.take_principal(date(2025, 1, 31), 100_000)
    a.run_to(date(2025, 6, 30))
    a.take_principal(date(2025, 6, 30), -100_000)
    a.settle(date(2025, 7, 10))
    assert (a.base_cents, a.interest_cents) == (100_000, SIMPLE.cents(100_000, date(2025, 6, 30), date(2025, 7, 10)))


def test_a_principal_paid_in_parts_across_an_anniversary():
    """9 % on 1000 euro for half a year and on 500 for the other half; then on 500 and that interest."""
    a = Claim("A", 100_000, date(2025, 1, 31), SIMPLE_COMPOUND)
    half = Payment(date(2025, 7, 31), 50_000, to_principal=True)
    done = impute([a], [half, Payment(date(2026, 3, 31), 50_000, to_principal=True)], costs_cents=0,
                  on=date(2026, 4, 10)).claims[0]  # fmt: skip
    year = half_up(SIMPLE.exact(100_000, a.due_date, half.day) + SIMPLE.exact(50_000, half.day, date(2026, 1, 31)),
                   SIMPLE.unit)  # fmt: skip
    assert (done.principal_cents, done.base_cents) == (0, year), "interest that was added goes on to bear it"
    assert done.interest_cents == half_up(
        SIMPLE.exact(50_000 + year, date(2026, 1, 31), date(2026, 3, 31))
        + SIMPLE.exact(year, date(2026, 3, 31), date(2026, 4, 10)), SIMPLE.unit,
    )  # fmt: skip


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=9), st.data())
@quick
def test_shares_add_up_and_none_takes_more_than_itself(parts, data):
    cents = data.draw(st.integers(0, sum(parts)))
    shares = in_proportion(cents, parts)
    assert sum(shares) == cents
    for share, part in zip(shares, parts, strict=True):
        assert 0 <= share <= part
        assert abs(share * sum(parts) - cents * part) < max(sum(parts), 1), "never a whole cent beside its part"

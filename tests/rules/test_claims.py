"""The claim sheet: lines, totals, articles and notes, and that paying its total leaves nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from voldaan.countries import COUNTRIES
from voldaan.countries.be import BELGIUM
from voldaan.countries.eu import GENERIC
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.claims import COSTLY, LOW_RATE, NOT_LATE, OTHER_COSTS, PROVISIONAL, VOID_RATE, Basis, ClaimSheet
from voldaan.rules.day_counts import DayCount
from voldaan.rules.imputation import Payment
from voldaan.rules.law import DebtorKind
from voldaan.rules.rates import RateSchedule

CONSUMER, BUSINESS, PUBLIC = DebtorKind.CONSUMER, DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY
DUE, ON = date(2026, 1, 31), date(2026, 11, 28)
quick = settings(deadline=None, max_examples=150)
some_day = st.dates(date(2019, 1, 1), date(2029, 12, 31))
some_basis = st.builds(
    Basis, st.sampled_from([*COUNTRIES.values()]), st.sampled_from(DebtorKind), st.sampled_from(DayCount),
    agreed_rate=st.sampled_from([None, RateSchedule.fixed(Decimal(8)), RateSchedule.fixed(Decimal(15))]),
    agreed_costs_cents=st.sampled_from([None, 2_000, 50_000]), asks_costs=st.booleans(), asks_vat=st.booleans(),
)  # fmt: skip
some_items = st.lists(st.tuples(st.integers(1, 10**8), some_day), min_size=1, max_size=4)
some_payments = st.lists(st.builds(Payment, some_day, st.integers(1, 10**7)), max_size=4)


def sheet_of(basis: Basis, items: list[tuple[int, date]], payments: list[Payment], on: date) -> ClaimSheet:
    return basis.sheet([basis.claim(f"F{index}", *item) for index, item in enumerate(items)], payments, on=on)


@pytest.mark.parametrize(
    ("country", "kind", "interest", "costs", "articles"),
    [
        (NETHERLANDS, CONSUMER, 3_299, 15_000, {"art. 6:119 BW", "art. 6:120(1) BW", "art. 6:96(2)(c) BW"}),
        (NETHERLANDS, BUSINESS, 8_474, 15_000, {"art. 6:119a BW", "art. 6:96(2)(c) BW", "art. 6:96(4) BW"}),
        (NETHERLANDS, PUBLIC, 8_474, 15_000, {"art. 6:119b BW", "art. 6:96(4) BW"}),
        (BELGIUM, CONSUMER, 3_711, 0, {"art. 2 wet van 5 mei 1865"}),
        (BELGIUM, BUSINESS, 8_659, 4_000, {"art. 5 wet van 2 augustus 2002", "art. 6 wet van 2 augustus 2002"}),
        (GENERIC, CONSUMER, 0, 0, set()),
        (GENERIC, BUSINESS, 8_474, 4_000, {"Directive 2011/7/EU art. 3", "Directive 2011/7/EU art. 6"}),
    ],
)
def test_what_is_owed_on_a_thousand_euros(country, kind, interest, costs, articles):
    """301 days: 150 of them in the first half of 2026, 151 in the second."""
    sheet = sheet_of(Basis(country, kind), [(100_000, DUE)], [], ON)
    assert (sheet.interest_cents, sheet.costs_cents) == (interest, costs)
    assert sheet.total_cents == 100_000 + interest + costs
    assert articles <= {str(article) for article in sheet.articles}
    assert bool(sheet.articles) == bool(articles)


def test_the_sums_of_that_table_by_hand():
    assert round(Decimal(100_000) * (150 * Decimal("0.1015") + 151 * Decimal("0.1040")) / 365) == 8_474
    assert round(Decimal(100_000) * 301 * Decimal("0.04") / 365) == 3_299


@given(some_basis, some_items, some_payments, some_day)
@quick
def test_the_lines_of_a_sheet_are_its_totals(basis, items, payments, on):
    sheet = sheet_of(basis, items, payments, on)
    assert sum(line.cents for line in sheet.lines) == sheet.interest_cents
    parts = sheet.principal_cents + sheet.interest_cents + sheet.costs_cents + sheet.costs_vat_cents
    assert sheet.total_cents == parts - sheet.paid_cents
    assert sheet.paid_cents == sum(payment.cents for payment in payments if payment.day <= on)
    assert sheet.interest_cents >= 0
    if sheet.paid:
        assert sheet.total_cents == sheet.paid.total_cents - sheet.paid.overpaid_cents
    else:
        assert sum(one.base_cents + one.interest_cents for one in sheet.positions) == (
            sheet.principal_cents + sheet.interest_cents
        )


@given(some_basis, some_items, some_payments, some_day)
@quick
def test_paying_the_total_of_a_day_leaves_exactly_nothing_on_that_day(basis, items, payments, on):
    sheet = sheet_of(basis, items, payments, on)
    assume(sheet.total_cents > 0 and not (sheet.paid and sheet.paid.overpaid_cents))
    paid = sheet_of(basis, items, [*payments, Payment(on, sheet.total_cents)], on)
    in_time = any(due == on for _, due in items)  # what is paid on its due date has no costs
    assert paid.total_cents <= 0 if in_time else paid.total_cents == 0


@given(some_basis, some_items, some_day, st.integers(0, 500))
@quick
def test_waiting_never_lowers_what_is_owed(basis, items, on, days):
    first, later = (sheet_of(basis, items, [], day) for day in (on, on + timedelta(days=days)))
    assert later.interest_cents >= first.interest_cents
    if basis.agreed_costs_cents is None:
        assert later.total_cents >= first.total_cents


@given(some_basis, some_items, some_day)
@quick
def test_a_payment_of_another_day_gives_the_same_sheet_as_none(basis, items, on):
    """A payment that does not count yet sends the sums along the other road."""
    plain = sheet_of(basis, items, [], on)
    walked = sheet_of(basis, items, [Payment(on + timedelta(days=1), 5)], on)
    assert plain.total_cents == walked.total_cents
    assert list(plain.lines) == list(walked.lines)


@pytest.mark.parametrize("days", [-30, 0])
def test_up_to_and_including_the_due_date_only_the_principal_is_owed(days):
    sheet = sheet_of(Basis(NETHERLANDS, BUSINESS), [(100_000, DUE)], [], DUE + timedelta(days=days))
    assert (sheet.total_cents, sheet.costs_cents, list(sheet.lines), sheet.articles) == (100_000, 0, [], ())
    assert sheet_of(Basis(NETHERLANDS, BUSINESS), [(100_000, DUE)], [], DUE + timedelta(days=1)).costs_cents == 15_000


@pytest.mark.parametrize(
    ("day", "costs"), [("2026-01-30", 9_000), ("2026-01-31", 9_000), ("2026-02-01", 15_000), ("2026-06-01", 15_000)]
)
def test_costs_are_on_what_was_not_paid_in_time(day, costs):
    paid = [Payment(date.fromisoformat(day), 40_000)]
    assert sheet_of(Basis(NETHERLANDS, CONSUMER), [(100_000, DUE)], paid, ON).costs_cents == costs


def test_an_invoice_paid_late_in_the_meantime_still_has_its_fixed_sum():
    basis = Basis(BELGIUM, BUSINESS)
    items = [(10_000, date(2026, 1, 31)), (10_000, date(2026, 2, 28)), (10_000, date(2027, 1, 31))]
    sheet = sheet_of(basis, items, [Payment(date(2026, 3, 5), 10_000, ("F0",))], ON)
    assert sheet.costs_cents == 8_000


def test_a_payment_beyond_all_that_is_owed_stays_in_sight():
    sheet = sheet_of(Basis(NETHERLANDS, BUSINESS), [(100_000, DUE)], [Payment(date(2026, 3, 31), 200_000)], ON)
    assert sheet.total_cents == -(200_000 - 100_000 - 15_000 - 1_641)
    assert {"art. 6:43 BW", "art. 6:44 BW"} <= {str(article) for article in sheet.articles}


def test_small_items_of_a_consumer_count_as_instalments_unless_they_are_not():
    items = [(10_000, DUE)] * 3
    assert sheet_of(Basis(NETHERLANDS, CONSUMER), items, [], ON).costs_cents == 4_000
    assert sheet_of(Basis(NETHERLANDS, CONSUMER, same_agreement=False), items, [], ON).costs_cents == 4_500


@pytest.mark.parametrize(
    ("basis", "note", "is_there"),
    [
        (Basis(NETHERLANDS, CONSUMER), PROVISIONAL, False),
        (Basis(NETHERLANDS, CONSUMER), COSTLY, False),
        (Basis(BELGIUM, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(11))), VOID_RATE, True),
        (Basis(BELGIUM, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(10))), VOID_RATE, False),
        (Basis(BELGIUM, CONSUMER, agreed_costs_cents=9_000), OTHER_COSTS, False),
        (Basis(BELGIUM, CONSUMER, agreed_costs_cents=9_001), OTHER_COSTS, True),
        (Basis(NETHERLANDS, CONSUMER, agreed_costs_cents=15_001), OTHER_COSTS, True),
        (Basis(NETHERLANDS, CONSUMER, agreed_costs_cents=15_001, asks_costs=False), OTHER_COSTS, False),
        (Basis(BELGIUM, CONSUMER, agreed_costs_cents=0), OTHER_COSTS, False),
        (Basis(NETHERLANDS, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(3))), LOW_RATE, True),
        (Basis(NETHERLANDS, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(12))), LOW_RATE, False),
        (Basis(NETHERLANDS, PUBLIC, agreed_rate=RateSchedule.fixed(Decimal(8))), LOW_RATE, True),
        (Basis(NETHERLANDS, BUSINESS, agreed_rate=RateSchedule.fixed(Decimal(3))), LOW_RATE, False),
        (Basis(BELGIUM, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(1))), LOW_RATE, False),
        (Basis(NETHERLANDS, CONSUMER), LOW_RATE, False),
        (Basis(NETHERLANDS, CONSUMER), NOT_LATE, False),
        (Basis(GENERIC, BUSINESS), GENERIC.business.presumes[0], True),
        (Basis(NETHERLANDS, CONSUMER), NETHERLANDS.consumer.costs_presume[0], True),
        (Basis(NETHERLANDS, CONSUMER, asks_costs=False), NETHERLANDS.consumer.costs_presume[0], False),
    ],
)
def test_a_sheet_says_what_asks_for_a_second_look(basis, note, is_there):
    assert (note in sheet_of(basis, [(100_000, DUE)], [], ON).notes) is is_there


def test_of_an_invoice_that_is_not_late_no_costs_are_missed():
    basis = Basis(BELGIUM, CONSUMER, agreed_costs_cents=9_000)
    assert OTHER_COSTS not in sheet_of(basis, [(100_000, DUE)], [], DUE).notes


def test_of_an_invoice_that_is_not_late_that_is_said_and_nothing_else_of_what_was_agreed():
    basis = Basis(NETHERLANDS, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(3)))
    notes = [*sheet_of(basis, [(100_000, DUE)], [], DUE).notes]
    assert NOT_LATE in notes
    assert LOW_RATE not in notes
    assert NOT_LATE not in sheet_of(basis, [(100_000, DUE), (100_000, ON)], [], ON).notes, "one of them is late"


def test_the_articles_are_those_of_the_rates_that_bore_interest():
    """An agreed rate is weighed per claim: it can beat the law on one due date and not on another."""
    basis = Basis(NETHERLANDS, CONSUMER, agreed_rate=RateSchedule.fixed(Decimal(5)))
    low, high = (100_000, date(2021, 1, 1)), (100_000, date(2024, 1, 31))  # the law gave 2 % and 7 %
    named = {
        name: [str(article) for article in sheet_of(basis, items, [], ON).interest_articles]
        for name, items in (("low", [low]), ("high", [high]), ("both", [low, high]))
    }
    assert named["high"] == ["art. 6:119 BW", "art. 6:120(1) BW"]
    assert named["low"] == named["both"] == ["art. 6:119(3) BW", *named["high"]]


def test_costs_above_the_invoice_itself_are_remarked():
    assert COSTLY in sheet_of(Basis(NETHERLANDS, BUSINESS), [(3_999, DUE)], [], ON).notes
    assert COSTLY not in sheet_of(Basis(NETHERLANDS, BUSINESS), [(4_000, DUE)], [], ON).notes


@pytest.mark.parametrize(("on", "is_provisional"), [("2026-12-31", False), ("2027-01-01", True)])
@pytest.mark.parametrize("payments", [[], [Payment(date(2026, 2, 15), 5)]])
def test_a_sheet_beyond_the_published_rates_is_provisional(on, is_provisional, payments):
    sheet = sheet_of(Basis(NETHERLANDS, CONSUMER), [(100_000, DUE)], payments, date.fromisoformat(on))
    assert sheet.is_provisional is is_provisional
    assert (PROVISIONAL in sheet.notes) is is_provisional


def test_what_was_paid_before_stays_certain():
    paid = [Payment(date(2026, 3, 1), 150_000)]
    assert not sheet_of(Basis(NETHERLANDS, CONSUMER), [(100_000, DUE)], paid, date(2028, 1, 1)).is_provisional


def test_vat_comes_on_top_only_where_it_is_asked_and_lawful():
    def vat(country, **asks):
        sheet = sheet_of(Basis(country, CONSUMER, **asks), [(100_000, DUE)], [], ON)
        return sheet.costs_vat_cents, "art. 2(3)" in " ".join(map(str, sheet.articles))

    assert vat(NETHERLANDS, asks_vat=True) == (3_150, True)
    assert vat(NETHERLANDS) == (0, False)
    assert vat(BELGIUM, asks_vat=True, agreed_costs_cents=2_000) == (0, False)


def test_an_agreed_rate_names_the_article_that_lets_it():
    agreed = RateSchedule.fixed(Decimal(12))
    sheet = sheet_of(Basis(NETHERLANDS, CONSUMER, agreed_rate=agreed), [(100_000, DUE)], [], ON)
    assert str(sheet.articles[0]) == "art. 6:119(3) BW"
    assert [line.rate_percent for line in sheet.lines] == [Decimal(12)]


def test_an_agreed_rate_bears_interest_on_interest_only_where_that_is_said():
    agreed = RateSchedule.fixed(Decimal(10))
    simple, compound = (Basis(NETHERLANDS, BUSINESS, agreed_rate=agreed, agreed_compounds=one) for one in (False, True))
    items, on = [(100_000, date(2024, 12, 31))], date(2026, 12, 31)
    assert [sheet_of(basis, items, [], on).interest_cents for basis in (simple, compound)] == [20_000, 21_000]


@pytest.mark.parametrize("payments", [[], [Payment(date(2026, 3, 31), 5_000)]])
def test_costs_that_a_letter_announced_are_those_of_the_sheet(payments):
    basis = Basis(NETHERLANDS, CONSUMER)
    sheet = basis.sheet([basis.claim("", 100_000, DUE)], payments, on=ON, announced=(12_000, 2_520))
    assert (sheet.costs_cents, sheet.costs_vat_cents) == (12_000, 2_520)
    assert sheet.paid is None or sheet.paid.paid_costs_cents == 5_000
    nothing = basis.sheet([basis.claim("", 100_000, DUE)], payments, on=ON, announced=(0, 0))
    assert nothing.costs_cents == 0


def test_a_default_from_before_the_law_has_no_costs():
    assert sheet_of(Basis(NETHERLANDS, CONSUMER), [(100_000, date(2012, 6, 29))], [], ON).costs_cents == 0
    assert sheet_of(Basis(NETHERLANDS, CONSUMER), [(100_000, date(2012, 6, 30))], [], ON).costs_cents == 15_000


@pytest.mark.parametrize("country", COUNTRIES.values(), ids=lambda country: country.code)
@pytest.mark.parametrize("kind", DebtorKind)
def test_every_rule_names_its_articles_with_their_source(country, kind):
    law = country.towards(kind)
    articles = [*law.term.articles, *(law.interest.articles if law.interest else ()),
                *(law.costs.articles if law.costs else ()), *(law.notice.articles if law.notice else ()),
                *country.imputation.articles, *(a for rule in country.limitations for a in rule.articles)]  # fmt: skip
    assert law.term.articles
    assert law.interest is None or law.interest.articles
    assert law.costs is None or law.costs.articles
    assert all(article.name and article.source and article.holds_on(date(2026, 11, 28)) for article in articles)

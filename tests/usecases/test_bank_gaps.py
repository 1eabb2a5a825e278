"""Days that are missing in the middle of an account shut the gate, until they come or somebody answers for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tools import files
from tests.tools.files import Movement
from tests.tools.house import House
from voldaan.queries.coverage import coverage
from voldaan.queries.overview import overview
from voldaan.records.known_until import bank
from voldaan.usecases import bank_gaps

MON = date(2027, 3, 1)


@pytest.fixture
def house(db: None) -> House:
    return House.opened(today=date(2027, 3, 9))


def told(house: House, n: int, opening: int, *cents: int, **words: object) -> None:
    """Bring the statement of the n-th day after a Monday."""
    on = MON + timedelta(n)
    movements = [Movement(on, each, name=f"Klant {each}", text="iets") for each in cents]
    text = files.camt053(movements, opening=opening, first=on, last=on, number=f"{n}", **words)  # type: ignore[arg-type]
    answer = files.bring(house, text, f"dag{n}.xml", accept_unbalanced=True)
    assert answer.result == "imported", answer


def known_until(house: House) -> date | None:
    return bank(house.actor.administration_id).complete_until


def missing(house: House) -> list[date]:
    return [day for row in coverage(actor=house.actor, today=house.today) for one in row.missing for day in one.days
            if one.passed_on is None]  # fmt: skip


def test_the_books_are_known_up_to_the_first_day_that_is_missing_and_no_further(house: House):
    told(house, 0, 0, 100)
    told(house, 4, 900, 50)  # on Friday
    told(house, 7, 950, 1)
    assert known_until(house) == MON
    assert missing(house) == [MON + timedelta(n) for n in (1, 2, 3)]
    seen = overview(most_work=1, most_customers=1, actor=house.actor, today=house.today).bank
    assert seen.is_stale
    assert (seen.account, list(seen.missing)) == (files.OWN, missing(house))


def test_the_statement_that_was_missing_opens_it_again_in_whatever_order_they_come(house: House):
    told(house, 4, 900, 50)
    told(house, 0, 0, 100)  # afterwards: nobody was asked anything
    assert known_until(house) == MON
    told(house, 2, 100, 800)
    assert missing(house) == []
    assert known_until(house) == MON + timedelta(4)


def test_a_quiet_week_is_no_hole(house: House):
    told(house, 0, 0, 100)
    told(house, 7, 100, 50)
    assert missing(house) == []
    assert known_until(house) == MON + timedelta(7)


def test_an_interim_report_proves_nothing_by_itself(house: House):
    told(house, 0, 0, 100)
    told(house, 4, 900, 50)
    interim = files.camt053([Movement(MON + timedelta(2), 300, name="X")], opening=100)
    for word, other in (("053", "052"), ("BkToCstmrStmt", "BkToCstmrAcctRpt"), ("Stmt>", "Rpt>")):
        interim = interim.replace(word, other)
    assert files.bring(house, interim, "tussen.xml").result == "imported"
    assert known_until(house) == MON
    assert missing(house)


def test_a_person_may_answer_for_days_and_take_that_back(house: House):
    told(house, 0, 0, 100)
    told(house, 4, 900, 50)
    for refusal, after, reason in ((bank_gaps.NoReason, MON, " "), (bank_gaps.NoSuchGap, MON + timedelta(1), "x")):
        with house.refuses(refusal):
            bank_gaps.pass_over(account=files.OWN, after=after, reason=reason, actor=house.actor, today=house.today)
    before = len(house.events())
    for _ in range(2):
        until = bank_gaps.pass_over(account=files.OWN, after=MON, reason="nagekeken bij de bank", actor=house.actor,
                                    today=house.today)  # fmt: skip
    assert until == MON + timedelta(3)
    assert len(house.events()) == before + 1
    assert known_until(house) == MON + timedelta(4)
    told(house, 7, 950, 1)  # looked at anew, and still passed over
    assert known_until(house) == MON + timedelta(7)
    bank_gaps.ask_again(account=files.OWN, after=MON, actor=house.actor, today=house.today)
    assert known_until(house) == MON


def test_the_days_that_are_not_in_yet_are_named_without_the_weekend(house: House):
    told(house, 3, 0, 100)  # Thursday; today is Tuesday
    (row,) = coverage(actor=house.actor, today=house.today)
    assert row.awaited == [MON + timedelta(4), MON + timedelta(7)]
    assert (row.until, row.is_own) == (MON + timedelta(3), True)


def test_an_account_of_which_nothing_came_is_listed_as_that(house: House):
    (row,) = coverage(actor=house.actor, today=house.today)
    assert (row.account, row.until, row.missing) == (files.OWN, None, [])


def test_a_movement_of_the_first_day_does_not_hide_that_as_much_is_missing_before_it(house: House):
    told(house, 0, 0, 100, evening_before=False)
    told(house, 4, 150, 50, evening_before=False)  # 50 came in on one of the days between
    assert missing(house) == [MON + timedelta(n) for n in (1, 2, 3)]
    assert known_until(house) == MON


def test_days_that_are_still_to_come_are_not_missing(house: House):
    told(house, 0, 0, 100)
    told(house, 30, 900, 50)  # a statement of weeks ahead
    days = [MON + timedelta(n) for n in range(1, 9) if (MON + timedelta(n)).weekday() < 5]
    assert missing(house) == days, "until today"
    seen = overview(most_work=1, most_customers=1, actor=house.actor, today=house.today).bank
    assert list(seen.missing) == days

"""What proves never to have been owed, or was paid and not allocated, bears no interest and counts in no costs."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.stories import Story
from tests.usecases.test_lowering import WHOLE, booked, claimed, credit, proven, told, words
from tests.usecases.test_notices import (
    BUSINESS,
    BUSINESS_AFTER,
    CONSUMER,
    CONSUMER_AFTER,
    DAYS,
    FINAL,
    LETTER,
    agrees,
    debtor,
    interest,
    invoice,
)
from voldaan.queries.claims import OneCurrency, claim_sheet
from voldaan.records import claims
from voldaan.records.receivables import Entry, Receivable
from voldaan.rules import costs_now as said
from voldaan.usecases import doubles, refunds

pytestmark = pytest.mark.django_db

OF_A_HUNDRED = interest(CONSUMER, "2026-03-15", "2026-04-28", 10_000)


def sheet(story: Story, on: str = "", *, debtor: str = "K", invoice: str = "") -> OneCurrency:
    day = date.fromisoformat(on) if on else story.house.today
    found = claim_sheet(debtor=debtor, invoice=invoice, on=day, **words(story))
    (one,) = found.currencies
    return one


def same_everywhere(story: Story) -> None:
    """The claim sheet asks no other costs than the ledger holds, of the customer and of the invoice."""
    costs = story.claims().get("F1-K1", 0)
    assert sheet(story).costs_cents == sheet(story, invoice="F1").costs_cents == costs
    agrees(story)


def noticed() -> Story:
    """Play until the term of the letter is over, and no more."""
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on("2026-04-20")
    return story


def test_a_credit_note_after_the_term_leaves_interest_and_costs_of_the_rest():
    story = noticed()
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    assert sheet(story, "2026-04-19").open_cents == 50_000, "on that day nobody knew"
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(LETTER)["costs"] == 7_500
    assert story.charges(FINAL) == {"costs": 4_000, "interest": OF_A_HUNDRED}
    same_everywhere(story)


def test_a_credit_note_after_the_claim_lowers_it():
    story = claimed()
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    assert story.claims() == {"F1-K1": 4_000, "F1-R1": OF_A_HUNDRED}
    assert {kind for kind, *_ in told(story)} == {"claim.less_by_law"}
    same_everywhere(story)
    proven(story)


def test_a_credit_note_over_all_leaves_nothing():
    story = claimed()
    story.house.credit_note("K", "C1", "500.00", corrects="F1")
    assert story.claims() == {"F1-K1": 0, "F1-R1": 0}
    proven(story)


def test_a_note_above_what_was_open_counts_whole():
    """Of 500.00 only 100.00 was owed; 200.00 was paid, so half of that is the customer's."""
    story = claimed()
    story.house.pay("F1", "200.00", on="2026-04-20")
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    assert story.claims() == {"F1-K1": 4_000, "F1-R1": interest(CONSUMER, "2026-03-15", "2026-04-20", 10_000)}
    assert credit(story) == 10_000
    proven(story)


def test_a_note_on_what_was_paid_counts_too():
    """Nothing was open to allocate it to: it is the customer's, with what he paid too much of the claims."""
    story = claimed()
    story.house.pay("F1", "500.00")
    story.house.pay("F1", f"{75 + WHOLE // 100}.{WHOLE % 100:02}")
    assert set(story.house.open().values()) <= {0}
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    assert (sum(booked(story, "F1-K1")), sum(booked(story, "F1-R1"))) == (4_000, OF_A_HUNDRED)
    assert credit(story) == 40_000 + 3_500 + WHOLE - OF_A_HUNDRED
    proven(story)


def test_a_note_that_names_no_invoice_lowers_it_from_its_own_day():
    story = claimed()
    story.house.credit_note("K", "C1", "400.00")
    assert story.claims() == {"F1-K1": 7_500, "F1-R1": WHOLE}
    proven(story)


def test_a_note_that_was_taken_back_counts_no_more():
    story = noticed()
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    story.house.undo(story.house.last_allocation().id)
    story.house.take_back(story.house.entry("invoice:C1").number)
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL) == {"costs": 7_500, "interest": WHOLE}
    same_everywhere(story)


def test_money_that_nobody_allocated_counts_as_paid():
    """Paid too much on another invoice, a day before the letter: on that part no interest is claimed, and no costs."""
    story = CONSUMER.story()
    invoice(story, "K", "F0", "10.00", due="2026-03-15")
    story.on(DAYS[0])
    story.house = story.house.on("2026-03-20")
    story.house.pay("F0", "310.00")
    story.on(*DAYS[1:], *CONSUMER_AFTER)
    part = interest(CONSUMER, "2026-03-15", "2026-04-28", 20_000) + interest(
        CONSUMER, "2026-03-15", "2026-03-20", 30_000
    )
    assert story.charges(FINAL)["costs"] == 4_000
    assert abs(story.charges(FINAL)["interest"] - part) <= 1, "rounded once"
    story.house = story.house.on("2026-05-04")
    receipt = Entry.objects.of(story.books).get(kind="received")
    story.house.allocate(receipt.number, "F1")
    assert told(story) == [], "so nothing is to be lowered once it is allocated"
    proven(story)


def test_an_invoice_that_is_taken_back_leaves_nothing_of_a_double_either():
    story = claimed()
    debtor(story, "E")
    doubles.merge(double="K", into="E", **words(story))
    story.house.take_back(story.house.entry("invoice:F1").number)
    assert story.claims() == {"F1-K1": 0, "F1-R1": 0}
    assert sum(booked(story, "F1-R1")) == 0
    proven(story)


@pytest.mark.parametrize(("paid", "costs"), [("300.00", 4_000), ("500.00", 0)])
def test_of_a_business_the_sheet_counts_what_the_term_left_as_its_letters_do(paid, costs):
    story = claimed(BUSINESS, after=BUSINESS_AFTER)
    story.house.pay("F1", paid, on="2026-04-02")
    assert story.claims()["F1-K1"] == costs
    same_everywhere(story)
    if not costs:
        assert [says for says, _ in sheet(story).costs.why] == [said.IN_TIME]


def test_as_long_as_the_term_runs_a_business_owes_the_fixed_sum():
    story = BUSINESS.story()
    story.on(*DAYS)
    assert story.charges("business_notice")["costs"] == 7_500
    assert sheet(story).costs_cents == 4_000


def test_a_note_of_which_the_credit_was_paid_back_counts_all_the_same():
    """All of it was paid late, then 400.00 proved never to be owed and was paid back: the costs are of 100.00."""
    story = noticed()
    story.house = story.house.on("2026-04-22")
    story.house.pay("F1", "500.00")
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    refunds.pay_back(credit_number=story.house.entry("invoice:C1").number, **words(story))
    assert story.on(*CONSUMER_AFTER, "2026-04-29") == [FINAL]
    assert story.claims()["F1-K1"] == 4_000
    same_everywhere(story)
    proven(story)


def test_paying_back_a_note_raises_no_claim_sheet():
    story = claimed()
    story.house.pay("F1", "500.00")
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    number = story.house.entry("invoice:C1").number
    before = claims.owed(story.books, Receivable.objects.of(story.books).all(), on=story.house.today)
    refunds.pay_back(credit_number=number, **words(story))
    assert claims.owed(story.books, Receivable.objects.of(story.books).all(), on=story.house.today) == before
    refunds.take_back(credit_number=number, reason="vergissing", **words(story))
    assert claims.owed(story.books, Receivable.objects.of(story.books).all(), on=story.house.today) == before


def test_a_note_that_is_undone_after_a_merge_still_counts_from_the_first_day_on_every_day():
    story = noticed()
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    debtor(story, "E")
    story.house = story.house.on("2026-04-21")
    doubles.merge(double="K", into="E", **words(story))
    story.house = story.house.on("2026-05-20")
    story.house.undo(story.house.last_allocation().id)
    (one,) = claims.principals(story.books, Receivable.objects.of(story.books).filter(invoice__number="F1"))
    days = ("2026-04-01", "2026-04-20", "2026-05-19", "2026-05-20")
    assert {one.owed_cents(date.fromisoformat(day)) for day in days} == {10_000}

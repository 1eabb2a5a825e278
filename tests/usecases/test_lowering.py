"""What was claimed too much is taken back: nothing that stands booked is more than the law gives by what is known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.tools.stories import AMSTERDAM, Story
from tests.usecases.test_notices import (
    BELGIAN,
    BUSINESS,
    BUSINESS_AFTER,
    CONSUMER,
    CONSUMER_AFTER,
    DAYS,
    FINAL,
    LETTER,
    Case,
    agrees,
    close,
    debtor,
    interest,
    invoice,
)
from voldaan.queries import follow_up as follow_up_queries
from voldaan.queries import timeline, worklist
from voldaan.records import claims
from voldaan.records.debtors import Debtor
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.money import Money, typed
from voldaan.rules.terms import TermBasis
from voldaan.usecases import (
    debtors,
    deliveries,
    doubles,
    due_dates,
    entries,
    follow_up,
    invoices,
    messages,
    runs,
    sending,
)
from voldaan.usecases.write_offs import ReasonMissing

pytestmark = pytest.mark.django_db

WHOLE = interest(CONSUMER, "2026-03-15", "2026-04-28")


def claimed(case: Case = CONSUMER, *, after: tuple[str, ...] = CONSUMER_AFTER, then: str = "2026-05-04") -> Story:
    """Play until interest and costs of 500.00 were claimed, and some days more."""
    story = case.story()
    story.on(*DAYS, *after)
    assert set(story.claims()) == {"F1-K1", "F1-R1"}
    story.house = story.house.on(then)
    return story


def words(story: Story) -> dict[str, Any]:
    return {"actor": story.house.actor, "today": story.house.today}


def booked(story: Story, number: str) -> list[int]:
    """Give what was booked of a claim, in order."""
    rows = Entry.objects.of(story.books).filter(receivable__invoice__number=number).order_by("number")
    return list(rows.values_list("amount_cents", flat=True))


def credit(story: Story) -> int:
    return sum(Credit.objects.of(story.books).values_list("open_cents", flat=True))


def told(story: Story) -> list[tuple[str, str, str]]:
    """Give what the trail says of it: the kind, the claim and the amount."""
    events = Event.objects.of(story.books).filter(kind__startswith="claim.").order_by("number")
    return [(one.kind, one.facts["claim"], one.facts["amount"]) for one in events]


def proven(story: Story) -> None:
    """Nothing stands above the law, and looking again takes back nothing more."""
    agrees(story)
    before = booked(story, "F1-R1"), booked(story, "F1-K1"), told(story)
    for _ in range(2):
        runs.run(**words(story))
    assert (booked(story, "F1-R1"), booked(story, "F1-K1"), told(story)) == before


def test_money_that_was_booked_late_lowers_the_interest_by_the_difference():
    story = claimed()
    story.house.pay("F1", "200.00", on="2026-04-20")
    (owed,) = claims.owed(story.books, Receivable.objects.of(story.books).all(), on=date(2026, 4, 28)).values()
    less = WHOLE - owed.interest_cents
    assert less > 0
    assert story.claims() == {"F1-K1": 7_500, "F1-R1": WHOLE - less}, "the costs were due before it came"
    assert booked(story, "F1-R1") == [WHOLE, -less]
    assert told(story) == [("claim.paid_before", "F1-R1", f"EUR 0.{less:02}")]
    proven(story)


@pytest.mark.parametrize("day", ["2026-04-28", "2026-05-04"])
def test_money_that_counts_for_the_day_of_the_claim_or_later_lowers_nothing(day):
    story = claimed()
    story.house.pay("F1", "200.00", on=day)
    assert booked(story, "F1-R1") == [WHOLE]
    assert told(story) == []


def test_paid_within_the_term_no_costs_are_left_and_interest_up_to_that_day():
    """The bank file came weeks later: nothing was to be claimed but the interest of some days (art. 6:96(6) BW)."""
    story = claimed()
    story.house.pay("F1", "500.00", on="2026-04-10")
    owed = interest(CONSUMER, "2026-03-15", "2026-04-10")
    assert story.claims() == {"F1-K1": 0, "F1-R1": owed}
    assert booked(story, "F1-K1") == [7_500, -7_500]
    assert {(kind, claim) for kind, claim, _ in told(story)} == {
        ("claim.paid_before", "F1-K1"), ("claim.paid_before", "F1-R1")}  # fmt: skip
    assert credit(story) == 0
    proven(story)


def test_paid_in_part_within_the_term_the_costs_are_of_the_rest():
    story = claimed()
    story.house.pay("F1", "300.00", on="2026-04-10")
    assert story.claims()["F1-K1"] == 4_000
    proven(story)


def test_what_was_paid_on_it_is_the_customers_again_and_the_rest_still_pays():
    story = claimed()
    story.house.pay("F1-K1", "75.00")
    story.house.pay("F1-R1", f"0.{WHOLE - 5:02}" if WHOLE < 105 else f"{(WHOLE - 5) // 100}.{(WHOLE - 5) % 100:02}")
    story.house.pay("F1", "300.00", on="2026-04-10")
    assert story.claims() == {"F1-K1": 0, "F1-R1": 0}
    kept = sum(booked(story, "F1-R1"))
    assert booked(story, "F1-K1") == [7_500, -3_500]
    assert credit(story) == 3_500 + (WHOLE - 5 - kept)
    proven(story)


def test_a_lowering_that_somebody_takes_back_is_booked_again():
    story = claimed()
    story.house.pay("F1", "300.00", on="2026-04-10")
    for _ in range(2):
        lowered = Entry.objects.of(story.books).filter(receivable__invoice__number="F1-K1", kind="costs").last()
        assert lowered is not None
        story.house.take_back(lowered.number)
    assert booked(story, "F1-K1") == [7_500, -3_500, 3_500, -3_500, 3_500, -3_500]
    assert story.claims()["F1-K1"] == 4_000
    proven(story)


def test_a_claim_that_was_lowered_does_not_go_back_and_says_what_can_be_done():
    story = claimed()
    story.house.pay("F1", "200.00", on="2026-04-10")  # within the term: of the costs, 30.00 is too much
    number = story.house.entry("costs:F1-K1").number
    with pytest.raises(entries.ClaimLowered) as refused:
        story.house.take_back(number)
    assert refused.value.facts["amount"] == Money(3_000)
    assert refused.value.facts["claim"] == "F1-K1"
    story.house.write_off("F1-K1")
    story.house.take_back(story.house.last().number)  # and a waiver goes back as any other
    deliveries.withdrawn(message=story.message(FINAL).public_id, reason="te veel", **words(story))
    assert story.claims()["F1-K1"] == 0
    assert story.house.broken() == {}


def test_what_was_waived_comes_off_first():
    story = claimed()
    story.house.write_off("F1-K1", "20.00", reason="coulance")
    story.house.pay("F1", "300.00", on="2026-04-10")
    assert booked(story, "F1-K1") == [7_500, -2_000, -1_500], "40.00 of costs, of which nothing more was waived"
    assert story.claims()["F1-K1"] == 4_000
    proven(story)


def test_a_credit_note_of_an_earlier_day_lowers_it():
    story = claimed()
    invoices.credit(debtor="K", number="C1", issue_date=date(2026, 4, 10), amount=typed("300.00", "EUR"), corrects="F1",
                    **words(story))  # fmt: skip
    assert story.claims()["F1-K1"] == 4_000
    assert sum(booked(story, "F1-R1")) < WHOLE
    proven(story)


def test_each_of_two_claims_is_held_against_the_law_of_its_own_day():
    """The final notice was withdrawn and sent again, so F1-R2 stands; money of before both lowers what stands."""
    story = claimed()
    deliveries.withdrawn(message=story.message(FINAL).public_id, reason="te vroeg", **words(story))
    assert story.on("2026-05-06") == [FINAL]
    story.house = story.house.on("2026-05-11")
    story.house.pay("F1", "300.00", on="2026-04-10")
    assert story.claims()["F1-K2"] == 4_000
    assert sum(booked(story, "F1-R1")) == sum(booked(story, "F1-K1")) == 0
    proven(story)


def test_two_payments_lower_it_twice_and_undoing_one_raises_nothing():
    story = claimed()
    story.house.pay("F1", "100.00", on="2026-04-20")
    story.house.pay("F1", "100.00", on="2026-04-21")
    assert len(booked(story, "F1-R1")) == 3
    left = story.claims()
    story.house.undo(story.house.last_allocation().id)
    runs.run(**words(story))
    assert story.claims() == left
    agrees(story)


def test_of_a_spared_customer_too():
    story = claimed()
    debtors.change(debtor="K", is_spared=True, **words(story))
    runs.run(**words(story))
    assert story.claims() == {"F1-K1": 7_500, "F1-R1": WHOLE}, "what was claimed is for a person to waive"
    story.house.pay("F1", "300.00", on="2026-04-10")
    assert story.claims()["F1-K1"] == 4_000
    assert told(story) != []


def test_a_customer_who_was_merged_gets_back_what_his_double_was_asked():
    story = claimed()
    debtor(story, "E")
    doubles.merge(double="K", into="E", **words(story))
    story.house.pay("F1", "300.00", on="2026-04-10")
    assert story.claims()["F1-K1"] == 4_000
    proven(story)


@pytest.mark.parametrize("case", [BUSINESS, BELGIAN], ids=["dutch", "belgian"])
def test_a_business_that_paid_before_the_notice_was_over_owes_no_costs(case):
    story = claimed(case, after=BUSINESS_AFTER)
    story.house.pay("F1", "500.00", on="2026-04-02")
    assert story.claims() == {"F1-K1": 0, "F1-R1": interest(case, "2026-03-15", "2026-04-02")}
    proven(story)


def test_a_day_that_proves_not_to_be_agreed_gives_less_interest():
    """Stated on the invoice only, a business is in default after thirty days: art. 6:119a BW."""
    story = claimed(BUSINESS, after=BUSINESS_AFTER)
    due_dates.rests_on(basis=TermBasis.STATED, reason="geen akkoord", invoice="F1", **words(story))
    assert sum(booked(story, "F1-R1")) == interest(BUSINESS, "2026-03-31", "2026-04-17")
    assert told(story)[0][:2] == ("claim.less_by_law", "F1-R1")
    proven(story)


def test_in_a_closed_period_it_waits_for_the_run_of_an_open_day():
    story = claimed(BUSINESS, after=BUSINESS_AFTER)
    close(story, "2026-05-04")
    due_dates.rests_on(basis=TermBasis.STATED, reason="geen akkoord", invoice="F1", **words(story))
    assert len(booked(story, "F1-R1")) == 1
    story.on("2026-05-05")
    assert len(booked(story, "F1-R1")) == 2
    proven(story)


def test_the_run_takes_back_what_a_consumer_was_asked_as_a_business():
    """He had no fourteen-day letter, so he owes no costs; and the lower rate."""
    story = claimed(BUSINESS, after=BUSINESS_AFTER)
    debtors.change(debtor="K", kind="consumer", **words(story))
    runs.run(**words(story))
    assert story.claims()["F1-K1"] == 0
    assert story.claims()["F1-R1"] == interest(CONSUMER, "2026-03-15", "2026-04-17")
    proven(story)


def test_it_stands_in_the_timeline_of_the_customer():
    story = claimed()
    story.house.pay("F1", "300.00", on="2026-04-10")
    id_ = Debtor.objects.of(story.books).get(number="K").public_id
    found = timeline.timeline(id_, kind=timeline.Kind.MONEY, most=20, actor=story.house.actor)
    assert "claim.paid_before" in {one.what for one in found}


def test_what_another_customer_was_asked_stays():
    story = CONSUMER.story()
    debtor(story, "L")
    invoice(story, "L", "G1", "500.00", due="2026-03-15")
    story.on(*DAYS, *CONSUMER_AFTER)
    assert story.message(LETTER) is not None
    story.house = story.house.on("2026-05-04")
    story.house.pay("F1", "500.00", on="2026-04-10")
    assert story.claims()["G1-K1"] == 7_500
    assert story.claims()["G1-R1"] == WHOLE
    agrees(story)


def work(story: Story) -> list[str]:
    return [one.kind for one in worklist.worklist(actor=story.house.actor, today=story.house.today)]


def test_a_receipt_that_proves_to_be_later_takes_back_what_was_claimed_too_early():
    """The letter came on 22 April, so its term ended on 7 May: on the 28th no costs were due (art. 6:96(6) BW)."""
    story = claimed()
    deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 4, 22), proof="track", **words(story))
    assert story.message(LETTER).lapses_on == date(2026, 5, 8)
    assert story.claims() == {"F1-K1": 0, "F1-R1": WHOLE}, "he was in default by the agreed day, so interest is due"
    assert told(story) == [("claim.too_early", "F1-K1", "EUR 75.00")]
    assert work(story) == ["too_early", "call"]
    deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 4, 22), proof="nogmaals", **words(story))
    assert work(story) == ["too_early", "call"]
    proven(story)
    (one,) = follow_up_queries.why("F1", **words(story))
    assert "too_early" not in [step.step for step in one.taken], "a question to a person is no step"
    deliveries.withdrawn(message=story.message(FINAL).public_id, reason="te vroeg", **words(story))
    assert work(story) == ["call"]
    assert story.on("2026-05-06") == [], "not before the term is over"
    assert story.on("2026-05-11") == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)


def test_what_was_decided_too_early_and_left_in_time_stays():
    """It waited for approval: the day on which it asks is the one on which it leaves."""
    story = CONSUMER.story()
    story.on(*DAYS, CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    runs.run(**words(story))
    assert story.on("2026-05-11") == [FINAL]
    assert story.message(FINAL).decided_on == date(2026, 4, 28)
    story.house = story.house.on("2026-05-18")
    deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 4, 22), proof="track", **words(story))
    assert story.claims()["F1-K1"] == 7_500
    assert told(story) == []
    proven(story)


def test_a_person_may_leave_it_at_that():
    story = claimed()
    deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 4, 22), proof="track", **words(story))
    row, *_ = worklist.worklist(actor=story.house.actor, today=story.house.today)
    follow_up.done(id=row.id, outcome="we laten het zo", **words(story))
    assert story.on("2026-05-11", "2026-05-20") == []
    assert "too_early" not in work(story)
    proven(story)


def test_a_receipt_that_is_as_presumed_changes_nothing():
    story = claimed()
    deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 4, 2), proof="track", **words(story))
    assert story.claims() == {"F1-K1": 7_500, "F1-R1": WHOLE}
    assert work(story) == ["call"]


def test_of_a_double_that_was_merged_the_receipt_counts_as_well():
    story = claimed()
    debtor(story, "E")
    doubles.merge(double="K", into="E", **words(story))
    deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 4, 22), proof="track", **words(story))
    assert story.claims()["F1-K1"] == 0
    proven(story)


def printed() -> Story:
    """Play until the final notice lies printed, and nobody said that it is in the post."""
    story = CONSUMER.story()
    story.on(*DAYS, CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    runs.run(**words(story))
    messages.approve(ids=[story.message(FINAL).public_id], **words(story))
    sending.print_letters(confirm=False, now=NOON, **words(story))
    assert story.message(FINAL).state == "claimed"
    return story


NOON = datetime(2026, 4, 28, 12, tzinfo=AMSTERDAM)


@pytest.mark.parametrize("deed", ["withdrawn", "returned"])
def test_a_printed_final_notice_falls_with_its_notice_and_books_nothing(deed):
    story = printed()
    notice = story.message(LETTER).public_id
    if deed == "withdrawn":
        deliveries.withdrawn(message=notice, reason="fout bedrag", **words(story))
    else:
        deliveries.returned(message=notice, on=story.house.today, words="onbekend", **words(story))
    assert story.message(FINAL).state == "withdrawn"
    assert "letter.withdrawn" in story.house.events()
    with story.house.refuses(sending.NothingPrinted):
        sending.print_letters(confirm=True, only_printed=True, now=NOON, **words(story))
    assert story.claims() == {}
    assert story.on("2026-04-29") == [LETTER], "and the ladder goes on from there"
    agrees(story)


def test_a_printed_letter_can_be_withdrawn_itself():
    story = printed()
    with story.house.refuses(ReasonMissing):
        deliveries.withdrawn(message=story.message(FINAL).public_id, reason=" ", **words(story))
    back = deliveries.withdrawn(message=story.message(FINAL).public_id, reason="toch niet", **words(story))
    assert back is None, "nobody was written to"
    with story.house.refuses(sending.NothingPrinted):
        sending.print_letters(confirm=True, only_printed=True, now=NOON, **words(story))
    assert story.claims() == {}
    assert story.on("2026-04-29") == [FINAL], "it is decided again"
    assert set(story.claims()) == {"F1-K1", "F1-R1"}
    agrees(story)


def test_an_uncertain_final_notice_whose_notice_fell_books_no_costs():
    """Nobody knew whether it left; it did, and by then the letter before it had come back."""
    story = printed()
    Message.objects.of(story.books).filter(pk=story.message(FINAL).pk).update(state="uncertain", claim="")
    deliveries.returned(message=story.message(LETTER).public_id, on=story.house.today, words="onbekend",
                        **words(story))  # fmt: skip
    messages.resolve(message=story.message(FINAL).public_id, was_sent=True, **words(story))
    assert story.claims() == {"F1-K1": 0, "F1-R1": WHOLE}
    assert ("claim.too_early", "F1-K1", "EUR 75.00") in told(story)
    assert story.house.broken() == {}


def test_no_costs_are_announced_over_what_the_customer_has_with_us():
    """He paid too much before: the letter asks 200.00, and a sum of costs over 500.00 would make it void."""
    story = CONSUMER.story()
    invoice(story, "K", "F0", "10.00", due="2026-03-15")
    story.house.pay("F0", "310.00")
    story.on(*DAYS)
    assert story.message(LETTER).total_cents == 20_000
    assert story.charges(LETTER)["costs"] == 4_000
    agrees(story)

"""A receipt that waits for a person holds the last steps of what it may pay: nobody who paid is chased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.tools import files
from tests.tools.stories import AMSTERDAM, Story
from tests.usecases.test_notices import BUSINESS, BUSINESS_AFTER, CONSUMER, CONSUMER_AFTER, DAYS, FINAL, debtor, invoice
from voldaan.queries import bank_inbox, follow_up, worklist
from voldaan.records.actions import Task
from voldaan.records.messages import Message
from voldaan.rules.strategy import Because
from voldaan.usecases import messages, receipts_by_hand, runs, sending

pytestmark = pytest.mark.django_db

IN_TERM = date(2026, 4, 8)


def acting(story: Story) -> dict[str, Any]:
    return {"actor": story.house.actor, "today": story.house.today}


def receives(story: Story, cents: int, day: date, text: str) -> None:
    """Bring in a statement of which nothing is booked by itself: it names less than half of what is open."""
    moved = [files.Movement(day, cents, name="Iemand", text=text)]
    files.bring(story.house.on(day), files.camt053(moved, number=f"{day}"), f"{day}.xml")


def waits(*, text: str = "deel van F1") -> Story:
    """Play until a fourteen-day letter left, and a receipt within its term waits for a person."""
    story = CONSUMER.story()
    story.on(*DAYS)
    receives(story, 10_000, IN_TERM, text)
    assert len(bank_inbox.proposals(actor=story.house.actor)) == 1
    return story


def decided(story: Story, number: str) -> tuple[Because, dict[str, str]]:
    (one,) = follow_up.why(number, **acting(story))
    return one.decision.because, one.decision.why[1]


def work(story: Story) -> list[tuple[str, list[str], int]]:
    return [(one.kind, one.invoices, one.cents) for one in worklist.worklist(**acting(story))]


def test_no_final_notice_goes_over_what_a_receipt_may_pay():
    story = waits()
    assert story.on(*CONSUMER_AFTER) == []
    assert decided(story, "F1") == (Because.RECEIPT_WAITS, {"amount": "EUR 100.00"})
    assert story.claims() == {}
    assert ("receipt", ["F1"], 10_000) in work(story)


def test_once_it_is_booked_the_rest_is_asked_with_the_costs_of_the_rest():
    story = waits()
    story.on(*CONSUMER_AFTER)
    (one,) = bank_inbox.proposals(actor=story.house.actor)
    receipts_by_hand.accept(proposal=one.id, **acting(story))
    assert "receipt" not in [kind for kind, *_ in work(story)]
    assert story.on("2026-04-29") == [FINAL]
    assert story.charges(FINAL)["costs"] == 6_000  # 15 % of 400.00: the rest was paid within the term


def test_once_it_is_refused_everything_is_asked():
    story = waits()
    story.on(*CONSUMER_AFTER)
    (one,) = bank_inbox.proposals(actor=story.house.actor)
    receipts_by_hand.reject(proposal=one.id, **acting(story))
    assert story.on("2026-04-29") == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500


def test_what_the_same_notice_asked_waits_along_for_its_costs_are_one_sum():
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    receives(story, 10_000, IN_TERM, "deel van F1")
    assert story.on(*CONSUMER_AFTER) == []
    assert decided(story, "F2") == (Because.RECEIPT_WAITS, {"amount": "EUR 100.00", "invoice": "F1"})


def test_another_customer_and_another_notice_go_on():
    story = CONSUMER.story()
    debtor(story, "L")
    invoice(story, "L", "G1", "300.00", due="2026-03-15")
    story.on(*DAYS)
    receives(story, 10_000, IN_TERM, "deel van F1")
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.message(FINAL).debtor.name == "Klant L"


def test_a_final_notice_that_waits_for_approval_goes_back():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.on(CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    runs.run(**acting(story))
    assert story.message(FINAL).state == "planned"
    receives(story, 10_000, IN_TERM, "deel van F1")
    assert runs.run(**acting(story)).counts[Because.RECEIPT_WAITS.value] == 1
    assert story.message(FINAL).state == "withdrawn"


def test_one_that_was_approved_does_not_leave_any_more():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.on(CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    runs.run(**acting(story))
    messages.approve(everything=True, **acting(story))
    receives(story, 10_000, IN_TERM, "deel van F1")
    noon = datetime(2026, 4, 28, 12, tzinfo=AMSTERDAM)
    with pytest.raises(sending.NothingToPrint):
        sending.print_letters(confirm=False, now=noon, **acting(story))
    message = story.message(FINAL)
    assert (message.state, message.why) == ("withdrawn", "receipt_waits")


def test_a_first_notice_leaves_with_its_warning_for_it_asks_no_costs_yet():
    story = CONSUMER.story()
    story.on(*DAYS[:2])
    receives(story, 10_000, date(2026, 3, 25), "deel van F1")
    assert story.on(DAYS[2]) == ["fourteen_day_letter"]
    assert "receipt_waits" in story.message("fourteen_day_letter").warnings
    assert ("receipt", ["F1"], 10_000) not in work(story)  # it waits in the inbox; nothing is held by it yet


def test_nothing_is_handed_over_meanwhile():
    story = BUSINESS.story()
    story.on(*DAYS, *BUSINESS_AFTER)
    receives(story, 10_000, date(2026, 4, 20), "deel van F1")
    story.on("2026-05-29")
    assert decided(story, "F1")[0] is Because.RECEIPT_WAITS
    assert not Task.objects.of(story.books).filter(kind="hand_over").exists()
    assert Message.objects.of(story.books).filter(step=FINAL, state="sent").count() == 1


@pytest.mark.parametrize("with_another", [True, False])
def test_it_is_on_the_worklist_too_where_what_it_may_pay_was_paid_otherwise(with_another):
    """Its proposal fits no more, and still holds what the same notice asked, or what is left of it."""
    story = CONSUMER.story()
    if with_another:
        invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    receives(story, 10_000, IN_TERM, "deel van F1")
    story.house = story.house.on("2026-04-21")
    story.house.pay("F1", "500.00")
    assert story.on(*CONSUMER_AFTER) == []
    assert ("receipt", ["F1"], 10_000) in work(story)

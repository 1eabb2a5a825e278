"""Who pays after the term of a notice still owes what it announced, and the final notice asks that alone."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from tests.tools.stories import Story
from tests.usecases.test_notices import (
    BELGIAN_CONSUMER,
    BUSINESS,
    BUSINESS_AFTER,
    CONSUMER,
    CONSUMER_AFTER,
    DAYS,
    FINAL,
    LETTER,
    Case,
    agrees,
    debtor,
    interest,
    invoice,
    lines,
    shown,
    words,
)
from voldaan.queries import follow_up as questions
from voldaan.records.charges import Charge
from voldaan.records.messages import Message
from voldaan.rules.letters import Wording
from voldaan.rules.money import Money
from voldaan.rules.strategy import Because
from voldaan.rules.wording import LacksPlaceholder
from voldaan.usecases import debtors, deliveries, doubles, follow_up, messages, runs, wordings

pytestmark = pytest.mark.django_db

PAID = "2026-04-20"  # after the term of the letter, before the final notice


def late(case: Case = CONSUMER, *, amount: str = "500.00", paid: str = PAID) -> Story:
    """Play until the price was paid, after the term of the notice."""
    story = case.story(amount)
    story.on(*case.days)
    story.house = story.house.on(paid)
    story.house.pay("F1", amount)
    return story


def acting(story: Story) -> dict[str, Any]:
    return {"actor": story.house.actor, "today": story.house.today}


def test_the_final_notice_asks_costs_and_interest_alone():
    story = late()
    grown = interest(CONSUMER, "2026-03-15", PAID)
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL) == {"costs": 7_500, "interest": grown}
    assert story.message(FINAL).total_cents == 7_500 + grown
    assert lines(story.message(FINAL)) == ["F1"]
    assert story.claims() == {"F1-K1": 7_500, "F1-R1": grown}
    agrees(story)
    text = words(story, FINAL)
    assert "Dank u voor de betaling van factuur F1" in text
    assert "Wij verwachtten de betaling" not in text
    assert shown(7_500 + grown) in text
    assert story.on("2026-05-20", "2026-06-20") == [], "once: what follows is for a person"
    agrees(story)


def test_why_says_that_the_price_is_paid_and_what_is_not():
    story = late()
    story.on(CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    grown = interest(CONSUMER, "2026-03-15", PAID)
    (one,) = questions.why("F1", **acting(story))
    assert (one.state, one.decision.because, one.rest) == (
        "paid",
        Because.DUE,
        (questions.TO_ASK, Money(7_500 + grown)),
    )
    story.on(CONSUMER_AFTER[1])
    (one,) = questions.why("F1", **acting(story))
    assert (one.is_over, one.rest) == (True, (questions.ASKED, Money(7_500 + grown)))
    story.house.pay("F1-K1", "75.00")
    (one,) = questions.why("F1", **acting(story))
    assert one.rest == (questions.ASKED, Money(grown))
    story.house.write_off("F1-R1")
    (one,) = questions.why("F1", **acting(story))
    assert (one.is_over, one.rest) == (True, None)


@pytest.mark.parametrize(("language", "says"), [
    ("fr", "Merci de votre paiement"), ("en", "Thank you for paying"), ("de", "danke für Ihre Zahlung")])  # fmt: skip
def test_in_the_language_of_the_customer(language, says):
    story = late()
    debtors.change(debtor="K", language=language, **acting(story))
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert says in re.sub(r"\s+", " ", story.text(FINAL).replace("\xa0", " "))


def test_in_the_words_of_the_firm_where_it_wrote_some_for_this():
    story = late()
    said = {"language": "nl", "subject": "Nog {total}", "closing": "Groet"}
    for step, body in (
        ("final_notice", "Betaal de factuur."),
        ("final_notice_for_the_rest", "Nog dit: {total}. {charges}"),
    ):
        own = Wording(step, body=body if "{" in body else f"{body} {{total}}", **said)
        wordings.write(wording=own, **acting(story))
    story.on(*CONSUMER_AFTER)
    text = words(story, FINAL)
    assert "Nog dit: " in text
    assert "Betaal de factuur" not in text
    with pytest.raises(LacksPlaceholder):
        wordings.write(wording=Wording("final_notice_for_the_rest", body="Betaal.", **said), **acting(story))


def test_a_business_is_asked_as_well():
    story = late(BUSINESS, paid="2026-04-15")
    assert story.message("business_notice").final_date == date(2026, 4, 14)
    assert story.on(*BUSINESS_AFTER) == [FINAL]
    assert story.charges(FINAL) == {"costs": 7_500, "interest": interest(BUSINESS, "2026-03-15", "2026-04-15")}
    agrees(story)


def test_paid_within_the_term_nothing_is_asked():
    story = late(paid="2026-04-17")
    assert story.on(*CONSUMER_AFTER, "2026-06-01") == []
    assert story.claims() == {}


def test_a_spared_customer_is_asked_nothing():
    story = late()
    debtors.change(debtor="K", is_spared=True, **acting(story))
    assert story.on(*CONSUMER_AFTER, "2026-06-01") == []
    assert not Charge.objects.of(story.books).filter(is_announced=False).exists()


def test_a_consumer_who_was_announced_nothing_is_asked_nothing():
    story = late(BELGIAN_CONSUMER)
    assert story.on(*BELGIAN_CONSUMER.after, "2026-06-01") == []


def test_what_is_too_little_to_write_about_is_let_go():
    """The other invoice of the letter claimed its costs: of this one 1,20 of interest is left."""
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    story.house = story.house.on(PAID)
    story.house.pay("F2", "300.00")
    follow_up.pause(invoice="F2", until=date(2026, 4, 30), reason="klacht", **acting(story))
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert lines(story.message(FINAL)) == ["F1"]
    assert story.charges(FINAL)["costs"] == 12_000
    assert story.on("2026-05-04", "2026-05-06", "2026-05-11") == []
    agrees(story)


def test_one_of_two_paid_late_stands_in_the_same_letter():
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    story.house = story.house.on(PAID)
    story.house.pay("F2", "300.00")
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert sorted(lines(story.message(FINAL))) == ["F1", "F2"]
    assert story.charges(FINAL)["costs"] == 12_000
    assert set(story.claims()) == {"F1-K1", "F1-R1", "F2-R1"}
    assert "Wij verwachtten de betaling" in words(story, FINAL)
    agrees(story)


def test_a_letter_that_came_back_leaves_nothing_to_ask():
    story = late()
    deliveries.returned(message=story.message(LETTER).public_id, on=story.house.today, words="verhuisd",
                        **acting(story))  # fmt: skip
    assert story.on(*CONSUMER_AFTER, "2026-06-01") == []


def test_it_is_held_and_passed_over_as_any_other():
    story = late()
    follow_up.pause(invoice="F1", until=date(2026, 5, 4), reason="klacht", **acting(story))
    assert story.on(*CONSUMER_AFTER) == []
    story.house = story.house.on("2026-05-06")
    for _ in range(2):  # and what waits stays
        runs.run(**acting(story))
        assert story.message(FINAL).state == "planned"
    assert Message.objects.of(story.books).filter(step=FINAL).count() == 1
    follow_up.skip(id=story.message(FINAL).public_id, reason="laat maar", **acting(story))
    assert story.on("2026-05-07", "2026-05-20") == []
    assert story.claims() == {}


def test_money_that_comes_before_it_leaves_takes_it_back():
    """The customer pays the costs too, as credit: there is nothing to ask any more."""
    story = late()
    story.on(CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    runs.run(**acting(story))
    messages.approve(ids=[story.message(FINAL).public_id], **acting(story))
    story.house.credit_note("K", "C1", "100.00")
    list(story.day())
    assert story.message(FINAL).state == "withdrawn"
    assert story.on("2026-05-20") == []
    assert story.claims() == {}


def test_a_withdrawn_final_notice_comes_again():
    story = late()
    story.on(*CONSUMER_AFTER)
    story.house = story.house.on("2026-04-30")
    deliveries.withdrawn(message=story.message(FINAL).public_id, reason="te vroeg", **acting(story))
    assert sum(story.claims().values()) == 0
    assert story.on("2026-05-06") == [FINAL]
    assert sum(story.claims().values()) == 7_500 + interest(CONSUMER, "2026-03-15", PAID)
    agrees(story)


def test_an_undone_payment_is_asked_with_the_price_again():
    story = late()
    story.on(CONSUMER_AFTER[0])
    story.house.undo(story.house.last_allocation().id)
    story.house.take_back(story.house.last().number)
    assert story.on("2026-04-28", "2026-05-04") == [FINAL], "the call that was not made comes first"
    assert story.message(FINAL).total_cents == 50_000 + 7_500 + interest(CONSUMER, "2026-03-15", "2026-05-04")
    agrees(story)


@pytest.mark.parametrize("how", ["written_off", "rest_written_off", "credited", "taken_back_of_a_double"])
def test_what_was_let_go_after_the_term_was_not_paid_late(how):
    """A credit note says that it was never due; who writes off asks no more. Neither is a payment to thank for."""
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on(PAID)
    if how == "rest_written_off":
        story.house.pay("F1", "300.00")
    if how == "taken_back_of_a_double":
        debtor(story, "E")
        doubles.merge(double="K", into="E", **acting(story))
        story.house.take_back(story.house.entry("invoice:F1").number)
    elif how == "credited":
        story.house.credit_note("K", "C1", "500.00", corrects="F1")
    else:
        story.house.write_off("F1")
    assert story.on(*CONSUMER_AFTER, "2026-06-01") == []
    assert story.claims() == {}
    agrees(story)


def test_a_write_off_that_was_taken_back_and_paid_was_paid_late():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on(PAID)
    story.house.write_off("F1")
    story.house.take_back(story.house.last().number)
    story.house.pay("F1", "500.00")
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    agrees(story)


def test_what_is_let_go_while_the_notice_waits_takes_it_back():
    story = late()
    story.on(CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    runs.run(**acting(story))
    messages.approve(ids=[story.message(FINAL).public_id], **acting(story))
    story.house.undo(story.house.last_allocation().id)
    story.house.write_off("F1")
    assert list(story.day()) == []
    assert story.message(FINAL).state == "withdrawn"
    assert story.on("2026-05-20") == []


def test_a_customer_who_was_merged_is_asked_it():
    story = late()
    debtor(story, "E")
    doubles.merge(double="K", into="E", **acting(story))
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)


def test_after_half_a_year_it_is_let_go():
    story = late()
    follow_up.pause(invoice="F1", until=date(2026, 10, 10), reason="klacht", **acting(story))
    assert story.on("2026-10-12", "2026-10-13") == []
    assert story.claims() == {}

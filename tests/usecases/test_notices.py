"""Notices as they are really sent: what each announces and claims, in every country and of every kind of debtor.

Every figure is the same wherever it stands: in the message, in its words, in the ledger, and in what the law gives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any, Self

import pytest
from django.db.models import Sum

from tests.tools.stories import AMSTERDAM, Story
from voldaan.countries import COUNTRIES
from voldaan.queries import messages as message_queries
from voldaan.records import claims
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.charges import Charge
from voldaan.records.messages import Message
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.interest import InterestTerms, interest_cents
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import half_up, typed
from voldaan.rules.terms import TermBasis
from voldaan.usecases import (
    administrations,
    debtors,
    deliveries,
    doubles,
    follow_up,
    invoices,
    messages,
    runs,
    sending,
    strategies,
)

# One engine: figures of the law; what is written and asked is in test_charged_once and test_claims_first.
pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

LETTER, NOTICE, FINAL = "fourteen_day_letter", "business_notice", "final_notice"


@dataclass(frozen=True)
class Case:
    """Who owes, on which ladder, and the days on which something happens."""

    country: str
    kind: str
    days: tuple[str, ...]  # of the messages and calls up to and including the notice that announces, then the others
    after: tuple[str, ...]
    announces: str = LETTER
    strategy: str = ""
    term: str = "agreed"

    def story(self, amount: str = "500.00") -> Story:
        """Send an invoice of 1 March 2026, due on the 15th."""
        story = Story.begun(today="2026-03-01")
        debtor(story, "K", country=self.country, kind=self.kind, strategy=self.strategy)
        invoice(story, "K", "F1", amount, due="2026-03-15", term=self.term)
        return story


DAYS = ("2026-03-16", "2026-03-22", "2026-03-31")
CONSUMER_AFTER, BUSINESS_AFTER = ("2026-04-24", "2026-04-28"), ("2026-04-16", "2026-04-17")
CONSUMER = Case("NL", "consumer", DAYS, CONSUMER_AFTER)
STATED = Case("NL", "consumer", DAYS, CONSUMER_AFTER, term="stated")
BUSINESS = Case("NL", "business", DAYS, BUSINESS_AFTER, NOTICE, "zakelijk")
PUBLIC = Case("NL", "public_body", DAYS, BUSINESS_AFTER, NOTICE, "zakelijk")
BELGIAN = Case("BE", "business", DAYS, BUSINESS_AFTER, NOTICE, "zakelijk")
BELGIAN_CONSUMER = Case("BE", "consumer", ("2026-03-16", "2026-03-23"), ("2026-04-07", "2026-04-16", "2026-04-17"),
                        "consumer_first_reminder")  # fmt: skip
GERMAN = Case("DE", "consumer", DAYS, ("2026-04-14", "2026-04-15"), "demand")
# What 500.00 of principal gives by the vectors of the law: costs, and the days of interest at the final notice.
CHARGING = {"consumer": (CONSUMER, 7_500, "2026-03-15"), "stated": (STATED, 7_500, "2026-03-30"),
            "business": (BUSINESS, 7_500, "2026-03-15"), "public": (PUBLIC, 7_500, "2026-03-15"),
            "belgian": (BELGIAN, 4_000, "2026-03-15")}  # fmt: skip
charging = pytest.mark.parametrize(("case", "costs", "since"), CHARGING.values(), ids=CHARGING)


def debtor(story: Story, number: str, **known: Any) -> None:
    known = {"country": "NL", "kind": "consumer", "street": "Laan 2", "postcode": "1012 AB", "city": "Zwolle"} | known
    story.house.debtor(f"Klant {number}", number=number, language="nl", **known)


def invoice(story: Story, whose: str, number: str, amount: str, *, due: str, term: str = "agreed",
            currency: str = "EUR") -> None:  # fmt: skip
    invoices.receive(
        debtor=whose, number=number, amount=typed(amount, currency), issue_date=story.house.today,
        due_date=date.fromisoformat(due), term_basis=TermBasis(term), actor=story.house.actor, today=story.house.today,
    )  # fmt: skip


def shown(cents: int) -> str:
    return f"€ {cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"


def words(story: Story, step: str) -> str:
    """Give a message as it left, the text of a mail or of a letter, with plain spaces."""
    text = story.text(step)
    if story.message(step).channel == "email":
        part = message_from_string(text, policy=default).get_body(("plain",))
        assert part is not None
        text = part.get_content()
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def interest(case: Case, since: str, through: str, cents: int = 50_000) -> int:
    """Reckon by the law alone: from the day after `since` up to and including `through`."""
    return interest_cents(cents, date.fromisoformat(since), date.fromisoformat(through), terms_of(case))


def terms_of(case: Case) -> InterestTerms:
    law = COUNTRIES[case.country].towards(DebtorKind(case.kind)).interest
    assert law is not None
    return InterestTerms(law.rates, law.compounds)


def agrees(story: Story) -> None:
    """Every figure of every claim is the same wherever it stands, and never above the law."""
    house = story.house
    assert house.broken() == {}
    listed = {row.id: row for row in message_queries.messages(actor=house.actor, today=house.today)}
    for message in Message.objects.of(story.books).filter(state="sent", is_trial=False, returned_on=None):
        mine = Charge.objects.of(story.books).filter(message=message)
        own = Action.objects.of(story.books).filter(message=message, receivable__kind="principal")
        claimed = sum(charge.cents for charge in mine.filter(is_announced=False))
        asked = sum(own.values_list("open_cents", flat=True)) + claimed - message.credit_cents
        assert message.total_cents == listed[message.public_id].total_cents == asked
        if message.pk == story.message(message.step).pk and message.currency == "EUR":
            text = words(story, message.step)
            assert shown(message.total_cents) in text
            assert all(shown(charge.cents) in text for charge in mine.filter(is_announced=False))
            announced = mine.filter(is_announced=True).order_by().values_list("kind").annotate(cents=Sum("cents"))
            assert all(shown(cents) in text for _, cents in announced)
        for charge in mine.filter(is_announced=False, booked_as__isnull=False):
            booked = Entry.objects.of(story.books).filter(receivable=charge.booked_as, kind=charge.kind)
            first, *lowered = booked.order_by("number").values_list("amount_cents", flat=True)
            assert first == charge.cents
            assert all(cents < 0 for cents in lowered), "what was claimed is never raised"
    owed = claims.owed(story.books, Receivable.objects.of(story.books).all(), on=house.today)
    entries = Entry.objects.of(story.books).filter(receivable__kind="interest")
    standing = sum(row.amount_cents for row in entries.filter(kind__in=["interest", "reversal"]) if not _moved(row))
    assert sum(one.claimed_interest_cents for one in owed.values()) == standing
    assert all(one.claimed_interest_cents <= one.interest_cents for one in owed.values())


def _moved(row: Entry) -> bool:
    return row.reverses is not None and row.reverses.kind not in ("interest", "costs")


DATE = re.compile(r"\b(\d{1,2}) ([a-z]{3})[a-z]* (\d{4})")
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def dates(text: str) -> list[date]:
    found = [
        date(int(year), MONTHS.index(month.replace("maa", "mrt")) + 1, int(day))
        for day, month, year in DATE.findall(text)
        if month in (*MONTHS, "maa")
    ]
    assert found, "a letter without any date is not what is meant to be read"
    return found


@charging
def test_from_invoice_to_final_notice(case, costs, since):
    story = case.story()
    assert story.on(*case.days) == ["reminder", case.announces]
    assert story.charges("reminder") == {}
    told = story.charges(case.announces)
    assert told["costs"] == costs
    assert story.claims() == {}, "what is announced is not booked"
    assert story.message(case.announces).total_cents == 50_000
    assert story.on(*case.after) == [FINAL]
    if case is not STATED:
        assert told["interest"] == interest(case, since, "2026-03-31")
    grown = interest(case, since, case.after[-1])
    assert story.charges(FINAL) == {"interest": grown, "costs": costs}
    assert story.claims() == {"F1-K1": costs, "F1-R1": grown}
    assert story.message(FINAL).total_cents == 50_000 + costs + grown
    agrees(story)
    assert story.on("2026-05-20", "2026-06-20") == [], "handed over is for a person, and nothing is claimed twice"
    assert story.claims() == {"F1-K1": costs, "F1-R1": grown}


@pytest.mark.parametrize("case", [BELGIAN_CONSUMER, GERMAN], ids=["belgian", "german"])
def test_of_a_consumer_of_whom_nothing_may_be_asked_nothing_is(case):
    story = case.story()
    left = story.on(*case.days, *case.after)
    assert case.announces in left
    assert left[-1] == FINAL
    assert not Charge.objects.of(story.books).exists()
    assert story.message(FINAL).total_cents == 50_000
    agrees(story)


def test_a_stated_term_gives_a_business_thirty_days_before_interest():
    """Due after 14 days by the invoice alone: by law interest runs from the 31st day after it."""
    story = Case("NL", "business", DAYS, BUSINESS_AFTER, NOTICE, "zakelijk", "stated").story()
    story.on(*DAYS)
    assert story.charges(NOTICE) == {"costs": 7_500}
    story.on(*BUSINESS_AFTER)
    assert story.charges(FINAL) == {"costs": 7_500, "interest": interest(BUSINESS, "2026-03-31", "2026-04-17")}
    agrees(story)


def test_a_business_that_is_not_in_default_owes_no_costs():
    """A quick ladder is over before the thirty days of the law are: art. 6:119a and 6:96(4) BW."""
    story = BUSINESS.story()
    Receivable.objects.of(story.books).update(term_basis="stated")
    quick = [{"code": NOTICE, "kind": "message", "anchor": "due_date", "days": 1, "term_days": 2},
             {"code": FINAL, "kind": "message", "anchor": "due_date", "days": 4, "term_days": 7}]  # fmt: skip
    words_: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    strategies.define(code="snel", content={"name": "Snel", "steps": quick}, **words_)
    debtors.change(debtor="K", strategy="snel", **words_)
    assert story.on("2026-03-16", "2026-03-19") == [NOTICE, FINAL]
    assert story.charges(FINAL) == {}
    agrees(story)


@pytest.mark.parametrize(("paid_on", "amount", "costs"), [
    ("2026-04-10", "300.00", 4_000),  # in the term: 15% of 200 is 30, and the least is 40
    ("2026-04-17", "100.00", 6_000),  # on its last day
    ("2026-04-18", "100.00", 7_500),  # the day after: all that was announced
    ("2026-04-20", "300.00", 7_500),
])  # fmt: skip
def test_a_payment_in_the_term_lowers_the_costs_and_a_later_one_does_not(paid_on, amount, costs):
    story = CONSUMER.story()
    story.on(*DAYS)
    assert story.message(LETTER).lapses_on == date(2026, 4, 18)
    story.house = story.house.on(paid_on)
    story.house.pay("F1", amount)
    story.on(*CONSUMER_AFTER)
    assert story.charges(FINAL)["costs"] == costs
    paid = int(amount[:-3]) * 100
    whole = interest(CONSUMER, "2026-03-15", paid_on)
    assert (
        abs(story.charges(FINAL)["interest"] - whole - interest(CONSUMER, paid_on, "2026-04-28", 50_000 - paid)) <= 1
    )  # rounded once, not twice
    agrees(story)


def test_paid_in_the_term_nothing_is_claimed_and_nothing_is_sent():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on("2026-04-17")
    story.house.pay("F1", "500.00")
    assert story.on(*CONSUMER_AFTER, "2026-06-01") == []
    assert story.claims() == {}
    agrees(story)


def test_one_of_two_paid_in_the_term_counts_no_more():
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    assert story.charges(LETTER)["costs"] == 12_000, "15% of 800"
    assert story.message(LETTER).total_cents == 80_000
    story.house = story.house.on("2026-04-10")
    story.house.pay("F2", "300.00")
    story.on(*CONSUMER_AFTER)
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)


@charging
def test_what_a_withdrawn_final_notice_claimed_goes_back(case, costs, since):
    """Paid money is credit again, and the ladder sends it anew, for what has grown by then: on that money nothing."""
    story = case.story()
    story.on(*case.days, *case.after)
    grown = story.claims()["F1-R1"]
    story.house = story.house.on("2026-04-30")
    story.house.pay("F1-K1", "40.00")
    back = deliveries.withdrawn(message=story.message(FINAL).public_id, reason="te vroeg", actor=story.house.actor,
                                today=story.house.today)  # fmt: skip
    assert (back and back.cents) == costs + grown
    assert story.claims() == {"F1-K1": 0, "F1-R1": 0}
    assert sum(Credit.objects.of(story.books).values_list("open_cents", flat=True)) == 4_000
    assert story.house.broken() == {}
    assert story.on("2026-05-06") == [FINAL]
    law = terms_of(case)
    parts = (law.exact(4_000, date.fromisoformat(since), date(2026, 4, 30)),
             law.exact(46_000, date.fromisoformat(since), date(2026, 5, 6)))  # fmt: skip
    assert story.charges(FINAL) == {"costs": costs, "interest": half_up(sum(parts), law.unit)}
    assert story.claims()["F1-K2"] == costs
    assert story.message(FINAL).credit_cents == 4_000
    agrees(story)


def test_what_a_final_notice_claimed_falls_with_the_letter_that_announced_it():
    """The letter came back: the consumer never had his fourteen days, and so owes no costs (art. 6:96(6) BW)."""
    story = CONSUMER.story()
    story.on(*DAYS, *CONSUMER_AFTER)
    claimed = sum(story.claims().values())
    story.house = story.house.on("2026-05-04")
    back = deliveries.returned(message=story.message(LETTER).public_id, on=story.house.today, words="onbekend",
                               actor=story.house.actor, today=story.house.today)  # fmt: skip
    assert back.cents == claimed
    assert sum(story.claims().values()) == 0
    assert story.message(FINAL).returned_on == date(2026, 5, 4)
    assert story.house.broken() == {}
    assert story.on("2026-05-06") == [LETTER], "and the ladder goes on from there"
    assert story.message(LETTER).lapses_on == date(2026, 5, 27)
    assert story.on("2026-05-26") == []
    assert story.on("2026-05-31", "2026-06-02") == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)


def test_interest_falls_where_the_demand_that_began_it_never_came():
    """Nothing but the reminder put this consumer in default: art. 6:82 BW."""
    story = STATED.story()
    story.on(*DAYS, *CONSUMER_AFTER)
    assert story.claims()["F1-R1"] > 0
    reminder = story.message("reminder").public_id
    story.house = story.house.on("2026-05-04")
    deliveries.returned(message=reminder, on=story.house.today, words="onbekend", actor=story.house.actor,
                        today=story.house.today)  # fmt: skip
    agrees(story)


def test_a_returned_letter_holds_the_final_notice_and_is_sent_again():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on("2026-04-08")
    deliveries.returned(message=story.message(LETTER).public_id, on=story.house.today, words="verhuisd",
                        actor=story.house.actor, today=story.house.today)  # fmt: skip
    assert story.on("2026-04-09") == [LETTER]
    assert story.message(LETTER).lapses_on == date(2026, 4, 29)
    assert story.on(*CONSUMER_AFTER) == [], "not inside the term of the new one"
    assert story.on("2026-05-04", "2026-05-06") == [FINAL]
    agrees(story)


def test_a_letter_by_mail_without_proof_holds_the_final_notice():
    story = CONSUMER.story()
    debtors.change(debtor="K", street="", city="", postcode="", email="k@zee.example", actor=story.house.actor,
                   today=story.house.today)  # fmt: skip
    story.on(*DAYS)
    assert story.message(LETTER).channel == "email"
    assert story.message(LETTER).lapses_on is None
    assert story.on(*CONSUMER_AFTER, "2026-05-20") == []
    tried = runs.run(actor=story.house.actor, today=story.house.today, dry_run=True, explain=True)
    assert [(one.invoice, one.reason) for one in tried.waiting] == [("F1", "unlawful")]
    since = deliveries.received(message=story.message(LETTER).public_id, on=date(2026, 5, 4), proof="antwoord",
                                actor=story.house.actor, today=story.house.today)  # fmt: skip
    assert since == date(2026, 5, 20), "15 days after 4 May; the 19th is no holiday"
    assert story.on("2026-05-21") == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)


@pytest.mark.parametrize("email", ["", "k@zee.example"])
def test_no_day_after_its_own_stands_in_a_fourteen_day_letter(email):
    """A too early end of the term voids the costs, so none is named at all."""
    story = CONSUMER.story()
    if email:
        debtors.change(debtor="K", street="", city="", postcode="", email=email, actor=story.house.actor,
                       today=story.house.today)  # fmt: skip
    story.on(*DAYS)
    text = words(story, LETTER)
    assert "binnen vijftien dagen nadat" in text
    assert max(dates(text)) <= date(2026, 3, 31)
    if email:
        html = message_from_string(story.text(LETTER), policy=default).get_body(("html",))
        assert html is not None
        assert max(dates(re.sub("<[^>]+>", " ", html.get_content()))) <= date(2026, 3, 31)


def test_the_rate_changes_in_between():
    """10.15% up to and including June, 10.40% from July 2026: each day by its own."""
    story = Story.begun(today="2026-05-01")
    debtor(story, "K", kind="business", strategy="zakelijk")
    invoice(story, "K", "F1", "10000.00", due="2026-06-01")
    story.on("2026-06-02", "2026-06-08", "2026-06-17", "2026-07-03", "2026-07-06")
    june, july = 1_000_000 * 1015 * 29, 1_000_000 * 1040 * 6
    assert story.charges(FINAL)["interest"] == round((june + july) / 365 / 10_000)
    assert "10,15" in words(story, NOTICE)
    agrees(story)


def test_an_invoice_that_gets_late_later_has_a_letter_of_its_own():
    """What was in the first is not announced again, and not claimed twice."""
    story = CONSUMER.story()
    story.on(*DAYS[:2])
    invoice(story, "K", "F2", "400.00", due="2026-04-03")
    left = story.on(DAYS[2], "2026-04-07", "2026-04-13", "2026-04-22", *CONSUMER_AFTER, "2026-05-16", "2026-05-18")
    assert left.count(LETTER) == 2
    assert left.count(FINAL) == 2
    costs = Charge.objects.of(story.books).filter(kind="costs")
    assert sorted(costs.filter(is_announced=False).values_list("cents", flat=True)) == [6_000, 7_500]
    assert [sorted(lines(one)) for one in Message.objects.of(story.books).filter(step=LETTER)] == [["F1"], ["F2"]]
    agrees(story)


def lines(message: Message) -> list[str]:
    own = Action.objects.of(message.administration_id).filter(message=message, receivable__kind="principal")
    return list(own.values_list("receivable__invoice__number", flat=True))


def test_one_letter_takes_in_all_that_is_in_default():
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-29")
    invoice(story, "K", "F3", "900.00", due="2026-03-31")  # due, and not in default yet
    story.on(*DAYS)
    assert sorted(lines(story.message(LETTER))) == ["F1", "F2"]
    assert story.charges(LETTER)["costs"] == 12_000
    agrees(story)


def test_costs_are_asked_in_euros_alone():
    """The law names its least and its slabs in euros: forty pounds would be too much, and void the letter."""
    story = CONSUMER.story()
    invoice(story, "K", "P1", "200.00", due="2026-03-15", currency="GBP")
    story.on("2026-03-16", "2026-03-17", "2026-03-22", "2026-03-31", "2026-04-01", *CONSUMER_AFTER, "2026-04-29")
    found = Charge.objects.of(story.books).values_list("message__currency", "message__step", "kind")
    assert ("EUR", FINAL, "costs") in found
    assert {(step, kind) for currency, step, kind in found if currency == "GBP"} == {
        (LETTER, "interest"), (FINAL, "interest")}  # fmt: skip
    agrees(story)


def test_a_credit_note_in_the_term_lowers_the_costs():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on("2026-04-10")
    story.house.credit_note("K", "C1", "400.00", corrects="F1")
    story.on(*CONSUMER_AFTER)
    assert story.charges(FINAL)["costs"] == 4_000
    agrees(story)


def test_a_customer_merged_in_between_owes_what_his_double_did():
    story = CONSUMER.story()
    story.on(*DAYS)
    debtor(story, "E")
    words_: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    doubles.merge(double="K", into="E", **words_)
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)
    story.house = story.house.on("2026-04-29")
    debtor(story, "D")
    doubles.merge(double="E", into="D", actor=story.house.actor, today=story.house.today)
    deliveries.withdrawn(message=story.message(FINAL).public_id, reason="te vroeg", actor=story.house.actor,
                         today=story.house.today)  # fmt: skip
    assert sum(story.claims().values()) == 0
    agrees(story)


def test_what_is_held_is_left_out_and_claimed_later_once():
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    follow_up.pause(invoice="F2", until=date(2026, 5, 8), reason="klacht", actor=story.house.actor,
                    today=story.house.today)  # fmt: skip
    story.on(*CONSUMER_AFTER)
    assert lines(story.message(FINAL)) == ["F1"]
    assert story.charges(FINAL)["costs"] == 12_000, "of the letter: both were left when its term ended"
    agrees(story)
    story.on("2026-05-11", "2026-05-13", "2026-05-18")
    assert lines(story.message(FINAL)) == ["F2"]
    assert story.charges(FINAL).keys() == {"interest"}, "its costs were claimed already"
    agrees(story)


def test_an_undone_allocation_leaves_it_due_again():
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on("2026-04-10")
    story.house.pay("F1", "500.00")
    story.house.undo(story.house.last_allocation().id)
    story.house.take_back(story.house.last().number)
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL)["costs"] == 7_500
    agrees(story)


def close(story: Story, until: str) -> None:
    """Close a period from the day after it, while somebody still works in it."""
    day = date.fromisoformat(until)
    administrations.close(until=day, actor=story.house.actor, today=day + timedelta(days=1))


def test_what_left_in_a_closed_period_is_booked_by_the_run_of_an_open_day():
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    follow_up.pause(invoice="F2", until=date(2026, 5, 8), reason="klacht", actor=story.house.actor,
                    today=story.house.today)  # fmt: skip
    story.on(CONSUMER_AFTER[0])
    story.house = story.house.on(CONSUMER_AFTER[1])
    words_: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    runs.run(**words_)
    messages.approve(ids=[story.message(FINAL).public_id], **words_)
    close(story, "2026-04-28")
    list(story.day())
    assert story.message(FINAL).state == "sent"
    assert story.claims() == {}
    assert story.house.broken() == {}
    story.on("2026-05-11")
    grown = interest(CONSUMER, "2026-03-15", "2026-04-28")
    assert story.claims() == {"F1-K1": 12_000, "F1-R1": grown}
    story.on("2026-05-13", "2026-05-18")
    assert sum(cents for number, cents in story.claims().items() if "-K" in number) == 12_000
    agrees(story)


def test_what_waits_to_be_booked_is_not_claimed_again():
    """Two of one letter: one claimed while the period was closed, the other decided before that was booked."""
    story = CONSUMER.story()
    invoice(story, "K", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS, CONSUMER_AFTER[0])
    follow_up.pause(invoice="F2", until=date(2026, 5, 8), reason="klacht", actor=story.house.actor,
                    today=story.house.today)  # fmt: skip
    story.house = story.house.on(CONSUMER_AFTER[1])
    words_: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    runs.run(**words_)
    messages.approve(ids=[story.message(FINAL).public_id], **words_)
    close(story, "2026-04-28")
    list(story.day())
    story.house = story.house.on("2026-05-18")
    runs.run(actor=story.house.actor, today=story.house.today)
    assert lines(story.message(FINAL)) == ["F2"]
    assert story.charges(FINAL).keys() == {"interest"}


def test_a_trial_books_nothing():
    story = CONSUMER.story()
    debtors.change(debtor="K", street="", city="", postcode="", email="k@zee.example", actor=story.house.actor,
                   today=story.house.today)  # fmt: skip
    Administration.objects.filter(pk=story.books).update(live="self")
    story.on(*DAYS)
    deliveries_ = Message.objects.of(story.books).filter(state="sent")
    assert all(deliveries_.values_list("is_trial", flat=True))
    story.on(*CONSUMER_AFTER, "2026-05-20")
    assert story.claims() == {}
    assert not Charge.objects.of(story.books).filter(is_announced=False).exists()
    assert story.house.broken() == {}


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_message_of_which_nobody_knows_is_booked_once_it_is_known(was_sent):
    story = BUSINESS.story()
    debtors.change(debtor="K", street="", city="", postcode="", email="k@zee.example", actor=story.house.actor,
                   today=story.house.today)  # fmt: skip
    story.on(*DAYS, BUSINESS_AFTER[0])
    story.house = story.house.on(BUSINESS_AFTER[1])
    words_: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    runs.run(**words_)
    message = story.message(FINAL)
    messages.approve(ids=[message.public_id], **words_)
    noon = datetime(2026, 4, 17, 12, tzinfo=AMSTERDAM)

    class Dies:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def send(self, content: bytes, **_: Any) -> Any:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "Rehearsal", Dies)
        with pytest.raises(KeyboardInterrupt):
            sending.send(now=noon, clock=lambda: noon, **words_)
    later = datetime(2026, 4, 17, 15, tzinfo=AMSTERDAM)
    sending.send(now=later, clock=lambda: later, **words_)
    assert story.message(FINAL).state == "uncertain"
    assert story.claims() == {}
    messages.resolve(message=message.public_id, was_sent=was_sent, **words_)
    assert bool(story.claims()) is was_sent
    sending.send(now=later, clock=lambda: later, **words_)  # not sent, it leaves now
    list(story.day())
    assert len(story.claims()) == 2
    agrees(story)


def test_interest_stays_claimed_after_the_principal_is_paid():
    story = BUSINESS.story()
    story.on(*DAYS, *BUSINESS_AFTER)
    before = story.claims()
    story.house = story.house.on("2026-05-01")
    administrations.change(name="principal_first", value="on", actor=story.house.actor, today=story.house.today)
    story.house.pay("F1", "500.00")
    assert story.claims() == before
    assert story.on("2026-05-20", "2027-05-20") == []
    agrees(story)


def test_nothing_is_claimed_of_a_spared_customer():
    story = CONSUMER.story()
    story.on(*DAYS)
    debtors.change(debtor="K", is_spared=True, actor=story.house.actor, today=story.house.today)
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL) == {}
    assert story.claims() == {}


def test_a_passed_over_letter_leaves_a_final_notice_that_claims_nothing_of_it():
    story = CONSUMER.story()
    story.on(*DAYS[:2])
    story.house = story.house.on(DAYS[2])
    words_: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    runs.run(**words_)
    follow_up.skip(id=story.message(LETTER).public_id, reason="bellen we over", **words_)
    assert story.on(*CONSUMER_AFTER) == [FINAL]
    assert story.charges(FINAL) == {}
    agrees(story)


@pytest.mark.parametrize(("amount", "later", "costs"), [
    ("100.00", "100.00", 0),  # 15% of what is open of both is below 40, which the first asked
    ("250.00", "250.00", 3_500),  # 15% of 500, less 40
    ("500.00", "100.00", 4_000),  # the first was no instalment
])  # fmt: skip
def test_the_least_amount_does_not_pile_up_over_instalments(amount, later, costs):
    """Besluit BIK since 1 October 2024: looked back over six months, what was asked is taken off."""
    story = CONSUMER.story(amount)
    story.on(*DAYS[:2])
    invoice(story, "K", "F2", later, due="2026-04-03")
    story.on(DAYS[2], "2026-04-07", "2026-04-13", "2026-04-22")
    assert lines(story.message(LETTER)) == ["F2"]
    assert story.charges(LETTER).get("costs", 0) == costs
    story.on(*CONSUMER_AFTER, "2026-05-16", "2026-05-18")
    assert story.charges(FINAL).get("costs", 0) == costs
    agrees(story)


@pytest.mark.parametrize(("paid", "on", "costs"), [
    ("100.00", "2026-04-10", 4_000),  # in its term: the first letter asks nothing
    ("100.00", "2026-04-20", 0),  # after it: 40 is due already
])  # fmt: skip
def test_what_was_paid_in_time_is_not_taken_off(paid, on, costs):
    story = CONSUMER.story("100.00")
    story.on(*DAYS[:2])
    invoice(story, "K", "F2", "100.00", due="2026-04-03")
    story.on(DAYS[2], "2026-04-07")
    story.house = story.house.on("2026-04-10")
    if on == "2026-04-10":
        story.house.pay("F1", paid)
    story.on("2026-04-13")
    if on != "2026-04-10":
        story.house = story.house.on(on)
        story.house.pay("F1", paid)
    story.on("2026-04-22")
    assert story.charges(LETTER).get("costs", 0) == costs
    agrees(story)


def test_after_six_months_nothing_is_looked_back_on():
    story = CONSUMER.story("100.00")
    story.on(*DAYS)
    story.house = story.house.on("2026-10-01")
    invoice(story, "K", "F2", "100.00", due="2026-10-02")
    story.house.pay("F1", "100.00")
    story.on("2026-10-05", "2026-10-11", "2026-10-20")
    assert lines(story.message(LETTER)) == ["F2"]
    assert story.charges(LETTER)["costs"] == 4_000

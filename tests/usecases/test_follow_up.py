"""Stories of the follow-up: the next step and its reason, as the books stand."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.house import House
from voldaan.queries import follow_up as questions
from voldaan.queries.follow_up import Why
from voldaan.records.bank import Statement
from voldaan.records.documents import Document
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.rules.strategy import Because
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases import administrations, follow_up
from voldaan.usecases.follow_up import NotPaused, PauseInThePast
from voldaan.usecases.write_offs import ReasonMissing

REMINDER_DAY = "2027-03-16"


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    zee = house.debtor("Café Zéé", email="info@zee.example")
    house.invoice(zee, "F1", "121.00", due="2027-03-15")
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    return house


def why(house: House, invoice: str = "F1") -> Why:
    (one,) = questions.why(invoice, actor=house.actor, today=house.today)
    return one


def pause(house: House, until: str, reason: str = "asked for time") -> None:
    follow_up.pause(invoice="F1", until=date.fromisoformat(until), reason=reason, actor=house.actor, today=house.today)


def test_the_next_step_is_due_on_its_day(house):
    assert why(house.on("2027-03-15")).decision.because is Because.NOT_YET
    due = why(house.on(REMINDER_DAY)).decision
    assert (due.because, due.step and due.step.code) == (Because.DUE, "reminder")


def test_who_paid_is_not_chased(house):
    house.on("2027-03-10").pay("F1", "121.00")
    assert (why(house.on(REMINDER_DAY)).decision.because, why(house).state) == (Because.SETTLED, "paid")


def test_credit_of_the_customer_holds_the_item(house):
    zee = Invoice.objects.of(house.actor.administration_id).get(number="F1").debtor.public_id
    house.credit_note(zee, "C1", "121.00")
    assert why(house.on(REMINDER_DAY)).decision.because is Because.COVERED_BY_CREDIT


def test_a_customer_without_any_address_is_told_apart(house):
    house.invoice(house.debtor("Zonder adres"), "F2", "50.00", due="2027-03-15")
    assert why(house.on(REMINDER_DAY), "F2").decision.because is Because.NO_ADDRESS
    by_post = house.debtor("Per post", street="Kade 1", city="Breda")
    house.invoice(by_post, "F3", "50.00", due="2027-03-15")
    assert why(house.on(REMINDER_DAY), "F3").decision.because is Because.DUE


def test_a_pause_holds_until_its_day_and_not_longer(house):
    pause(house, "2027-03-19")
    assert why(house.on("2027-03-19")).decision.because is Because.PAUSED
    assert why(house.on("2027-03-22")).decision.because is Because.DUE


def test_a_resumed_item_goes_on_at_once(house):
    pause(house, "2027-12-31")
    follow_up.resume(invoice="F1", actor=house.actor, today=house.today)
    assert why(house.on(REMINDER_DAY)).decision.because is Because.DUE
    with pytest.raises(NotPaused):
        follow_up.resume(invoice="F1", actor=house.actor, today=house.today)


def test_a_pause_needs_a_reason_and_a_day_to_come(house):
    with pytest.raises(ReasonMissing):
        pause(house, "2027-03-19", reason=" ")
    with pytest.raises(PauseInThePast):
        pause(house, "2027-02-28")
    assert not Hold.objects.of(house.actor.administration_id).exists()


def test_the_reason_of_a_pause_is_never_taken_for_a_template(house):
    pause(house, "2027-03-19", reason="{0.__class__} {until}")
    hold = why(house).decision.hold
    assert hold is not None
    assert (hold.why, hold.facts) == ("{0.__class__} {until}", ())


class TestBankFreshness:
    @pytest.fixture
    def gated(self, house: House) -> House:
        administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)
        return house

    def told(self, house: House, account: str, closed_on: str) -> None:
        books = house.actor.administration_id
        document, _ = Document.objects.of(books).get_or_create(
            administration_id=books, sha256="0" * 64, defaults={"name": "x", "media_type": "x", "size": 0}
        )
        Statement.objects.of(books).create(
            administration_id=books, document=document, account=account, currency="EUR", closed_on=closed_on,
            closing_cents=0,
        )  # fmt: skip

    def test_without_any_statement_nothing_is_due(self, gated):
        assert why(gated.on(REMINDER_DAY)).decision.because is Because.BANK_STALE

    def test_a_recent_statement_opens_the_gate(self, gated):
        self.told(gated, "NL91ABNA0417164300", "2027-03-12")
        assert why(gated.on(REMINDER_DAY)).decision.because is Because.DUE
        assert why(gated.on("2027-03-19")).decision.because is Because.BANK_STALE

    def test_the_own_account_that_is_furthest_behind_counts_and_a_stranger_s_does_not(self, gated):
        self.told(gated, "NL91ABNA0417164300", "2027-03-02")
        self.told(gated, "NL44RABO0123456789", "2027-03-15")
        assert why(gated.on(REMINDER_DAY)).decision.because is Because.BANK_STALE


def test_an_unknown_invoice_is_refused(house):
    with pytest.raises(NoSuchInvoice):
        questions.why("F99", actor=house.actor, today=house.today)


def test_another_strategy_has_other_days(house):
    administrations.change(name="strategy", value="30-dagen", actor=house.actor, today=house.today)
    assert why(house.on("2027-03-17")).decision.because is Because.NOT_YET
    assert why(house.on("2027-03-18")).decision.because is Because.DUE

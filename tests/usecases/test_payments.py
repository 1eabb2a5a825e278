"""Stories of payments: booked once, to the invoice that was named, the rest kept as credit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tools.house import House
from voldaan.rules.money import Money
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.ledger import PeriodClosed
from voldaan.usecases.payments import KeyUsed, NotAnInvoice, OtherCurrency, PaidInTheFuture, Recorded, SamePayment


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.invoice(house.debtor("Café Zéé", number="7"), "F1", "121.00", issued="2027-02-01")
    return house


def test_what_is_paid_too_much_stays_as_credit(house):
    assert house.pay("F1", "150.00") == Recorded(2, 12100, 2900)
    assert house.open() == {}


@pytest.mark.parametrize(("amount", "went", "left"), [("0.01", 1, 12099), ("121.00", 12100, 0), ("121.01", 12100, 0)])
def test_a_part_exactly_and_a_cent_too_much(house, amount, went, left):
    assert house.pay("F1", amount).allocated_cents == went
    assert house.open() == ({"F1": left} if left else {})
    assert house.broken() == {}


def test_a_payment_of_what_is_paid_already_is_credit_whole(house):
    house.pay("F1", "121.00")
    assert house.pay("F1", "121.00", again=True) == Recorded(4, 0, 12100)


def test_an_invoice_is_named_by_its_number_or_its_id(house):
    from voldaan.records.invoices import Invoice

    id_ = Invoice.objects.of(house.actor.administration_id).get().public_id
    assert house.pay(id_, "21.00").allocated_cents == 2100
    with house.refuses(SamePayment):
        house.pay("F1", "21.00")


def test_an_identical_payment_is_refused_unless_said_again(house):
    house.pay("F1", "50.00")
    with house.refuses(SamePayment):
        house.pay("F1", "50.00")
    assert house.pay("F1", "50.00", again=True).allocated_cents == 5000
    assert house.pay("F1", "50.00", again=True).allocated_cents == 2100
    with house.refuses(SamePayment):
        house.pay("F1", "50.00")


def test_another_day_another_amount_another_invoice_is_another_payment(house):
    house.invoice("7", "F10", "121.00")
    house.invoice("7", "f1", "121.00")  # on the other engine LIKE would take it for F1
    house.invoice("7", "F1:2027-03-01", "121.00")
    house.invoice("7", "F.", "121.00")
    house.pay("F1", "5.00")
    for invoice, amount, on in (("F1", "5.01", None), ("F1", "50.00", None), ("F1", "5.00", "2027-02-28"),
                                ("F10", "5.00", None), ("f1", "5.00", None), ("F1:2027-03-01", "5.00", None),
                                ("F.", "5.00", None)):  # fmt: skip
        assert house.pay(invoice, amount, on=on).allocated_cents > 0


@pytest.mark.parametrize(
    "number", ["A.B", "A*", "A+", "(A)", "[A]", "A\\B", "A%", "A_B", "A$", "^A", "A|B", "A B", "A#2", "Ä"]
)
def test_a_number_with_signs_in_it_is_only_a_number(house, number):
    house.invoice("7", number, "100.00")
    house.pay(number, "5.00")
    with house.refuses(SamePayment):
        house.pay(number, "5.00")
    assert house.pay(number, "5.00", again=True).allocated_cents == 500


def test_under_a_key_a_payment_is_booked_once_and_answered_alike(house):
    first = house.pay("F1", "50.00", key="K1")
    before = house.everything()
    again = house.pay("F1", "50.00", key="K1")
    assert (again.number, again.allocated_cents, again.left_cents, again.known) == (
        first.number, first.allocated_cents, first.left_cents, True,
    )  # fmt: skip
    assert house.everything() == before
    assert not house.pay("F1", "50.00", key="K2").known, "another key is another payment, without --again"


def test_the_answer_under_a_key_is_how_things_stand(house):
    number = house.pay("F1", "50.00", key="K1").number
    house.undo(house.last_allocation().id)
    assert house.pay("F1", "50.00", key="K1") == Recorded(number, 0, 5000, known=True)
    house.take_back(number)
    assert house.pay("F1", "50.00", key="K1") == Recorded(number, 0, 0, known=True), "taken back, and not booked anew"


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "50.01"},
        {"on": "2027-02-28"},
        {"invoice": "F2"},
        {"invoice": "F3"},
        {"invoice": "F4", "currency": "USD"},
    ],
)
def test_a_key_used_for_something_else_is_refused(house, other):
    house.invoice("7", "F2", "121.00")
    house.invoice("7", "F4", "121.00", currency="USD")
    house.invoice(house.debtor("Berg"), "F3", "121.00")
    house.pay("F1", "50.00", key="K1")
    with house.refuses(KeyUsed):
        house.pay(**{"invoice": "F1", "amount": "50.00", "key": "K1"} | other)


def test_a_key_that_looks_like_another_is_another(house):
    house.pay("F1", "5.00", key="K1")
    for key in ("k1", "K", "K11", "K_", "K%", "K1 "):
        assert not house.pay("F1", "5.00", key=key).known


def test_a_known_key_is_answered_also_when_the_books_are_closed_behind_it(house):
    house.pay("F1", "5.00", key="K1")
    later = house.on("2027-04-01")
    later.close("2027-03-31")
    assert later.pay("F1", "5.00", on="2027-03-01", key="K1").known


def test_refusals_change_nothing(house):
    house.credit_note("7", "C1", "10.00")
    tomorrow = (house.today + timedelta(days=1)).isoformat()
    with house.refuses(NoSuchInvoice):
        house.pay("F9", "5.00")
    with house.refuses(NoSuchInvoice):
        house.pay("", "5.00")
    with house.refuses(NotAnInvoice):
        house.pay("C1", "5.00")
    for amount in ("0", "-5.00"):
        with house.refuses(AmountNotPositive):
            house.pay("F1", amount)
    with house.refuses(OtherCurrency):
        house.pay("F1", "5.00", currency="USD")
    with house.refuses(PaidInTheFuture):
        house.pay("F1", "5.00", on=tomorrow)
    house.close("2027-02-28")
    with house.on("2027-02-28").refuses(PeriodClosed):
        house.on("2027-02-28").pay("F1", "5.00")


def test_an_invoice_of_other_books_is_not_there(house):
    other = House.opened("Andere")
    other.invoice(other.debtor("Zee"), "X1", "10.00")
    with house.refuses(NoSuchInvoice):
        house.pay("X1", "10.00")


@pytest.mark.parametrize(("currency", "cents"), [("JPY", 121), ("KWD", 121_005)])
def test_currencies_without_hundredths(house, currency, cents):
    amount = Money(cents, currency).plain()
    house.invoice("7", "Y1", amount, currency=currency)
    assert house.pay("Y1", amount, currency=currency).allocated_cents == cents
    assert house.broken() == {}


def test_the_event_says_what_was_paid(house):
    house.pay("F1", "50.00", key="K1")
    from voldaan.records.events import Event

    event = Event.objects.of(house.actor.administration_id).order_by("number").last()
    assert event is not None
    assert event.facts == {"invoice": "F1", "amount": "EUR 50.00", "key": "K1"}
    assert event.invoice is not None

"""Stories of invoices and credit notes that come in from elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.house import House
from voldaan.queries import open_items
from voldaan.queries.moments import NOW
from voldaan.rules.money import CurrenciesDiffer, Money
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice
from voldaan.usecases import administrations, debtors, invoices
from voldaan.usecases.invoices import AmountNotPositive, DueBeforeIssue, InvoiceExists, WrongCustomer
from voldaan.usecases.ledger import PeriodClosed


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.debtor("Café Zéé", number="7")
    return house


def due(house: House, invoice: str) -> date:
    items = open_items.open_items(moment=NOW, actor=house.actor, today=house.today)
    return next(item.due_date for item in items if item.invoice == invoice)


def test_the_due_date_is_what_the_invoice_says_else_the_term_of_the_debtor_else_of_the_books(house):
    administrations.change(name="payment_term_days", value="21", actor=house.actor, today=house.today)
    house.invoice("7", "F1", "10.00", issued="2027-02-10")
    assert due(house, "F1") == date(2027, 3, 3)
    debtors.change(debtor="7", payment_term_days=0, actor=house.actor, today=house.today)
    house.invoice("7", "F2", "10.00", issued="2027-02-10")
    assert due(house, "F2") == date(2027, 2, 10)
    house.invoice("7", "F3", "10.00", issued="2027-02-10", due="2027-02-28")
    assert due(house, "F3") == date(2027, 2, 28)
    assert due(house, "F1") == date(2027, 3, 3), "a new term is for new invoices"


def test_a_customer_is_named_by_number_or_id(house):
    id_ = house.debtor("Berg")
    house.invoice(id_, "F1", "10.00")
    house.invoice("7", "F2", "10.00")
    assert house.open() == {"F1": 1000, "F2": 1000}


@pytest.mark.parametrize(("amount", "rest", "left"), [("30.00", 7000, 0), ("100.00", 0, 0), ("100.01", 0, 1)])
def test_a_credit_note_lowers_the_invoice_it_names_at_once(house, amount, rest, left):
    house.invoice("7", "F1", "100.00")
    house.credit_note("7", "C1", amount, corrects="F1")
    assert house.open() == ({"F1": rest} if rest else {})
    row = house.reports()["aging"]
    assert (row[0].credits_cents if row else 0) == left
    assert house.broken() == {}


def test_a_credit_note_on_what_is_paid_stays_as_credit(house):
    house.invoice("7", "F1", "100.00")
    house.pay("F1", "100.00")
    house.credit_note("7", "C1", "100.00", corrects="F1")
    assert house.reports()["aging"][0].credits_cents == 10000


def test_refusals_change_nothing(house):
    house.invoice("7", "F1", "10.00")
    house.invoice("7", "U1", "10.00", currency="USD")
    house.credit_note("7", "C1", "5.00")
    house.invoice(house.debtor("Berg"), "B1", "10.00")
    for number in ("F1", "C1"):
        with house.refuses(InvoiceExists):
            house.invoice("7", number, "10.00")
        with house.refuses(InvoiceExists):
            house.credit_note("7", number, "10.00")
    for debtor in ("9", ""):
        with house.refuses(NoSuchDebtor):
            house.invoice(debtor, "F2", "10.00")
        with house.refuses(NoSuchDebtor):
            house.credit_note(debtor, "C2", "10.00")
    for amount in ("0", "-1.00"):
        with house.refuses(AmountNotPositive):
            house.invoice("7", "F2", amount)
        with house.refuses(AmountNotPositive):
            house.credit_note("7", "C2", amount)
    with house.refuses(DueBeforeIssue):
        house.invoice("7", "F2", "10.00", due="2027-02-28")
    for corrects in ("F9", "C1", "C2"):  # not there; a credit note; itself
        with house.refuses(NoSuchInvoice):
            house.credit_note("7", "C2", "5.00", corrects=corrects)
    with house.refuses(WrongCustomer):
        house.credit_note("7", "C2", "5.00", corrects="B1")
    with house.refuses(CurrenciesDiffer):
        house.credit_note("7", "C2", "5.00", corrects="U1")


def test_not_on_a_closed_day(house):
    house.on("2027-03-10").close("2027-03-05")
    closed = house.on("2027-03-05")
    with closed.refuses(PeriodClosed):
        closed.invoice("7", "F1", "10.00")
    with closed.refuses(PeriodClosed):
        closed.credit_note("7", "C1", "10.00")


def test_the_same_number_in_other_books_is_another_invoice(house):
    other = House.opened("Andere")
    other.debtor("Zee", number="7")
    house.invoice("7", "F1", "10.00")
    other.invoice("7", "F1", "20.00")
    assert (house.open(), other.open()) == ({"F1": 1000}, {"F1": 2000})
    with other.refuses(NoSuchInvoice):
        invoices.find("F2", actor=other.actor)


def test_the_largest_amount_and_ten_of_it(house):
    for n in range(10):
        invoices.receive(
            debtor="7", number=f"F{n}", issue_date=house.today, amount=Money(10**15), actor=house.actor,
            today=house.today,
        )  # fmt: skip
    assert house.reports()["aging"][-1].total_cents == 10**16
    assert house.broken() == {}

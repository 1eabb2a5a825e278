"""What to look at before a first run: each list names what it should, and is shorter once it was mended."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.house import House
from voldaan.queries import first_look
from voldaan.rules.names import essence
from voldaan.usecases import administrations, debtors, follow_up, runs


@pytest.fixture
def house(db: None) -> House:
    return House.opened(today=date(2027, 3, 16))


def test_whom_no_mail_reaches_is_listed_until_it_is_mended(house):
    silent = house.debtor("Stil", number="1")
    post = house.debtor("Per post", number="2", street="Kade 1", city="Breda")
    reached = house.debtor("Bereikt", number="3", email="a@b.example")
    house.debtor("Zonder schuld", number="4")
    for number, debtor in enumerate((silent, post, reached)):
        house.invoice(debtor, f"F{number}", f"{10 + number}.00")
    rows = first_look.missing_addresses(actor=house.actor)
    assert [(row.number, row.open_cents, row.reached_by) for row in rows] == [
        ("2", 1100, "letter"),
        ("1", 1000, "nothing"),
    ]
    debtors.change(debtor="1", email="nu@wel.example", actor=house.actor, today=house.today)
    assert [row.number for row in first_look.missing_addresses(actor=house.actor)] == ["2"]


def test_who_may_be_there_twice_is_listed_with_what_is_alike(house):
    house.debtor("Drukkerij De Linde B.V.", number="1", email="info@linde.example")
    house.debtor("De Linde Drukkerij", number="2", iban="NL20INGB0001234567")
    house.debtor("Iemand anders", number="3", email="Info@linde.example")
    house.debtor("Weer een ander", number="4", iban="NL20INGB0001234567")
    rows = first_look.likely_doubles(actor=house.actor)
    assert {(row.number, row.other_number): row.alike for row in rows} == {
        ("1", "2"): ["name"], ("1", "3"): ["email"], ("2", "4"): ["iban"],
    }  # fmt: skip


def test_an_address_that_many_share_makes_no_doubles(house):
    for number in range(25):
        house.debtor(f"Huurder {number} van {number * 7}", number=str(number), email="beheer@flat.example")
    assert first_look.likely_doubles(actor=house.actor) == []


def test_an_old_debt_is_listed_until_a_step_was_taken(house):
    debtor = house.debtor("Oud", email="a@b.example")
    house.invoice(debtor, "F1", "10.00", issued="2026-10-01", due="2026-10-15")
    house.invoice(debtor, "F2", "10.00", issued="2027-03-01", due="2027-03-15")
    (row,) = first_look.old_debts(actor=house.actor, today=house.today)
    assert (row.invoice, row.days_overdue) == ("F1", 152)
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    (message,) = runs.run(actor=house.actor, today=house.today).messages
    follow_up.skip(id=str(message.id), reason="is betaald", actor=house.actor, today=house.today)
    assert first_look.old_debts(actor=house.actor, today=house.today) == [row], "it was passed over, not written about"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Café Zéé B.V.", "cafe zee"), ("Jansen & Zn.", "Jansen Zn"), ("Bakkerij 't Hart", "BAKKERIJ T HART BV")],
)
def test_the_essence_of_a_name(one, other):
    assert essence(one) == essence(other)

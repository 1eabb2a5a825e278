"""Stories of write-offs: what is given up is given up once, with a reason, and can be taken back."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from voldaan.queries.settings import Setting, settings
from voldaan.rules.money import CurrenciesDiffer, Money
from voldaan.rules.permissions import Role
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases import administrations, write_offs
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.ledger import PeriodClosed
from voldaan.usecases.write_offs import AboveLimit, ReasonMissing


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.invoice(house.debtor("Café Zéé", number="7"), "F1", "100.00")
    return house


def test_all_that_is_open_or_a_part_of_it(house):
    house.pay("F1", "30.00")
    assert house.write_off("F1", "20.00") == 2000
    assert house.write_off("F1") == 5000
    assert house.open() == {}
    assert house.broken() == {}


def test_the_same_part_twice_and_again_after_it_was_taken_back(house):
    for _ in range(2):
        house.write_off("F1", "20.00")
    house.take_back(house.last().number)
    house.write_off("F1", "20.00")
    assert house.open() == {"F1": 6000}
    assert house.broken() == {}


def test_nothing_given_up_is_not_everything_given_up(house):
    for cents in (0, -1):
        with house.refuses(AmountNotPositive):
            write_offs.write_off(invoice="F1", reason="x", amount=Money(cents), actor=house.actor, today=house.today)


def test_refusals_change_nothing(house):
    house.credit_note("7", "C1", "5.00")
    for reason in ("", "  \n"):
        with house.refuses(ReasonMissing):
            house.write_off("F1", reason=reason)
    with house.refuses(NoSuchInvoice):
        house.write_off("F9")
    with house.refuses(MoreThanOpen):
        house.write_off("F1", "100.01")
    with house.refuses(CurrenciesDiffer):
        house.write_off("F1", "5.00", currency="USD")
    with house.refuses(NothingOpen):
        house.write_off("C1")
    house.pay("F1", "100.00")
    with house.refuses(NothingOpen):
        house.write_off("F1")


def test_not_on_a_closed_day(house):
    house.on("2027-03-10").close("2027-03-05")
    with house.on("2027-03-05").refuses(PeriodClosed):
        house.on("2027-03-05").write_off("F1")


def test_an_invoice_of_a_later_day_is_given_up_on_that_day(house):
    house.invoice("7", "F2", "10.00", issued="2027-03-20")
    house.write_off("F2")
    assert house.last().value_date.isoformat() == "2027-03-20"


def test_above_the_limit_only_an_owner_gives_up(house):
    administrations.change(name="write_off_limit", value="25.00", actor=house.actor, today=house.today)
    assert Setting("write_off_limit", "25.00") in settings(actor=house.actor)
    controller = house.as_role(Role.CONTROLLER)
    assert controller.write_off("F1", "20.00") == 2000
    with house.refuses(AboveLimit):
        controller.write_off("F1", "5.01")  # in parts it is as much
    assert controller.write_off("F1", "5.00") == 500
    assert house.write_off("F1", "50.00") == 5000
    house.take_back(house.last().number)
    with house.refuses(AboveLimit):
        controller.write_off("F1", "0.01")
    administrations.change(name="write_off_limit", value="off", actor=house.actor, today=house.today)
    assert controller.write_off("F1") == 7500

"""One receipt over many invoices as a person says, to the cent; what is left waits, or stands as credit."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools import files
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.rules.money import Money
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases import receipts_spread as verb
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.receipts_by_hand import MoreThanLeft, NoSuchTransaction, NothingLeft, OtherCurrencyThanPaid
from voldaan.usecases.receipts_together import TooMany


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    for n in (1, 2):
        house.debtor(f"Klant {n}", number=f"{n}")
    for n, whose in enumerate("112", 1):
        house.invoice(whose, f"F{n}", f"{n}00.00", issued="2027-02-01", due=f"2027-02-1{n}")
    house.invoice("1", "USD", "10.00", currency="USD")
    files.bring(house, files.camt053([files.Movement(date(2027, 2, 20), 50_001, name="Holding")]), "afschrift.xml")
    return house


def receipt(house: House) -> str:
    return bank_inbox.inbox(most=1, actor=house.actor).receipts[0].id


def spread(house: House, *parts: tuple[str, int], to: str = "", of: str = "", currency: str = "EUR") -> int:
    money = [(invoice, Money(cents, currency)) for invoice, cents in parts]
    return verb.spread_over(receipt=of or receipt(house), parts=money, rest_to=to, actor=house.actor,
                            today=house.today)  # fmt: skip


def test_it_is_spread_over_invoices_of_several_customers_and_the_rest_waits(house: House):
    said = house.events()
    assert spread(house, ("F1", 10_000), ("F3", 12_345), ("F2", 1)) == 50_001 - 22_346
    assert house.open() == {"F2": 19_999, "F3": 17_655, "USD": 1_000}
    (waits,) = bank_inbox.inbox(most=1, actor=house.actor).receipts
    assert waits.left_cents == 27_655
    assert house.events() == [*said, "receipt.spread"]
    assert house.broken() == {}


def test_the_rest_stands_as_credit_of_who_is_named(house: House):
    assert spread(house, ("F1", 10_000), to="2") == 0
    assert bank_inbox.inbox(most=1, actor=house.actor).receipts == []
    assert sum(row.credits_cents for row in house.reports()["aging"] if row.debtor_id) == 40_001
    assert house.broken() == {}


def test_what_is_named_twice_is_paid_both(house: House):
    spread(house, ("F2", 5_000), ("F2", 5_001))
    assert house.open()["F2"] == 9_999


@pytest.mark.parametrize(
    ("refusal", "parts", "more"),
    [
        (verb.NothingChosen, [], {}),
        (TooMany, [("F1", 1)] * 201, {}),
        (NoSuchInvoice, [("F9", 1)], {}),
        (NoSuchTransaction, [("F1", 1)], {"of": "nothing"}),
        (MoreThanLeft, [("F1", 10_000), ("F2", 20_000), ("F3", 20_002)], {}),
        (MoreThanOpen, [("F1", 10_001)], {}),
        (AmountNotPositive, [("F1", 10), ("F2", 0)], {}),
        (AmountNotPositive, [("F1", -10)], {}),
        (OtherCurrencyThanPaid, [("USD", 10)], {}),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_of_it_is_booked(house: House, refusal, parts, more):
    with house.refuses(refusal):
        spread(house, *parts, **more)


def test_a_yes_that_comes_twice_is_refused(house: House):
    of = receipt(house)
    spread(house, ("F1", 10_000), ("F2", 20_000), ("F3", 20_001), of=of)
    with house.refuses(NothingLeft):
        spread(house, ("F3", 1), of=of)


def test_a_yes_to_what_was_left_before_is_refused(house: House):
    paid = receipt(house)

    def press() -> int:
        return verb.spread_over(receipt=paid, parts=[("F3", Money(10_000, "EUR"))], was_left_cents=50_001,
                                actor=house.actor, today=house.today)  # fmt: skip

    assert press() == 40_001
    before = house.everything()
    with pytest.raises(verb.LeftChanged, match=r"400\.01 is left"):
        press()
    assert house.everything() == before


def test_nothing_is_open_any_more(house: House):
    house.pay("F1", "100.00")
    with house.refuses(NothingOpen):
        spread(house, ("F1", 1))

"""How sure a class must be to book by itself: what falls short of it is proposed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox, matching_classes
from voldaan.rules import precision
from voldaan.rules.matches import MatchClass
from voldaan.rules.precision import Measured
from voldaan.usecases import administrations

PAID = Movement(date(2027, 2, 20), 1_000, "", "Iemand", "factuur 202700001", "E1")


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    bring(house, items([Item("1", "Klant 1", "202700001", 1_000)]))
    return house


def want(house: House, value: str) -> None:
    administrations.change(name="matching_precision", value=value, actor=house.actor, today=house.today)


def test_who_wants_to_decide_himself_gets_proposals(house):
    want(house, "nothing")
    assert bring(house, camt053([PAID])).booked == 0
    assert [(row.class_, row.evidence) for row in bank_inbox.proposals(actor=house.actor)] == [
        ("number_amount", ["invoice number", "same amount"])
    ]
    assert not any(row.by_itself for row in matching_classes.matching_classes(actor=house.actor))


@pytest.mark.parametrize(("value", "booked"), [("certain", 0), ("99.99", 0), ("99.9", 1)])
def test_a_class_that_was_wrong_books_only_where_that_is_enough(house, monkeypatch, value, booked):
    figures = {MatchClass.NUMBER_AMOUNT: Measured(5_000, 2)}
    monkeypatch.setattr(precision, "measured", lambda: figures)
    want(house, value)
    assert bring(house, camt053([PAID])).booked == booked
    row = next(r for r in matching_classes.matching_classes(actor=house.actor) if r.class_ == "number_amount")
    assert (row.answers, row.wrong, row.by_itself) == (5_000, 2, booked == 1)


@pytest.mark.parametrize("value", ["", "100", "99", "99,99", "Certain"])
def test_only_these_can_be_wanted(house, value):
    with pytest.raises(administrations.BadSetting):
        want(house, value)

"""Stories of customers: added, changed, found again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.house import House
from voldaan.queries.debtors import found
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import debtors
from voldaan.usecases.administrations import NoSuchCountry, NotAnEmail, NotAnIban
from voldaan.usecases.debtors import DebtorExists, NothingToChange


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.debtor("Café Zéé", number="7", email="zee@zee.example", iban="NL91 ABNA 0417 1643 00")
    return house


def change(house: House, debtor: str = "7", **known: Any) -> None:
    debtors.change(debtor=debtor, actor=house.actor, today=house.today, **known)


def row(house: House) -> Debtor:
    return Debtor.objects.of(house.actor.administration_id).get(number="7")


def test_what_is_not_said_is_that_of_the_books(house):
    assert (row(house).country, row(house).language, row(house).kind) == ("NL", "nl", "")


@pytest.mark.parametrize("text", ["cafe zee", "CAFÉ", "zéé", "7", ""])
def test_a_customer_is_found_without_capitals_and_accents(house, text):
    assert [debtor.name for debtor in found(text, actor=house.actor)] == ["Café Zéé"]


@pytest.mark.parametrize("text", ["%", "_", "berg", "77"])
def test_a_sign_is_only_a_sign(house, text):
    assert found(text, actor=house.actor) == []


def test_a_change_is_kept_and_remembered_as_made_by_hand(house):
    change(house, city="Gent", name="Zee BV", email="nieuw@zee.example")
    change(house, city="Brugge", iban="BE68539007547034")
    changed = row(house)
    assert (changed.name, changed.name_search, changed.city) == ("Zee BV", "zee bv", "Brugge")
    assert changed.edited == ["city", "email", "iban", "name"]
    books = house.actor.administration_id
    assert Contact.objects.of(books).get(debtor=changed).email == "nieuw@zee.example"
    assert sorted(PayerAlias.objects.of(books).values_list("iban", flat=True)) == [
        "BE68539007547034", "NL91ABNA0417164300",
    ]  # fmt: skip
    assert house.events()[-2:] == ["debtor.changed"] * 2


def test_two_without_a_number_and_one_number_in_two_books(house):
    assert house.debtor("Zelfde") != house.debtor("Zelfde")
    House.opened("Andere").debtor("Zee", number="7")
    with house.refuses(NoSuchDebtor):
        change(house, debtor="", city="Gent")


def test_a_name_that_only_one_has_says_who_it_is(house):
    change(house, debtor="cafe  ZÉÉ", city="Gent")
    assert row(house).city == "Gent"
    house.debtor("Café Zéé")
    for name in ("Café Zéé", "Café", " "):
        with house.refuses(NoSuchDebtor):
            change(house, debtor=name, city="Brugge")


def test_refusals_change_nothing(house):
    with house.refuses(DebtorExists):
        house.debtor("Berg", number="7")
    for email in ("geen", "a@b.example,c@d.example", "a@b.example\r\nBcc: x@y.example"):
        with house.refuses(NotAnEmail):
            house.debtor("Berg", email=email)
        with house.refuses(NotAnEmail):
            change(house, email=email, city="Gent")
    with house.refuses(NotAnIban):
        house.debtor("Berg", iban="NL91ABNA0417164301")
    with house.refuses(NotAnIban):
        change(house, iban="NL00", city="Gent")
    for country in ("NLD", "N", "é1", ""):
        with house.refuses(NoSuchCountry):
            house.debtor("Berg", country=country)
        with house.refuses(NoSuchCountry):
            change(house, country=country)
    with house.refuses(NothingToChange):
        change(house)
    for debtor in ("9", "7 "):
        with house.refuses(NoSuchDebtor):
            change(house, debtor=debtor, city="Gent")


def test_a_field_that_is_not_for_hands_is_our_own_mistake(house):
    for field in ("administration_id", "public_id", "edited", "name_search"):
        with pytest.raises(AssertionError):
            change(house, **{field: "1"})

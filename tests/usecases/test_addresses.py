"""Addresses of many at once: what is missing is written down, what is known stays, and one wrong one stops no other."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from voldaan.queries.missing import What, counts, missing
from voldaan.records.debtors import Contact, Debtor
from voldaan.rules.refusals import Refusal
from voldaan.usecases import doubles
from voldaan.usecases.addresses import Address, Filled, KnownMeanwhile, fill_in
from voldaan.usecases.administrations import NotAnEmail


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.debtor("Stil", number="1")
    house.debtor("Per post", number="2", street="Kade 1", city="Breda")
    house.debtor("Bereikt", number="3", email="a@b.example")
    house.debtor("Half", number="4", postcode="4811 AA")
    for number in range(1, 5):
        house.invoice(f"{number}", f"F{number}", "10.00")
    return house


def filled(house: House, **told: Address) -> Filled:
    return fill_in(told={whose.lstrip("n"): one for whose, one in told.items()}, actor=house.actor, today=house.today)


def why(answer: Filled) -> dict[str, type[Refusal]]:
    return {whose: type(refusal) for whose, refusal in answer.unfit.items()}


def lacking(house: House, what: What) -> list[str]:
    return [row.number for row in missing(what=what, most=50, actor=house.actor).rows]


def test_who_owes_and_cannot_be_reached_is_listed_by_name_until_it_is_filled_in(house):
    house.debtor("Zonder schuld", number="5")
    assert lacking(house, What.EMAIL) == ["4", "2", "1"]
    assert lacking(house, What.POSTAL) == ["3", "4", "1"]
    assert counts(actor=house.actor) == {What.EMAIL: 3, What.POSTAL: 3}
    answer = filled(house, n1=Address("stil@b.example"), n4=Address("half@b.example", "Laan 2", "", "Breda"))
    assert answer == Filled(2, {})
    assert lacking(house, What.EMAIL) == ["2"]
    assert lacking(house, What.POSTAL) == ["3", "1"]
    assert house.events()[-2:] == ["debtor.changed", "debtor.changed"]
    assert house.broken() == {}
    row = Debtor.objects.of(house.actor.administration_id).get(number="4")
    assert (row.street, row.postcode, row.city, row.edited) == (
        "Laan 2",
        "4811 AA",
        "Breda",
        ["city", "email", "street"],
    )


def test_one_wrong_address_is_told_and_the_others_are_kept(house):
    answer = filled(house, n1=Address("geen adres"), n2=Address("post@B.EXAMPLE"), n99=Address("x@b.example"))
    assert answer.customers == 1
    assert set(why(answer)) == {"1", "99"}
    assert why(answer)["1"] is NotAnEmail
    assert lacking(house, What.EMAIL) == ["4", "1"]


def test_what_is_known_is_never_overwritten_and_twice_is_once(house):
    answer = filled(house, n3=Address("ander@b.example"), n4=Address(postcode="1000 AA", city="Breda"))
    assert (answer.customers, why(answer)) == (0, {"3": KnownMeanwhile, "4": KnownMeanwhile})
    filled(house, n1=Address("stil@b.example"))
    before = house.everything()
    assert filled(house, n1=Address("stil@b.example"), n3=Address("a@b.example")) == Filled(0, {})
    assert house.everything() == before


def test_two_lines_about_one_customer_are_no_two_addresses(house):
    whose = Debtor.objects.of(house.actor.administration_id).get(number="1").public_id
    answer = fill_in(told={"1": Address("een@b.example"), whose: Address("twee@b.example")}, actor=house.actor,
                     today=house.today)  # fmt: skip
    assert (answer.customers, list(answer.unfit)) == (1, [whose])
    assert house.events()[-1:] == ["debtor.changed"]


def test_an_address_that_a_mail_server_refused_is_missing_and_makes_room(house):
    refused = Contact.objects.of(house.actor.administration_id).get(email="a@b.example")
    Contact.objects.of(house.actor.administration_id).filter(pk=refused.pk).update(refused_on=house.today)
    (row,) = [row for row in missing(what=What.EMAIL, most=50, actor=house.actor).rows if row.number == "3"]
    assert row.refused == "a@b.example"
    assert filled(house, n3=Address("nieuw@b.example")) == Filled(1, {})
    refused.refresh_from_db()
    assert (refused.email, refused.refused_on) == ("nieuw@b.example", None)


def test_the_number_of_a_double_leads_to_the_one_that_stays(house):
    doubles.merge(double="2", into="1", actor=house.actor, today=house.today)
    assert filled(house, n2=Address("samen@b.example")) == Filled(1, {})
    assert "1" not in lacking(house, What.EMAIL)


def test_many_cost_as_many_questions_as_few(house):
    for number in range(10, 60):
        house.debtor(f"Klant {number}", number=f"{number}")
    costs = []
    for some in (range(10, 15), range(15, 60)):
        with CaptureQueriesContext(connection) as asked:
            filled(house, **{f"n{number}": Address(f"k{number}@b.example") for number in some})
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 14
    assert house.broken() == {}

"""Kleine resten: the list, its sum, and one press that gives up all of it, or one from the invoice."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.records.invoices import Invoice
from voldaan.usecases import people

AT = f"/{SLUG}/ontvangsten/resten/"


@pytest.fixture
def house(house: House) -> House:
    house.debtor("Café Zee", number="10")
    for number, paid in (("F1", "99.60"), ("F2", "99.00"), ("F3", "50.00")):
        house.invoice("10", number, "100.00", issued="2027-02-01")
        house.pay(number, paid, on="2027-02-20")
    return house


@pytest.fixture
def client(house: House) -> Client:
    return signed_in(OWNER)


def seen(browse: Browse, path: str = AT) -> dict[str, str]:
    form = browse(path).tree.xpath("//form[contains(@action,'/opgeven/')]")[0]
    return {one.get("name"): one.get("value") for one in form.xpath(".//input[@name!='csrfmiddlewaretoken']")}


def test_all_rests_are_given_up_by_one_press(client: Client, house: House, browse: Browse):
    page = browse(AT)
    assert page.one("//h1") == "2 small rests, €1.40 together"
    assert page.all("//tbody//th") == ["F1", "F2"]
    words = seen(browse)
    assert client.post(f"{AT}opgeven/", words)["Location"] == AT
    assert house.open() == {"F3": 5000}
    assert client.post(f"{AT}opgeven/", words).status_code == 302
    assert house.open() == {"F3": 5000}
    assert browse(AT).one("//h1") == "No small rests"


def test_fewer_can_be_asked_for(client: Client, house: House, browse: Browse):
    at = f"{AT}?tot=0,50&sinds=2027-02-01"
    assert browse(at).all("//tbody//th") == ["F1"]
    client.post(f"{AT}opgeven/", seen(browse, at))
    assert house.open() == {"F2": 100, "F3": 5000}
    assert browse(f"{AT}?sinds=2027-02-21").one("//h1") == "No small rests"
    assert browse(f"{AT}?tot=veel", status=422).all("//*[@role='alert']")


def test_one_is_given_up_from_its_invoice_and_taken_back_there(client: Client, house: House, browse: Browse):
    id_ = Invoice.objects.of(house.actor.administration_id).get(number="F1").public_id
    at = f"/{SLUG}/facturen/{id_}/"
    assert "Give up the rest of €0.40" in browse(at).all("//button")
    assert client.post(f"{at}rest/")["Location"] == at
    page = browse(at)
    assert not [one for one in page.all("//button") if one.startswith("Give up the rest")]
    (number,) = page.tree.xpath(f"//form[@action='{at}terugnemen/']/input[@name='number']/@value")
    client.post(f"{at}terugnemen/", {"number": number, "reason": "toch"})
    assert house.open()["F1"] == 40


def test_the_timeline_tells_it_once(client: Client, house: House, browse: Browse):
    invoice = Invoice.objects.of(house.actor.administration_id).select_related("debtor").get(number="F1")
    client.post(f"/{SLUG}/facturen/{invoice.public_id}/rest/")
    assert browse(f"/{SLUG}/klanten/{invoice.debtor.public_id}/verloop/").text.count("€0.40") == 1


def test_what_is_much_has_no_such_button(house: House, browse: Browse):
    id_ = Invoice.objects.of(house.actor.administration_id).get(number="F3").public_id
    assert not [one for one in browse(f"/{SLUG}/facturen/{id_}/").all("//button") if one.startswith("Give up")]


def test_one_is_given_up_from_the_list(client: Client, house: House):
    id_ = Invoice.objects.of(house.actor.administration_id).get(number="F2").public_id
    assert client.post(f"/{SLUG}/facturen/{id_}/rest/", {"from": "rests"})["Location"] == AT
    assert house.open() == {"F1": 40, "F3": 5000}


def test_who_only_reads_sees_no_button(house: House):
    people.add(email="lezer@hart.example", role="auditor", actor=house.actor, today=house.today)
    assert "/opgeven/" not in signed_in("lezer@hart.example").get(AT).content.decode()

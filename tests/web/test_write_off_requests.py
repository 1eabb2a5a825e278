"""Afboekingen boven de grens: asked on the page of the invoice, told under Vandaag, decided on a page of their own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import write_off_requests as questions
from voldaan.records.invoices import Invoice
from voldaan.usecases import administrations, people

CLERK = "clerk@hart.example"
AT = f"/{SLUG}/afboekingen/"
WORDS = {"amount": "60,00", "reason": "Failliet <b>", "was_open": "10000", "currency": "EUR"}


@pytest.fixture
def house(house: House) -> House:
    house.invoice(house.debtor("Café Zee", number="10"), "F1", "100.00", issued="2027-02-01")
    administrations.change(name="write_off_limit", value="25.00", actor=house.actor, today=house.today)
    people.add(email=CLERK, role="controller", actor=house.actor, today=house.today)
    return house


@pytest.fixture
def clerk(house: House) -> Client:
    return signed_in(CLERK)


@pytest.fixture
def owner(house: House) -> Client:
    return signed_in(OWNER)


def door(house: House) -> str:
    return f"/{SLUG}/facturen/{Invoice.objects.of(house.actor.administration_id).get(number='F1').public_id}/"


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"accept-language": "nl"})
    assert answer.status_code == status
    return " ".join(re.sub("<[^>]*>", " ", answer.content.decode()).split()).replace("\u00a0", " ")


def asked(client: Client, house: House) -> str:
    """Ask as the form does; give the id of the request."""
    path = door(house)
    answer = client.post(f"{path}afboeken/vragen/", WORDS | {"back": path})
    assert (answer.status_code, answer["Location"]) == (302, path)
    return questions.waiting(actor=house.actor)[0].id


def test_above_the_limit_the_form_comes_back_with_what_was_typed_and_a_button_to_ask(house: House, clerk: Client):
    answer = clerk.post(f"{door(house)}afboeken/", WORDS | {"back": door(house)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="60,00"' in page
    assert 'value="Failliet &lt;b&gt;"' in page
    assert f'formaction="{door(house)}afboeken/vragen/"' in page
    assert 'role="alert"' in page
    assert f'name="back" value="{door(house)}"' in page
    assert house.open() == {"F1": 10_000}


def test_who_has_nobody_to_ask_sees_no_such_button(house: House, clerk: Client, owner: Client):
    assert "afboeken/vragen/" in clerk.get(door(house)).content.decode()
    assert "afboeken/vragen/" not in owner.get(door(house)).content.decode()
    house.pay("F1", "80.00")
    assert "afboeken/vragen/" not in clerk.get(door(house)).content.decode(), "all of it is within the limit"


def test_it_is_asked_once_seen_everywhere_and_agreed_to_once(
    house: House, clerk: Client, owner: Client, browse: Browse
):
    request = asked(clerk, house)
    assert asked(clerk, house) == request
    assert "waits for your yes" in browse().text
    assert AT not in clerk.get(f"/{SLUG}/").content.decode(), "it is not for him to decide"
    page = browse(AT)
    assert page.one("//h1") == "1 write-off waits for an owner"
    assert "Failliet <b>" in page.text
    assert f"asked by {CLERK}" in page.text
    assert "waits for an owner" in browse(door(house)).one("//section[@id='asked']")
    assert "/akkoord/" not in clerk.get(AT).content.decode()
    assert clerk.post(f"{AT}{request}/akkoord/").status_code == 403
    for _ in range(2):
        assert owner.post(f"{AT}{request}/akkoord/", {"back": AT})["Location"] == AT
        assert house.open() == {"F1": 4000}
    assert browse(AT).one("//h1") == "No write-off waits for an owner"
    assert "decided by" in browse(AT).text
    page = browse(door(house))
    assert "Failliet <b>" in page.one("//section[h2='What was booked']//tbody/tr[2]//small[bdi]")
    customer = Invoice.objects.of(house.actor.administration_id).select_related("debtor").get(number="F1").debtor
    told = browse(f"/{SLUG}/klanten/{customer.public_id}/verloop/?soort=geld").text
    assert "An owner was asked whether €60.00 of invoice F1 may be written off" in told
    assert "was approved: €60.00 of invoice F1 was written off" in told
    (number,) = page.tree.xpath("//form[contains(@action, 'terugnemen')]//input[@name='number']/@value")
    owner.post(f"{door(house)}terugnemen/", {"number": number, "reason": "toch"})
    assert (house.open(), house.broken()) == ({"F1": 10_000}, {})


def test_it_is_declined_with_a_reason_that_who_asked_reads(house: House, clerk: Client, owner: Client):
    request = asked(clerk, house)
    owner.post(f"{AT}{request}/afwijzen/", {"back": AT, "reason": " "})
    assert [one.id for one in questions.waiting(actor=house.actor)] == [request]
    owner.post(f"{AT}{request}/afwijzen/", {"back": AT, "reason": "Bel de curator"})
    assert "Bel de curator" in shown(clerk, door(house))
    assert house.open() == {"F1": 10_000}
    assert "Uw aanvraag voor factuur F1 : afgewezen. Bel de curator" in shown(clerk, f"/{SLUG}/")
    assert "Bel de curator" not in shown(owner, f"/{SLUG}/"), "he decided it himself"
    assert questions.heard(actor=house.actor, today=house.today + timedelta(7)) == []


def test_who_asked_withdraws_it(house: House, clerk: Client):
    request = asked(clerk, house)
    assert f"{AT}{request}/intrekken/" in clerk.get(door(house)).content.decode()
    clerk.post(f"{AT}{request}/intrekken/", {"back": door(house)})
    assert questions.waiting(actor=house.actor) == []
    assert "Uw aanvraag" not in shown(clerk, f"/{SLUG}/"), "he knows"


def test_what_was_paid_meanwhile_says_so_and_has_no_button_to_agree(house: House, clerk: Client, owner: Client):
    request = asked(clerk, house)
    assert "1 afboeking wacht op uw akkoord" in shown(owner, f"/{SLUG}/")
    house.pay("F1", "30.00")
    assert "wacht op uw akkoord" not in shown(owner, f"/{SLUG}/"), "nobody can agree to it any more"
    assert "Er wacht geen afboeking op een eigenaar" in shown(owner, AT)
    assert "wie het vroeg, kan het opnieuw vragen" in shown(owner, AT)
    page = owner.get(AT).content.decode()
    assert "/akkoord/" not in page
    assert f"{AT}{request}/intrekken/" in page
    answer = owner.post(f"{AT}{request}/akkoord/", {"back": AT})
    assert answer.status_code == 302
    assert "Ondertussen staat" in shown(owner, AT)
    assert house.open() == {"F1": 7000}


def test_while_it_waits_the_form_does_not_ask_again(house: House, clerk: Client):
    asked(clerk, house)
    page = clerk.get(door(house)).content.decode()
    assert "afboeken/vragen/" not in page
    assert "Er wacht al een aanvraag" in shown(clerk, door(house))


def test_only_who_may_change_the_limit_is_led_to_it(house: House, clerk: Client, owner: Client):
    assert "Wijzig dat" in shown(owner, AT)
    assert "Wijzig dat" not in shown(clerk, AT)


def test_an_empty_page_explains_itself(browse: Browse, house: House):
    assert "has a button that asks for it" in browse(AT).text


def test_the_page_asks_as_much_for_one_as_for_many(
    house: House, clerk: Client, owner: Client, django_assert_max_num_queries
):
    asked(clerk, house)
    owner.get(AT)
    with django_assert_max_num_queries(9):
        owner.get(AT)

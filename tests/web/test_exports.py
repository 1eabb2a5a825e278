"""Naar de boekhouding: what is new, the file of it, and those that left before."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import exports as questions
from voldaan.usecases import administrations, exports, people

AT = f"/{SLUG}/boekhouding/"


@pytest.fixture
def house(house: House) -> House:
    house.invoice(house.debtor("Café Zee", number="10"), "F1", "100.00")
    house.pay("F1", "60.00")
    house.pay("F1", "40.00")
    return house


@pytest.fixture
def client(house: House) -> Client:
    return signed_in(OWNER)


def test_the_receipts_lead_there(house: House, browse: Browse):
    assert browse(f"/{SLUG}/ontvangsten/").tree.xpath(f"//nav[@class='tabs']/a/@href[.='{AT}']")


def test_what_is_new_is_made_into_a_file_and_a_second_press_makes_none(client: Client, browse: Browse):
    page = browse(AT)
    assert page.one("//h1") == "2 payments are new for the bookkeeping"
    assert page.one("//form[contains(@class,'card')]//button") == "Make the file (€100.00)"
    made = client.post(f"{AT}meegeven/", {"layout": "csv"})
    again = client.post(f"{AT}meegeven/", {"layout": "csv"})
    assert (made.status_code, again.status_code, again["Location"]) == (302, 302, AT)
    page = browse(made["Location"])
    assert page.one("//h1") == "The bookkeeping has everything"
    (address,) = set(page.tree.xpath("//a[contains(@href,'/bestand/')]/@href"))
    answer = client.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="{SLUG}-csv-0001.csv"'
    assert answer.getvalue().count(b";F1;EUR;") == 2
    assert client.get(address).getvalue().count(b";F1;EUR;") == 2


def test_a_code_that_is_missing_is_named_with_where_to_say_it(client: Client):
    answer = client.post(f"{AT}meegeven/", {"layout": "snelstart"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="/{SLUG}/instellingen/boekhouding/"' in page
    assert '<option value="snelstart" selected>' in page
    assert "Rekening van wat is ontvangen" in page


def test_codes_are_said_in_the_settings(client: Client, house: House):
    for words, status in (({"ledger_receipts": "20 00"}, 422), ({"ledger_receipts": "=2000"}, 422),
                          ({"ledger_receipts": "2000", "ledger_journal": "60"}, 302)):  # fmt: skip
        assert client.post(f"/{SLUG}/instellingen/boekhouding/", words).status_code == status
    made = client.post(f"{AT}meegeven/", {"layout": "snelstart"})
    assert "klaar=" in made["Location"]


def test_an_unknown_layout_is_refused_on_the_page(client: Client):
    assert client.post(f"{AT}meegeven/", {"layout": "geen"}).status_code == 422
    assert client.post(f"{AT}meegeven/").status_code == 422


def test_who_only_reads_sees_what_left_and_no_button(house: House):
    exports.hand_over(layout="csv", actor=house.actor, today=house.today)
    house.invoice("10", "F2", "5.00")
    house.pay("F2", "5.00")
    people.add(email="lezer@hart.example", role="auditor", actor=house.actor, today=house.today)
    reader = signed_in("lezer@hart.example")
    page = reader.get(AT).content.decode()
    assert "/meegeven/" not in page
    assert "/bestand/" in page


def test_older_exports_stand_on_the_next_page(house: House, browse: Browse, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("voldaan.web.exports.MOST", 2)
    for number in range(3):
        house.invoice("10", f"G{number}", "5.00")
        house.pay(f"G{number}", "5.00")
        exports.hand_over(layout="csv", actor=house.actor, today=house.today)
    page = browse(AT)
    assert [one[0] for one in page.all("//tbody//th")] == ["3", "2"]
    (older,) = page.tree.xpath("//nav[@class='pages']/a/@href")
    assert [one[0] for one in browse(AT + older).all("//tbody//th")] == ["1"]


def test_the_page_asks_the_same_number_of_questions_however_much_there_is(
    house: House, browse: Browse, django_assert_max_num_queries
):
    browse(AT)
    for number in range(5):
        house.invoice("10", f"H{number}", "5.00")
        house.pay(f"H{number}", "5.00")
        exports.hand_over(layout="csv", actor=house.actor, today=house.today)
    with django_assert_max_num_queries(10):
        browse(AT)
    assert len(questions.runs(actor=house.actor)) == 5
    assert administrations.SETTINGS["ledger_office"]("NL-1") == "NL-1"

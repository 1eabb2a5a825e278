"""Klanten: everybody has a place in the list, and is found by whatever one knows; what is changed here stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, customers, signed_in
from voldaan.records.debtors import Debtor
from voldaan.usecases import debtors

LIST = f"/{SLUG}/klanten/"


def named(page: Any) -> list[str]:
    return list(page.all("//th[@scope='row']/a"))


@pytest.fixture
def known(house: House) -> House:
    house.debtor("Ångström & Zn", number="7", email="info@angstrom.example", iban="NL91ABNA0417164300")
    house.debtor("bakker Bart", number="8", city="Gent")
    house.debtor("Zeilmakerij", number="9")
    house.invoice("7", "2027-0042", "121.00", issued="2027-02-01", due="2027-02-15")
    house.invoice("8", "2027-0043", "50.00", issued="2027-02-01", due="2027-03-15", currency="USD")
    house.credit_note("7", "C1", "21.00")
    return house


def test_everybody_is_there_by_name_with_what_is_open(browse: Browse, known: House):
    page = browse(LIST)
    assert named(page) == ["Ångström & Zn", "bakker Bart", "Zeilmakerij"]
    first, second, third = page.all("//tbody/tr")
    assert all(words in first for words in ("€121.00", "€21.00 credit", "14 days late", "info@angstrom.example"))
    assert all(words in second for words in ("USD 50.00", "no e-mail address", "Gent"))
    assert "€" not in third


@pytest.mark.parametrize("asked", [
    "angstrom", "ÅNGSTRÖM", "7", "2027-0042", "info@angstrom.example", "NL91 ABNA 0417 1643 00", "121,00", "121.00",
])  # fmt: skip
def test_one_who_is_found_alone_is_shown_at_once(known: House, asked):
    customer = Debtor.objects.of(known.actor.administration_id).get(number="7")
    answer = signed_in(OWNER).get(LIST, {"zoek": asked})
    assert answer["Location"] == f"{LIST}{customer.public_id}/"


def test_nobody_found_says_where_was_looked(browse: Browse, known: House):
    assert "Nobody found" in browse(f"{LIST}?zoek=%25").text
    assert "Looked for in names" in browse(f"{LIST}?zoek=niemand").text


def test_the_list_goes_on_page_by_page_and_leaves_nobody_out(browse: Browse, house: House):
    customers(house, 120)
    seen, address = [], LIST
    while address:
        page = browse(address)
        seen += named(page)
        onward = page.tree.xpath("//nav[@class='pages']/a[contains(@href, 'na=')]/@href")
        address = f"{LIST}{onward[0]}" if onward else ""
    assert len(seen) == len(set(seen)) == 120


def test_a_page_costs_the_same_questions_however_many_there_are(browse: Browse, house: House):
    costs = []
    for first, more in ((0, 60), (60, 140)):
        customers(house, more, first=first)
        browse(LIST)
        with CaptureQueriesContext(connection) as asked:
            browse(LIST)
        costs.append(len(asked))
    assert costs == [5, 5]  # three of which ask who is there


def test_a_double_that_was_merged_is_not_in_the_list(browse: Browse, known: House):
    from voldaan.usecases import doubles

    doubles.merge(double="9", into="8", actor=known.actor, today=known.today)
    assert named(browse(LIST)) == ["Ångström & Zn", "bakker Bart"]


def url(house: House, number: str) -> str:
    return f"{LIST}{Debtor.objects.of(house.actor.administration_id).get(number=number).public_id}/"


def posted(path: str, **words: str) -> Any:
    client = signed_in(OWNER)
    answer = client.post(path, words | {"back": LIST})
    assert answer.status_code == 302
    return client.get(answer["Location"])


def test_what_is_changed_here_no_list_overwrites(known: House):
    said = {"name": "Bakkerij Bart", "email": "bart@b.example", "city": "Brugge", "street": "", "was_city": "Gent"}
    posted(f"{url(known, '8')}gegevens/", **said)
    told = files.Item("8", "bakker Bart", "2027-0099", 1_000, more=(("E-mail", "x@b.example"),))
    files.bring(known, files.items([told]), "lijst.csv")
    row = Debtor.objects.of(known.actor.administration_id).get(number="8")
    assert (row.name, row.city) == ("Bakkerij Bart", "Brugge")
    assert "bart@b.example" in signed_in(OWNER).get(url(known, "8")).content.decode()


def test_what_was_changed_elsewhere_meanwhile_stays(known: House):
    shown = {"name": "bakker Bart", "email": "", "city": "Gent"}
    debtors.change(debtor="8", email="nieuw@b.example", actor=known.actor, today=known.today)
    posted(
        f"{url(known, '8')}gegevens/",
        **shown | {"city": "Brugge"},
        **{f"was_{name}": was for name, was in shown.items()},
    )
    page = signed_in(OWNER).get(url(known, "8")).content.decode()
    assert "nieuw@b.example" in page
    assert "Brugge" in page


def test_a_wrong_address_is_told_and_nothing_changes(known: House):
    before = known.everything()
    page = posted(f"{url(known, '8')}gegevens/", name="Anders", email="geen adres")
    assert 'role="alert"' in page.content.decode()
    posted(f"{url(known, '8')}gegevens/", name=" ", email="")
    assert known.everything() == before


def test_an_invoice_rests_until_a_day_and_goes_on_again(browse: Browse, known: House):
    address = url(known, "7")
    posted(f"{address}rusten/", invoice="2027-0042", until="2027-03-20", reason="op vakantie")
    assert "op vakantie" in browse(address).text
    posted(f"{address}hervatten/", invoice="2027-0042")
    assert "op vakantie" not in browse(address).text
    for until, reason in (("", "x"), ("2027-02-01", "x"), ("2027-04-01", "")):
        page = posted(f"{address}rusten/", invoice="2027-0042", until=until, reason=reason)
        assert 'role="alert"' in page.content.decode()


def test_an_invoice_of_another_customer_is_not_paused_from_here(known: House):
    before = known.everything()
    client = signed_in(OWNER)
    words = {"invoice": "2027-0043", "until": "2027-03-20", "reason": "x"}
    assert client.post(f"{url(known, '7')}rusten/", words).status_code == 404
    assert known.everything() == before
    assert debtors.find("7", actor=known.actor).number == "7"

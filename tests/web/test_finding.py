"""Zoeken: what one knows leads to the customer, the invoice or the page, in these books only, at the same cost."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, customers, signed_in
from voldaan.look import words
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice

SEARCH = f"/{SLUG}/zoeken/"


def hits(browse: Browse, asked: str, **words: Any) -> dict[str, list[str]]:
    """Give what is found, by the heading that it stands under, in their order."""
    page = browse(f"{SEARCH}?q={quote(asked)}", **words)
    groups = zip(page.all("//div[@class='hits']/h2"), page.tree.xpath("//div[@class='hits']/ul"), strict=True)
    return {head: ["".join(one.itertext()) for one in group.xpath(".//a/span")] for head, group in groups}


@pytest.fixture
def known(house: House) -> House:
    house.debtor("Ångström & Zn", number="7", email="info@angstrom.example", iban="NL91ABNA0417164300")
    house.debtor("bakker Bart", number="8", city="Gent")
    house.debtor("Anton Bakker", number="F2027")
    house.invoice("7", "F 2027/0042", "1210.00", issued="2027-02-01", due="2027-02-15")
    house.invoice("8", "F 2027/0043", "50.00", issued="2027-02-01", due="2027-03-15")
    house.invoice("8", "F 2027/0044", "60.00")
    house.pay("F 2027/0044", "60.00")
    return house


@pytest.mark.parametrize(("asked", "found"), [
    ("angstr", {"Customers": ["Ångström & Zn"]}),
    ("ån", {"Customers": ["Ångström & Zn", "Anton Bakker"]}),
    ("7", {"Customers": ["Ångström & Zn"]}),
    ("270042", {"Invoices": ["F 2027/0042"]}),  # the end of a number, where nothing begins so
    ("info@Angstrom.example", {"Customers": ["Ångström & Zn"]}),
    ("NL91 ABNA 0417 1643 00", {"Customers": ["Ångström & Zn"]}),
    ("bakker", {"Customers": ["bakker Bart", "Anton Bakker"]}),  # whose name begins with it stands first
    ("f2027", {"Customers": ["Anton Bakker"], "Invoices": ["F 2027/0042", "F 2027/0043", "F 2027/0044"]}),
    ("F 2027/0043", {"Invoices": ["F 2027/0043"]}),
    ("1.210,00", {"Invoices": ["F 2027/0042"]}),
    ("€ 1210", {"Invoices": ["F 2027/0042"]}),
    ("bank statement", {}),
    ("take in", {"Pages": ["Take in"]}),
    ("goedkeuren", {"Pages": ["Approve"]}),
    ("passw", {"Pages": ["Change password"]}),
    ("%", {}),
    ("niemand", {}),
])  # fmt: skip
def test_it_is_found_by_what_one_knows(browse: Browse, known: House, asked, found):
    assert hits(browse, asked) == found


def test_a_page_is_found_in_the_language_of_the_reader(browse: Browse, known: House):
    assert hits(browse, "klant", language="nl")["Pagina's"] == ["Klanten"]


def test_what_is_meant_exactly_stands_first(browse: Browse, known: House):
    assert list(hits(browse, "f2027")) == ["Customers", "Invoices"]
    known.debtor("F20270042 Holding")
    assert list(hits(browse, "F20270042")) == ["Invoices", "Customers"]


def test_each_hit_leads_there(browse: Browse, known: House):
    whose = Debtor.objects.of(known.actor.administration_id).get(number="8").public_id
    page = browse(f"{SEARCH}?q=f2027004")
    named = dict(Invoice.objects.of(known.actor.administration_id).values_list("number", "public_id"))
    numbers = page.all("//div[@class='hits']//a/span/bdi")
    assert len(numbers) == 3
    assert page.tree.xpath("//div[@class='hits']//a/@href") == [f"/{SLUG}/facturen/{named[one]}/" for one in numbers]
    browse(page.tree.xpath("//div[@class='hits']//a/@href")[2])
    assert browse(f"{SEARCH}?q=bakker+bart").tree.xpath("//div[@class='hits']//a/@href") == [
        f"/{SLUG}/klanten/{whose}/"
    ]


def test_nothing_found_says_where_was_looked_and_nothing_asked_shows_only_the_field(browse: Browse, known: House):
    assert "Looked for in names" in browse(f"{SEARCH}?q=niemand").one("//div[@class='hits']/p")
    assert browse(SEARCH).all("//div[@class='hits']/*") == []


def test_the_books_of_others_never_appear(browse: Browse, known: House):
    theirs = House.opened("Van anderen", owner_email="ander@hart.example")
    theirs.debtor("Geheim & Zn", number="77", email="geheim@b.example", iban="NL02ABNA0123456789")
    theirs.invoice("77", "G1", "77.77")
    for asked in ("geheim", "77", "geheim@b.example", "NL02ABNA0123456789", "G1", "77,77"):
        assert hits(browse, asked) == {}, asked


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "شركة النور \u202e\u2066 BV", '"><img src=x>'])
def test_what_others_typed_stays_text_and_apart(browse: Browse, house: House, name):
    house.debtor(name, number="5")
    answer = browse(f"{SEARCH}?q={quote(name[:6])}").answer
    body = answer.content.decode()
    assert "<script>alert" not in body
    assert "<img" not in body
    assert hits(browse, "5") == {"Customers": [name.translate(words.CONTROL)]}
    assert browse(f"{SEARCH}?q=5").tree.xpath("//div[@class='hits']//a/span/bdi")


def test_a_script_gets_the_list_alone(known: House):
    answer = signed_in(OWNER).get(SEARCH, {"q": "bakker"}, headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<div class="hits" data-for="bakker">')


@pytest.mark.parametrize("asked", ["klant 1", "k", "A1", "info@b.example", "100,01"])
def test_it_costs_the_same_questions_for_any_number_of_customers(browse: Browse, house: House, asked):
    counts = []
    for first, more in ((0, 10), (10, 290)):
        customers(house, more, first=first)
        browse(f"{SEARCH}?q={asked}")
        with CaptureQueriesContext(connection) as questions:
            browse(f"{SEARCH}?q={asked}")
        counts.append(len(questions))
    assert counts[0] >= counts[1]  # once enough is found at the beginning of names, the rest is not looked through
    assert counts[0] <= 6  # session, person, role, where the books stand, and at most two of its own

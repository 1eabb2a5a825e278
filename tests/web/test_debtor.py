"""The page of one customer: what is open and why it waits, what was booked, and what was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import html

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.look import words
from voldaan.queries import bookings, follow_up
from voldaan.queries import customer as questions
from voldaan.queries.contacts import contacts
from voldaan.queries.moments import NOW
from voldaan.rules.money import Money
from voldaan.usecases import doubles, runs
from voldaan.usecases import follow_up as verbs


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def shown(cents: int, currency: str = "EUR") -> str:
    return words.amount(Money(cents, currency)).replace("\u00a0", " ")


@pytest.fixture
def zee(house: House) -> str:
    zee = house.debtor(
        "Café Zéé", number="7", email="info@zee.example", street="Kade 1", postcode="4811 AA", city="Breda"
    )
    house.invoice(zee, "F1", "121.00", issued="2027-02-10", due="2027-02-24")
    house.invoice(zee, "F2", "50.00", issued="2027-02-20", due="2027-03-06")
    house.invoice(zee, "F3", "75.00", issued="2027-02-01", due="2027-02-15")
    house.invoice(zee, "F4", "4.00", issued="2027-02-01", due="2027-02-15")
    house.invoice(zee, "F5", "9.00", issued="2027-02-01", due="2027-02-15", currency="USD")
    house.pay("F1", "21.00")
    house.credit_note(zee, "C1", "10.00")
    verbs.pause(invoice="F3", until=date(2027, 4, 1), reason="op reis", actor=house.actor, today=house.today)
    runs.run(actor=house.actor, today=house.today)
    return zee


def url(debtor: str, slug: str = SLUG) -> str:
    return f"/{slug}/klanten/{debtor}/"


def test_it_says_who_this_is(browse: Browse, zee: str):
    page = browse(url(zee))
    assert page.one("//h1") == "Café Zéé"
    assert page.one("//header//p[@class='facts']") == "7Kade 1, 4811 AA Bredainfo@zee.example"


def test_its_sums_are_those_of_its_items_in_each_currency(browse: Browse, zee: str):
    page = browse(url(zee))
    assert [page.tile(title) for title in ("Open", "Overdue", "Credits")] == [
        shown(229_00),
        shown(179_00),
        shown(10_00),
    ]
    assert page.tile("Open", 1) == shown(900, "USD")


def test_each_item_has_the_reason_that_why_gives_for_it(browse: Browse, house: House, zee: str):
    found = questions.customer(zee, actor=house.actor, today=house.today)
    rows = browse(url(zee)).tree.xpath("//section[@id='items']//tbody/tr")
    assert [item.invoice for item in found.items] == ["F3", "F4", "F5", "F1", "F2"]
    assert len({item.decision.because for item in found.items}) >= 3, "the story has several reasons"
    for row, item in zip(rows, found.items, strict=True):
        (why,) = follow_up.why(item.invoice, actor=house.actor, today=house.today)
        assert (item.decision, len(item.taken)) == (why.decision, len(why.taken))
        text = " ".join("".join(row.itertext()).split())
        assert item.invoice in text
        assert words.why(why.decision) in text
        assert words.lateness(item.days_overdue) in text
        assert shown(item.open_cents, item.currency) in text
    assert "op reis" in browse(url(zee)).text


def test_the_account_is_the_statement(browse: Browse, house: House, zee: str):
    page = browse(url(zee))
    lines = bookings.statement(debtor=zee, moment=NOW, actor=house.actor)
    rows = page.tree.xpath("//section[@id='account']//tbody/tr")
    assert [" ".join("".join(row.itertext()).split()).endswith(shown(line.balance_cents, line.currency))
            for row, line in zip(rows, lines, strict=True)] == [True] * len(lines)  # fmt: skip


def test_the_messages_stand_there_with_their_state(browse: Browse, zee: str):
    row = browse(url(zee)).all("//section[@id='messages']//tbody/tr")[0]
    assert "reminder" in row
    assert "waits for approval · info@zee.example" in row


def test_a_customer_of_whom_nothing_is_known_yet_says_so(browse: Browse, house: House):
    page = browse(url(house.debtor("Nieuw")))
    assert {"Nothing is open.", "Nothing is booked for this customer.",
            "Nothing was written to this customer from here."} <= set(page.all("//section/p"))  # fmt: skip


def test_a_customer_of_other_books_is_not_there(browse: Browse, house: House, zee: str):
    other = House.opened("Tweede")
    browse(url(zee, "tweede"), status=404)
    browse(url(other.debtor("Hunne")), status=404)
    browse(url("7"), status=404)  # a number is no address


def test_long_tables_are_cut_and_their_sums_are_not(browse: Browse, house: House):
    many = house.debtor("Veel")
    costs = []
    for first, last in ((0, 5), (5, 60)):
        for n in range(first, last):
            house.invoice(many, f"M{n}", "1.00", issued="2027-02-01", due="2027-02-15")
        browse()
        with CaptureQueriesContext(connection) as asked:
            page = browse(url(many))
        costs.append(len(asked))
    assert costs == [6, 6]
    assert page.tile("Open") == shown(60_00)
    assert len(page.tree.xpath("//section[@id='items']//tbody/tr")) == 50
    assert "and 10 more: voldaan report open-items" in page.text
    assert f"10 earlier bookings: voldaan report statement --debtor {many}" in page.text


def test_contacts_are_shown_changed_and_taken_away(browse: Browse, house: House):
    zee = house.debtor("Café Zéé", number="7", email="info@zee.example")
    url = f"/{SLUG}/klanten/{zee}/contacten/"
    client = signed_in(OWNER)
    said = {"role": "reminder", "name": "Mevrouw Van Dam", "email": "dam@zee.example", "phone": "010 765 43 21"}
    client.post(f"{url}wijzigen/", said)
    page = browse(url)
    assert "Mevrouw Van Dam" in page.text
    assert [one.get("href") for one in page.tree.xpath("//a[starts-with(@href,'tel:')]")] == ["tel:0107654321"]
    client.post(f"{url}wijzigen/", said | {"remove": "yes"})
    assert "Mevrouw Van Dam" not in browse(url).text
    refused = client.post(f"{url}wijzigen/", said | {"email": "geen adres", "back": url}, follow=True)
    assert "geen adres" in refused.content.decode()
    assert client.post(f"{url}wijzigen/", {"role": "baas"}).status_code == 404


def test_a_contact_that_was_removed_is_put_back_unless_there_is_another(browse: Browse, house: House, settings: Any):
    settings.LANGUAGE_CODE = "en"
    zee = house.debtor("Café Zéé", number="7")
    url = f"/{SLUG}/klanten/{zee}/contacten/"
    client = signed_in(OWNER)
    said = {"role": "reminder", "name": "Mevrouw Van Dam", "email": "dam@zee.example", "phone": "010 765 43 21"}
    client.post(f"{url}wijzigen/", said)
    client.post(f"{url}wijzigen/", said | {"remove": "yes"})
    tree: Any = html.fromstring(client.get(url).content.decode())
    toast = tree.xpath("//form[contains(@action, '/terugzetten/')]")[0]
    key = {"key": toast.xpath(".//input[@name='key']/@value")[0]}
    client.post(toast.get("action"), key)
    (row,) = [one for one in contacts(zee, actor=house.actor) if one.is_known]
    assert (row.role.value, row.name, row.email, row.phone) == tuple(said.values())
    client.post(f"{url}wijzigen/", said | {"name": "Meneer Op den Akker"})
    client.post(toast.get("action"), key)
    assert "Nothing was put back." in client.get(url).content.decode()
    assert "Meneer Op den Akker" in browse(url).text
    client.post(toast.get("action"), {"key": "anders", "back": url})
    assert "There is no contact to put back." in client.get(url).content.decode()


STEPS = "//nav[@aria-label='The customers beside this one']/a"


def test_one_goes_on_to_the_next_customer_of_the_list_and_back(browse: Browse, house: House):
    for number, name in (("1", "Zwaan"), ("2", "Aap"), ("3", "Beer"), ("4", "Aap"), ("5", "Ähre")):
        house.debtor(name, number=number)
    house.debtor("Beer", number="6")
    doubles.merge(double="6", into="3", actor=house.actor, today=house.today)
    House.opened(name="Anders").debtor("Baas")  # not in our list
    listed = browse(f"/{SLUG}/klanten/").tree.xpath("//tbody//th/a/@href")
    assert len(listed) == 5
    walked, page = [], browse(listed[0])
    assert len(page.tree.xpath(STEPS)) == 1
    for address in listed:
        page = browse(address)
        walked.append([one.get("href") for one in page.tree.xpath(STEPS)])
    assert walked == [
        [one for one in (before, behind) if one]
        for before, behind in zip([None, *listed], [*listed[1:], None], strict=False)
    ]
    assert page.tree.xpath(f"{STEPS}/@data-key") == ["["]

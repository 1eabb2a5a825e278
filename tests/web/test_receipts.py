"""Ontvangsten: what waits is shown with what speaks for it, and each deed does what its button says (J5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import bank_inbox, open_items
from voldaan.queries.moments import NOW
from voldaan.rules.money import NotAnAmount
from voldaan.web.typed import amount

INBOX = f"/{SLUG}/ontvangsten/"
DAY = date(2027, 2, 27)


@pytest.fixture
def paid(house: House) -> House:
    """Let three receipts wait: one in part, one of nobody known, one for two ways."""
    for n, cents in ((1, "100.00"), (2, "60.00")):
        house.debtor(f"Klant {n}", number=f"{n}", email=f"k{n}@b.example")
        house.invoice(f"{n}", f"2027-100{n}", cents, issued="2027-02-01", due="2027-02-15")
    house.invoice("1", "2027-1003", "40.00", issued="2027-02-01", due="2027-02-20")
    moved = [
        files.Movement(DAY, 5_000, name="Klant 1", text="deel van 2027-1001"),
        files.Movement(DAY, 777, name="Rente", text="<b>rente</b>"),
    ]
    files.bring(house, files.camt053(moved), "afschrift.xml")
    return house


def posted(client: Client, path: str, **words: str) -> Any:
    answer = client.post(path, words | {"back": INBOX})
    assert answer.status_code == 302
    assert answer["Location"] == INBOX
    return client.get(answer["Location"])


def waiting(house: House) -> dict[str, bank_inbox.WaitingReceipt]:
    return {one.counterparty_name: one for one in bank_inbox.inbox(most=50, actor=house.actor).receipts}


def opened(house: House, invoice: str) -> int:
    rows = open_items.open_items(moment=NOW, actor=house.actor, today=house.today)
    return next((row.open_cents for row in rows if row.invoice == invoice), 0)


def test_each_receipt_shows_who_paid_what_it_says_and_why_it_may_pay_that(browse: Browse, paid: House):
    page = browse(INBOX)
    assert page.one("//h1") == "2 receipts wait for you"
    first, second = page.all("//article")
    assert all(
        word in first for word in ("€50.00", "Klant 1", "deel van 2027-1001", "invoice number", "of €100.00 open")
    )
    assert "<b>rente</b>" in second
    assert "Nobody recognises it" in second


def test_a_yes_books_it_and_a_second_yes_is_told(paid: House):
    client, one = signed_in(OWNER), waiting(paid)["Klant 1"]
    accept = f"/{SLUG}/voorstellen/{one.proposals[0].id}/aannemen/"
    posted(client, accept)
    assert opened(paid, "2027-1001") == 5_000
    assert set(waiting(paid)) == {"Rente"}
    assert 'role="alert"' in posted(client, accept).content.decode()
    assert opened(paid, "2027-1001") == 5_000


def test_a_no_leaves_the_receipt_and_does_not_propose_it_again(paid: House):
    client, one = signed_in(OWNER), waiting(paid)["Klant 1"]
    for proposal in one.proposals:
        posted(client, f"/{SLUG}/voorstellen/{proposal.id}/weigeren/")
    assert waiting(paid)["Klant 1"].proposals == []
    assert opened(paid, "2027-1001") == 10_000


def test_a_no_can_be_taken_back_as_long_as_the_receipt_waits(paid: House):
    client, one = signed_in(OWNER), waiting(paid)["Klant 1"]
    before, first = [way.id for way in one.proposals], one.proposals[0].id
    page = posted(client, f"/{SLUG}/voorstellen/{first}/weigeren/").content.decode()
    again = f"/{SLUG}/voorstellen/{first}/toch/"
    assert f'action="{again}"' in page
    for _ in range(2):
        posted(client, again)
    assert [way.id for way in waiting(paid)["Klant 1"].proposals] == before
    posted(client, f"/{SLUG}/voorstellen/{first}/weigeren/")
    posted(client, f"{INBOX}{one.id}/afzonderen/")
    assert 'role="alert"' in posted(client, again).content.decode()
    assert paid.broken() == {}


def test_a_way_back_undoes_that_deed_and_not_what_was_booked_before(paid: House):
    client, one = signed_in(OWNER), waiting(paid)["Klant 1"]
    back = f"{INBOX}{one.id}/terugnemen/"
    first = posted(client, f"{INBOX}{one.id}/toewijzen/", invoice="2027-1003", amount="12,50", currency="EUR")
    assert f'action="{back}"' in first.content.decode()
    second = posted(client, f"{INBOX}{one.id}/toewijzen/", invoice="2027-1001")
    assert f'action="{back}"' not in second.content.decode()
    assert (opened(paid, "2027-1003"), opened(paid, "2027-1001")) == (2_750, 6_250)


def test_a_receipt_is_divided_over_invoices_and_the_rest_is_credit(paid: House):
    client, one = signed_in(OWNER), waiting(paid)["Klant 1"]
    allocate, credit = f"{INBOX}{one.id}/toewijzen/", f"{INBOX}{one.id}/tegoed/"
    posted(client, allocate, invoice="2027-1003", amount="12,50", currency="EUR")
    assert opened(paid, "2027-1003") == 2_750
    assert waiting(paid)["Klant 1"].left_cents == 3_750
    posted(client, credit, debtor="1", amount="1,00", currency="EUR")
    posted(client, allocate, invoice="2027-1001")
    assert set(waiting(paid)) == {"Rente"}
    assert paid.broken() == {}


@pytest.mark.parametrize(("path", "words"), [
    ("toewijzen", {"invoice": "2027-1001", "amount": "1.5", "currency": "QQQ"}),
    ("toewijzen", {"invoice": "2027-1001", "amount": "veel", "currency": "EUR"}),
    ("toewijzen", {"invoice": "2027-1001", "amount": "999,00", "currency": "EUR"}),
    ("toewijzen", {"invoice": "2027-1001", "amount": "EUR 1.234", "currency": "EUR"}),
])  # fmt: skip
def test_what_does_not_fit_is_told_where_it_was_typed_and_nothing_changes(paid: House, path, words):
    before = paid.everything()
    page = posted(signed_in(OWNER), f"{INBOX}{waiting(paid)['Klant 1'].id}/{path}/", **words)
    assert 'role="alert"' in page.content.decode()
    assert paid.everything() == before


def test_what_is_not_from_a_customer_is_set_aside(paid: House):
    posted(signed_in(OWNER), f"{INBOX}{waiting(paid)['Rente'].id}/afzonderen/")
    assert set(waiting(paid)) == {"Klant 1"}


def test_what_a_newer_list_says_is_settled_is_asked(browse: Browse, house: House):
    rows = [files.Item("1", "Klant 1", f"F{n}", 10_000, due="15-02-2027") for n in (1, 2)]
    files.bring(house, files.items(rows), "lijst-1.csv")
    files.bring(house, files.items(rows[:1]), "lijst-2.csv")
    page = browse(INBOX)
    assert "F2" in page.one("//ul[@class='lines']")
    (accept,) = page.tree.xpath("//ul[@class='lines']//form[contains(@action, 'aannemen')]/@action")
    posted(signed_in(OWNER), accept)
    assert opened(house, "F2") == 0


def test_when_every_receipt_has_its_place_it_says_so(browse: Browse, house: House):
    assert browse(INBOX).one("//h1") == "Every receipt has its place"


@pytest.mark.parametrize(("said", "cents"), [
    ("1.234,56", 123_456), ("1234,56", 123_456), ("1,234.56", 123_456), ("1234.56", 123_456), ("€ 12", 1_200),
    ("0,5", 50), ("1.234.567,00", 123_456_700), ("−3,50", -350),
])  # fmt: skip
def test_an_amount_is_read_as_it_is_typed(said, cents):
    assert amount(said, "EUR").cents == cents


@pytest.mark.parametrize("said", ["1.234", "1,234", "", "12,345", "1.2.3", "1,2,3", "abc", "12e3", "१२"])
def test_what_could_be_two_amounts_is_refused(said):
    with pytest.raises(NotAnAmount):
        amount(said, "EUR")


def test_a_deed_is_taken_back_for_a_minute_and_from_the_list_of_what_was_booked(browse: Browse, paid: House):
    client = signed_in(OWNER)
    receipt = waiting(paid)["Rente"].id
    page = posted(client, f"{INBOX}{receipt}/afzonderen/").content.decode()
    assert f'action="{INBOX}{receipt}/terugnemen/"' in page
    assert "Rente" not in waiting(paid)
    assert browse(f"{INBOX}?welke=afgezonderd").all("//tbody//th")[0].startswith("Rente")
    posted(client, f"{INBOX}{receipt}/terugnemen/")
    assert "Rente" in waiting(paid)
    first = waiting(paid)["Klant 1"]
    posted(client, f"/{SLUG}/voorstellen/{first.proposals[0].id}/aannemen/", receipt=first.id)
    assert opened(paid, "2027-1001") == 5_000
    booked = browse(f"{INBOX}?welke=geboekt")
    assert booked.all("//tbody//td[@class='what']//a/bdi") == ["2027-1001"]
    posted(client, f"{INBOX}{first.id}/terugnemen/")
    assert opened(paid, "2027-1001") == 10_000
    assert browse(f"{INBOX}?welke=geboekt").one("//h2") == "None yet"
    # Twice is told, and changes nothing.
    before = paid.everything()
    posted(client, f"{INBOX}{first.id}/terugnemen/")
    assert paid.everything() == before


def test_the_list_of_what_was_booked_goes_on_page_by_page(browse: Browse, paid: House):
    moved = [files.Movement(DAY, 100 + n, name=f"Betaler {n}", text="rente") for n in range(60)]
    files.bring(paid, files.camt053(moved, number="2"), "meer.xml", accept_unbalanced=True)
    client = signed_in(OWNER)
    for one in bank_inbox.inbox(most=100, actor=paid.actor).receipts:
        client.post(f"{INBOX}{one.id}/afzonderen/")
    seen, address = [], f"{INBOX}?welke=afgezonderd"
    while address:
        page = browse(address)
        seen += page.all("//tbody//th")
        onward = page.tree.xpath("//nav[@class='pages']/a/@href")
        address = f"{INBOX}{onward[0]}" if onward else ""
    assert len(seen) == len(set(seen)) == 62
    browse(f"{INBOX}?welke=geboekt&na=x")


@pytest.mark.parametrize(("path", "word"), [("toewijzen", "invoice"), ("tegoed", "debtor")])
def test_what_names_nothing_here_is_told_where_it_can_be_looked_for(paid: House, path, word):
    client, one, before = signed_in(OWNER), waiting(paid)["Klant 1"], paid.everything()
    tried = client.post(f"{INBOX}{one.id}/{path}/", {word: "bestaat niet"})
    assert tried["Location"] == f"{INBOX}{one.id}/zoeken/?q=bestaat+niet&bedrag="
    assert 'role="alert"' in client.get(tried["Location"]).content.decode()
    assert paid.everything() == before


def test_part_of_a_name_leads_to_what_comes_near_and_one_press_books_it(browse: Browse, paid: House):
    client, one = signed_in(OWNER), waiting(paid)["Rente"]
    tried = client.post(f"{INBOX}{one.id}/tegoed/", {"debtor": "klan", "amount": "5,00", "currency": "EUR"})
    assert tried["Location"] == f"{INBOX}{one.id}/zoeken/?q=klan&bedrag=5%2C00"
    page = browse(tried["Location"])
    assert 'role="alert"' in client.get(tried["Location"]).content.decode()
    assert {"Klant 1", "Klant 2"} <= set(page.all("//p[@class='says']/a"))
    (form,) = page.tree.xpath("//form[.//span[contains(., 'Klant 2')]]")
    words = {field.get("name"): field.get("value") for field in form.iter("input") if field.get("name")}
    assert client.post(form.get("action"), words).status_code == 302
    assert waiting(paid)["Rente"].left_cents == 277


def test_a_receipt_is_looked_for_by_who_paid_it_and_its_invoices_by_number_or_amount(browse: Browse, paid: House):
    one = waiting(paid)["Klant 1"]
    url = f"{INBOX}{one.id}/zoeken/"
    assert "Klant 1" in browse(url).all("//p[@class='says']/a")
    for said in ("2027-1003", "40,00"):
        (found,) = [row for row in browse(f"{url}?q={said}").all("//p[@class='says']") if "2027-1003" in row]
        assert "Klant 1" in found
    assert "Nothing found." in browse(f"{url}?q=niets").text
    signed_in(OWNER).post(f"{INBOX}{one.id}/afzonderen/")
    assert browse(url, status=404)

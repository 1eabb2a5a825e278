"""An invoice sent again and a statement by mail: seen first, then sent by a form, and taken back in a minute."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from tests.usecases.test_asked import keep, paper
from tests.web.conftest import OWNER, SLUG, Browse, Page, signed_in
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.usecases import administrations


@pytest.fixture
def invoice(house: House) -> str:
    administrations.change_sender(name="sender", value="wij@hart.example", actor=house.actor, today=house.today)
    administrations.change_sender(name="live", value="on", actor=house.actor, today=house.today)
    zee = house.debtor("Café Zéé", number="7", email="info@zee.example")
    house.invoice(zee, "F1", "121.00", due="2027-03-15")
    return keep(house)


def at(page: Page, path: str, name: str) -> list[str]:
    return [one.get(name) for one in page.tree.xpath(path)]


def states(house: House) -> list[str]:
    return list(Message.objects.of(house.actor.administration_id).order_by("pk").values_list("state", flat=True))


def test_an_invoice_is_seen_then_sent_then_taken_back(browse: Browse, house: House, invoice: str):
    page = browse(f"/{SLUG}/facturen/{invoice}/")
    assert at(page, "//a[@data-key='m']", "href") == [f"/{SLUG}/facturen/{invoice}/sturen/"]
    seen = browse(f"/{SLUG}/facturen/{invoice}/sturen/")
    assert "info@zee.example" in seen.text
    (frame,) = at(seen, "//iframe", "src")
    assert "€&nbsp;121,00" in signed_in(OWNER).get(frame).content.decode()
    (attached,) = at(seen, "//dd[@class='files']/a", "href")
    assert signed_in(OWNER).get(attached).content == paper("F1")
    assert states(house) == [], "looking sends nothing"
    sent = signed_in(OWNER).post(f"/{SLUG}/facturen/{invoice}/sturen/", follow=True).content.decode()
    assert states(house) == ["released"]
    message = Message.objects.of(house.actor.administration_id).get()
    undo = f"/{SLUG}/berichten/{message.public_id}/terugnemen/"
    assert undo in sent
    signed_in(OWNER).post(undo, {"back": f"/{SLUG}/facturen/{invoice}/"})
    assert states(house) == ["withdrawn"]


def test_a_statement_is_seen_as_of_the_day_that_was_chosen_and_sent(browse: Browse, house: House, invoice: str):
    zee = Debtor.objects.of(house.actor.administration_id).get(number="7").public_id
    asked = f"/{SLUG}/klanten/{zee}/overzicht/sturen/"
    page = browse(f"/{SLUG}/klanten/{zee}/overzicht/?vanaf=2027-01-01")
    assert f"{asked}?valuta=EUR&vanaf=2027-01-01" in at(page, "//a", "href")
    seen = browse(f"{asked}?valuta=EUR&vanaf=2027-01-01")
    (frame,) = at(seen, "//iframe", "src")
    assert "€&nbsp;121,00" in signed_in(OWNER).get(frame).content.decode()
    signed_in(OWNER).post(asked, {"valuta": "EUR", "vanaf": "2027-01-01"})
    row = Message.objects.of(house.actor.administration_id).get()
    assert (row.state, str(row.statement_since)) == ("released", "2027-01-01")


def test_without_a_paper_the_page_offers_nothing_and_the_address_says_why(browse: Browse, house: House, invoice: str):
    house.invoice("7", "F2", "5.00")
    other = Invoice.objects.of(house.actor.administration_id).get(number="F2").public_id
    assert browse(f"/{SLUG}/facturen/{other}/").all("//a[@data-key='m']") == []
    assert "There is no PDF of invoice F2" in browse(f"/{SLUG}/facturen/{other}/sturen/", status=409).text

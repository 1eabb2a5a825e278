"""Rekeningoverzicht: what is open, what was booked, and a box to pay from; on the page and on paper alike."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.tools.letters import pages
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.formats import statement_pdf
from voldaan.queries import account as questions
from voldaan.records import accounts, documents
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.rules.accounts import Account
from voldaan.rules.ledger import EntryKind
from voldaan.rules.tongues import LANGUAGES, tongue
from voldaan.usecases import debtors, doubles


@pytest.fixture
def zee(house: House) -> str:
    zee = house.debtor("Café Zéé", number="7", street="Kade 1", postcode="4811 AA", city="Breda")
    house.invoice(zee, "F0", "40.00", issued="2026-10-01", due="2026-10-15")
    house.pay("F0", "40.00", on="2026-10-20")
    house.invoice(zee, "F1", "121.00", issued="2027-02-01", due="2027-02-15")
    house.pay("F1", "21.00", on="2027-02-20")
    house.invoice(zee, "F2", "9.00", issued="2026-11-01", due="2026-12-01")
    house.credit_note(zee, "C1", "4.00")
    return zee


def url(debtor: str, rest: str = "") -> str:
    return f"/{SLUG}/klanten/{debtor}/overzicht/{rest}"


def stated(house: House, zee: str, since: str = "2026-12-01") -> list[Account]:
    return questions.account(zee, since=date.fromisoformat(since), actor=house.actor, today=house.today)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(pages(pdf)).split())


def test_the_balance_is_what_is_open_less_the_credit_whenever_it_begins(house: House, zee: str):
    house.invoice(zee, "U1", "50.00", currency="USD")
    for since in ("2026-01-01", "2026-10-20", "2026-12-01", "2027-03-02"):
        for one in stated(house, zee, since):
            assert one.balance_cents == sum(line.open_cents for line in one.lines) - one.credit_cents
    euro, dollar = stated(house, zee)
    assert (euro.before_cents, euro.balance_cents, dollar.balance_cents) == (900, 10500, 5000)
    assert euro.balances()[-1] == euro.balance_cents
    assert [line.invoice for line in euro.lines] == ["F2", "F1"]


def test_the_page_shows_both_and_begins_on_the_day_that_is_asked(browse: Browse, zee: str):
    page = browse(url(zee))
    rows = page.all("//section[2]//tbody/tr")
    assert rows[0] == "Balance before€9.00"
    assert rows[-1].endswith("€105.00")
    assert "Together€105.00" in page.all("//section[1]//tbody/tr")
    assert "Credit€−4.00" in page.all("//section[1]//tbody/tr") or "Credit−€4.00" in page.all("//section[1]//tbody/tr")
    assert browse(url(zee, "?vanaf=2026-01-01")).all("//section[2]//tbody/tr")[0] == "Balance before€0.00"
    browse(url(zee, "?vanaf=gisteren"), status=409)
    browse(url("niemand"), status=404)


def test_the_file_says_the_same_in_the_language_of_the_customer(house: House, zee: str):
    client = signed_in(OWNER)
    answer = client.get(url(zee, "bestand/?vanaf=2026-12-01"))
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    text = text_of(answer.content)
    for words in ("Rekeningoverzicht", "Wat nu openstaat", "Te betalen € 105,00", "NL91 ABNA 0417 1643 00",
                  "Geboekt vanaf 1 december 2026", "Scan met uw bankapp", "Café Zéé", "Breda"):  # fmt: skip
        assert words in text
    debtors.change(debtor="7", language="en", actor=house.actor, today=house.today)
    assert "Statement of account" in text_of(client.get(url(zee, "bestand/")).content)


def test_who_owes_nothing_gets_no_box_to_pay_from(house: House, zee: str):
    house.pay("F1", "100.00")
    house.pay("F2", "9.00")
    text = text_of(signed_in(OWNER).get(url(zee, "bestand/")).content)
    assert "Er staat niets open." in text
    assert "IBAN" not in text
    nobody = house.debtor("Nieuw")
    assert signed_in(OWNER).get(url(nobody, "bestand/")).status_code == 404


def test_many_bookings_go_on_page_after_page_and_too_many_are_refused(browse: Browse, house: House, monkeypatch):
    many = house.debtor("Veel")
    for n in range(90):
        house.invoice(many, f"F{n}", "1.00", issued="2027-02-01", due="2027-02-15")
    drawn = pages(statement_pdf.draw(stated(house, many)))
    assert len(drawn) > 2
    assert f"Pagina 2 van {len(drawn)}" in drawn[1]
    monkeypatch.setattr(accounts, "MOST", 50)
    page = browse(url(many), status=409)
    assert "This would be more than 50 lines." in page.text


def test_the_same_account_gives_the_same_bytes(house: House, zee: str):
    found = stated(house, zee)
    assert statement_pdf.draw(found) == statement_pdf.draw(found)


def test_a_double_leads_to_the_account_of_the_one_that_stays(browse: Browse, house: House, zee: str):
    other = house.debtor("Zee", number="8")
    house.invoice("8", "F8", "5.00")
    doubles.merge(double="8", into="7", actor=house.actor, today=house.today)
    (account,) = stated(house, other)
    assert account.balance_cents == 11000
    assert "moved F8" in browse(url(other)).text
    assert Debtor.objects.of(house.actor.administration_id).get(public_id=zee).number == "7"


def test_it_asks_the_same_however_much_there_is(browse: Browse, house: House, zee: str):
    costs = []
    for first, last in ((0, 3), (3, 40)):
        for n in range(first, last):
            house.invoice(zee, f"M{n}", "1.00", issued="2027-02-01", due="2027-02-15")
        browse(url(zee))
        with CaptureQueriesContext(connection) as asked:
            browse(url(zee))
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 17


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_word_for_every_booking(language):
    labels = tongue(language).labels
    assert all(labels[f"booked_{kind.value}"] for kind in EntryKind)


def test_the_document_of_an_invoice_is_handed_over_as_it_was_kept(browse: Browse, house: House, zee: str):
    invoice = Invoice.objects.of(house.actor.administration_id).get(number="F1")
    link = f"/{SLUG}/facturen/{invoice.public_id}/bestand/"
    browse(link, status=404)
    invoice.document = documents.keep(BytesIO(b"%PDF-1.7 F1"), administration_id=house.actor.administration_id,
                                      name="scan.pdf", media_type="application/pdf")  # fmt: skip
    invoice.save()
    assert browse(url(zee)).tree.xpath("//a[contains(., 'as it was sent')]/@href") == [link]
    answer = signed_in(OWNER).get(link)
    assert (answer.content, answer["Content-Disposition"]) == (b"%PDF-1.7 F1", 'attachment; filename="F1.pdf"')
    assert answer["Content-Type"] == "application/octet-stream"

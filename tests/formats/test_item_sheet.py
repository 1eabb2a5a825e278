"""The sheet for an invoice whose own paper we do not have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tools.letters import CUSTOMER, SENDER, letter, line, pages, scanned
from voldaan.formats import item_sheet


def test_it_says_what_is_open_and_that_it_is_no_invoice():
    item = line(cents=60_500, open_cents=20_500, description="Eettafels")
    (page,) = pages(item_sheet.draw(letter(lines=(item,)), item))
    for words in (
        "Specificatie openstaande post", "Dit is niet de factuur.", "Klant Bakkerij Jansen", "Factuur 2027-0042",
        "Omschrijving Eettafels", "Factuurdatum 29 jan 2027", "Vervaldatum 12 feb 2027", "Factuurbedrag € 605,00",
        "Al betaald of verrekend € 400,00", "Stand op 12 mrt 2027", "Nog open € 205,00",
    ):  # fmt: skip
        assert words in page, words


def test_nothing_on_it_could_be_taken_for_the_sellers_invoice():
    item = line(payment_reference="RF18539007547034")
    drawn = item_sheet.draw(letter(lines=(item,)), item)
    (page,) = pages(drawn)
    for words in (SENDER.vat_number, SENDER.registration_number, SENDER.street, "NL91", "RF18", "btw", "Btw"):
        assert words not in page, words
    assert scanned(drawn) == []
    assert page.index("Specificatie") < page.index("niet de factuur") < page.index("2027-0042")


def test_it_speaks_english():
    item = line()
    (page,) = pages(item_sheet.draw(letter("demand", "en", lines=(item,)), item))
    assert "Open item specification" in page
    assert "This is not the invoice." in page
    assert "Still open €605.00" in page


def test_of_an_instalment_nothing_is_said_about_the_others():
    item = line(instalment=2, instalments=3, cents=90_000, open_cents=30_000)
    (page,) = pages(item_sheet.draw(letter(lines=(item,)), item))
    assert "2027-0042, termijn 2 van 3" in page
    assert "Factuurbedrag € 900,00" in page
    assert "betaald" not in page


def test_it_is_the_same_every_time_and_pdf_a():
    item = line()
    drawn = item_sheet.draw(letter(), item)
    assert drawn == item_sheet.draw(letter(), item)
    assert b"<pdfaid:part>2</pdfaid:part>" in drawn


@pytest.mark.parametrize("name", ["#panic(1) *vet*", "x" * 300, "王伟 😀", '"{sender}"'])
def test_a_name_is_only_a_name(name):
    item = line(invoice=name, description=name)
    about = letter(lines=(item,), customer=replace(CUSTOMER, name=name), sender=replace(SENDER, name=name))
    (page,) = pages(item_sheet.draw(about, item))
    if name.isascii() and len(name) < 30:
        assert page.count(name) >= 5


def test_a_line_of_another_letter_is_our_mistake():
    with pytest.raises(AssertionError):
        item_sheet.draw(letter(), line(7))

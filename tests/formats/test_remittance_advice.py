"""Remittance advices: every line is read exactly or named, in each of the shapes in which payers send them."""

from __future__ import annotations

import io
import os
import random
import zlib
from datetime import date
from email.message import EmailMessage

import pytest
import typst
import xlsxwriter

from tests.tools.files import Item, items
from tests.tools.mutants import mutant, within
from voldaan import formats
from voldaan.formats import Paper, remittance_advice
from voldaan.rules.money import LARGEST_CENTS
from voldaan.rules.papers import Problem, RemittanceAdvice

pytestmark = pytest.mark.one_engine  # no database is asked

MUTANTS = int(os.environ.get("VOLDAAN_MUTANTS", "300"))

TABLE = """Betaalspecificatie
Opdrachtgever;Groothandel Zon BV
Betaaldatum;24-11-2026

Uw factuur;Ons kenmerk;Brutobedrag;Korting;Bedrag
2027-001;K1;1.000,00;20,00;980,00
2027-002;K2;500,00;;500,00
CN-7;K3;-50,00;;-50,00
Bedrag in mindering pallets;;;;-12,50
Totaal;;;;1.417,50
"""
TEXT = """Beste administratie,

Hierbij onze betaalspecificatie. Vandaag hebben wij EUR 1.250,00 overgemaakt:

- factuur 2027-001: € 1.000,00
- factuur nr. 2027-002 van 01-02-2027    € 300,00
- creditnota CN-7  € -50,00

Totaal: € 1.250,00

Met vriendelijke groet, tel. 020-1234567, KvK 12345678
"""


def read(data: str | bytes, kind: str) -> tuple[RemittanceAdvice, list[str]]:
    source = io.BytesIO(data.encode() if isinstance(data, str) else data)
    name, reader = formats.recognise(source) or ("", formats.FORMATS[0])
    assert name == kind
    reading = reader.read(source)
    (advice,) = reading.records
    return advice, [str(problem) for problem in reading.problems]


def lines(advice: RemittanceAdvice) -> list[tuple[str, int, int]]:
    return [(line.invoice_number, line.cents, line.reduced_cents) for line in advice.lines]


def workbook(rows: list[list[object]], sheet: str = "Blad1") -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def mail(text: str, *, subtype: str = "plain", subject: str = "Betaling", attached: bytes = b"") -> bytes:
    message = EmailMessage()
    message["From"] = "Café Zee <boekhouding@zee.example>"
    message["To"] = "administratie@hart.example"
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 +0100"
    message["Subject"] = subject
    message["Message-ID"] = "<1@zee.example>"
    message.set_content(text, subtype=subtype)
    if attached:
        message.add_attachment(attached, maintype="application", subtype="octet-stream", filename="../x")
    return message.as_bytes()


def test_a_table_is_read_with_what_is_taken_off():
    advice, problems = read(TABLE, "advice-csv")
    assert problems == []
    assert (advice.payer, advice.paid_on, advice.cents, advice.is_whole) == (
        "Groothandel Zon BV", date(2026, 11, 24), 141_750, True,
    )  # fmt: skip
    assert lines(advice) == [("2027-001", 98_000, 2_000), ("2027-002", 50_000, 0), ("CN-7", -5_000, 0),
                             ("", -1_250, 0)]  # fmt: skip
    assert advice.lines[-1].words == "Bedrag in mindering pallets"


def test_a_workbook_a_page_of_html_and_a_pdf_say_the_same():
    rows: list[list[object]] = [["Facture", "Montant payé"], ["2027-001", 100.5], [2027002, 49.5], ["Total", 150]]
    said = [[str(first), f"{second:.2f}" if isinstance(second, float) else str(second)] for first, second in rows]
    said[-1][1] = "150.00"
    table = "".join(f"<tr><td>{first}</td><td>{second}</td></tr>" for first, second in said)
    html = f"<p>Avis de paiement</p><table>{table}</table>"
    cells = ", ".join(f"[{cell}]" for row in said for cell in row)
    pdf = typst.compile(f"Avis de paiement\n\n#table(columns: 2, {cells})".encode())
    for data, kind in ((workbook(rows), "advice-xlsx"), (mail(html, subtype="html"), "advice-mail"),
                       (pdf, "advice-pdf")):  # fmt: skip
        advice, problems = read(data, kind)
        assert problems == []
        assert lines(advice) == [("2027-001", 10_050, 0), ("2027002", 4_950, 0)]
        assert advice.is_whole


def test_an_empty_cell_in_a_text_or_a_pdf_keeps_its_column():
    columns = "Remittance advice\n\nInvoice no      Gross     Discount      Paid\n"
    rows = "2027-001     1,000.00        20.00    980.00\n2027-002       500.00                 500.00\n"
    words = "Invoice no", "Gross", "Discount", "Paid", "2027-001", "1,000.00", "20.00", "980.00", "2027-002", "500.00"
    cells = ", ".join(f"[{word}]" for word in (*words, "", "500.00"))
    grid = "columns: (1fr, 1fr, 1fr, 1fr), align: (left, right, right, right)"
    pdf = typst.compile(f"Remittance advice\n\n#table({grid}, {cells})".encode())
    html = "<p>Remittance advice<table>" + "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
        for row in (("Invoice no", "Discount", "Paid"), ("2027-001", "20.00", "980.00"), ("2027-002", "", "500.00"))
    )  # fmt: skip
    for data, kind in ((columns + rows, "advice-text"), (pdf, "advice-pdf"), (mail(html, subtype="html"),
                       "advice-mail")):  # fmt: skip
        advice, problems = read(data, kind)
        assert problems == []
        assert lines(advice) == [("2027-001", 98_000, 2_000), ("2027-002", 50_000, 0)]


def test_a_cell_between_two_columns_is_in_neither():
    rows = "F1            1.00        2.00\nF2                    3.00\n"
    text = f"Remittance advice\nInvoice no    Discount    Paid\n{rows}"
    advice, problems = read(text, "advice-text")
    assert lines(advice) == [("F1", 200, 100)]
    assert problems == ["line 4: “F2 3.00” names an amount, and not plainly one invoice with it."]


def test_lines_of_a_mail_are_read_and_prose_is_left():
    for data, kind in ((TEXT, "advice-text"), (mail(TEXT), "advice-mail")):
        advice, problems = read(data, kind)
        assert problems == []
        assert advice.cents == 125_000
        assert lines(advice) == [("2027-001", 100_000, 0), ("2027-002", 30_000, 0), ("CN-7", -5_000, 0)]
    assert (advice.payer, advice.paid_on) == ("Café Zee", date(2026, 11, 24))


def test_a_list_attached_to_a_mail_goes_before_its_words():
    advice, _ = read(mail("Zie bijlage.", attached=TABLE.encode()), "advice-mail")
    assert (advice.payer, len(advice.lines)) == ("Groothandel Zon BV", 4)


@pytest.mark.parametrize(("old", "new", "problem"), [
    ("500,00;;500,00", "500,00;;5oo,00", "row 7, column E (Bedrag): “5oo,00” is not an amount."),
    ("500,00;;500,00", "500,00;;500,005", "row 7, column E (Bedrag): 500,005 is not a whole number of cents."),
    ("500,00;;500,00", "500,00;;٥٠٠,00", "row 7, column E (Bedrag): “٥٠٠,00” is not an amount."),
    ("2027-002;K2;500,00;;500,00", ";;;;500,00", "row 7: The line does not say which invoice it pays."),
    ("2027-002;K2;500,00;;500,00", "2027-002;K2;;;", "row 7: The row has no amount."),
    ("20,00;980,00", "20,00;985,00", "row 6: EUR 1000.00 less EUR 20.00 is not EUR 985.00."),
    ("CN-7;K3;-50,00;;-50,00", "Creditnota 7;K3;50,00;;50,00",
     "row 8: “Creditnota 7” is called a credit note, and its amount has no minus sign."),
])  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_and_the_rest_goes_on(old: str, new: str, problem: str):
    assert old in TABLE
    advice, problems = read(TABLE.replace(old, new), "advice-csv")
    assert problem in problems
    assert len(advice.lines) == 3
    assert not advice.is_whole


def test_a_list_that_does_not_add_up_says_so():
    advice, problems = read(TABLE.replace("1.417,50", "1.417,51"), "advice-csv")
    assert problems == ["file: The list says EUR 1417.51 in all, and its lines add up to EUR 1417.50."]
    assert (advice.cents, advice.is_whole) == (141_751, False)


@pytest.mark.parametrize(("old", "new", "problem"), [
    ("€ 300,00", "€ 300,00 en € 5,00", "line 6"),
    ("€ 300,00", "€ 300,005", "line 6"),
    ("€ 300,00", "30O,OO", "line 6"),
    ("2027-002 van", "2027-002 en 2027-003 van", "line 6"),
])  # fmt: skip
def test_a_line_of_text_with_two_readings_has_none(old: str, new: str, problem: str):
    assert old in TEXT
    advice, problems = read(TEXT.replace(old, new), "advice-text")
    assert any(one.startswith(problem) for one in problems)
    assert [line.invoice_number for line in advice.lines] == ["2027-001", "CN-7"]
    assert not advice.is_whole


@pytest.mark.parametrize(("data", "paper"), [
    (items([Item("1", "Klant", "F1", 1_000)]), Paper.OPEN_ITEMS),
    ("Klant;Factuurnummer;Vervaldatum;Bedrag;Betaald\nJan;F1;01-02-2027;10,00;5,00\n", Paper.OPEN_ITEMS),
    (workbook([["Klant", "Factuurnummer", "Vervaldatum", "Openstaand"], ["Jan", "F1", "01-02-2027", 5.0]]),
     Paper.OPEN_ITEMS),
    ("Beste,\n\nWij betalen factuur 2027-001 volgende week: € 100,00.\n", None),
    (mail("Waar blijft de betaalspecificatie?"), None),
    (b"%PDF-1.7 geen pdf", None),
    (b"Uw factuur;Betaald\n" + b"F1;1,00\n" * 600_000, Paper.OPEN_ITEMS),
])  # fmt: skip
def test_another_paper_is_not_taken_for_one(data: str | bytes, paper: Paper | None):
    found = formats.recognise(io.BytesIO(data.encode() if isinstance(data, str) else data))
    assert (found[1].paper if found else None) in (paper, None)
    assert not found or not found[0].startswith("advice")


def test_hostile_files_are_refused_in_words():
    many = "Uw factuur;Betaald\n" + "".join(f"F{n};1,00\n" for n in range(20_002))
    reading = remittance_advice.read(io.BytesIO(many.encode()))
    assert [str(one) for one in reading.problems] == ["file: The list has more than 20000 lines."]
    assert list(reading.records) == []
    for data in (b"", b"\x00" * 100, b"PK\x03\x04xl/", b"%PDF-", b"From: \xff\nDate: x\nSubject: y\n\n", b"\xff\xfe"):
        assert remittance_advice.sniff(io.BytesIO(data)) is None
        reading = remittance_advice.read(io.BytesIO(data))
        assert list(reading.records) == []
        assert all(isinstance(one, Problem) for one in reading.problems)
        assert reading.problems


@pytest.mark.parametrize("drawn", [b" " * 60_000_000, b"(AAAAAAAAAA) Tj " * 1_000_000])
def test_a_pdf_that_unpacks_to_too_much_is_refused(drawn: bytes):
    packed = zlib.compress(drawn)
    data = b"%PDF-1.4\n4 0 obj\n<</Filter/FlateDecode>>stream\n" + packed + b"\nendstream"
    for one in (data, b"%PDF-1.4\n<</Filter [/FlateDecode /FlateDecode]>>", b"%PDF-1.4\n<</Filter/LZWDecode>>"):
        reading = remittance_advice.read(io.BytesIO(one))
        assert [str(one) for one in reading.problems] == ["file: The PDF unpacks to far more than a list holds."]


def test_a_spoilt_list_is_read_or_refused():
    chance = random.Random(16)
    pieces = (b";", b"\t", b"  ", b"Totaal", b"Betaald", b"EUR", b"\n\n", b"-", b"12,50", b"12.50", b"\r", b"Korting")
    originals = [TABLE.encode(), TEXT.encode(), mail(TEXT), mail("x", attached=TABLE.encode())]
    for nth in range(MUTANTS):
        data = mutant(chance.choice(originals), chance, pieces)
        with within(10):
            remittance_advice.sniff(io.BytesIO(data))
            reading = remittance_advice.read(io.BytesIO(data))
        assert list(reading.records) or reading.problems, nth
        for advice in reading.records:
            assert 0 < advice.cents <= LARGEST_CENTS * len(advice.lines)
            assert not advice.is_whole or advice.cents == sum(line.cents for line in advice.lines)
            assert all(abs(line.cents) <= LARGEST_CENTS for line in advice.lines)
        assert all(str(problem) for problem in reading.problems)

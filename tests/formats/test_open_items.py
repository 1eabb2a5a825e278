"""Open-items lists in the shapes that bookkeeping packages and people give them: exact, or refused with a reason."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.formats.open_items import Mapping, OpenItemsReading, read, signature, sniff
from voldaan.formats.shared.columns import Certainty, NotAMapping
from voldaan.formats.shared.items import RowCounts
from voldaan.rules.papers import OpenItem, Severity

JANSEN, VRIES = ("10023", "Bakkerij Jansen"), ("10024", "De Vries & Zn. BV")


def listed(text: str | bytes, mapping: Mapping | None = None) -> OpenItemsReading:
    return read(io.BytesIO(text.encode() if isinstance(text, str) else text), mapping)


def said(reading: OpenItemsReading, severity: Severity) -> list[str]:
    return [str(problem) for problem in reading.problems if problem.severity is severity]


def errors(reading: OpenItemsReading) -> str:
    return "\n".join(said(reading, Severity.ERROR))


def workbook(*sheets: Sequence[Sequence[object]], names: tuple[str, ...] = (), hidden: tuple[int, ...] = ()) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    for number, rows in enumerate(sheets):
        sheet = book.add_worksheet(names[number] if names else None)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                else:
                    sheet.write(at, column, cell)
        if number in hidden:
            sheet.hide()
    book.close()
    return target.getvalue()


def short(item: OpenItem) -> tuple[Any, ...]:
    return (
        item.debtor_number, item.debtor_name, item.invoice_number,
        item.issue_date and item.issue_date.isoformat(), item.due_date and item.due_date.isoformat(), item.open_cents,
    )  # fmt: skip


# --- the shapes of the packages -------------------------------------------------------------------------------------

# Header of e-Boekhouden as published; of AFAS as found in a public mapping; the others as their screens name them.
EBOEKHOUDEN = """Relatiecode;Relatie;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;Openstaand;Soort
10023;Bakkerij Jansen;F2026-1;01-02-2026;15-02-2026;1210,00;1210,00;Factuur
10024;De Vries & Zn. BV;F2026-2;03-02-2026;17-02-2026;2121,00;60,50;Factuur
"""
AFAS = """\
Factuurnr.,Naam,Deb.nr.,Omschrijving factuur,Boekstuk,Datum,Vervalt,Factuur,Saldo,Factuurreferentie,Vervaldagen,IBAN-nr.
F2026-1,Bakkerij Jansen,10023,Brood,1,2026-02-01,2026-02-15,1210.00,1210.00,,7,
F2026-2,De Vries & Zn. BV,10024,Kaas,2,2026-02-03,2026-02-17,2121.00,60.50,,5,NL91ABNA0417164300
"""
EXACT = """Openstaande posten: Debiteuren;;;;;;
Administratie: 100 Voorbeeld BV;;;;;;
Peildatum: 31-03-2026;;;;;;
;;;;;;
Factuurnr.;Uw ref.;Factuurdatum;Vervaldatum;Omschrijving;Bedrag;Openstaand
10023 - Bakkerij Jansen;;;;;;
F2026-1;;01-02-2026;15-02-2026;Brood;1.210,00;1.210,00
Totaal 10023;;;;;;1.210,00
10024 - De Vries & Zn. BV;;;;;;
F2026-2;PO 7;03-02-2026;17-02-2026;Kaas;2.121,00;60,50
Totaal 10024;;;;;;60,50

Eindtotaal;;;;;;1.270,50
Pagina 1 van 1;;;;;;
"""
TWINFIELD = """Debiteur\tNaam\tFactuurnummer\tDatum\tVervaldatum\tValuta\tDebet\tCredit\tSaldo
10023\t\t\t\t\t\t\t\t
\t\tF2026-1\t01/02/26\t15/02/26\tEUR\t1.210,00\t\t1.210,00
10024\tDe Vries & Zn. BV\t\t\t\t\t\t\t
\t\tF2026-2\t03/02/26\t17/02/26\tEUR\t100,00\t39,50\t60,50
Totaal EUR\t\t\t\t\t\t1.310,00\t39,50\t1.270,50
""".replace("10023\t\t", "10023\tBakkerij Jansen\t")
SNELSTART = """"Klantcode";"Klant";"Factuurnummer";"Factuurdatum";"Vervaldatum";"Factuurbedrag";"Openstaand saldo"
"10023";"Bakkerij Jansen";"F2026-1";"1-2-2026";"15-2-2026";"€ 1.210,00";"€ 1.210,00"
"10024";"De Vries & Zn. BV";"F2026-2";"3-2-2026";"17-2-2026";"€ 2.121,00";"€ 60,50"
"""
MONEYBIRD = """\
Factuurnummer,Contact,Klantnummer,Factuurdatum,Vervaldatum,Totaal incl. btw,Btw-bedrag,Openstaand bedrag,Valuta,E-mail
F2026-1,Bakkerij Jansen,10023,2026-02-01,2026-02-15,1210.0,210.0,1210.0,EUR,info@jansen.example
F2026-2,De Vries & Zn. BV,10024,2026-02-03,2026-02-17,2121.0,,60.5,EUR,
"""
ODOO = """\
Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Total Signed,Amount Due Signed,Currency,Customer ID
F2026-1,Bakkerij Jansen,2026-02-01,2026-02-15,1210.00,1210.00,EUR,10023
F2026-2,De Vries & Zn. BV,2026-02-03,2026-02-17,2121.00,60.50,EUR,10024
"""
PLAIN_DUTCH = """debiteur|factuur|datum|vervaldag|openstaand
10023 - Bakkerij Jansen|F2026-1|1 februari 2026|15 feb 2026|1 210,00
10024 - De Vries & Zn. BV|F2026-2|3 februari 2026|17 feb. 2026|60,50
Totaal||||1 270,50
"""
PLAIN_ENGLISH = """Customer no.,Customer,Invoice no.,Invoice date,Due date,Outstanding
10023,Bakkerij Jansen,F2026-1,02/01/2026,02/15/2026,"1,210.00"
10024,De Vries & Zn. BV,F2026-2,02/03/2026,02/17/2026,60.50
Total,,,,,"1,270.50"
"""
SHAPES = {
    name.lower(): text
    for name, text in list(globals().items())
    if name.isupper() and isinstance(text, str) and "F2026-1" in text
}
WITH_TOTAL = {"exact", "twinfield", "plain_dutch", "plain_english"}
EXPECTED = [
    (*JANSEN, "F2026-1", "2026-02-01", "2026-02-15", 1_210_00),
    (*VRIES, "F2026-2", "2026-02-03", "2026-02-17", 60_50),
]


def test_there_is_a_shape_for_every_package() -> None:
    assert len(SHAPES) == 9


@pytest.mark.parametrize("name", SHAPES)
def test_every_package_gives_the_same_items(name: str) -> None:
    reading = listed(SHAPES[name])
    assert errors(reading) == ""
    assert [short(item) for item in reading.records] == EXPECTED
    assert reading.totals == {"EUR": 1_270_50}
    assert reading.stated_totals == ({"EUR": 1_270_50} if name in WITH_TOTAL else {})
    assert reading.rows.refused == 0
    assert reading.rows.adds_up
    assert sniff(SHAPES[name].encode()) == "open-items-csv"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("name", SHAPES)
def test_encoding_and_line_ends_change_nothing(name: str, encoding: str, ending: str) -> None:
    data = SHAPES[name].replace("\n", ending).replace("Brood", "Brood à 2").encode(encoding)
    assert [short(item) for item in listed(data).records] == EXPECTED
    assert sniff(data) == "open-items-csv"


@pytest.mark.parametrize("cut", range(60, 400, 17))
def test_a_list_is_recognised_by_its_beginning(cut: int) -> None:
    data = ("\ufeff" + EBOEKHOUDEN.replace("Jansen", "Jansén")).encode()
    assert sniff(data[:cut]) == ("open-items-csv" if cut > 70 else None)


ODOO_AGED: list[list[object]] = [
    ["Aged Receivable", "", "", "", "", "", "", "", ""],
    ["", "Invoice Date", "Amount Currency", "Currency", "Account", "Expected Date", "At Date", "1-30", "Total"],
    ["Bakkerij Jansen", "", "", "", "", "", 0.0, 1210.0, 1210.0],
    ["F2026-1", date(2026, 2, 1), 1210.0, "EUR", "110000", date(2026, 2, 15), 0.0, 1210.0, 1210.0],
    ["De Vries & Zn. BV", "", "", "", "", "", 60.5, 0.0, 60.5],
    ["F2026-2", date(2026, 2, 3), 60.5, "EUR", "110000", date(2026, 2, 17), 60.5, 0.0, 60.5],
    ["Total Aged Receivable", "", "", "", "", "", 60.5, 1210.0, 1270.5],
]


def test_an_aged_list_with_subtotals_above_the_items() -> None:
    reading = listed(workbook(ODOO_AGED))
    assert errors(reading) == ""
    assert [(item.debtor_name, item.invoice_number, item.open_cents) for item in reading.records] == [
        ("Bakkerij Jansen", "F2026-1", 1_210_00),
        ("De Vries & Zn. BV", "F2026-2", 60_50),
    ]
    assert reading.stated_totals == {"EUR": 1_270_50}
    assert said(reading, Severity.QUESTION) == ["row 4: The item has no due date.", "row 6: The item has no due date."]


@pytest.mark.parametrize(("row", "column"), [(2, 8), (6, 8)])
def test_a_subtotal_or_total_that_is_a_cent_off_refuses_the_list(row: int, column: int) -> None:
    wrong = [[*cells] for cells in ODOO_AGED]
    wrong[row][column] = float(str(wrong[row][column])) + 0.01
    assert "add up to" in errors(listed(workbook(wrong)))


EXACT_XLSX: list[list[object]] = [
    ["Openstaande posten"],
    [],
    ["Factuurnummer", "Factuurdatum", "Vervaldatum", "Btw %", "Factuurbedrag", "Openstaand"],
    ["10023 - Bakkerij Jansen"],
    [20261, date(2026, 2, 1), date(2026, 2, 15), 21, 1210.0, 1210.0],
    ["Totaal 10023", "", "", "", "", 1210.0],
    ["10024 - De Vries & Zn. BV"],
    [20262, 46056, 46070, 9, 109.0, 0.1 + 0.2],
    ["", "", "", "", "", 0.3],
    ["Totaal", "", "", "", 1319.0, 1210.3],
]


def test_a_grouped_spreadsheet_with_serial_dates_rates_and_float_noise() -> None:
    reading = listed(workbook(EXACT_XLSX))
    assert errors(reading) == ""
    assert [short(item) for item in reading.records] == [
        (*JANSEN, "20261", "2026-02-01", "2026-02-15", 1_210_00),
        (*VRIES, "20262", "2026-02-03", "2026-02-17", 30),
    ]
    assert [item.vat_cents for item in reading.records] == [210_00, 9_00]
    assert said(reading, Severity.WARNING) == [
        "row 5, column D (Btw %): The VAT is worked out from this rate and the amount of the invoice, VAT included."
    ]
    counts = reading.rows
    assert (counts.title, counts.header, counts.items, counts.debtors, counts.totals) == (2, 1, 2, 2, 3)


# --- totals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("exact", "Eindtotaal;;;;;;1.270,50"),
        ("plain_dutch", "1 270,50"),
        ("plain_english", "1,270.50"),
        ("twinfield", "1.310,00\t39,50\t1.270,50"),
    ],
)
def test_a_total_that_is_a_cent_off_refuses_the_list(name: str, right: str) -> None:
    wrong = right[:-1] + "1" if name != "twinfield" else "1.310,01\t39,50\t1.270,51"
    reading = listed(SHAPES[name].replace(right, wrong))
    assert "The list states a total of EUR 1270.51, and its rows add up to EUR 1270.50." in errors(reading)
    assert reading.refused


def test_a_subtotal_that_is_a_cent_off_refuses_the_list() -> None:
    assert "EUR 60.51" in errors(listed(EXACT.replace("10024;;;;;;60,50", "10024;;;;;;60,51")))


def test_a_row_that_fell_out_shows_in_the_total() -> None:
    lines = [line for line in EXACT.splitlines() if not line.startswith("F2026-2")]
    assert "EUR 1210.00" in errors(listed("\n".join(lines)))


@pytest.mark.parametrize("row", ["Totaal;;;;;{}", ";Totaal;;;;{}", ";;Totaal;;;{}", ";;;Totaal;;{}", ";;;;Totaal:;{}"])
def test_the_label_of_a_total_may_stand_in_any_column_before_the_amount(row: str) -> None:
    item = HEAD + "1;A;F1;21-01-2026;20-02-2026;10,00\n"
    right = listed(item + row.format("10,00"))
    assert (errors(right), right.stated_totals, len(right.records)) == ("", {"EUR": 10_00}, 1)
    assert "EUR 10.01" in errors(listed(item + row.format("10,01")))


TWO_CURRENCIES = """Klantnr;Klant;Factuurnr;Factuurdatum;Vervaldatum;Valuta;Openstaand
1;A;F1;21-01-2026;20-02-2026;EUR;10,00
1;A;F2;21-01-2026;20-02-2026;USD;5,00
2;B;F3;21-01-2026;20-02-2026;JPY;700
"""


def test_currencies_are_never_added() -> None:
    assert listed(TWO_CURRENCIES).totals == {"EUR": 10_00, "USD": 5_00, "JPY": 700}
    mixed = listed(TWO_CURRENCIES + "Totaal;;;;;;715,00\n")
    assert (errors(mixed), mixed.stated_totals) == ("", {})
    assert "does not say its currency" in " ".join(said(mixed, Severity.WARNING))
    each = listed(TWO_CURRENCIES + "Totaal EUR;;;;;;10,00\nTotaal USD;;;;;;5,00\nTotaal JPY;;;;;;700\n")
    assert (errors(each), each.stated_totals) == ("", {"EUR": 10_00, "USD": 5_00, "JPY": 700})
    assert "USD 5.00" in errors(listed(TWO_CURRENCIES + "Totaal USD;;;;;;5,01\n"))


# --- amounts --------------------------------------------------------------------------------------------------------

HEAD = "Klantnr;Klant;Factuurnr;Factuurdatum;Vervaldatum;Openstaand\n"


def amounts(*values: str, mapping: Mapping | None = None) -> OpenItemsReading:
    rows = (f'{n};K{n};F{n};21-01-2026;20-02-2026;"{value}"' for n, value in enumerate(values))
    return listed(HEAD + "\n".join(rows), mapping)


MAPPED = Mapping(
    (("Klantnr", "debtor_number"), ("Klant", "debtor_name"), ("Factuurnr", "invoice_number"),
     ("Factuurdatum", "issue_date"), ("Vervaldatum", "due_date"), ("Openstaand", "open"))
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1.234,56", 1_234_56), ("1234,56", 1_234_56), ("1 234,56", 1_234_56), ("1\u00a0234,56", 1_234_56),
        ("1\u2009234,56", 1_234_56), ("1\u202f234,56", 1_234_56), ("1'234,56", 1_234_56), ("€ 1.234,56", 1_234_56),
        ("1.234,56 EUR", 1_234_56), ("EUR1.234,56", 1_234_56), ("1.234,56-", -1_234_56), ("-1.234,56", -1_234_56),
        ("− 1.234,56", -1_234_56), ("(1.234,56)", -1_234_56), ("€ (1.234,56)", -1_234_56), ("1.234,56 CR", -1_234_56),
        ("1.234,56 DR", 1_234_56), ("€ -12,50", -12_50), ("-€ 12,50", -12_50), ("12,-", 12_00), ("12,--", 12_00),
        ("1.250,-", 1_250_00), ("12,5", 12_50), ("12,5000", 12_50), ("1.234.567", 1_234_567_00), ("+12,50", 12_50),
        ("0,01", 1), ("12", 12_00), ("1,1E+03", None), ("NaN", None), ("inf", None), ("1e308", None), ("12,505", None),
        ("--5,00", None), ("-5,00-", None), ("(5,00", None), ("5,00)", None), ("(-5,00)", None), ("12,34,56", None),
        ("1.23,45", None), ("1.2345,00", None), ("١٢,٥٠", None), ("１２,50", None), ("12,50 XYZ", None), ("abc", None),
        ("9999999999999999,00", None), ("0x10", None), ("1_000,00", None), ("€ $ 5,00", None), ("12.50", None),
        ("5 5,00", None), ("1,234,567.00", None),
    ],
)  # fmt: skip
def test_an_amount_is_exact_or_refused(written: str, cents: int | None) -> None:
    reading = amounts("0,99", "1,98", written)
    if cents is None:
        assert "row 4, column F (Openstaand)" in errors(reading)
    else:
        assert errors(reading) == ""
        assert reading.records[-1].open_cents == cents


def test_an_empty_amount_refuses_the_list() -> None:
    assert errors(amounts("12,50", "")) == "row 3: The row has no amount."


@pytest.mark.parametrize("written", ["25.000", "25,000", "1.234", "999,999"])
def test_nothing_is_guessed_where_every_amount_has_two_readings(written: str) -> None:
    reading = amounts(written, written, "12")
    assert "may be read in two ways" in errors(reading)
    assert (reading.records, reading.totals) == ((), {})
    thousands, decimal = ("," if "." in written else "."), written[-4]
    grouped = amounts(written, mapping=Mapping(MAPPED.columns, decimal_mark=thousands))
    assert grouped.totals == {"EUR": int(written.replace(decimal, "")) * 100}
    fraction = amounts(written, mapping=Mapping(MAPPED.columns, decimal_mark=decimal))
    assert fraction.totals == ({"EUR": 25_00} if written.startswith("25") else {})
    assert ("whole number of cents" in errors(fraction)) is not written.startswith("25")


def test_one_clear_amount_decides_for_its_column() -> None:
    assert amounts("25.000", "12,50").totals == {"EUR": 25_012_50}
    assert amounts("25,000", "12.50").totals == {"EUR": 25_012_50}


def test_an_amount_that_contradicts_its_column_is_refused_there() -> None:
    assert "row 4, column F (Openstaand): “12.50” does not have the decimal mark" in errors(
        amounts("12,50", "13,50", "12.50")
    )
    assert "row 4" in errors(amounts("25.000", "13.50", "12,50", "1.50"))


def test_the_total_row_counts_as_evidence_for_its_column() -> None:
    reading = listed(HEAD + "1;A;F1;21-01-2026;20-02-2026;25.000\nTotaal;;;;;25.000,00\n")
    assert (errors(reading), reading.totals) == ("", {"EUR": 25_000_00})


def test_an_unquoted_thousands_comma_is_not_a_shifted_row() -> None:
    text = "Customer no,Customer,Invoice no,Invoice date,Due date,Outstanding\n1,A,F1,2026-01-21,2026-02-20,1,234.50\n"
    assert "more cells than the header" in errors(listed(text))


@pytest.mark.parametrize("value", [1e308, 12.505, 12.3456, True, "12,50 of zo"])
def test_a_number_in_a_spreadsheet_is_whole_cents_or_refused(value: object) -> None:
    rows: list[list[object]] = [
        [*HEAD.strip().split(";")],
        ["1", "A", "F1", date(2026, 1, 21), date(2026, 2, 20), value],
    ]
    assert "row 2, column F (Openstaand)" in errors(listed(workbook(rows)))


@pytest.mark.parametrize("value", [12.5, 12.500000000000002, 0.1 + 0.2 + 12.2, "12,50", "12,5"])
def test_float_noise_is_no_amount(value: object) -> None:
    rows: list[list[object]] = [
        [*HEAD.strip().split(";")],
        ["1", "A", "F1", date(2026, 1, 21), date(2026, 2, 20), value],
    ]
    assert listed(workbook(rows)).totals == {"EUR": 12_50}


def test_debit_and_credit_columns() -> None:
    text = """Klant;Factuurnummer;Factuurdatum;Vervaldatum;Debet;Credit
A;F1;21-01-2026;20-02-2026;100,00;
A;F2;21-01-2026;20-02-2026;;40,00
B;F3;21-01-2026;20-02-2026;50,00;20,00
Totaal;;;;150,00;60,00
"""
    reading = listed(text)
    assert (errors(reading), [item.open_cents for item in reading.records]) == ("", [100_00, -40_00, 30_00])
    assert reading.stated_totals == {"EUR": 90_00}


def test_a_running_balance_is_not_what_is_open() -> None:
    text = """Klant;Factuurnummer;Factuurdatum;Vervaldatum;Debet;Credit;Saldo
A;F1;21-01-2026;20-02-2026;100,00;;100,00
A;F2;21-01-2026;20-02-2026;50,00;;150,00
"""
    assert "row 3, column G (Saldo)" in errors(listed(text))
    with_open = Mapping((("Klant", "debtor_name"), ("Factuurnummer", "invoice_number"), ("Saldo", "open")))
    assert listed(text, with_open).totals == {"EUR": 250_00}


@pytest.mark.parametrize(("second", "total"), [("40,00;C", 60_00), ("-40,00;C", 60_00), ("40,00;D", 140_00)])
def test_a_column_that_says_debit_or_credit(second: str, total: int) -> None:
    head = "Klant;Factuurnummer;Factuurdatum;Vervaldatum;Openstaand;D/C\nA;F1;21-01-2026;20-02-2026;100,00;D\n"
    reading = listed(f"{head}A;F2;21-01-2026;20-02-2026;{second}\n")
    assert (errors(reading), reading.totals) == ("", {"EUR": total})
    both = f"{head}A;F2;21-01-2026;20-02-2026;40,00;C\nA;F3;21-01-2026;20-02-2026;-40,00;C\n"
    assert "Some credits have a minus sign" in errors(listed(both))


def test_ages_add_up_where_no_column_says_what_is_open() -> None:
    text = """Klant;Factuurnummer;Factuurdatum;Vervaldatum;Niet vervallen;1-30;31-60;61 - 90 dagen;> 90
A;F1;21-01-2026;20-02-2026;10,00;;;;
A;F2;21-01-2026;20-02-2026;;-;;20,00;5,00
"""
    assert listed(text).totals == {"EUR": 35_00}
    assert errors(listed(text.replace("> 90", "Openstaand"))) == "row 2: The row has no amount."


def test_the_amount_of_the_invoice_is_not_taken_for_what_is_open() -> None:
    text = "Klant;Factuurnummer;Factuurdatum;Vervaldatum;Factuurbedrag\nA;F1;21-01-2026;20-02-2026;100,00\n"
    assert "amount still open" in errors(listed(text))
    paid = "Klant;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;Betaald\nA;F1;21-01-2026;20-02-2026;100,00;40,00\n"
    assert "amount still open" in errors(listed(paid))


def test_the_sign_of_a_list_in_which_all_is_negative_is_asked() -> None:
    assert "Every amount is negative" in errors(amounts("-12,50", "-13,50"))
    turned = amounts("-12,50", "-13,50", mapping=Mapping(MAPPED.columns, owed_is_positive=False))
    assert (errors(turned), turned.totals) == ("", {"EUR": 26_00})


# --- days -----------------------------------------------------------------------------------------------------------


def due(*written: str, head: str = HEAD, mapping: Mapping | None = None) -> OpenItemsReading:
    rows = (f"{n};K{n};F{n};2020-01-01;{each};{n},50" for n, each in enumerate(written, start=1))
    return listed(head + "\n".join(rows), mapping)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("13-02-2026", "2026-02-13"), ("13/2/26", "2026-02-13"), ("13.02.2026", "2026-02-13"),
        ("2026-02-13", "2026-02-13"),
        ("2026/02/13", "2026-02-13"), ("20260213", "2026-02-13"), ("2026-02-13T00:00:00", "2026-02-13"),
        ("2026-02-13 14:30", "2026-02-13"), ("2026-02-13T00:00:00.000Z", "2026-02-13"),
        ("13-02-2026 0:00:00", "2026-02-13"),
        ("13 februari 2026", "2026-02-13"), ("13 feb. 2026", "2026-02-13"), ("13-mrt-26", "2026-03-13"),
        ("13 août 2026", "2026-08-13"), ("13 März 2026", "2026-03-13"), ("Feb 13, 2026", "2026-02-13"),
        ("29-02-2028", "2028-02-29"), ("2026-02-12T23:00:00.000Z", None), ("2026-02-12T23:00:00+01:00", None),
        ("30-02-2026", None), ("29-02-2026", None), ("00-00-0000", None), ("13-13-2026", None), ("2026-13-01", None),
        ("13-02-1026", None), ("13-02-3026", None), ("١٣-٠٢-٢٠٢٦", None), ("volgende week", None), ("13-02", None),
        ("46066", None), ("2026-02-13x", None), ("1e5", None),
    ],
)  # fmt: skip
def test_a_day_is_exact_or_refused(written: str, day: str | None) -> None:
    reading = due("28-01-2026", written)
    if day is None:
        assert "row 3, column E (Vervaldatum)" in errors(reading)
    else:
        assert (errors(reading), str(reading.records[-1].due_date)) == ("", day)


ENGLISH = "Customer no;Customer;Invoice no;Invoice date;Due date;Outstanding\n"


def test_dutch_headers_say_that_the_day_comes_first() -> None:
    assert [str(item.due_date) for item in due("03-04-2026", "05-06-2026").records] == ["2026-04-03", "2026-06-05"]


def test_english_headers_do_not_and_the_order_is_asked() -> None:
    asked = due("03/04/2026", "05/06/2026", head=ENGLISH)
    assert "column E (Due date): “03/04/2026” may be read in two ways" in errors(asked)
    assert asked.records == ()
    columns = tuple(zip(ENGLISH.strip().split(";"), dict(MAPPED.columns).values(), strict=True))
    for day_first, expected in ((True, "2026-04-03"), (False, "2026-03-04")):
        reading = due("03/04/2026", head=ENGLISH, mapping=Mapping(columns, day_first=day_first))
        assert (errors(reading), str(reading.records[0].due_date)) == ("", expected)


@pytest.mark.parametrize(("clear", "expected"), [("13/04/2026", "2026-04-03"), ("04/13/2026", "2026-03-04")])
def test_one_clear_day_decides_for_its_column(clear: str, expected: str) -> None:
    reading = due("03/04/2026", clear, head=ENGLISH)
    assert (errors(reading), str(reading.records[0].due_date)) == ("", expected)


def test_a_day_in_the_other_order_is_refused_there() -> None:
    assert "row 4, column E" in errors(due("13-04-2026", "14-04-2026", "04-13-2026"))


def test_a_day_that_reads_the_same_both_ways_decides_nothing_and_needs_no_decision() -> None:
    assert str(due("05/05/2026", head=ENGLISH).records[0].due_date) == "2026-05-05"


# --- rows that need a choice ----------------------------------------------------------------------------------------

WIDE = (
    "Klantnr;Klant;Factuurnr;Factuurdatum;Vervaldatum;Openstaand;E-mail;IBAN;Land;Taal;Particulier;KvK;Btw-nummer;"
    "Betalingskenmerk;Telefoon;Adres;Postcode;Plaats;Omschrijving;Soort;Kleur\n"
)
FULL = (
    "1;A;F1;21-01-2026;20-02-2026;10,00;a@b.nl;NL91 ABNA 0417 1643 00;België;Frans;ja;1234 5678;BE 0123.456.789;"
    "+++090/9337/55493+++;06-1;Straat 1;1000;Brussel;Brood;Factuur;rood\n"
)


def test_every_field_of_an_item_is_read() -> None:
    (item,) = listed(WIDE + FULL).records
    assert item == OpenItem(
        place="row 2", debtor_number="1", debtor_name="A", invoice_number="F1", issue_date=date(2026, 1, 21),
        due_date=date(2026, 2, 20), currency="EUR", open_cents=10_00, email="a@b.nl", iban="NL91ABNA0417164300",
        vat_number="BE0123456789", registration_number="12345678", phone="06-1", street="Straat 1", postcode="1000",
        city="Brussel", country="BE", language="fr", is_consumer=True, payment_reference="090933755493",
        description="Brood",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "severity", "why", "comes_in"),
    [
        ("20-02-2026", "", Severity.QUESTION, "row 2: The item has no due date.", True),
        ("21-01-2026", "", Severity.QUESTION, "row 2: The item has no invoice date.", True),
        (
            "10,00",
            "-10,00",
            Severity.QUESTION,
            "row 2: The amount is negative: it comes in as a credit of EUR 10.00.",
            True,
        ),
        ("1;A;", ";;", Severity.QUESTION, "row 2: The item has no debtor.", True),
        ("1;A;", "1;;", Severity.QUESTION, "row 2: The debtor has a number and no name.", True),
        ("F1", "", Severity.QUESTION, "row 2: The item has no invoice number.", True),
        ("Factuur;", "Creditnota;", Severity.QUESTION, "row 2: The row is called “Creditnota”", True),
        ("10,00", "0,00", Severity.WARNING, "row 2: Nothing is open on this row: it is left out.", False),
        ("a@b.nl", "a@b", Severity.WARNING, "row 2, column G (E-mail): “a@b” is not an e-mail address", True),
        ("0417", "0418", Severity.WARNING, "row 2, column H (IBAN)", True),
        ("België", "Lemurië", Severity.WARNING, "row 2, column I (Land)", True),
        (";ja;", ";misschien;", Severity.WARNING, "row 2, column K (Particulier)", True),
        ("20-02-2026", "20-01-2026", Severity.WARNING, "row 2: The due date lies before the invoice date.", True),
    ],
)
def test_a_row_that_needs_a_choice_is_held_and_said(
    old: str, new: str, severity: Severity, why: str, comes_in: int
) -> None:
    reading = listed(WIDE + FULL.replace(old, new, 1))
    assert any(each.startswith(why) for each in said(reading, severity))
    assert errors(reading) == ""
    assert len(reading.records) == int(comes_in)
    assert all(problem.place == "row 2" for problem in reading.problems if problem.severity is Severity.QUESTION)


def test_the_same_invoice_twice_is_asked_and_both_come_in() -> None:
    reading = listed(
        HEAD + "1;A;F1;21-01-2026;20-02-2026;10,50\n1;A;F1;21-01-2026;20-03-2026;10,50\n2;B;F1;21-01-2026;;9,50\n"
    )
    assert [item.open_cents for item in reading.records] == [10_50, 10_50, 9_50]
    assert "row 3: Invoice F1 of this debtor stands in row 2 as well." in said(reading, Severity.QUESTION)[0]
    assert len(said(reading, Severity.QUESTION)) == 2


def test_an_empty_list_is_said() -> None:
    reading = listed(HEAD)
    assert (reading.records, said(reading, Severity.WARNING)) == ((), ["file: The list has no open items."])


def test_a_list_of_suppliers_is_refused() -> None:
    text = "Leverancier;Factuurnummer;Vervaldatum;Openstaand\nA;F1;20-02-2026;10,50\n"
    assert "suppliers" in errors(listed(text))


def test_a_flat_list_never_takes_the_debtor_of_the_row_above() -> None:
    reading = listed(HEAD + "1;A;F1;21-01-2026;20-02-2026;10,50\n;;F2;21-01-2026;20-02-2026;10,50\n")
    assert [item.debtor_name for item in reading.records] == ["A", ""]


def test_a_debtor_whose_name_begins_with_total_is_a_debtor() -> None:
    text = "Klant;Factuurnr;Factuurdatum;Vervaldatum;Openstaand\nTotal Nederland;F1;21-01-2026;20-02-2026;10,50\n"
    assert [item.debtor_name for item in listed(text).records] == ["Total Nederland"]


def test_every_row_is_accounted_for() -> None:
    header = EXACT.splitlines()[4]
    counts = listed(EXACT.replace("Pagina 1", f"{header}\n-----\nPagina 1")).rows
    assert counts == RowCounts(total=16, title=4, header=2, items=2, debtors=2, totals=3, empty=2, notes=1)
    assert counts.adds_up


def test_thousands_of_bad_rows_give_a_bounded_number_of_problems() -> None:
    reading = listed(HEAD + "1;A;F1;21-01-2026;20-02-2026;x\n" * 5000)
    assert len(reading.problems) < 210
    assert "4800 more rows cannot be read." in errors(reading)
    assert reading.rows.refused == 5000


def test_a_line_without_items_below_it_is_said() -> None:
    reading = listed(EXACT + "Dit overzicht is vertrouwelijk;;;;;;\n")
    assert "row 15: No items stand below this line." in said(reading, Severity.WARNING)
    assert (errors(reading), reading.stated_totals) == ("", {"EUR": 1_270_50})


# --- mappings and guesses -------------------------------------------------------------------------------------------


def test_a_mapping_is_written_and_read_back() -> None:
    for mapping in (MAPPED, Mapping(MAPPED.columns, ",", True, False, "USD", "Blad 2")):
        assert Mapping.from_json(mapping.to_json()) == mapping


def test_a_mapping_of_more_columns_than_a_list_may_have_is_refused() -> None:
    columns = {f"kolom {n}": "bucket" for n in range(201)}
    with pytest.raises(NotAMapping):
        Mapping.from_json(json.dumps({"columns": columns}))
    assert len(Mapping.from_json(json.dumps({"columns": dict(list(columns.items())[:200])})).columns) == 200


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"columns": []}', '{"columns": {"a": "nonsense"}}', '{"columns": {"a": ["open"]}}',
        '{"columns": {"a": "open", "b": "open"}}', '{"columns": {}, "decimal_mark": ";"}',
        '{"columns": {}, "day_first": 1}',
        '{"columns": {}, "currency": "euro"}', '{"columns": {}, "more": 1}', "[" * 100_000, '{"columns": {"a": null}}',
        r'{"columns": {"\ud800": "open"}}', r'{"columns": {"a": "\ud800"}}', r'{"columns": {}, "sheet": "\udfff"}',
    ],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(NotAMapping):
        Mapping.from_json(text)


def test_a_mapping_goes_before_every_guess() -> None:
    text = "wie;wat;hoeveel;waarvan\nA;F1;10,50;99,00\n"
    assert "Say which columns it has" in errors(listed(text))
    mapping = Mapping((("wie", "debtor_name"), ("wat", "invoice_number"), ("hoeveel", "open"), ("waarvan", "original")))
    reading = listed(text, mapping)
    assert [(item.debtor_name, item.open_cents, item.original_cents) for item in reading.records] == [
        ("A", 10_50, 99_00)
    ]
    assert "all the columns" in errors(listed(EBOEKHOUDEN, mapping))


def test_a_mapping_tells_two_currencies_apart() -> None:
    text = "Klant;Factuurnr;Open EUR;Open USD\nA;F1;10,50;12,50\n"
    columns = (("Klant", "debtor_name"), ("Factuurnr", "invoice_number"))
    for header, total in (("Open EUR", {"EUR": 10_50}), ("Open USD", {"USD": 12_50}), ("OPEN USD", {"USD": 12_50})):
        assert listed(text, Mapping((*columns, (header, "open")))).totals == total


def test_the_mapping_of_a_reading_reads_the_next_list_alike() -> None:
    for name, text in SHAPES.items():
        first = listed(text)
        assert first.mapping is not None
        if name != "twinfield":  # there the debit and credit say what is open, not the balance that a person may choose
            assert listed(text, first.mapping).records == first.records


def test_a_signature_is_of_the_headers_alone() -> None:
    first, second = listed(EBOEKHOUDEN).guess, listed(EBOEKHOUDEN.upper().replace("\n10024", "\n10099")).guess
    assert first
    assert second
    assert signature(first.headers) == signature(second.headers) != signature(first.headers[::-1])


def test_a_guess_says_how_sure_it_is() -> None:
    found = listed(AFAS).guess
    assert found
    certainty = {header: (name, sure) for header, name, sure in found.certainty}
    assert certainty["Deb.nr."] == ("debtor_number", Certainty.SURE)
    assert certainty["Saldo"] == ("open", Certainty.LIKELY)
    assert certainty["Factuur"] == ("original", Certainty.LIKELY)
    assert certainty["Factuurreferentie"] == ("", Certainty.UNKNOWN)


# --- spreadsheets ---------------------------------------------------------------------------------------------------

SIMPLE: list[list[object]] = [
    ["Klantnr", "Klant", "Factuurnr", "Factuurdatum", "Vervaldatum", "Openstaand"],
    [10023, "Bakkerij Jansen", "F2026-1", date(2026, 2, 1), date(2026, 2, 15), 1210.0],
    [10024, "De Vries & Zn. BV", "F2026-2", date(2026, 2, 3), date(2026, 2, 17), 60.5],
]


def test_a_spreadsheet_gives_the_same_items() -> None:
    data = workbook(SIMPLE)
    assert [short(item) for item in listed(data).records] == EXPECTED
    assert sniff(data[:4096]) == "open-items-xlsx"


def test_of_several_sheets_the_list_is_read_and_the_others_are_named() -> None:
    data = workbook([["Notities"]], SIMPLE, SIMPLE, names=("Info", "Posten", "Oud"), hidden=(2,))
    reading = listed(data)
    assert ([short(item) for item in reading.records], reading.sheet) == (EXPECTED, "Posten")
    assert [problem.facts["sheet"] for problem in reading.problems] == ["Info", "Oud"]


def test_two_lists_in_one_spreadsheet_are_asked() -> None:
    data = workbook(SIMPLE, SIMPLE[:2], names=("Posten", "Oud"))
    assert "The sheets “Posten”, “Oud” all look like a list." in errors(listed(data))
    chosen = listed(
        data, Mapping((*zip(map(str, SIMPLE[0]), dict(MAPPED.columns).values(), strict=True),), sheet="Oud")
    )
    assert (errors(chosen), chosen.totals) == ("", {"EUR": 1_210_00})


def test_a_merged_header_over_two_lines() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 1, "Klant")
    sheet.merge_range(0, 2, 0, 4, "Factuur")
    sheet.write_row(1, 0, ["nummer", "naam", "nummer", "datum", "bedrag", "Vervaldatum", "Openstaand"])
    sheet.write_row(2, 0, [10023, "Bakkerij Jansen", "F2026-1", "01-02-2026", 1210, "15-02-2026", 1210])
    book.close()
    (item,) = listed(target.getvalue()).records
    assert (short(item), item.original_cents) == (EXPECTED[0], 1_210_00)


def test_a_formula_without_a_value_is_named() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Klant", "Factuurnummer", "Factuurdatum", "Vervaldatum", "Debet", "Credit"])
    sheet.write_row(1, 0, ["A", "F1", "21-01-2026", "20-02-2026", 100])
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    book.close()
    assert "row 2, column F (Credit): The cell holds a formula or an error" in errors(listed(target.getvalue()))


def test_a_number_of_which_excel_dropped_digits_is_no_reference() -> None:
    rows: list[list[object]] = [[*SIMPLE[0], "Betalingskenmerk"], [*SIMPLE[1], 1234567890123456.0]]
    assert "15 digits" in " ".join(said(listed(workbook(rows)), Severity.WARNING))
    assert "15 digits" in errors(listed(workbook([SIMPLE[0], [1, "A", 1234567890123456.0, *SIMPLE[1][3:]]])))


# --- what is not a list ---------------------------------------------------------------------------------------------


def test_bank_statements_and_other_files_are_left_alone(samples: Path) -> None:
    others = [path for path in sorted(samples.rglob("*")) if path.is_file() and path.parent.name != "late-payment"]
    assert len(others) > 300
    assert [path.name for path in others if sniff(path.read_bytes()[:65536])] == []


@pytest.mark.parametrize(
    "text",
    [
        "", "zomaar tekst", "a;b;c\n1;2;3\n", "Naam;Bedrag;Datum\nA;1,50;01-01-2026\n", "PK\x03\x04", "%PDF-1.7",
        "Beste heer, de factuur met vervaldatum en openstaand bedrag\nis niet betaald.\n",
        "Datum;Naam tegenpartij;Bedrag;Factuurnummer;Vervaldatum\n",
    ],
)  # fmt: skip
def test_other_text_is_not_claimed(text: str) -> None:
    assert sniff(text.encode()) is None
    assert read(io.BytesIO(text.encode())).problems


# --- properties -----------------------------------------------------------------------------------------------------


def styled(cents: int, mark: str, thousands: str, negative: str) -> str:
    whole, part = divmod(abs(cents), 100)
    body = f"{whole:,}".replace(",", thousands) + f"{mark}{part:02}"
    return negative.replace("{}", body) if cents < 0 else body


CONVENTIONS = st.tuples(
    st.sampled_from([(",", "."), (",", " "), (",", "\u00a0"), (",", ""), (".", ","), (".", "'"), (".", "")]),
    st.sampled_from(["-{}", "{}-", "({})", "{} CR", "€ -{}"]),
    st.sampled_from(["%d-%m-%Y", "%d/%m/%y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y"]),
    st.sampled_from(";,\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["\n", "\r\n"]),
)
NAMES = st.text("abcdeéABC &.'\"-0123", min_size=1, max_size=12).map(lambda it: f"K{it}".strip())
ITEMS = st.lists(
    st.tuples(
        NAMES,
        st.integers(-(10**9), 10**11).filter(bool),
        st.dates(date(2020, 1, 1), date(2029, 12, 31)),
        st.integers(0, 120),
    ),
    min_size=2,
    max_size=8,
)


@given(ITEMS, CONVENTIONS, st.integers(0, 1))
@settings(max_examples=250, deadline=None)
def test_a_list_written_in_any_convention_reads_back_the_same(
    items: list[tuple[str, int, date, int]], conventions: tuple[Any, ...], totals: int
) -> None:
    (mark, thousands), negative, days, delimiter, encoding, ending = conventions
    items = [("Zeker", 12_34, date(2026, 1, 31), 0), *items]  # one row that leaves no doubt about mark and order

    def line(*cells: str) -> str:
        return str(delimiter).join('"' + cell.replace('"', '""') + '"' for cell in cells)

    lines = [line("Klant", "Factuurnr", "Factuurdatum", "Vervaldatum", "Openstaand")]
    for number, (name, cents, issued, term) in enumerate(items):
        dues = issued + timedelta(days=term)
        amount = styled(cents, mark, thousands, negative)
        lines.append(line(name, f"F{number}", issued.strftime(days), dues.strftime(days), amount))
    total = sum(cents for _, cents, _, _ in items)
    if totals:
        lines.append(line("Totaal", "", "", "", styled(total, mark, thousands, negative)))
    reading = listed((ending.join(lines) + ending).encode(encoding))
    assert errors(reading) == ""
    assert [(item.debtor_name, item.open_cents, item.issue_date, item.due_date) for item in reading.records] == [
        (" ".join(name.split()), cents, issued, issued + timedelta(days=term)) for name, cents, issued, term in items
    ]
    assert reading.totals == {"EUR": total}
    assert reading.stated_totals == ({"EUR": total} if totals else {})


@given(st.lists(st.integers(-(10**11), 10**11).filter(bool), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_every_amount_survives_a_spreadsheet(amounts_in_cents: list[int]) -> None:
    rows: list[list[object]] = [SIMPLE[0]]
    rows += [
        [n, "A", f"F{n}", date(2026, 1, 21), date(2026, 2, 20), float(Decimal(cents).scaleb(-2))]
        for n, cents in enumerate([1, *amounts_in_cents])
    ]
    assert [item.open_cents for item in listed(workbook(rows)).records] == [1, *amounts_in_cents]


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_noise_never_crashes(data: bytes) -> None:
    assert read(io.BytesIO(data)).refused
    assert sniff(data) is None


PIECES = [
    ";",
    '"',
    "\n",
    ",",
    ".",
    "-",
    "€",
    "Totaal",
    "\x00",
    "\u0660",
    "NaN",
    "1e308",
    "9" * 30,
    "'",
    "=",
    "(",
    "F2026-1",
]


@pytest.mark.parametrize("name", SHAPES)
def test_mutants_never_crash_and_never_lose_a_row(name: str) -> None:
    chance = random.Random(name)
    for _ in range(150):
        text = SHAPES[name]
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 3) :]
        reading = listed(text.encode("utf-8", "replace"))
        assert reading.rows.adds_up
        if not reading.refused:
            assert reading.totals == _sums(reading.records)
            assert all(reading.totals[currency] == cents for currency, cents in reading.stated_totals.items())


def _sums(items: tuple[OpenItem, ...]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for item in items:
        sums[item.currency] = sums.get(item.currency, 0) + item.open_cents
    return sums


def test_a_long_list_is_read_whole() -> None:
    rows = (f"{n % 500};K{n % 500};F{n};21-01-2026;{1 + n % 28:02}-02-2026;{n},50" for n in range(5000))
    reading = listed(HEAD + "\n".join(rows))
    assert (errors(reading), reading.rows.items) == ("", 5000)
    assert reading.totals == {"EUR": sum(n * 100 + 50 for n in range(5000))}

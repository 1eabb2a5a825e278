"""Files for bookkeeping packages: every booking balances, nothing becomes a formula or an element, all is data."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from voldaan.formats import ledger_file
from voldaan.formats.ledger_file import layouts
from voldaan.rules.exports import MatchedPayment

CODES = {"journal": "90", "office": "NL1", "debtors": "1300", "receipts": "2000", "discounts": "4710",
         "differences": "4720"}  # fmt: skip
ROW = MatchedPayment(
    10, date(2027, 3, 3), date(2027, 3, 2), "NL91ABNA0417164300", "NL15INGB0001234560", "270302001", "1001",
    "Bakkerij Jansen", "2027-0012", "EUR", 60_500, None, "payment",
)  # fmt: skip
UNDONE = MatchedPayment(*[14, *[getattr(ROW, name) for name in ROW.__slots__[1:-3]], -60_500, 10, "payment"])
DISCOUNT = MatchedPayment(*[15, *[getattr(ROW, name) for name in ROW.__slots__[1:-3]], 2_000, None, "discount"])
EVIL = MatchedPayment(
    16, date(2027, 3, 3), date(2027, 3, 2), None, None, "=1+1", "@1001", '=cmd|"/c calc"!A1 </description>&\r\n\x00',
    "+2027", "EUR", 100, None, "difference",
)  # fmt: skip
CSVS = [code for code, one in layouts().items() if one.ending == "csv"]
DOUBLE = {  # where the amounts of each line of a booking stand
    "odoo": ("line_ids/debit", "line_ids/credit"), "snelstart": ("fldDebet", "fldCredit"),
}  # fmt: skip


def written(code: str, *rows: MatchedPayment) -> str:
    out = io.StringIO(newline="")
    ledger_file.write(out, layouts()[code], rows, CODES)
    return out.getvalue()


def cells(code: str, *rows: MatchedPayment) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(code, *rows)), delimiter=layouts()[code].separator))


def test_all_packages_are_there():
    assert sorted(layouts()) == ["csv", "e-boekhouden", "exact", "odoo", "snelstart", "twinfield"]


@pytest.mark.parametrize("code", CSVS)
def test_every_line_of_a_layout_fills_the_same_columns(code):
    first, *others = layouts()[code].line
    assert all(list(other) == list(first) for other in others)


@pytest.mark.parametrize("code", DOUBLE)
def test_every_booking_balances_in_a_file_of_debit_and_credit(code):
    debit, credit = DOUBLE[code]
    rows = cells(code, ROW, UNDONE, DISCOUNT)
    amounts = [" ".join(row[side].replace(",", ".") for side in (debit, credit)) for row in rows]
    assert amounts == ["605.00 0.00", "0.00 605.00", "0.00 605.00", "605.00 0.00", "20.00 0.00", "0.00 20.00"]


def test_snelstart_gets_its_own_columns_and_ways():
    one, other = cells("snelstart", ROW)
    assert one == {
        "fldDagboek": "90", "fldBoekingcode": "10", "fldDatum": "02-03-2027", "fldGrootboeknummer": "2000",
        "fldDebet": "605,00", "fldCredit": "0,00", "fldOmschrijving": "Voldaan 10 2027-0012 Bakkerij Jansen",
        "fldRelatiecode": "", "fldFactuurnummer": "",
    }  # fmt: skip
    assert (other["fldGrootboeknummer"], other["fldRelatiecode"], other["fldFactuurnummer"]) == (
        "1300", "1001", "2027-0012",
    )  # fmt: skip
    assert not written("snelstart", ROW).startswith("\ufeff")


def test_exact_gets_a_general_journal_entry_that_adds_up_to_nothing():
    tree: Any = etree.fromstring(written("exact", ROW, UNDONE, DISCOUNT).encode())
    entries = tree.findall("GLTransactions/GLTransaction")
    assert [[line.text for line in entry.iterfind(".//Value")] for entry in entries] == [
        ["605.00", "-605.00"], ["-605.00", "605.00"], ["20.00", "-20.00"],
    ]  # fmt: skip
    assert [entry.findall(".//GLAccount")[0].get("code") for entry in entries] == ["2000", "2000", "4710"]
    assert {entry.find(".//Account").get("code") for entry in entries} == {"1001"}
    assert entries[0].find(".//YourRef").text == "2027-0012"
    assert entries[1].find(".//Description").text == "Voldaan 14 (storno 10) 2027-0012 Bakkerij Jansen"


def test_twinfield_gets_a_provisional_transaction_whose_sides_are_equal():
    tree: Any = etree.fromstring(written("twinfield", ROW, UNDONE).encode())
    sides: dict[str, Decimal] = defaultdict(Decimal)
    for line in tree.iter("line"):
        sides[line.findtext("debitcredit")] += Decimal(line.findtext("value"))
    assert sides == {"debit": 1210, "credit": 1210}
    first = tree[0]
    assert first.get("destiny") == "temporary"
    assert [first.findtext(f"header/{name}") for name in ("office", "code", "date")] == ["NL1", "90", "20270302"]
    assert [line.findtext("dim2") for line in first.iter("line")] == [None, "1001"]
    assert all(len(line.findtext("description")) <= 40 for line in tree.iter("line"))


def test_e_boekhouden_gets_one_mutation_per_payment():
    (row,) = cells("e-boekhouden", ROW)
    assert (row["Soort"], row["RelatieCode"], row["BedragInclBTW"]) == ("FactuurbetalingOntvangen", "1001", "605,00")


def test_odoo_gets_the_lines_of_one_entry_below_each_other():
    one, other = cells("odoo", ROW)
    assert (one["date"], one["journal_id"], other["date"], other["journal_id"]) == ("2027-03-02", "90", "", "")
    assert other["line_ids/partner_id"] == "Bakkerij Jansen"


def test_plain_csv_tells_all_that_the_list_tells():
    one, other = cells("csv", ROW, UNDONE)
    assert (one["number"], one["amount"], one["reverses"], one["what"]) == ("10", "605.00", "", "payment")
    assert (other["amount"], other["reverses"]) == ("-605.00", "10")


@pytest.mark.parametrize("code", CSVS)
def test_what_a_customer_wrote_is_no_formula(code):
    for row in cells(code, EVIL):
        for cell in row.values():
            assert not re.match(r"[=+@\t\r]", cell)
            assert not re.search(r"[\x00-\x1f]", cell)


@pytest.mark.parametrize("code", ["exact", "twinfield"])
def test_what_a_customer_wrote_is_no_element_and_stays_what_it_was(code):
    written_ = written(code, EVIL)
    tree: Any = etree.fromstring(written_.encode())
    assert 'Voldaan 16 +2027 =cmd|"/c calc"!A1' in "".join(tree.itertext())
    assert "</description>&" not in written_.replace("&amp;", "").replace("&lt;", "<").partition("calc")[0]


def test_a_text_is_cut_before_it_is_escaped():
    row = MatchedPayment(*[17, *[getattr(ROW, name) for name in ROW.__slots__[1:7]], "&" * 80, "F1", "EUR", 1, None,
                           "payment"])  # fmt: skip
    tree = etree.fromstring(written("twinfield", row).encode())
    assert tree.findtext(".//description") == ("Voldaan 17 F1 " + "&" * 40)[:40]


@pytest.mark.parametrize("code", layouts())
def test_a_layout_uses_only_words_that_there_are_and_names_what_it_needs(code):
    layout = layouts()[code]
    used = set(re.findall(r"\{(\w+)", str(layout.line) + layout.booking))
    assert used & set(CODES) == {*layout.needs} - {"receipts"}
    assert ("against" in used) == ("receipts" in layout.needs)
    assert layout.sure in {"H", "M", "L"}
    assert set(layout.usual) <= set(layout.needs)


def test_a_code_that_the_administration_said_goes_before_the_usual_one_of_its_country():
    exact = layouts()["exact"]
    assert exact.lacks(exact.filled({}, "NL"), ["discount"]) == ["receipts", "discounts"]
    said = exact.filled({"journal": "91", "debtors": ""}, "BE")
    assert (said["journal"], said["debtors"]) == ("91", "400000")
    assert layouts()["snelstart"].lacks(layouts()["snelstart"].filled({}, "BE")) == ["journal", "debtors", "receipts"]
    assert layouts()["csv"].lacks(exact.filled({}, "NL"), ["discount", "difference"]) == []

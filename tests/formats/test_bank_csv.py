"""The CSV of banks: what each layout says, what is refused and where, and that a list is never taken for one."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.formats.bank_examples import EXAMPLES, OWN, PAYER
from tests.formats.test_open_items import SHAPES
from tests.tools.files import Movement
from tests.tools.files import bank_csv as ing
from voldaan import formats
from voldaan.formats import bank_csv, open_items
from voldaan.formats.shared import bank_layouts, bank_places
from voldaan.formats.shared.bank_layouts import Layout, amounts, days, layouts
from voldaan.formats.shared.bank_rows import REWRITTEN, WRONG_WIDTH
from voldaan.formats.shared.bank_words import words
from voldaan.formats.shared.problems import MORE_PROBLEMS
from voldaan.rules.papers import Severity, Statement, gather
from voldaan.rules.references import make_betalingskenmerk

ROOT = Path(__file__).parents[2]
FILES = sorted(path.name for path in (SHARED / "samples" / "bank-csv").glob("*"))
HEADED = [layout.name for layout in layouts() if layout.has_header]


def read(data: bytes | str, account: str = "") -> tuple[list[Statement], list[tuple[str, str, Severity]], str]:
    reading = bank_csv.read(io.BytesIO(data if isinstance(data, bytes) else data.encode()), account)
    statements = list(gather(reading.records))
    assert all(str(problem) for problem in reading.problems), "each sentence has the facts that it names"
    return statements, [(p.place, p.what, p.severity) for p in reading.problems], reading.version


def told(data: bytes | str) -> list[tuple[str, str, Severity]]:
    return read(data)[1]


def facts(statement: Statement) -> tuple[Any, ...]:
    opening, closing = statement.start.opening, statement.end.closing
    return statement.start.account, opening and opening.cents, closing and closing.cents, statement.transactions


# --- what each bank says ------------------------------------------------------------------------------------------


def test_every_layout_has_an_example() -> None:
    assert set(EXAMPLES) == {layout.name for layout in layouts()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_layout_gives_what_its_bank_says(name: str) -> None:
    example = EXAMPLES[name]
    (statement,), problems, version = read(example.text)
    assert version == name
    assert facts(statement) == (example.account, example.opening, example.closing, example.movements)
    assert statement.adds_up is (None if example.opening is None else True)
    wrong = {what for _, what, severity in problems if severity is not Severity.WARNING}
    assert wrong == (set() if example.account else {bank_csv.NO_ACCOUNT})


def rewritten(text: str, delimiter: str, order: random.Random) -> str:
    """Write the same rows with another separator and their columns in another order."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=next(d for d in "\t;," if d in text)))
    width = max(map(len, rows))
    places = list(range(width))
    header = next(at for at, row in enumerate(rows) if sum(map(bool, row)) > 2)
    order.shuffle(places)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    for number, row in enumerate(rows):
        full = row + [""] * (width - len(row))
        writer.writerow(full if number < header else [full[at] for at in places])
    return out.getvalue()


@pytest.mark.parametrize("name", HEADED)
def test_columns_are_found_by_name_in_any_order(name: str) -> None:
    example = EXAMPLES[name]
    chance = random.Random(name)
    once = facts(read(example.text)[0][0])
    for delimiter in ",;\t":
        (statement,), _, version = read(rewritten(example.text, delimiter, chance))
        assert version == name
        found = facts(statement)
        assert found[:3] == once[:3]
        # Texts of several columns follow the order of the columns.
        assert [t.cents for t in found[3]] == [t.cents for t in once[3]]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_and_line_ends_change_nothing(name: str, encoding: str) -> None:
    text = EXAMPLES[name].text
    once = [facts(each) for each in read(text)[0]]
    for end in ("\n", "\r\n", "\r"):
        again = "".join(f"{line}{end}" for line in text.splitlines())
        assert [facts(each) for each in read(again.encode(encoding))[0]] == once


def test_english_and_older_headers_of_ing() -> None:
    row = f'20270201,Café Zee,{OWN},{PAYER},OV,Credit,"200,00",Transfer,Name: Café Zee Description: invoice 1 IBAN: '
    text = (
        "Date,Name / Description,Account,Counterparty,Code,Debit/credit,Amount (EUR),Transaction type,Notifications\n"
        f"{row}{PAYER} Reference: E1 Value date: 02/02/2027\n"
    )
    (statement,), problems, _ = read(text)
    (one,) = statement.transactions
    assert (one.cents, one.text, one.end_to_end_id, one.value_date.day) == (20_000, "invoice 1", "E1", 2)
    assert statement.adds_up is None
    assert problems == []


SPOOFS = [
    ("Naam: Zee Omschrijving: IBAN: NL02ABNA0123456789 Kenmerk: X IBAN: {payer} Kenmerk: E1", "E1"),
    ("Naam: Zee Omschrijving: Kenmerk: X IBAN: {payer}", ""),
    ("Naam: Zee Omschrijving: niets IBAN: {payer} Kenmerk: NOTPROVIDED Machtiging ID: 4", ""),
]


@pytest.mark.parametrize(("text", "reference"), SPOOFS)
def test_a_payer_cannot_write_the_words_of_the_bank(text: str, reference: str) -> None:
    row = ing([Movement(bank_examples_day(), 500, PAYER, "Zee", "x")]).replace(
        f"Naam: Zee Omschrijving: x IBAN: {PAYER}", text.format(payer=PAYER)
    )
    ((one,),) = [each.transactions for each in read(row)[0]]
    assert (one.counterparty_iban, one.counterparty_name, one.end_to_end_id) == (PAYER, "Zee", reference)


def bank_examples_day() -> Any:
    return EXAMPLES["nl-ing"].movements[0].booking_date


def test_a_betalingskenmerk_of_ing() -> None:
    found = words(
        "ing", f"Naam: Zee Betalingskenmerk: {make_betalingskenmerk(77)} IBAN: {PAYER} Valutadatum: 01-02-2027", PAYER
    )
    assert (found.structured_reference, found.text) == (make_betalingskenmerk(77), "")


# --- amounts and days ---------------------------------------------------------------------------------------------

WRITTEN = [
    # cell, comma with thousands, comma when needed, point
    ("1.234,56", 123_456, None, None),
    ("1234,56", 123_456, 123_456, None),
    ("-0,05", -5, -5, None),
    ("1234.56", None, None, 123_456),
    (".95", None, None, 95),
    ("-.05", None, None, -5),
    ("1234", None, 123_400, None),
    ("1,5", None, 150, None),
    ("1.234", None, None, None),
    ("1.23,45", None, None, None),
    ("1,234", None, None, None),
    ("1,23E+10", None, None, None),
    ("1e308", None, None, None),
    ("NaN", None, None, None),
    ("١٢٣,٤٥", None, None, None),
    ("−5,00", None, None, None),
    ("--5,00", None, None, None),
    ("5,00-", None, None, None),
    ("€ 5,00", None, None, None),
    ("", None, None, None),
    ("9" * 40 + ",00", None, None, None),
]


@pytest.mark.parametrize(("cell", "thousands", "needed", "point"), WRITTEN)
def test_amounts_are_exact_or_none(cell: str, thousands: int | None, needed: int | None, point: int | None) -> None:
    assert amounts(",", "always", thousands=True)(cell, 2) == thousands
    assert amounts(",", "when_needed", thousands=False)(cell, 2) == needed
    assert amounts(".", "always", thousands=False)(cell, 2) == point


def test_minor_units_of_other_currencies() -> None:
    cents = amounts(",", "always", thousands=False)
    assert (cents("5,00", 0), cents("5,50", 0), cents("5,50", 3)) == (5, None, 5500)


@pytest.mark.parametrize(
    ("cell", "written", "is_day"),
    [
        ("29-02-2028", "dd-mm-yyyy", True),
        ("29-02-2027", "dd-mm-yyyy", False),
        ("1-2-2027", "dd-mm-yyyy", False),  # as a spreadsheet leaves it
        ("01/02/2027", "dd-mm-yyyy", False),
        ("02/13/2027", "dd/mm/yyyy", False),
        ("20270201", "yyyymmdd", True),
        ("2027-02-01 00:00", "yyyy-mm-dd", False),
        ("0001-01-01", "yyyy-mm-dd", False),
        ("٢٠٢٧٠٢٠١", "yyyymmdd", False),
    ],
)
def test_days_are_written_as_the_bank_does_or_none(*, cell: str, written: str, is_day: bool) -> None:
    assert (days(written)(cell) is not None) is is_day


# --- what is refused ----------------------------------------------------------------------------------------------

GOOD = EXAMPLES["nl-ing"].text
FORTIS = EXAMPLES["be-bnp-paribas-fortis"].text
DAMAGED = {
    "an amount without its decimals": (GOOD.replace('"200,00"', '"200"'), "line 3", REWRITTEN),
    "an amount in another manner": (GOOD.replace('"200,00"', '"200.00"'), "line 3", REWRITTEN),
    "a signed amount beside Af and Bij": (GOOD.replace('"200,00"', '"-200,00"'), "line 3", REWRITTEN),
    "a day rewritten": (GOOD.replace('"20270201"', '"1-2-2027"'), "line 3", REWRITTEN),
    "a day of no calendar": (GOOD.replace('"20270201"', '"20270230"'), "line 3", REWRITTEN),
    "neither Af nor Bij": (GOOD.replace('"Bij"', '"bijna"'), "line 3", REWRITTEN),
    "an account as a power of ten": (GOOD.replace(f'"{PAYER}";"OV"', '"1,23E+10";"OV"'), "line 3", REWRITTEN),
    "no account": (GOOD.replace(f'"{OWN}";"{PAYER}"', f'"";"{PAYER}"'), "line 3", REWRITTEN),
    "a row cut off": (GOOD[: GOOD.index(';"Overschrijving"')], "line 3", WRONG_WIDTH),
    "a row with too much": (GOOD.rstrip() + ';"x"\r\n', "line 3", WRONG_WIDTH),
    "a quote that does not close": (GOOD.replace('"Café Zee";', '"Café Zee;'), "line 3", bank_csv.BAD_QUOTES),
    "a quote in the middle": (GOOD.replace('"Café Zee"', '"Café "Zee"'), "line 3", bank_csv.BAD_QUOTES),
    "a status that is not known": (FORTIS.replace("Geaccepteerd;\n", "Misschien;\n", 1), "line 3", REWRITTEN),
    "a currency that is none": (FORTIS.replace(";1.121,00;EUR", ";1.121,00;euro"), "line 4", REWRITTEN),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_row_is_refused_with_its_line(name: str) -> None:
    text, place, what = DAMAGED[name]
    assert (place, what, Severity.ERROR) in told(text)
    assert len(read(text)[0][0].transactions) < 2 or "currency" in name or "status" in name


def test_a_bank_that_refused_a_payment_moved_no_money() -> None:
    assert told(FORTIS) == [("line 2", bank_csv.NOT_BOOKED, Severity.WARNING)]


def test_cells_may_hold_line_ends() -> None:
    text = GOOD.replace("factuur 2027-001", "factuur\n2027-001")
    assert read(text)[0][0].transactions == EXAMPLES["nl-ing"].movements
    assert told(text.replace('"200,00"', '"200"')) == [("line 3", REWRITTEN, Severity.ERROR)]


def test_an_accent_far_below_shows_the_encoding() -> None:
    many = [Movement(bank_examples_day(), 100, PAYER, "Zee", "factuur " + "x" * 500) for _ in range(400)]
    text = ing([Movement(bank_examples_day(), 100, PAYER, "Café Zee", "laatste"), *many])
    (statement,), problems, _ = read(text.encode("cp1252"))
    assert statement.transactions[-1].counterparty_name == "Café Zee"
    assert problems == []


def test_a_hundred_problems_are_told_and_the_rest_counted() -> None:
    header, row, _ = GOOD.split("\r\n")[:3]
    problems = told("\r\n".join([header, row, *[row.replace('"12,50"', '"12"')] * 150]))
    assert len(problems) == 101
    assert problems[-1] == ("file", MORE_PROBLEMS, Severity.ERROR)


def test_what_stops_the_reading_is_told_behind_a_hundred_warnings() -> None:
    header, refused, *_ = FORTIS.splitlines()
    many = "\n".join([header, *[refused] * 150, *["x;y"] * (bank_csv.MOST_UNREADABLE + 1)])
    statements, problems, _ = read(many)
    assert (statements, problems[-1]) == ([], ("file", MORE_PROBLEMS, Severity.ERROR))


def test_a_broken_line_above_the_header_moves_nothing() -> None:
    (statement,), problems, _ = read('"export" of "today\r\n' + EXAMPLES["nl-knab"].text)
    assert (statement.transactions, problems) == (EXAMPLES["nl-knab"].movements, [])


def test_a_file_without_rows_says_so() -> None:
    statements, problems, version = read(GOOD.split("\r\n")[0])
    assert (statements, problems, version) == ([], [("file", bank_csv.NOTHING, Severity.WARNING)], "nl-ing")


def test_a_credit_card_is_refused_by_name() -> None:
    card = "International Card Services BV                www.icscards.nl\nPostbus 23225\n\nDatum   ICS-klantnummer\n"
    assert bank_csv.sniff(card.encode()) == "bank-csv"
    assert told(card) == [("file", bank_csv.OF_A_CARD, Severity.ERROR)]


def test_whose_account_it_is_can_be_said() -> None:
    text = EXAMPLES["nl-argenta"].text
    assert ("file", bank_csv.NO_ACCOUNT, Severity.ERROR) in told(text)
    (statement,), problems, _ = read(text, OWN)
    assert (statement.start.account, problems) == (OWN, [])
    assert read(GOOD, PAYER)[0][0].start.account == OWN, "a file that says it is believed"


def test_several_accounts_are_statements_of_their_own() -> None:
    text = EXAMPLES["nl-rabobank"].text
    rows = text.splitlines()
    mixed = "\n".join(each for row in rows[1:] for each in (row, row.replace(OWN, PAYER, 1)))
    statements, problems, _ = read(f"{rows[0]}\n{mixed}\n")
    assert [each.start.account for each in statements] == [OWN, PAYER]
    assert all(each.adds_up and len(each.transactions) == 3 for each in statements)
    assert problems == [("line 3", bank_csv.OTHER_ACCOUNT, Severity.WARNING)]
    asn = EXAMPLES["nl-volksbank"].text
    first, second = asn.splitlines()
    assert told(f"{first}\n{second.replace(OWN, PAYER)}\n")[0][2] is Severity.QUESTION, "this bank writes one per file"


# --- balances -----------------------------------------------------------------------------------------------------

CENTS = st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=8)
RANDOM = [1_000, -250, 999, -4, 70_000]


def year(cents: list[int], **how: Any) -> str:
    return ing([Movement(bank_examples_day(), each, PAYER, "Zee", str(nth)) for nth, each in enumerate(cents)], **how)


@settings(max_examples=60, deadline=None)
@given(cents=CENTS, opening=st.integers(-10_000, 10_000), newest_first=st.booleans())
def test_balances_are_read_in_both_orders(*, cents: list[int], opening: int, newest_first: bool) -> None:
    (statement,), problems, _ = read(year(cents, opening=opening, newest_first=newest_first))
    assert facts(statement)[1:3] == (opening, opening + sum(cents))
    assert (statement.adds_up, problems) == (True, [])


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_row_that_does_not_follow_is_asked_about(*, newest_first: bool) -> None:
    lines = year(RANDOM, opening=5, newest_first=newest_first).splitlines(keepends=True)
    for gone in (2, 3, 4):
        text = "".join(lines[:gone] + lines[gone + 1 :])
        assert told(text) == [(f"line {gone + 1}", bank_csv.DOES_NOT_FOLLOW, Severity.QUESTION)]
        assert read(text)[0][0].adds_up is False
    turned = "".join([*lines[:2], lines[3], lines[2], *lines[4:]])
    assert {what for _, what, _ in told(turned)} == {bank_csv.DOES_NOT_FOLLOW}
    doubled = "".join([*lines[:3], lines[2], *lines[3:]])
    assert told(doubled) == [("line 4", bank_csv.DOES_NOT_FOLLOW, Severity.QUESTION)]


def test_balance_before_and_after_must_agree_in_a_row() -> None:
    text = EXAMPLES["nl-abnamro"].text.replace("\t100,00\t", "\t101,00\t")
    assert told(text) == [("line 2", bank_csv.DOES_NOT_FOLLOW, Severity.QUESTION)]


def test_balances_that_are_partly_given_prove_nothing() -> None:
    (statement,), problems, _ = read(GOOD.replace('"1200,00"', '""'))
    assert (statement.adds_up, statement.start.opening, problems) == (None, None, [])


# --- lists and banks ----------------------------------------------------------------------------------------------


def named(data: bytes) -> str | None:
    found = formats.recognise(io.BytesIO(data))
    return found[0] if found else None


def lists() -> Iterator[tuple[str, bytes]]:
    yield from ((name, text.encode()) for name, text in SHAPES.items())
    yield from ((path.name, path.read_bytes()) for path in sorted((ROOT / "docs").rglob("*.csv")))


@pytest.mark.parametrize(("name", "data"), list(lists()))
def test_a_list_is_never_taken_for_a_bank(name: str, data: bytes) -> None:
    assert bank_csv.sniff(data) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_bank_is_never_taken_for_a_list(name: str) -> None:
    data = EXAMPLES[name].text.encode()
    assert named(data) == "bank-csv"
    assert open_items.sniff(data) is None


def test_a_bank_that_is_not_known_is_nothing() -> None:
    text = f"Date;Kind;Sum;Whom\n2027-02-01;IN;12.00;{PAYER}\n"
    assert (named(text.encode()), read(text)[1]) == (None, [("file", bank_csv.NOT_KNOWN, Severity.ERROR)])


# --- the files of others ------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_every_sample_gives_its_facts(name: str, samples: Path, expected: dict[str, dict[str, Any]]) -> None:
    data, wanted = (samples / "bank-csv" / name).read_bytes(), expected[f"bank-csv/{name}"]
    statements, problems, _ = read(data)
    if "rows" not in wanted:
        what = bank_csv.NOT_KNOWN if wanted.get("empty") else bank_csv.OF_A_CARD
        assert (statements, problems) == ([], [("file", what, Severity.ERROR)])
        return
    assert named(data) == "bank-csv"
    cents = [t.cents for each in statements for t in each.transactions]
    assert len(cents) == wanted["rows"]
    for figure, found in (
        ("sum_in", sum(each for each in cents if each > 0)),
        ("sum_out", -sum(each for each in cents if each < 0)),
        ("net", sum(cents)),
        ("opening", facts(statements[0])[1]),
        ("closing", facts(statements[-1])[2]),
    ):
        assert figure not in wanted or found == Decimal(wanted[figure]) * 100, figure
    where = {"ing_fail.csv": ["line 3"], "transactie-historie_fail.csv": ["line 12"]}
    assert [place for place, _, _ in problems] == where.get(name, []), "an account of its own, and where it begins"


AS_LAYOUT = {
    "be-argenta-default": "be-argenta", "be-bnp-paribas-fortis-default": "be-fintro", "be-crelan-default": "be-crelan",
    "be-fintro-default": "be-fintro", "be-ing-default": "be-ing", "nl-abnamro-default": "nl-abnamro",
    "nl-argenta-default": "nl-argenta", "nl-asnbank-default": "nl-volksbank", "nl-bunq-default": "nl-bunq",
    "nl-ing-default": "nl-ing", "nl-ing-savings": "nl-ing-savings", "nl-knab-knab": "nl-knab",
    "nl-nibc-default": "nl-nibc", "nl-rabobank-rabobank-new-csv-format": "nl-rabobank",
    "nl-regiobank-regiobank": "nl-volksbank", "nl-sns-default": "nl-volksbank",
}  # fmt: skip
SAME = {
    "amount": {"amount"}, "account-iban": {"account"}, "account-number": {"account"},
    "opposing-iban": {"counterparty_iban"}, "opposing-number": {"counterparty_iban"},
    "generic-debit-credit": {"sign"}, "ing-debit-credit": {"sign"},
    "date_interest": {"value_date"}, "sepa_ct_id": {"end_to_end_id"},
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("sample", AS_LAYOUT)
def test_the_layouts_agree_with_those_of_another_importer(sample: str, samples: Path) -> None:
    other = json.loads((samples / "bank-csv-layouts" / f"{sample}.json").read_text())
    layout = next(each for each in layouts() if each.name == AS_LAYOUT[sample])
    # It knows bunq's file of before there was a value date.
    roles = [role for role in layout.roles if not (layout.name == "nl-bunq" and role == "value_date")]
    assert len(roles) == len(other["roles"])
    assert layout.has_header in (other["headers"], layout.name != "nl-argenta")
    differ = [(theirs, mine) for theirs, mine in zip(other["roles"], roles, strict=True)
              if theirs in SAME and mine not in SAME[theirs]]  # fmt: skip
    assert differ == []


# --- strangers ----------------------------------------------------------------------------------------------------


def how_to() -> str:
    return (ROOT / "docs" / "how-to" / "add-a-bank-csv-layout.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", how_to(), re.DOTALL)
    assert found, language
    return found[1]


def test_the_how_to_reads_its_own_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = bank_layouts.read("nl-brug", block("toml"))
    monkeypatch.setattr(bank_places, "layouts", lambda: (*layouts(), layout))
    (statement,), problems, version = read(block("text"))
    assert (version, problems, statement.adds_up) == ("nl-brug", [], True)
    assert [(t.cents, t.counterparty_name, t.text) for t in statement.transactions] == [
        (20_000, "Café Zee", "factuur 2027-001"),
        (-1_250, "Brugbank", "kosten februari"),
    ]


def test_the_how_to_names_every_word() -> None:
    page = how_to()
    keys = {field.name for field in fields(Layout)} - {"name", "roles", "headers"} | {"columns"}
    for word in {*keys, *bank_layouts.ROLES, *bank_layouts.DAYS, *bank_layouts.DIALECTS}:
        assert f"`{word}`" in page, word


def test_the_page_of_formats_names_every_bank() -> None:
    page = (ROOT / "docs" / "reference" / "formats.md").read_text("utf-8")
    for layout in layouts():
        assert layout.bank in page


@pytest.mark.parametrize(
    "change",
    [
        ('"amount"', '"amonut"'), ('days = ["dd-mm-yyyy"]', 'days = ["dd-mm-yy"]'),
        ('decimal = [","]', 'decimal = [";"]'),
        ('received = ["Bij"]\n', ""), ('bank = "Brugbank"', 'bank = "Brugbank"\ndialect = "klingon"'),
        ('bank = "Brugbank"', 'bank = "Brugbank"\nmay_lack = ["Bdrag"]'),
        ('bank = "Brugbank"', 'bank = "Brugbank"\ndecimals = "some"'), ('["currency", "Munt"]', '["amount", "Munt"]'),
    ],
)  # fmt: skip
def test_a_layout_with_a_slip_is_refused(change: tuple[str, str]) -> None:
    assert change[0] in block("toml")
    with pytest.raises(ValueError, match="nl-brug"):
        bank_layouts.read("nl-brug", block("toml").replace(*change))


PIECES = ['"', ";", ",", "\t", "\n", "\r", "1,23E+10", "Bij", "Af", OWN, "20270230", "\x00", "٣", "-", "9" * 40]


def test_mutants_never_crash() -> None:
    chance = random.Random(1640)
    originals = [example.text for example in EXAMPLES.values()]
    for _ in range(400):
        text = chance.choice(originals)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(text) + 1)
            end = at + chance.randint(0, 30)
            text = text[:at] + chance.choice([*PIECES, "", text[at:end] * 2]) + text[end:]
        data = text.encode(chance.choice(["utf-8", "utf-16", "cp1252"]), errors="replace")
        named(data)
        statements, problems, _ = read(data)
        assert statements or problems


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_noise_never_crashes(noise: bytes) -> None:
    bank_csv.sniff(noise)
    read(GOOD.encode() + noise)
    assert read(noise)[1]


SIZE = 700_000
HOSTILE = {
    "one endless line": b"A" * 8 * SIZE,
    "one endless row": GOOD.encode() + b";" * 3 * SIZE,
    "one endless cell": GOOD.encode() + b'"' + b"x\n" * SIZE,
    "quotes": GOOD.encode() + b'"' * SIZE,
    "blank lines": GOOD.encode() + b"\n" * SIZE,
    "headers": GOOD.split("\r\n")[0].encode() * 400,
    "labels": GOOD.replace("factuur 2027-001", "Omschrijving: IBAN: Kenmerk: " * 4_000).encode(),
    "references": FORTIS.replace("OVERSCHRIJVING VAN", "BANKREFERENTIE : " * 7_000).encode(),
    "accounts": "".join(
        [
            GOOD.split("\r\n")[0] + "\r\n",
            *(GOOD.split("\r\n")[1].replace(OWN, f"{n:010}") + "\r\n" for n in range(3000)),
        ]
    ).encode(),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_take_little_time(data: bytes) -> None:
    began = process_time()
    bank_csv.sniff(data[: 1 << 16])
    read(data)
    assert process_time() - began < 4


def test_memory_does_not_grow_with_the_file() -> None:
    header, row, *_ = GOOD.split("\r\n")
    peaks = []
    for rows in (2_000, 7_000):
        source = io.BytesIO(f"{header}\r\n".encode() + f"{row}\r\n".encode() * rows)
        tracemalloc.start()
        assert sum(1 for _ in bank_csv.read(source).records) == rows + 2
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 500_000, "five thousand movements would take five times as much"


def test_long_cells_are_not_kept() -> None:
    header, row, *_ = GOOD.split("\r\n")
    long = "9" * 100_000
    cells = ('"20270203"', '"12,50"', '"Af"', f'"{OWN}"')
    rows = [row.replace(cell, f'"{nth}{long}"') for nth in range(20) for cell in cells]
    tracemalloc.start()
    problems = told("\r\n".join([header, *rows]).encode())
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert {what for _, what, _ in problems} == {REWRITTEN}
    assert kept < 1_000_000

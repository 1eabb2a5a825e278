"""MT940: the facts of other people's files, what ING, Rabobank and ABN AMRO tell, what is refused, and what hostile."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from voldaan.formats import mt940
from voldaan.formats.shared import mt940_fields
from voldaan.rules.papers import (
    Balance,
    Problem,
    Severity,
    Statement,
    StatementEnd,
    StatementPart,
    StatementStart,
    Transaction,
    gather,
)

FILES = sorted(path.name for path in (SHARED / "samples" / "mt940").glob("*"))
HEAD = ":20:1\n:25:NL02RABO0123456789EUR\n:28C:7/1\n:60F:C261119EUR1000,00\n"
FOOT = ":62F:C261120EUR1000,00\n-\n"
GARBLED = {"other--railslove--mt940-headers.txt"}  # month 26, and a balance of "11 27421,94": refused, not guessed


def read(data: bytes | str) -> tuple[list[StatementPart], list[Problem]]:
    reading = mt940.read(io.BytesIO(data if isinstance(data, bytes) else data.encode()))
    parts = list(reading.records)
    assert all(str(problem) for problem in reading.problems), "each sentence has the facts that it names"
    return parts, reading.problems


def statements(data: bytes | str) -> list[Statement]:
    return list(gather(read(data)[0]))


def lines(body: str, head: str = HEAD) -> list[Transaction]:
    return [part for part in read(head + body + FOOT)[0] if isinstance(part, Transaction)]


def told(data: bytes | str) -> list[tuple[str, str, Severity]]:
    return [(problem.place, problem.what, problem.severity) for problem in read(data)[1]]


def cents(amount: str | None) -> int | None:
    return None if amount is None else int(Decimal(amount) * 100)


def number_of_signed(transactions: tuple[Transaction, ...], sign: int) -> int:
    return sum(sign * t.cents for t in transactions if sign * t.cents > 0)


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_every_sample_gives_its_facts(name: str, samples: Path, expected: dict[str, dict[str, Any]]) -> None:
    data, facts = (samples / "mt940" / name).read_bytes(), expected[f"mt940/{name}"]
    parts, problems = read(data)
    if name in GARBLED:
        assert [problem.severity for problem in problems] == [Severity.ERROR] * 2
        return
    assert sum(isinstance(part, Transaction) for part in parts) == facts["statement_lines"]
    if "lines_outside_a_statement" in facts:  # an MT942: no statement, yet lines
        assert mt940.sniff(data[:4096]) == "mt942"
        assert all(s.start.opening is None and s.end.closing is None for s in gather(parts))
        return
    read_facts = [
        {
            "account": each.start.account,
            "currency": each.start.currency,
            "number": each.start.number,
            "opening": each.start.opening and each.start.opening.cents,
            "closing": each.end.closing and each.end.closing.cents,
            "lines": len(each.transactions),
            "sum_credit": number_of_signed(each.transactions, 1),
            "sum_debit": number_of_signed(each.transactions, -1),
            "adds_up": each.adds_up,
        }
        for each in gather(parts)
    ]
    assert read_facts == [
        {
            "account": each["account"].replace(" ", "").removesuffix(each["currency"]),
            "currency": each["currency"],
            "number": each["number"],
            "opening": cents(each["opening"]),
            "closing": cents(each["closing"]),
            "lines": each["lines"],
            "sum_credit": cents(each["sum_credit"]),
            "sum_debit": cents(each["sum_debit"]),
            "adds_up": each.get("balances_reconcile"),
        }
        for each in facts["statements"]
    ]
    days = [each.end.closing and each.end.closing.on.isoformat() for each in gather(parts)]
    stated = [each.get("closing_date") for each in facts["statements"]]
    assert [a for a, b in zip(days, stated, strict=True) if a != b] == ["2002-11-30"] * stated.count("2002-11-31")
    if facts["statements"]:
        assert mt940.sniff(data[:4096]) == "mt940"
    else:
        assert [problem.what for problem in problems] == [mt940.NO_STATEMENT]


@pytest.mark.shared
def test_which_samples_have_problems(samples: Path) -> None:
    """Only what is truly odd is told: days and balances that are none, ends that are missing, stray lines."""
    errors, questions, warnings = {}, {}, {}
    for name in FILES:
        found = read((samples / "mt940" / name).read_bytes())[1]
        errors[name] = [p.place for p in found if p.severity is Severity.ERROR]
        questions[name] = [p.place for p in found if p.severity is Severity.QUESTION]
        warnings[name] = [p.place for p in found if p.severity is Severity.WARNING]
    assert {name: places for name, places in errors.items() if places} == {
        "malformed--wolph--empty_non_swift.sta": ["line 1"],
        "other--railslove--mt940-headers.txt": ["line 8", "line 10"],
        "other--wolph--raphaelm.sta": ["line 27", "line 35", "line 47"],  # closing balances without a currency
    }
    assert {name: places for name, places in questions.items() if places} == {
        "deutschebank--railslove--mt940-deutsche_bank.txt": ["line 44"],  # 31 November
        "other--railslove--mt940-iso8859-1.txt": ["line 15"],  # 31 November
        "other--railslove--mt940.txt": ["line 45"],  # 31 November
        "other--wolph--february_30.sta": ["line 6"],
        "other--wolph--transaction_details_wrapped.sta": ["line 6"],  # 30 February
        "other--wolph--wrapped_timestamp.sta": ["line 5"],  # 30 February
    }
    assert {name: places for name, places in warnings.items() if places} == {
        "ing--oca--test-ing-old.940": ["line 7"],  # :28C: runs on
        "ing--oca--test-ing.940": ["line 7"],
        "other--railslove--mt940-with-colon-after-line-break.txt": ["line 5"],  # from here on: no closing balance
        "other--sandermarechal--K4262927_20200905-080000-952.txt": ["line 10"],
        "other--sandermarechal--oldenburgischelandesbank2.txt": ["line 10"],
        "rabobank--oca--test-wrong-file.940": ["line 1"],  # `:9401:`
        "sns--oca--test-sns.940": ["line 71"],
    }


# Read from the files by eye: file, which movement, name, IBAN, structured reference, text, end-to-end id,
# bank reference, return reason.
BY_EYE = [
    ("abnamro--zilverline--abn_sepa_incasso_doorlopend.txt", 0, "BHBBAAA B.V.", "NL83RABO0353535355", "",
     "MAANDTERMIJN JANUARI", "AA 2014-11-11 10:20:47/0000000007", "", ""),
    ("abnamro--zilverline--abn_sepa_overboeking.txt", 0, "AA GHGHGH NETHERLANDS B.V.", "NL56CHAS0101010101", "",
     "1412DEC 2015 CONSULTING", "7541410", "", ""),
    ("abnamro--zilverline--abn_sepa_periodieke_overboeking.txt", 0, "B C DE MAN", "NL52ABNA0777777777", "",
     "SALARIS G.G. DE MAN", "", "", ""),
    ("abnamro--zilverline--abn_structured_sepa_acceptgiro.txt", 0, "BELASTINGDIENST", "NL86INGB0002445588",
     "4420043232693268", "", "", "", ""),
    ("abnamro--zilverline--abn_structured_sepa_ideal.txt", 0, "ABC POPPIE KLAMNAET", "NL30ABNA0122365478", "",
     "K00023345Mq235234 0045623157461347 FACTUUR 10530 000848KLAOCFTUIOMFND", "11-09-2015 12:00 0045623157461347", "",
     ""),
    ("abnamro--zilverline--abn_structured_sepa_overboeking.txt", 0, "CAFE MON AMI", "NL57INGB0001212121", "",
     "897789005", "", "", ""),
    ("abnamro--zilverline--abnamro_structured.txt", 2, "FOOBAR", "NL25ABNA0987654321", "", "SAVINGS", "", "", ""),
    ("abnamro--zilverline--abnamro_structured.txt", 3, "NS GROEP INZAKE NSR IDEA", "NL70ABNA0888888888", "",
     "4851430136 0030000735822580 NS E-TICKET(S)", "26-01-2014 18:14 0030000735822580", "", ""),
    ("abnamro--zilverline--abnamro_structured.txt", 4, "", "", "", "54.49.42.108 ABC BOOM KK", "", "", ""),
    ("abnamro--zilverline--abnamro_structured.txt", 9, "BELASTINGDIENST", "NL86INGB0002445588", "1234567890098876", "",
     "", "", ""),
    ("ing--dovadi--ing_sepa.txt", 0, "", "", "", "0654321789 J. Janssen Factuurnr 123456 klantnr 00123", "", "", ""),
    ("ing--dovadi--ing_sepa.txt", 1, "", "NL69INGB0123456789", "",
     "0123456789 NL69INGB0123456789 INGBNL2A J. Janssen 20120123456789 Factuurnr 123456 Klantnr 00123", "", "", ""),
    ("ing--oca--test-ing.940", 0, "ING BANK NV INZAKE WEB", "NL32INGB0000012345", "", "EV10001REP1000000T1000",
     "EV12341REP1231456T1234", "00000000001005", ""),
    ("ing--oca--test-ing.940", 1, "", "", "", "TOTAAL 1 VZ", "", "00000000001006", ""),
    ("ing--oca--test-ing.940", 2, "J.Janssen", "NL32INGB0000012345", "", "Factuurnr 123456 Klantnr 00123",
     "20120123456789", "00000000001007", "MS03"),
    ("ing--oca--test-ing.940", 3, "ING Bank N.V. inzake WeB", "NL32INGB0000012345", "", "EV123REP123412T1234",
     "EV123REP123412T1234", "00000000001009", ""),
    ("ing--oca--test-ing.940", 5, "J.Janssen", "NL32INGB0000012345", "", "CONTRIBUTIE FEB 2014", "20120501P0123478",
     "00000000001010", "MS03"),
    ("ing--oca--test-ing.940", 6, "J.Janssen", "NL32INGB0000012345", "9001123412341234", "", "15814016000676480",
     "00000000001011", ""),
    ("ing--zilverline--cntp_without_description.txt", 0, "", "", "", "/CNTP/0001234500////", "", "12340001234455", ""),
    ("ing--zilverline--ing_00_00.txt", 0, "RAAMEN NV", "NL88INGB0999999999", "",
     "KASSA VERZAMELFACTUUR DINSDAG 2 ABC-654321 05/31/2017 00:00:00", "0000008668-0000000000-001", "6666666666666",
     ""),
    ("ing--zilverline--ing_purp.txt", 0, "T-Mobile Netherlands BV", "NL21BASN0272727272", "",
     "Factuurnummer 858585858585", "400313131313", "15069021961175", ""),
    ("ing--zilverline--ing_references_fix.txt", 0, "", "", "",
     ("Trans.Reference:FTE7654321 01 ING-id: GE0000000426065 EUR 1.000,00 Account: NL62INGB0000121212 "
      "Transfer provisie: EUR 100,00"), "", "56565656565656", ""),
    ("ing--zilverline--unstructured_remi_with_space_in_remi.txt", 0, "B ASDGF Netherlands BV", "NL12COBA0733959555", "",
     "Factuurnummer 987654321098", "501810557591", "15092224428405", ""),
    ("rabobank--dovadi--rabobank.txt", 0, "W.P. Jansen", "", "",
     "Terugboeking NIET AKKOORD MET AFSCHRIJVING KOSTEN KINDEROPVANG JUNI 20095731", "", "", ""),
    ("rabobank--dovadi--rabobank.txt", 1, "T-MOBILE NETHERLANDS BV", "", "123456789",
     "BETALINGSKENM. 123456789 FACTUURNUMMER 987654321", "", "", ""),
    ("rabobank--oca--test-rabo.swi", 0, "R. SMITH", "NL66RABO0160878799", "", "Test money paid by other partner:", "",
     "", ""),
    ("rabobank--oca--test-rabo.swi", 1, "Kosten", "", "", "Periode 01-10-2013 t/m 31-12-2013", "", "", ""),
    ("rabobank--wolph--rabobank-iban.sta", 0, "CONTRA ACCOUNT HOLDER", "NL70ABNA0987654321", "", "",
     "01-01-2013 12:00 0030000987654321", "", ""),
    ("rabobank--wolph--rabobank-iban.sta", 1, "JOHN DOE", "", "", "Reference 201301234", "", "", ""),
    ("rabobank--zilverline--rabobank.txt", 6, "COMPANY B.V.", "", "", "Invoice", "", "", ""),
    ("rabobank--zilverline--rabobank.txt", 8, "Belastingdienst", "", "2828282828282828",
     "BETALINGSKENM. 2828282828282828", "", "", ""),
    ("rabobank--zilverline--rabobank_mt940_structured_multi_line.txt", 0, "abcdefghijklmno abcdef",
     "NL12INGB0987654321", "", "Factuur 2014-002", "195937094", "", ""),
    ("knab--zilverline--knab_sepa_doorlopend_incasso.txt", 0, "ABLAS", "NL52RBOS0343434343", "",
     "ABLAS:9999999999, FACTUURNUMMER:88888888", "DD2EFGAD446A45379D13C0DHDHDHDHAS", "FHFHFHFHFHFHFHFH", ""),
    ("sns--oca--test-sns.940", 0, "gerrits glas en schilderwerk", "NL49RABO0166416932", "", "Factuur 17227/248/20", "",
     "", ""),
    ("sns--oca--test-sns.940", 1, "", "", "",
     "Jumbo Wijchen B.V. >WIJCHEN 27.12.2017 13U38 KV005 4XZJ4Z MCC:5411 Contactloze betaling", "", "228ohu/972795",
     ""),
    ("triodos--zilverline--triodos_iban_2.txt", 1, "G-AAAAA N.V.", "NL21RABO0999999999", "",
     "Factuurnummer 201801-001", "", "", ""),
]  # fmt: skip


def details(transaction: Transaction) -> tuple[str, ...]:
    return (
        transaction.counterparty_name,
        transaction.counterparty_iban,
        transaction.structured_reference,
        transaction.text,
        transaction.end_to_end_id,
        transaction.bank_reference,
        transaction.return_reason,
    )


@pytest.mark.shared
@pytest.mark.parametrize(("name", "which", "facts"), [(row[0], row[1], row[2:]) for row in BY_EYE])
def test_who_paid_and_what_he_wrote(name: str, which: int, facts: tuple[str, ...], samples: Path) -> None:
    parts, _ = read((samples / "mt940" / name).read_bytes())
    assert details([part for part in parts if isinstance(part, Transaction)][which]) == facts


ROWS = [  # :86: as the banks describe it in their format descriptions, with made-up names
    ("a bounced direct debit at ABN AMRO",
     "/RTYP/SEPA Incasso niet uitgevoerd/MARF/123/RTRN/MS03/IBAN/NL91ABNA0417164300/NAME/Bakker/REMI/Mei/EREF/E1",
     ("Bakker", "NL91ABNA0417164300", "", "Mei", "E1", "", "MS03")),
    ("a direct debit at ABN AMRO, its account behind the text",
     ("/TRTP/SEPA Incasso algemeen doorlopend/CSID/NL93ZZZ332656790051/NAME/Bakker BV/MARF/1.1/REMI/Factuur 1/2"
      "/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/EREF/E 1"),
     ("Bakker BV", "NL91ABNA0417164300", "", "Factuur 1/2", "E 1", "", "")),
    ("code words between the payer's own words at ING",
     "/EREF/E1//CNTP/NL91ABNA0417164300/ABNANL2A/Bakker/Ede//REMI/USTD//2026/1 /NAME/Jansen/RTRN/AC04/EREF/E2/",
     ("Bakker", "NL91ABNA0417164300", "", "2026/1 /NAME/Jansen/RTRN/AC04/EREF/E2", "E1", "", "")),
    ("an RF reference",
     "/EREF/NOTPROVIDED//CNTP/NL91ABNA0417164300/ABNANL2A/Bakker///REMI/STRD/ISO/RF18 5390 0754 7034/",
     ("Bakker", "NL91ABNA0417164300", "RF18539007547034", "", "", "", "")),
    ("a Belgian reference", "/CNTP/BE68539007547034/GKCCBEBB/Bakker///REMI/STRD/BBA/+++090/9337/55493+++/",
     ("Bakker", "BE68539007547034", "090933755493", "", "", "", "")),
    ("Rabobank with an ultimate debtor and a purpose",
     "/EREF/E1/ORDP//NAME/Bakker/REMI/Factuur 7/ULTD//NAME/De Vries/PURP//CD/EPAY",
     ("Bakker", "", "", "Factuur 7", "E1", "", "")),
    ("ABN AMRO's columns with a payer who writes a label",
     (f"{'SEPA OVERBOEKING':33}IBAN: NL91ABNA0417164300\n{'BIC: ABNANL2A':33}NAAM: Bakker\nOMSCHRIJVING: 2026-1"
      "\nNAAM: Jansen"),
     ("Bakker", "NL91ABNA0417164300", "", "2026-1 NAAM: Jansen", "", "", "")),
    ("nothing", "", ("", "", "", "", "", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("field", "facts"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_manners_of_writing(field: str, facts: tuple[str, ...]) -> None:
    assert details(*lines(f":61:2611201120C1,00NTRFNONREF\n:86:{field}\n")) == facts


@pytest.mark.parametrize("name", ["Jansen", ""])
def test_a_payer_who_wrote_nothing_wrote_nothing(name):
    field = f"/EREF/E-1//CNTP/NL91ABNA0417164300/ABNANL2A/{name}///REMI/USTD///"
    head = ":20:X\n:25:NL91ABNA0417164300EUR\n:28C:1\n:60F:C270301EUR0,\n:61:2703010301C1,NTRFEREF\n"
    parts, _ = read(f"{head}:86:{field}\n:62F:C270301EUR1,\n-\n")
    (statement,) = gather(parts)
    assert [(t.counterparty_name, t.text) for t in statement.transactions] == [(name, "")]


amounts = st.integers(1, 10**9)
words = st.text("abcdefghijklmnopqrstuvwxyzéü 0123456789-.", min_size=1, max_size=40).map(lambda s: " ".join(s.split()))
movements = st.lists(st.tuples(st.booleans(), st.booleans(), amounts, words, words, st.integers(-20, 20)), max_size=8)


def written(movement: tuple[bool, bool, int, str, str, int], day: date) -> tuple[str, Transaction]:
    received, reversal, amount, name, text, distance = movement
    status = ("R" if reversal else "") + ("C" if received != reversal else "D")
    booked = day + timedelta(days=distance)
    field = f"/EREF/E-1//CNTP/NL91ABNA0417164300/ABNANL2A/{name}///REMI/USTD//{text}/"
    folded = "\n".join(field[at : at + 61] for at in range(0, len(field), 61))
    line = f":61:{day:%y%m%d}{booked:%m%d}{status}{amount // 100},{amount % 100:02}NTRFEREF//B1\n/TRCD/00100/"
    cents = amount if received else -amount
    record = Transaction(cents, "EUR", day, booked, name, "NL91ABNA0417164300", "", text, "E-1", "B1", "", reversal)
    return f"{line}\n:86:{folded}\n", record


@given(movements, st.dates(date(2000, 2, 1), date(2079, 11, 30)), st.integers(-(10**9), 10**9), st.booleans())
def test_what_is_written_is_read(moves: list[Any], day: date, opening: int, windows: bool) -> None:  # noqa: FBT001
    pairs = [written(move, day) for move in moves]
    closing = opening + sum(record.cents for _, record in pairs)

    def balance(value: int) -> str:
        return f"{'D' if value < 0 else 'C'}{day:%y%m%d}EUR{abs(value) // 100},{abs(value) % 100:02}"

    text = f":20:X\n:25:NL91ABNA0417164300EUR\n:28C:1\n:60F:{balance(opening)}\n"
    text += "".join(line for line, _ in pairs) + f":62F:{balance(closing)}\n-\n"
    parts, problems = read(text.replace("\n", "\r\n" if windows else "\n"))
    assert not problems
    (statement,) = gather(parts)
    assert statement.start == StatementStart("NL91ABNA0417164300", "EUR", "1", Balance(day, opening))
    assert list(statement.transactions) == [
        replace(r, counterparty_name=r.counterparty_name.strip(), text=r.text.strip()) for _, r in pairs
    ]
    assert statement.end == StatementEnd(Balance(day, closing))
    assert statement.adds_up


DAYS = [  # value date, entry date, and the days that they mean
    ("2612310102", date(2026, 12, 31), date(2027, 1, 2)),  # the year turns between them
    ("2701021231", date(2027, 1, 2), date(2026, 12, 31)),
    ("2402290229", date(2024, 2, 29), date(2024, 2, 29)),
    ("2403010229", date(2024, 3, 1), date(2024, 2, 29)),
    ("2412310229", date(2024, 12, 31), date(2024, 2, 29)),  # the only 29 February near
    ("2501020229", date(2025, 1, 2), date(2024, 2, 29)),
    ("2312310229", date(2023, 12, 31), date(2024, 2, 29)),
    ("991231", date(1999, 12, 31), date(1999, 12, 31)),
    ("000101", date(2000, 1, 1), date(2000, 1, 1)),
    ("261120    ", date(2026, 11, 20), date(2026, 11, 20)),  # Citi leaves the entry date blank
]


@pytest.mark.parametrize(("stamp", "value", "booked"), DAYS)
def test_the_year_of_the_entry_date(stamp: str, value: date, booked: date) -> None:
    (transaction,) = lines(f":61:{stamp}C1,00NTRFNONREF\n")
    assert (transaction.value_date, transaction.booking_date) == (value, booked)


@pytest.mark.parametrize("stamp", ["2602300301", "2602290301", "2604311231", "2611200230", "2602280229"])
def test_a_day_past_the_end_of_its_month_is_a_question_about_its_line(stamp: str) -> None:
    data = f"{HEAD}:61:{stamp}C1,00NTRFNONREF\n:61:261120D1,00NTRFNONREF\n{FOOT}"
    assert told(data) == [("line 5", mt940.DAY_TAKEN, Severity.QUESTION)]
    (statement,) = statements(data)
    assert [t.cents for t in statement.transactions] == [100, -100]
    assert statement.adds_up


@pytest.mark.parametrize("stamp", ["2613010101", "2611201399", "2602320301", "2611000101", "2600120101"])
def test_a_day_that_is_none_is_an_error_of_its_line_only(stamp: str) -> None:
    data = f"{HEAD}:61:{stamp}C1,00NTRFNONREF\n:61:261120D1,00NTRFNONREF\n{FOOT}"
    assert told(data) == [("line 5", mt940.NO_DAY, Severity.ERROR)]
    (statement,) = statements(data)
    assert [t.cents for t in statement.transactions] == [-100]


def test_a_thirtieth_of_february_is_shown_on_the_last_day() -> None:
    assert [t.value_date for t in lines(":61:1602300301D6,00NTRFNONREF\n")] == [date(2016, 2, 29)]


SIGNS = [("C", 100, False), ("D", -100, False), ("RC", -100, True), ("RD", 100, True), ("CR", 100, False),
         ("DR", -100, False), ("RCR", -100, True), ("DD", -100, False)]  # fmt: skip


@pytest.mark.parametrize(("status", "amount", "reversal"), SIGNS)
def test_the_sign_comes_from_the_status(status: str, amount: int, reversal: bool) -> None:  # noqa: FBT001
    """SWIFT: RC takes back a credit, RD a debit; a letter behind it is the third of the currency."""
    (transaction,) = lines(f":61:2611201120{status}1,00NTRFNONREF\n")
    assert (transaction.cents, transaction.reversal) == (amount, reversal)


EXACT = [("EUR", "10,", 1000), ("EUR", "10,5", 1050), ("EUR", "10,50", 1050), ("EUR", "10,5000", 1050),
         ("JPY", "10,", 10), ("JPY", "10,00", 10), ("KWD", "1,234", 1234),
         ("EUR", "000000000400,00", 40000)]  # fmt: skip


@pytest.mark.parametrize(("currency", "amount", "units"), EXACT)
def test_amounts_are_minor_units(currency: str, amount: str, units: int) -> None:
    head = f":20:1\n:25:1\n:28C:1\n:60F:C261119{currency}0,\n"
    assert [t.cents for t in lines(f":61:2611201120C{amount}NTRFNONREF\n", head)] == [units]


@pytest.mark.parametrize(
    ("amount", "what"),
    [("10,505", mt940.NOT_EXACT), ("1\x000,00", mt940.NO_MOVEMENT), ("99999999999999,00", mt940.NOT_EXACT),
     ("10.50", mt940.NO_MOVEMENT),
     ("1.000,00", mt940.NO_MOVEMENT), ("10", mt940.NO_MOVEMENT), ("١٠,٠٠", mt940.NO_MOVEMENT),
     ("-1,00", mt940.NO_MOVEMENT), ("１,00", mt940.NO_MOVEMENT), ("1e3,00", mt940.NO_MOVEMENT),
     (",50", mt940.NO_MOVEMENT)],
)  # fmt: skip
def test_an_amount_that_is_not_exact_is_refused(amount: str, what: str) -> None:
    data = f"{HEAD}:61:2611201120C{amount}NTRFNONREF\n:86:x\n{FOOT}"
    assert told(data) == [("line 5", what, Severity.ERROR)]
    assert not statements(data)[0].transactions


@pytest.mark.parametrize(
    ("foot", "what"),
    [(":62F:C261120EUR10,005", mt940.NOT_EXACT), (":62F:C261120USD1000,00", mt940.OTHER_CURRENCY),
     (":62F:C261120EUR1000,00 and more", mt940.NO_BALANCE), (":62F:C261120EUR１,00", mt940.NO_BALANCE),
     (":62F:C261320EUR1,00", mt940.NO_DAY), (":62F:", mt940.NO_BALANCE)],
)  # fmt: skip
def test_a_balance_that_is_not_exact_is_refused(foot: str, what: str) -> None:
    assert told(f"{HEAD}{foot}\n") == [("line 5", what, Severity.ERROR)]


def test_a_forged_movement_cannot_be_told_apart_but_spoils_the_balance() -> None:
    words = ":86:/REMI/thanks\n:61:2611201120C999,00NTRFNONREF\n:86:forged\n"
    (statement,) = statements(f"{HEAD}:61:2611201120C1,00NTRFNONREF\n{words}:62F:C261120EUR1001,00\n")
    assert statement.adds_up is False
    (inside,) = lines(":61:2611201120C1,00NTRFNONREF\n:86:see :61:2611201120C999,00NTRF\n")
    assert inside.text == "see :61:2611201120C999,00NTRF"


def test_a_forged_end_leaves_strays_that_refuse_the_file() -> None:
    data = f"{HEAD}:61:2611201120C1,00NTRFNONREF\n:86:x\n:62F:C261120EUR1001,00\n:61:2611201120C5,00NTRFNONREF\n{FOOT}"
    assert told(data) == [
        ("line 8", mt940.STRAY, Severity.ERROR),
        ("line 9", mt940_fields.OUTSIDE, Severity.WARNING),
    ]


def test_a_second_opening_balance_is_an_error() -> None:
    assert told(f"{HEAD}:60F:C261119EUR5,00\n{FOOT}") == [("line 5", mt940.SECOND_OPENING, Severity.ERROR)]


@pytest.mark.parametrize("cut", [":20:11", ":25:30", ":28:59", ":12:11", ":21:00 uur", ":KO:NR:4"])
def test_a_time_that_the_line_end_cut_is_text(cut: str) -> None:
    (transaction,) = lines(f":61:2611201120C1,00NTRFNONREF\n:86:paid at T13\n{cut}\n:86:more\n")
    assert transaction.text == f"paid at T13 {cut} more"


def test_dashes_in_a_text_are_text() -> None:
    (transaction,) = lines(":61:2611201120C1,00NTRFNONREF\n:86:one\n-\ntwo\n")
    assert transaction.text == "one - two"


def test_accounts_and_statements_in_one_file() -> None:
    movement = ":61:2611201120C1,00NTRFNONREF\n:86:x\n"
    data = f"{HEAD}{movement}{FOOT}{HEAD.replace('0123456789', '0123456780')}{movement * 2}{FOOT}"
    assert [(s.start.account, len(s.transactions)) for s in statements(data)] == [
        ("NL02RABO0123456789", 1),
        ("NL02RABO0123456780", 2),
    ]


def test_pages_have_intermediate_balances() -> None:
    first, second = statements(
        f"{HEAD}:62M:C261120EUR5,00\n-\n:20:1\n:25:1\n:28C:7/2\n:60M:C261120EUR5,00\n:62F:C261120EUR5,00\n"
    )
    assert first.end.closing == second.start.opening == Balance(date(2026, 11, 20), 500)
    assert (first.start.number, second.start.number) == ("7/1", "7/2")


def test_an_interim_report_has_no_balances_and_counts_what_is_expected() -> None:
    data = (
        ":20:1\n:25:NL02RABO0123456789\n:28C:1\n:34F:EUR0,\n:13D:2611201200+0100\n:61:2611201120C1,00NTRFNONREF\n"
        ":86:x\n:61:2611211121EC7,00NTRFNONREF\n:86:y\n:90D:0EUR0,\n:90C:1EUR1,00\n-\n"
    )
    assert mt940.sniff(data.encode()) == "mt942"
    assert told(data) == []
    (statement,) = statements(data)
    assert statement.start == StatementStart("NL02RABO0123456789", "EUR", "1", None)
    assert [t.cents for t in statement.transactions] == [100]
    assert statement.end == StatementEnd(None, pending=1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(encoding: str, end: str) -> None:
    text = f"{HEAD}:61:2611201120C1,00NTRFNONREF\n:86:Café Zürich\n{FOOT}"
    parts, problems = read(text.replace("\n", end).encode(encoding))
    assert not problems
    assert parts == read(text)[0]
    assert [part.text for part in parts if isinstance(part, Transaction)] == ["Café Zürich"]


def test_bytes_of_no_encoding_and_control_characters_are_read() -> None:
    parts, problems = read(
        f"\x01{HEAD}:61:2611201120C1,00NTRFNONREF\n:86:a".encode() + b"\x00\x81b\n" + FOOT.encode() + b"\x03"
    )
    assert not problems
    assert [part.text for part in parts if isinstance(part, Transaction)] == ["a \x81b"]


@pytest.mark.shared
@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_a_chunk_ends_changes_nothing(size: int, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name in FILES if size > 1 or "railslove" in name or "oca" in name]
    whole = {name: read((samples / "mt940" / name).read_bytes()) for name in names}
    monkeypatch.setattr(mt940_fields, "CHUNK", size)
    assert {name: read((samples / "mt940" / name).read_bytes()) for name in names} == whole


def test_lines_outside_a_statement_are_told() -> None:
    data = f"ABNANL2A\n940\nABNANL2A\nhello\n{HEAD}{FOOT}world\n-{'X' * 3}\n{{1:F01X}}{{4:\n{HEAD}:61:x\n{FOOT}"
    assert told(data) == [
        ("line 4", mt940_fields.OUTSIDE, Severity.WARNING),
        ("line 11", mt940_fields.OUTSIDE, Severity.WARNING),
        ("line 18", mt940.NO_MOVEMENT, Severity.ERROR),
    ]


def test_a_file_that_was_cut_off_says_so_and_loses_no_movement() -> None:
    body = ":61:2611201120C1,00NTRFNONREF\n:86:the last words"
    assert told(HEAD + body) == [("line 5", mt940.NO_CLOSING, Severity.WARNING)]
    (statement,) = statements(f"{HEAD}{body}\n-}}{{5:}}\n{HEAD}{FOOT}")[:1]
    assert [t.text for t in statement.transactions] == ["the last words"]
    assert statement.adds_up is None


def test_a_hundred_problems_are_told_and_the_rest_counted() -> None:
    problems = read(HEAD + ":61:x\n" * 250 + FOOT)[1]
    assert len(problems) == 101
    assert str(problems[-1]).endswith("There are 150 problems more.")
    assert problems[-1].severity is Severity.ERROR


SNIFFED = [
    (b"ABNANL2A\r\n940\r\nABNANL2A\r\n:20:ABN AMRO BANK NV\r\n:25:1\r\n", "mt940"),
    (b"0000 01INGBNL2AXXXX00001\n0000 01INGBNL2AXXXX00001\n940 00\n:20:X\n", "mt940"),
    (b"\xef\xbb\xbf:940:\r\n:20:940S261120\r\n:25:NL02RABO0123456789 EUR\r\n", "mt940"),
    (b"{1:F01INGBNL2ABXXX0000000000}\n{2:I940INGBNL2AXXXN}\n{4:\n:20:X\n:25:Y\n", "mt940"),
    (b"{1:F01INGBNL2ABXXX0000000000}{2:I942INGBNL2AXXXN}{4:\n:20:X\n:25:Y\n:28C:1\n:34F:EUR0,\n", "mt942"),
    (b":20:X\n:25:Y\n:28C:1\n:13D:2611201200+0100\n:34F:EUR0,\n", "mt942"),
    (b"\r\n:20:X\r\n:25:Y\r\n:28C:1\r\n:60F:C261120EUR0,\r\n", "mt940"),
    (b"{1:F01INGBNL2ABXXX0000000000}{2:I103INGBNL2AXXXN}{4:\n:20:X\n:23B:CRED\n", None),
    (b"<?xml version='1.0'?><Document/>", None),
    (b"Datum;Naam;Bedrag\n20:25;x;1,00\n", None),
    (b"0000018011520105        0938409934CODELICIOUS", None),
    (b"%PDF-1.7", None),
    (b"", None),
]


@pytest.mark.parametrize(("head", "answer"), SNIFFED)
def test_sniff(head: bytes, answer: str | None) -> None:
    assert mt940.sniff(head) == answer


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_noise_never_crashes(noise: bytes) -> None:
    mt940.sniff(noise)
    assert read(noise)[1]
    read(HEAD.encode() + b":61:2611201120C1,00NTRFNONREF\n:86:" + noise)


SIZE = 900_000
OPEN = (HEAD + ":61:2611201120C1,00NTRFEREF//1\n").encode()
HOSTILE = {
    "one endless line": b"A" * 8 * SIZE,
    "controls": OPEN + b":86:" + b"\x01" * SIZE + b"x",
    "subfields": OPEN + b":86:166?00" + b"?20SVWZ+" * (SIZE // 8),
    "no field": b"\n" * 8 * SIZE,
    "words": OPEN + b":86:\n" * (SIZE // 5),
    "slashes": OPEN + b":86:/EREF/" + b"/" * SIZE,
    "code words": OPEN + b":86:/REMI/" + b"/EREF" * (SIZE // 5),
    "columns": OPEN + b":86:SEPA " + b" " * SIZE,
    "labels": OPEN + b":86:SEPA " + b"  NAAM: " * (SIZE // 8),
    "lines": OPEN + b":86:SEPA X" + b"\n" * SIZE,
    "dashes": OPEN + b":86:x" + b"\n-" * (SIZE // 2),
    "heads": b":20:\n" * (SIZE // 5),
    "movements": OPEN + b":61:x\n" * (SIZE // 6),
    "balances": b":60F:x\n" * (SIZE // 7),
    "digits": b":61:" + b"9" * SIZE,
    "blanks behind a head": b"\n:20:" + b"\n" * SIZE,
    "issuers": OPEN + b":86:/REMI/ISSUER: " + b"A " * (SIZE // 2),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_take_little_time(data: bytes) -> None:
    began = process_time()
    problems = read(data)[1]
    mt940.sniff(data[: 1 << 16])
    assert process_time() - began < 1
    assert problems


@pytest.mark.parametrize("name", ["dashes", "no field"])
def test_hostile_files_take_little_memory(name: str) -> None:
    tracemalloc.start()
    for _ in mt940.read(io.BytesIO(HOSTILE[name])).records:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64e6


def test_memory_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mt940_fields, "CHUNK", 1 << 14)
    movement = b":61:2611201120C1,00NTRFEREF//1\n:86:/EREF/1//CNTP/NL91ABNA0417164300/ABNANL2A/X///REMI/USTD//Y/\n"
    peaks = []
    for count in (2_000, 8_000):
        source = io.BytesIO(HEAD.encode() + movement * count + FOOT.encode())
        tracemalloc.start()
        assert sum(1 for _ in mt940.read(source).records) == count + 2
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2

"""CODA: the facts of other people's files, what its records tell, what is asked and refused, and what is hostile."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import coda as second_opinion
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.tools.coda import DAY, OWN, closing, file, free, header, line, movement, opening, statement
from tests.tools.mutants import mutant
from voldaan.formats import coda
from voldaan.formats.shared import coda_lines
from voldaan.formats.shared.coda_communications import understand
from voldaan.rules.papers import (
    Balance,
    Problem,
    Severity,
    StatementEnd,
    StatementPart,
    StatementStart,
    Transaction,
    gather,
)

FILES = sorted(path.name for path in (SHARED / "samples" / "coda").glob("*"))
PAYER = "BE47435000000080"


def read(data: bytes | str) -> tuple[list[StatementPart], list[Problem]]:
    reading = coda.read(io.BytesIO(data if isinstance(data, bytes) else data.encode("cp1252")))
    parts = list(reading.records)
    assert all(str(problem) for problem in reading.problems), "each sentence has the facts that it names"
    return parts, reading.problems


def transactions(data: bytes | str) -> list[Transaction]:
    return [part for part in read(data)[0] if isinstance(part, Transaction)]


def told(data: bytes | str) -> list[tuple[str, str, Severity]]:
    return [(problem.place, problem.what, problem.severity) for problem in read(data)[1]]


def one(*records: str, **words: Any) -> Transaction:
    """Read a file of one movement, of which nothing may be said."""
    content = file(header(), statement(records))
    assert not told(content)
    (transaction,) = transactions(content)
    return transaction


# --- files of others -------------------------------------------------------------------------------------------------


def cents(amount: str | None) -> int | None:
    exact = None if amount is None else Decimal(amount) * 100
    return None if exact is None or exact % 1 else int(exact)


SPLIT = {"febelfin-coda--CODA.txt": 8, "wimverstuyf--sample10.cod": 1}  # movements more than totals
THOUSANDTH = "wimverstuyf--sample6.cod"  # a movement of 767.823


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_every_sample_gives_its_facts(name: str, samples: Path, expected: dict[str, dict[str, Any]]) -> None:
    data = (samples / "coda" / name).read_bytes()
    (facts,) = expected[f"coda/{name}"]["statements"]
    assert coda.sniff(data[:4096]) == "coda"
    assert coda.read(io.BytesIO(data)).version == facts["version"]
    parts, _ = read(data)
    (read_facts,) = gather(parts)
    account, currency = facts["account"].split()
    assert read_facts.start.account.endswith(account)  # a Belgian number is given as its IBAN
    assert read_facts.start.currency == currency[:3]
    assert read_facts.start.number == facts["statement_no"]
    for balance, stated in ((read_facts.start.opening, "opening"), (read_facts.end.closing, "closing")):
        assert (balance and balance.cents) == cents(facts[stated])
        assert balance is None or f"{balance.on:%d%m%y}" == facts[f"{stated}_date_ddmmyy"]
    assert len(read_facts.transactions) - SPLIT.get(name, 0) == facts["movements_main"] - (name == THOUSANDTH)
    moved = [t.cents for t in read_facts.transactions]
    assert sum(c for c in moved if c > 0) == cents(facts["sum_credit"])
    if name != THOUSANDTH:
        assert sum(-c for c in moved if c < 0) == cents(facts["sum_debit"])
        assert bool(read_facts.adds_up) == facts["balances_reconcile"]


@pytest.mark.shared
def test_which_samples_have_problems(samples: Path, expected: dict[str, dict[str, Any]]) -> None:
    """What adds up comes in; what does not is asked; what cannot be kept to the cent is refused."""
    errors, questions = {}, {}
    for name in FILES:
        found = told((samples / "coda" / name).read_bytes())
        errors[name] = [place for place, _, severity in found if severity is Severity.ERROR]
        questions[name] = [place for place, _, severity in found if severity is Severity.QUESTION]
        adds_up = all(each["balances_reconcile"] for each in expected[f"coda/{name}"]["statements"])
        assert not (adds_up and (errors[name] or questions[name])), name
    assert {name: places for name, places in errors.items() if places} == {THOUSANDTH: ["line 3"]}
    assert {name: places for name, places in questions.items() if places} == {
        "wimverstuyf--sample2.cod": ["line 17"],  # a closing balance of 23154.685
        "wimverstuyf--sample3.cod": ["line 8"] * 2,  # from here on: sums of another statement
        "wimverstuyf--sample4.cod": ["line 11"] * 2,
        "wimverstuyf--sample5.cod": ["line 1", *["line 16"] * 2],
        "wimverstuyf--sample6.cod": ["line 1", *["line 17"] * 2],
    }


@pytest.mark.shared
def test_a_second_opinion(samples: Path) -> None:
    """febelfin-coda sees the same balances and totals wherever it reads a file; it stops where sums disagree."""
    agreed = []
    for name in FILES:
        try:
            theirs = second_opinion.CODA(io.StringIO((samples / "coda" / name).read_text("cp1252"))).statements
        except Exception:  # noqa: BLE001, S112 - a library that stops has no opinion
            continue
        ours = list(gather(read((samples / "coda" / name).read_bytes())[0]))
        for mine, his in zip(ours, theirs, strict=True):
            assert mine.start.account.endswith(his.account)
            assert mine.start.currency == his.account_currency
            assert mine.start.opening == Balance(his.old_balance_date, int(his.old_balance * 100))
            assert mine.end.closing == Balance(his.new_balance_date, int(his.new_balance * 100))
            received = sum(t.cents for t in mine.transactions if t.cents > 0)
            assert (received, received - sum(t.cents for t in mine.transactions)) == (
                his.total_credit * 100,
                his.total_debit * 100,
            )
            leaves = [
                leaf
                for move in his.moves
                for leaf in ([each for each in move.moves if each.transaction_type in "567"] or [move])
            ]
            assert [(t.value_date, t.booking_date, t.cents) for t in mine.transactions] == [
                (leaf.value_date, leaf.entry_date, int(leaf.amount * 100)) for leaf in leaves
            ]
            assert [t.structured_reference for t in mine.transactions] == [
                leaf.communication if leaf.communication_type in {"101", "102"} else "" for leaf in leaves
            ]
        agreed.append(name)
    assert agreed == [
        "acsone--Coda_v2_3_faulty_globalisation_2.txt",
        "febelfin-coda--CODA.txt",
        "wimverstuyf--sample10.cod",
        "wimverstuyf--sample11.cod",
        "wimverstuyf--sample8.cod",
    ]


BY_EYE = [  # file, which movement, name, account, structured reference, text, end-to-end id, bank reference
    ("febelfin-coda--CODA.txt", 2, "Olgerdin Egill Skallagrims", "LU037050522702273100", "", "/INV/2061260", "",
     "OL9456574JBBNEUBCRCL1"),
    ("febelfin-coda--CODA.txt", 6, "ECONOLER S.A.", "BE20191038188256", "", "", "CASHTPF0132", "IHMI00001 TBOGOVOVERS"),
    ("febelfin-coda--CODA.txt", -7, "LA CROIX D OR SPRL", "BE96370121620105", "269021157996", "", "",
     "IKKUZ0AAAAOVSBBNONTVA"),
    ("oca--Ontvangen_CODA.2012-01-11-18.59.15.txt", -1, "KBC VERZEKERINGEN NV", "BE43730004200601", "",
     "TERUGGAVE 37232481 8400083296 .", "362/363", "AOGM00160BSCTOBOGOVER"),
    ("wimverstuyf--sample10.cod", 1, "KLANT2 MET NAAM2", "BE25646548413215", "", "243690000142 SEPA-00000002",
     "243690000142", "BANK-REF-CCCCCCCCCCCC"),
]  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize(("name", "which", "facts"), [(row[0], row[1], row[2:]) for row in BY_EYE])
def test_who_paid_and_what_he_wrote(name: str, which: int, facts: tuple[str, ...], samples: Path) -> None:
    t = transactions((samples / "coda" / name).read_bytes())[which]
    assert facts == (t.counterparty_name, t.counterparty_iban, t.structured_reference, t.text, t.end_to_end_id,
                     t.bank_reference)  # fmt: skip


# --- a movement ------------------------------------------------------------------------------------------------------


def test_a_whole_movement() -> None:
    words = "Factuur 2027-0012 van februari, met dank voor de snelle levering van het brood en de taarten, en tot later"
    lines = movement(
        12_345, words=words, reference="REF1", end_to_end="E-1", name="Zeebries bv", account=PAYER, value="280227",
        further=["001Zeebries Brood en Banket van de Noordzeekust bv", " Ook namens de buren"],
    )  # fmt: skip
    assert one(*lines) == Transaction(
        12_345, "EUR", date(2027, 2, 28), DAY, "Zeebries Brood en Banket van de Noordzeekust bv", PAYER, "",
        f"{words} Ook namens de buren", "E-1", "REF1",
    )  # fmt: skip


def test_words_run_on_from_record_to_record() -> None:
    words = "abcdefghij" * 14
    assert one(*movement(5, words=words)).text == words


@pytest.mark.parametrize(
    ("field", "account"),
    [
        (PAYER + " " * 18 + "EUR", PAYER),
        ("435000000080 EUR", PAYER),  # a number from before IBAN, with check digits that hold
        ("435000000081 EUR", "435000000081"),
        ("000000000000", ""),
        ("NL34KRED0633083542", "NL34KRED0633083542"),
        ("03056891", "03056891"),
        (f"{'12 34 56':34}USD", "123456"),
        ("0" * 37, ""),
        ("", ""),
    ],
)
def test_the_account_of_the_other_side(field: str, account: str) -> None:
    first, *_ = movement(100)
    assert one(first, line([(0, f"2300010000{field}"), (47, "Zee")])).counterparty_iban == account


@pytest.mark.parametrize("value", ["000000", "      "])
def test_one_day_stands_in_for_the_other(value: str) -> None:
    assert one(*movement(100, value=value)).value_date == DAY
    (lines,) = movement(100, value="280227")
    t = one(lines[:115] + value + lines[121:])
    assert (t.value_date, t.booking_date) == (date(2027, 2, 28), date(2027, 2, 28))


@pytest.mark.parametrize(("value", "wrong"), [("300227", "300227"), ("1 0327", "1 0327"), ("²80227", "²80227")])
def test_a_day_that_is_none_is_an_error_of_its_line(value: str, wrong: str) -> None:
    problems = read(file(header(), statement(movement(100, value=value))))[1]
    assert [(p.place, p.what, p.severity, p.facts) for p in problems] == [
        ("line 3", coda.NO_DAY, Severity.ERROR, {"text": wrong})
    ]


def test_a_movement_without_any_day_is_an_error() -> None:
    (lines,) = movement(100, value="000000")
    content = file(header(), [opening(0), lines[:115] + "000000" + lines[121:], closing(100)])
    assert (coda.NO_DAY, Severity.ERROR) in [(what, severity) for _, what, severity in told(content)]


@pytest.mark.parametrize(
    ("field", "currency", "units"),
    [
        ("0000000000012340", "EUR", 1234),
        ("1000000000012340", "EUR", -1234),
        ("0999999999999990", "EUR", 99999999999999),
        ("0000000000012345", "EUR", None),  # a thousandth of a euro
        ("0000000000012345", "TND", 12345),
        ("0000000000012000", "JPY", 12),
        ("0000000000012340", "JPY", None),
        ("2000000000012340", "EUR", None),
        (" 000000000012340", "EUR", None),
        ("00000000000123 0", "EUR", None),
        ("0-00000000012340", "EUR", None),
        ("000000000001234²", "EUR", None),
        ("0NaN000000000000", "EUR", None),
    ],
)
def test_amounts_are_exact_or_refused(field: str, currency: str, units: int | None) -> None:
    (first,) = movement(100)
    lines = [opening(0, currency=currency), first[:31] + field + first[47:], closing(0, currency=currency)]
    parts, problems = read(file(header(), lines, paid=0, received=0))
    assert [part.cents for part in parts if isinstance(part, Transaction)] == ([] if units is None else [units])
    assert (coda.NOT_EXACT in [problem.what for problem in problems]) == (units is None)
    if units is None:
        assert any(problem.severity is Severity.ERROR for problem in problems)


BACK = [  # cents, code of the transaction, whether it takes back another
    (-100, "00503000", True), (-100, "00505000", True), (-100, "00149000", True), (-100, "00338000", True),
    (100, "00154000", True), (100, "00558000", True), (100, "00150000", False), (100, "00199000", False),
    (-100, "00501000", False), (100, "00503000", False), (-100, "10503000", True),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "code", "is_back"), BACK)
def test_codes_that_take_back_an_earlier_movement(amount: int, code: str, is_back: bool) -> None:  # noqa: FBT001
    assert one(*movement(amount, code=code)).reversal == is_back


@pytest.mark.parametrize(
    ("returned", "reason", "is_back"),
    [("2MD06", "MD06", True), ("3    ", "", True), ("0", "", False), ("9MD06", "", False), ("2????", "", True)],
)
def test_a_payment_that_came_back(returned: str, reason: str, is_back: bool) -> None:  # noqa: FBT001
    t = one(*movement(-100, code="00101000", returned=returned))
    assert (t.return_reason, t.reversal) == (reason, is_back)


def test_until_version_2_2_something_else_stood_where_the_reason_is() -> None:
    first, second = movement(-100, end_to_end="E")
    t = one(first, second[:109] + "00843246305A0296" + second[125:])
    assert (t.return_reason, t.reversal) == ("", False)


def test_who_is_behind_it_counts_only_where_nobody_is_named() -> None:
    assert one(*movement(100, further=["009Wie betaalt"])).counterparty_name == "Wie betaalt"
    assert one(*movement(100, name="Zee", further=["009Wie betaalt"])).counterparty_name == "Zee"


def test_nothing_stands_for_nothing() -> None:
    t = one(*movement(100, end_to_end="NOTPROVIDED", reference="0" * 21))
    assert (t.end_to_end_id, t.bank_reference) == ("", "")
    assert one(*movement(100, end_to_end="0000")).end_to_end_id == ""


# --- structured communications ---------------------------------------------------------------------------------------

MANDATE = f"010327120{'BE12ZZZ0123456789':35}{'MANDAAT-7':35}{'Contributie maart':62}"
TERMINAL = f"{'BAKKERIJ ZEEZICHT':16.16}{'OOSTENDE':10}"
SAID = [  # code, content, structured reference, text, name, return reason, taken back
    ("100", "RF18539007547034", ("RF18539007547034", "", "", "", False)),
    ("100", "zomaar", ("", "zomaar", "", "", False)),
    ("101", "123456789002", ("123456789002", "", "", "", False)),
    ("101", "123456789002  813", ("123456789002", "813", "", "", False)),
    ("101", "12345678900x", ("", "12345678900x", "", "", False)),
    ("102", "123456789002", ("123456789002", "", "", "", False)),
    ("103", "000012345678", ("", "000012345678", "", "", False)),
    ("105", f"{10_000:015}{12_500:015}{'000125000000'}USD123456789002BE{10_000:015}",
     ("123456789002", "12.50 USD", "", "", False)),
    ("105", f"{0:015}{0:015}{'000000000000'}USD", ("", "", "", "", False)),
    ("106", f"{5_360:015}{25_505:015}{'002100000000'}2{0:015}", ("", "5.36 25.505 21 %", "", "", False)),
    ("107", f"740123456702010327{'ABONNEMENT MAART':30}000123456789",
     ("", "740123456702 01-03-27 ABONNEMENT MAART", "", "", False)),
    ("107", f"740123456702010327{'ABONNEMENT MAART':30}100123456789",
     ("", "740123456702 01-03-27 ABONNEMENT MAART", "", "", True)),
    ("108", f"{0:015}{'DEBETRENTE':15}{'000850000000'}010127310327",
     ("", "DEBETRENTE 8.5 % 01-01-27 31-03-27", "", "", False)),
    ("111", f"3602398413009583010327009585020327{'6'}{TERMINAL}",
     ("", "602398 01-03-27 02-03-27 BAKKERIJ ZEEZICH OOSTENDE", "", "", False)),
    ("113", f"6703330000008003{'1'}041110000214{'010327'}{'1428'}{'7'}{TERMINAL}{0:015}{0:012}EUR",
     ("", "6703330000008003 01-03-27 14:28 BAKKERIJ ZEEZICH OOSTENDE", "BAKKERIJ ZEEZICH", "", False)),
    ("114", f"3353047186006835{'010327'}{'1101'}{'8'}{TERMINAL}{'0507775191760001'}",
     ("", "353047 006835 01-03-27 11:01 BAKKERIJ ZEEZICH OOSTENDE 0507775191760001", "", "", False)),
    ("115", f"6703330000008003{'1'}041110000214{'010327'}{'1428'}{'010327'}{'000001'}{81_000:015} {TERMINAL}OK",
     ("", "6703330000008003 01-03-27 14:28 81.00 BAKKERIJ ZEEZICH OOSTENDE OK", "", "", False)),
    ("121", f"{100_000:015}{'010427'}{'010427'}{'010127'}{'00123456749'}EUR   {'WISSEL77':13}",
     ("", "100.00 01-04-27 00123456749 EUR WISSEL77", "", "", False)),
    ("122", f"0030000500000000{100_000:015}2{'WISSEL77':13}{'010427'}",
     ("", "100.00 WISSEL77 01-04-27", "", "", False)),
    ("123", f"{'010127'}{'310327'}{100_000:015}{'000025000000'}00902{'WAARBORG9':13}",
     ("", "01-01-27 31-03-27 100.00 0.25 % WAARBORG9", "", "", False)),
    ("124", f"{'6703330000008003':20}2{'335':12}{'17098487':15}{'010327'}",
     ("", "6703330000008003 335 17098487 01-03-27", "", "", False)),
    ("125", f"{'726123456789':12}{'':15}{200_000:015}{190_000:015}{0:015}EUR010127310127000400000000{'AFLOSSING':13}",
     ("", "726123456789 200.00 190.00 01-01-27 31-01-27 AFLOSSING", "", "", False)),
    ("126", f"{'TERMIJN1':15}{500_000:015}{0:015}{'010127'}{'310327'}{'000200000000'}{2_500:015}EUR",
     ("", "TERMIJN1 500.00 01-01-27 31-03-27 2 % 2.50 EUR", "", "", False)),
    ("127", MANDATE, ("", "Contributie maart MANDAAT-7", "", "", False)),
    ("127", f"{MANDATE}2MD06", ("", "Contributie maart MANDAAT-7", "", "MD06", True)),
    ("127", f"{MANDATE}3", ("", "Contributie maart MANDAAT-7", "", "", True)),
    ("127", MANDATE.replace("010327120", "010327122"), ("", "Contributie maart MANDAAT-7", "", "", True)),
    ("199", "iets nieuws", ("", "199 iets nieuws", "", "", False)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "content", "facts"), SAID, ids=[f"{row[0]}-{nth}" for nth, row in enumerate(SAID)])
def test_structured_communications(code: str, content: str, facts: tuple[str, str, str, str, bool]) -> None:
    assert understand(code, content) == facts
    t = one(*movement(100, structured=code + content))
    assert (t.structured_reference, t.text, t.counterparty_name, t.return_reason, t.reversal) == facts


def test_a_name_in_record_23_comes_before_that_of_a_terminal() -> None:
    structured = f"1136703330000008003{'1'}041110000214{'010327'}{'1428'}{'7'}{TERMINAL}"
    assert one(*movement(-100, structured=structured, name="Zee nv")).counterparty_name == "Zee nv"


# --- totals and details ----------------------------------------------------------------------------------------------


def batch(*amounts: int, total: int, kinds: str = "15", references: tuple[str, ...] = ("A", "B", "C")) -> str:
    """Write a total and its details, which differ in name and reference."""
    lines = movement(total, code=f"{kinds[0]}0550000", reference="TOTAL", words="incasso maart")
    for nth, amount in enumerate(amounts, start=1):
        lines += movement(
            amount, detail=nth, code=f"{kinds[1]}0550000", reference=references[nth - 1], name=f"Klant {nth}"
        )
    return file(header(), statement(lines, movement(7, sequence=2)))


@pytest.mark.parametrize("kinds", ["15", "26", "27"])
def test_details_that_add_up_replace_their_total(kinds: str) -> None:
    content = batch(100, 250, total=350, kinds=kinds)
    assert not told(content)
    found = [(t.cents, t.counterparty_name, t.bank_reference) for t in transactions(content)]
    assert found == [(100, "Klant 1", "A"), (250, "Klant 2", "B"), (7, "", "")]


@pytest.mark.parametrize("amounts", [(100,), (100, 249), (100, 250, 1), (-100, 450, 1)])
def test_details_that_do_not_add_up_give_one_movement_and_say_so(amounts: tuple[int, ...]) -> None:
    content = batch(*amounts, total=350)
    assert told(content) == [("line 3", coda.NOT_SPLIT, Severity.WARNING)]
    assert [(t.cents, t.text, t.bank_reference) for t in transactions(content)] == [
        (350, "incasso maart", "TOTAL"),
        (7, "", ""),
    ]


def test_a_total_without_details_is_one_movement() -> None:
    content = batch(total=350)
    assert not told(content)
    assert [t.cents for t in transactions(content)] == [350, 7]


def test_in_a_total_no_two_have_the_same_reference() -> None:
    content = batch(1, 2, 3, total=6, references=("A", "B", "A"))
    assert [t.bank_reference for t in transactions(content)[:3]] == ["A/1", "B", "A/3"]


def test_what_a_movement_is_made_of_explains_it_and_is_no_movement() -> None:
    """A payment from abroad, less costs: the account sees one amount."""
    lines = movement(990, code="30150000", name="Zee Ltd", words="")
    lines += movement(1000, detail=1, code="80150100", structured=f"105{'0' * 42}USD123456789002")
    lines += movement(-10, detail=2, code="80150006", structured=f"106{1_750:015}{8_250:015}002100000000")
    (t,) = transactions(file(header(), statement(lines)))
    assert (t.cents, t.counterparty_name, t.structured_reference, t.text) == (
        990,
        "Zee Ltd",
        "123456789002",
        "1.75 8.25 21 %",
    )


def test_an_amount_from_abroad_is_told_only_in_another_currency() -> None:
    for currency, text in (("EUR", ""), ("NOK", "560.50 NOK")):
        structured = f"105{5_000:015}{560_500:015}{'0' * 12}{currency}"
        assert one(*movement(500, structured=structured)).text == text


def test_a_detail_away_from_its_total_is_an_error() -> None:
    lines = movement(100) + movement(50, sequence=2, detail=1, code="50150000")
    assert told(file(header(), [opening(0), *lines, closing(100)])) == [("line 4", coda.STRAY, Severity.ERROR)]


def test_information_stands_with_the_detail_before_it() -> None:
    lines = movement(300, code="10550000")
    lines += movement(100, detail=1, code="50550000", further=["001Een", " eerste"])
    lines += movement(200, detail=3, code="50550000", further=["001Twee", " tweede"])
    found = transactions(file(header(), statement(lines)))
    assert [(t.counterparty_name, t.text) for t in found] == [("Een", "eerste"), ("Twee", "tweede")]


def test_a_total_with_more_details_than_can_be_kept_is_one_movement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coda, "MOST_LINES", 4)
    content = batch(100, 250, total=350)
    assert told(content) == [("line 3", coda.TOO_MANY, Severity.WARNING)]
    assert [t.cents for t in transactions(content)] == [350, 7]


# --- statements and files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("structure", "account", "iban", "currency"),
    [
        ("0", "435000000080 EUR0BE", "435000000080", "EUR"),
        ("0", "435000000081 USD0BE", "435000000081", "USD"),
        ("1", "1234567890", "1234567890", "EUR"),
        ("2", OWN, OWN, "EUR"),
        ("3", "FR1420041010050500013M02606", "FR1420041010050500013M02606", "EUR"),
    ],
)
def test_own_accounts(structure: str, account: str, iban: str, currency: str) -> None:
    content = file(header(), statement(movement(100), account=account, structure=structure))
    assert not told(content)
    start = read(content)[0][0]
    assert start == StatementStart(iban, currency, "001", Balance(DAY, 0))


def test_version_1_knows_belgian_numbers_only() -> None:
    other = line([(0, "2300010000435000000080"), (47, f"{'Café Zee':26}{'Zeedijk 1 Oostende'}")])
    lines = statement([*movement(100), other], account="435000000080 EUR", structure="0")
    lines[0] = "1 " + lines[0][2:]
    reading = coda.read(io.BytesIO(file(header(version="1"), lines).encode("cp1252")))
    assert reading.version == "1"
    start, t, _ = reading.records
    assert not reading.problems
    assert isinstance(start, StatementStart)
    assert isinstance(t, Transaction)
    assert (start.account, start.currency) == ("435000000080", "EUR")
    assert (t.counterparty_name, t.counterparty_iban, t.text) == ("Café Zee", PAYER, "")


def test_balances_below_nought() -> None:
    parts, problems = read(file(header(), statement(movement(-300), opened=-50)))
    assert not problems
    (statement_,) = gather(parts)
    assert (statement_.start.opening, statement_.end) == (Balance(DAY, -50), StatementEnd(Balance(DAY, -350)))
    assert statement_.adds_up


def test_a_balance_that_cannot_be_kept_is_asked_about() -> None:
    for wrong in ("0000000000000005", "0x00000000000005"):
        content = file(header(), statement(movement(100))).replace(
            "0000000000001000010327" + " " * 10, f"{wrong}010327" + " " * 10
        )
        assert (coda.NOT_EXACT, Severity.QUESTION) in [(what, severity) for _, what, severity in told(content)]
        assert read(content)[0][-1] == StatementEnd(None)


def test_a_new_account_has_no_day_for_its_opening_balance() -> None:
    lines = statement(movement(100))
    lines[0] = lines[0][:58] + "000000" + lines[0][64:]
    content = file(header(), lines)
    assert told(content) == [("line 2", coda.DAY_SUPPOSED, Severity.WARNING)]
    assert read(content)[0][0] == StatementStart(OWN, "EUR", "001", Balance(DAY, 0))


def test_accounts_and_files_in_one() -> None:
    first = file(header(), statement(movement(100), number="001"), follows=True)
    second = file(header(), statement(movement(-5), movement(6, sequence=2), account=PAYER, number="041"))
    parts, problems = read(first + second)
    assert not problems
    assert [(s.start.account, s.start.number, len(s.transactions), s.adds_up) for s in gather(parts)] == [
        (OWN, "001", 1, True),
        (PAYER, "041", 2, True),
    ]


def test_two_statements_between_one_header_and_end() -> None:
    content = file(header(), statement(movement(100)) + statement(movement(7), opened=100, number="002"))
    parts, problems = read(content)
    assert not problems
    assert [(s.start.number, s.adds_up) for s in gather(parts)] == [("001", True), ("002", True)]


def test_a_file_without_movements() -> None:
    parts, problems = read(file(header(), [opening(500)]))
    assert not problems
    assert parts == [StatementStart(OWN, "EUR", "001", Balance(DAY, 500)), StatementEnd(Balance(DAY, 500))]
    assert read(file(header(), [opening(500), *movement(100)]))[0][-1] == StatementEnd(None)


ONE = statement(movement(100), movement(-40, sequence=2))
TOLD = [  # a file, and what is told of it
    ("paid", file(header(), ONE, paid=410), [("line 6", coda.PAID_DIFFERS, Severity.QUESTION)]),
    ("received", file(header(), ONE, received=0), [("line 6", coda.RECEIVED_DIFFERS, Severity.QUESTION)]),
    ("count", file(header(), ONE, count=7), [("line 6", coda.COUNTS_DIFFER, Severity.WARNING)]),
    ("copy", file(header(copy="D"), ONE), [("line 1", coda.COPY, Severity.WARNING)]),
    ("separate", file(header(separate="00001"), ONE), [("line 1", coda.SEPARATE, Severity.QUESTION)]),
    ("follower", file(header(), ONE, follows=True), [("line 6", coda.NO_FOLLOWER, Severity.WARNING)]),
    ("no end", "\n".join([header(), *ONE]), [("line 5", coda.NO_TRAILER, Severity.WARNING)]),
    ("gap", file(header(), statement(movement(1), movement(2, sequence=4))),
     [("line 4", coda.GAP, Severity.WARNING)]),
    ("turn of the numbers", file(header(), statement(movement(1, sequence=9999), movement(2))), []),
    ("words", file(header(), [*ONE, free("Wij zijn", goes_on=True), free(" open.")]),
     [("line 7", coda.SAYS, Severity.WARNING)]),
    ("words that are counted", file(header(), [*ONE, free("Open.")], count=5),
     [("line 6", coda.SAYS, Severity.WARNING)]),
    ("other account", file(header(), [*ONE[:-1], closing(60, account=PAYER)]),
     [("line 5", coda.OTHER_STATEMENT, Severity.WARNING)]),
    ("other number", file(header(), [*ONE[:-1], closing(60, number="002")]),
     [("line 5", coda.OTHER_STATEMENT, Severity.WARNING)]),
    ("other currency", file(header(), [*ONE[:-1], closing(60, currency="USD")]),
     [("line 5", coda.OTHER_CURRENCY, Severity.ERROR)]),
    ("second closing", file(header(), [*ONE, ONE[-1]]), [("line 6", coda.SECOND_CLOSING, Severity.ERROR)]),
    ("no currency", file(header(), statement(currency="   ")), [("line 2", coda.NO_ACCOUNT, Severity.ERROR)]),
    ("no such day", file(header(), [opening(0), closing(0)]).replace("010327" + " " * 64, "310227" + " " * 64),
     [("line 3", coda.NO_DAY, Severity.QUESTION)]),
    ("behind the closing", file(header(), [*ONE, *movement(5, sequence=3)]),
     [("line 6", coda.STRAY, Severity.ERROR), ("line 7", coda.RECEIVED_DIFFERS, Severity.QUESTION)]),
    ("no such record", file(header(), [*ONE[:-1], line([(0, "5")]), ONE[-1]]),
     [("line 5", coda.NOT_CODA, Severity.ERROR)]),
    ("a record of nothing", file(header(), [ONE[0], *ONE[1:2], line([(0, "2200090000")]), *ONE[2:]]),
     [("line 4", coda.LOST, Severity.WARNING)]),
    ("a short movement", file(header(), [ONE[0], ONE[1][:-1], *ONE[2:]]),
     [("line 3", coda.WRONG_LENGTH, Severity.ERROR), ("line 6", coda.RECEIVED_DIFFERS, Severity.QUESTION)]),
    ("a short word", file(header(), [*ONE[:2], line([(0, "2200010000")])[:-1], *ONE[2:]]),
     [("line 4", coda.WRONG_LENGTH, Severity.WARNING)]),
    ("a short balance", file(header(), [*ONE[:-1], ONE[-1][:-1]]), [("line 5", coda.WRONG_LENGTH, Severity.ERROR)]),
    ("no statement", header(),
     [("line 1", coda.NO_TRAILER, Severity.WARNING), ("line 1", coda.NO_STATEMENT, Severity.ERROR)]),
    ("nothing", "", [("line 1", coda.NO_STATEMENT, Severity.ERROR)]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problems"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_is_told(content: str, problems: list[tuple[str, str, Severity]]) -> None:
    assert [each for each in told(content) if each[1] != coda.COUNTS_DIFFER or each in problems] == problems


def test_the_end_record_says_what_it_disagrees_on() -> None:
    (paid,) = read(file(header(), ONE, paid=12_345))[1]
    assert str(paid) == ("line 6: The end record says that 12.345 was paid out, and the movements make 0.40.")


def test_sums_of_a_total_are_those_of_the_total() -> None:
    assert not told(batch(500, -150, total=350))


# --- lines -----------------------------------------------------------------------------------------------------------

ACCENTS = file(header(), statement(movement(100, words="Café Zoë: € 1,00 à l’œil", name="Zoë")))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(encoding: str, end: str) -> None:
    parts, problems = read(ACCENTS.replace("\n", end).encode(encoding))
    assert not problems
    assert [(p.text, p.counterparty_name) for p in parts if isinstance(p, Transaction)] == [
        ("Café Zoë: € 1,00 à l’œil", "Zoë")
    ]


def test_a_program_that_counted_bytes_put_the_fields_where_they_belong() -> None:
    """UTF-8 in lines of 128 bytes: the fields behind an accent stand at their own bytes."""
    (first,) = movement(100, words="Zoe")
    spoilt = first.encode().replace(b"Zoe ", "Zoë".encode())
    data = b"\n".join([header().encode(), opening(0).encode(), spoilt, closing(100).encode()])
    assert [(t.text, t.booking_date) for t in transactions(data)] == [("Zoë", DAY)]


def test_blanks_blank_lines_and_controls_change_nothing() -> None:
    content = ACCENTS.encode("cp1252")
    spoilt = content.replace(b"\n", b"   \n\n").replace(b"Caf\xe9 Zo", b"Caf\xe9\x00Zo") + b"\n\x1a"
    assert transactions(spoilt) == transactions(content)
    assert not told(spoilt)


@pytest.mark.shared
@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_a_chunk_ends_changes_nothing(size: int, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [(samples / "coda" / name).read_bytes() for name in FILES] + [ACCENTS.replace("\n", "\r\n").encode()]
    whole = [read(data) for data in files]
    monkeypatch.setattr(coda_lines, "CHUNK", size)
    assert [read(data) for data in files] == whole


def test_a_hundred_problems_are_told_and_the_rest_counted() -> None:
    problems = read(file(header(), [opening(0), *[line([(0, "7")])] * 250, closing(0)]))[1]
    assert len(problems) == 101
    assert problems[-1].facts == {"number": "150"}
    assert problems[-1].severity is Severity.ERROR


SNIFFED = [
    (header().encode(), "coda"),
    (b"\xef\xbb\xbf\r\n" + header(version="1").encode(), "coda"),
    (header(copy="D").encode(), "coda"),
    (header().replace("72505", "00000").encode(), "coda"),  # a file without movements, from one bank
    (header()[:100].encode(), None),
    (header().encode("utf-16"), None),
    (opening(0).encode(), None),
    (b"00000;000000;725;05", None),
    (b"", None),
]


@pytest.mark.parametrize(("head", "answer"), SNIFFED)
def test_sniff(head: bytes, answer: str | None) -> None:
    assert coda.sniff(head) == answer


# --- written is read, spoilt is told, hostile is cheap ---------------------------------------------------------------

words = st.text("abcdefghijklmnopqrstuvwxyzéü 0123456789-.", min_size=1, max_size=120).map(
    lambda s: " ".join(s.split())
)
amounts = st.integers(-(10**11), 10**11).filter(bool)
movements = st.lists(st.tuples(amounts, words, words.map(lambda s: s[:35].strip()), st.integers(-20, 20)), max_size=6)


@settings(max_examples=60)
@given(movements, st.dates(date(2000, 2, 1), date(2068, 11, 30)), st.integers(-(10**11), 10**11))
def test_what_is_written_is_read(moves: list[Any], day: date, opened: int) -> None:
    lines, records = [], []
    for nth, (amount, text, name, distance) in enumerate(moves, start=1):
        booked = day + timedelta(days=distance)
        lines.append(
            movement(amount, sequence=nth, words=text, name=name, account=PAYER, on=booked, value=f"{day:%d%m%y}",
                     reference=f"R{nth}", end_to_end=f"E{nth}")
        )  # fmt: skip
        records.append(Transaction(amount, "EUR", day, booked, name, PAYER, "", text, f"E{nth}", f"R{nth}"))
    content = file(header(), statement(*lines, opened=opened))
    parts, problems = read(content)
    assert not problems
    (found,) = gather(parts)
    assert list(found.transactions) == records
    assert found.adds_up
    (theirs,) = second_opinion.CODA(io.StringIO(content)).statements
    assert (theirs.account, theirs.new_balance * 100) == (OWN, opened + sum(t.cents for t in found.transactions))
    assert [(m.value_date, m.amount * 100, m.communication) for m in theirs.moves] == [
        (t.value_date, t.cents, t.text) for t in found.transactions
    ]


def test_what_comes_in_without_a_question_has_the_amounts_of_the_bank() -> None:
    """Balances and sums guard each other: no spoilt amount slips through both."""
    lines = movement(350, code="10550000") + movement(100, detail=1, code="50550000", words="een")
    lines += movement(250, detail=2, code="50550000", words="twee")
    more = statement(
        movement(-4_075, words="huur"), movement(99_999, sequence=2, structured="101123456789002"), opened=5
    )
    original = (file(header(), statement(lines), follows=True) + file(header(), more)).encode()
    wanted = Counter(t.cents for t in transactions(original))
    chance, slipped = random.Random(128), 0
    for _ in range(1_500):
        parts, problems = read(mutant(original, chance, (b"0", b"1", b"21", b"EUR", b"\n")))
        if any(problem.severity is not Severity.WARNING for problem in problems):
            continue
        found = list(gather(parts))
        if len(found) == 2 and all(each.adds_up for each in found):
            moved = Counter(t.cents for each in found for t in each.transactions)
            whole = wanted - Counter([100, 250]) + Counter([350])
            assert moved in (wanted, whole), problems
            slipped += 1
    assert slipped > 50, "most of what was spoilt is words"


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_noise_never_crashes(noise: bytes) -> None:
    coda.sniff(noise)
    assert read(noise)[1]
    read(header().encode() + b"\n" + opening(0).encode() + b"\n21" + noise)


SIZE = 900_000
OPEN = "\n".join([header(), opening(0), *movement(100), ""]).encode()
HOSTILE = {
    "one endless line": b"0" * 8 * SIZE,
    "an endless movement": OPEN + b"22" + b"0" * 8 * SIZE,
    "no line": b"\n" * 4 * SIZE,
    "carriage returns": OPEN + b"\r" * SIZE,
    "headers": (header() + "\n").encode() * (SIZE // 129),
    "details": OPEN + (movement(1, detail=1, code="50150000")[0] + "\n").encode() * (SIZE // 129),
    "information": OPEN + (line([(0, "3100010001"), (40, "x" * 73)]) + "\n").encode() * (SIZE // 129),
    "words of the bank": OPEN + (free("x" * 80, goes_on=True) + "\n").encode() * (SIZE // 129),
    "blanks": OPEN + b" " * SIZE,
    "records of two characters": OPEN + b"21\n" * (SIZE // 3),
    "long lines": OPEN + (b"\xc3" * 60_000 + b"\n") * 100,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_take_little_time(data: bytes) -> None:
    began = process_time()
    problems = read(data)[1]
    coda.sniff(data[: 1 << 16])
    assert process_time() - began < 1.5
    assert problems


def test_memory_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coda_lines, "CHUNK", 1 << 14)
    peaks = []
    for count in (1_000, 4_000):
        lines = [movement(100, sequence=nth % 9999 + 1, words="x" * 100) for nth in range(count)]
        source = io.BytesIO(file(header(), statement(*lines)).encode())
        tracemalloc.start()
        assert sum(1 for _ in coda.read(source).records) == count + 2
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2

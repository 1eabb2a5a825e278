"""camt: the samples of others give their facts; small files of our own show each rule; hostile files only problems."""

import io
import time
import tracemalloc
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from voldaan.formats import camt
from voldaan.rules.money import LARGEST_CENTS, minor_digits
from voldaan.rules.papers import Balance, Severity, StatementEnd, StatementStart, Transaction

SAMPLES = sorted(path.name for path in (SHARED / "samples" / "camt").glob("*.xml"))
ATTACKS = sorted(path.name for path in (SHARED / "samples" / "xml-attacks").glob("*.xml"))
NO_SAMPLES = pytest.param("", marks=pytest.mark.shared)
# Of these the bank says INFO: nothing is booked, so the entry is pending for us and the facts count it as money.
INFORMATION = {name for name in SAMPLES if name.startswith("camt054.10--subite--")}
US = "NL02RABO0123456789"


def parts(data: bytes | str):
    reading = camt.read(io.BytesIO(data.encode() if isinstance(data, str) else data))
    return list(reading.records), reading.problems, reading.version


def statements(found):
    """Gather parts into (start, transactions, end)."""
    gathered: list[Any] = []
    for part in found:
        if isinstance(part, StatementStart):
            gathered.append([part, [], None])
        elif isinstance(part, StatementEnd):
            gathered[-1][2] = part
        else:
            gathered[-1][1].append(part)
    return gathered


def document(*content: str, version: str = "camt.053.001.08") -> str:
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">'
        f"<BkToCstmrStmt><Stmt><Id>7</Id><Acct><Id><IBAN>{US}</IBAN></Id></Acct>{''.join(content)}</Stmt></BkToCstmrStmt></Document>"
    )


def entry(
    amount="12.50", side="CRDT", details="", *, currency="EUR", more="", status="<Sts><Cd>BOOK</Cd></Sts>", days=None
):
    days = "<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-01</Dt></ValDt>" if days is None else days
    side = side and f"<CdtDbtInd>{side}</CdtDbtInd>"
    return (
        f'<Ntry><NtryRef>N1</NtryRef><Amt Ccy="{currency}">{amount}</Amt>{side}{status}{days}'
        f"<AcctSvcrRef>B1</AcctSvcrRef>{more}"
        f"<NtryDtls>{details}</NtryDtls><AddtlNtryInf>the entry</AddtlNtryInf></Ntry>"
    )


def detail(*content: str) -> str:
    return f"<TxDtls>{''.join(content)}</TxDtls>"


def amount(value: str, side: str = "", currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{value}</Amt>' + (f"<CdtDbtInd>{side}</CdtDbtInd>" if side else "")


def parties(debtor="", debtor_iban="", creditor="", creditor_iban="") -> str:
    account = "<{0}Acct><Id><IBAN>{1}</IBAN></Id></{0}Acct>"
    return (
        "<RltdPties>"
        + (f"<Dbtr><Nm>{debtor}</Nm></Dbtr>" if debtor else "")
        + (account.format("Dbtr", debtor_iban) if debtor_iban else "")
        + (f"<Cdtr><Pty><Nm>{creditor}</Nm></Pty></Cdtr>" if creditor else "")
        + (account.format("Cdtr", creditor_iban) if creditor_iban else "")
        + "</RltdPties>"
    )


def balance(kind: str, value: str, *, side="CRDT", day="2026-03-01", currency="EUR") -> str:
    side = side and f"<CdtDbtInd>{side}</CdtDbtInd>"
    day = day and f"<Dt><Dt>{day}</Dt></Dt>"
    return f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{value}</Amt>{side}{day}</Bal>'


def one(*content: str) -> Transaction:
    """The only transaction of a file without problems."""
    found, problems, _ = parts(document(*content))
    assert not problems, problems
    (transaction,) = [part for part in found if isinstance(part, Transaction)]
    return transaction


def said(*content: str) -> list[str]:
    return [f"{problem.severity.name} {problem}" for problem in parts(document(*content))[1]]


# --- the samples -----------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("name", SAMPLES or [NO_SAMPLES])
def test_a_sample_gives_its_facts(name, samples, expected):
    facts = expected[f"camt/{name}"]
    data = (samples / "camt" / name).read_bytes()
    found, problems, version = parts(data)
    assert camt.sniff(data[:4096]) == name[:4].replace("x--o", "camt") + "." + ("054" if name[0] == "x" else name[4:7])
    assert version == facts["namespace"].rpartition(":")[2] or name.startswith("x--")
    read = statements(found)
    assert len(read) == len(facts["statements"])
    assert [str(p) for p in problems if p.severity is Severity.ERROR] == (
        [] if read else ["file: There is no statement in this file."]
    )
    for (start, transactions, end), fact in zip(read, facts["statements"], strict=True):
        if fact["account"]:  # camt.052.001.01 has another element, which the facts do not look at
            assert start.account == fact["account"]
        if fact["currency"]:
            assert start.currency == fact["currency"]
        assert _cents(fact["opening"]) == (start.opening and start.opening.cents)
        assert _cents(fact["closing"]) == (end.closing and end.closing.cents)
        if fact["closing_date"]:
            assert str(end.closing.on) == fact["closing_date"]
        if name in INFORMATION:
            assert (len(transactions), end.pending) == (0, fact["entries"])
            continue
        assert end.pending == fact["pending"]
        if not fact["pending"]:
            currency = transactions[0].currency if transactions else "EUR"
            assert sum(t.cents for t in transactions if t.cents > 0) == _cents(fact["sum_credit"], currency)
            assert sum(-t.cents for t in transactions if t.cents < 0) == _cents(fact["sum_debit"], currency)
        one_movement = any("one movement" in problem.what for problem in problems)
        batches = fact["transaction_details"] > fact["entries"] and not one_movement
        assert len(transactions) + end.pending == (fact["transaction_details"] if batches else fact["entries"])
        assert [t.return_reason for t in transactions if t.return_reason] == fact.get("return_reasons", [])
        assert sum(t.reversal for t in transactions) == fact["reversals"]
        assert sum(bool(t.structured_reference) for t in transactions) <= fact.get("structured_refs", 0)


def _cents(text: str | None, currency: str = "EUR") -> int | None:
    return None if text is None else int(Decimal(text).scaleb(minor_digits(currency)))


@pytest.mark.shared
def test_sums_add_up_where_the_bank_says_so(samples, expected):
    adding_up = 0
    for name in SAMPLES:
        for (start, transactions, end), fact in zip(
            statements(parts((samples / "camt" / name).read_bytes())[0]),
            expected[f"camt/{name}"]["statements"],
            strict=True,
        ):
            if fact.get("balances_reconcile"):
                adding_up += 1
                assert start.opening.cents + sum(t.cents for t in transactions) == end.closing.cents
    assert adding_up > 20


@pytest.mark.shared
def test_a_direct_debit_that_came_back_names_the_customer(samples):
    found, _, _ = parts((samples / "camt" / "camt054.02--oca--test-sepa-camt-unpaid.xml").read_bytes())
    ((_, (returned,), _),) = statements(found)
    assert (returned.cents, returned.return_reason, returned.end_to_end_id) == (-10000, "AC06", "E2EID1")
    assert (returned.counterparty_name, returned.counterparty_iban) == ("DEBTOR4", "IE16AIBK93110187654321")


@pytest.mark.shared
@pytest.mark.parametrize("name", ATTACKS or [NO_SAMPLES])
def test_an_attack_is_refused_or_read_as_plain_data(name, samples):
    before = time.process_time()
    found, problems, _ = parts((samples / "xml-attacks" / name).read_bytes())
    assert time.process_time() - before < 1
    if name in {"huge-attribute.xml", "xinclude.xml"}:
        assert not problems
        assert "root:" not in repr(found)
    else:
        assert [problem.severity for problem in problems] == [Severity.ERROR]
        assert not found


# --- which file is it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (document()[:300], "camt.053"),
        (document(version="other.054.001.02")[:300], "camt.053"),  # by the message, where the namespace is odd
        ("<a:Document xmlns:a='urn:iso:std:iso:20022:tech:xsd:camt.052.001.06'>", "camt.052"),
        ("<x><BkToCstmrDbtCdtNtfctn>", "camt.054"),
        ("<x:BkToCstmrAcctRptV01 >", "camt.052"),
        ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><Nm>camt.053.001.02</Nm>', None),
        ('Datum;Tekst\n2026-01-01;"xmlns="camt.053.001.02""', None),
        ("", None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_a_head_says_what_the_file_is(head, kind, encoding):
    assert camt.sniff(head.encode(encoding)) == kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_encoding_reads_the_same(encoding):
    text = document(entry(details=detail(parties("Café Ünal"))))
    text = text.replace('version="1.0"', f'version="1.0" encoding="{encoding}"')
    found, problems, version = parts(text.encode(encoding))
    assert not problems
    assert version == "camt.053.001.08"
    assert found[1].counterparty_name == "Café Ünal"


def test_prefixes_and_envelopes_do_not_matter():
    plain = document(entry(details=detail(parties("Jansen"))))
    prefixed = plain.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?").replace("xmlns=", "xmlns:n=")
    wrapped = plain.replace("<Document", "<Envelope><AppHdr><Id>1</Id></AppHdr><Document") + "</Envelope>"
    assert parts(plain)[:2] == parts(prefixed)[:2] == parts(wrapped)[:2]
    assert parts(plain)[0][1].counterparty_name == "Jansen"


# --- one entry -------------------------------------------------------------------------------------------------------


def test_a_whole_transaction():
    transaction = one(
        entry(
            "1250.00",
            details=detail(
                "<Refs><AcctSvcrRef>D1</AcctSvcrRef><EndToEndId>E1</EndToEndId></Refs>",
                amount("1250.00", "CRDT"),
                parties("Bakker &amp; Zn", "NL91 ABNA 0417 1643 00", "Wij", US),
                "<RmtInf><Ustrd>factuur 1</Ustrd><Ustrd>en  2</Ustrd><Strd><RfrdDocInf><Nb>2026-3</Nb></RfrdDocInf>"
                "<CdtrRefInf><Ref>RF18 5390 0754 7034</Ref></CdtrRefInf></Strd>"
                "<Strd><CdtrRefInf><Ref>+++090/9337/55493+++</Ref></CdtrRefInf></Strd></RmtInf>",
            ),
        )
    )
    assert transaction == Transaction(
        cents=125000,
        currency="EUR",
        value_date=date(2026, 3, 1),
        booking_date=date(2026, 3, 2),
        counterparty_name="Bakker & Zn",
        counterparty_iban="NL91ABNA0417164300",
        structured_reference="RF18539007547034",
        text="factuur 1 en 2 2026-3 +++090/9337/55493+++",
        end_to_end_id="E1",
        bank_reference="D1",
    )


@pytest.mark.parametrize(
    ("written", "currency", "cents"),
    [
        ("0", "EUR", 0),
        ("12", "EUR", 1200),
        ("12.5", "EUR", 1250),
        ("12.50000", "EUR", 1250),
        (" 12.50\n", "EUR", 1250),
        ("2700", "JPY", 2700),
        ("2700.00", "JPY", 2700),
        ("1.234", "KWD", 1234),
        (str(LARGEST_CENTS // 100), "EUR", LARGEST_CENTS),
    ],
)
def test_an_amount_is_exact(written, currency, cents):
    assert one(entry(written, currency=currency)).cents == cents
    assert one(entry(written, "DBIT", currency=currency)).cents == -cents


@pytest.mark.parametrize(
    ("written", "currency"),
    [
        ("12.505", "EUR"),
        ("27.5", "JPY"),
        ("-1.00", "EUR"),
        ("+1.00", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("1,00", "EUR"),
        ("1 000.00", "EUR"),
        ("١٢", "EUR"),
        ("", "EUR"),
        ("1.00", "euro"),
        ("1.00", ""),
        ("10000000000000.01", "EUR"),
        ("9" * 5000, "EUR"),
    ],
)
def test_an_amount_that_is_not_exact_is_a_problem(written, currency):
    found, problems, _ = parts(document(entry(written, currency=currency), entry("5")))
    assert [(problem.place, problem.severity) for problem in problems] == [("statement 1, entry 1", Severity.ERROR)]
    assert [part.cents for part in found if isinstance(part, Transaction)] == [500], "it reads on"
    assert len(str(problems[0])) < 200


@pytest.mark.parametrize(
    ("days", "booked", "value"),
    [
        ("<BookgDt><Dt>2026-03-02</Dt></BookgDt>", "2026-03-02", "2026-03-02"),
        ("<ValDt><DtTm>2026-03-01T23:59:59+02:00</DtTm></ValDt>", "2026-03-01", "2026-03-01"),
        ("<BookgDt><Dt>2026-03-02Z</Dt></BookgDt><ValDt><Dt>2024-02-29</Dt></ValDt>", "2026-03-02", "2024-02-29"),
    ],
)
def test_days(days, booked, value):
    transaction = one(entry(days=days))
    assert (str(transaction.booking_date), str(transaction.value_date)) == (booked, value)


@pytest.mark.parametrize("day", ["2026-02-30", "20260301", "01-03-2026", "2026-03-01x", "morgen", "2026-W09-1"])
def test_a_day_that_does_not_exist_is_a_problem(day):
    assert said(entry(days=f"<BookgDt><Dt>{day}</Dt></BookgDt>")) == [
        f"ERROR statement 1, entry 1: “{day}” is not a date."
    ]


def test_an_entry_without_day_takes_that_of_its_statement_and_says_so():
    one_day = balance("OPBD", "1") + balance("CLBD", "13.50")
    (told,) = said(one_day, entry(days=""))
    assert told.startswith("WARNING statement 1, entry 1: It has no date of its own; the statement covers one day")
    (told,) = said(balance("CLBD", "13.50"), entry(days=""))
    assert told.startswith("QUESTION statement 1, entry 1: It has no date of its own; 2026-03-01")
    assert said(entry(days="")) == ["ERROR statement 1, entry 1: It has no date, and its statement has none either."]


@pytest.mark.parametrize(
    "status", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts>INFO</Sts>", "<Sts>\n<Cd>FUTR</Cd>\n</Sts>"]
)
def test_what_is_not_booked_is_counted_and_never_money(status):
    found, problems, _ = parts(document(entry(status=status), entry(status="")))
    assert not problems
    assert [part.cents for part in found if isinstance(part, Transaction)] == [1250]
    assert found[-1] == StatementEnd(None, pending=1)


def test_a_side_or_status_that_is_unknown_is_a_problem():
    assert said(entry(side="")) == [
        "ERROR statement 1, entry 1: It does not say whether it is a credit or a debit (CdtDbtInd “”)."
    ]
    (told,) = said(entry(status="<Sts><Prtry>VALD</Prtry></Sts>"))
    assert told.startswith("ERROR statement 1, entry 1: Its status is “VALD”")


def test_the_text_falls_back_and_not_provided_is_nothing():
    assert one(entry(details=detail("<AddtlTxInf>the detail</AddtlTxInf>"))).text == "the detail"
    assert one(entry()).text == "the entry"
    nothing = one(
        entry(
            details=detail(
                "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>NOTPROVIDED</Ustrd></RmtInf>"
            )
        )
    )
    assert (nothing.end_to_end_id, nothing.text) == ("", "the entry")


def test_the_reference_of_the_bank_falls_back():
    assert one(entry(details=detail("<Refs><AcctSvcrRef>D1</AcctSvcrRef></Refs>"))).bank_reference == "D1"
    assert one(entry(details=detail())).bank_reference == "B1"
    assert one(entry().replace("<AcctSvcrRef>B1</AcctSvcrRef>", "")).bank_reference == "N1"


# --- who is it -------------------------------------------------------------------------------------------------------

BOTH = parties("Debtor", "NL91ABNA0417164300", "Creditor", "BE68539007547034")
RETURN = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
REVERSAL = "<RvslInd>true</RvslInd>"


@pytest.mark.parametrize(
    ("side", "more", "content", "who"),
    [
        ("CRDT", "", BOTH, "Debtor"),
        ("DBIT", "", BOTH, "Creditor"),
        ("DBIT", REVERSAL, BOTH, "Debtor"),  # a receipt taken back, or a direct debit that came back
        ("CRDT", REVERSAL, BOTH, "Creditor"),  # a payment that came back
        ("DBIT", "", BOTH + RETURN, "Debtor"),
        ("CRDT", "", BOTH + RETURN, "Creditor"),
        ("CRDT", "<RvslInd>false</RvslInd>", BOTH, "Debtor"),
        # Banks that turn the roles around on a return are known by our own account, or by naming one side only.
        ("DBIT", REVERSAL, parties("Wij", US, "Klant", "BE68539007547034"), "Klant"),
        ("CRDT", "", parties("Debtor") + RETURN, "Debtor"),
        ("CRDT", "", parties("", "", "Wij", US), ""),
        ("DBIT", REVERSAL, parties("", "", "Wij", US), ""),
        ("CRDT", "", "<RltdPties><UltmtDbtr><Nm>Ultimate</Nm></UltmtDbtr></RltdPties>", "Ultimate"),
        ("CRDT", "", "", ""),
    ],
)
def test_the_other_side(side, more, content, who):
    transaction = one(entry(side=side, more=more, details=detail(content)))
    assert transaction.counterparty_name == who
    assert transaction.cents == (1250 if side == "CRDT" else -1250), "the side of the entry is that of this movement"
    assert transaction.reversal == (more == REVERSAL)


def test_another_number_stands_in_for_an_iban():
    other = "<RltdPties><DbtrAcct><Id><Othr><Id>74 0618</Id></Othr></Id></DbtrAcct></RltdPties>"
    assert one(entry(details=detail(other))).counterparty_iban == "740618"


# --- a batch ---------------------------------------------------------------------------------------------------------


def batch(*amounts: str, total: str, references=("", ""), side="CRDT"):
    details = [
        detail(f"<Refs>{f'<AcctSvcrRef>{reference}</AcctSvcrRef>' if reference else ''}</Refs>", each)
        for reference, each in zip(references, amounts, strict=True)
    ]
    return entry(total, side, "".join(details))


@pytest.mark.parametrize(
    ("amounts", "cents"),
    [
        ((amount("10.00"), amount("2.50")), [1000, 250]),
        ((amount("20.00", "CRDT"), amount("7.50", "DBIT")), [2000, -750]),
        ((f"<AmtDtls><TxAmt>{amount('10.00')}</TxAmt></AmtDtls>{amount('99.00')}", amount("2.50")), [1000, 250]),
        (
            (f"<AmtDtls><TxAmt>{amount('11.00', '', 'USD')}</TxAmt></AmtDtls>{amount('10.00')}", amount("2.50")),
            [1000, 250],
        ),
    ],
)
def test_a_batch_that_adds_up_gives_one_transaction_for_each_detail(amounts, cents):
    found, problems, _ = parts(document(batch(*amounts, total="12.50")))
    assert not problems
    assert [part.cents for part in found if isinstance(part, Transaction)] == cents


@pytest.mark.parametrize(
    "amounts",
    [(amount("10.00"), amount("2.51")), (amount("12.50"), ""), ("", ""), (amount("10", "", "USD"), amount("2.50"))],
)
def test_a_batch_that_does_not_add_up_gives_one_transaction_and_says_so(amounts):
    found, problems, _ = parts(document(batch(*amounts, total="12.50")))
    assert [problem.severity for problem in problems] == [Severity.WARNING]
    assert [(part.cents, part.text) for part in found if isinstance(part, Transaction)] == [(1250, "the entry")]


def test_one_detail_in_another_currency_has_the_amount_of_its_entry():
    assert one(entry("12.50", details=detail(amount("13.95", "", "USD"), parties("Smith")))).cents == 1250


@pytest.mark.parametrize(
    ("own", "references"), [(("", ""), ["B1/1", "B1/2"]), (("D1", "D2"), ["D1", "D2"]), (("D", "D"), ["D/1", "D/2"])]
)
def test_in_a_batch_no_two_have_the_same_reference(own, references):
    found, _, _ = parts(document(batch(amount("10"), amount("2.50"), total="12.50", references=own)))
    assert [part.bank_reference for part in found if isinstance(part, Transaction)] == references


def test_a_batch_that_is_too_large_to_keep_is_one_movement():
    many = "".join(detail(amount("1.00"), parties(f"Klant {number}" * 20)) for number in range(8000))
    found, problems, _ = parts(document(entry("8000", details=many), entry("5", details=detail(amount("5"), BOTH))))
    assert [part.cents for part in found if isinstance(part, Transaction)] == [800000, 500]
    assert found[2].counterparty_name == "Debtor"
    assert [str(problem) for problem in problems] == [
        "statement 1, entry 1: It has more details than we can keep; its EUR 8000 comes in as one movement."
    ]


# --- one statement ---------------------------------------------------------------------------------------------------


def test_balances():
    content = (
        balance("PRCD", "9", day="2026-02-27") + balance("OPBD", "10") + balance("OPBD", "11") + balance("ITBD", "x")
        + balance("CLBD", "20") + balance("CLBD", "3.50", side="DBIT", day="2026-03-31") + balance("CLAV", "99")
    )  # fmt: skip
    found, problems, _ = parts(document(content))
    assert not problems
    assert found == [
        StatementStart(US, "EUR", "7", Balance(date(2026, 3, 1), 1000)),
        StatementEnd(Balance(date(2026, 3, 31), -350)),
    ]
    assert parts(document(balance("PRCD", "9")))[0][0].opening == Balance(date(2026, 3, 1), 900)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (balance("OPBD", "1", side=""), "WARNING statement 1, balance OPBD: The balance does not say whether"),
        (balance("OPBD", "-1"), "ERROR statement 1, balance OPBD: “EUR -1” is not an amount."),
        (balance("CLBD", "1", side="X"), "ERROR statement 1, balance CLBD: It does not say whether it is a credit"),
        (balance("CLBD", "1", day=""), "ERROR statement 1, balance CLBD: It has no date"),
        (
            balance("OPBD", "1") + balance("CLBD", "1", currency="SEK"),
            "WARNING statement 1, balance CLBD: The balance is in SEK",
        ),
        (entry() + balance("OPBD", "1"), "WARNING statement 1, balance OPBD: The opening balance comes after"),
    ],
)
def test_a_balance_with_a_problem(content, told):
    (problem,) = said(content)
    assert problem.startswith(told)


def test_number_account_and_currency():
    head = "<Stmt><Id>7</Id><ElctrncSeqNb>12</ElctrncSeqNb><LglSeqNb>3</LglSeqNb>"
    other = document(entry(currency="SEK")).replace("<Stmt><Id>7</Id>", head)
    assert parts(other)[0][0] == StatementStart(US, "SEK", "12", None)
    spaced = document("").replace(US, "NL02 RABO 0123 4567 89")
    assert parts(spaced)[0][0].account == US
    assert [str(p) for p in parts(document("").replace(US, ""))[1]] == [
        "statement 1: The statement does not say of which account it is."
    ]


def test_statements_are_counted_in_their_places():
    text = document(entry()).replace("</Stmt>", f"</Stmt><Stmt>{balance('CLBD', '1')}{entry('x')}</Stmt>")
    assert [problem.place for problem in parts(text)[1]] == ["statement 2, entry 1", "statement 2"]


def test_a_file_without_a_statement_says_so():
    assert [str(p) for p in parts("<Document><BkToCstmrStmt/></Document>")[1]] == [
        "file: There is no statement in this file."
    ]


def test_after_a_hundred_problems_it_only_counts():
    problems = parts(document(balance("OPBD", "1", side=""), *[entry("x")] * 250))[1]
    assert len(problems) == 101
    assert str(problems[-1]) == "file: There are 151 problems more."
    assert problems[-1].severity is Severity.ERROR


# --- broken and hostile ----------------------------------------------------------------------------------------------

WHOLE = document(
    balance("OPBD", "1"), *[entry(details=detail(BOTH, amount("12.50")))] * 3, balance("CLBD", "2")
).encode()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(WHOLE) - 1), st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=5)
)
def test_a_damaged_file_never_crashes_and_never_loses_money_in_silence(end, flips):
    data = bytearray(WHOLE)
    for at, byte in flips:
        data[at] = byte
    for damaged in (bytes(data), bytes(data[:end])):
        found, problems, _ = parts(damaged)
        assert all(str(problem) for problem in problems)
        refused = any(problem.severity is Severity.ERROR for problem in problems)
        assert refused or len(found) >= 2
    assert any(problem.severity is Severity.ERROR for problem in parts(WHOLE[:end])[1]), (
        "a file that is cut off is refused"
    )


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_a_problem(noise):
    assert parts(noise)[1]
    assert camt.sniff(noise) in {None, "camt.052", "camt.053", "camt.054"}


HEAD, _, FOOT = document("|").partition("|")
LONG = "x" * (3 << 20)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (HEAD + "<a>" * 30_000, "nested"),
        ("<a>" * 1000 + "</a>" * 1000, "nested"),
        (f'{HEAD}<Ntry a="{LONG}"/>{FOOT}', "longer"),
        (f"{HEAD}<!--{LONG}-->{FOOT}", "longer"),
        (f"{HEAD}<Ntry><NtryRef>{LONG}</NtryRef></Ntry>{FOOT}", "longer"),
        (f"{HEAD}{' ' * (3 << 20)}{FOOT}", "longer"),
        (f"{HEAD}{'<Id>x</Id>' * 300_000}{FOOT}", "longer"),
        (f"{HEAD}<Ntry>{'<NtryRef>x</NtryRef>' * 200_000}</Ntry>{FOOT}", "fields"),
        (f"{HEAD}{''.join(f'<a{number}/>' for number in range(50_000))}{FOOT}", "names"),
        ('<?xml version="1.0" encoding="hex"?>' + HEAD, "encoding"),
        ('<?xml version="1.0" encoding="gb2312"?>' + HEAD.partition("?>")[2], "encoding"),
        (HEAD + "&undefined;" + FOOT, "well-formed"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + HEAD.partition("?>")[2] + FOOT, "document type"),
        ((HEAD + FOOT).replace("?>", "?><!DOCTYPE a []>").encode("utf-16"), "document type"),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_a_hostile_file_is_refused_at_once(data, why):
    tracemalloc.start()
    before = time.process_time()
    _, problems, _ = parts(data)
    seconds = time.process_time() - before
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [problem.severity for problem in problems] == [Severity.ERROR]
    assert why in problems[0].what
    assert seconds < 2, "with memory traced, which takes twice the time"
    assert peak - 2 * len(data) < 30 << 20


class Endless(io.RawIOBase):
    """A statement of so many entries that is nowhere as a whole."""

    def __init__(self, entries: int) -> None:
        self.left, self.ready = entries, HEAD.encode()
        self.one = entry(details=detail("<Refs><EndToEndId>E</EndToEndId></Refs>", amount("12.50"), BOTH)).encode()

    def read(self, size=-1):
        while len(self.ready) < size and self.left:
            self.left -= 1
            self.ready += self.one if self.left else FOOT.encode()
        given_out, self.ready = self.ready[:size], self.ready[size:]
        return given_out

    def seek(self, offset, whence=0):
        assert whence == io.SEEK_CUR
        assert -offset == camt.HEAD
        self.__init__(self.left)  # type: ignore[misc]  # nothing but the head was read
        return 0


def test_memory_does_not_grow_with_the_file():
    peaks = []
    for entries in (500, 4000):
        tracemalloc.start()
        reading = camt.read(cast("BinaryIO", Endless(entries)))
        assert sum(isinstance(part, Transaction) for part in reading.records) > entries - 10
        assert not reading.problems
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + (1 << 19)
    assert peaks[1] < 8 << 20

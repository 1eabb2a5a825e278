"""`voldaan calculate`: each worked case by the command, and files that are no good, each named by line and column."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection

from tests.tools import vectors
from voldaan.cli.calculations import RULES
from voldaan.cli.shell import REFUSED, USAGE
from voldaan.rules.rates import RateSchedule

INTEREST = "id,country,kind,principal_cents,due_date,end_date_inclusive,compound_yearly\n"
GOOD = "a,NL,consumer,82000,2026-05-30,2026-06-30,yes\n"
INVOICES, PAYMENTS = "invoices(name|principal_cents|due|kind|compound)", "payments(date|cents|designated)"
IMPUTATION = f"id,country,{INVOICES},{PAYMENTS},case_costs_cents,end_date_inclusive,day_count\n"
LAST = "9999-12-31"
NOT_ASKED = ("note", "checked_against", "certainty", "segments_actact")


@pytest.fixture
def calculated(typed, tmp_path):
    """Write a file, and calculate over it."""

    def calculate(rule, content, *words, exits=0, **kwargs):
        file = tmp_path / "cases.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return typed("calculate", rule, str(file), *words, exits=exits, **kwargs)

    return calculate


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def as_csv(found: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()


def test_there_is_a_rule_for_every_file_of_cases():
    assert [file.stem for file in vectors.FILES] == sorted(RULES)


@pytest.mark.parametrize("file", vectors.FILES, ids=lambda file: file.stem)
def test_the_input_columns_give_exactly_the_expected_ones(calculated, file):
    cases = vectors.rows(file)
    expected = [
        {name.removeprefix("expected_"): case[name] for name in case if name == "id" or name.startswith("expected_")}
        for case in cases
    ]
    given = [
        {name: case[name] for name in case if not name.startswith("expected_") and name not in NOT_ASKED}
        for case in cases
    ]
    answered = calculated(file.stem, as_csv(given)).stdout
    assert rows(answered) == expected
    assert calculated(file.stem, file.read_bytes()).stdout == answered, "the file of cases itself may be given too"


def test_no_database_is_opened(calculated, monkeypatch):
    monkeypatch.setattr(connection, "connect", lambda: pytest.fail("a database was opened"))
    connection.close()
    assert calculated("nl_interest_consumer", INTEREST + GOOD).stdout


def test_json_has_numbers_and_days(calculated):
    (answer,) = json.loads(calculated("nl_interest_consumer", INTEREST + GOOD, "--json").stdout)
    assert answer == {
        "id": "a", "days": 31, "interest_actact_cents": 279, "interest_act365_cents": 279, "total_actact_cents": 82279
    }  # fmt: skip
    (answer,) = json.loads(calculated("nl_vat_bad_debt", VAT + "v,NL,2024-02-29,,month\n", "--json").stdout)
    assert answer["deemed_uncollectible_on"] == "2025-02-28"


VAT = "id,country,due_date,invoice_received_if_no_term,filing\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_files_as_spreadsheets_write_them(calculated, delimiter, encoding, line_end):
    text = (INTEREST + GOOD.replace("a", "café", 1)).replace(",", delimiter).replace("\n", line_end)
    (answer,) = rows(calculated("nl_interest_consumer", text.encode(encoding)).stdout)
    assert (answer["id"], answer["total_actact_cents"]) == ("café", "82279")


def test_no_lines_give_no_answers(calculated):
    assert calculated("be_damages", "id,balance_cents\n").stdout.split() == ["id,max_damages_cents"]
    assert calculated("be_damages", "id,balance_cents\n\n,\n1,100\n\n").stdout.count("\n") == 2


def test_an_id_never_becomes_a_formula(calculated):
    (answer,) = rows(calculated("be_damages", 'id,balance_cents\n"=cmd|/C calc!A0",5000\n').stdout)
    assert answer["id"].startswith("'=")
    named = IMPUTATION + "a,NL,=A1|100|2026-01-01|consumer|no,,0,2026-02-01,actact\n"
    (answer,) = rows(calculated("nl_imputation", named).stdout)
    assert answer["per_invoice(name|base_open|interest_open)"] == "'=A1|100|0"


def interest(**changed: str) -> str:
    values = dict(zip(INTEREST.strip().split(","), GOOD.strip().split(","), strict=True)) | changed
    return INTEREST + GOOD + ",".join(values.values()) + "\n"


def imputed(invoices: str = "A|100|2026-01-01|consumer|no", payments: str = "", **changed: str) -> str:
    values = {"id": "a", "country": "NL", "i": invoices, "p": payments, "c": "0", "e": "2026-02-01", "d": "actact"}
    return IMPUTATION + ",".join((values | changed).values()) + "\n"


@pytest.mark.parametrize(
    ("rule", "content", "said"),
    [
        ("nl_interest_consumer", interest(principal_cents="12.50"), ["Line 3", "principal_cents", "12.50"]),
        ("nl_interest_consumer", interest(principal_cents="-1"), ["Line 3", "principal_cents", "-1"]),
        ("nl_interest_consumer", interest(principal_cents=""), ["Line 3", "principal_cents"]),
        ("nl_interest_consumer", interest(principal_cents="9" * 5000), ["Line 3", "principal_cents", "999…"]),
        ("nl_interest_consumer", interest(principal_cents="1000000000000001"), ["Line 3", "principal_cents"]),
        ("nl_interest_consumer", interest(principal_cents="١٢"), ["Line 3", "principal_cents"]),
        ("nl_interest_consumer", interest(principal_cents="1_000"), ["Line 3", "principal_cents"]),
        ("nl_interest_consumer", interest(due_date="2026-02-29"), ["Line 3", "due_date", "2026-02-29"]),
        ("nl_interest_consumer", interest(due_date="20260228"), ["Line 3", "due_date", "20260228"]),
        ("nl_interest_consumer", interest(due_date="28-02-2026"), ["Line 3", "due_date"]),
        ("nl_interest_consumer", interest(end_date_inclusive="2026-W01-1"), ["Line 3", "end_date_inclusive"]),
        ("nl_interest_consumer", interest(compound_yearly="ja"), ["Line 3", "compound_yearly", "ja", "yes, no"]),
        ("nl_interest_consumer", interest(kind="civil"), ["Line 3", "kind", "civil", "consumer, fixed:12.50"]),
        ("nl_interest_consumer", interest(kind="commercial"), ["Line 3", "column kind", "“commercial”"]),
        ("nl_interest_consumer", interest(kind="vat_general"), ["Line 3", "column kind"]),
        ("nl_interest_commercial", interest(), ["Line 2", "column kind", "“consumer”", "commercial"]),
        ("be_interest", interest(), ["Line 2", "column country", "“NL”", "BE"]),
        ("nl_imputation", imputed(country="BE"), ["Line 2", "column country", "“BE”", "NL"]),
        ("nl_imputation", imputed("", country="BE"), ["Line 2", "column country"]),
        ("nl_imputation", imputed("A|100|2026-01-01|civil|no"), ["Line 2", "invoices", "civil", "consumer"]),
        ("nl_interest_consumer", interest(kind="consumer_expected"), ["Line 3", "kind"]),
        ("nl_interest_consumer", interest(kind="fixed:"), ["Line 3", "kind"]),
        ("nl_interest_consumer", interest(kind="fixed:NaN"), ["Line 3", "kind", "NaN"]),
        ("nl_interest_consumer", interest(kind="fixed:1e9"), ["Line 3", "kind", "1e9"]),
        ("nl_interest_consumer", interest(kind="fixed:-1"), ["Line 3", "kind"]),
        ("nl_interest_consumer", interest(kind="fixed:999.999999", due_date="0001-01-01", end_date_inclusive=LAST),
         ["Line 3", "larger"]),
        ("nl_imputation", imputed("A|100|0001-01-01|fixed:999.999999|yes", e=LAST), ["Line 2", "larger"]),
        ("nl_interest_consumer", interest(country="nl"), ["Line 3", "column country", "“nl”", "NL"]),
        ("nl_interest_consumer", interest(country="BE"), ["Line 3", "column country", "“BE”", "NL"]),
        ("nl_interest_consumer", interest(due_date="1950-01-01"), ["Line 3", "1950-01-02", "No consumer rate"]),
        ("nl_interest_consumer", INTEREST + GOOD.strip() + ",more\n", ["Line 2", "more cells"]),
        ("nl_interest_consumer", INTEREST + "a,NL,consumer\n", ["Line 2", "compound_yearly"]),
        ("nl_interest_consumer", INTEREST + '"a,NL,consumer\n', ["Line 2"]),
        ("nl_interest_consumer", INTEREST + '"a"x,NL\n', ["Line 2"]),
        ("nl_interest_consumer", INTEREST.replace("due_date", "due"), ["cases.csv", "due_date", "principal_cents"]),
        ("nl_interest_consumer", INTEREST.replace("id,", "id,id,"), ["column id"]),
        ("nl_interest_consumer", "", ["no column id"]),
        ("nl_interest_consumer", b"PK\x03\x04", ["cases.csv", "column id"]),
        ("nl_interest_consumer", b"a\0b", ["cases.csv"]),
        ("nl_collection_costs", "id,open_principals_cents,debtor,vat_surcharge\n1,10+x,consumer,no\n",
         ["Line 2", "open_principals_cents", "x"]),
        ("nl_collection_costs", "id,open_principals_cents,debtor,vat_surcharge\n1,10,firm,no\n",
         ["Line 2", "debtor", "consumer, business"]),
        ("nl_vat_bad_debt", VAT + "1,BE,2026-01-01,,month\n", ["Line 2", "country", "BE", "NL"]),
        ("nl_vat_bad_debt", VAT + "1,NL,,,month\n", ["Line 2", "invoice_received_if_no_term"]),
        ("nl_vat_bad_debt", VAT + "1,NL,2026-01-01,,week\n", ["Line 2", "filing", "month, quarter, year"]),
        ("nl_vat_bad_debt", VAT + "1,NL,9999-06-01,,month\n", ["Line 2", "9999"]),
        ("notice_dates", "id,country,channel,sent_date,proven_delivery_date\n1,NL,fax,2026-01-01,\n",
         ["Line 2", "channel", "fax", "post"]),
        ("notice_dates", "id,country,channel,sent_date,proven_delivery_date\n1,NL,post,9999-12-31,\n",
         ["Line 2", "9999"]),
        ("nl_imputation", imputed("A|100|2026-01-01|consumer"), ["Line 2", "invoices", "A|125000"]),
        ("nl_imputation", imputed("A|1x|2026-01-01|consumer|no"), ["Line 2", "invoices", "1x"]),
        ("nl_imputation", imputed("A|1|2026-01-01|consumer|no ; A|1|2026-01-01|consumer|no"), ["Line 2", "once"]),
        ("nl_imputation", imputed(payments="2026-01-05"), ["Line 2", "payments", "2026-01-05"]),
        ("nl_imputation", imputed(payments="2026-01-05|5|B"), ["Line 2", "payments", "B", "A"]),
        ("nl_imputation", imputed(payments="2026-01-05|-5|A"), ["Line 2", "payments", "-5"]),
        ("nl_imputation", imputed(d="30/360"), ["Line 2", "day_count", "actact, act365"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_is_wrong_is_named_by_its_place(calculated, rule, content, said, language):
    refused = calculated(rule, content, exits=REFUSED, language=language)
    assert refused.stdout == "", "one bad line, and nothing is answered"
    assert "{" not in refused.stderr
    if language == "en":
        assert [word for word in said if word not in refused.stderr] == []
    else:
        assert "Line" not in refused.stderr


def test_what_is_refused_is_said_in_dutch_without_english_words(calculated, typed):
    said = calculated("nl_interest_consumer", interest(due_date="1950-01-01"), exits=REFUSED, language="nl").stderr
    assert "“consument”" in said
    assert "consumer" not in said
    for language, file, folder in (("nl", "Bestand", "is een map"), ("en", "File", "is a directory")):
        said = typed("calculate", "be_damages", "nofile.csv", exits=USAGE, language=language).stderr
        assert f": {file} 'nofile.csv' " in said
        assert folder in typed("calculate", "be_damages", "/", exits=USAGE, language=language).stderr


@pytest.mark.parametrize("language", ["en", "nl"])
def test_help_names_every_rule_with_its_columns(typed, language):
    said = "".join(typed("calculate", "--help", language=language).stdout.split())
    for name, rule in RULES.items():
        assert f"{name}id,{','.join(rule.asks)}" in said


def test_an_agreed_rate_is_taken_by_every_rule_of_interest(calculated):
    for name, country in (("be_interest", "BE"), ("nl_interest_commercial", "NL"), ("nl_interest_consumer", "NL")):
        line = f"a,{country},fixed:10.00,10000,2024-12-31,2025-12-31,no\n"
        (answer,) = rows(calculated(name, INTEREST + line).stdout)
        assert answer["interest_actact_cents"] == "1000"


def test_a_line_is_counted_as_the_file_shows_it(calculated):
    content = INTEREST + GOOD.replace("a", '"a\nb"', 1) + "\n" + GOOD.replace("82000", "x")
    assert "Line 5, " in calculated("nl_interest_consumer", content, exits=REFUSED).stderr


def test_nothing_of_a_cell_steers_the_terminal(calculated):
    assert "\x1b" not in calculated("be_damages", "id,balance_cents\n1,\x1b[31m\n", exits=REFUSED).stderr


def test_an_unknown_rule_is_usage(typed, tmp_path):
    assert "be_damages" in typed("calculate", "nope", __file__, exits=USAGE).stderr
    typed("calculate", "be_damages", str(tmp_path / "absent.csv"), exits=USAGE)


def test_many_lines_share_their_sums(calculated, monkeypatch):
    """Each line takes a subtraction and a product: growth is summed once for each schedule and not for each line."""
    summed = []
    growth = RateSchedule._growth

    def counted(schedule, count):
        summed.append(count)
        return growth(schedule, count)

    monkeypatch.setattr(RateSchedule, "_growth", counted)
    calculated("nl_interest_consumer", INTEREST + GOOD * 500)
    assert len(summed) <= 2

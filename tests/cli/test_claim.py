"""`voldaan claim`: the shape of the contract, the same numbers in each layout, and words that make no sense."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection

from voldaan.cli.shell import REFUSED, USAGE

CLAIM = ("claim", "--principal", "1000.00", "--due", "2026-01-31", "--on", "2026-11-28")
KEYS = {"on", "principal_cents", "interest", "interest_cents", "costs_cents", "costs_vat_cents", "paid_cents",
        "total_cents", "provisional", "articles"}  # fmt: skip


def test_json_is_as_the_contract_says(asked):
    answer = asked(*CLAIM, "--country", "NL", "--debtor", "business")
    assert set(answer) == KEYS
    assert answer["on"] == "2026-11-28"
    assert answer["interest"] == [
        {"from": "2026-02-01", "to": "2026-06-30", "days": 150, "rate_percent": "10.15", "base_cents": 100_000,
         "cents": 4_171},
        {"from": "2026-07-01", "to": "2026-11-28", "days": 151, "rate_percent": "10.40", "base_cents": 100_000,
         "cents": 4_303},
    ]  # fmt: skip
    assert (answer["principal_cents"], answer["interest_cents"], answer["costs_cents"]) == (100_000, 8_474, 15_000)
    assert (answer["paid_cents"], answer["total_cents"], answer["provisional"]) == (0, 123_474, False)
    assert "art. 6:119a BW" in answer["articles"]


def test_payments_are_imputed(asked):
    """The worked case p03, by the command."""
    words = ("claim", "--principal", "1000", "--due", "2026-01-31", "--on", "2026-06-30", "--country", "NL", "--debtor",
             "business", "--paid", "2026-03-31=500.00", "--paid", "2026-07-01=9.99")  # fmt: skip
    answer = asked(*words)
    assert (answer["paid_cents"], answer["total_cents"]) == (50_000, 68_327)
    assert "art. 6:44 BW" in answer["articles"]


def test_the_three_layouts_show_the_same_amounts(typed, asked):
    words = (*CLAIM, "--country", "BE", "--debtor", "business", "--paid", "2026-03-31=100")
    answer = asked(*words)
    lines = list(csv.DictReader(io.StringIO(typed(*words, "--format", "csv").stdout)))
    by_what: dict[str, int] = {}
    for line in lines:
        by_what[line["what"]] = by_what.get(line["what"], 0) + int(line["cents"])
    assert by_what == {
        "principal": 100_000, "interest": answer["interest_cents"], "costs": 4_000, "paid": -10_000,
        "total": answer["total_cents"],
    }  # fmt: skip
    table = typed(*words, language="nl").stdout
    assert "€ 1.000,00" in table
    assert "10,50 %" in table
    assert "hoofdsom" in table
    assert "Een dag telt als" in table


@pytest.mark.parametrize("country", ["NL", "nl", "BE", "EU", "DE", "pl"])
@pytest.mark.parametrize("debtor", ["consumer", "business", "public_body"])
def test_every_country_and_debtor_has_an_answer(asked, typed, country, debtor):
    answer = asked(*CLAIM, "--country", country, "--debtor", debtor)
    abroad = country.upper() not in ("NL", "BE")
    assert (answer["total_cents"] == 100_000) == (abroad and debtor == "consumer")
    assert ("not built in" in typed(*CLAIM, "--country", country, "--debtor", debtor).stdout) == abroad


def test_no_database_is_opened(asked, monkeypatch):
    monkeypatch.setattr(connection, "connect", lambda: pytest.fail("a database was opened"))
    connection.close()
    assert asked(*CLAIM, "--country", "NL", "--debtor", "consumer")


def test_without_a_day_it_is_as_of_today(asked):
    words = ("claim", "--principal", "1000", "--due", "2026-01-31", "--country", "NL", "--debtor", "consumer")
    assert asked(*words, "--today", "2026-11-28")["on"] == "2026-11-28"


@pytest.mark.parametrize(
    ("words", "interest", "costs", "vat"),
    [
        (["--no-costs"], 3_299, 0, 0),
        (["--vat-on-costs"], 3_299, 15_000, 3_150),
        (["--agreed-rate", "12.5", "--agreed-costs", "20"], 10_308, 2_000, 0),
        (["--agreed-rate", "3", "--agreed-costs", "200"], 3_299, 15_000, 0),
    ],
)
def test_what_was_agreed_and_what_is_asked(asked, words, interest, costs, vat):
    answer = asked(*CLAIM, "--country", "NL", "--debtor", "consumer", *words)
    assert (answer["interest_cents"], answer["costs_cents"], answer["costs_vat_cents"]) == (interest, costs, vat)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--paid", "2026-11-28=5", "--paid", "2026-11-29=60.25"],
         "Not counted: € 60,25 of 2026-11-29, paid after 2026-11-28."),
        (["--agreed-rate", "3"], "the rate of the law counts"),
        (["--due", "2026-11-28"], "The due date has not passed"),
    ],
    ids=["paid later", "too low a rate", "not late"],
)  # fmt: skip
@pytest.mark.parametrize("layout", ["table", "csv", "json"])
def test_what_is_left_out_is_said(typed, words, said, layout):
    asking = (*CLAIM, "--country", "NL", "--debtor", "consumer", "--format", layout)
    plain, told = typed(*asking), typed(*asking, *words)
    assert said not in plain.output
    assert told.output.count(said) == 1
    assert said in (told.stdout if layout == "table" else told.stderr)
    assert "Not counted: € 5,00" not in told.output


@pytest.mark.parametrize("debtor", ["consumer", "public_body"])
def test_of_a_rate_that_has_no_effect_no_article_is_cited(asked, debtor):
    words = (*CLAIM, "--country", "NL", "--debtor", debtor)
    assert asked(*words, "--agreed-rate", "3") == asked(*words)
    assert asked(*words, "--agreed-rate", "15")["articles"] != asked(*words)["articles"]


def test_the_last_day_of_the_calendar_is_a_day(asked):
    words = ("claim", "--principal", "1000", "--due", "9990-02-28", "--on", "9999-12-31", "--country", "NL", "--debtor")
    whole, walked = (asked(*words, "consumer", *more) for more in ((), ("--paid", "9991-01-01=0.01")))
    assert whole["provisional"]
    assert whole["interest"][-1]["to"] == walked["interest"][-1]["to"] == "9999-12-31"
    early = ("claim", "--principal", "1", "--due", "0001-01-01", "--on", "0002-01-01", "--country", "NL", "--debtor")
    assert asked(*early, "business", "--agreed-rate", "10")["interest_cents"] == 10


def test_the_day_count_is_chosen_and_named(asked, typed):
    words = ("claim", "--principal", "1000", "--due", "2023-12-31", "--on", "2024-12-31", "--country", "NL", "--debtor",
             "consumer")  # fmt: skip
    assert asked(*words)["interest_cents"] == 7_000
    assert asked(*words, "--day-count", "act365")["interest_cents"] == 7_019
    assert "always" in typed(*words, "--day-count", "act365").stdout


@pytest.mark.parametrize(
    ("words", "exits", "said"),
    [
        (["--principal", "1,00"], REFUSED, "1,00"),
        (["--on", "9999-12-31"], REFUSED, "nearer day"),
        (["--on", "9999-12-31", "--paid", "2026-03-31=5"], REFUSED, "nearer day"),
        (["--principal", "0"], REFUSED, "more than zero"),
        (["--principal", "-5"], REFUSED, "more than zero"),
        (["--paid", "2026-03-31=0"], REFUSED, "more than zero"),
        (["--paid", "2026-03-31=x"], REFUSED, "“x”"),
        (["--due", "1999-01-01"], REFUSED, "2002-12-01"),
        (["--paid", "2026-03-31"], USAGE, "2027-03-01=50.00"),
        (["--paid", "31-03-2026=5"], USAGE, "31-03-2026"),
        (["--country", "Nederland"], USAGE, "two letters"),
        (["--country", "N1"], USAGE, "two letters"),
        (["--debtor", "firm"], USAGE, "business"),
        (["--agreed-rate", "8,5"], USAGE, "8,5"),
        (["--on", "soon"], USAGE, "soon"),
        *((["--country", code], USAGE, "directive is no law there") for code in ("GB", "ch", "US", "XX")),
        *((["--country", code], USAGE, "was not checked, so nothing is reckoned") for code in ("NO", "is", "LI")),
        (["--agreed-costs", "20", "--no-costs"], USAGE, "--agreed-costs"),
        (["--vat-on-costs", "--no-costs"], USAGE, "--vat-on-costs"),
        (["--country", "BE", "--vat-on-costs"], REFUSED, "--vat-on-costs"),
    ],
)
def test_what_makes_no_sense_is_said(typed, words, exits, said):
    refused = typed(*CLAIM, "--country", "NL", "--debtor", "business", *words, exits=exits)
    assert said in refused.stderr
    assert refused.stdout == ""

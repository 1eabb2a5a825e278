"""The calculator: open to anybody, the figures of the rules, what was typed kept, and hostile words told."""

from __future__ import annotations

import csv
import gettext
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import etree

from tests.tools.vectors import cases
from tests.web.conftest import Browse, Page, signed_in
from voldaan.cli.main import voldaan
from voldaan.config.entry import Installation
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.money import Money
from voldaan.web.calculator.asked import MOST_ROWS

pytestmark = pytest.mark.one_engine  # what is reckoned without books

Ask = Callable[..., Page]
PARTS = ["", "veertiendagenbrief/", "btw/", "verjaring/"]
CLAIM = {"land": "NL", "wie": "bedrijf", "bedrag": "1000", "vervalt": "2026-01-31", "op": "2026-11-28"}


@pytest.fixture
def ask(db: None, settings: Any) -> Iterator[Ask]:
    """Ask for a part of the calculator as nobody, on a fixed day."""
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-01T12:00")
    cache.clear()

    def asked(part: str = "", said: Any = (), *, status: int = 200, language: str = "en") -> Page:
        settings.LANGUAGE_CODE = language
        answer = signed_in().get(f"/rekenen/{part}?{urlencode(said, doseq=True)}")
        assert answer.status_code == status, answer.content.decode()[:500]
        return Page(answer, etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8")))

    yield asked
    cache.clear()


def total(page: Page) -> str:
    return page.one("//p[contains(@class, 'big')]")


def written(cents: int) -> str:
    return f"€{Money(cents).decimal():,.2f}".replace("€-", "−€")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_anybody_looks_and_nothing_is_kept(ask: Ask, part, language):
    with CaptureQueriesContext(connection) as asked:
        page = ask(part, language=language)
    # The rates that were added here; and on a server, how often an address asked in this minute.
    read = ("records_statutoryrate", "voldaan_counts", "SAVEPOINT")
    assert not [one["sql"] for one in asked.captured_queries if not any(word in one["sql"] for word in read)]
    assert "voldaan-session" not in page.answer.cookies
    assert page.all("//h1")
    assert total(page)  # there is something to see before anything is typed
    assert "2026" in page.one("//footer")
    assert ("Geen juridisch advies" in page.text) == (language == "nl")


WORDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"wie": "consument"}, ["--debtor", "consumer"]),
    ({"wie": "overheid", "land": "BE"}, ["--debtor", "public_body", "--country", "BE"]),
    ({"land": "EU"}, ["--country", "DE"]),
    ({"wie": "consument", "land": "EU"}, ["--debtor", "consumer", "--country", "DE"]),
    ({"wie": "consument", "land": "BE", "kosten": "50"},
     ["--debtor", "consumer", "--country", "BE", "--agreed-costs", "50"]),
    ({"btw": "ja"}, ["--vat-on-costs"]),
    ({"zonder_kosten": "ja"}, ["--no-costs"]),
    ({"rente": "8,25"}, ["--agreed-rate", "8.25"]),
    ({"telling": "365", "vervalt": "2023-12-31"}, ["--day-count", "act365", "--due", "2023-12-31"]),
    ({"betaald": ["500", "20.50"], "betaald_op": ["2026-03-31", "2026-05-01"]},
     ["--paid", "2026-03-31=500", "--paid", "2026-05-01=20.50"]),
    ({"betaald": "5000", "betaald_op": "2026-03-31"}, ["--paid", "2026-03-31=5000"]),
    ({"op": "2031-01-01"}, ["--on", "2031-01-01"]),
]  # fmt: skip


@pytest.fixture
def answered(db: None) -> Iterator[Callable[..., Any]]:
    """Ask the command for the same claim."""

    def answer(*more: str) -> Any:
        words = ["claim", "--principal", "1000", "--due", "2026-01-31", "--on", "2026-11-28", "--country", "NL",
                 "--debtor", "business", "--json", *more]  # fmt: skip
        return json.loads(CliRunner().invoke(voldaan, words, obj=Installation(), catch_exceptions=False).stdout)

    with translation.override("en"):
        yield answer
    gettext.textdomain("messages")


@pytest.mark.parametrize(("said", "more"), WORDS)
def test_it_gives_the_figures_of_the_command(ask: Ask, answered, said, more):
    answer = answered(*more)
    page = ask("", CLAIM | said)
    assert total(page) == written(abs(answer["total_cents"]))
    assert ("Paid too much" in page.text) == (answer["total_cents"] < 0)
    lines = page.all("//table[contains(@class, 'lines')]//td[6]")
    assert lines == [written(line["cents"]) for line in answer["interest"]]
    adds = dict(zip(page.all("//dl/div/dt"), page.all("//dl/div/dd"), strict=True))
    assert adds["Total"] == written(answer["total_cents"])
    assert adds["Interest"] == written(answer["interest_cents"])
    assert adds["Collection costs"] == written(answer["costs_cents"])
    articles = page.all("//section[contains(@class, 'law')]//li/*[1]")
    assert articles == list(dict.fromkeys(answer["articles"]))
    assert ("provisional" in page.text) == answer["provisional"]


@pytest.mark.parametrize("case", cases("nl_collection_costs")[::3])
def test_the_costs_of_the_worked_cases(ask: Ask, case):
    principals = [int(cents) for cents in case["open_principals_cents"].split("+")]
    said = CLAIM | {"wie": "consument" if case["debtor"] == "consumer" else "bedrijf",
                    "bedrag": [str(Money(cents).plain()) for cents in principals],
                    "vervalt": ["2026-01-31"] * len(principals)}  # fmt: skip
    page = ask("", said | ({"btw": "ja"} if case["vat_surcharge"] == "yes" else {}))
    costs = page.one("//section[@id='costs']/p[@class='asked']/b")
    rule = NETHERLANDS.consumer.costs if said["wie"] == "consument" else NETHERLANDS.business.costs
    assert rule
    assert costs == written(rule.due(principals))
    if rule.due(principals) == int(case["expected_costs_excl_cents"]) and case["vat_surcharge"] == "yes":
        assert written(int(case["expected_vat_cents"])) in page.text


def test_each_slab_each_payment_and_each_article_is_shown(ask: Ask):
    said = CLAIM | {"bedrag": "6000", "betaald": "1000", "betaald_op": "2026-06-30"}
    page = ask("", said)
    assert page.all("//section[@id='costs']//td") == [
        "15 % of €2,500.00", "€375.00", "10 % of €2,500.00", "€250.00", "5 % of €1,000.00", "€50.00"
    ]  # fmt: skip
    _, costs, interest, principal, too_much, paid = page.all("//table[contains(@class, 'shares')]//td")
    assert (costs, interest, principal, too_much, paid) == ("675.00", "250.27", "74.73", "–", "€1,000.00")
    links = page.tree.xpath("//section[contains(@class, 'law')]//a/@href")
    assert "https://wetten.overheid.nl/jci1.3:c:BWBR0005289&artikel=119a" in links


def test_costs_that_the_law_does_not_give_are_explained_as_well(ask: Ask):
    page = ask("", CLAIM | {"land": "BE", "wie": "consument", "bedrag": "600", "kosten": "75"})
    assert page.one("//p[@class='asked']/b") == "€0.00"
    assert "the clause does not hold" in page.one("//section[@id='costs']")
    assert "art. XIX.4 WER" in page.one("//section[contains(@class, 'law')]")
    small = ask("", CLAIM | {"wie": "consument", "bedrag": "10"})
    assert "at least €40.00" in small.one("//section[@id='costs']")
    assert "Is it worth asking them?" in small.text


def test_a_payment_after_the_last_day_is_not_counted_and_that_is_said(ask: Ask):
    later = CLAIM | {"betaald": "200", "betaald_op": "2026-12-01"}
    page = ask("", later)
    assert total(page) == total(ask("", CLAIM))
    assert "paid after 28 November 2026 is not counted" in page.text
    assert not page.all("//section[@id='paid']")
    assert "is not counted" not in ask("", later | {"op": "2026-12-01"}).text


def test_the_lines_as_a_file_add_up_to_the_total(ask: Ask):
    said = CLAIM | {"betaald": "200", "betaald_op": "2026-06-30", "btw": "ja"}
    page = ask("bestand/", said, language="nl")
    rows = list(csv.DictReader(io.StringIO(page.answer.content.decode("utf-8-sig")), delimiter=";"))
    cents = [int(row["Bedrag"].replace(",", "")) for row in rows]
    assert sum(cents[:-1]) == cents[-1]
    assert "art. 6:119a BW" in rows[1]["Volgens de wet"]
    assert 'filename="' in page.answer["Content-Disposition"]
    back = signed_in().get("/rekenen/bestand/?bedrag=x")
    assert (back.status_code, back["Location"]) == (302, "/rekenen/?bedrag=x")


@pytest.mark.parametrize(
    ("said", "field", "says"),
    [
        ({"bedrag": "12,5,0"}, "bedrag-1", "is not an amount"),
        ({"bedrag": "1.250"}, "bedrag-1", "is not an amount"),
        ({"bedrag": "0"}, "bedrag-1", "above zero"),
        ({"bedrag": "-5"}, "bedrag-1", "above zero"),
        ({"bedrag": "9" * 30}, "bedrag-1", "is not an amount"),
        ({"bedrag": ""}, "bedrag-1", "Type an amount"),
        ({"vervalt": ""}, "vervalt-1", "Choose a day"),
        ({"vervalt": "2026-02-30"}, "vervalt-1", "is no day"),
        ({"vervalt": "0001-01-01"}, "vervalt-1", "Choose a day from"),
        ({"op": "9999-12-31"}, "op", "Choose a day from"),
        ({"op": ""}, "op", "Choose a day"),
        ({"betaald": "5"}, "betaald_op-1", "Choose a day"),
        ({"betaald_op": "2026-03-01"}, "betaald-1", "Type an amount"),
        ({"rente": "abc"}, "rente", "is not a percentage"),
        ({"rente": "1000"}, "rente", "is not a percentage"),
        ({"land": "XX"}, "land", "“XX” is none of these. Choose one."),
        ({"wie": "=1+1"}, "wie", "“=1+1” is none of these. Choose one."),
        ({"btw": "ja", "land": "BE"}, "btw", "no VAT"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_which_keeps_what_was_typed(ask: Ask, said, field, says):
    page = ask("", CLAIM | said, status=422)
    (there,) = page.tree.xpath(f"//*[@id='{field}']")
    assert there.get("aria-invalid") == "true"
    assert f"{field}-wrong" in there.get("aria-describedby")
    assert says in page.one(f"//*[@id='{field}-wrong']")
    assert says in page.one(f"//div[@role='alert']//a[@href='#{field}']")
    if there.tag == "input" and there.get("type") != "checkbox":
        (typed,) = said.values() if field.split("-")[0] in said else ("",)
        assert there.get("value") == typed[:40]
        assert there.get("type") != "date" or typed[4:5] in ("", "-")  # or a browser would drop it
    assert not page.all("//*[contains(@class, 'big')]")


def test_hostile_words_are_told_and_the_work_stays_bounded(ask: Ask):
    many = {"bedrag": ["1"] * 400, "vervalt": ["2026-01-31"] * 400}
    page = ask("", CLAIM | many, status=422)
    assert f"{MOST_ROWS} is the most" in page.text
    assert len(page.all("//input[@name='bedrag']")) == MOST_ROWS
    assert signed_in().get("/rekenen/?" + "&bedrag=1" * 2000).status_code == 400
    most = ask("", CLAIM | {"bedrag": ["1.00"] * MOST_ROWS, "vervalt": ["2003-01-31"] * MOST_ROWS, "op": "2032-02-29"})
    assert 1000 < len(most.all("//table[contains(@class, 'lines')]//tbody/tr")) < 2000
    too_much = ask("", CLAIM | {"bedrag": ["9999999999999.99"] * MOST_ROWS, "vervalt": ["2003-01-31"] * MOST_ROWS,
                                "rente": "999"}, status=422)  # fmt: skip
    assert "larger than can be kept" in too_much.text
    early = ask("", CLAIM | {"vervalt": "1995-01-31"}, status=422)
    assert "known before" in early.text
    for part in PARTS[1:]:
        words = {"land": "<b>", "soort": "x", "vervalt": "<script>", "verstuurd": "9999-12-31", "bedrag": "1e9"}
        assert "<script>" not in ask(part, words, status=422).answer.content.decode().split("</head>")[1]


def test_asking_for_more_rows_keeps_what_was_typed_and_complains_of_nothing(ask: Ask):
    page = ask("", {"bedrag": "12", "vervalt": "", "meer_bedrag": "8"})
    assert [one.get("value") for one in page.tree.xpath("//input[@name='bedrag']")] == ["12", *[""] * 7]
    assert not page.all("//div[@role='alert']")
    assert len(ask("", {"meer_bedrag": "999"}).all("//input[@name='bedrag']")) == MOST_ROWS
    assert not ask("", {"meer_bedrag": "20"}).all("//button[@name='meer_bedrag']")


@pytest.mark.parametrize("case", cases("notice_dates"))
def test_the_days_of_a_notice_of_the_worked_cases(ask: Ask, case):
    how = "post" if case["channel"] == "post" else "e-mail"
    page = ask("veertiendagenbrief/", {"land": case["country"], "hoe": how, "verstuurd": case["sent_date"],
                                       "bezorgd": case["proven_delivery_date"]})  # fmt: skip
    days = page.tree.xpath("//dl//time/@datetime")
    assert days[0] == case["expected_delivery_or_first_day"]
    assert days[1] == case["expected_last_payment_day"]
    assert case["expected_last_payment_day_extended"] in days
    if case["country"] == "BE":
        assert days[-1] == case["expected_costs_from_day"]
    else:
        assert days[-1] > case["expected_last_payment_day_extended"]  # the safe words wait a day more


def test_a_notice_names_the_exact_costs_and_no_date(ask: Ask):
    page = ask("veertiendagenbrief/", {"verstuurd": "2027-03-01", "bedrag": "1250,00"})
    words = page.one("//blockquote")
    assert "binnen vijftien dagen nadat deze brief bij u is bezorgd" in words
    assert "€ 187,50" in words
    assert "2027" not in words
    assert page.tree.xpath("//blockquote/@lang") == ["nl"]
    belgian = ask("veertiendagenbrief/", {"land": "BE", "verstuurd": "2027-03-01", "bedrag": "300"})
    assert not belgian.all("//blockquote")
    assert "at most €45.00" in belgian.text
    early = ask("veertiendagenbrief/", {"verstuurd": "2027-03-01", "bezorgd": "2027-02-01"}, status=422)
    assert "before the day" in early.one("//*[@id='bezorgd-wrong']")


@pytest.mark.parametrize("case", cases("nl_vat_bad_debt"))
def test_vat_on_a_bad_debt_of_the_worked_cases(ask: Ask, case):
    filing = {"month": "maand", "quarter": "kwartaal", "year": "jaar"}[case["filing"]]
    page = ask("btw/", {"vervalt": case["due_date"], "ontvangen": case["invoice_received_if_no_term"],
                        "aangifte": filing})  # fmt: skip
    days = page.tree.xpath("//dl//time/@datetime")
    assert days == [case["expected_due_date"], case["expected_deemed_uncollectible_on"]]
    year, _, part = case["expected_claim_in_period"].partition("-")
    assert year in total(page)
    assert not part.startswith("Q") or f"quarter {part[1:]}" in total(page)


def test_vat_without_any_day_asks_for_one(ask: Ask):
    assert (
        ask("btw/", {"vervalt": "", "aangifte": "maand"}, status=422).one("//*[@id='vervalt-wrong']") == "Choose a day."
    )


def test_limitation_shows_what_each_interruption_did(ask: Ask):
    said = {"soort": "nl-overeenkomst", "vervalt": "2021-06-01", "gestuit": ["2025-01-10", "2024-03-01"],
            "door": ["erkenning", "aanmaning"]}  # fmt: skip
    page = ask("verjaring/", said)
    assert total(page) == "10 January 2030"
    assert page.tree.xpath("//dl/div/dd//time/@datetime") == ["2021-06-01", "2026-06-01", "2029-03-01", "2030-01-10"]
    assert "look at it from 12 October 2029" in page.text
    belgian = ask("verjaring/", {"soort": "be-consumentenkoop", "vervalt": "2026-06-01", "gestuit": "2026-09-01",
                                 "door": "aanmaning"})  # fmt: skip
    assert total(belgian) == "1 June 2027"
    assert "changes nothing" in belgian.text
    assert "lapsed" in ask("verjaring/", {"soort": "nl-consumentenkoop", "vervalt": "2024-06-01"}).text
    ask("verjaring/", {"soort": "nl-vonnis", "vervalt": ""}, status=422)


def test_who_asks_too_often_has_to_wait(ask: Ask, settings: Any):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"calculator": "3/m/ip"}
    for part in PARTS[:3]:
        ask(part)
    for part in (*PARTS, "bestand/"):
        ask(part, status=429)


def test_the_sign_in_and_the_search_lead_to_it(browse: Browse, house: Any):
    answer = signed_in().get("/account/login/").content.decode()
    assert 'href="/rekenen/"' in answer
    found = browse("/bakkerij-t-hart/zoeken/?q=rente", language="nl")
    assert "/rekenen/" in found.tree.xpath("//a/@href")

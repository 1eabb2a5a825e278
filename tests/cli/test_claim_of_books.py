"""`voldaan claim` over the books: an invoice, a customer, and the same shape as what is typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import INIT
from tests.cli.test_claim import CLAIM, KEYS
from voldaan.cli.shell import REFUSED, USAGE


@pytest.fixture
def books(typed: Any) -> None:
    typed(*INIT)
    typed("debtor", "add", "--name", "Café Zéé", "--number", "7", "--business")
    typed("invoice", "receive", "7", "--number", "F1", "--date", "2026-01-01", "--due", "2026-01-31", "--amount",
          "1000.00", "--agreed-term")  # fmt: skip


def test_an_invoice_of_the_books_is_what_is_typed(books, asked):
    (found,) = asked("claim", "F1", "--on", "2026-11-28")
    by_hand = asked(*CLAIM, "--country", "NL", "--debtor", "business")
    assert set(found) > KEYS
    for key in ("on", "principal_cents", "interest", "interest_cents", "paid_cents", "provisional"):
        assert found[key] == by_hand[key], key
    assert (found["costs_cents"], found["total_cents"]) == (4_000, 112_474)  # no demand was sent
    (item,) = found["receivables"]
    assert (item["default_from"], item["interest_cents"], item["term_basis"]) == ("2026-02-01", 8_474, "agreed")
    assert asked("claim", "--debtor", "7", "--on", "2026-11-28") == [found]


def test_as_a_table_and_as_csv(books, typed):
    table = typed("claim", "F1", "--on", "2026-11-28")
    assert "1.124,74" in table.stdout
    assert "No demand was sent yet" in table.stdout
    csv = typed("claim", "F1", "--on", "2026-11-28", "--format", "csv")
    assert "112474" in csv.stdout
    assert "No demand was sent yet" in csv.stderr


def test_what_the_due_date_rests_on(books, typed, asked):
    typed("invoice", "term", "F1", "--basis", "stated", "--reason", "Geen contract")
    (found,) = asked("claim", "F1", "--on", "2026-11-28")
    assert found["receivables"][0]["default_from"] == "2026-02-01"  # thirty days after the first of January
    typed("invoice", "term", "--debtor", "7", "--basis", "none", "--reason", "Geen contract")
    typed("invoice", "term", "--debtor", "7", "--basis", "none", "--reason", "Geen contract", exits=REFUSED)
    typed("invoice", "term", "F1", "--debtor", "7", "--basis", "none", "--reason", "x", exits=USAGE)


@pytest.mark.parametrize("words", [(), ("F1", "--debtor", "7"), ("F1", "--principal", "1.00")])
def test_words_that_name_nothing_or_two_things(books, typed, words):
    typed("claim", *words, exits=USAGE)


@pytest.mark.parametrize("words", [("--no-costs",), ("--agreed-rate", "12"), ("--paid", "2026-03-01=5.00")])
def test_what_the_books_would_not_heed_is_refused(books, typed, words):
    assert words[0] in typed("claim", "F1", *words, exits=USAGE).stderr
    typed("claim", "F1", "--on", "2026-11-28", "--json")


def test_an_invoice_that_is_not_there(books, typed):
    typed("claim", "F9", exits=REFUSED)

"""The CSV of a bank in the books: each movement once, whatever else told it; and what it proves."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import permutations

import pytest

from tests.formats.bank_examples import EXAMPLES
from tests.tools.files import OWN, PAYER, Movement, bank_csv, bring, camt053, mt940
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.records import known_until
from voldaan.usecases.accounts import NoSuchAccount
from voldaan.usecases.bank import CANNOT_PROVE

pytestmark = pytest.mark.one_engine  # how a file is read; what is written of it is in test_bank

DAY = date(2027, 2, 1)
TWIN = Movement(DAY, 5_000, PAYER, "Café Zee", "zonder nummer")
MOVEMENTS = [
    Movement(DAY, 12_100, PAYER, "Café Zee", "factuur 2027-001", "E1"),
    TWIN,
    TWIN,
    Movement(DAY + timedelta(days=1), -700, "", "", "kosten"),
]


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def stored(house: House) -> Counter[int]:
    return Counter(row.cents for row in bank_inbox.transactions(actor=house.actor))


FORMATS = {
    "csv": lambda **how: bank_csv(MOVEMENTS, **how),
    "older csv": lambda **how: bank_csv(MOVEMENTS, with_balances=False, **how),
    "camt": lambda **how: camt053(MOVEMENTS, **how),
    "mt940": lambda **how: mt940(MOVEMENTS, **how),
}


@pytest.mark.parametrize("order", list(permutations(FORMATS, 2)), ids=" then ".join)
def test_a_movement_told_in_two_formats_is_booked_once_and_twins_stay_two(house, order):
    first, second = (bring(house, FORMATS[name](opening=1_000)) for name in order)
    assert (first.result, first.new, second.result, second.new, second.known) == ("imported", 4, "imported", 0, 4)
    assert stored(house) == Counter(m.cents for m in MOVEMENTS)
    assert house.broken() == {}


def test_overlapping_exports_add_what_is_new(house):
    later = [*MOVEMENTS, TWIN, Movement(DAY + timedelta(days=2), 900, PAYER, "Café Zee", "rest")]
    bring(house, bank_csv(MOVEMENTS, opening=1_000))
    answer = bring(house, bank_csv(sorted(later, key=lambda m: m.day), opening=1_000))
    assert (answer.new, answer.known, answer.problems) == (2, 4, [])
    assert stored(house)[5_000] == 3


def test_without_balances_it_comes_in_unasked_and_proves_nothing(house):
    answer = bring(house, bank_csv(MOVEMENTS, with_balances=False))
    assert (answer.result, answer.new, answer.questions) == ("imported", 4, [])
    assert [(one["what"], one["severity"]) for one in answer.problems] == [(CANNOT_PROVE, "warning")]
    assert known_until.bank(house.actor.administration_id).complete_until is None
    bring(house, bank_csv(MOVEMENTS, opening=1_000))
    assert known_until.bank(house.actor.administration_id).complete_until == DAY + timedelta(days=1)


def test_a_camt_without_balances_still_asks(house):
    assert bring(house, camt053(MOVEMENTS, with_balances=False)).result == "refused"


def test_a_row_that_is_missing_asks_for_a_yes(house):
    lines = bank_csv(MOVEMENTS, opening=1_000).splitlines(keepends=True)
    content = "".join([*lines[:2], *lines[3:]])
    answer = bring(house, content)
    assert (answer.result, answer.problems[0]["place"], stored(house)) == ("refused", "line 3", Counter())
    assert bring(house, content, accept_unbalanced=True).new == 3


def test_a_gap_between_two_exports_is_asked_about(house):
    bring(house, bank_csv(MOVEMENTS, opening=1_000))
    after = [Movement(DAY + timedelta(days=9), 100, PAYER, "Café Zee", "later")]
    assert bring(house, bank_csv(after, opening=55_000)).result == "refused"
    assert bring(house, bank_csv(after, opening=1_000 + sum(m.cents for m in MOVEMENTS))).new == 1


def test_whose_account_it_is_must_be_known(house):
    content = EXAMPLES["nl-argenta"].text
    assert bring(house, content).result == "refused"
    other = bring(house, content, account=PAYER)
    assert (other.result, other.problems[0]["what"]) == ("refused", NoSuchAccount.says)
    assert bring(house, content, account="NL91 ABNA 0417 1643 00").new == 2
    assert {row.account for row in bank_inbox.transactions(actor=house.actor)} == {OWN}


@pytest.mark.parametrize("name", [name for name, one in EXAMPLES.items() if one.account])
def test_the_file_of_every_bank_comes_in_once(house, name):
    answers = [bring(house, EXAMPLES[name].text + end) for end in ("", "\n")]
    assert [(each.result, each.new, each.questions) for each in answers] == [
        ("imported", len(EXAMPLES[name].movements), []),
        ("imported", 0, []),
    ]


@pytest.mark.shared
def test_every_sample_comes_in_or_says_where_not(house, samples, expected):
    said = {}
    for path in sorted((samples / "bank-csv").iterdir()):
        answer = bring(house, path.read_bytes(), dry_run=True)
        said[path.name] = (answer.result, answer.new, [one["place"] for one in answer.problems])
        rows = expected[f"bank-csv/{path.name}"].get("rows", 0)
        assert answer.new == (rows if answer.result == "imported" else 0)
    assert {name for name, (result, _, _) in said.items() if result == "refused"} == {
        "empty.csv", "icscards.txt", "icscards_big.txt", "icscards_error.txt", "transactie-historie_fail.csv",
    }  # fmt: skip
    assert said["transactie-historie_fail.csv"][2] == ["line 12"]
    assert said["ing_fail.csv"][2] == ["line 3", "statement 1", "statement 2"]

"""Bank files of others through the real commands: what `inspect` says is what stands in them, and they import."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.tools.files import bring
from tests.tools.house import House
from voldaan.records.bank import BankTransaction
from voldaan.rules.money import minor_digits
from voldaan.rules.statements import INTERIM

NAMES = sorted(
    f"{folder}/{path.name}" for folder in ("camt", "mt940") for path in (SHARED / "samples" / folder).glob("*")
)
ATTACKS = sorted(f"xml-attacks/{path.name}" for path in (SHARED / "samples" / "xml-attacks").glob("*.*"))
NO_SAMPLES = pytest.param("", marks=pytest.mark.shared)

# What cannot be read exactly, so that the file never comes in; else every file does, some with a person's yes.
REFUSED = {
    "camt/camt053.02--genkgo--camt053.v2.wrong.xml": "no statement in it",
    "mt940/malformed--wolph--empty_non_swift.sta": "no statement in it",
    "mt940/other--railslove--mt940-headers.txt": "month 26, and a balance of “11 27421,94”",
    "mt940/other--wolph--raphaelm.sta": "closing balances without a currency",
}
# These give their movement no day at all: the day on which they were made is taken, with a yes.
WITHOUT_A_DAY = [
    "camt/camt052.02--genkgo--camt052.v2.with-account-name.xml",
    "camt/camt054.02--genkgo--camt054.v2.with-account-name.xml",
    "camt/camt054.08--mock-bank--camt.054.001.08-query-farm.xml",
]
# The bank says INFO of these: nothing is booked. We count what the facts sum.
INFORMATION = "camt/camt054.10--subite--"


def cents(amount: str | None, currency: str | None) -> int | None:
    return None if amount is None else int(Decimal(amount).scaleb(minor_digits(currency or "EUR")))


@pytest.mark.shared
def test_what_inspect_says_is_what_stands_in_the_file(asked, samples: Path, expected: dict[str, Any]):
    answers = asked("inspect", *(str(samples / name) for name in NAMES), exits=3)
    assert [answer["file"] for answer in answers] == [name.rpartition("/")[2] for name in NAMES]
    wrong = {}
    for name, answer in zip(NAMES, answers, strict=True):
        if name in REFUSED:
            assert any(problem["severity"] == "error" for problem in answer["problems"]), name
            continue
        assert not [p for p in answer["problems"] if p["severity"] == "error"], (name, answer["problems"])
        if "lines_outside_a_statement" in expected[name]:  # of an MT942 only the lines are counted
            lines = sum(len(one["transactions"]) for one in answer["statements"])
            assert (answer["format"], lines) == ("mt942", expected[name]["statement_lines"])
            continue
        of_file = camt_facts if name.startswith("camt") else mt940_facts
        said, stated = of_file(name, answer, expected[name]["statements"])
        if said != stated:
            wrong[name] = (said, stated)
    assert wrong == {}


def mt940_facts(name: str, answer: dict[str, Any], facts: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    said = [
        (one["account"], one["currency"], one["number"], (one["opening"] or {}).get("cents"),
         (one["closing"] or {}).get("cents"), len(one["transactions"]), *sums(one), one["adds_up"])
        for one in answer["statements"]
    ]  # fmt: skip
    stated = [
        (one["account"].replace(" ", "").removesuffix(one["currency"]), one["currency"], one["number"],
         *(cents(one[fact], one["currency"]) for fact in ("opening", "closing")), one["lines"],
         *(cents(one[fact], one["currency"]) for fact in ("sum_credit", "sum_debit")), one.get("balances_reconcile"))
        for one in facts
    ]  # fmt: skip
    return said, stated


def camt_facts(name: str, answer: dict[str, Any], facts: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    said, stated = [], []
    for one, fact in zip(answer["statements"], facts, strict=True):
        currency = one["transactions"][0]["currency"] if one["transactions"] else fact["currency"]
        reasons = [t["return_reason"] for t in one["transactions"] if t["return_reason"]]
        said.append(((one["opening"] or {}).get("cents"), (one["closing"] or {}).get("cents"), reasons))
        stated.append(
            (cents(fact["opening"], currency), cents(fact["closing"], currency), fact.get("return_reasons", []))
        )
        if fact["account"]:  # camt.052.001.01 has another element, which the facts do not look at
            assert one["account"] == fact["account"], name
        if fact["currency"]:
            assert one["currency"] == fact["currency"], name
        if name.startswith(INFORMATION):
            assert (one["transactions"], one["pending"]) == ([], fact["entries"]), name
            continue
        assert one["pending"] == fact["pending"], name
        if not fact["pending"]:  # else the facts sum what is not booked
            assert sums(one) == tuple(cents(fact[side], currency) for side in ("sum_credit", "sum_debit")), name
        in_one = sum("one movement" in problem["what"] for problem in answer["problems"])
        details = fact["transaction_details"] > fact["entries"] and not in_one
        assert len(one["transactions"]) + one["pending"] == fact["transaction_details" if details else "entries"], name
    return said, stated


def sums(statement: dict[str, Any]) -> tuple[int, int]:
    moved = [t["cents"] for t in statement["transactions"]]
    return sum(each for each in moved if each > 0), -sum(each for each in moved if each < 0)


@pytest.mark.shared
@pytest.mark.usefixtures("db")
def test_every_file_comes_in_or_says_why_not(samples: Path, expected: dict[str, Any]):
    """Those that do not add up only with a person's yes; each movement is then in the books once."""
    asked_about: list[str] = []
    interim: list[str] = []
    for nth, name in enumerate(NAMES):
        house = House.opened(f"Firma {nth}")
        data = (samples / name).read_bytes()
        answer = bring(house, data)
        if name in REFUSED:
            assert answer.result == "refused", name
            assert [p for p in answer.problems if p["severity"] == "error"], name
            continue
        if answer.result == "refused":
            asked_about.append(name)
            assert {p["severity"] for p in answer.problems} <= {"question", "warning"}, (name, answer.problems)
            answer = bring(house, data, accept_unbalanced=True)
        elif answer.format not in INTERIM:
            assert all(one.get("balances_reconcile") for one in expected[name]["statements"]), name
        assert answer.result == "imported", (name, answer.problems)
        rows = BankTransaction.objects.of(house.actor.administration_id)
        assert rows.count() == answer.new, name
        if answer.format in INTERIM and asked_about[-1:] == [name]:
            interim.append(name)
    assert interim == WITHOUT_A_DAY, "asked about a report only where it gives no day"


@pytest.mark.parametrize("name", ATTACKS or [NO_SAMPLES])
@pytest.mark.shared
def test_an_attack_leaves_nothing_behind(asked, samples: Path, name: str):
    (answer, *_) = asked("inspect", str(samples / name), exits=None)
    assert "root:" not in repr(answer)

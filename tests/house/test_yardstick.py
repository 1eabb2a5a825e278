"""The yardstick of matching: a seed gives the same year each time, and a small noisy year books nothing wrong."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.yardstick import classes, habits, invent, report
from benchmarks.yardstick.habits import ACCIDENTS, STYLES, Accident
from benchmarks.yardstick.play import Outcome, Played
from benchmarks.yardstick.year import ACCIDENTS as ACCIDENT
from voldaan import formats
from voldaan.queries import checks
from voldaan.rules import precision
from voldaan.rules.papers import RemittanceAdvice

ROOT = Path(__file__).parents[2]


def digest(seed: int) -> str:
    year = invent.year(seed, customers=40, days=90)
    return hashlib.sha256(repr((year.customers, year.facts)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_year_and_another_gives_another():
    code = (
        "import hashlib; from benchmarks.yardstick import invent; year = invent.year(7, customers=40, days=90); "
        "print(hashlib.sha256(repr((year.customers, year.facts)).encode()).hexdigest())"
    )
    in_another_process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60,
        env={**os.environ, "PYTHONHASHSEED": "11"},
    ).stdout.strip()  # fmt: skip
    assert digest(7) == in_another_process
    assert digest(7) != digest(8)


def test_the_truth_of_a_year_adds_up():
    year = invent.year(3, customers=300)
    billed = {invoice.number: invoice.cents for some in year.invoices.values() for invoice in some
              if invoice.parts}  # fmt: skip
    paid = dict.fromkeys(billed, 0)
    back = {payment.takes_back for payment in year.facts}
    for payment in year.facts:
        lines = sum(cents for _, cents in payment.lines)
        assert all(cents > 0 for _, cents in payment.lines)
        assert lines <= payment.cents or payment.takes_back
        assert payment.owner or lines == payment.cents or not payment.lines
        if payment.key not in back:
            set_off = ((number, cents) for _, number, cents in payment.set_off)
            for number, cents in (*payment.lines, *payment.given_up, *set_off):
                paid[number] += cents
    assert all(cents <= billed[number] for number, cents in paid.items())
    told = {payment.habit for payment in year.facts}
    named = (
        {habit.name for habit in (*STYLES, *ACCIDENTS)} - {"at once"}
        | {habits.OWN_LIST}
        | {"return", "advance", "no invoice"}
    )
    assert told <= named
    assert len(named - told) <= 2, "in a year of 300 customers nearly everything happens"


@pytest.mark.usefixtures("db")
def test_a_small_noisy_year_books_nothing_wrong_by_itself():
    year = invent.year(5, customers=36, days=60)
    played = Played(year, "Meetlat")
    done = played.play()
    assert [payment for payment, outcome in done if outcome.false] == []
    assert len(done) + len(played.waiting) == len(year.facts)
    paying = [outcome for _, outcome in done if outcome.pays]
    assert len(paying) > 40
    assert sum(outcome.straight for outcome in paying) / len(paying) > 0.6
    assert sum(outcome.right_customer for outcome in paying) / len(paying) > 0.9
    assert [answer.name for answer in checks.check(actor=played.actor) if not answer.ok] == []


def test_who_sends_a_list_changes_nothing_of_what_the_others_pay(monkeypatch):
    facts = invent.year(3, customers=40, days=90).facts
    monkeypatch.setattr(habits, "FOR_EACH_OWN_LIST", 1_000)
    without = invent.year(3, customers=40, days=90)
    assert [payment for payment in facts if payment.list_on is None] == without.facts
    assert len(facts) > len(without.facts)
    assert without.lists == {}


@pytest.mark.parametrize("noisy", [True, False])
def test_every_list_can_be_read_and_in_the_clean_set_it_says_what_is_paid(noisy):
    year = invent.year(2, customers=200, days=180, noisy=noisy)
    paid = [payment for payment in year.facts if payment.list_on]
    assert all(3 <= len(one.lines) <= 40 for one in paid)
    assert {(one.list_on - one.day).days for one in paid if one.list_on} == {-2, -1, 0, 1, 2}
    said: list[RemittanceAdvice] = []
    for some in year.lists.values():
        for content in some:
            name, reader = formats.recognise(io.BytesIO(content)) or ("", formats.FORMATS[0])
            assert name in {"advice-csv", "advice-mail"}
            said += reader.read(io.BytesIO(content)).records
    assert len(said) == len(paid)
    totals, wanted = Counter(one.cents for one in said), Counter(one.cents for one in paid)
    is_right = [one.is_whole for one in said]
    habits_ = {one.habit for one in paid}
    if noisy:
        assert totals != wanted
        assert not all(is_right)
        assert {one.name for one in ACCIDENTS if one.name.startswith("own list")} <= habits_
    else:
        assert totals == wanted
        assert all(is_right)
        assert habits_ <= {habits.OWN_LIST, "own list, discount", "own list, credit note"}


@pytest.mark.usefixtures("db")
def test_a_credit_note_that_a_list_takes_off_is_right_whichever_invoice_it_pays(monkeypatch):
    monkeypatch.setitem(ACCIDENT, "set off", Accident("set off", 1_000, 1_000, ""))
    year = invent.year(4, customers=20, days=70, noisy=False)
    year.payments = {day: [one for one in some if one.list_on] for day, some in year.payments.items()}
    played = Played(year, "Meetlat")
    done = played.play()
    assert len(done) > 2
    assert all(payment.set_off for payment, _ in done)
    assert {(outcome.match_class, outcome.straight) for _, outcome in done} == {("advice", True)}
    assert [answer.name for answer in checks.check(actor=played.actor) if not answer.ok] == []


def test_an_interval_holds_the_rate_and_is_honest_about_none():
    assert precision.interval(0, 10_000)[0] == 0
    assert precision.interval(0, 10_000)[1] == pytest.approx(3.84 / 10_004, rel=0.01)
    low, high = precision.interval(90, 100)
    assert low == pytest.approx(0.8256, abs=0.001)
    assert high == pytest.approx(0.9448, abs=0.001)
    assert precision.interval(0, 0) == (0.0, 1.0)


def test_the_curve_takes_the_surest_class_first():
    def some(count: int, match_class: str, *, booked: bool, right: bool) -> list[Outcome]:
        return [Outcome("any", True, booked, match_class, right, True) for _ in range(count)]

    outcomes = [
        *some(8, "iban_only", booked=False, right=True), *some(2, "iban_only", booked=False, right=False),
        *some(10, "number_amount", booked=True, right=True), *some(5, "", booked=False, right=False),
    ]  # fmt: skip
    first, second = report.curve(outcomes)
    assert (first.match_class, first.rate, first.false_each) == ("number_amount", 10 / 25, 0)
    assert (second.match_class, second.rate, second.false_each) == ("iban_only", 18 / 25, 1000)


def test_the_product_and_the_page_hold_the_same_figures():
    figures = precision.measured()
    assert classes.FILE.read_text() == classes.toml(figures)
    page = (ROOT / "docs" / "explanation" / "matching-figures.md").read_text()
    assert "\n".join(["", *classes.by_class(figures), ""]) in page


def test_a_wanted_precision_lets_fewer_classes_book_and_fewer_wrongly():
    def some(count: int, match_class: str, *, right: bool = True) -> list[Outcome]:
        return [Outcome("any", True, True, match_class, right, True) for _ in range(count)]

    outcomes = [
        *some(1_000, "number_amount"), *some(500, "iban_amount"), *some(999, "iban_sum"),
        *some(1, "iban_sum", right=False), *some(98, "iban_less"), *some(2, "iban_less", right=False),
    ]  # fmt: skip
    figures = classes.measured(outcomes)
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in classes.by_wanted({"any": outcomes}, figures)]
    assert [(row[0], row[2], row[4]) for row in rows[2:]] == [
        ("`certain`", "1,000", "0"), ("`99.99`", "1,500", "0"), ("`99.9`", "2,500", "1"), ("`nothing`", "0", "0"),
    ]  # fmt: skip

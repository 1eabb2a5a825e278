"""A receipt spread by its payer's own list: never a cent more than there is, and certain only where all agrees."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.rules.advised import Advice, Line, Note, pairs, spread_as_told, whose
from voldaan.rules.candidates import Candidate
from voldaan.rules.matches import Match
from voldaan.rules.remittance import folded

pytestmark = pytest.mark.one_engine  # no database is asked

DAY = date(2027, 2, 24)
HERE, THERE = 1, 2  # debtors


def item(pk: int, number: str, cents: int, debtor: int = HERE) -> Candidate:
    return Candidate(pk, debtor, pk, number, folded(number), "", cents, DAY, "Zon")


def spread(lines: list[Line], items: dict[str, list[Candidate]], cents: int, **words: object) -> Match:
    told = Advice(1, DAY, "EUR", is_whole=True, lines=tuple(lines))
    known: dict[str, object] = {"settled": (), "notes": {}, "paid_on": DAY, "is_payer": True, "is_alone": True}
    return spread_as_told(told, cents, HERE, items, **(known | words))  # type: ignore[arg-type]


cents_ = st.integers(1, 400)
books = st.lists(st.tuples(cents_, st.sampled_from([HERE, HERE, THERE])), max_size=6)
told_lines = st.lists(st.tuples(st.integers(0, 7), st.integers(-200, 400)), min_size=1, max_size=8)


@given(books, told_lines, st.integers(1, 1_500), st.integers(0, 300))
def test_the_money_is_kept_and_nothing_is_paid_twice(
    owed: list[tuple[int, int]], told: list[tuple[int, int]], cents: int, noted: int
):
    items = {f"F{n}": [item(n, f"F{n}", is_open, debtor)] for n, (is_open, debtor) in enumerate(owed)}
    notes = {"F7": Note(70, HERE, noted)}
    found = spread([Line(f"F{n}", f"F{n}", c, 0) for n, c in told if c], items, cents, notes=notes)
    assert sum(share for _, share in found.lines) + found.left_cents == cents
    assert sum(share for _, _, share in found.taken_off) <= noted
    for n, (is_open, debtor) in enumerate(owed):
        paid = sum(share for pk, share in found.lines if pk == n) + sum(c for _, pk, c in found.taken_off if pk == n)
        assert 0 <= paid <= is_open
        assert debtor == HERE or paid == 0
    if found.certain:
        assert cents == sum(c for _, c in told)
        assert found.left_cents == 0


@given(st.lists(cents_, min_size=1, max_size=9), st.integers(0, 300))
def test_what_agrees_in_every_line_is_certain(owed: list[int], noted: int):
    noted = min(noted, sum(owed) - 1)
    lines = [Line(f"F{n}", f"F{n}", is_open, 0) for n, is_open in enumerate(owed)]
    items = {f"F{n}": [item(n, f"F{n}", is_open)] for n, is_open in enumerate(owed)}
    if noted:
        lines.append(Line("C1", "C1", -noted, 0))
    found = spread(lines, items, sum(owed) - noted, notes={"C1": Note(70, HERE, noted)})
    assert found.certain
    paid = sum(share for _, share in found.lines)
    assert (paid, sum(share for _, _, share in found.taken_off)) == (sum(owed) - noted, noted)


def test_it_is_of_the_debtor_of_whom_most_is_asked():
    items = {"A": [item(1, "A", 100)], "B": [item(2, "B", 100, THERE)]}
    told = Advice(1, DAY, "EUR", is_whole=True, lines=(Line("A", "A", 40, 0), Line("B", "B", 60, 0)))
    assert whose(told, items) == THERE
    assert whose(told, {}) is None


def test_the_nearest_receipt_is_that_of_a_list_and_a_choice_is_doubtful():
    assert pairs([(3, 1, 10)]) == ({1: 10}, set())
    assert pairs([(3, 1, 10), (1, 1, 11)]) == ({1: 11}, {11})
    assert pairs([(0, 1, 10), (0, 2, 10), (5, 2, 11)]) == ({1: 10, 2: 11}, {10, 11})

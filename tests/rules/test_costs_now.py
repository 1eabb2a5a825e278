"""Which costs may be asked on a day, and why not yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from voldaan.countries.be import BELGIUM
from voldaan.countries.eu import GENERIC
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules import costs_now as said
from voldaan.rules.claims import Basis
from voldaan.rules.costs_now import Notice, costs_now
from voldaan.rules.law import DebtorKind

ON, SENT, FROM = date(2026, 11, 28), date(2026, 10, 1), date(2026, 10, 20)
TRADE, CONSUMER = Basis(NETHERLANDS, DebtorKind.BUSINESS), Basis(NETHERLANDS, DebtorKind.CONSUMER)


def asked(basis, demanded=(), others=(), notices=(), on=ON):
    found = costs_now(basis, demanded, others, notices, on=on)
    return found.cents, [says for says, _ in found.why]


@pytest.mark.parametrize(
    ("demanded", "others", "cents", "why"),
    [
        ([100_000], [], 15_000, None),
        ([], [100_000], 4_000, said.NO_DEMAND),
        ([], [100_000, 100_000], 8_000, said.NO_DEMAND),
        ([100_000], [100_000], 15_000, said.NOT_ALL),  # the ladder over what was demanded
        ([10_000], [100_000, 100_000], 12_000, said.NOT_ALL),  # the fixed sums are more
        ([], [0], 0, said.NOT_LATE),
        ([], [], 0, said.NOT_LATE),
    ],
)
def test_in_trade(demanded, others, cents, why):
    found, told = asked(TRADE, demanded, others)
    assert found == cents
    assert (why in told) if why else said.NOT_ALL not in told


def test_in_belgian_trade_the_fixed_sum_needs_no_demand():
    assert asked(Basis(BELGIUM, DebtorKind.BUSINESS), [], [100_000])[0] == 4_000


def notice(**changed):
    return replace(Notice(SENT, FROM, 15_000, (100_000,)), **changed)


@pytest.mark.parametrize(
    ("notices", "cents", "why"),
    [
        ([], 0, said.NO_NOTICE),
        ([notice()], 15_000, said.LAPSED),
        ([notice(costs_from=ON)], 15_000, said.LAPSED),
        ([notice(costs_from=date(2026, 11, 29))], 0, said.RUNS),
        ([notice(costs_from=None)], 0, said.RUNS_UNKNOWN),
        ([notice(left=(0,))], 0, said.IN_TIME),
        ([notice(left=(50_000,))], 7_500, said.LAPSED),  # on what was left when the term ended
        ([notice(cents=5_000)], 5_000, said.LAPSED),  # never more than was announced
        ([notice(), notice(cents=4_000, left=(10_000,))], 19_000, said.LAPSED),
    ],
)
def test_of_a_consumer_what_a_letter_announced(notices, cents, why):
    found, told = asked(CONSUMER, [], [100_000], notices)
    assert (found, why in told) == (cents, True)


def test_of_a_belgian_consumer_only_what_the_terms_say():
    assert asked(Basis(BELGIUM, DebtorKind.CONSUMER), [], [100_000], [notice()]) == (0, [said.ONLY_AGREED])


def test_none_by_law_and_none_of_who_is_spared():
    assert asked(Basis(GENERIC, DebtorKind.CONSUMER), [], [100_000]) == (0, [said.NONE_BY_LAW])
    assert asked(replace(TRADE, asks_costs=False), [], [100_000]) == (0, [said.SPARED])


def test_it_says_from_which_day_they_may_be_asked():
    later = [notice(costs_from=date(2026, 12, 9)), notice(costs_from=date(2026, 12, 1))]
    assert costs_now(CONSUMER, [], [100_000], later, on=ON).asked_from == date(2026, 12, 1)

"""A year of an account in papers of every kind, cut at random: the books equal the year (P13).

`VOLDAAN_YEARS` says how many years, and they are longer where it is large; `VOLDAAN_SEED` which ones.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.tools.bank_year import BankYear
from tests.tools.files import bring
from tests.tools.house import House
from voldaan.queries import bank_inbox

YEARS = int(os.environ.get("VOLDAAN_YEARS", "3"))
SEED = int(os.environ.get("VOLDAAN_SEED", "13"))
DAYS, PAPERS = (6, 8) if YEARS < 10 else (60, 80)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("nth", range(YEARS))
def test_the_books_equal_the_year(nth: int) -> None:
    year = BankYear(DAYS, SEED * 1_000 + nth)
    house = House.opened(f"Firma {nth}")
    for paper in year.papers(PAPERS):
        answer = bring(house, paper, accept_unbalanced=True)
        assert answer.result in ("imported", "known"), answer.problems
    stored = Counter((row.value_date, row.cents) for row in bank_inbox.transactions(actor=house.actor))
    assert stored == year.truth, (stored - year.truth, year.truth - stored)
    assert house.broken() == {}

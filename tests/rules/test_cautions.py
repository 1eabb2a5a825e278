"""What a person looks at before a message leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from voldaan.rules.bundles import Bundle, DueItem
from voldaan.rules.charges import Charged
from voldaan.rules.ladders import BUSINESSES
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.outbox import Caution
from voldaan.rules.strategy import Item

TODAY = date(2027, 3, 1)
ITEM = Item(date(2027, 1, 15), date(2027, 2, 14), 4_000)


def cautions(*charges: Charged, items: tuple[Item, ...] = (ITEM,)) -> tuple[Caution, ...]:
    step = next(step for step in BUSINESSES.steps if step.code == "business_notice")
    lines = tuple(DueItem(number, f"F{number}", item, step) for number, item in enumerate(items))
    bundle = Bundle(step, lines, sum(item.open_cents for item in items), 0, charges)
    return bundle.cautions(TODAY, receipt_waits=False)


@pytest.mark.parametrize("is_announced", [True, False])
def test_costs_above_the_principal_are_looked_at(is_announced: bool):  # noqa: FBT001
    costs = Charged(ReceivableKind.COSTS, is_announced, 4_001)
    assert cautions(costs) == (Caution.COSTLY,)
    assert cautions(replace(costs, cents=4_000)) == ()
    assert cautions(Charged(ReceivableKind.INTEREST, is_announced, 9_999, 1)) == ()


def test_what_was_claimed_before_is_no_principal():
    claimed = replace(ITEM, open_cents=9_000, is_claimed=True)
    assert cautions(Charged(ReceivableKind.COSTS, True, 4_001), items=(ITEM, claimed)) == (Caution.COSTLY,)

"""What a newer list says about an item: nothing new, grown, or settled elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.rules.lists import Difference, difference

CASES = [
    # listed, claimed, open here -> grown, settled
    (100, 100, 100, 0, 0),  # nothing new
    (110, 100, 100, 10, 0),  # the bookkeeping claims more
    (40, 100, 100, 0, 60),  # paid in the bookkeeping, not here
    (0, 100, 100, 0, 100),  # gone from the list
    (100, 100, 40, 0, 0),  # paid here, not yet there
    (40, 100, 40, 0, 0),  # paid here, and there too
    (40, 100, 70, 0, 30),  # more was paid there than here
    (70, 100, 40, 0, 0),  # more was paid here than there
    (0, 100, 0, 0, 0),  # paid, and gone
    (110, 100, 40, 10, 0),  # grown and paid here
]


@pytest.mark.parametrize(("listed", "claimed", "is_open", "grown", "settled"), CASES)
def test_difference(listed, claimed, is_open, grown, settled):
    told = difference(listed_cents=listed, claimed_cents=claimed, open_cents=is_open)
    assert told == Difference(grown_cents=grown, settled_cents=settled)


CENTS = st.integers(0, 10**15)


@given(listed=CENTS, claimed=CENTS, paid_here=CENTS)
def test_it_settles_no_more_than_is_open_and_says_the_same_only_once(listed, claimed, paid_here):
    is_open = max(claimed - paid_here, 0)
    told = difference(listed_cents=listed, claimed_cents=claimed, open_cents=is_open)
    assert 0 <= told.settled_cents <= is_open
    assert told.grown_cents == max(listed - claimed, 0)
    assert not (told.grown_cents and told.settled_cents)
    again = difference(
        listed_cents=listed, claimed_cents=claimed + told.grown_cents,
        open_cents=is_open + told.grown_cents - told.settled_cents,
    )  # fmt: skip
    assert again == Difference()

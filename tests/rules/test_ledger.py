"""The names of what brought in an entry: they fit their column, and each is of one thing only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voldaan.rules.ledger import LONGEST_SOURCE, source


def test_what_fits_stays_as_it_is():
    assert source("invoice:F1") == "invoice:F1"
    assert source("x" * LONGEST_SOURCE) == "x" * LONGEST_SOURCE


def test_what_is_too_long_keeps_its_beginning_and_is_told_from_what_begins_alike():
    one, other = (source(f"reversal:payment-key:{'k' * 99}{end}") for end in "ab")
    assert one != other
    assert one.startswith("reversal:payment-key:kkk")
    assert len(one) == len(other) == LONGEST_SOURCE


@given(st.text(max_size=400), st.text(max_size=400))
def test_it_always_fits_and_the_same_words_give_the_same(one: str, other: str):
    assert len(source(one)) <= LONGEST_SOURCE
    assert (source(one) == source(other)) == (one == other)

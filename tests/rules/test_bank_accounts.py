"""One name for one account, whichever way a bank writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from voldaan.rules.bank_accounts import known_as


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("435000000080", "BE47435000000080"),
        ("539007547034", "BE68539007547034"),
        ("435000000081", "435000000081"),  # its check digits do not hold
        ("000000000000", "000000000000"),
        ("1234567890", "1234567890"),
        ("NL91ABNA0417164300", "NL91ABNA0417164300"),
        ("", ""),
        ("٤35000000080", "٤35000000080"),  # a digit of another script
    ],
)
def test_names(number: str, name: str) -> None:
    assert known_as(number) == name


@given(st.integers(1, 10**10 - 1))
def test_every_belgian_number_is_an_iban(stem: int) -> None:
    assert iban.is_valid(known_as(f"{stem:010}{stem % 97 or 97:02}"), check_country=False)  # not of every bank

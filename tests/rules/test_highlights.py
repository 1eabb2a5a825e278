"""Where in the words of the bank the evidence stands, as it stands there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.rules.highlights import Signs, pieces


def shown(text: str, *numbers: str, name: str = "") -> str:
    return "".join(f"[{part}]" if is_evidence else part for part, is_evidence in pieces(text, Signs(numbers, name)))


@pytest.mark.parametrize(
    ("text", "number", "wanted"),
    [
        ("betaling F2027-0417 dank", "F2027-0417", "betaling [F2027-0417] dank"),
        ("f 2027 / 0417", "F2027-0417", "[f 2027 / 0417]"),
        ("fact2027-001", "2027-001", "fact[2027-001]"),
        ("2027-417", "F2027-00417", "[2027-417]"),
        ("Factuur 417, klant 99417", "F2027-00417", "Factuur [417], klant 99417"),
        ("12027-0015", "2027-001", "12027-0015"),  # a piece of something else
        ("RF18 5390 0754 7034", "RF18539007547034", "[RF18 5390 0754 7034]"),
        ("+++090/9337/55493+++", "090933755493", "+++[090/9337/55493]+++"),
        ("2027-001 en 2027-001", "2027-001", "[2027-001] en [2027-001]"),
        ("", "2027-001", ""),
        ("geen nummer", "", "geen nummer"),
    ],
)
def test_a_number_is_marked_as_it_stands_there(text, number, wanted):
    assert shown(text, number) == wanted


def test_a_name_is_marked_without_accents_and_capitals_and_never_within_another_word():
    assert shown("CAFE DE HOEK huur", name="Café de Hoek") == "[CAFE DE HOEK] huur"
    assert shown("Jansens", name="Jansen") == "Jansens"
    assert shown("Bo en bo", name="Bo") == "Bo en bo"  # too short to say anything


def test_what_overlaps_is_marked_once():
    assert shown("2027-001-A", "2027-001", "2027-001-A") == "[2027-001-A]"


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=3), st.text(max_size=12))
def test_the_parts_are_the_text_whatever_it_is(text, numbers, name):
    assert "".join(part for part, _ in pieces(text, Signs(tuple(numbers), name))) == text

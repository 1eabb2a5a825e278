"""Where something stands in a file, in the words of the reader."""

from __future__ import annotations

import pytest

from voldaan.look.places import PLACES, place


@pytest.mark.parametrize(
    ("said", "shown"),
    [("file", "FILE"), ("statement 2, entry 3", "STATEMENT 2, ENTRY 3"), ("line 7", "LINE 7"), ("Blad 1", "Blad 1")],
)
def test_each_part_is_said_in_other_words(said: str, shown: str) -> None:
    assert place(said, lambda text: text.replace("{at}", "\0").upper().replace("\0", "{at}")) == shown


@pytest.mark.parametrize("kind", sorted(PLACES.keys() - {"file"}))
def test_no_kind_of_place_is_left_in_english(kind: str) -> None:
    assert place(f"{kind} 4", lambda _: "plek {at}") == "plek 4"

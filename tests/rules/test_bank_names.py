"""Names at the places where banks leave files."""

from __future__ import annotations

import pytest

from voldaan.rules.bank_names import MOST_TRIES, free
from voldaan.rules.bank_places import PlaceTrouble


class Everything:
    """What a server that means harm says is there."""

    asked = 0

    def __contains__(self, name: object) -> bool:
        self.asked += 1
        return True


def test_a_name_is_free_where_no_other_has_it():
    assert free("a.xml", {"a.xml", "a (2).xml"}) == "a (3).xml"
    assert free("a.xml", {"a.xml", *(f"a ({nth}).xml" for nth in range(2, MOST_TRIES))}) == f"a ({MOST_TRIES}).xml"


def test_where_every_name_is_said_to_be_there_it_is_given_up_and_told():
    there = Everything()
    with pytest.raises(PlaceTrouble, match="cannot be put aside") as found:
        free("a.xml", there)
    assert (there.asked, found.value.facts["name"]) == (MOST_TRIES, "a.xml")

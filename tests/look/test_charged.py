"""What a message announces or claims, in one line: what is nothing is not named."""

from __future__ import annotations

import pytest
from django.utils import translation

from voldaan.look import words
from voldaan.queries.charges import Charges


@pytest.mark.parametrize(("charges", "says"), [
    (Charges(True, 10_000, 50, 4_000), "announces €0.50 of interest and €40.00 of costs: then €140.50"),
    (Charges(True, 10_000, 0, 4_000), "announces €40.00 of costs: then €140.00"),
    (Charges(False, 10_000, 50, 0), "claims €0.50 of interest beside €100.00"),
    (Charges(False, 0, 50, 4_000), "claims €0.50 of interest and €40.00 of costs, and nothing else"),
])  # fmt: skip
def test_what_is_nothing_is_left_out(charges: Charges, says: str):
    with translation.override("en"):
        assert words.charged(charges, "EUR") == says

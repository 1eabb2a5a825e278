"""Payment terms: the default, the longest, and what becomes of a longer one."""

from __future__ import annotations

import pytest

from voldaan.countries.be import BELGIUM
from voldaan.countries.eu import GENERIC
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.terms import Lawfulness

LAWFUL, EXPRESSLY, VOID, WARNED = Lawfulness


@pytest.mark.parametrize(
    ("rule", "agreed", "lawfulness", "binding"),
    [
        (NETHERLANDS.business.term, 60, LAWFUL, 60),  # art. 6:119a(5) BW
        (NETHERLANDS.business.term, 61, EXPRESSLY, 61),
        (NETHERLANDS.large_business, 30, LAWFUL, 30),  # art. 6:119a(6) BW
        (NETHERLANDS.large_business, 31, VOID, 30),
        (NETHERLANDS.public_body.term, 31, EXPRESSLY, 31),  # art. 6:119b BW
        (NETHERLANDS.consumer.term, 50, LAWFUL, 50),
        (NETHERLANDS.consumer.term, 51, WARNED, 51),
        (BELGIUM.business.term, 60, LAWFUL, 60),  # law of 2 August 2002, art. 4
        (BELGIUM.business.term, 61, VOID, 30),
        (BELGIUM.large_business, 60, LAWFUL, 60),
        (GENERIC.business.term, 61, EXPRESSLY, 61),  # directive art. 3(5)
    ],
)
def test_what_becomes_of_an_agreed_term(rule, agreed, lawfulness, binding):
    assert (rule.lawfulness(agreed), rule.binding_days(agreed)) == (lawfulness, binding)

"""Limitation: the last day of each term, and what begins it anew."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.countries.be import BELGIUM
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.limitation import Interruption, warned_on

DEMAND, ACKNOWLEDGED, COURT, NOTICE = (
    Interruption.DEMAND, Interruption.ACKNOWLEDGEMENT, Interruption.COURT_CLAIM, Interruption.FORMAL_NOTICE,
)  # fmt: skip
LAWS = {(land.code, rule.name): rule for land in (NETHERLANDS, BELGIUM) for rule in land.limitations}
some_day = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("law", "due", "interrupted", "last"),
    [
        (("NL", "agreement"), "2026-03-15", [], "2031-03-15"),  # art. 3:307 BW
        (("NL", "agreement"), "2024-02-29", [], "2029-02-28"),
        (("NL", "consumer_sale"), "2026-03-15", [], "2028-03-15"),  # art. 7:28 BW
        (("NL", "carriage"), "2026-03-15", [], "2027-03-15"),  # art. 8:1711 BW
        (("NL", "judgment"), "2026-03-15", [], "2046-03-15"),  # art. 3:324 BW
        (("NL", "agreement"), "2026-03-15", [("2030-06-01", DEMAND)], "2035-06-01"),  # art. 3:317, 3:319 BW
        (("NL", "agreement"), "2026-03-15", [("2031-03-15", DEMAND)], "2036-03-15"),  # on the last day
        (("NL", "agreement"), "2026-03-15", [("2031-03-16", DEMAND)], "2031-03-15"),  # a day late
        (("NL", "agreement"), "2026-03-15", [("2026-03-15", DEMAND)], "2031-03-15"),  # not due yet
        (("NL", "agreement"), "2026-03-15", [("2031-03-01", DEMAND), ("2036-02-29", ACKNOWLEDGED)], "2041-02-28"),
        (("NL", "agreement"), "2026-03-15", [("2036-02-29", ACKNOWLEDGED), ("2031-03-01", DEMAND)], "2041-02-28"),
        (("NL", "consumer_sale"), "2026-03-15", [("2027-01-10", DEMAND)], "2029-01-10"),
        (("NL", "judgment"), "2026-03-15", [("2030-01-01", DEMAND)], "2046-03-15"),  # never before the original
        (("NL", "judgment"), "2026-03-15", [("2045-01-01", DEMAND)], "2050-01-01"),  # five years at most
        (("BE", "agreement"), "2026-03-15", [], "2036-03-15"),  # old art. 2262bis
        (("BE", "consumer_sale"), "2026-03-15", [], "2027-03-15"),  # old art. 2272
        (("BE", "periodic"), "2026-03-15", [], "2031-03-15"),  # old art. 2277
        (("BE", "consumer_sale"), "2026-03-15", [("2026-06-01", DEMAND)], "2027-03-15"),  # a demand changes nothing
        (("BE", "consumer_sale"), "2026-03-15", [("2027-03-01", NOTICE)], "2028-03-01"),  # old art. 2244(2)
        (("BE", "agreement"), "2026-03-15", [("2027-03-01", NOTICE)], "2036-03-15"),
        (("BE", "agreement"), "2026-03-15", [("2030-03-01", COURT)], "2040-03-01"),
    ],
)
def test_the_last_day(law, due, interrupted, last):
    days = [(date.fromisoformat(day), kind) for day, kind in interrupted]
    assert LAWS[law].last_day(date.fromisoformat(due), days).isoformat() == last


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: f"{law.name}-{law.years}")
@given(due=some_day, interrupted=st.lists(st.tuples(some_day, st.sampled_from(Interruption)), max_size=5))
@settings(deadline=None, max_examples=60)
def test_an_interruption_never_shortens(law, due, interrupted):
    assert law.last_day(due, interrupted) >= law.last_day(due)
    assert law.last_day(due, interrupted) == law.last_day(due, reversed(interrupted))


def test_a_claim_asks_for_attention_ninety_days_before():
    assert warned_on(date(2031, 3, 15)) == date(2030, 12, 15)


def test_each_interruption_tells_what_it_did():
    (rule, *_) = NETHERLANDS.limitations
    late, second, first = date(2040, 1, 1), date(2025, 1, 10), date(2024, 3, 1)
    turns = rule.turns(date(2021, 6, 1), [(late, DEMAND), (second, DEMAND), (first, DEMAND)])
    assert [(turn.day, turn.counts, turn.last_day) for turn in turns] == [
        (first, True, date(2029, 3, 1)), (second, True, date(2030, 1, 10)), (late, False, date(2030, 1, 10)),
    ]  # fmt: skip

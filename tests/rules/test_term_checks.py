"""What the law makes of a term set: refused with the article and the way to mend it, warned of, or let be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from voldaan.countries import COUNTRIES
from voldaan.rules import term_checks as checks
from voldaan.rules import term_warnings as cautions
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_checks import unlawful
from voldaan.rules.term_sets import LateCharge, TermSet, read
from voldaan.rules.term_warnings import check

CONSUMER, BUSINESS, PUBLIC_BODY = DebtorKind.CONSUMER, DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY
ON = date(2026, 11, 21)


def terms(**words: str) -> TermSet:
    return read({"payment_days": "14", "costs": "yes"} | words)


@pytest.mark.parametrize(
    ("country", "kind", "words", "refusal", "article"),
    [
        ("BE", BUSINESS, {"payment_days": "61"}, checks.VoidTerm, "art. 4 wet van 2 augustus 2002"),
        ("BE", CONSUMER, {"interest": "10.41"}, checks.RateAboveCap, "art. XIX.4 WER"),
        ("NL", CONSUMER, {"interest": "4.5"}, checks.HigherRate, "art. 6:119(3) BW"),
        ("BE", CONSUMER, {"interest": "8", "compounds": "yes"}, checks.CompoundsForConsumer, "art. XIX.4 WER"),
        ("NL", CONSUMER, {"charge_fixed": "50"}, checks.FineForConsumer, "art. 6:96(5) BW"),
        ("NL", CONSUMER, {"charge_percent": "15.01"}, checks.FineForConsumer, "art. 6:96(5) BW"),
        ("BE", CONSUMER, {"charge_percent": "10", "charge_minimum": "40"}, checks.FineForConsumer, "art. XIX.4 WER"),
        ("EU", CONSUMER, {"charge_fixed": "1"}, checks.LawNotBuiltIn, ""),
        ("EU", CONSUMER, {"interest": "1"}, checks.LawNotBuiltIn, ""),
        ("NL", BUSINESS, {"discount_percent": "2", "discount_days": "14"}, checks.BadDiscount, ""),
        ("NL", BUSINESS, {"discount_percent": "2", "discount_days": "0"}, checks.BadDiscount, ""),
        ("NL", BUSINESS, {"discount_percent": "0", "discount_days": "7"}, checks.BadDiscount, ""),
    ],
)
def test_what_the_law_does_not_allow_is_refused_with_the_article(country, kind, words, refusal, article):
    with pytest.raises(checks.UnlawfulTerms) as refused:
        check(terms(**words), COUNTRIES[country], kind, ON)
    assert type(refused.value) is refusal
    assert article in str(refused.value)
    assert refused.value.place


def test_a_fine_says_by_an_example_what_is_too_much():
    with pytest.raises(checks.FineForConsumer, match=r"invoice of EUR 100.00 it is EUR 50.00.*allows EUR 40.00"):
        check(terms(charge_fixed="50"), COUNTRIES["NL"], CONSUMER, ON)


@pytest.mark.parametrize(
    ("country", "kind", "words", "said"),
    [
        ("NL", BUSINESS, {"payment_days": "61"}, {cautions.EXPRESSLY}),
        ("NL", BUSINESS, {"payment_days": "45"}, {cautions.LARGE_DEBTOR, cautions.PUBLIC_TERM}),
        ("NL", BUSINESS, {"interest": "8"}, {cautions.PUBLIC_RATE}),
        ("NL", BUSINESS, {"interest": "12"}, set()),
        ("NL", BUSINESS, {"charge_fixed": "25"}, {cautions.FLOOR}),
        ("NL", BUSINESS, {"charge_percent": "25", "charge_minimum": "40"}, {cautions.HIGH_CHARGE}),
        ("NL", BUSINESS, {"compounds": "yes"}, {cautions.NOTHING_TO_COMPOUND}),
        ("NL", BUSINESS, {"discount_percent": "2", "discount_days": "4"}, {cautions.DISCOUNT_COSTS}),
        ("NL", CONSUMER, {"payment_days": "51"}, {cautions.CONSUMER_CREDIT}),
        ("NL", CONSUMER, {"interest": "3"}, {cautions.LOW_RATE}),
        ("NL", CONSUMER, {"interest": "8", "higher_rate": "yes"}, {cautions.HIGHER_CHOSEN}),
        ("NL", CONSUMER, {"charge_fixed": "40"}, set()),  # never more than the law
        ("BE", BUSINESS, {"charge_percent": "10", "charge_minimum": "40"}, set()),
        ("BE", BUSINESS, {"interest": "8", "compounds": "yes"}, {cautions.ON_INTEREST}),
        ("BE", CONSUMER, {}, {cautions.NO_RATE_AGREED}),
        ("BE", CONSUMER, {"interest": "8", "costs": ""}, {cautions.NO_DAMAGES_AGREED}),
        ("BE", CONSUMER, {"interest": "10.40"}, {cautions.CAP_MOVES}),
        ("BE", CONSUMER, {"interest": "8", "charge_fixed": "20"}, set()),
        ("EU", CONSUMER, {}, set()),
        ("EU", PUBLIC_BODY, {"payment_days": "31"}, {cautions.EXPRESSLY}),
    ],
)
def test_what_is_allowed_is_warned_of(country, kind, words, said):
    assert {one.says for one in check(terms(**words), COUNTRIES[country], kind, ON)} == said


def test_every_warning_can_be_said():
    for country in COUNTRIES.values():
        for kind in DebtorKind:
            for words in ({"payment_days": "55"}, {"interest": "9", "higher_rate": "yes", "charge_percent": "12"}):
                for one in cautions.warnings(terms(**words), country, kind, ON):
                    assert "{" not in one.says.format(**one.facts)
                    assert "None" not in one.says.format(**one.facts)


@pytest.mark.parametrize("on", [date.min, date.max])
def test_a_day_of_which_no_rate_is_known_is_weighed_by_the_nearest(on):
    asked = terms(interest="9")
    assert [type(one) for one in unlawful(asked, COUNTRIES["NL"], CONSUMER, on)] == [checks.HigherRate]
    assert cautions.warnings(asked, COUNTRIES["BE"], CONSUMER, on)


CHARGES = some.tuples(some.integers(0, 4_000), some.integers(0, 1_500), some.integers(0, 4_000))


@given(CHARGES, some.lists(some.integers(1, 10**8), min_size=1), some.sampled_from(["NL", "BE"]))
def test_a_charge_that_is_let_be_never_asks_a_consumer_more_than_the_law(parts, principals, code):
    country, charge = COUNTRIES[code], LateCharge(*parts)
    rule = country.consumer.costs
    assert rule is not None
    assert rule.ladder is not None
    if unlawful(TermSet(14, late_charge=charge), country, CONSUMER, ON):
        return
    assert all(charge.cents(cents) <= rule.ladder.fee(cents) for cents in principals)

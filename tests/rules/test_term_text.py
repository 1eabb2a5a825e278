"""The text of payment terms: word for word in every language, and made of the very values that count."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from voldaan.countries import COUNTRIES
from voldaan.rules import term_text
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import Discount, LateCharge, TermSet
from voldaan.rules.term_text import LANGUAGES, text

SINCE = date(2026, 7, 1)
GOLDEN = Path(__file__).parent / "term_texts"
CONSUMER, BUSINESS, PUBLIC_BODY = DebtorKind.CONSUMER, DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY
WHOLE = TermSet(
    30, Decimal("8.5"), compounds=True, late_charge=LateCharge(0, 1_000, 4_000), discount=Discount(200, 8),
    limit_cents=500_050,
)  # fmt: skip
# Each country and kind with nothing but the law, and some with what can be agreed there.
SETS = [
    *((code, kind, TermSet(30)) for code, kind in product(("NL", "BE", "EU"), DebtorKind)),
    ("NL", BUSINESS, WHOLE),
    ("NL", BUSINESS, TermSet(0, costs=False, late_charge=LateCharge(2_500, 500))),
    ("NL", CONSUMER, TermSet(1, Decimal(8), higher_rate=True, late_charge=LateCharge(4_000))),
    ("BE", BUSINESS, WHOLE),
    ("BE", CONSUMER, TermSet(14, Decimal(8), late_charge=LateCharge(2_000))),
    ("BE", CONSUMER, TermSet(14, costs=False)),
]


def written(language: str) -> str:
    return "\n".join(
        f"=== {code} {kind.value}\n\n{text(terms, COUNTRIES[code], kind, language, since=SINCE).plain}"
        for code, kind, terms in SETS
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_this_one_word_for_word(language):
    """A change here is a change of what customers agree to: read it before the golden file is written anew."""
    assert written(language) == (GOLDEN / f"{language}.txt").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_stand_everywhere_when_they_change(language):
    for kind in (BUSINESS, PUBLIC_BODY):
        month, fortnight = (
            text(TermSet(days), COUNTRIES["NL"], kind, language, since=SINCE).plain for days in (30, 14)
        )
        assert "14" in fortnight
        assert "30" not in fortnight
        assert month == fortnight.replace("14", "30")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_stands_in_the_text(language):
    said = re.sub(r"[\s.,]", "", text(WHOLE, COUNTRIES["NL"], BUSINESS, language, since=SINCE).plain)
    for value in ("30", "85%", "10%", "40", "2%", "8", "500050", "2026"):
        assert value in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_without_a_reader_and_none_lacks_a_value(language):
    everything = written(language)
    assert not re.search(r"[{}]", everything)
    spoken = term_text._spoken(language).words
    for part in ("titles", "headings", "sentences", "lines"):
        for name, sentence in spoken[part].items():
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(sentence))
            assert re.search(pattern, everything), f"{name} is never said"


def test_every_language_says_the_same_things():
    names = [
        {(part, name) for part, said in term_text._spoken(one).words.items()
         if isinstance(said, dict) and part != "law" for name in said}
        for one in LANGUAGES
    ]  # fmt: skip
    assert all(one == names[0] for one in names)


def test_a_law_has_a_name_in_the_language_of_the_reader():
    for language in ("fr", "en", "de"):
        assert not re.search(r"\bwet\b|\bWER\b|\bBW\b|Besluit", written(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language):
    sentences = re.split(r"(?<=[.?:;])\s", re.sub(r"\(.*?\)", "", written(language)))
    assert max(len(sentence.split()) for sentence in sentences) <= 34


def test_an_agreed_rate_that_the_law_sets_aside_is_not_promised():
    said = text(TermSet(14, Decimal(3)), COUNTRIES["NL"], CONSUMER, "nl", since=SINCE).plain
    assert "de wettelijke rente" in said
    assert "3\u00a0%" not in said


@pytest.mark.parametrize("since", [date(2040, 1, 1), date(1900, 1, 1), date.max])
def test_a_rate_that_is_not_known_is_not_told(since):
    for code, kind in product(COUNTRIES, DebtorKind):
        for terms in (TermSet(14), TermSet(14, Decimal(3))):
            said = text(terms, COUNTRIES[code], kind, "nl", since=since).plain
            assert "per jaar. De overheid" not in said

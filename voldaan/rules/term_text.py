"""The text of payment terms, made of the very values that count: short, numbered, in words that everybody reads.

The sentences stand in `term_texts/<language>.toml`. Which of them a text has follows from the values and from what the
law of the country says; no sentence is about one country by its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from voldaan.rules.collection_costs import CostRule, Ladder
from voldaan.rules.country import Country, Treatment
from voldaan.rules.interest import InterestRule
from voldaan.rules.law import Article, DebtorKind
from voldaan.rules.term_checks import rate_on
from voldaan.rules.term_sets import LateCharge, TermSet

LANGUAGES = ("nl", "fr", "en", "de")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One numbered part of a text: a question as its heading, sentences, and figures line by line in between."""

    heading: str
    before: tuple[str, ...]
    lines: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermText:
    """Terms as a customer reads them."""

    language: str
    title: str
    since: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def plain(self) -> str:
        """Give the text without any dress."""
        parts = [self.title, self.since]
        for number, one in enumerate(self.paragraphs, 1):
            lines = [f"- {line}" for line in one.lines]
            said = [" ".join(one.before), *lines, *([" ".join(one.after)] if one.after else [])]
            parts.append("\n".join([f"{number}. {one.heading}", *said]))
        return "\n\n".join(parts) + "\n"


def text(terms: TermSet, country: Country, kind: DebtorKind, language: str, *, since: date) -> TermText:
    """Write the terms that hold from a day on, in a language."""
    spoken = _spoken(language)
    law = country.towards(kind)
    parts = [
        _paragraph(spoken, "term", _term(spoken, terms)),
        _paragraph(spoken, "discount", _discount(spoken, terms)),
        _paragraph(spoken, "limit", _limit(spoken, terms)),
        _paragraph(spoken, "late", _late(spoken, terms, law, kind, since)),
        _costs(spoken, terms, law, kind),
        _paragraph(spoken, "dispute", [spoken.say("dispute"), spoken.say("dispute_rest")]),
        _paragraph(spoken, "trouble", _trouble(spoken, kind)),
    ]
    return TermText(
        language, spoken.words["titles"][kind.value], spoken.say("since", day=spoken.day(since)),
        tuple(part for part in parts if part is not None),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One language, as terms are written in it."""

    words: Mapping[str, Any]

    def say(self, sentence: str, of: str = "sentences", **facts: str) -> str:
        return str(self.words[of][sentence]).format(**facts)

    def amount(self, cents: int) -> str:
        whole, rest = divmod(cents, 100)
        grouped = f"{whole:,}".replace(",", self.words["thousands"])
        return str(self.words["amount"]).format(number=f"{grouped}{self.words['point']}{rest:02}" if rest else grouped)

    def percent(self, percent: Decimal) -> str:
        number = f"{percent.normalize():f}".replace(".", self.words["point"])
        return str(self.words["percent"]).format(number=number)

    def rate(self, hundredths: int) -> str:
        return self.percent(Decimal(hundredths).scaleb(-2))

    def days(self, count: int) -> str:
        return self.say("one_day" if count == 1 else "days", "phrases", count=str(count))

    def day(self, day: date) -> str:
        number = self.words["first_of_month"] if day.day == 1 else day.day
        return str(self.words["day"]).format(day=number, month=self.words["months"][day.month - 1], year=day.year)

    def law(self, articles: Sequence[Article]) -> str:
        named = ", ".join(map(str, articles))
        for source, here in self.words["law"].items():
            named = named.replace(source, here)
        return named


@cache
def _spoken(language: str) -> _Spoken:
    file = files("voldaan.rules") / "term_texts" / f"{language}.toml"
    return _Spoken(tomllib.loads(file.read_text("utf-8")))


def _paragraph(spoken: _Spoken, heading: str, sentences: Sequence[str]) -> Paragraph | None:
    return Paragraph(spoken.words["headings"][heading], tuple(sentences)) if sentences else None


def _term(spoken: _Spoken, terms: TermSet) -> list[str]:
    days = terms.payment_days
    return [spoken.say("term", days=spoken.days(days)) if days else spoken.say("term_at_once"), spoken.say("term_paid")]


def _discount(spoken: _Spoken, terms: TermSet) -> list[str]:
    if (one := terms.discount) is None:
        return []
    off = spoken.say("discount", days=spoken.days(one.days), percent=spoken.rate(one.rate))
    return [off, spoken.say("discount_after")]


def _limit(spoken: _Spoken, terms: TermSet) -> list[str]:
    if terms.limit_cents is None:
        return []
    return [spoken.say("limit", amount=spoken.amount(terms.limit_cents)), spoken.say("limit_above")]


def _trouble(spoken: _Spoken, kind: DebtorKind) -> list[str]:
    rights = [spoken.say("consumer_rights")] if kind is DebtorKind.CONSUMER else []
    return [spoken.say("trouble"), *rights]


def _late(spoken: _Spoken, terms: TermSet, law: Treatment, kind: DebtorKind, since: date) -> list[str]:
    """Say what happens first, and what interest runs."""
    if law.interest is None:
        return [spoken.say("law_elsewhere")]
    notice = law.notice
    said = [spoken.say(notice.name, days=spoken.days(notice.worded_days))] if notice else []
    return [*said, *_interest(spoken, terms, law.interest, kind, since)]


def _interest(spoken: _Spoken, terms: TermSet, rule: InterestRule, kind: DebtorKind, since: date) -> Iterator[str]:
    if terms.interest_percent is not None:
        percent = spoken.percent(terms.interest_percent)
        if rule.cap is not None:
            yield spoken.say("interest_capped", percent=percent, law=spoken.law(rule.agreed_articles))
        elif kind is DebtorKind.CONSUMER and terms.interest_percent <= rate_on(rule.rates, since):
            yield from _interest_by_law(spoken, rule, since)  # a lower agreed rate has no effect
            return
        else:
            yield spoken.say("interest_agreed", percent=percent)
        if terms.compounds:
            yield spoken.say("interest_compounds")
        return
    if rule.cap is not None:
        named = {"interest": spoken.say(rule.rates.kind, "phrases"), "law": spoken.law(rule.articles)}
        yield spoken.say("interest_not_agreed", **named)
        return
    yield from _interest_by_law(spoken, rule, since)


def _interest_by_law(spoken: _Spoken, rule: InterestRule, since: date) -> Iterator[str]:
    interest, law = spoken.say(rule.rates.kind, "phrases"), spoken.law(rule.articles[:1])
    yield spoken.say("interest_by_law", interest=interest, law=law)
    if rule.rates.rates[0].valid_from <= since <= rule.rates.known_until:
        yield spoken.say("interest_now", day=spoken.day(since), percent=spoken.percent(rule.rates.on(since).percent))
    if rule.compounds:
        yield spoken.say("interest_compounds")


def _costs(spoken: _Spoken, terms: TermSet, law: Treatment, kind: DebtorKind) -> Paragraph | None:
    """Say what costs are asked: the agreed charge, else those of the law with its figures."""
    rule, heading = law.costs, spoken.words["headings"]["costs"]
    if rule is None:
        return None
    if terms.late_charge is not None:
        return Paragraph(heading, tuple(_charge(spoken, terms.late_charge, rule, kind)))
    if not terms.costs:
        return None
    if rule.ladder is None:
        assert rule.fixed is not None, "a rule of costs has a ladder or a fixed sum"
        said = spoken.say("costs_fixed", amount=spoken.amount(rule.fixed.cents), law=spoken.law(rule.fixed.articles))
        return Paragraph(heading, (said, spoken.say("costs_reasonable")))
    if rule.only_if_agreed:
        opening, closing = "costs_damages", [spoken.say("costs_both_ways")]
    else:
        opening = "costs_ladder_after_letter" if law.notice else "costs_ladder"
        closing = list(_after_ladder(spoken, rule))
    before = spoken.say(opening, law=spoken.law(rule.ladder.articles))
    return Paragraph(heading, (before,), tuple(_figures(spoken, rule.ladder)), tuple(closing))


def _after_ladder(spoken: _Spoken, rule: CostRule) -> Iterator[str]:
    if rule.adds_principals:
        yield spoken.say("costs_added")
    if rule.fixed is not None:
        amount = spoken.amount(rule.fixed.cents)
        yield spoken.say("costs_floor", amount=amount, law=spoken.law(rule.fixed.articles))


def _charge(spoken: _Spoken, charge: LateCharge, rule: CostRule, kind: DebtorKind) -> Iterator[str]:
    parts = [spoken.amount(charge.fixed_cents)] if charge.fixed_cents else []
    if charge.rate:
        named = "charge_minimum" if charge.minimum_cents else "charge_rate"
        minimum = spoken.amount(charge.minimum_cents)
        parts.append(spoken.say(named, "phrases", percent=spoken.rate(charge.rate), minimum=minimum))
    joined = str(spoken.words["phrases"]["and"]).join(parts)
    if kind is DebtorKind.CONSUMER:
        law = spoken.law(rule.ladder.articles if rule.ladder else ())
        yield spoken.say("charge_after_notice", charge=joined, law=law)
        if rule.only_if_agreed:
            yield spoken.say("costs_both_ways")
        return
    yield spoken.say("charge", charge=joined)
    if rule.fixed is not None and charge.fixed_cents + charge.minimum_cents < rule.fixed.cents:
        amount = spoken.amount(rule.fixed.cents)
        yield spoken.say("charge_floor", amount=amount, law=spoken.law(rule.fixed.articles))


def _figures(spoken: _Spoken, ladder: Ladder) -> Iterator[str]:
    """Write a ladder line by line: slices where each goes on from the one before, else a sum for each size."""
    ends = [tier.over_cents for tier in ladder.tiers[1:]]
    slices = all(before.fee(after.over_cents) == after.fixed_cents for before, after in pairwise(ladder.tiers))
    for tier, through in zip(ladder.tiers, [*ends, None], strict=True):
        facts = {
            "percent": spoken.rate(tier.rate), "over": spoken.amount(tier.over_cents),
            "fixed": spoken.amount(tier.fixed_cents), "maximum": spoken.amount(ladder.maximum_cents),
            "through": spoken.amount(through or 0), "amount": spoken.amount(max((through or 0) - tier.over_cents, 0)),
        }  # fmt: skip
        place = "rest" if through is None else "next" if tier.over_cents else "first"
        yield spoken.say(place if slices else f"cap_{place}", "lines", **facts)
    if slices:
        bounds = {"minimum": spoken.amount(ladder.minimum_cents), "maximum": spoken.amount(ladder.maximum_cents)}
        yield spoken.say("bounds", "lines", **bounds)

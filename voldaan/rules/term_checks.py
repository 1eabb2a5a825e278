"""What the law does not allow in a term set: refused with the article and the way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from voldaan.rules.capital import percent
from voldaan.rules.collection_costs import Ladder
from voldaan.rules.country import Country, Treatment
from voldaan.rules.interest import Agreed
from voldaan.rules.law import Article, DebtorKind
from voldaan.rules.money import LARGEST_CENTS, Money, half_up
from voldaan.rules.rates import RateSchedule
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.term_sets import WHOLE, LateCharge, TermSet
from voldaan.rules.terms import Lawfulness

USUAL = 10_000  # cents: an invoice that makes a good example


class UnlawfulTerms(Refusal):
    code = "unlawful_terms"
    kind = Kind.INVALID
    says = mark("The law does not allow these terms.")
    place = ""  # the field of the form where it is shown


class VoidTerm(UnlawfulTerms):
    code = "void_term"
    says = mark(
        "The law allows at most {longest} days here ({law}). A term of {days} days is void, and {instead} days would "
        "count. Choose {longest} days or fewer."
    )
    place = "payment_days"


class RateAboveCap(UnlawfulTerms):
    code = "rate_above_cap"
    says = mark(
        "The law allows a consumer at most {cap} % interest a year now ({law}). Above it the whole clause is void, and "
        "nothing may be asked. Choose {cap} % or less."
    )
    place = "interest"


class HigherRate(UnlawfulTerms):
    code = "higher_rate"
    says = mark(
        "{rate} % a year is more than the {by_law} % that the law has for consumers ({law}). A judge may find it "
        "unfair, and then you get nothing. Leave it empty, or say that you choose it all the same."
    )
    place = "interest"


class CompoundsForConsumer(UnlawfulTerms):
    code = "compounds_for_consumer"
    says = mark(
        "The law here gives a consumer no interest on interest. On top of the agreed rate it can be more than the law "
        "allows ({law}). Leave it out."
    )
    place = "compounds"


class FineForConsumer(UnlawfulTerms):
    code = "fine_for_consumer"
    says = mark(
        "This charge asks a consumer more than the law allows ({law}): for an invoice of {principal} it is {asked}, "
        "and the law allows {most}. Leave it out; the costs of the law may be asked."
    )
    place = "charge"


class LawNotBuiltIn(UnlawfulTerms):
    code = "law_not_built_in"
    says = mark(
        "The law of this country for consumers is not built in, so no interest and no charge can be agreed here. Leave "
        "both empty."
    )
    place = "charge"


class BadDiscount(UnlawfulTerms):
    code = "bad_discount"
    says = mark(
        "A discount is for who pays sooner: more than nothing and less than all, within 1 to {most} days. Change the "
        "discount, or the days to pay in."
    )
    place = "discount"


def unlawful(terms: TermSet, country: Country, kind: DebtorKind, on: date) -> list[UnlawfulTerms]:
    """Give all that the law does not allow."""
    law = country.towards(kind)
    found = [_term(terms, law), _discount(terms)]
    if kind is DebtorKind.CONSUMER:
        found += [_consumer_rate(terms, law, on), _consumer_charge(terms, law)]
    return [one for one in found if one is not None]


def _term(terms: TermSet, law: Treatment) -> UnlawfulTerms | None:
    rule = law.term
    if rule.lawfulness(terms.payment_days) is not Lawfulness.VOID:
        return None
    return VoidTerm(longest=rule.longest_days, days=terms.payment_days, instead=rule.days, law=named(rule.articles))


def _discount(terms: TermSet) -> UnlawfulTerms | None:
    one = terms.discount
    if one is None or (0 < one.rate < WHOLE and 0 < one.days < terms.payment_days):
        return None
    return BadDiscount(most=max(terms.payment_days - 1, 1))


def _consumer_rate(terms: TermSet, law: Treatment, on: date) -> UnlawfulTerms | None:
    rate, rule = terms.interest_percent, law.interest
    if rate is None:
        return None
    if rule is None:
        refusal = LawNotBuiltIn()
        refusal.place = "interest"
        return refusal
    articles = named(rule.agreed_articles)
    if rule.cap is not None and rate > (cap := rate_on(rule.cap, on)):
        return RateAboveCap(cap=short(cap), law=articles)
    by_law = rate_on(rule.rates, on)
    if rule.agreed is Agreed.REPLACES_IF_HIGHER and rate > by_law and not terms.higher_rate:
        return HigherRate(rate=short(rate), by_law=short(by_law), law=articles)
    return CompoundsForConsumer(law=articles) if terms.compounds and not rule.compounds else None


def _consumer_charge(terms: TermSet, law: Treatment) -> UnlawfulTerms | None:
    charge, rule = terms.late_charge, law.costs
    if charge is None:
        return None
    if rule is None or rule.ladder is None:
        return LawNotBuiltIn()
    for cents in _turns(charge, rule.ladder):
        if (asked := charge.cents(cents)) > (most := rule.ladder.fee(cents)):
            return FineForConsumer(
                principal=Money(cents), asked=Money(asked), most=Money(most), law=named(rule.agreed_articles)
            )
    return None


def _turns(charge: LateCharge, ladder: Ladder) -> list[int]:
    """Give the principals at which a charge or a ladder bends: between them both are straight lines."""
    turns = {LARGEST_CENTS}
    for tier in ladder.tiers:
        turns |= {tier.over_cents, tier.over_cents + 1}
        for bound in (ladder.minimum_cents, ladder.maximum_cents):
            if tier.rate and bound > tier.fixed_cents:
                turns.add(tier.over_cents + half_up((bound - tier.fixed_cents) * WHOLE, tier.rate))
    if charge.rate:
        turns.add(half_up(charge.minimum_cents * WHOLE, charge.rate))
    return [USUAL, *sorted(turns)]


def rate_on(schedule: RateSchedule, day: date) -> Decimal:
    """Give the rate of a day; of a day before all that is known, the first."""
    return schedule.on(max(day, schedule.rates[0].valid_from)).percent


def named(articles: Sequence[Article]) -> str:
    """Name the law."""
    return ", ".join(map(str, articles))


def short(rate: Decimal) -> Decimal:
    """Give a rate without zeros that say nothing."""
    return Decimal(percent(int(rate * 100)))

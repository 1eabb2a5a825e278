"""What the owner should know of terms that the law allows. A warning is no refusal: he may choose it all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from voldaan.rules.country import Country, Treatment
from voldaan.rules.interest import Agreed
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import Money
from voldaan.rules.refusals import mark
from voldaan.rules.term_checks import named, rate_on, short, unlawful
from voldaan.rules.term_sets import TermSet
from voldaan.rules.terms import Lawfulness

HIGH_RATE = 1_000  # of a charge, in hundredths of a percent: above it a judge is soon asked to lower it
DEAR_DISCOUNT = 15  # percents a year


@dataclass(frozen=True, slots=True)
class Caution:
    """What the owner should know of terms that are allowed."""

    place: str  # the field of the form where it is shown
    says: str  # marked
    facts: dict[str, object] = field(default_factory=dict)


EXPRESSLY = mark(
    "More than {longest} days holds only where it was agreed in so many words and is not grossly unfair ({law})."
)
CONSUMER_CREDIT = mark(
    "More than {longest} days may fall under the rules of consumer credit ({law}). For large firms that is so after 14 "
    "days."
)
LARGE_DEBTOR = mark(
    "Are you a small or medium-sized firm, and is the customer a large one? Then at most {longest} days are allowed "
    "({law}). A longer term is void there, and {instead} days count."
)
PUBLIC_TERM = mark("For public bodies: more than {longest} days holds only where it was expressly agreed ({law}).")
PUBLIC_RATE = mark("For public bodies a rate that is not above that of the law has no effect ({law}).")
LOW_RATE = mark("{rate} % is not more than the {by_law} % of the law, so the law counts ({law}).")
HIGHER_CHOSEN = mark("{rate} % is more than the {by_law} % of the law. A judge may set it aside as unfair ({law}).")
CAP_MOVES = mark(
    "The cap moves every half-year with the rate of the ECB; it has been {lowest} %. Above the cap of the day on which "
    "somebody is late, the whole clause is void. Up to {lowest} % is the safe choice."
)
ON_INTEREST = mark("The law here has no interest on interest of itself, and a judge may not follow this clause.")
NOTHING_TO_COMPOUND = mark(
    "Without an agreed interest this does nothing: the interest of the law does as the law says."
)
NO_RATE_AGREED = mark(
    "Without an agreed interest you may only ask a consumer the civil rate, after a notice of default ({law})."
)
NO_DAMAGES_AGREED = mark("Without this in your terms you may ask a late consumer no costs at all ({law}).")
FLOOR = mark("The law gives at least {least} for every late invoice ({law}); it holds beside a lower charge.")
HIGH_CHARGE = mark("A judge can lower a charge that is out of proportion to your loss; up to 10 % is usual.")
DISCOUNT_COSTS = mark("This discount costs you about {yearly} % a year for having the money {sooner} days sooner.")


def check(terms: TermSet, country: Country, kind: DebtorKind, on: date) -> list[Caution]:
    """Give what the owner should know of terms that hold from a day on.

    Terms for businesses hold for public bodies as well, so both are looked at.

    Raises:
        UnlawfulTerms: the law does not allow them; one of its kinds says what, with the article and the way to mend it.
    """
    if refusals := unlawful(terms, country, kind, on):
        raise refusals[0]
    return warnings(terms, country, kind, on)


def warnings(terms: TermSet, country: Country, kind: DebtorKind, on: date) -> list[Caution]:
    """Give what the owner should know of these terms."""
    law = country.towards(kind)
    ways = [_of_term, _of_interest, _of_costs]
    found = [warning for way in ways for warning in way(terms, law, kind, on)]
    if kind is DebtorKind.BUSINESS:
        found += _of_others(terms, country, on)
    one = terms.discount
    if one is not None and (yearly := one.yearly_percent(terms.payment_days)) >= DEAR_DISCOUNT:
        sooner = terms.payment_days - one.days
        found.append(Caution("discount", DISCOUNT_COSTS, {"yearly": yearly, "sooner": sooner}))
    return found


def _of_term(terms: TermSet, law: Treatment, _: DebtorKind, __: date) -> Iterator[Caution]:
    rule = law.term
    facts: dict[str, object] = {"longest": rule.longest_days, "law": named(rule.articles)}
    match rule.lawfulness(terms.payment_days):
        case Lawfulness.ONLY_EXPRESSLY:
            yield Caution("payment_days", EXPRESSLY, facts)
        case Lawfulness.WARNED:
            yield Caution("payment_days", CONSUMER_CREDIT, facts)


def _of_interest(terms: TermSet, law: Treatment, kind: DebtorKind, on: date) -> Iterator[Caution]:
    rule, rate = law.interest, terms.interest_percent
    if rule is None:
        return
    if rate is None:
        if terms.compounds:
            yield Caution("compounds", NOTHING_TO_COMPOUND)
        if rule.cap is not None:
            yield Caution("interest", NO_RATE_AGREED, {"law": named(rule.articles)})
        return
    if terms.compounds and not rule.compounds and kind is not DebtorKind.CONSUMER:
        yield Caution("compounds", ON_INTEREST)
    if rule.cap is not None and rate > (lowest := min(one.percent for one in rule.cap.rates)):
        yield Caution("interest", CAP_MOVES, {"lowest": short(lowest)})
    if rule.agreed is Agreed.REPLACES_IF_HIGHER:
        by_law = rate_on(rule.rates, on)
        facts: dict[str, object] = {"rate": short(rate), "by_law": short(by_law), "law": named(rule.agreed_articles)}
        yield Caution("interest", HIGHER_CHOSEN if rate > by_law else LOW_RATE, facts)


def _of_costs(terms: TermSet, law: Treatment, kind: DebtorKind, _: date) -> Iterator[Caution]:
    rule, charge = law.costs, terms.late_charge
    if rule is None:
        return
    if rule.only_if_agreed and not terms.costs and charge is None:
        yield Caution("costs", NO_DAMAGES_AGREED, {"law": named(rule.articles)})
    if charge is None or kind is DebtorKind.CONSUMER:
        return
    if rule.fixed is not None and charge.fixed_cents + charge.minimum_cents < rule.fixed.cents:
        yield Caution("charge", FLOOR, {"least": Money(rule.fixed.cents), "law": named(rule.fixed.articles)})
    if charge.rate > HIGH_RATE:
        yield Caution("charge", HIGH_CHARGE)


def _of_others(terms: TermSet, country: Country, on: date) -> Iterator[Caution]:
    """Warn of large firms and public bodies, for whom terms for businesses hold as well."""
    large, public = country.large_business, country.public_body
    is_lawful = country.business.term.lawfulness(terms.payment_days) is Lawfulness.LAWFUL
    if is_lawful and large.lawfulness(terms.payment_days) is Lawfulness.VOID:
        facts: dict[str, object] = {"longest": large.longest_days, "instead": large.days}
        yield Caution("payment_days", LARGE_DEBTOR, facts | {"law": named(large.articles)})
    if is_lawful and public.term.lawfulness(terms.payment_days) is Lawfulness.ONLY_EXPRESSLY:
        facts = {"longest": public.term.longest_days, "law": named(public.term.articles)}
        yield Caution("payment_days", PUBLIC_TERM, facts)
    rate, rule = terms.interest_percent, public.interest
    has_no_effect = rule is not None and rule.agreed is Agreed.REPLACES_IF_HIGHER
    if rate is not None and rule is not None and has_no_effect and rate <= rate_on(rule.rates, on):
        yield Caution("interest", PUBLIC_RATE, {"law": named(rule.agreed_articles)})

"""Term sets: what is agreed with a group of customers about paying, as values.

What a customer reads is generated from them (`term_text.py`), and what the law makes of them stands in
`term_checks.py`. Both doors read typed words by the same reader, and these words are also what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from voldaan.rules.capital import percent
from voldaan.rules.country import Country
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import LARGEST_CENTS, half_up
from voldaan.rules.rates import RateSchedule
from voldaan.rules.refusals import Kind, Refusal, mark

LONGEST_DAYS = 365
WHOLE = 10_000  # a hundred percent, in hundredths of a percent
YES = "yes"

_DAYS = re.compile(r"[0-9]{1,3}")
_PERCENT = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?")
_AMOUNT = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{2}))?")

# What a term set is written with, and the words of each for a refusal.
FIELDS = {
    "payment_days": mark("Days to pay in"),
    "interest": mark("Agreed interest, % a year"),
    "compounds": mark("Interest on interest, after each year"),
    "higher_rate": mark("A higher interest than that of the law was chosen"),
    "costs": mark("The collection costs of the law"),
    "charge_fixed": mark("Fixed late charge"),
    "charge_percent": mark("Late charge in %"),
    "charge_minimum": mark("Least late charge"),
    "discount_percent": mark("Discount in %"),
    "discount_days": mark("Discount within days"),
    "limit": mark("Most on account"),
}


class BadTerms(Refusal):
    code = "bad_terms"
    kind = Kind.INVALID
    says = mark("“{value}” cannot stand at “{field}”: {why}.")
    place = ""  # the field of the form where it is shown


class UnknownTerm(Refusal):
    code = "unknown_term"
    kind = Kind.INVALID
    says = mark("Terms have no “{name}”. They have: {known}.")


@dataclass(frozen=True, slots=True)
class LateCharge:
    """An agreed charge for paying late (boetebeding, schadebeding); it takes the place of the costs of the law."""

    fixed_cents: int = 0
    rate: int = 0  # of what is open, in hundredths of a percent: 1000 is 10 %
    minimum_cents: int = 0  # of the percentage

    def cents(self, open_cents: int) -> int:
        """Give the charge on what is open of one invoice."""
        if open_cents <= 0:
            return 0
        return self.fixed_cents + max(half_up(open_cents * self.rate, WHOLE), self.minimum_cents)


@dataclass(frozen=True, slots=True)
class Discount:
    """What may be taken off by who pays early."""

    rate: int  # of the invoice, in hundredths of a percent
    days: int  # from the invoice date

    def yearly_percent(self, payment_days: int) -> int:
        """Give what it costs to have the money sooner, as a rate a year, in whole percents."""
        sooner = max(payment_days - self.days, 1)
        return half_up(100 * 365 * self.rate, (WHOLE - self.rate) * sooner)


@dataclass(frozen=True, slots=True)
class TermSet:
    """What is agreed with one group of customers."""

    payment_days: int
    interest_percent: Decimal | None = None  # a year; nothing: that of the law
    compounds: bool = False  # the agreed interest; that of the law does as the law says
    higher_rate: bool = False  # an interest above that of the law was chosen for consumers, knowing what it risks
    costs: bool = True  # the costs of the law are agreed, or at least told
    late_charge: LateCharge | None = None
    discount: Discount | None = None
    limit_cents: int | None = None  # of all that one customer may have open

    @property
    def agreed_rate(self) -> RateSchedule | None:
        """Give the agreed interest as a claim takes it; nothing: that of the law."""
        return None if self.interest_percent is None else RateSchedule.fixed(self.interest_percent)

    def agreed_costs(self, country: Country, kind: DebtorKind, principals: Sequence[int]) -> int | None:
        """Give what these terms ask as costs of late principals; nothing: they leave it to the law."""
        rule = country.towards(kind).costs
        if self.late_charge is not None:
            return sum(map(self.late_charge.cents, principals))
        if self.costs and rule is not None and rule.only_if_agreed:
            return rule.most(principals)
        return None


def unwritten(country: Country, kind: DebtorKind, payment_days: int) -> TermSet:
    """Give the terms where none were agreed: those of the law, which nobody has to agree to."""
    rule = country.towards(kind).costs
    return TermSet(payment_days, costs=rule is not None and not rule.only_if_agreed)


def read(words: Mapping[str, str]) -> TermSet:
    """Read a term set as it is typed, and as it is stored; what is left out is empty.

    Raises:
        UnknownTerm: there is no field of that name.
        BadTerms: something in it cannot be read.
    """
    for name in words:
        if name not in FIELDS:
            raise UnknownTerm(name=name, known=", ".join(FIELDS))
    typed = {name: words.get(name, "").strip() for name in FIELDS}
    charge = LateCharge(
        _amount(typed, "charge_fixed") or 0, _rate(typed, "charge_percent") or 0, _amount(typed, "charge_minimum") or 0
    )
    if charge.minimum_cents and not charge.rate:
        raise _bad("charge_minimum", typed["charge_minimum"], mark("a minimum belongs to a percentage"))
    off, within = _rate(typed, "discount_percent"), _days(typed, "discount_days")
    if (off is None) != (within is None):
        missing = "discount_days" if within is None else "discount_percent"
        raise _bad(missing, "", mark("a discount has both a percentage and days, or neither"))
    interest = _rate(typed, "interest")
    payment_days = _days(typed, "payment_days")
    if payment_days is None:
        raise _bad("payment_days", "", mark("a number of days is wanted"))
    return TermSet(
        payment_days=payment_days,
        interest_percent=None if interest is None else Decimal(interest).scaleb(-2),
        compounds=typed["compounds"] == YES,
        higher_rate=typed["higher_rate"] == YES,
        costs=typed["costs"] == YES,
        late_charge=charge if charge != LateCharge() else None,
        discount=None if off is None or within is None else Discount(off, within),
        limit_cents=_amount(typed, "limit"),
    )


def written(terms: TermSet) -> dict[str, str]:
    """Write a term set so that `read` gives it back; what is empty is left out."""
    charge, discount = terms.late_charge or LateCharge(), terms.discount
    words = {
        "payment_days": str(terms.payment_days),
        "interest": "" if terms.interest_percent is None else percent(int(terms.interest_percent * 100)),
        "compounds": YES if terms.compounds else "",
        "higher_rate": YES if terms.higher_rate else "",
        "costs": YES if terms.costs else "",
        "charge_fixed": _plain(charge.fixed_cents or None),
        "charge_percent": percent(charge.rate) if charge.rate else "",
        "charge_minimum": _plain(charge.minimum_cents or None),
        "discount_percent": percent(discount.rate) if discount else "",
        "discount_days": str(discount.days) if discount else "",
        "limit": _plain(terms.limit_cents),
    }
    return {name: word for name, word in words.items() if word}


def _bad(field: str, value: str, why: str) -> BadTerms:
    refusal = BadTerms(field=ValueError(FIELDS[field]), value=value, why=ValueError(why))
    refusal.place = field
    return refusal


def _days(typed: Mapping[str, str], field: str) -> int | None:
    text = typed[field]
    if not text:
        return None
    if not (text.isascii() and _DAYS.fullmatch(text)) or int(text) > LONGEST_DAYS:
        raise _bad(field, text, mark("a whole number of days, at most 365, is wanted"))
    return int(text)


def _rate(typed: Mapping[str, str], field: str) -> int | None:
    """Read a percentage, in hundredths of it."""
    text = typed[field]
    if not text:
        return None
    if not (text.isascii() and (found := _PERCENT.fullmatch(text))):
        raise _bad(field, text, mark("a percentage such as 8 or 7.5 is wanted"))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _amount(typed: Mapping[str, str], field: str) -> int | None:
    text = typed[field]
    if not text:
        return None
    if not (text.isascii() and (found := _AMOUNT.fullmatch(text))):
        raise _bad(field, text, mark("an amount such as 40 or 62.50 is wanted"))
    cents = int(found[1]) * 100 + int(found[2] or 0)
    if cents > LARGEST_CENTS:
        raise _bad(field, text, mark("an amount such as 40 or 62.50 is wanted"))
    return cents


def _plain(cents: int | None) -> str:
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)

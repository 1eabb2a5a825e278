"""Default: from which day a debtor is in default, and from which day the law gives interest."""

from __future__ import annotations

from datetime import date, timedelta

from voldaan.rules.country import Treatment
from voldaan.rules.terms import TermBasis

DAY = timedelta(days=1)


def default_from(
    basis: TermBasis, *, due_date: date, received_on: date, law: Treatment, lapsed_on: date | None
) -> date | None:
    """Give the first day of default; nothing where no day and no demand has brought it.

    An agreed due date does so by itself, or the day of the law where that is void for being too late; else in trade
    the term of the law, and of a consumer the first demand that was sent: `lapsed_on` is the first day after the term
    it set. A due date is never overtaken.
    """
    if basis is TermBasis.AGREED:
        return law.term.binding_day(due_date, received_on) + DAY
    if not law.asks_demand:
        return max(due_date, received_on + timedelta(days=law.term.days)) + DAY
    return lapsed_on and max(lapsed_on, due_date + DAY)


def interest_from(default: date | None, *, law: Treatment, noticed_on: date | None) -> date | None:
    """Give the first day that bears interest by law; nothing where there is none, or not yet.

    `noticed_on` is the first day on which a notice that the law knows lets its sender ask more than the price. Of days
    before the first rate that we know no interest is asked.
    """
    if default is None or law.interest is None:
        return None
    first = max(default, law.interest.rates.rates[0].valid_from)
    if not law.interest_awaits_notice:
        return first
    return noticed_on and max(noticed_on, first)

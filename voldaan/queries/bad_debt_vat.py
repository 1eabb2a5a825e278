"""VAT on bad debts, return by return, to read."""

from __future__ import annotations

from datetime import date

from voldaan.queries.moments import at_one_moment
from voldaan.records import vat_returns
from voldaan.rules.bad_debt_vat import VatLine, Workpaper
from voldaan.rules.permissions import Actor, Deed


def workpaper(*, period: str = "", actor: Actor, today: date) -> Workpaper:
    """Draw up the return of a period; by itself, of the last one that is over.

    Raises:
        NotAPeriod: it is none.
    """
    actor.must(Deed.READ_BOOKS)
    with at_one_moment():
        return vat_returns.workpaper(actor.administration_id, period, today)


def lines(*, period: str = "", actor: Actor, today: date) -> list[VatLine]:
    """List all of a return: what comes back, what is due again, what is not known and what was missed."""
    found = workpaper(period=period, actor=actor, today=today)
    return [*found.claims, *found.due_again, *found.unknown, *found.missed]

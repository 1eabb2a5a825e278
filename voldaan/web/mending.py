"""Where the law stands in the way of a step: the page, and the place on it, where that is mended."""

from __future__ import annotations

from dataclasses import dataclass

from voldaan.look.addresses import address
from voldaan.rules.notices import Obstacle
from voldaan.rules.refusals import mark

STRATEGY = mark("Choose another strategy")
WORDS = {
    Obstacle.NOT_A_CONSUMER: STRATEGY,
    Obstacle.OTHER_COUNTRY: STRATEGY,
    Obstacle.NOT_A_BUSINESS: mark("Say who this customer is"),
    Obstacle.NOT_IN_DEFAULT: mark("Write down that the term was agreed"),
    Obstacle.NOT_RECEIVED: mark("Write down when it was received"),
    Obstacle.NO_EARLIER_NOTICE: mark("See what was sent"),
}


@dataclass(frozen=True, slots=True)
class Mend:
    """A link to where an obstacle is taken away."""

    url: str
    word: str  # marked


def mend(obstacle: Obstacle | None, slug: str, *, debtor: str, invoice: str, notice: str = "") -> Mend | None:
    """Tell where an obstacle is mended, by the public ids of what it is about; None where there is none."""
    if obstacle is None:
        return None
    match obstacle:
        case Obstacle.NOT_IN_DEFAULT:
            url = f"{address('invoice', slug, invoice)}#term"
        case Obstacle.NOT_RECEIVED if notice:
            url = f"{address('outbox_message', slug, notice)}#received"
        case Obstacle.NOT_A_BUSINESS:
            url = f"{address('debtor', slug, debtor)}#who"
        case Obstacle.NOT_A_CONSUMER | Obstacle.OTHER_COUNTRY:
            url = f"{address('debtor', slug, debtor)}#details"
        case _:
            url = f"{address('debtor', slug, debtor)}#messages"
    return Mend(url, WORDS[obstacle])

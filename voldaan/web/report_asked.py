"""What a reader asks of a report, as its address says it: which day, seen how, and which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from voldaan.queries.aging_list import Order
from voldaan.queries.moments import NOW, Moment
from voldaan.queries.open_then import Key, Which
from voldaan.rules.aging import BUCKETS
from voldaan.rules.refusals import mark
from voldaan.web.typed import NotADay, choice, day, number

MOST = 100  # characters of one word
CENTURIES = range(1900, 3000)  # a year outside is a slip of the hand

LATE = "te-laat"
OF_BUCKET = dict(
    zip((bucket.name for bucket in BUCKETS), ("niet-vervallen", "1-30", "31-60", "61-90", "91-120", "120-plus"),
        strict=True)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """Items that are so many days late, both ends included."""

    word: str  # marked
    first: int | None = None
    last: int | None = None


STRETCHES = {"": Stretch(mark("All")), LATE: Stretch(mark("Late"), 1)} | {
    OF_BUCKET[bucket.name]: Stretch(bucket.label, bucket.first, bucket.last) for bucket in BUCKETS
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One report that is asked for. Without a day, it is of everything booked so far."""

    on: date | None = None
    as_it_stood: bool = False  # without what was booked after that day
    currency: str = ""
    stretch: str = ""  # as the address names it
    debtor: str = ""  # public id
    name: str = ""  # part of the name of a customer
    order: Order = Order.AMOUNT

    @property
    def moment(self) -> Moment:
        """Say it as the questions want it."""
        return Moment(as_of=self.on, known_on=self.on if self.as_it_stood else None) if self.on else NOW

    @property
    def which(self) -> Which:
        """Say which items are asked for."""
        stretch = STRETCHES[self.stretch]
        return Which(self.debtor, self.name, self.currency, stretch.first, stretch.last)

    def words(self, **more: object) -> str:
        """Write it as the query of an address, with further words."""
        said = {
            "op": self.on or "",
            "zicht": "toen" if self.on and self.as_it_stood else "",
            "valuta": self.currency,
            "vak": self.stretch,
            "klant": self.debtor,
            "zoek": self.name,
            "orde": "naam" if self.order is Order.NAME else "",
        }
        return urlencode({name: value for name, value in (said | more).items() if value})


def asked(request: HttpRequest) -> Asked:
    """Read what is asked.

    Raises:
        NotADay: the day is none.
    """
    typed = day_typed(request)
    on = day(typed) if typed else None
    if on and on.year not in CENTURIES:
        raise NotADay(typed=typed)
    return replace(asked_now(request), on=on)


def asked_now(request: HttpRequest) -> Asked:
    """Read what is asked, save for the day."""
    said = {name: request.GET.get(name, "").strip()[:MOST] for name in ("zicht", "valuta", "vak", "klant", "zoek")}
    stretch = choice(said, "vak", STRETCHES)
    order = Order.NAME if choice(request.GET, "orde", ["naam"]) == "naam" else Order.AMOUNT
    return Asked(
        None, choice(said, "zicht", ["toen"]) == "toen", said["valuta"], stretch, said["klant"], said["zoek"], order
    )


def day_typed(request: HttpRequest) -> str:
    """Give the day as it was typed."""
    return request.GET.get("op", "").strip()[:MOST]


def place(request: HttpRequest) -> Key | None:
    """Read after which row the page goes on; what is no place is the beginning."""
    try:
        on, row, debtor = request.GET.get("na", "").split("_")
        after, whose = number(row), number(debtor)
        return Key(day(on), after, whose) if after is not None and whose is not None else None
    except (ValueError, NotADay):
        return None


def skipped(request: HttpRequest) -> int:
    """Read how many customers come before the page."""
    return number(request.GET.get("na", "")) or 0


def key_words(key: Key) -> str:
    """Write a place as `place` reads it."""
    return f"{key.day}_{key.row}_{key.debtor}"


def items_address(slug: str, one: Asked) -> str:
    """Give the address of the open items that are asked for."""
    return f"{reverse('report_items', args=[slug])}?{one.words()}"


def credits_address(slug: str, one: Asked) -> str:
    """Give the address of the credits that are asked for."""
    return f"{reverse('report_credits', args=[slug])}?{one.words()}"


def drill_down(slug: str, of: Asked, cents: Sequence[int]) -> list[str]:
    """Give for each bucket of an ageing row the address of the items behind its figure; none behind nothing."""
    return [
        items_address(slug, replace(of, stretch=OF_BUCKET[bucket.name])) if own else ""
        for bucket, own in zip(BUCKETS, cents, strict=True)
    ]


def days_to_choose(today: date) -> list[date]:
    """Offer the ends of the last month, quarter and year, the nearest first."""
    month = today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // 3 * 3 + 1)
    return sorted({first - timedelta(days=1) for first in (month, quarter, month.replace(month=1))}, reverse=True)

"""Inventing a year day by day: who is billed, who pays."""

from __future__ import annotations

from datetime import date
from random import Random

from benchmarks.yardstick import habits, payers, senders, wording
from benchmarks.yardstick.people import Customer, people
from benchmarks.yardstick.year import DAY, FIRST_DAY, Maker, Year

BANK_DAYS = 260  # in a year
MANY = 50_000  # invoices: more than the others get, so that no number is given twice


def year(seed: int, *, customers: int, days: int = 364, noisy: bool = True) -> Year:
    """Invent a year: the same words give the same year, to the cent and the letter."""
    words, way = f"{seed} {customers} {noisy}", wording.WAYS[seed % len(wording.WAYS)]
    draw, apart = Random(words), Random(f"{words} lists")  # noqa: S311 - an invented year, no secret
    others = Maker(draw, people(draw, customers, noisy=noisy), way, noisy=noisy)
    # They draw for themselves: without them every other payer does the same.
    big = senders.people(apart, customers // habits.FOR_EACH_OWN_LIST, noisy=noisy)
    with_lists = Maker(apart, big, way, noisy=noisy, after=MANY)
    with_lists.invoices, with_lists.payments = others.invoices, others.payments  # of one firm, on one account
    for n in range(days):
        day = FIRST_DAY + n * DAY
        for maker, pay in ((others, payers.pay), (with_lists, senders.pay)):
            if day.weekday() < 5:
                for customer in maker.customers:
                    if _is_billed(maker, customer, day):
                        maker.bill(customer, day)
            pay(maker, day)
    return Year([*others.customers, *big], dict(others.invoices), dict(others.payments), dict(with_lists.lists), days)


def _is_billed(maker: Maker, customer: Customer, day: date) -> bool:
    """Tell whether this customer is billed on this bank day: by chance, or on the day of the month that is his."""
    if not customer.price:
        return maker.draw.random() < customer.a_month * 12 / BANK_DAYS
    wanted = 1 + int(customer.number) % 25
    return day.day == wanted or (day.weekday() == 0 and wanted in ((day - DAY).day, (day - 2 * DAY).day))

"""Inventing a year day by day: who is billed, who pays."""

from __future__ import annotations

from datetime import date

from benchmarks.yardstick import payers
from benchmarks.yardstick.people import Customer
from benchmarks.yardstick.year import DAY, FIRST_DAY, Maker, Year

BANK_DAYS = 260  # in a year


def year(seed: int, *, customers: int, days: int = 364, noisy: bool = True) -> Year:
    """Invent a year: the same words give the same year, to the cent and the letter."""
    maker = Maker(seed, customers, noisy=noisy)
    for n in range(days):
        day = FIRST_DAY + n * DAY
        if day.weekday() < 5:
            for customer in maker.customers:
                if _is_billed(maker, customer, day):
                    maker.bill(customer, day)
        payers.pay(maker, day)
    return Year(maker.customers, dict(maker.invoices), dict(maker.payments), days)


def _is_billed(maker: Maker, customer: Customer, day: date) -> bool:
    """Tell whether this customer is billed on this bank day: by chance, or on the day of the month that is his."""
    if not customer.price:
        return maker.draw.random() < customer.a_month * 12 / BANK_DAYS
    wanted = 1 + int(customer.number) % 25
    return day.day == wanted or (day.weekday() == 0 and wanted in ((day - DAY).day, (day - 2 * DAY).day))

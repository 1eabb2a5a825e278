"""What a firm sells in a year: on which day, to whom, which wares; each with the number that its bookkeeping gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from voldaan.cli.demo.cast import Customer, Debt, Firm
from voldaan.cli.demo.papers import Line, Printed
from voldaan.countries import COUNTRIES
from voldaan.rules import references
from voldaan.rules.days import due_date, first_day
from voldaan.rules.money import Money

VAT = Fraction(21, 100)


def dice(*of: object) -> Random:
    """Give dice that always fall alike for the same thing."""
    return Random(":".join(map(str, of)))  # noqa: S311 - a play, no secret


def sold(firm: Firm, *, start: date, until: date) -> list[Printed]:
    """Give every invoice of the year and of the weeks before it, in the order of their numbers."""
    days: list[tuple[date, Customer]] = []
    for customer in firm.customers:
        days += [(day, customer) for day in _days(firm, customer, start, until)]
    days.sort(key=lambda each: (each[0], each[1].number, each[1].name))
    return [_invoice(firm, day, customer, firm.first_number + nth) for nth, (day, customer) in enumerate(days)]


def _days(firm: Firm, customer: Customer, start: date, until: date) -> Iterator[date]:
    chance, country = dice(firm.slug, customer.name, "days"), COUNTRIES[firm.country]
    for before in customer.also:
        yield first_day(until - timedelta(days=before), country.is_working_day)
    place = customer.first + chance.randrange(min(customer.every, 30))
    while place <= customer.last:
        day = first_day(start + timedelta(days=place), country.is_working_day)
        if day > until:
            return
        yield day
        place += customer.every + chance.randint(-customer.every // 8, customer.every // 8)


def _invoice(firm: Firm, day: date, customer: Customer, number: int) -> Printed:
    lines = tuple(_lines(firm, customer, dice(firm.slug, number)))
    return _printed(firm, customer, day, number, lines)


def _lines(firm: Firm, customer: Customer, chance: Random) -> Iterator[Line]:
    """Fill an invoice from the dearest ware down, up to about what this customer buys."""
    wanted = _share(customer.about_cents, chance.randint(55, 150))
    wares = sorted(chance.sample(firm.wares, chance.randint(2, 4)), key=lambda each: -each.cents)
    for nth, ware in enumerate(wares, 1):
        is_last = nth == len(wares)
        quantity = (wanted if is_last else _share(wanted, chance.randint(30, 70))) // ware.cents
        if quantity or is_last:
            yield Line(ware.name, max(quantity, 1), ware.cents)
            wanted -= quantity * ware.cents


def _share(cents: int, percent: int) -> int:
    return Money(cents).times(Fraction(percent, 100)).cents


def _printed(firm: Firm, customer: Customer, day: date, number: int, lines: tuple[Line, ...]) -> Printed:
    net = sum(line.total_cents for line in lines)
    return Printed(
        number=f"{firm.prefix}{number}", customer=customer, issued_on=day, due_on=due_date(day, firm.term_days),
        lines=lines, net_cents=net, vat_cents=Money(net).times(VAT).cents, reference=_reference(firm, customer, number),
    )  # fmt: skip


def _reference(firm: Firm, customer: Customer, number: int) -> str:
    """Give the structured reference where invoices carry one: in Belgium."""
    return references.make_ogm(int(f"{customer.number}{number:06}")) if firm.country == "BE" else ""


def old(firm: Firm, debt: Debt, nth: int, *, start: date) -> Printed:
    """Give the invoice of which something was open long before the year."""
    customer = next(each for each in firm.customers if each.number == debt.customer)
    net = Money(debt.cents).times(1 / (1 + VAT)).cents
    number = firm.first_number - 400 + nth
    day = first_day(start - timedelta(days=debt.days_before), COUNTRIES[firm.country].is_working_day)
    return Printed(
        number=f"{firm.prefix}{number}", customer=customer, issued_on=day, due_on=due_date(day, firm.term_days),
        lines=(Line("Levering volgens bon", 1, net),), net_cents=net, vat_cents=debt.cents - net,
        reference=_reference(firm, customer, number),
    )  # fmt: skip


def credit_note(firm: Firm, of: Printed, cents: int, nth: int, *, day: date) -> Printed:
    """Give a credit note that lowers an invoice by so many cents."""
    net = Money(cents).times(1 / (1 + VAT)).cents
    return Printed(
        number=f"{firm.prefix}-C{nth:03}", customer=of.customer, issued_on=day, due_on=day,
        lines=(Line(f"Correctie op {of.number}", 1, net),), net_cents=net, vat_cents=cents - net, corrects=of.number,
    )  # fmt: skip

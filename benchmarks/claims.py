"""Claim sheets as of one day, against the bare sums over the rate periods of the same claims, kept as plain numbers.

Over the books: against the same sums over one flat table of the same claims, that is, with what it takes to read them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks import books
from benchmarks.measure import Figure, compared, report, seconds, wall
from voldaan.countries.nl import LADDER, NETHERLANDS
from voldaan.rules.claims import Basis
from voldaan.rules.law import DebtorKind
from voldaan.rules.rates import RateSchedule

ON = date(2026, 11, 28)
OLDEST = 1200  # days overdue: in some books little is, in others nothing is written off

Period = tuple[int, int, int, int]  # first day, last day, hundredths of a percent, parts of a year that a day is


def figures(receivables: int) -> Iterator[Figure]:
    """Measure one size, for the compound interest and the ladder of Dutch trade."""
    chance = random.Random(1)  # noqa: S311 - the same books each time
    items = [(chance.randint(1_000, 2_000_000), ON - timedelta(chance.randint(1, OLDEST))) for _ in range(receivables)]
    rule = NETHERLANDS.business.interest
    assert rule is not None
    periods = _periods(rule.rates)

    def ours() -> int:
        basis = Basis(NETHERLANDS, DebtorKind.BUSINESS)
        return sum(basis.sheet([basis.claim("", *item)], on=ON).total_cents for item in items)

    def bare() -> int:
        return sum(_bare(principal, due, periods) for principal, due in items)

    assert ours() == bare(), "both say the same to the cent"
    mine, limit = compared(ours, bare)
    yield Figure(
        f"claim sheets as of one day, {receivables:,} receivables",
        f"{receivables / mine:,.0f}/s", f"{receivables / limit:,.0f}/s", mine / limit, 3,
    )  # fmt: skip
    yield _over_the_books(receivables, periods)


def _over_the_books(receivables: int, periods: list[Period]) -> Figure:
    books.prepare()
    from django.db import connection

    from voldaan.records.claims import owed
    from voldaan.records.receivables import Receivable

    on = books.TODAY + timedelta(20)  # all were issued by then, and paid what is paid of them
    own = books.opened(receivables, f"Claims {receivables}").administration_id
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_flat")
        # Each is stated on the invoice only, received fourteen days before it is due: free until the thirtieth.
        cursor.execute(
            """CREATE TABLE bench_flat AS
            SELECT r.open_cents + COALESCE(a.amount_cents, 0) AS cents, r.due_date AS due,
                   COALESCE(a.amount_cents, 0) AS paid
            FROM records_receivable r LEFT JOIN records_allocation a ON a.receivable_id = r.id
            WHERE r.administration_id = %s""",
            [own],
        )
        cursor.execute("ANALYZE")

    def ours() -> int:
        found = owed(own, Receivable.objects.of(own).all(), on=on)
        return sum(one.open_cents + one.interest_cents for one in found.values())

    def bare() -> int:
        total = 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT cents, due, paid FROM bench_flat")
            for cents, due, paid in cursor.fetchall():
                day = date.fromisoformat(due) if isinstance(due, str) else due
                free = day + timedelta(16)
                total += cents - paid + _interest(cents - paid, free, on, periods)
        return total

    assert ours() == bare(), "both say the same to the cent"
    clock = seconds if connection.vendor == "sqlite" else wall
    mine, limit = compared(ours, bare, clock=clock)
    return Figure(
        f"owed by law over the books, {receivables:,} receivables ({connection.vendor})",
        f"{receivables / mine:,.0f}/s", f"{receivables / limit:,.0f}/s", mine / limit, 3,
    )  # fmt: skip


def _periods(rates: RateSchedule) -> list[Period]:
    """Cut the rates by calendar year, newest first."""
    found = []
    for year in range(2020, 2028):
        for first, last, rate in rates.periods(date(year, 1, 1), date(year, 12, 31)):
            part = 365 if year % 4 == 0 else 366
            found.append((first.toordinal(), last.toordinal(), int(rate.percent * 100), part))
    return found[::-1]


def _bare(principal: int, due: date, periods: list[Period]) -> int:
    for tier in reversed(LADDER.tiers):
        if tier.over_cents < principal:
            costs = tier.fixed_cents + ((principal - tier.over_cents) * tier.rate + 5_000) // 10_000
            break
    return principal + _interest(principal, due, ON, periods) + min(max(costs, 4_000), 677_500)


def _interest(principal: int, due: date, on: date, periods: list[Period]) -> int:
    base, after, years, end = principal, due.toordinal(), 1, on.toordinal()
    interest = 0
    while after < end:
        try:
            through = min(due.replace(year=due.year + years).toordinal(), end)
        except ValueError:
            through = min(date(due.year + years, 2, 28).toordinal(), end)
        parts = 0
        for first, last, rate, part in periods:
            if last <= after:
                break
            if first <= through:
                parts += (min(last, through) - max(first - 1, after)) * rate * part
        unit = 365 * 366 * 10_000
        cents = (2 * base * parts + unit) // (2 * unit)
        interest, base, after, years = interest + cents, base + cents, through, years + 1
    return interest


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["100000"]))

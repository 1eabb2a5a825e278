"""Ageing customer by customer, some at a time: the database sorts and adds up, so that large books cost no memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from typing import Any

from voldaan.queries.aging import AgingRow, per_debtor_sql
from voldaan.queries.moments import Moment, rows, streamed
from voldaan.rules.permissions import Actor, Deed

CENTS = [field.name for field in fields(AgingRow) if field.name.endswith("_cents")]


class Order(Enum):
    """Who stands first; the value is SQL."""

    AMOUNT = "a.total_cents DESC, a.debtor_id"
    NAME = "d.name_search, d.id"


@dataclass(frozen=True, slots=True)
class AgedList:
    """The ageing in one currency. What is not among the rows is in `others`: together they are the total."""

    currency: str
    total: AgingRow
    customers: int
    rows: list[AgingRow]
    others: AgingRow


def aged(*, moment: Moment, order: Order = Order.AMOUNT, currency: str = "", skip: int = 0, most: int, actor: Actor,
         today: date) -> list[AgedList]:  # fmt: skip
    """Age what is open in each currency, or in one; show `most` customers after the first `skip`."""
    actor.must(Deed.READ_BOOKS)
    per_debtor, values = _per_debtor(actor, moment, currency, today)
    cents = ", ".join(CENTS)
    # One question for both: the customers that are shown, and below them the sum of all. Names come last.
    sql = f"""
        WITH aged AS MATERIALIZED ({per_debtor}), placed AS (
            SELECT a.*, ROW_NUMBER() OVER (PARTITION BY a.currency ORDER BY {order.value}) AS place
            FROM aged a {"JOIN records_debtor d ON d.id = a.debtor_id" if order is Order.NAME else ""}
        )
        SELECT d.name, d.public_id, currency, {cents}, place
        FROM placed p JOIN records_debtor d ON d.id = p.debtor_id WHERE place > %s AND place <= %s
        UNION ALL
        SELECT NULL, NULL, currency, {", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in CENTS)}, COUNT(*)
        FROM aged GROUP BY currency
    """  # noqa: S608 - the conditions are words and days of our own; all values are bound
    found = sorted(rows(sql, [*values, skip, skip + most]), key=lambda row: row[-1])
    totals = [row for row in found if row[0] is None]
    lists = [
        _list(AgingRow(*total), customers, [AgingRow(*row[:-1]) for row in found if row[1] and row[2] == total[2]])
        for *total, customers in totals
    ]
    return sorted(lists, key=lambda one: (-one.customers, one.currency))


def every(*, moment: Moment, order: Order = Order.AMOUNT, currency: str = "", actor: Actor,
          today: date) -> Iterator[AgingRow]:  # fmt: skip
    """Give all customers, for a file: currency by currency, one by one."""
    actor.must(Deed.EXPORT)
    per_debtor, values = _per_debtor(actor, moment, currency, today)
    sql = f"""
        SELECT d.name, d.public_id, a.currency, {", ".join(f"a.{name}" for name in CENTS)}
        FROM ({per_debtor}) a JOIN records_debtor d ON d.id = a.debtor_id ORDER BY a.currency, {order.value}
    """  # noqa: S608 - as above
    return (AgingRow(*row) for row in streamed(sql, values))


def _per_debtor(actor: Actor, moment: Moment, currency: str, today: date) -> tuple[str, list[Any]]:
    sql, values = per_debtor_sql(actor.administration_id, moment, moment.as_of or today)
    return (f"SELECT * FROM ({sql}) c WHERE currency = %s", [*values, currency]) if currency else (sql, values)  # noqa: S608


def _list(total: AgingRow, customers: int, shown: list[AgingRow]) -> AgedList:
    left = (getattr(total, name) - sum(getattr(row, name) for row in shown) for name in CENTS)
    return AgedList(total.currency, total, customers, shown, AgingRow(None, None, total.currency, *left))

"""What is open, page by page, for one customer, one currency or one stretch of days: its items, and what they sum to.

An item is told under the customer who owed it at that moment, as the ageing tells it, so the two agree to the cent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from voldaan.queries.moments import Moment, day, rows, sql_value, streamed
from voldaan.records.debtors import Debtor
from voldaan.rules import names
from voldaan.rules.ledger import EntryKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor

CLAIMS = tuple(kind.value for kind in (EntryKind.INVOICED, EntryKind.BROUGHT_FORWARD, EntryKind.CORRECTION))


@dataclass(frozen=True, slots=True)
class Which:
    """Which open items are asked for; by itself, all."""

    debtor: str = ""  # public id
    name: str = ""  # part of the name of a customer
    currency: str = ""
    days_from: int | None = None  # overdue by so many days or more
    days_to: int | None = None  # and by no more than so many


@dataclass(frozen=True, slots=True)
class Key:
    """The place of an item in the list, to go on after it."""

    due_date: date
    receivable: int
    debtor: int


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One open item. Amounts are cents."""

    invoice: str
    instalment: int
    debtor: str
    debtor_id: str
    issue_date: date
    due_date: date
    currency: str
    amount_cents: int  # of the invoice, or of this instalment of it
    open_cents: int
    days_overdue: int  # negative: so many to go
    key: Key

    @property
    def settled_cents(self) -> int:
        """Give what was paid, credited or given up."""
        return self.amount_cents - self.open_cents


@dataclass(frozen=True, slots=True)
class Sum:
    """What the items in one currency come to."""

    currency: str
    items: int
    open_cents: int
    overdue_cents: int


def listed(*, moment: Moment, which: Which, after: Key | None = None, most: int, actor: Actor,
           today: date) -> list[ListedItem]:  # fmt: skip
    """List open items, oldest due date first."""
    actor.must(Deed.READ_BOOKS)
    on = moment.as_of or today
    return [_item(row, on) for row in rows(*_items(actor, moment, which, on, after, most))]


def every(*, moment: Moment, which: Which, actor: Actor, today: date) -> Iterator[ListedItem]:
    """Give all items, for a file, one by one."""
    actor.must(Deed.EXPORT)
    on = moment.as_of or today
    return (_item(row, on) for row in streamed(*_items(actor, moment, which, on)))


def sums(*, moment: Moment, which: Which, actor: Actor, today: date) -> list[Sum]:
    """Add up the items by currency."""
    actor.must(Deed.READ_BOOKS)
    on = moment.as_of or today
    open_then, values = _open_then(actor, moment, which, on)
    sql = f"""
        {open_then} SELECT currency, COUNT(*), CAST(SUM(cents) AS BIGINT),
        CAST(SUM(CASE WHEN due_date < %s THEN cents ELSE 0 END) AS BIGINT)
        FROM open_then WHERE cents <> 0 GROUP BY currency ORDER BY currency
    """  # noqa: S608 - the conditions are words of our own; all values are bound
    return [Sum(*row) for row in rows(sql, [*values, sql_value(on)])]


def called(debtor: str, *, actor: Actor) -> str:
    """Give the name of a customer (public id).

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    name = Debtor.objects.of(actor.administration_id).filter(public_id=debtor).values_list("name", flat=True).first()
    if name is None:
        raise NoSuchDebtor(debtor=debtor)
    return name


def _item(row: tuple[Any, ...], on: date) -> ListedItem:
    (number, instalment, debtor, debtor_id, issued, due, currency, invoiced, claimed, is_part, cents,
     receivable, debtor_pk) = row  # fmt: skip
    due_date = day(due)
    # An item of a list may have been paid in part before we knew of it, and a later list may have claimed more.
    amount = int(claimed or 0) if is_part else max(invoiced, int(claimed or 0))
    return ListedItem(number, instalment, debtor, debtor_id, day(issued), due_date, currency, amount, cents,
                      (on - due_date).days, Key(due_date, receivable, debtor_pk))  # fmt: skip


def _items(actor: Actor, moment: Moment, which: Which, on: date, after: Key | None = None,
           most: int | None = None) -> tuple[str, list[Any]]:  # fmt: skip
    open_then, values = _open_then(actor, moment, which, on)
    since, since_values = moment.since("e")
    values += since_values
    going_on, limit = "", ""
    if after is not None:
        going_on = "AND (due_date, id, debtor_id) > (%s, %s, %s)"
        values += [sql_value(after.due_date), after.receivable, after.debtor]
    if most is not None:
        limit = "ORDER BY due_date, id, debtor_id LIMIT %s"
        values.append(most)
    # The invoice and the names are read of those that are shown, and of no others.
    sql = f"""
        {open_then} SELECT i.number, r.instalment, d.name, d.public_id, i.issue_date, o.due_date, o.currency,
        i.amount_cents,
        (SELECT SUM(e.amount_cents) FROM records_entry e WHERE e.receivable_id = r.id AND e.kind IN {CLAIMS}
         AND NOT {since}),
        EXISTS (SELECT 1 FROM records_receivable p WHERE p.invoice_id = r.invoice_id AND p.id <> r.id),
        o.cents, o.id, o.debtor_id
        FROM (SELECT * FROM open_then WHERE cents <> 0 {going_on} {limit}) o
        JOIN records_receivable r ON r.id = o.id JOIN records_invoice i ON i.id = r.invoice_id
        JOIN records_debtor d ON d.id = o.debtor_id
        ORDER BY o.due_date, o.id, o.debtor_id
    """  # noqa: S608 - as above
    return sql, values


def _open_then(actor: Actor, moment: Moment, which: Which, on: date) -> tuple[str, list[Any]]:
    """Give what was open at a moment, of whom: what is open now, less what was booked since."""
    books = actor.administration_id
    asked, words = _asked(books, which, on)
    if moment.is_now:
        sql = f"""
            WITH open_then AS (
                SELECT r.id, r.due_date, r.currency, r.debtor_id, r.open_cents AS cents FROM records_receivable r
                WHERE r.administration_id = %s AND r.open_cents > 0 {asked.format(whose="r")}
            )
        """  # noqa: S608 - as above
        return sql, [books, *words]
    entry_since, entry_values = moment.since("e")
    allocation_since, allocation_values = moment.since("a")
    sql = f"""
        WITH since AS MATERIALIZED (
            SELECT receivable_id, debtor_id, CAST(SUM(cents) AS BIGINT) AS cents FROM (
                SELECT e.receivable_id, e.debtor_id, -e.amount_cents AS cents FROM records_entry e
                WHERE e.administration_id = %s AND e.receivable_id IS NOT NULL AND {entry_since}
                UNION ALL
                SELECT a.receivable_id, a.debtor_id, a.amount_cents FROM records_allocation a
                WHERE a.administration_id = %s AND {allocation_since}
            ) booked GROUP BY receivable_id, debtor_id
        ), open_then AS (
            SELECT r.id, r.due_date, r.currency, r.debtor_id, r.open_cents + COALESCE(s.cents, 0) AS cents
            FROM records_receivable r LEFT JOIN since s ON s.receivable_id = r.id AND s.debtor_id = r.debtor_id
            WHERE r.administration_id = %s AND r.open_cents > 0 {asked.format(whose="r")}
            UNION ALL
            SELECT r.id, r.due_date, r.currency, s.debtor_id, s.cents
            FROM since s JOIN records_receivable r ON r.id = s.receivable_id
            WHERE (r.open_cents = 0 OR r.debtor_id <> s.debtor_id) {asked.format(whose="s")}
        )
    """  # noqa: S608 - as above
    return sql, [books, *entry_values, books, *allocation_values, books, *words, *words]


def _asked(books: int, which: Which, on: date) -> tuple[str, list[Any]]:
    """Give the SQL condition on an item, and its values; `{whose}` is the row that names the customer."""
    asked: list[tuple[str, list[Any]]] = []
    mine = "{whose}.debtor_id IN (SELECT id FROM records_debtor WHERE administration_id = %s AND "
    if which.debtor:
        asked.append((mine + "public_id = %s)", [books, which.debtor]))
    if name := names.folded(which.name):
        like = "".join(f"\\{one}" if one in "\\%_" else one for one in name)
        asked.append((mine + "name_search LIKE %s ESCAPE '\\')", [books, f"%{like}%"]))
    if which.currency:
        asked.append(("r.currency = %s", [which.currency]))
    if which.days_from is not None:
        asked.append(("r.due_date <= %s", [sql_value(on - timedelta(days=which.days_from))]))
    if which.days_to is not None:
        asked.append(("r.due_date >= %s", [sql_value(on - timedelta(days=which.days_to))]))
    return "".join(f"AND {sql} " for sql, _ in asked), [value for _, values in asked for value in values]

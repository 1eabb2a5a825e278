"""Every promise that can be checked on live data, with the rows that break it. `voldaan check` asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from voldaan.queries.moments import rows
from voldaan.records import guards
from voldaan.records.administrations import Head
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.trail import Said, digest

MOST_ROWS = 20  # named per check; the count is of all


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of one check: how many rows break it, and the first of them in words."""

    name: str
    ok: bool
    found: int
    rows: list[str]


def check(*, actor: Actor) -> list[Checked]:
    """Ask every check of the books of the actor's administration."""
    actor.must(Deed.READ_BOOKS)
    answers = []
    for name, ask in CHECKS.items():
        broken = list(ask(actor.administration_id))
        answers.append(Checked(name, not broken, len(broken), broken[:MOST_ROWS]))
    return answers


def _receivables_open(books: int) -> Iterator[str]:
    """Prove the cached open amount of each receivable against its entries and allocations."""
    yield from _open_amounts(books, Receivable, "receivable", +1)


def _credits_open(books: int) -> Iterator[str]:
    """Prove the cached open amount of each credit against its entries and allocations."""
    yield from _open_amounts(books, Credit, "credit", -1)


def _open_amounts(books: int, table: type[Any], key: str, sign: int) -> Iterator[str]:
    sql = f"""
        SELECT t.id, t.open_cents, {sign} * COALESCE(e.cents, 0) - COALESCE(a.cents, 0)
        FROM {table._meta.db_table} t
        LEFT JOIN (SELECT {key}_id, SUM(amount_cents) cents FROM records_entry
                   WHERE administration_id = %s GROUP BY 1) e ON e.{key}_id = t.id
        LEFT JOIN (SELECT {key}_id, SUM(amount_cents) cents FROM records_allocation
                   WHERE administration_id = %s GROUP BY 1) a ON a.{key}_id = t.id
        WHERE t.administration_id = %s AND t.open_cents <> {sign} * COALESCE(e.cents, 0) - COALESCE(a.cents, 0)
    """  # noqa: S608, SLF001 - table and column names of our own; all values are bound
    for pk, cached, real in rows(sql, [books, books, books]):
        yield f"{key} {pk}: open {cached}, booked {int(real)}"


def _debtor_balances(books: int) -> Iterator[str]:
    """Per debtor and currency: open receivables less open credits are the sum of the entries."""
    balance: dict[tuple[int, str], int] = {}
    for table, column, sign in ((Receivable, "open_cents", 1), (Credit, "open_cents", -1), (Entry, "amount_cents", -1)):
        sums = table.objects.of(books).order_by().values_list("debtor_id", "currency").annotate(s=Sum(column))
        for debtor, currency, cents in sums:
            balance[debtor, currency] = balance.get((debtor, currency), 0) + sign * cents
    for (debtor, currency), rest in sorted(balance.items()):
        if rest:
            yield f"debtor {debtor} in {currency}: {rest} cents too much open"


def _booking_numbers(books: int) -> Iterator[str]:
    """Booking numbers run from 1 to the head's without a gap or a twin."""
    last = 0
    entries = Entry.objects.of(books).values_list("number", flat=True)
    allocations = Allocation.objects.of(books).values_list("number", flat=True)
    for number in sorted([*entries, *allocations]):
        if number != last + 1:
            yield f"booking {number} follows {last}"
        last = number
    head = Head.objects.of(books).get().booking_number
    if head != last:
        yield f"the last booking is {last}, the head says {head}"


def _same_books(books: int) -> Iterator[str]:
    """No foreign key crosses to another administration."""
    for table in (Receivable, Credit, Entry, Allocation, Invoice):
        for key in table._meta.fields:  # noqa: SLF001 - Django's documented way to ask a model for its fields
            model = key.related_model
            if key.name != "administration" and model is not None and hasattr(model, "administration_id"):
                strays = (
                    table.objects.of(books)
                    .exclude(**{f"{key.name}__administration": books})
                    .exclude(**{f"{key.name}__isnull": True})
                )
                for pk in strays.values_list("pk", flat=True):
                    yield f"{table.__name__.lower()} {pk}: its {key.name} is of another administration"


def _one_debtor(books: int) -> Iterator[str]:
    """An entry or allocation is of the debtor and in the currency of what it is on."""
    for table in (Entry, Allocation):
        for key in ("receivable", "credit"):
            differs = ~Q(debtor=F(f"{key}__debtor")) | ~Q(currency=F(f"{key}__currency"))
            strays = table.objects.of(books).filter(**{f"{key}__isnull": False}).filter(differs)
            for number in strays.values_list("number", flat=True):
                yield f"booking {number}: not the debtor or currency of its {key}"


def _counter_rows(books: int) -> Iterator[str]:
    """What takes a booking back is its exact opposite, on the same receivable or credit."""
    for table in (Entry, Allocation):
        differs = (
            ~Q(amount_cents=-1 * F("reverses__amount_cents"))
            | ~Q(zero_receivable=Coalesce("reverses__receivable", 0))
            | ~Q(zero_credit=Coalesce("reverses__credit", 0))
        )
        named = table.objects.of(books).annotate(
            zero_receivable=Coalesce("receivable", 0), zero_credit=Coalesce("credit", 0)
        )
        for number in named.filter(reverses__isnull=False).filter(differs).values_list("number", flat=True):
            yield f"booking {number} is not the opposite of the one it takes back"


def _invoices_booked(books: int) -> Iterator[str]:
    """Every invoice has a receivable, every credit note a credit."""
    on_receivable = Receivable.objects.of(books).values_list("invoice", flat=True)
    on_credit = Credit.objects.of(books).filter(invoice__isnull=False).values_list("invoice", flat=True)
    for kind, booked in (("invoice", on_receivable), ("credit_note", on_credit)):
        missing = Invoice.objects.of(books).filter(kind=kind).exclude(pk__in=booked)
        for number in missing.values_list("number", flat=True):
            yield f"{kind} {number} was never booked"


def _trail(books: int) -> Iterator[str]:
    """The hash chain of the events holds from the first to the head, without a gap."""
    previous, last = "", 0
    facts = ("number", "kind", "day", "user_id", "via", "debtor_id", "invoice_id", "facts")
    for *said, written in Event.objects.of(books).order_by("number").values_list(*facts, "hash").iterator():
        event = Said(*said)
        if event.number != last + 1:
            yield f"event {event.number} follows {last}"
        if digest(previous, event) != written:
            yield f"event {event.number} was changed after it was written"
        previous, last = written, event.number
    head = Head.objects.of(books).get()
    if (head.event_number, head.event_hash) != (last, previous):
        yield f"the trail ends at event {last}, the head says {head.event_number}"


def _guards(_: int) -> Iterator[str]:
    """The database refuses to change or delete what was booked."""
    for name in guards.missing(connection):
        yield f"the guard {name} is not in place: run voldaan migrate"


def _durable(_: int) -> Iterator[str]:
    """What is committed survives a power cut."""
    wanted: dict[str, tuple[str, ...]] = (
        {"PRAGMA synchronous": ("2", "3"), "PRAGMA journal_mode": ("wal",), "PRAGMA foreign_keys": ("1",)}
        if connection.vendor == "sqlite"
        else {"SHOW fsync": ("on",), "SHOW synchronous_commit": ("on", "remote_write", "remote_apply", "local")}
    )
    for question, answers in wanted.items():
        ((answer,),) = rows(question, [])
        if str(answer) not in answers:
            yield f"{question} answers {answer}"


CHECKS: dict[str, Callable[[int], Iterator[str]]] = {
    "booking_numbers": _booking_numbers,
    "counter_rows": _counter_rows,
    "credits_open": _credits_open,
    "debtor_balances": _debtor_balances,
    "durable": _durable,
    "guards": _guards,
    "invoices_booked": _invoices_booked,
    "one_debtor": _one_debtor,
    "receivables_open": _receivables_open,
    "same_books": _same_books,
    "trail": _trail,
}

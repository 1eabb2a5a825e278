"""Every promise that can be checked on live data, with the rows that break it. `voldaan check` asks them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from voldaan.queries import rates
from voldaan.queries.moments import at_one_moment, rows
from voldaan.records import guards, situations
from voldaan.records.above import above
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, Head
from voldaan.records.bank import BankTransaction
from voldaan.records.bulk import Keys
from voldaan.records.charges import STANDS, Charge
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable, from_the_bank
from voldaan.rules.ledger import EntryKind
from voldaan.rules.outbox import FORGOTTEN, ActionState, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.strategy import earliest_day
from voldaan.rules.trail import Said, digest

SPAN = 20_000  # items looked at together
ENDED = [state.value for state in (MessageState.SENT, *FORGOTTEN)]
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
    with at_one_moment():
        broken = {name: list(ask(actor.administration_id)) for name, ask in CHECKS.items()}
    return [Checked(name, not found, len(found), found[:MOST_ROWS]) for name, found in broken.items()]


def warnings(*, actor: Actor, today: date) -> list[Checked]:
    """Say what somebody should see to soon, though no promise is broken: each of these is ok, also with rows."""
    actor.must(Deed.READ_BOOKS)
    told = {name: list(ask(actor.administration_id, today)) for name, ask in WARNINGS.items()}
    return [Checked(name, True, len(found), found[:MOST_ROWS]) for name, found in told.items()]


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
    tables: Iterator[Any] = apps.get_app_config("records").get_models()
    for table in (table for table in tables if hasattr(table, "administration_id")):
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
    """Every booking is of the debtor and in the currency of what it is on, and that of those of its invoice."""
    tables: tuple[tuple[Any, str, str, tuple[str, ...]], ...] = (
        (Entry, "booking", "number", ("receivable", "credit")),
        (Allocation, "booking", "number", ("receivable", "credit")),
        (Receivable, "receivable", "pk", ("invoice",)),
        (Credit, "credit", "pk", ("invoice",)),
    )
    for table, what, name, keys in tables:
        for key in keys:
            # What was booked on a double stays under its name.
            other = ~Q(debtor=F(f"{key}__debtor")) & ~Q(
                debtor__merged_into=F(f"{key}__debtor"), debtor__merged_into__isnull=False
            )
            differs = other | ~Q(currency=F(f"{key}__currency"))
            strays = table.objects.of(books).filter(**{f"{key}__isnull": False}).filter(differs)
            for row in strays.values_list(name, flat=True):
                yield f"{what} {row}: not the debtor or currency of its {key}"


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
    is_reversal = Q(kind=EntryKind.REVERSAL.value)
    unnamed = Entry.objects.of(books).filter(is_reversal, reverses__isnull=True)
    for number in unnamed.values_list("number", flat=True):
        yield f"booking {number} takes back, and does not say what"


def _invoices_booked(books: int) -> Iterator[str]:
    """Every invoice has a receivable, every credit note a credit."""
    on_receivable = Receivable.objects.of(books).values_list("invoice", flat=True)
    on_credit = Credit.objects.of(books).filter(invoice__isnull=False).values_list("invoice", flat=True)
    for kind, booked in (("invoice", on_receivable), ("credit_note", on_credit)):
        missing = Invoice.objects.of(books).filter(kind=kind).exclude(pk__in=booked)
        for number in missing.values_list("number", flat=True):
            yield f"{kind} {number} was never booked"


def _invoice_amounts(books: int) -> Iterator[str]:
    """What was booked of an invoice or credit note is its amount, on its own day."""
    for kind, on, sign in ((EntryKind.INVOICED, "receivable", 1), (EntryKind.CREDITED, "credit", -1)):
        number, amount = f"{on}__invoice__number", f"{on}__invoice__amount_cents"
        entries = Entry.objects.of(books).filter(kind=kind.value).order_by()
        sums = entries.values_list(number, amount).annotate(booked=Sum("amount_cents"))
        for invoice, printed, booked in sums.exclude(booked=sign * F(amount)):
            yield f"invoice {invoice}: {printed} printed, {sign * int(booked)} booked"
        for booking, invoice in entries.exclude(value_date=F(f"{on}__invoice__issue_date")).values_list(
            "number", number
        ):
            yield f"booking {booking}: not of the day of invoice {invoice}"


def _receipt_days(books: int) -> Iterator[str]:
    """A credit is of the day of the entry that made it, and pays nothing before that day."""
    made = (
        Entry.objects.of(books)
        .filter(credit__isnull=False, reverses__isnull=True)
        .exclude(kind__in=[EntryKind.MOVED.value, EntryKind.REFUNDED.value])
    )
    for number in made.exclude(value_date=F("credit__value_date")).values_list("number", flat=True):
        yield f"booking {number}: its credit is of another day"
    early = Allocation.objects.of(books).filter(value_date__lt=F("credit__value_date"))
    for number in early.values_list("number", flat=True):
        yield f"booking {number} pays before its money came"


def _closed_periods(books: int) -> Iterator[str]:
    """What was booked after a close shows after it; nothing shows on a day that no close explains."""
    closes = [
        (date.fromisoformat(facts["until"]), facts["booked_to"])
        for facts in Event.objects.of(books).filter(kind="period.closed").values_list("facts", flat=True)
    ]
    until = Administration.objects.values_list("closed_until", flat=True).get(pk=books)
    if until != max((day for day, _ in closes), default=None):
        yield f"the books say closed until {until}, the trail says otherwise"
    reopened = [day + timedelta(days=1) for day, _ in closes]
    moved = ~Q(counts_on=F("value_date")) & (Q(counts_on__lt=F("value_date")) | ~Q(counts_on__in=reopened))
    inside = Q(pk__in=[])
    for day, booked_to in closes:
        inside |= Q(number__gt=booked_to, counts_on__lte=day)
    for table in (Entry, Allocation):
        for number, day in table.objects.of(books).filter(moved | inside).values_list("number", "counts_on"):
            yield f"booking {number} shows on {day}"


def _receipts_left(books: int) -> Iterator[str]:
    """What is left of each receipt is what the bank says less what is booked of it, and its state says so."""
    booked = dict(
        from_the_bank(Entry.objects.of(books).filter(credit__transaction__isnull=False))
        .order_by()
        .values_list("credit__transaction")
        .annotate(cents=Sum("amount_cents"))
    )
    facts = ("pk", "public_id", "amount_cents", "left_cents", "state")
    for pk, public_id, cents, left, state in BankTransaction.objects.of(books).values_list(*facts).iterator():
        if left != cents + booked.get(pk, 0):
            yield f"bank transaction {public_id}: {left} left, {cents + booked.get(pk, 0)} by what is booked"
        if (left == 0) != (state == ReceiptState.BOOKED.value):
            yield f"bank transaction {public_id}: {state}, with {left} left"


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


def _next_days(books: int) -> Iterator[str]:
    """No open item is looked at later than the day on which something could be due for it."""
    house = situations.books_of(books)
    items = Receivable.objects.of(books).still_open()
    every = situations.of(items, house, today=date.min, about_to_leave=True)
    while some := list(islice(every, SPAN)):
        cached = dict(items.filter(pk__in=Keys([one.receivable_id for one in some])).values_list("pk", "next_on"))
        for one in some:
            day = date.max if one.item.is_handed_over else earliest_day(one.reach.strategy, one.item)
            if cached[one.receivable_id] > day:
                yield f"invoice {one.invoice}: looked at on {cached[one.receivable_id]}, something is due on {day}"


def _claims_booked(books: int) -> Iterator[str]:
    """What a message claimed is booked once it left, for exactly that much; and of what did not leave, nothing is."""
    claims = Charge.objects.of(books).filter(is_announced=False)
    closed = Administration.objects.values_list("closed_until", flat=True).get(pk=books)
    waits = claims.filter(STANDS, booked_as__isnull=True).exclude(message__sent_on__lte=closed or date.min)
    for id_ in waits.values_list("message__public_id", flat=True):
        yield f"message {id_} claims what is not booked"
    for id_, number in (
        claims.exclude(STANDS)
        .filter(booked_as__open_cents__gt=0)
        .values_list("message__public_id", "booked_as__invoice__number")
    ):
        yield f"message {id_} does not stand, and {number} is still open"
    kinds = ["interest", "costs"]
    first = Entry.objects.of(books).filter(receivable=OuterRef("booked_as"), kind__in=kinds)
    for number, cents, booked in claims.filter(booked_as__isnull=False).values_list(
        "booked_as__invoice__number", "cents", Subquery(first.order_by("number").values("amount_cents")[:1])
    ):
        if cents != booked:
            yield f"{number} is booked for {booked} cents, claimed were {cents}"
    of_claims = Entry.objects.of(books).filter(
        Q(kind__in=kinds) | Q(reverses__kind__in=kinds), receivable__in=claims.values("booked_as")
    ).order_by()  # fmt: skip
    for number, cents in of_claims.values_list("receivable__invoice__number").annotate(cents=Sum("amount_cents")):
        if cents < 0:
            yield f"{number} was lowered by more than was claimed: {cents} cents are left"


def _messages_left(books: int) -> Iterator[str]:
    """A message that left says when, holds what left, and its steps are taken; one that did not has taken none."""
    sent = Message.objects.of(books).filter(state=MessageState.SENT.value)
    for id_ in sent.filter(Q(sent_on__isnull=True) | Q(content__isnull=True)).values_list("public_id", flat=True):
        yield f"message {id_} is sent, and does not say when or what"
    lines = Action.objects.of(books).filter(message__isnull=False)
    unsent = lines.filter(state=ActionState.TAKEN.value).exclude(message__state=MessageState.SENT.value)
    lost = lines.filter(state=ActionState.PLANNED.value, message__state__in=ENDED)
    for id_, step in (unsent | lost).values_list("message__public_id", "step"):
        yield f"message {id_}: its step {step} says otherwise than the message"


def _messages_whole(books: int) -> Iterator[str]:
    """A message that was decided asks exactly its lines and what it claims, less the credit, of its own customer."""
    lines = Action.objects.of(books).filter(message__isnull=False).order_by()
    own_claims = Charge.objects.of(books).filter(message=OuterRef("message"), booked_as=OuterRef("receivable"))
    claims = Charge.objects.of(books).filter(is_announced=False).order_by()
    asked: dict[int | None, int] = defaultdict(int)
    for sums in (
        lines.exclude(Exists(own_claims)).values_list("message_id").annotate(cents=Sum("open_cents")),
        claims.values_list("message_id").annotate(more=Sum("cents")),
    ):
        for pk, cents in sums:
            asked[pk] += int(cents)
    columns = ("pk", "public_id", "total_cents", "credit_cents")
    for pk, id_, total, credit in Message.objects.of(books).filter(OF_A_STRATEGY).values_list(*columns).iterator():
        if asked.get(pk, 0) != total + credit:
            yield f"message {id_} asks {total}, its lines say {asked.get(pk, 0) - credit}"
    others = lines.exclude(debtor=F("receivable__debtor")).exclude(debtor__merged_into=F("receivable__debtor"))
    strays = lines.exclude(debtor=F("message__debtor")) | others
    for id_ in strays.values_list("message__public_id", flat=True):
        yield f"message {id_} names an item of another customer"


def _guards(_: int) -> Iterator[str]:
    """The database refuses to change or delete what was booked."""
    for name in guards.missing(connection):
        yield f"the guard {name} is not in place: run voldaan migrate"


def _durable(_: int) -> Iterator[str]:
    """What is committed survives a power cut."""
    return loose_settings()


def loose_settings() -> Iterator[str]:
    """Name the settings of the database by which a confirmation could be lost."""
    wanted: dict[str, tuple[str, ...]] = (
        {"PRAGMA synchronous": ("2", "3"), "PRAGMA journal_mode": ("wal",), "PRAGMA foreign_keys": ("1",)}
        if connection.vendor == "sqlite"
        else {"SHOW fsync": ("on",), "SHOW synchronous_commit": ("on", "remote_write", "remote_apply", "local")}
    )
    for question, answers in wanted.items():
        ((answer,),) = rows(question, [])
        if str(answer) not in answers:
            yield f"{question} answers {answer}"


def _claims_by_law(books: int, today: date) -> Iterator[str]:
    """No claim stands for more than the law gives by what is known now; what is too much the next run takes back."""
    for one in above(books, on=today):
        yield f"{one.number}: {one.cents} cents are more than the law gives; the next run takes them back"


def _rates_known(books: int, today: date) -> Iterator[str]:
    """The statutory rates of this half-year are known, and in its last month those of the next."""
    for gap in rates.missing(Administration.objects.get(pk=books).country, today):
        yield f"{gap.series.country} {gap.series.kind}: no rate is known from {gap.since} on; the last one is used"


def _rates_agree(_: int, __: date) -> Iterator[str]:
    """Where a rate came with Voldaan as well, what was added says the same; else the added one is not used."""
    for row, shipped in rates.differing():
        name = f"{row.country} {row.kind} of {row.valid_from}"
        yield f"{name}: {row.percent} was added ({row.source}), {shipped.percent} came with Voldaan ({shipped.source})"


CHECKS: dict[str, Callable[[int], Iterator[str]]] = {
    "booking_numbers": _booking_numbers,
    "closed_periods": _closed_periods,
    "counter_rows": _counter_rows,
    "credits_open": _credits_open,
    "debtor_balances": _debtor_balances,
    "durable": _durable,
    "guards": _guards,
    "invoice_amounts": _invoice_amounts,
    "invoices_booked": _invoices_booked,
    "messages_left": _messages_left,
    "claims_booked": _claims_booked,
    "messages_whole": _messages_whole,
    "next_days": _next_days,
    "one_debtor": _one_debtor,
    "receipt_days": _receipt_days,
    "receivables_open": _receivables_open,
    "receipts_left": _receipts_left,
    "same_books": _same_books,
    "trail": _trail,
}

WARNINGS: dict[str, Callable[[int, date], Iterator[str]]] = {
    "claims_by_law": _claims_by_law,
    "rates_agree": _rates_agree,
    "rates_known": _rates_known,
}

"""The verb that takes in a bank statement: each movement once, balances proved, whole or not at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Q, Sum

from voldaan.records import bank, bulk
from voldaan.records.documents import Document
from voldaan.records.fields import new_public_id
from voldaan.rules.money import Money
from voldaan.rules.papers import Problem, Severity, StatementEnd, StatementPart, StatementStart, Transaction
from voldaan.rules.permissions import Actor
from voldaan.rules.receipts import first_state
from voldaan.rules.refusals import mark
from voldaan.rules.statements import Told, unseen

BLOCK = 2_000  # transactions looked up and inserted at once
DAYS_HELD = 40  # in memory: what is stored of the days that the file is at

DOES_NOT_ADD_UP = mark(
    "The balances do not close: {opening} and the movements of {moved} make {made}, the statement says {closing}. "
    "Download it again, or take it in as it is with --accept-unbalanced."
)
NO_BALANCES = mark(
    "The statement does not give both balances, so that nobody can see whether it is whole. Download it again, or take "
    "it in as it is with --accept-unbalanced."
)
NO_SUCH_ACCOUNT = mark("No bank account has a number or a currency like this. Nothing was taken in.")
DOES_NOT_FOLLOW = mark(
    "The opening balance of {opening} does not follow on what is known of this account ({known} on {day}): a statement "
    "in between is missing. Take that in first, or go on without it with --accept-unbalanced."
)


@dataclass
class TakenIn:
    """What became of the statements in one file."""

    new: int = 0
    known: int = 0
    total_cents: Counter[str] = field(default_factory=Counter)  # moved per currency, as the file says
    problems: list[Problem] = field(default_factory=list)


def take_in(parts: Iterable[StatementPart], *, document: Document, format_: str, actor: Actor) -> TakenIn:
    """Store what a bank file says. Part of the verb `files.bring_in`, which holds the transaction.

    Balances that do not close are told as questions; the verb asks for a yes or takes nothing.
    """
    done = TakenIn()
    of_this_file = Q(statement__document=document)
    days = _Days(actor.administration_id, of_this_file)
    closings: dict[tuple[str, str], set[int]] = defaultdict(set)
    heads: set[StatementStart] = set()
    for place, (start, transactions, end) in enumerate(_statements(parts), 1):
        row = _statement(start, document, actor)
        if (row.account, row.currency) != (start.account, start.currency):
            done.problems.append(Problem(f"statement {place}", NO_SUCH_ACCOUNT))
        before = closings[start.account, start.currency]
        # A page that goes on where another ended holds movements of its own; any other may tell the same days again.
        goes_on = not before or start.opening is None or (start.opening.cents in before and start not in heads)
        heads.add(start)
        if not goes_on:
            days = _Days(actor.administration_id, Q(statement=row))
        moved = 0
        while block := list(islice(transactions, BLOCK)):
            moved += sum(t.cents for t in block)
            new = days.unseen(block, row, format_)
            bulk.insert(bank.BankTransaction, COLUMNS, new)
            done.new += len(new)
            done.known += len(block) - len(new)
        done.total_cents[start.currency] += moved
        done.problems += _doubts(f"statement {place}", start, moved, end.part, row, actor)
        _finish(row, end.part, actor)
        if end.part.closing:
            before.add(end.part.closing.cents)
        if not goes_on:
            days = _Days(actor.administration_id, of_this_file)
    return done


class _End:
    """Where the foot of a statement is put once its transactions have been read."""

    part: StatementEnd = StatementEnd(None)


def _statements(parts: Iterable[StatementPart]) -> Iterator[tuple[StatementStart, Iterator[Transaction], _End]]:
    stream = iter(parts)

    def transactions(end: _End) -> Iterator[Transaction]:
        for part in stream:
            if isinstance(part, StatementEnd):
                end.part = part
                return
            assert isinstance(part, Transaction), "a statement ends before the next one starts"
            yield part

    for part in stream:
        assert isinstance(part, StatementStart), "a statement starts with its head"
        end = _End()
        yield part, transactions(end), end


def _statement(start: StatementStart, document: Document, actor: Actor) -> bank.Statement:
    opening = start.opening
    return bank.Statement.objects.of(actor.administration_id).create(
        administration_id=actor.administration_id, document=document, account=_kept(start.account, 40),
        currency=_kept(start.currency, 3), number=_kept(start.number, 60), opened_on=opening.on if opening else None,
        opening_cents=opening.cents if opening else None,
    )  # fmt: skip


def _finish(row: bank.Statement, end: StatementEnd, actor: Actor) -> None:
    """Write down the closing balance; a statement that tells only what was told before leaves no row."""
    row.closed_on = end.closing.on if end.closing else None
    row.closing_cents = end.closing.cents if end.closing else None
    facts = ("account", "currency", "number", "opened_on", "opening_cents", "closed_on", "closing_cents")
    same = bank.Statement.objects.of(actor.administration_id).exclude(pk=row.pk)
    is_empty = not bank.BankTransaction.objects.of(actor.administration_id).filter(statement=row).exists()
    if is_empty and same.filter(**{fact: getattr(row, fact) for fact in facts}).exists():
        row.delete()
    else:
        row.save(update_fields=["closed_on", "closing_cents"])


def _doubts(place: str, start: StatementStart, moved: int, end: StatementEnd, row: bank.Statement,
            actor: Actor) -> Iterator[Problem]:  # fmt: skip
    """Say what does not close: opening and movements against closing, opening against what came before."""
    if start.opening is None or end.closing is None:
        yield Problem(place, NO_BALANCES, Severity.QUESTION)
        return
    made = start.opening.cents + moved
    if made != end.closing.cents:
        amounts = {"opening": start.opening.cents, "moved": moved, "made": made, "closing": end.closing.cents}
        facts = {name: str(Money(cents, start.currency)) for name, cents in amounts.items()}
        yield Problem(place, DOES_NOT_ADD_UP, Severity.QUESTION, facts)
    yield from _gap(place, start, row, actor)


def _gap(place: str, start: StatementStart, row: bank.Statement, actor: Actor) -> Iterator[Problem]:
    """Prove the opening balance by the last balance known before it and what moved in between."""
    opening = start.opening
    assert opening is not None, "asked only of a statement with an opening balance"
    books = actor.administration_id
    same_account = {"account": row.account, "currency": row.currency}
    earlier = (
        bank.Statement.objects.of(books)
        .filter(**same_account, closed_on__lte=opening.on, closing_cents__isnull=False)
        .exclude(pk=row.pk)
        .order_by("-closed_on")
    )
    last = earlier.first()
    if last is None or last.closed_on is None:
        return
    stored = bank.BankTransaction.objects.of(books).filter(**same_account).exclude(statement=row)

    def moved(after: date, until: date) -> int:
        between = stored.filter(booking_date__gt=after, booking_date__lte=until)
        return between.aggregate(cents=Sum("amount_cents"))["cents"] or 0

    # Banks date an opening balance on the day itself or on the evening before it.
    evening = opening.on - timedelta(days=1)
    since = {0, moved(last.closed_on, evening), moved(last.closed_on, opening.on)}
    if last.closed_on == opening.on:
        since.add(-moved(evening, opening.on))  # that day is told again, from its morning
    closings = earlier.filter(closed_on=last.closed_on).values_list("closing_cents", flat=True)
    if any(closing is not None and opening.cents - closing in since for closing in closings):
        return
    facts = {
        "opening": str(Money(opening.cents, start.currency)),
        "known": str(Money(last.closing_cents, start.currency)),
        "day": last.closed_on.isoformat(),
    }
    yield Problem(place, DOES_NOT_FOLLOW, Severity.QUESTION, facts)


Key = tuple[str, str, int]  # account, currency, cents


class _Days:
    """What is stored of the days that a file is at, so that each movement comes in once and twins stay twins."""

    def __init__(self, books: int, apart: Q) -> None:
        self.books = books
        self.apart = apart  # what is being told now, and is not compared with itself
        self.stored: dict[date, dict[Key, list[Told]]] = {}
        self.counts: dict[date, Counter[Key]] = {}

    def unseen(self, block: list[Transaction], row: bank.Statement, format_: str) -> list[tuple[Any, ...]]:
        """Give rows for those of `block` that were not told before."""
        alike: dict[tuple[date, Key], list[Transaction]] = defaultdict(list)
        for t in block:
            alike[t.booking_date, (row.account, t.currency, t.cents)].append(t)
        self._load({day for day, _ in alike})
        new: list[tuple[Any, ...]] = []
        for (day, key), transactions in alike.items():
            stored = self.stored[day].get(key, [])
            fresh, again = unseen([_told(t, format_) for t in transactions], stored) if stored else (None, [])
            for place in reversed(again):
                del stored[place]
            for t in transactions if fresh is None else [transactions[place] for place in fresh]:
                self.counts[day][key] += 1
                new.append(_row(t, row, format_, self.counts[day][key]))
        return new

    def _load(self, days: set[date]) -> None:
        """Read the days that are not in memory yet; forget the others when there are many."""
        if len(self.stored) + len(days) > DAYS_HELD:
            for day in set(self.stored) - days:
                del self.stored[day], self.counts[day]
        wanted = days - set(self.stored)
        for day in wanted:
            self.stored[day], self.counts[day] = defaultdict(list), Counter()
        rows = bank.BankTransaction.objects.of(self.books).filter(booking_date__in=wanted)
        key = ("booking_date", "account", "currency", "amount_cents")
        for day, account, currency, cents, count in rows.order_by().values_list(*key).annotate(n=Count("pk")):
            self.counts[day][account, currency, cents] = count
        told = ("format", "counterparty_iban", "end_to_end_id", "bank_reference", "text")
        others = rows.exclude(self.apart).order_by("occurrence")
        for day, account, currency, cents, *words in others.values_list(*key, *told):
            self.stored[day][account, currency, cents].append(Told(*words))


def _told(t: Transaction, format_: str) -> Told:
    """Give the signs of a movement as they are stored, so that both tellings are cut alike."""
    return Told(
        format_,
        _kept(t.counterparty_iban, 40),
        _kept(t.end_to_end_id, 120),
        _kept(t.bank_reference, 120),
        _kept(t.text),
    )


def _kept(text: str, most: int | None = None) -> str:
    """Cut a text to its column; PostgreSQL has no NUL."""
    return text.replace("\0", "")[:most]


COLUMNS = ("administration_id", "public_id", "statement_id", "format", "account", "currency", "booking_date",
           "amount_cents", "occurrence", "value_date", "counterparty_name", "counterparty_iban",
           "structured_reference", "text", "end_to_end_id", "bank_reference", "return_reason", "is_reversal",
           "left_cents", "state")  # fmt: skip


def _row(t: Transaction, statement: bank.Statement, format_: str, occurrence: int) -> tuple[Any, ...]:
    """Put a movement in the order of COLUMNS."""
    return (
        statement.administration_id, new_public_id(), statement.pk, format_, statement.account, t.currency,
        t.booking_date, t.cents, occurrence, t.value_date, _kept(t.counterparty_name, 300),
        _kept(t.counterparty_iban, 40), _kept(t.structured_reference, 60), _kept(t.text), _kept(t.end_to_end_id, 120),
        _kept(t.bank_reference, 120), _kept(t.return_reason, 10), t.reversal, t.cents,
        first_state(t.cents, taken_back=t.reversal or bool(t.return_reason)).value,
    )  # fmt: skip

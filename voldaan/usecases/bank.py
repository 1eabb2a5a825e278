"""The verb that takes in a bank statement: each movement once, balances proved, whole or not at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import Q, Sum

from voldaan.records import bank, bulk
from voldaan.records.documents import Document
from voldaan.rules.bank_accounts import known_as
from voldaan.rules.money import Money
from voldaan.rules.papers import Problem, Severity, StatementEnd, StatementPart, StatementStart, Transaction
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.rules.statements import INTERIM, is_far_ahead, is_held_to_balances
from voldaan.usecases.bank_days import COLUMNS, Days, kept

BLOCK = 2_000  # transactions looked up and inserted at once

DOES_NOT_ADD_UP = mark(
    "The balances do not close: {opening} and the movements of {moved} make {made}, the statement says {closing}."
)
NO_BALANCES = mark("The statement does not give both balances, so that nobody can see whether it is whole.")
CANNOT_PROVE = mark(
    "This file gives no balances. Its movements come in, but nobody can see whether any is missing, so this account "
    "does not count as up to date. With a CAMT.053 file of the same bank it does."
)
NO_SUCH_ACCOUNT = mark("No bank account has a number or a currency like this. Nothing was taken in.")
DOES_NOT_FOLLOW = mark(
    "The opening balance of {opening} does not follow on what is known of this account ({known} on {day}): a statement "
    "in between is missing."
)
BOOKED_AHEAD = mark("The movement of {amount} is booked on {day}, more than a week from now.")
CLOSED_AHEAD = mark("The closing balance is of {day}, more than a week from now.")
# What can be done while it is not in: each door says how it is taken in anyway.
AGAIN = {"advice": mark("Download it again, or take it in as it is with {anyway}.")}
BETWEEN = {"advice": mark("Take that in first, or go on without it with {anyway}.")}


@dataclass
class TakenIn:
    """What became of the statements in one file."""

    new: int = 0
    known: int = 0
    total_cents: Counter[str] = field(default_factory=Counter)  # moved per currency, as the file says
    problems: list[Problem] = field(default_factory=list)


def take_in(parts: Iterable[StatementPart], *, document: Document, format_: str,
            tell: Callable[[int], None] = lambda _lines: None, actor: Actor, today: date) -> TakenIn:  # fmt: skip
    """Store what a bank file says. Part of the verb `files.bring_in`, which holds the transaction.

    Balances that do not close and days far ahead are told as questions; the verb asks for a yes or takes nothing.
    `tell` hears how many lines there are so far.
    """
    done = TakenIn()
    if format_ in INTERIM:
        parts = map(_without_balance, parts)
    of_this_file = Q(statement__document=document)
    days = Days(actor, of_this_file)
    closings: dict[tuple[str, str], set[int]] = defaultdict(set)
    heads: set[StatementStart] = set()
    for place, (told, transactions, end) in enumerate(_statements(parts), 1):
        start = replace(told, account=known_as(told.account))
        row = _statement(start, document, actor)
        if (row.account, row.currency) != (start.account, start.currency):
            done.problems.append(Problem(f"statement {place}", NO_SUCH_ACCOUNT))
        before = closings[start.account, start.currency]
        # A page that goes on where another ended holds movements of its own; any other may tell the same days again,
        # as each interim report of a day tells what the one before it did.
        goes_on = format_ not in INTERIM and (
            not before or start.opening is None or (start.opening.cents in before and start not in heads)
        )
        heads.add(start)
        if not goes_on:
            days = Days(actor, Q(statement=row))
        moved = lines = 0
        ahead: Problem | None = None
        for block in _blocks(transactions):
            ahead = ahead or _booked_ahead(f"statement {place}", block, lines, today)
            lines += len(block)
            moved += sum(t.cents for t in block)
            new = days.unseen(block, row, format_)
            bulk.insert(bank.BankTransaction, COLUMNS, new)
            done.new += len(new)
            done.known += len(block) - len(new)
            tell(done.new + done.known)
        done.total_cents[start.currency] += moved
        done.problems += [ahead] if ahead else _closed_ahead(f"statement {place}", end.part, today)
        if is_held_to_balances(format_, has_both=bool(start.opening and end.part.closing)):
            done.problems += _doubts(f"statement {place}", start, moved, end.part, row, days.gave_way, actor)
        elif format_ not in INTERIM:
            done.problems.append(Problem(f"statement {place}", CANNOT_PROVE, Severity.WARNING))
        _finish(row, end.part, actor)
        if end.part.closing:
            before.add(end.part.closing.cents)
        if not goes_on:
            days = Days(actor, of_this_file)
    return done


def _without_balance(part: StatementPart) -> StatementPart:
    match part:
        case StatementStart():
            return replace(part, opening=None)
        case StatementEnd():
            return replace(part, closing=None)
        case _:
            return part


def _blocks(transactions: Iterable[Transaction]) -> Iterator[list[Transaction]]:
    """Give so many at a time, and a batch in one piece."""
    block: list[Transaction] = []
    for t in transactions:
        if len(block) >= BLOCK and not (t.batch_reference and t.batch_reference == block[-1].batch_reference):
            yield block
            block = []
        block.append(t)
    if block:
        yield block


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
        administration_id=actor.administration_id, document=document, account=kept(start.account, 40),
        currency=kept(start.currency, 3), number=kept(start.number, 60), opened_on=opening.on if opening else None,
        opening_cents=opening.cents if opening else None,
    )  # fmt: skip


def _finish(row: bank.Statement, end: StatementEnd, actor: Actor) -> None:
    """Write down the closing balance; a statement that tells only what was told before leaves no row."""
    row.closed_on = end.closing.on if end.closing else None
    row.closing_cents = end.closing.cents if end.closing else None
    facts = ("account", "currency", "number", "opened_on", "opening_cents", "closed_on", "closing_cents")
    same = bank.Statement.objects.of(actor.administration_id).exclude(pk=row.pk)
    is_empty = not bank.BankTransaction.objects.of(actor.administration_id).filter(statement=row).exists()
    is_proof = row.opening_cents is not None or row.closing_cents is not None
    if is_empty and (not is_proof or same.filter(**{fact: getattr(row, fact) for fact in facts}).exists()):
        row.delete()
    else:
        row.save(update_fields=["closed_on", "closing_cents"])


def _booked_ahead(place: str, block: list[Transaction], before: int, today: date) -> Problem | None:
    """Doubt the first movement that is booked far ahead; one tells of all: it is the file that is wrong."""
    for nth, t in enumerate(block, before + 1):
        if is_far_ahead(t.booking_date, today):
            facts = {"amount": str(Money(t.cents, t.currency)), "day": t.booking_date.isoformat()}
            return Problem(f"{place}, movement {nth}", BOOKED_AHEAD, Severity.QUESTION, facts | AGAIN)
    return None


def _closed_ahead(place: str, end: StatementEnd, today: date) -> Iterator[Problem]:
    """Doubt a balance that would prove days that have not been."""
    if end.closing and is_far_ahead(end.closing.on, today):
        yield Problem(place, CLOSED_AHEAD, Severity.QUESTION, {"day": end.closing.on.isoformat()} | AGAIN)


def _doubts(place: str, start: StatementStart, moved: int, end: StatementEnd, row: bank.Statement,
            gave_way: list[tuple[date, int]], actor: Actor) -> Iterator[Problem]:  # fmt: skip
    """Say what does not close: opening and movements against closing, opening against what came before."""
    if start.opening is None or end.closing is None:
        yield Problem(place, NO_BALANCES, Severity.QUESTION, AGAIN)
        return
    made = start.opening.cents + moved
    if made != end.closing.cents:
        amounts = {"opening": start.opening.cents, "moved": moved, "made": made, "closing": end.closing.cents}
        facts = {name: str(Money(cents, start.currency)) for name, cents in amounts.items()}
        yield Problem(place, DOES_NOT_ADD_UP, Severity.QUESTION, facts | AGAIN)
    yield from _gap(place, start, row, gave_way, actor)


def _gap(place: str, start: StatementStart, row: bank.Statement, gave_way: list[tuple[date, int]],
         actor: Actor) -> Iterator[Problem]:  # fmt: skip
    """Prove the opening balance by the last balance known before it and what moved in between.

    A sum that gave way to the parts that this statement tells was known before.
    """
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
        known = sum(cents for day, cents in gave_way if after < day <= until)
        return (between.aggregate(cents=Sum("amount_cents"))["cents"] or 0) + known

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
    yield Problem(place, DOES_NOT_FOLLOW, Severity.QUESTION, facts | BETWEEN)

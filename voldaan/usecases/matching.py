"""What follows on every import: receipts that wait are matched; what is certain is booked, the rest is proposed.

Part of the verb `files.bring_in`; the verbs by which a person decides are in `receipts_by_hand.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TypeVar

from django.db.models import Q, QuerySet

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor, PayerAlias
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Allocation, Credit, Receivable
from voldaan.rules import names
from voldaan.rules.ledger import By
from voldaan.rules.matching import Candidate, Evidence, Match, Receipt, folded, propose, words
from voldaan.rules.permissions import Actor
from voldaan.rules.receipts import ReceiptState
from voldaan.usecases import receipts
from voldaan.usecases.ledger import BLOCK
from voldaan.usecases.receipts import ToBook

T = TypeVar("T")

AT_ONCE = 2_000  # receipts whose candidates are looked up together
VALUES = 10_000  # in one question to the database
DAYS_APART = 10  # at most, between a payment that a person recorded and the bank line that brings it
WAITING = [ReceiptState.UNMATCHED.value, ReceiptState.PROPOSED.value]
NAMED = {Evidence.STRUCTURED_REFERENCE, Evidence.INVOICE_NUMBER}


@dataclass(frozen=True, slots=True)
class Matched:
    """How many receipts were booked by themselves, proposed to a person, or neither."""

    booked: int = 0
    proposed: int = 0
    unmatched: int = 0


def match(*, actor: Actor, today: date) -> Matched:
    """Match every receipt that waits."""
    waiting = BankTransaction.objects.of(actor.administration_id).filter(
        state__in=WAITING, amount_cents__gt=0, left_cents__gt=0
    )
    ids = list(waiting.order_by("booking_date", "pk").values_list("pk", flat=True))
    booked = 0
    for some in _chunks(ids, AT_ONCE):
        rows = list(waiting.filter(pk__in=some).order_by("booking_date", "pk"))
        for currency in sorted({row.currency for row in rows}):
            booked += _Block([r for r in rows if r.currency == currency], actor, today).match()
    proposed = waiting.filter(state=ReceiptState.PROPOSED.value).count()
    return Matched(booked, proposed, len(ids) - booked - proposed)


class _Block:
    """Receipts in one currency, and everything that they could be about."""

    def __init__(self, rows: list[BankTransaction], actor: Actor, today: date) -> None:
        self.rows = rows
        self.actor = actor
        self.today = today
        self.books = actor.administration_id
        self.words = {row.pk: words(f"{row.text} {row.end_to_end_id}") for row in rows}
        self.payers = self._payers()
        self.namesakes = self._namesakes()
        self.candidates: dict[int, Candidate] = {}
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_reference: dict[str, list[int]] = defaultdict(list)
        self.by_debtor: dict[int, list[int]] = defaultdict(list)
        self._load()

    def match(self) -> int:
        """Book what is certain, what is named by the payer first; propose the rest. Give how many were booked."""
        left = self._without_known_payments()
        before = len(self.rows) - len(left)
        rest: list[tuple[BankTransaction, list[Match]]] = []
        to_book: list[ToBook] = []
        for row in left:
            found = self._matches(row)
            if found and found[0].certain and NAMED & set(found[0].evidence):
                to_book.append(self._take(row, found[0]))
            else:
                rest.append((row, found))
        waiting = []
        for row, _ in rest:
            found = self._matches(row)  # again: what the others paid is open no longer
            if found and found[0].certain:
                to_book.append(self._take(row, found[0]))
            else:
                waiting.append((row, found))
        receipts.book(to_book, by=By.MACHINE, actor=self.actor, today=self.today)
        _withdraw([one.transaction.pk for one in to_book], self.books)
        _propose(waiting, self.actor)
        return before + len(to_book)

    def _payers(self) -> dict[str, frozenset[int]]:
        known: dict[str, set[int]] = defaultdict(set)
        ibans = {row.counterparty_iban for row in self.rows} - {""}
        for some in _chunks(ibans, VALUES):
            rows = PayerAlias.objects.of(self.books).filter(iban__in=some)
            for iban, debtor in rows.values_list("iban", "debtor_id"):
                known[iban].add(debtor)
        return {iban: frozenset(debtors) for iban, debtors in known.items()}

    def _namesakes(self) -> dict[str, set[int]]:
        known: dict[str, set[int]] = defaultdict(set)
        called = {names.folded(row.counterparty_name) for row in self.rows} - {""}
        for some in _chunks(called, VALUES):
            rows = Debtor.objects.of(self.books).filter(name_search__in=some)
            for name, debtor in rows.values_list("name_search", "pk"):
                known[name].add(debtor)
        return known

    def _load(self) -> None:
        """Read the open items that any of the receipts could pay."""
        numbers = set().union(*self.words.values()) if self.words else set()
        references = {row.structured_reference for row in self.rows} - {""}
        debtors = set().union(*self.payers.values(), *self.namesakes.values())
        for field, values in (
            ("invoice__number_folded", numbers),
            ("invoice__payment_reference", references),
            ("debtor", debtors),
        ):
            for some in _chunks(values, VALUES):
                self._add(Receivable.objects.of(self.books).filter(**{f"{field}__in": some}))

    def _add(self, rows: QuerySet[Receivable]) -> None:
        facts = ("pk", "debtor_id", "invoice_id", "invoice__number", "invoice__payment_reference", "open_cents",
                 "due_date", "debtor__name")  # fmt: skip
        for row in rows.filter(open_cents__gt=0, currency=self.rows[0].currency).values_list(*facts):
            item = Candidate(*row)
            if item.receivable_id in self.candidates:
                continue
            self.candidates[item.receivable_id] = item
            self.by_number[folded(item.number)].append(item.receivable_id)
            self.by_debtor[item.debtor_id].append(item.receivable_id)
            if item.reference:
                self.by_reference[item.reference].append(item.receivable_id)

    def _matches(self, row: BankTransaction) -> list[Match]:
        payers = self.payers.get(row.counterparty_iban, frozenset())
        wanted: dict[int, None] = {}
        for number in sorted(self.words[row.pk]):
            wanted.update(dict.fromkeys(self.by_number.get(number, ())))
        wanted.update(dict.fromkeys(self.by_reference.get(row.structured_reference, ())))
        for debtor in sorted(payers | self.namesakes.get(names.folded(row.counterparty_name), set())):
            wanted.update(dict.fromkeys(self.by_debtor.get(debtor, ())))
        candidates = [item for pk in wanted if (item := self.candidates[pk]).open_cents > 0]
        receipt = Receipt(
            row.left_cents, row.counterparty_iban, row.counterparty_name, row.text, row.structured_reference,
            row.end_to_end_id,
        )  # fmt: skip
        return propose(receipt, candidates, known_payers=payers) if candidates else []

    def _take(self, row: BankTransaction, found: Match) -> ToBook:
        """Put a certain match aside for booking; what it pays is no longer open for the others."""
        for pk, cents in found.lines:
            item = self.candidates[pk]
            self.candidates[pk] = replace(item, open_cents=item.open_cents - cents)
        evidence = tuple(word.value for word in found.evidence)
        return ToBook(row, found.debtor_id, row.left_cents, found.lines, found.match_class.value, evidence)

    def _without_known_payments(self) -> list[BankTransaction]:
        """Link bank lines to what was already booked of them: by hand, or from a list. A payment is booked once."""
        unlinked = _unlinked(self.books, self.rows)
        if not unlinked:
            return self.rows
        left, linked = [], []
        for row in self.rows:
            credits_ = self._brings(row, unlinked)
            if credits_:
                Credit.objects.of(self.books).filter(pk__in=credits_).update(transaction=row)
                linked.append(row.pk)
                for pk in credits_:
                    del unlinked[pk]
            else:
                left.append(row)
        receipts.settle_states(linked, actor=self.actor)
        _withdraw(linked, self.books)
        return left

    def _brings(self, row: BankTransaction, unlinked: dict[int, _Unlinked]) -> list[int]:
        """Find the bookings that this bank line brings: those it names, when they add up to it."""
        payers = self.payers.get(row.counterparty_iban, frozenset())
        named = [
            (pk, one)
            for pk, one in unlinked.items()
            if (
                self.words[row.pk] & one.numbers
                or row.structured_reference in one.references
                or one.debtor_id in payers
            )
            and (one.from_list or abs((row.value_date - one.value_date).days) <= DAYS_APART)
        ]
        exact = [pk for pk, one in named if one.cents == row.left_cents]
        if exact:
            return exact[:1]
        return [pk for pk, _ in named] if sum(one.cents for _, one in named) == row.left_cents else []


@dataclass(frozen=True, slots=True)
class _Unlinked:
    """A receipt that was booked without a bank line."""

    debtor_id: int
    cents: int
    value_date: date
    numbers: frozenset[str]
    references: frozenset[str]
    from_list: bool


def _unlinked(books: int, rows: Sequence[BankTransaction]) -> dict[int, _Unlinked]:
    """Give the receipts booked without a bank line, which these rows may bring."""
    paid = Allocation.objects.of(books).filter(
        credit__transaction__isnull=True, rule__in=("named_by_payer", "settled_by_list"), reverses__isnull=True,
        currency=rows[0].currency,
    )  # fmt: skip
    gathered: dict[int, list[tuple[int, date, int, str, str, str]]] = defaultdict(list)
    facts = ("credit_id", "debtor_id", "value_date", "amount_cents", "receivable__invoice__number_folded",
             "receivable__invoice__payment_reference", "rule")  # fmt: skip
    for credit, *row in paid.values_list(*facts):
        gathered[credit].append((row[0], row[1], row[2], row[3], row[4], row[5]))
    left = dict(Credit.objects.of(books).filter(pk__in=list(gathered)).values_list("pk", "open_cents"))
    return {
        pk: _Unlinked(
            debtor_id=lines[0][0],
            cents=left[pk] + sum(line[2] for line in lines),
            value_date=lines[0][1],
            numbers=frozenset(line[3] for line in lines),
            references=frozenset(line[4] for line in lines) - {""},
            from_list=lines[0][5] == "settled_by_list",
        )
        for pk, lines in gathered.items()
    }


def _propose(waiting: list[tuple[BankTransaction, list[Match]]], actor: Actor) -> None:
    """Write the proposals that a person decides on; the ones of before go, those refused do not come back."""
    books = actor.administration_id
    rows = {row.pk: row for row, _ in waiting}
    was: dict[int, dict[str, list[tuple[str, tuple[tuple[int, int], ...], int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for some in _chunks(rows, VALUES):
        earlier = Proposal.objects.of(books).filter(transaction__in=some, state__in=("open", "rejected"))
        lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
        of_them = ProposalLine.objects.of(books).filter(proposal__in=earlier).order_by("pk")
        for proposal, receivable, cents in of_them.values_list("proposal_id", "receivable_id", "amount_cents"):
            lines[proposal].append((receivable, cents))
        for pk, t, state, kind in earlier.order_by("rank").values_list("pk", "transaction_id", "state", "match_class"):
            if t is not None:
                was[t][state].append((kind, tuple(lines[pk]), pk))
    stale: list[int] = []
    fresh: list[tuple[Proposal, tuple[tuple[int, int], ...]]] = []
    for row, found in waiting:
        refused = {(kind, lines_) for kind, lines_, _ in was[row.pk]["rejected"]}
        wanted = [m for m in found if (m.match_class.value, m.lines) not in refused]
        if [(m.match_class.value, m.lines) for m in wanted] == [(k, ls) for k, ls, _ in was[row.pk]["open"]]:
            continue
        stale += [pk for _, _, pk in was[row.pk]["open"]]
        fresh += [
            (
                Proposal(
                    administration_id=books, debtor_id=m.debtor_id, transaction=row, rank=rank,
                    match_class=m.match_class.value, evidence=[word.value for word in m.evidence],
                ),
                m.lines,
            )
            for rank, m in enumerate(wanted, 1)
        ]  # fmt: skip
    for some in _chunks(stale, VALUES):
        Proposal.objects.of(books).filter(pk__in=some).update(state="withdrawn")
    made = Proposal.objects.of(books).bulk_create([proposal for proposal, _ in fresh], batch_size=BLOCK)
    ProposalLine.objects.of(books).bulk_create(
        [
            ProposalLine(administration_id=books, proposal=proposal, receivable_id=receivable, amount_cents=cents)
            for proposal, (_, of_it) in zip(made, fresh, strict=True)
            for receivable, cents in of_it
        ],
        batch_size=BLOCK,
    )
    for some in _chunks(rows, VALUES):
        receipts.settle_states(some, actor=actor)


def _withdraw(transactions: Iterable[int], books: int) -> None:
    """Take back the proposals of receipts that are booked now."""
    for some in _chunks(transactions, VALUES):
        Proposal.objects.of(books).filter(Q(transaction__in=some), state="open").update(state="withdrawn")


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(values)
    while some := list(islice(source, size)):
        yield some

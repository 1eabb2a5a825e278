"""What is stored of the days that a bank file is at, so that each movement comes in once: part of `bank.take_in`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Max, Q

from voldaan.records.bank import BankTransaction, Statement
from voldaan.records.fields import new_public_id
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Credit
from voldaan.rules.papers import Transaction
from voldaan.rules.permissions import Actor
from voldaan.rules.receipts import ReceiptState, first_state
from voldaan.rules.statements import INTERIM, Told, is_sum_of, paired
from voldaan.usecases.locks import lock_books

NEAR = timedelta(days=5)  # between the day of an interim report and that of the statement: over a long weekend
SIGNS = ("counterparty_iban", "end_to_end_id", "bank_reference", "text")  # as `Told` has them
DAYS_HELD = 40  # in memory: what is stored of the days that the file is at

Key = tuple[str, str, int]  # account, currency, cents
Unit = list[Transaction]  # one movement, or all that the bank booked as one sum and tells apart


class Days:
    """What was told of these days before, by anything but what is `apart`: that is being told now."""

    def __init__(self, actor: Actor, apart: Q) -> None:
        self.actor = actor
        self.rows = BankTransaction.objects.of(actor.administration_id)
        self.apart = apart
        self.stored: dict[date, dict[Key, list[Told]]] = {}
        self.counts: dict[date, Counter[Key]] = {}
        self.batches: dict[date, dict[tuple[str, str, str], list[Key]]] = {}  # the amounts told apart, by reference
        self.gave_way: list[tuple[date, int]] = []  # the sums that were taken out for their parts

    def unseen(self, block: list[Transaction], row: Statement, format_: str) -> list[tuple[Any, ...]]:
        """Give rows for those of `block` that were not told before."""
        days = {t.booking_date for t in block}
        self._load(days)
        if any(t.batch_reference for t in block) or any(self.batches[day] for day in days):
            new = self._new_of_sums(block, row, format_)
        else:
            known = self._known(block, row, format_)
            new = [t for t in block if id(t) not in known]
        known = self._told_on_another_day(new, row, format_)
        return [self._row(t, row, format_) for t in new if id(t) not in known]

    def _new_of_sums(self, block: list[Transaction], row: Statement, format_: str) -> list[Transaction]:
        """Give what is new where a batch is told, or was: as one sum or in its parts."""
        account = row.account
        new: list[Transaction] = []
        units: list[Unit] = []
        for unit in _units(block):
            told = self._told_as_sum(unit, account, format_, surely=True)
            if told is None:
                units.append(unit)
            else:
                new += told
        known = self._known([t for unit in units for t in unit], row, format_)
        for unit in units:
            left = [t for t in unit if id(t) not in known]
            # A batch of which a part was told apart before is no news as a whole.
            told = self._told_as_sum(unit, account, format_, surely=False) if len(left) == len(unit) else None
            new += left if told is None else told
        return new

    def _known(self, transactions: Iterable[Transaction], row: Statement, format_: str) -> set[int]:
        """Give those that were told before, by identity, and learn of them what was not told before."""
        account, settled = row.account, list[int]()
        alike: dict[tuple[date, Key], list[Transaction]] = defaultdict(list)
        for t in transactions:
            alike[t.booking_date, (account, t.currency, t.cents)].append(t)
        known: set[int] = set()
        for (day, key), those in alike.items():
            if stored := self.stored[day].get(key):
                pairs = paired([_told(t, format_) for t in those], stored)
                for place, was in pairs.items():
                    known.add(id(those[place]))
                    if format_ not in INTERIM and stored[was].format in INTERIM:
                        settled.append(stored[was].pk)
                    if those[place].return_reason and not stored[was].return_reason:
                        self._came_back(stored[was].pk, those[place])
                for was in sorted(pairs.values(), reverse=True):
                    del stored[was]
        if settled:  # its day stands from now on: what an equal movement of another day tells is another one
            self.rows.filter(pk__in=settled, statement__closed_on=None).update(statement=row)
        return known

    def _told_on_another_day(self, new: list[Transaction], row: Statement, format_: str) -> set[int]:
        """Give those that an interim report told of a day nearby, by identity: the bank booked them before or after it.

        Only what is equal in all that is told, a reference of the bank and a payer among it, is one movement: a twin is
        never lost. The day of a statement stands.
        """
        found: set[int] = set()
        told = {
            (t.currency, t.cents, _told(t, "")): t for t in new
            if t.bank_reference and (t.counterparty_iban or t.end_to_end_id)
        }  # fmt: skip
        if not told:
            return found
        days = sorted(t.booking_date for t in told.values())
        near = self.rows.filter(account=row.account, booking_date__range=(days[0] - NEAR, days[-1] + NEAR))
        if format_ not in INTERIM:
            near = near.filter(format__in=INTERIM, statement__closed_on=None)  # and by no statement since
        near = near.filter(bank_reference__in={t.bank_reference for t in told.values()}).exclude(self.apart)
        columns = ("pk", "booking_date", "currency", "amount_cents", *SIGNS)
        for pk, day, currency, cents, *signs in near.values_list(*columns):
            t = told.get((currency, cents, Told("", *signs)))
            if t and timedelta() < abs(t.booking_date - day) <= NEAR:
                found.add(id(t))
                if format_ not in INTERIM:
                    self._moves(pk, t, row)
        return found

    def _moves(self, pk: int, t: Transaction, row: Statement) -> None:
        """Put what an interim report told on the day on which its statement tells it."""
        count, key = self.counts[t.booking_date], (row.account, t.currency, t.cents)
        count[key] += 1
        self.rows.filter(pk=pk).update(booking_date=t.booking_date, occurrence=count[key], statement=row)

    def _told_as_sum(self, unit: Unit, account: str, format_: str, *, surely: bool) -> list[Transaction] | None:
        """Give what is new of a batch whose sum was told, or of a sum whose parts were told; None: neither was."""
        day, currency = unit[0].booking_date, unit[0].currency
        if len(unit) == 1:
            if not self.batches[day]:
                return None
            whole = _told(unit[0], format_)
            for parts in self._sums(day, (account, currency, unit[0].cents)):
                if is_sum_of(whole, (told for _, told in parts), surely=surely):
                    self._forget(day, parts)
                    return []
            return None
        key = (account, currency, sum(t.cents for t in unit))
        tellings = [_told(t, format_) for t in unit]
        for whole in self.stored[day].get(key, ()):
            if not whole.batch_reference and is_sum_of(whole, tellings, surely=surely):
                self._forget(day, [(key, whole)])
                if not self._gives_way(whole):
                    return []
                self.gave_way.append((day, key[2]))
                return unit
        return None

    def _sums(self, day: date, whole: Key) -> Iterator[list[tuple[Key, Told]]]:
        """Give the stored batches of this sum, with all their parts."""
        account, currency, cents = whole
        for (its_account, its_currency, reference), keys in self.batches[day].items():
            if (its_account, its_currency) == (account, currency):
                parts = [(key, told) for key in dict.fromkeys(keys) for told in self.stored[day][key]
                         if told.batch_reference == reference]  # fmt: skip
                if parts and sum(part_cents for (_, _, part_cents), _ in parts) == cents:
                    yield parts

    def _forget(self, day: date, those: list[tuple[Key, Told]]) -> None:
        """Let these pair with nothing else that the file tells."""
        gone = {id(told) for _, told in those}
        for key in {key for key, _ in those}:
            self.stored[day][key] = [told for told in self.stored[day][key] if id(told) not in gone]

    def _gives_way(self, whole: Told) -> bool:
        """Take out a sum with which nobody did anything yet, so that its parts find their invoices; else it stays."""
        lock_books(self.actor)
        books = self.actor.administration_id
        proposals = Proposal.objects.of(books).filter(transaction=whole.pk)
        set_aside = self.rows.filter(pk=whole.pk, state=ReceiptState.IGNORED.value, amount_cents__gt=0)
        if (
            Credit.objects.of(books).filter(transaction=whole.pk).exists()
            or proposals.filter(state__in=("accepted", "rejected")).exists()
            or set_aside.exists()
        ):
            return False
        ProposalLine.objects.of(books).filter(proposal__in=proposals).delete()
        proposals.delete()
        self.rows.filter(pk=whole.pk).delete()
        return True

    def _came_back(self, pk: int, t: Transaction) -> None:
        """Write down the reason of a return that was told without, and let it wait for a person as any return."""
        lock_books(self.actor)
        row = self.rows.filter(pk=pk)
        row.filter(state=ReceiptState.IGNORED.value, is_reversal=False, amount_cents__lt=0).update(
            state=first_state(t.cents, taken_back=True).value
        )
        row.update(return_reason=kept(t.return_reason, 10))

    def _load(self, days: set[date]) -> None:
        """Read the days that are not in memory yet; forget the others when there are many."""
        if len(self.stored) + len(days) > DAYS_HELD:
            for day in set(self.stored) - days:
                del self.stored[day], self.counts[day], self.batches[day]
        wanted = days - set(self.stored)
        for day in wanted:
            self.stored[day], self.counts[day], self.batches[day] = defaultdict(list), Counter(), defaultdict(list)
        rows = self.rows.filter(booking_date__in=wanted)
        facts = ("booking_date", "account", "currency", "amount_cents")
        for day, account, currency, cents, last in rows.order_by().values_list(*facts).annotate(n=Max("occurrence")):
            self.counts[day][account, currency, cents] = last
        told = ("format", *SIGNS, "batch_reference", "return_reason", "pk")
        others = rows.exclude(self.apart).order_by("occurrence")
        for day, account, currency, cents, *words in others.values_list(*facts, *told):
            one, key = Told(*words), (account, currency, cents)
            self.stored[day][key].append(one)
            if one.batch_reference:
                self.batches[day][account, currency, one.batch_reference].append(key)

    def _row(self, t: Transaction, statement: Statement, format_: str) -> tuple[Any, ...]:
        """Put a movement in the order of COLUMNS."""
        count, key = self.counts[t.booking_date], (statement.account, t.currency, t.cents)
        count[key] += 1
        return (
            statement.administration_id, new_public_id(), statement.pk, format_, statement.account, t.currency,
            t.booking_date, t.cents, count[key], t.value_date, kept(t.counterparty_name, 300),
            kept(t.counterparty_iban, 40), kept(t.structured_reference, 60), kept(t.text), kept(t.end_to_end_id, 120),
            kept(t.bank_reference, 120), kept(t.batch_reference, 120), kept(t.return_reason, 10), t.reversal, t.cents,
            first_state(t.cents, taken_back=t.reversal or bool(t.return_reason)).value,
        )  # fmt: skip


COLUMNS = ("administration_id", "public_id", "statement_id", "format", "account", "currency", "booking_date",
           "amount_cents", "occurrence", "value_date", "counterparty_name", "counterparty_iban",
           "structured_reference", "text", "end_to_end_id", "bank_reference", "batch_reference", "return_reason",
           "is_reversal", "left_cents", "state")  # fmt: skip


def _units(block: list[Transaction]) -> Iterator[Unit]:
    for batch, those in groupby(block, key=lambda t: t.batch_reference):
        if batch:
            yield list(those)
        else:
            for t in those:
                yield [t]


def _told(t: Transaction, format_: str) -> Told:
    """Give the signs of a movement as they are stored, so that both tellings are cut alike."""
    return Told(
        format_,
        kept(t.counterparty_iban, 40),
        kept(t.end_to_end_id, 120),
        kept(t.bank_reference, 120),
        kept(t.text),
        kept(t.batch_reference, 120),
    )


def kept(text: str, most: int | None = None) -> str:
    """Cut a text to its column; PostgreSQL has no NUL."""
    return text.replace("\0", "")[:most]

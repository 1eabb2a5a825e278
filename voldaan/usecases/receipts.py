"""How money on the bank account becomes credit of a customer: part of the verbs that match, never one itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Value, When

from voldaan.records import bulk
from voldaan.records.bank import BankTransaction
from voldaan.records.bulk import AsKept, Keys, Words, as_day
from voldaan.records.debtors import PayerAlias
from voldaan.records.proposals import Proposal
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable, from_the_bank
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.permissions import Actor
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.reductions import GivenUp
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.told import Told
from voldaan.usecases import ledger, lowering
from voldaan.usecases.ledger import NewAllocation, NewEntry


class PaidBack(Refusal):
    code = "paid_back"
    kind = Kind.CONFLICT
    says = mark("Some of it was paid back to the customer, by booking {number}. Take that back first.")


_DAYS = ("booking_date", "value_date")


class Movement(NamedTuple):
    """One bank transaction as matching sees it: many at once, so that a plain row must do."""

    pk: int
    public_id: str
    account: str
    currency: str
    booking_date: date
    amount_cents: int
    occurrence: int
    value_date: date
    counterparty_name: str
    counterparty_iban: str
    structured_reference: str
    text: str
    end_to_end_id: str
    left_cents: int

    @classmethod
    def of(cls, rows: QuerySet[BankTransaction]) -> list[Movement]:
        """Read them."""
        found = rows.values_list(*(AsKept(name) if name in _DAYS else name for name in cls._fields))
        return [
            cls(pk, id_, account, currency, as_day(booked), amount, nth, as_day(of), *rest)
            for pk, id_, account, currency, booked, amount, nth, of, *rest in found
        ]


class ToBook(NamedTuple):
    """One receipt, or a part of one, of one debtor, and what it pays; the rest of it stays as credit."""

    transaction: BankTransaction | Movement
    debtor_id: int
    cents: int
    lines: tuple[tuple[int, int], ...]  # receivable, cents
    rule: str
    evidence: tuple[str | Told, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    taken_off: tuple[tuple[int, int, int], ...] = ()  # credit, receivable, cents

    def per_debtor(self, owners: Mapping[int, int]) -> list[ToBook]:
        """Part it by the debtors whose receivables it pays; what pays nothing is of the debtor that it names."""
        others = dict.fromkeys(owners[pk] for pk, _ in self.lines if owners[pk] != self.debtor_id)
        if not others:
            return [self]
        shares = []
        for debtor in others:
            lines = tuple((pk, cents) for pk, cents in self.lines if owners[pk] == debtor)
            given = tuple(one for one in self.given_up if owners[one.receivable_id] == debtor)
            cents = sum(cents for _, cents in lines)
            shares.append(self._replace(debtor_id=debtor, cents=cents, lines=lines, given_up=given, taken_off=()))
        own = tuple((pk, cents) for pk, cents in self.lines if owners[pk] == self.debtor_id)
        given = tuple(one for one in self.given_up if owners[one.receivable_id] == self.debtor_id)
        left = self.cents - sum(one.cents for one in shares)
        return [self._replace(cents=left, lines=own, given_up=given), *shares]


def book(wanted: Sequence[ToBook], *, by: By, actor: Actor, today: date) -> None:
    """Book receipts as credits of their debtors and allocate them, in a few statements for any number of them."""
    if not wanted:
        return
    books = actor.administration_id
    credits_ = _credits(wanted, books)
    receivables = [receivable for one in wanted for receivable, _ in one.lines]
    first_day = _first_days([*receivables, *(owed for one in wanted for _, owed, _ in one.taken_off)], books)
    named = list(zip(wanted, credits_, _sources(wanted, books), strict=True))
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=one.debtor_id, kind=EntryKind.RECEIVED, currency=one.transaction.currency,
                amount_cents=-one.cents, value_date=one.transaction.value_date, source=source, credit_id=credit,
            )
            for one, credit, source in named
        ] + [
            NewEntry(
                debtor_id=one.debtor_id, kind=given.kind, currency=one.transaction.currency,
                amount_cents=-given.cents, value_date=max(one.transaction.value_date, first_day[given.receivable_id]),
                source=f"{given.kind.value}:{given.receivable_id}:{source}", receivable_id=given.receivable_id,
                given_with_id=credit,
            )
            for one, credit, source in named
            for given in one.given_up
        ],
        allocations=[
            NewAllocation(
                debtor_id=one.debtor_id, credit_id=credit, receivable_id=receivable,
                currency=one.transaction.currency, amount_cents=cents,
                value_date=max(one.transaction.value_date, first_day[receivable]), by=by, rule=one.rule,
                evidence=one.evidence,
            )
            for one, credit in zip(wanted, credits_, strict=True)
            for receivable, cents in one.lines
        ] + _taken_off(wanted, first_day, by=by, books=books),
        actor=actor, today=today,
    )  # fmt: skip
    _learn(wanted, books)
    _settle(wanted, actor)
    lowering.lower({one.debtor_id for one in wanted}, actor=actor, today=today)


def _taken_off(wanted: Sequence[ToBook], first_day: Mapping[int, date], *, by: By, books: int) -> list[NewAllocation]:
    """Let the credit notes that a payer took off pay what he took them off from; the rule says with which receipt."""
    notes = {credit for one in wanted for credit, _, _ in one.taken_off}
    days = dict(Credit.objects.of(books).filter(pk__in=notes).values_list("pk", "value_date")) if notes else {}
    return [
        NewAllocation(
            debtor_id=one.debtor_id, credit_id=credit, receivable_id=receivable, currency=one.transaction.currency,
            amount_cents=cents, value_date=max(one.transaction.value_date, first_day[receivable], days[credit]), by=by,
            rule=_taken_off_with(one.transaction.public_id), evidence=one.evidence,
        )
        for one in wanted
        for credit, receivable, cents in one.taken_off
    ]  # fmt: skip


def _taken_off_with(receipt: str) -> str:
    return f"taken_off:{receipt}"


def is_open_credit(taken_off: Iterable[tuple[int, int, int]], books: int) -> bool:
    """Tell whether these credit notes still have what is taken off."""
    wanted: Counter[int] = Counter()
    for credit, _, cents in taken_off:
        wanted[credit] += cents
    there = dict(Credit.objects.of(books).filter(pk__in=wanted).values_list("pk", "open_cents"))
    return all(there.get(pk, 0) >= cents for pk, cents in wanted.items())


def _settle(wanted: Sequence[ToBook], actor: Actor) -> None:
    """Write down what is left of these receipts: of most of them nothing."""
    left = {one.transaction.pk: one.transaction.left_cents for one in wanted}
    for one in wanted:
        left[one.transaction.pk] -= one.cents
    whole = BankTransaction.objects.of(actor.administration_id).filter(pk__in=Keys([t for t in left if not left[t]]))
    whole.update(left_cents=0, state=ReceiptState.BOOKED.value)
    if parts := [t for t in left if left[t]]:
        settle_states(parts, actor=actor)


def _credits(wanted: Sequence[ToBook], books: int) -> list[int]:
    """Open a credit for each; nobody else opens one for these movements meanwhile, so theirs are the newest."""
    bulk.insert(
        Credit,
        ("debtor_id", "transaction_id", "currency", "value_date"),
        ((one.debtor_id, one.transaction.pk, one.transaction.currency, one.transaction.value_date) for one in wanted),
        administration_id=books, open_cents=0,
    )  # fmt: skip
    rows = Credit.objects.of(books).filter(transaction__in=Keys([one.transaction.pk for one in wanted])).order_by("pk")
    newest = {(t, debtor): pk for t, debtor, pk in rows.values_list("transaction_id", "debtor_id", "pk")}
    return [newest[one.transaction.pk, one.debtor_id] for one in wanted]


def _sources(wanted: Sequence[ToBook], books: int) -> Iterator[str]:
    """Name each booking of a movement by its place among all that were ever booked of it, also those taken back.

    The sources are unique, so two who would book the same money at once get the same name and one of them fails.
    """
    ids = {one.transaction.pk for one in wanted}
    rows = Entry.objects.of(books).filter(credit__transaction__in=Keys(ids)).order_by()
    taken = Counter(dict(rows.values_list("credit__transaction").annotate(bookings=Count("pk"))))
    for one in wanted:
        t = one.transaction
        taken[t.pk] += 1
        yield f"bank:{t.account}:{t.booking_date}:{t.currency}:{t.amount_cents}:{t.occurrence}/{taken[t.pk]}"


def _first_days(receivables: Iterable[int], books: int) -> dict[int, date]:
    """Give the value date of what each receivable claims; money cannot pay it earlier."""
    rows = Entry.objects.of(books).filter(receivable__in=Keys(set(receivables))).order_by("-value_date")
    return {pk: day for pk, day in rows.values_list("receivable_id", "value_date") if pk is not None}


def _learn(wanted: Sequence[ToBook], books: int) -> None:
    """Remember which account paid for which debtor."""
    seen: dict[tuple[int, str], int] = {}
    last: dict[tuple[int, str], date] = {}
    for one in wanted:
        if iban := one.transaction.counterparty_iban[:34]:
            key, day = (one.debtor_id, iban), one.transaction.value_date
            seen[key] = seen.get(key, 0) + 1
            last[key] = max(day, last.get(key, day))
    there = {
        (debtor, iban): pk
        for pk, debtor, iban in PayerAlias.objects.of(books)
        .filter(iban__in=Words({iban for _, iban in seen}))
        .values_list("pk", "debtor_id", "iban")
    }
    PayerAlias.objects.of(books).bulk_create(
        PayerAlias(administration_id=books, debtor_id=debtor, iban=iban, seen=times, last_seen_on=last[debtor, iban])
        for (debtor, iban), times in seen.items()
        if (debtor, iban) not in there
    )
    alike: dict[tuple[int, date], list[int]] = {}
    for key, times in seen.items():
        if key in there:
            alike.setdefault((times, last[key]), []).append(there[key])
    for (times, day), aliases in alike.items():
        later = Case(When(last_seen_on__gt=day, then=F("last_seen_on")), default=Value(day))
        PayerAlias.objects.of(books).filter(pk__in=Keys(aliases)).update(seen=F("seen") + times, last_seen_on=later)


def _unlearn(received: Sequence[Entry], books: int) -> None:
    """Forget what was learned of these receipts: which account pays for whom follows from what still stands."""
    paid = Counter(
        (one.credit.debtor_id, one.credit.transaction.counterparty_iban)  # a double that was merged left its accounts
        for one in received
        if one.credit and one.credit.transaction and one.credit.transaction.counterparty_iban
    )
    if not paid:
        return
    owners, ibans = {debtor for debtor, _ in paid}, {iban for _, iban in paid}
    stands = Entry.objects.of(books).filter(
        kind=EntryKind.RECEIVED.value, credit__debtor__in=owners, credit__transaction__counterparty_iban__in=ibans,
    ).exclude(Exists(Entry.objects.of(books).filter(reverses=OuterRef("pk"))))  # fmt: skip
    whose = ("credit__debtor_id", "credit__transaction__counterparty_iban")
    last = {(debtor, iban): day for debtor, iban, day in
            stands.order_by().values_list(*whose).annotate(Max("credit__transaction__value_date"))}  # fmt: skip
    fewer = {(debtor, iban[:34]): (times, last.get((debtor, iban))) for (debtor, iban), times in paid.items()}
    aliases = PayerAlias.objects.of(books).filter(debtor__in=owners, iban__in=Words({iban for _, iban in fewer}))
    known = [alias for alias in aliases if (alias.debtor_id, alias.iban) in fewer]
    for alias in known:
        times, alias.last_seen_on = fewer[alias.debtor_id, alias.iban]
        alias.seen = max(alias.seen - times, 0)
    gone = [alias.pk for alias in known if not alias.seen and not alias.is_told]
    PayerAlias.objects.of(books).filter(pk__in=gone).delete()
    kept = [alias for alias in known if alias.pk not in gone]
    PayerAlias.objects.of(books).bulk_update(kept, ["seen", "last_seen_on"])


def is_booked(credits_: Mapping[int, int], *, actor: Actor) -> bool:
    """Tell whether money came in on these credits that nobody took back."""
    return _received(credits_, actor).exists()


def counter(credits_: Mapping[int, int], *, actor: Actor, today: date) -> int:
    """Counter all that came in on these credits (each with its debtor) and all that it paid; give how much, in cents.

    Part of a verb, which holds the locks of the debtors and of the booking numbers.

    Raises:
        PaidBack: some of it was paid back to the customer.
    """
    books = actor.administration_id
    if refund := refunds_of(credits_, books).first():
        raise PaidBack(number=refund.number)
    received = list(_received(credits_, actor).select_related("credit__transaction").order_by("number"))
    given = list(given_up_with(credits_, actor=actor))
    paid = Allocation.objects.of(books).filter(
        Q(credit__in=credits_) | _taken_off_beside(credits_, books), reverses=None
    )
    undone = Allocation.objects.of(books).filter(reverses__in=paid.values("pk"))
    paid = paid.exclude(pk__in=list(undone.values_list("reverses", flat=True)))
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=owner, kind=EntryKind.REVERSAL, currency=one.currency, amount_cents=-one.amount_cents,
                value_date=ledger.counters_on(one, owner, today), source=f"reversal:{one.source}",
                credit_id=one.credit_id, reverses_id=one.pk,
            )
            for one in received
            if (owner := credits_[one.credit_id or 0])
        ] + [given_back(one, credits_[one.given_with_id or 0], today) for one in given],
        allocations=[
            NewAllocation(
                debtor_id=owner, credit_id=one.credit_id, receivable_id=one.receivable_id, currency=one.currency,
                amount_cents=-one.amount_cents, by=By.PERSON, rule="undo", reverses_id=one.pk,
                value_date=ledger.counters_on(one, owner, today),
            )
            for one in paid.select_related("credit").order_by("number")
            if (owner := credits_.get(one.credit_id, one.credit.debtor_id))
        ],
        actor=actor, today=today,
    )  # fmt: skip
    _unlearn(received, books)
    cents: int = -sum(one.amount_cents for one in received)
    return cents


def refunds_of(credits_: Iterable[int], books: int) -> QuerySet[Entry]:
    """Find what was paid back of these credits, and stands."""
    refunds = Entry.objects.of(books).filter(credit__in=list(credits_), kind=EntryKind.REFUNDED.value)
    return refunds.exclude(pk__in=Entry.objects.of(books).filter(reverses__in=refunds).values("reverses"))


def _taken_off_beside(credits_: Iterable[int], books: int) -> Q:
    """Find what credit notes paid beside the receipts that made these credits."""
    made = Credit.objects.of(books).filter(pk__in=list(credits_), transaction__isnull=False)
    rows = list(made.values_list("debtor", "transaction__public_id"))
    # By the debtor of the credit note, not of the booking: a merge of doubles moves the one and leaves the other.
    return Q(
        credit__debtor__in={debtor for debtor, _ in rows}, rule__in={_taken_off_with(receipt) for _, receipt in rows}
    )


def given_up_with(credits_: Iterable[int], *, actor: Actor) -> QuerySet[Entry]:
    """Find what was given up with these credits, and nobody took back."""
    entries = Entry.objects.of(actor.administration_id)
    given = entries.filter(given_with__in=list(credits_))
    return given.exclude(pk__in=entries.filter(reverses__given_with__in=list(credits_)).values("reverses"))


def given_back(given: Entry, owner: int, today: date) -> NewEntry:
    """Make the entry that takes back what was given up with a receipt: it is asked again."""
    return NewEntry(
        debtor_id=owner, kind=EntryKind.REVERSAL, currency=given.currency, amount_cents=-given.amount_cents,
        value_date=ledger.counters_on(given, owner, today), source=f"reversal:{given.source}",
        receivable_id=given.receivable_id, reverses_id=given.pk,
    )  # fmt: skip


def _received(credits_: Mapping[int, int], actor: Actor) -> QuerySet[Entry]:
    entries = Entry.objects.of(actor.administration_id)
    found = entries.filter(credit__in=credits_, kind=EntryKind.RECEIVED.value)
    return found.exclude(pk__in=entries.filter(reverses__credit__in=credits_).values("reverses"))


def settle_states(transactions: Sequence[int], *, actor: Actor) -> None:
    """Work out what is left of these receipts and where they stand, from what is booked of them."""
    books = actor.administration_id
    ids = Keys(transactions)
    rows = BankTransaction.objects.of(books).filter(pk__in=ids)
    # Summed apart: a sum per row is a plan that goes wrong where the statistics of the database are behind.
    entries = Entry.objects.of(books).filter(credit__transaction__in=ids).order_by()
    booked = dict(from_the_bank(entries).values_list("credit__transaction").annotate(cents=Sum("amount_cents")))
    left = {pk: cents + booked.get(pk, 0) for pk, cents in rows.values_list("pk", "amount_cents")}
    rows.filter(pk__in=Keys([pk for pk, cents in left.items() if cents == 0])).update(left_cents=0)
    rows.filter(pk__in=Keys(set(left) - set(booked))).update(left_cents=F("amount_cents"))
    BankTransaction.objects.of(books).bulk_update(
        [BankTransaction(pk=pk, left_cents=left[pk]) for pk in booked if left[pk]], ["left_cents"], batch_size=500
    )
    proposed = Proposal.objects.of(books).filter(state="open", transaction__in=ids).values("transaction")
    rows.exclude(state=ReceiptState.IGNORED.value, left_cents=F("amount_cents")).update(
        state=Case(
            When(left_cents=0, then=Value(ReceiptState.BOOKED.value)),
            When(pk__in=proposed, then=Value(ReceiptState.PROPOSED.value)),
            default=Value(ReceiptState.UNMATCHED.value),
        )
    )


def open_lines(lines: Iterable[tuple[int, int]], given: Iterable[GivenUp], books: int) -> bool:
    """Tell whether these amounts, and what is given up on top, are still open on their receivables."""
    wanted: Counter[int] = Counter()
    for receivable, cents in lines:
        wanted[receivable] += cents
    for one in given:
        wanted[one.receivable_id] += one.cents
    there = dict(Receivable.objects.of(books).filter(pk__in=wanted).values_list("pk", "open_cents"))
    return all(there.get(pk, 0) >= cents for pk, cents in wanted.items())

"""Verbs that decide about many receipts at once: accept what is proposed in one way, and take all of that back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Credit, Entry, Receivable, from_the_bank
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.reductions import GivenUp
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, ledger, matching, proposals, receipts
from voldaan.usecases.receipts import ToBook

MOST = 200  # receipts at once: what somebody can look at before he says yes


class TooMany(Refusal):
    code = "too_many_at_once"
    kind = Kind.INVALID
    says = mark("{count} at once is too many: at most {most}. Take them in parts.")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of proposals that were accepted at once."""

    receipts: list[str]  # the public ids of what was booked
    money: list[Money]  # by currency
    already: int  # were accepted before: the same yes again
    changed: int  # left, because they no longer fit


@transaction.atomic
def accept_all(*, wanted: Sequence[str], match_class: str, actor: Actor, today: date) -> Accepted:
    """Book these proposals (public ids) of one class as they were seen.

    Those that were decided or no longer fit are left, and counted. The same yes again does nothing.

    Raises:
        TooMany: nobody looked at so many.
    """
    actor.must(Deed.ALLOCATE)
    _check(wanted)
    books, ids = actor.administration_id, list(dict.fromkeys(wanted))
    asked = Proposal.objects.of(books).filter(
        public_id__in=ids, match_class=match_class, transaction__isnull=False
    )  # fmt: skip
    owners = ProposalLine.objects.of(books).filter(proposal__in=asked.values("pk")).values("receivable__debtor")
    whose = Q(pk__in=asked.values("debtor")) | Q(pk__in=owners)
    list(Debtor.objects.of(books).locked().filter(whose).values_list("pk"))
    waiting = {row.pk: row for row in BankTransaction.objects.of(books).locked().filter(
        pk__in=asked.filter(state="open").values("transaction"))}  # fmt: skip
    states = Counter(asked.values_list("state", flat=True))
    fitting = _fitting(list(asked.filter(state="open").order_by("transaction__booking_date", "pk")), waiting, books)
    paid = {receivable for _, one in fitting for receivable, _ in one.lines}
    owners_of = dict(Receivable.objects.of(books).filter(pk__in=paid).values_list("pk", "debtor_id"))
    receipts.book([part for _, one in fitting for part in one.per_debtor(owners_of)], by=By.PERSON, actor=actor,
                  today=today)  # fmt: skip
    taken = [one.transaction.pk for _, one in fitting]
    Proposal.objects.of(books).filter(pk__in=[pk for pk, _ in fitting]).update(state="accepted")
    proposals.withdraw(taken, books)
    sums: Counter[str] = Counter()
    for _, one in fitting:
        sums[one.transaction.currency] += one.cents
    money = [Money(cents, currency) for currency, cents in sorted(sums.items())]
    if fitting:
        events.write("proposals.accepted", actor=actor, today=today, count=len(fitting), match_class=match_class,
                     amount=" + ".join(map(str, money)))  # fmt: skip
    booked = [one.transaction.public_id for _, one in fitting]
    return Accepted(booked, money, states["accepted"], len(ids) - len(booked) - states["accepted"])


@transaction.atomic
def take_back_all(*, wanted: Sequence[str], actor: Actor, today: date) -> int:
    """Take back all that became of these receipts (public ids): they wait again. Give how many; twice does no harm.

    Raises:
        TooMany: nobody looked at so many.
    """
    actor.must(Deed.ALLOCATE)
    _check(wanted)
    books = actor.administration_id
    of_them = Credit.objects.of(books).filter(transaction__public_id__in=list(wanted))
    list(Debtor.objects.of(books).locked().filter(pk__in=of_them.values("debtor")).values_list("pk"))
    rows = {row.pk: row for row in BankTransaction.objects.of(books).locked().filter(public_id__in=list(wanted))}
    ledger.lock_numbers(actor)  # what is booked of them stays as it is read here
    entries = from_the_bank(Entry.objects.of(books).filter(credit__in=of_them.values("pk"))).order_by()
    standing = [pk for pk, cents in entries.values_list("credit").annotate(cents=Sum("amount_cents")) if cents]
    owners = {
        pk: (receipt, debtor)
        for pk, receipt, debtor in of_them.filter(pk__in=standing).values_list("pk", "transaction_id", "debtor_id")
    }
    booked = sorted({receipt for receipt, _ in owners.values() if receipt in rows})
    if not booked:
        return 0
    receipts.counter({pk: debtor for pk, (_, debtor) in owners.items()}, actor=actor, today=today)
    BankTransaction.objects.of(books).filter(pk__in=booked).update(state=ReceiptState.UNMATCHED.value)
    receipts.settle_states(booked, actor=actor)
    matching.propose_again(*booked, actor=actor, today=today)
    sums: Counter[str] = Counter()
    for pk in booked:
        sums[rows[pk].currency] += rows[pk].amount_cents
    amount = " + ".join(str(Money(cents, currency)) for currency, cents in sorted(sums.items()))
    events.write("receipts.taken_back", actor=actor, today=today, count=len(booked), amount=amount)
    return len(booked)


def _check(wanted: Sequence[str]) -> None:
    if len(wanted) > MOST:
        raise TooMany(count=len(wanted), most=MOST)


def _fitting(asked: list[Proposal], waiting: dict[int, BankTransaction], books: int) -> list[tuple[int, ToBook]]:
    """Give those that still fit, one for a receipt: what an earlier one pays is open no longer for the next."""
    lines: dict[int, list[tuple[int, int, int, str]]] = defaultdict(list)
    told = ProposalLine.objects.of(books).filter(proposal__in=[one.pk for one in asked]).order_by("pk")
    facts = ("proposal_id", "receivable_id", "amount_cents", "given_up_cents", "given_up_as")
    for proposal, receivable, cents, given, kind in told.values_list(*facts):
        lines[proposal].append((receivable, cents, given, kind))
    taken_off = {one.pk: tuple((credit, owed, cents) for credit, owed, cents in one.taken_off) for one in asked}
    beside = [each for those in taken_off.values() for each in those]
    wanted = {receivable for those in lines.values() for receivable, *_ in those} | {owed for _, owed, _ in beside}
    is_open = dict(Receivable.objects.of(books).filter(pk__in=wanted).values_list("pk", "open_cents"))
    notes = {credit for credit, _, _ in beside}
    has = dict(Credit.objects.of(books).filter(pk__in=notes).values_list("pk", "open_cents"))
    fitting: list[tuple[int, ToBook]] = []
    for one in asked:
        receipt, those, off = waiting.get(one.transaction_id or 0), lines[one.pk], taken_off[one.pk]
        is_paid = sum(cents for _, cents, _, _ in those)
        settles, spends = Counter[int](), Counter[int]()
        for pk, cents, given, _ in those:
            settles[pk] += cents + given
        for credit, owed, cents in off:
            settles[owed] += cents
            spends[credit] += cents
        fits = all(is_open.get(pk, 0) >= cents for pk, cents in settles.items())
        fits = fits and all(has.get(pk, 0) >= cents for pk, cents in spends.items())
        if receipt is None or not fits or not 0 < receipt.left_cents >= is_paid:
            continue
        del waiting[receipt.pk]
        for pk, cents in settles.items():
            is_open[pk] -= cents
        for pk, cents in spends.items():
            has[pk] -= cents
        given_up = tuple(GivenUp(pk, given, EntryKind(kind)) for pk, _, given, kind in those if given)
        fitting.append((one.pk, ToBook(receipt, one.debtor_id, receipt.left_cents,
                                       tuple((pk, cents) for pk, cents, _, _ in those), one.match_class,
                                       tuple(one.evidence), given_up, off)))  # fmt: skip
    return fitting

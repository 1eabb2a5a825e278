"""Verbs by which a person decides about receipts: accept, reject, allocate, leave as credit, set aside, take back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.imports import Import
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.exports import SETTLED_BY_LIST
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.money import CurrenciesDiffer, Money, spread
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.reductions import GivenUp
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import debtors, events, invoices, ledger, lowering, matching, proposals, receipts
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen, check_part
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.ledger import NewAllocation, NewEntry
from voldaan.usecases.receipts import ToBook


class NoSuchProposal(Refusal):
    code = "no_such_proposal"
    kind = Kind.NOT_FOUND
    says = mark("There is no proposal {proposal} in this administration.")


class ProposalDecided(Refusal):
    code = "proposal_decided"
    kind = Kind.CONFLICT
    says = mark("Proposal {proposal} was decided already: {state}.")


class ProposalOutdated(Refusal):
    code = "proposal_outdated"
    kind = Kind.CONFLICT
    says = mark("Proposal {proposal} no longer fits: something of it was paid in the meantime.")


WAITS = (ReceiptState.PROPOSED.value, ReceiptState.UNMATCHED.value)


class NoSuchTransaction(Refusal):
    code = "no_such_transaction"
    kind = Kind.NOT_FOUND
    says = mark("There is no bank transaction {transaction} in this administration.")


class NothingLeft(Refusal):
    code = "nothing_left"
    kind = Kind.CONFLICT
    says = mark("Nothing is left of bank transaction {transaction}: it is booked.")


class NothingBooked(Refusal):
    code = "nothing_booked"
    kind = Kind.CONFLICT
    says = mark("Nothing of bank transaction {transaction} is booked: there is nothing to take back.")


class MoreThanLeft(Refusal):
    code = "more_than_left"
    kind = Kind.CONFLICT
    says = mark("{amount} is more than what is left of bank transaction {transaction}: {left}.")


class OtherCurrencyThanPaid(Refusal):
    code = "other_currency_than_paid"
    kind = Kind.CONFLICT
    says = mark("Invoice {invoice} is in {wanted}, the bank transaction in {given}.")


@transaction.atomic
def accept(*, proposal: str, actor: Actor, today: date) -> None:
    """Book a proposal as it stands; the other proposals for the same receipt go.

    Raises:
        NoSuchProposal, ProposalDecided, ProposalOutdated: there is nothing to accept.
    """
    actor.must(Deed.ALLOCATE)
    row = _undecided(proposal, actor)
    asked = ProposalLine.objects.of(actor.administration_id).filter(proposal=row).order_by("pk")
    lines = tuple(asked.values_list("receivable_id", "amount_cents"))
    given = tuple(
        GivenUp(receivable, cents, EntryKind(kind))
        for receivable, cents, kind in asked.exclude(given_up_cents=0).values_list(
            "receivable_id", "given_up_cents", "given_up_as"
        )
    )
    taken_off = tuple((credit, receivable, cents) for credit, receivable, cents in row.taken_off)
    settled = lines + tuple((receivable, cents) for _, receivable, cents in taken_off)
    is_open = receipts.open_lines(settled, given, actor.administration_id)
    if not is_open or not receipts.is_open_credit(taken_off, actor.administration_id):
        raise ProposalOutdated(proposal=proposal)
    if row.transaction_id is None:
        _settle_by_list(row, lines, actor=actor, today=today)
    else:
        receipt = BankTransaction.objects.of(actor.administration_id).locked().get(pk=row.transaction_id)
        if receipt.left_cents < sum(cents for _, cents in lines):
            raise ProposalOutdated(proposal=proposal)
        booking = ToBook(receipt, row.debtor_id, receipt.left_cents, lines, row.match_class, tuple(row.evidence), given,
                         taken_off)  # fmt: skip
        owners = dict(asked.values_list("receivable_id", "receivable__debtor_id"))
        receipts.book(booking.per_debtor(owners), by=By.PERSON, actor=actor, today=today)
    row.state = "accepted"
    row.save(update_fields=["state"])
    if row.transaction_id is not None:
        proposals.withdraw([row.transaction_id], actor.administration_id)
        receipts.settle_states([row.transaction_id], actor=actor)
    events.write("proposal.accepted", actor=actor, today=today, debtor_id=row.debtor_id, proposal=proposal)


@transaction.atomic
def reject(*, proposal: str, actor: Actor, today: date) -> None:
    """Refuse a proposal; it is not made again.

    Raises:
        NoSuchProposal, ProposalDecided: there is nothing to reject.
    """
    actor.must(Deed.ALLOCATE)
    row = _undecided(proposal, actor)
    row.state = "rejected"
    row.save(update_fields=["state"])
    if row.transaction_id is not None:
        receipts.settle_states([row.transaction_id], actor=actor)
    events.write("proposal.rejected", actor=actor, today=today, debtor_id=row.debtor_id, proposal=proposal)


@transaction.atomic
def ask_again(*, proposal: str, actor: Actor, today: date) -> None:
    """Take a no back: the proposal waits again, as long as its receipt does. Twice does no harm.

    Raises:
        NoSuchProposal, ProposalDecided: there is nothing to take back.
        NothingLeft: the receipt was booked meanwhile.
    """
    actor.must(Deed.ALLOCATE)
    row = _held(proposal, actor)
    if row.state == "open":
        return
    if row.state != "rejected":
        raise ProposalDecided(proposal=proposal, state=row.state)
    if row.transaction is not None and row.transaction.state not in WAITS:
        raise NothingLeft(transaction=row.transaction.public_id)
    row.state = "open"
    row.save(update_fields=["state"])
    if row.transaction_id is not None:
        receipts.settle_states([row.transaction_id], actor=actor)
    events.write("proposal.asked_again", actor=actor, today=today, debtor_id=row.debtor_id, proposal=proposal)


@transaction.atomic
def allocate(*, receipt: str, invoice: str, amount: Money | None = None, actor: Actor, today: date) -> int:
    """Let a bank transaction pay an invoice, wholly or in part; return what was allocated, in cents.

    What was booked of it before as credit of the same customer is used first.

    Raises:
        NoSuchTransaction, NoSuchInvoice, OtherCurrencyThanPaid: the words are wrong.
        AmountNotPositive, CurrenciesDiffer, NothingLeft, MoreThanLeft, NothingOpen, MoreThanOpen: nor do the amounts.
    """
    actor.must(Deed.ALLOCATE)
    paid = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(paid)
    row = _locked(receipt, actor)
    if paid.currency != row.currency:
        raise OtherCurrencyThanPaid(invoice=paid.number, wanted=paid.currency, given=row.currency)
    if amount is not None:
        check_part(amount, paid)
    parts = ledger.open_parts(paid.pk, actor=actor)
    is_open = sum(part.open_cents for part in parts)
    earlier = list(
        Credit.objects.of(actor.administration_id)
        .filter(transaction=row, debtor=paid.debtor_id, open_cents__gt=0)
        .order_by("pk")
    )
    left = row.left_cents + sum(credit.open_cents for credit in earlier)
    wanted = min(is_open, left) if amount is None else amount.cents
    if not is_open:
        raise NothingOpen(what=paid.number)
    if left <= 0:
        raise NothingLeft(transaction=receipt)
    if wanted > left:
        raise MoreThanLeft(amount=Money(wanted, row.currency), transaction=receipt, left=Money(left, row.currency))
    if wanted > is_open:
        raise MoreThanOpen(amount=Money(wanted, row.currency), what=paid.number, open=Money(is_open, row.currency))
    rest = wanted
    for credit in earlier:
        rest -= ledger.settle(credit.pk, [paid.pk], by=By.PERSON, rule="by_hand", most=rest, actor=actor, today=today)
    if rest:
        shares, _ = spread(rest, (part.open_cents for part in ledger.open_parts(paid.pk, actor=actor)))
        lines = tuple(
            (part.pk, share)
            for part, share in zip(ledger.open_parts(paid.pk, actor=actor), shares, strict=True)
            if share
        )
        receipts.book([ToBook(row, paid.debtor_id, rest, lines, "by_hand")], by=By.PERSON, actor=actor, today=today)
    _drop_proposals(row, actor)
    events.write("receipt.allocated", actor=actor, today=today, debtor_id=paid.debtor_id, invoice_id=paid.pk,
                 invoice=paid.number, amount=str(Money(wanted, row.currency)))  # fmt: skip
    lowering.lower([paid.debtor_id], actor=actor, today=today)
    return wanted


@transaction.atomic
def leave_as_credit(*, receipt: str, debtor: str, amount: Money | None = None, actor: Actor, today: date) -> int:
    """Book what is left of a bank transaction as credit of a customer; return how much, in cents.

    Raises:
        NoSuchTransaction, NoSuchDebtor, NothingLeft, MoreThanLeft: it does not fit.
        AmountNotPositive, CurrenciesDiffer: nor does the amount.
    """
    actor.must(Deed.ALLOCATE)
    owner = Debtor.objects.of(actor.administration_id).locked().get(pk=debtors.find(debtor, actor=actor).pk)
    row = _locked(receipt, actor)
    if amount is not None and amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    if amount is not None and amount.currency != row.currency:
        raise CurrenciesDiffer(one=row.currency, other=amount.currency)
    if row.left_cents <= 0:
        raise NothingLeft(transaction=receipt)
    cents = row.left_cents if amount is None else amount.cents
    if cents > row.left_cents:
        left = Money(row.left_cents, row.currency)
        raise MoreThanLeft(amount=Money(cents, row.currency), transaction=receipt, left=left)
    receipts.book([ToBook(row, owner.pk, cents, (), "by_hand")], by=By.PERSON, actor=actor, today=today)
    _drop_proposals(row, actor)
    events.write("receipt.left_as_credit", actor=actor, today=today, debtor_id=owner.pk,
                 amount=str(Money(cents, row.currency)))  # fmt: skip
    return cents


@transaction.atomic
def set_aside(*, receipt: str, actor: Actor, today: date) -> None:
    """Say that a bank transaction is not from a customer: it is not asked about again.

    Raises:
        NoSuchTransaction, NothingLeft: there is nothing to set aside.
    """
    actor.must(Deed.ALLOCATE)
    row = _locked(receipt, actor)
    if row.left_cents != row.amount_cents:
        raise NothingLeft(transaction=receipt)
    row.state = ReceiptState.IGNORED.value
    row.save(update_fields=["state"])
    proposals.withdraw([row.pk], actor.administration_id)
    events.write("receipt.set_aside", actor=actor, today=today, receipt=receipt)


@transaction.atomic
def take_back(*, receipt: str, actor: Actor, today: date) -> int:
    """Take back all that became of a bank transaction; return how much was booked of it, in cents.

    What it paid is open again, and it waits for a person: it is proposed anew, and not booked by itself any more.

    Raises:
        NoSuchTransaction, NothingBooked: there is nothing to take back.
    """
    actor.must(Deed.ALLOCATE)
    books = actor.administration_id
    of_it = Credit.objects.of(books).filter(transaction__public_id=receipt)
    list(Debtor.objects.of(books).locked().filter(pk__in=of_it.values("debtor")).values_list("pk"))
    row = _locked(receipt, actor)
    ledger.lock_numbers(actor)  # what is booked of it stays as it is read here
    was_aside = row.state == ReceiptState.IGNORED.value
    owners = dict(of_it.values_list("pk", "debtor_id"))
    if not receipts.is_booked(owners, actor=actor) and not was_aside:
        raise NothingBooked(transaction=receipt)
    cents = receipts.counter(owners, actor=actor, today=today)
    row.state = ReceiptState.UNMATCHED.value
    row.save(update_fields=["state"])
    receipts.settle_states([row.pk], actor=actor)
    matching.propose_again(row.pk, actor=actor, today=today)
    events.write(
        "receipt.taken_back", actor=actor, today=today, receipt=receipt, amount=str(Money(cents, row.currency))
    )
    return cents


def _undecided(proposal: str, actor: Actor) -> Proposal:
    """Find a proposal that is still open, with its debtor locked."""
    row = _held(proposal, actor)
    if row.state != "open":
        raise ProposalDecided(proposal=proposal, state=row.state)
    return row


def _held(proposal: str, actor: Actor) -> Proposal:
    """Find a proposal, with its debtors locked: of all whose items it pays, in one order."""
    books = Proposal.objects.of(actor.administration_id)
    row = books.filter(public_id=proposal).first()
    if row is None:
        raise NoSuchProposal(proposal=proposal)
    lines = ProposalLine.objects.of(actor.administration_id).filter(proposal=row)
    whose = {row.debtor_id, *lines.values_list("receivable__debtor_id", flat=True)}
    list(Debtor.objects.of(actor.administration_id).locked().filter(pk__in=whose).values_list("pk"))
    row.refresh_from_db()
    return row


def _locked(receipt: str, actor: Actor) -> BankTransaction:
    row = BankTransaction.objects.of(actor.administration_id).locked().filter(public_id=receipt).first()
    if row is None:
        raise NoSuchTransaction(transaction=receipt)
    return row


def _drop_proposals(row: BankTransaction, actor: Actor) -> None:
    proposals.withdraw([row.pk], actor.administration_id)
    receipts.settle_states([row.pk], actor=actor)


def _settle_by_list(row: Proposal, lines: tuple[tuple[int, int], ...], *, actor: Actor, today: date) -> None:
    """Book what the bookkeeping has settled; the bank line that comes later is linked to it, not booked again."""
    books = actor.administration_id
    told_on = Import.objects.of(books).filter(document=row.document_id).values_list("imported_on", flat=True).first()
    for receivable in Receivable.objects.of(books).filter(pk__in=dict(lines)).select_related("invoice"):
        cents = dict(lines)[receivable.pk]
        day = told_on or today
        credit = Credit.objects.of(books).create(
            administration_id=books, debtor_id=row.debtor_id, currency=receivable.currency, value_date=day,
            open_cents=0,
        )  # fmt: skip
        source = f"list-settled:{receivable.invoice.number}/{receivable.instalment}"
        nth = Entry.objects.of(books).filter(source__startswith=f"{source}:").count() + 1
        ledger.post(
            entries=[
                NewEntry(
                    debtor_id=row.debtor_id, kind=EntryKind.RECEIVED, currency=receivable.currency,
                    amount_cents=-cents, value_date=day, source=f"{source}:{nth}", credit_id=credit.pk,
                )
            ],
            allocations=[
                NewAllocation(
                    debtor_id=row.debtor_id, credit_id=credit.pk, receivable_id=receivable.pk,
                    currency=receivable.currency, amount_cents=cents, value_date=day, by=By.PERSON,
                    rule=SETTLED_BY_LIST,
                )
            ],
            actor=actor, today=today,
        )  # fmt: skip
    lowering.lower([row.debtor_id], actor=actor, today=today)

"""The verbs on refunds: say that credit was paid back, and by which bank line where it is known; take that back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Credit, Entry
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import entries, events, ledger, receipts
from voldaan.usecases.allocations import NoSuchCredit, NothingOpen
from voldaan.usecases.ledger import NewEntry
from voldaan.usecases.receipts_by_hand import NoSuchTransaction


class OtherPayment(Refusal):
    code = "other_payment"
    kind = Kind.CONFLICT
    says = mark(
        "Bank transaction {transaction} pays out {paid}, and {open} of booking {number} is open. "
        "`voldaan report credits` shows what fits."
    )


class RefundedAlready(Refusal):
    code = "refunded_already"
    kind = Kind.CONFLICT
    says = mark("Bank transaction {transaction} paid something back already, by booking {by}.")


class CreditChanged(Refusal):
    code = "credit_changed"
    kind = Kind.CONFLICT
    says = mark(
        "Meanwhile {open} is left of this credit, and no longer {was}. Look whether that is what was paid back."
    )


class NotPaidBackThen(Refusal):
    code = "not_paid_back_then"
    kind = Kind.INVALID
    says = mark("Credit of {since} was not paid back on {paid_on}. Choose a day from then on, up to today.")


class NotPaidBack(Refusal):
    code = "not_paid_back"
    kind = Kind.CONFLICT
    says = mark("Nothing of the credit of booking {number} stands as paid back. Look at the account of the customer.")


@transaction.atomic
def pay_back(*, credit_number: int, bank_line: str = "", paid_on: date | None = None, was_open: Money | None = None,
             actor: Actor, today: date) -> int:  # fmt: skip
    """Say that what is open of the credit that booking `credit_number` made was paid back; return how much, in cents.

    `bank_line` is the bank transaction (id) by which it left: it counts on its day, and for one credit only. Without
    one it counts on `paid_on`, or today. Who says what `was_open` is refused once that has changed.

    Raises:
        NoSuchCredit, NothingOpen, CreditChanged: there is nothing to pay back, or another amount.
        NoSuchTransaction, OtherPayment, RefundedAlready: the bank line is another.
        NotPaidBackThen: the day cannot be.
    """
    actor.must(Deed.RECORD_PAYMENT)
    books = actor.administration_id
    made_by = Entry.objects.of(books).filter(number=credit_number).select_related("credit").first()
    if made_by is None or made_by.credit is None:
        raise NoSuchCredit(number=credit_number)
    owner = made_by.credit.debtor_id
    Debtor.objects.of(books).locked().get(pk=owner)
    credit = Credit.objects.of(books).get(pk=made_by.credit.pk)
    is_open = Money(credit.open_cents, credit.currency)
    if not is_open.cents:
        raise NothingOpen(what=f"#{credit_number}")
    if was_open is not None and was_open != is_open:
        raise CreditChanged(open=is_open, was=was_open)
    day, name = paid_on or today, f"#{credit_number}"
    if paid_on and not credit.value_date <= paid_on <= today:
        raise NotPaidBackThen(since=credit.value_date, paid_on=paid_on)
    if bank_line:
        row = BankTransaction.objects.of(books).locked().filter(public_id=bank_line).first()
        if row is None:
            raise NoSuchTransaction(transaction=bank_line)
        paid = Money(-row.amount_cents, row.currency)
        if paid != is_open:
            raise OtherPayment(transaction=bank_line, paid=paid, open=is_open, number=credit_number)
        day, name = max(row.value_date, credit.value_date), bank_line
    earlier = Entry.objects.of(books).filter(source__startswith=f"refund:{name}/")
    taken_back = Entry.objects.of(books).filter(reverses__in=earlier).values("reverses")
    if bank_line and (by := earlier.exclude(pk__in=taken_back).first()):
        raise RefundedAlready(transaction=bank_line, by=by.number)
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=owner, kind=EntryKind.REFUNDED, currency=credit.currency, amount_cents=is_open.cents,
                value_date=day, source=f"refund:{name}/{earlier.count() + 1}", credit_id=credit.pk,
            )
        ],
        actor=actor, today=today,
    )  # fmt: skip
    events.write("credit.paid_back", actor=actor, today=today, debtor_id=owner, amount=str(is_open))
    return is_open.cents


@transaction.atomic
def take_back(*, credit_number: int, reason: str, actor: Actor, today: date) -> int:
    """Take back that the credit that booking `credit_number` made was paid back; return the counter-booking.

    Raises:
        ReasonMissing: nobody would know why.
        NoSuchCredit, NotPaidBack: there is nothing to take back.
    """
    actor.must(Deed.WRITE_OFF)
    books = actor.administration_id
    made_by = Entry.objects.of(books).filter(number=credit_number).select_related("credit").first()
    if made_by is None or made_by.credit is None:
        raise NoSuchCredit(number=credit_number)
    last = receipts.refunds_of([made_by.credit.pk], books).order_by("number").last()
    if last is None:
        raise NotPaidBack(number=credit_number)
    return entries.reverse(number=last.number, reason=reason, actor=actor, today=today)

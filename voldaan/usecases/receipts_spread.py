"""The verb that spreads one receipt over invoices as a person says, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules.ledger import By
from voldaan.rules.money import Money, spread
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import debtors, events, invoices, proposals, receipts
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen, check_part
from voldaan.usecases.receipts import ToBook
from voldaan.usecases.receipts_by_hand import MoreThanLeft, NoSuchTransaction, NothingLeft, OtherCurrencyThanPaid
from voldaan.usecases.receipts_together import TooMany

MOST = 200  # invoices


class NothingChosen(Refusal):
    code = "nothing_chosen"
    kind = Kind.INVALID
    says = mark("Choose at least one invoice that this receipt pays.")


class LeftChanged(Refusal):
    code = "left_changed"
    kind = Kind.CONFLICT
    says = mark("Meanwhile {left} is left of bank transaction {transaction}, and no longer {was}. Look again.")


@transaction.atomic
def spread_over(*, receipt: str, parts: Sequence[tuple[str, Money]], rest_to: str = "",
                was_left_cents: int | None = None, actor: Actor, today: date) -> int:  # fmt: skip
    """Let a receipt pay invoices (number or public id), each so much; give what is left of it, in cents.

    What is left waits, or with `rest_to` (a customer) stands as his credit. Who says what was left of it when he
    decided is refused once that has changed: the same press twice counts once.

    Raises:
        LeftChanged: another amount is left by now.
        NothingChosen, TooMany, NoSuchTransaction, NoSuchInvoice, NoSuchDebtor, OtherCurrencyThanPaid: the words are
            wrong.
        AmountNotPositive, CurrenciesDiffer, NothingLeft, MoreThanLeft, NothingOpen, MoreThanOpen: nor do the amounts.
    """
    actor.must(Deed.ALLOCATE)
    books = actor.administration_id
    if not parts:
        raise NothingChosen
    if len(parts) > MOST:
        raise TooMany(count=len(parts), most=MOST)
    paid = [(invoices.find(named, actor=actor), amount) for named, amount in parts]
    heir = debtors.find(rest_to, actor=actor).pk if rest_to else None
    owners = {invoice.debtor_id for invoice, _ in paid} | (set() if heir is None else {heir})
    list(Debtor.objects.of(books).locked().filter(pk__in=owners).values_list("pk"))
    row = BankTransaction.objects.of(books).locked().filter(public_id=receipt).first()
    if row is None:
        raise NoSuchTransaction(transaction=receipt)
    if row.left_cents <= 0:
        raise NothingLeft(transaction=receipt)
    if was_left_cents not in (None, row.left_cents):
        left, was = (Money(cents, row.currency) for cents in (row.left_cents, was_left_cents))
        raise LeftChanged(left=left, transaction=receipt, was=was)
    asked = _asked(paid, row)
    wanted = sum(asked.values())
    if wanted > row.left_cents:
        raise MoreThanLeft(amount=Money(wanted, row.currency), transaction=receipt,
                           left=Money(row.left_cents, row.currency))  # fmt: skip
    lines, sums = _lines(asked, row, books)
    rest = row.left_cents - wanted
    if heir is not None and rest:
        sums[heir] += rest
    receipts.book(
        [ToBook(row, owner, cents, tuple(lines[owner]), "by_hand") for owner, cents in sorted(sums.items())],
        by=By.PERSON, actor=actor, today=today,
    )  # fmt: skip
    proposals.withdraw([row.pk], books)
    receipts.settle_states([row.pk], actor=actor)
    events.write("receipt.spread", actor=actor, today=today, receipt=receipt, count=len(asked),
                 amount=str(Money(wanted, row.currency)))  # fmt: skip
    return 0 if heir is not None else rest


def _asked(paid: Sequence[tuple[Invoice, Money]], row: BankTransaction) -> dict[int, int]:
    """Give how much each invoice is paid; one that is named twice is paid both."""
    asked: dict[int, int] = defaultdict(int)
    for invoice, amount in paid:
        if invoice.currency != row.currency:
            raise OtherCurrencyThanPaid(invoice=invoice.number, wanted=invoice.currency, given=row.currency)
        check_part(amount, invoice)
        asked[invoice.pk] += amount.cents
    return asked


def _lines(asked: dict[int, int], row: BankTransaction,
           books: int) -> tuple[dict[int, list[tuple[int, int]]], dict[int, int]]:  # fmt: skip
    """Give what is paid on each receivable, and how much in all, by customer: the instalment due first comes first."""
    there = Receivable.objects.of(books).filter(invoice__in=list(asked)).still_open()
    parts: dict[int, list[Receivable]] = defaultdict(list)
    for part in there.select_related("invoice").order_by("due_date", "instalment"):
        parts[part.invoice_id].append(part)
    numbers = dict(Invoice.objects.of(books).filter(pk__in=list(asked)).values_list("pk", "number"))
    lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
    sums: dict[int, int] = defaultdict(int)
    for invoice, cents in asked.items():
        shares, over = spread(cents, (part.open_cents for part in parts[invoice]))
        if not parts[invoice]:
            raise NothingOpen(what=numbers[invoice])
        if over:
            is_open = Money(cents - over, row.currency)
            raise MoreThanOpen(amount=Money(cents, row.currency), what=numbers[invoice], open=is_open)
        for part, share in zip(parts[invoice], shares, strict=True):
            if share:
                lines[part.debtor_id].append((part.pk, share))
                sums[part.debtor_id] += share
    return lines, sums

"""Which receipts look like one of some days before: part of the matching, never a verb itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.db.models import F, Q, QuerySet

from voldaan.records.bank import BankTransaction
from voldaan.records.bulk import Keys, Words
from voldaan.records.receivables import Credit
from voldaan.rules.paid_twice import DAYS_APART, Paid, before
from voldaan.rules.receipts import ReceiptState
from voldaan.usecases.receipts import Movement

FACTS = ("counterparty_iban", "amount_cents", "text", "structured_reference", "booking_date")  # of `Paid`


class Repeats:
    """The payments from the accounts of some receipts, to hold each receipt against those before it."""

    def __init__(self, rows: Sequence[Movement], books: int) -> None:
        self.by_payer: dict[tuple[str, int], dict[int, Paid]] = defaultdict(dict)
        payers = {(row.counterparty_iban, row.amount_cents) for row in rows if row.counterparty_iban}
        if payers:
            for pk, *facts in _near(rows, books).values_list("pk", *FACTS):
                one = Paid(*facts)
                if (one.iban, one.cents) in payers:
                    self.by_payer[one.iban, one.cents][pk] = one
        self._owned(books)

    def _owned(self, books: int) -> None:
        """Note to whom each of those that look alike was booked."""
        several = {pk: payer for payer, them in self.by_payer.items() if len(them) > 1 for pk in them}
        booked = Credit.objects.of(books).filter(transaction__in=Keys(several))
        taken_back = Q(transaction__left_cents=F("transaction__amount_cents"))
        owners = booked.exclude(taken_back).values_list("transaction", "debtor_id")
        for pk, debtor in owners:
            if pk is not None:
                them = self.by_payer[several[pk]]
                them[pk] = replace(them[pk], debtor_id=debtor)

    def before(self, row: Movement) -> Paid | None:
        """Find the earlier payment that this one looks like."""
        them = self.by_payer.get((row.counterparty_iban, row.amount_cents), {})
        if len(them) < 2:
            return None
        return before(paid(row), [one for pk, one in them.items() if (one.on, pk) < (row.booking_date, row.pk)])

    def booked(self, row: Movement, debtor: int) -> None:
        """Note that a receipt is booked now."""
        them = self.by_payer.get((row.counterparty_iban, row.amount_cents), {})
        if row.pk in them:
            them[row.pk] = replace(them[row.pk], debtor_id=debtor)


def paid(row: Movement) -> Paid:
    """Give what makes a receipt like another."""
    return Paid(row.counterparty_iban, row.amount_cents, row.text, row.structured_reference, row.booking_date)


def _near(rows: Sequence[Movement], books: int) -> QuerySet[BankTransaction]:
    """Find what came in on the same accounts some days before, by the index that keeps a movement from coming twice."""
    days = [row.booking_date for row in rows]
    return (
        BankTransaction.objects.of(books)
        .filter(
            account__in={row.account for row in rows}, currency__in={row.currency for row in rows},
            booking_date__range=(min(days) - timedelta(days=DAYS_APART), max(days)),
            amount_cents__in=Keys({row.amount_cents for row in rows}),
            counterparty_iban__in=Words({row.counterparty_iban for row in rows} - {""}),
        )
        .exclude(state=ReceiptState.IGNORED.value)
    )  # fmt: skip

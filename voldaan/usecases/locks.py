"""What an import locks before it moves anything: part of the verb `files.bring_in`."""

from __future__ import annotations

from django.db import connection

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.rules.permissions import Actor
from voldaan.usecases import ledger, matching


def lock_books(actor: Actor) -> None:
    """Lock everything that an import may move, in the order of all verbs: debtors, receipts that wait, booking numbers.

    What is open is looked up for all at once, so nothing may be paid or decided by others until it is booked.
    """
    if connection.features.has_select_for_update:  # else there is one writer anyhow
        books = actor.administration_id
        list(Debtor.objects.of(books).locked().values_list("pk"))
        list(BankTransaction.objects.of(books).filter(state__in=matching.WAITING).select_for_update().order_by("pk")
             .values_list("pk"))  # fmt: skip
    ledger.lock_numbers(actor)

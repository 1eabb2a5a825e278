"""Charges: the interest and the costs that a message announces, or formally claims; frozen when it is decided.

What was claimed becomes a receivable of its own once the message has left. So of every receivable and every notice it
can be said how much of it was claimed already, and only what is more is ever claimed again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import models
from django.db.models import Q

from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.bulk import Keys
from voldaan.records.fields import CentsField
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books
from voldaan.rules.imputation import FormalClaim
from voldaan.rules.outbox import ActionState, MessageState

# Of a claim: its message left, and counts. What it claims stands, booked or still to be.
STANDS = Q(
    is_announced=False, message__state=MessageState.SENT.value, message__is_trial=False,
    message__returned_on__isnull=True,
)  # fmt: skip


class Charge(models.Model):
    """One amount of interest or costs in one message."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # interest, costs: of `ReceivableKind` in rules/ledger.py
    is_announced = models.BooleanField()  # asked only after the term of the message; else claimed by it
    # Of interest: what it runs on. Of claimed costs: the notice that announced them.
    principal = models.ForeignKey(Receivable, models.PROTECT, null=True, related_name="+")
    notice = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    cents = CentsField()
    since = models.DateField(null=True)  # of interest: its first day
    through = models.DateField(null=True)  # of interest: its last day
    booked_as = models.OneToOneField(Receivable, models.PROTECT, null=True, related_name="+")  # what it became

    objects = Books["Charge"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="interest", principal__isnull=False, notice__isnull=True)
                | Q(kind="costs", principal__isnull=True, notice__isnull=True, is_announced=True)
                | Q(kind="costs", principal__isnull=True, notice__isnull=False, is_announced=False),
                name="charge_of_a_principal_or_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(is_announced=False) | Q(booked_as__isnull=True), name="charge_announced_is_not_booked"
            ),
            models.UniqueConstraint(
                fields=["administration", "message", "principal"], condition=Q(kind="interest"),
                name="charge_interest_once",
            ),
            models.UniqueConstraint(
                fields=["administration", "message", "notice"], condition=Q(kind="costs", is_announced=False),
                name="charge_costs_once",
            ),
        ]  # fmt: skip


def claims_to_pay(books: int, debtors: Collection[int]) -> list[FormalClaim]:
    """Give the formal claims that money pays before the invoices: none where the books say principal first."""
    principal_first = Administration.objects.values_list("principal_first", flat=True).get(pk=books)
    return [] if principal_first else formal_claims(books, debtors)


def is_claimed(books: int) -> bool:
    """Tell whether anything that was formally claimed from anybody is still open, and money pays that first."""
    principal_first = Administration.objects.values_list("principal_first", flat=True).get(pk=books)
    return not principal_first and Charge.objects.of(books).filter(booked_as__open_cents__gt=0).exists()


def formal_claims(books: int, debtors: Collection[int]) -> list[FormalClaim]:
    """Give what is open of the interest and costs that were claimed from these debtors, the oldest first."""
    rows = Charge.objects.of(books).filter(booked_as__debtor__in=Keys(debtors), booked_as__open_cents__gt=0)
    columns = ("booked_as_id", "booked_as__open_cents", "principal_id", "notice_id", "booked_as__invoice__issue_date")
    found = list(rows.order_by("pk").values_list(*columns))
    lines: dict[int, set[int]] = defaultdict(set)
    if notices := {notice for _, _, _, notice, _ in found if notice}:
        actions = Action.objects.of(books).filter(message__in=notices, state=ActionState.TAKEN.value)
        for notice, receivable in actions.values_list("message_id", "receivable_id"):
            lines[notice].add(receivable)
    return [
        FormalClaim(receivable, cents, principal is None, frozenset({principal} if principal else lines[notice]), day)
        for receivable, cents, principal, notice, day in found
    ]

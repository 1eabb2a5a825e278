"""The outbox: every message that was decided on, what became of it, and the exact content that left."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.invoices import Invoice
from voldaan.records.scope import Books
from voldaan.rules.outbox import FORGOTTEN, MessageState

OF_A_STRATEGY = Q(copy_of__isnull=True, statement_since__isnull=True)  # and not asked for by a person


class Message(models.Model):
    """One message to one debtor about items of one currency.

    Of a strategy: its lines are the actions that name it. Or asked for by a person, beside every strategy: a copy of an
    invoice, or a statement of account.
    """

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    step = models.CharField(
        max_length=40
    )  # the highest of its lines; of what was asked for: of `Asked` in rules/outbox.py
    copy_of = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+", db_index=False)
    statement_since = models.DateField(null=True)  # the first day whose bookings the statement tells
    channel = models.CharField(max_length=8)  # of `Channel` in rules/outbox.py
    recipient = models.CharField(max_length=254, blank=True)  # the address it goes to; empty for a letter
    language = models.CharField(max_length=2)
    term_days = models.PositiveSmallIntegerField()  # the new pay-by date: so many days after it leaves
    total_cents = CentsField()  # what is open of its lines, less the credit
    credit_cents = CentsField(default=0)
    is_automatic = models.BooleanField()  # goes by itself: an automatic step, and nothing to look at first
    warnings = models.JSONField(default=list)  # of `Caution` in rules/outbox.py: a person looks at it by itself
    decided_on = models.DateField()
    state = models.CharField(max_length=10)  # of `MessageState` in rules/outbox.py
    content_hash = models.CharField(
        max_length=64, blank=True, db_default=""
    )  # what was released; what leaves must have the same
    released_on = models.DateField(null=True)
    released_by = models.BigIntegerField(null=True)  # the person; null: an automatic step, or the command line
    attempts = models.PositiveSmallIntegerField(db_default=0)
    retry_at = models.DateTimeField(null=True)  # refused for now: not before this moment
    claimed_at = models.DateTimeField(null=True)  # by the clock of the books
    lease_until = models.DateTimeField(null=True)  # by the clock of the machine: then its sender is taken for dead
    claim = models.CharField(max_length=12, blank=True, db_default="")  # whose claim it is
    is_trial = models.BooleanField(
        db_default=False
    )  # it went to the sender's own address: the ladder does not count it
    subject = models.CharField(max_length=300, blank=True, db_default="")  # as it left
    final_date = models.DateField(null=True)  # as it left
    content = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+", db_index=False)  # as it left
    sent_at = models.DateTimeField(null=True)
    sent_on = models.DateField(null=True)  # the day of `sent_at` in the zone of the administration
    # Of a notice that the law knows: from this day on what it announced may be asked; null: not, or not yet.
    lapses_on = models.DateField(null=True)
    received_on = models.DateField(null=True)  # where somebody can prove that it arrived
    returned_on = models.DateField(null=True)  # it came back, or was withdrawn: it counts as never received
    delivery_words = models.CharField(max_length=300, blank=True, db_default="")  # what proves either
    said = models.CharField(max_length=300, blank=True, db_default="")  # the last words of the mail server
    why = models.CharField(max_length=40, blank=True, db_default="")  # why it waits, came back or was withdrawn

    objects = Books["Message"]()

    class Meta:
        constraints = [
            # One message a day for a customer and a currency, however often and wherever the run is made. What a person
            # asks for comes beside it.
            models.UniqueConstraint(
                fields=["administration", "debtor", "currency", "decided_on"],
                condition=~Q(state__in=[state.value for state in FORGOTTEN]) & OF_A_STRATEGY,
                name="message_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(copy_of__isnull=True) | Q(statement_since__isnull=True), name="message_asked_one_thing"
            ),
        ]
        indexes = [
            models.Index(
                fields=["administration", "state"],
                condition=~Q(state__in=[MessageState.SENT.value, MessageState.WITHDRAWN.value]),
                name="message_unfinished",
            ),
            models.Index(fields=["administration", "sent_on", "debtor"], name="message_sent"),
        ]

    @property
    def was_asked(self) -> bool:
        """Tell whether a person asked for it, beside every strategy."""
        return self.copy_of_id is not None or self.statement_since is not None

    @property
    def header_id(self) -> str:
        """Give the Message-ID of the mail, without its brackets: the same at every try."""
        return f"{self.public_id}.{self.administration_id}@voldaan.invalid"


class WordingText(models.Model):
    """The words of a step in a language, as somebody wrote them here: the newest version counts, none is changed.

    A version without words says that the text that comes with Voldaan is used again.
    """

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    step = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    made_on = models.DateField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    closing = models.TextField()

    objects = Books["WordingText"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "step", "language", "number"], name="wording_once"),
        ]

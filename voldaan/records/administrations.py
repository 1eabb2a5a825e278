"""Administration: one company's books. Everything else in the records belongs to one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.fields import CentsField, PublicIdField, SecretField
from voldaan.records.scope import Books
from voldaan.rules.outbox import Live


class Administration(models.Model):
    """One creditor's books: who it is, which country's rules, which terms."""

    public_id = PublicIdField()
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2)
    time_zone = models.CharField(max_length=60)
    payment_term_days = models.PositiveSmallIntegerField()
    strategy = models.CharField(max_length=40)  # code of the strategy that its items follow
    # That consumers follow; empty: the one that the law of their country asks for, where we know it.
    consumer_strategy = models.CharField(max_length=40, blank=True)
    principal_first = models.BooleanField(default=False)  # money pays an invoice before what was claimed on it
    bank_freshness_days = models.PositiveSmallIntegerField(null=True, default=3)  # null: the gate is switched off
    # Of `Sells` in rules/limitation.py: it decides how soon a claim lapses; empty: not said, and the shortest counts.
    sells = models.CharField(max_length=10, blank=True)
    vat_filing = models.CharField(max_length=8, default="quarter")  # of `Filing` in rules/bad_debt_vat.py, in small
    closed_until = models.DateField(null=True)  # nothing is booked on or before this day any more
    street = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    registration_number = models.CharField(max_length=20, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    sender = models.CharField(max_length=254, blank=True)  # the address that mail comes from
    smtp = SecretField(blank=True)  # where mail leaves, as a URL
    live = models.CharField(max_length=4, default=Live.OFF.value)
    is_demo = models.BooleanField(default=False)  # invented books: nothing of them ever leaves this machine
    sending_held = models.CharField(max_length=10, blank=True)  # why nothing is sent: of `HeldSending`; empty: it is
    claim_lease_seconds = models.PositiveIntegerField(default=600)
    capital_rate = models.PositiveSmallIntegerField(default=800)  # what money costs: hundredths of a percent a year
    match_tolerance = CentsField(default=5, db_default=5)  # so many cents short, a payment settles all the same
    matching_precision = models.CharField(max_length=8, default="99.99", db_default="99.99")  # of `Wanted` in rules
    # So many cents that are left after a payment, whoever handles receipts gives up without a reason; 0: none.
    rest_limit = CentsField(default=100, db_default=100)
    write_off_limit = CentsField(null=True)  # cents of one invoice; above it, only an owner; null: no limit
    # By which codes the bookkeeping package knows where a payment belongs; empty: the usual one of that package.
    ledger_journal = models.CharField(max_length=20, blank=True, default="", db_default="")
    ledger_office = models.CharField(max_length=20, blank=True, default="", db_default="")
    ledger_debtors = models.CharField(max_length=20, blank=True, default="", db_default="")
    ledger_receipts = models.CharField(max_length=20, blank=True, default="", db_default="")
    ledger_discounts = models.CharField(max_length=20, blank=True, default="", db_default="")
    ledger_differences = models.CharField(max_length=20, blank=True, default="", db_default="")
    large_run = models.PositiveIntegerField(default=250)  # above so many messages at once, the number is typed

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(payment_term_days__lte=365), name="administration_term_at_most_a_year"),
        ]


class Head(models.Model):
    """The last booking number and the last event of an administration: the row that every verb locks last.

    A database sequence commits out of order; numbers taken from a locked row do not.
    """

    administration = models.OneToOneField(Administration, models.PROTECT, primary_key=True, related_name="+")
    booking_number = models.BigIntegerField(default=0)
    event_number = models.BigIntegerField(default=0)
    event_hash = models.CharField(max_length=64, default="")

    objects = Books["Head"]()


class OwnAccount(models.Model):
    """A bank account on which the administration is paid."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    iban = models.CharField(max_length=34)
    position = models.PositiveSmallIntegerField(default=0)  # the first is the one that customers are asked to pay to
    # For wage tax and VAT only (G-rekening, in chains of work): what is on it is not free money.
    is_blocked = models.BooleanField(default=False, db_default=False)

    objects = Books["OwnAccount"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "iban"], name="own_account_once")]
        ordering = ["position", "id"]

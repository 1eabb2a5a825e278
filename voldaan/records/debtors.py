"""Debtors (the screens say klant): who owes, how to reach them, under which name they are found."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Case, Q, When

from voldaan.records.administrations import Administration
from voldaan.records.fields import PublicIdField
from voldaan.records.scope import Books
from voldaan.rules.contacts import REACHED, ContactRole


class DebtorWords(models.QuerySet["Debtor"]):
    def locked(self) -> Self:
        """Lock these rows, in one order for everyone: a verb that moves money locks the debtor first.

        Not their keys: whoever adds a row that names a debtor need not wait for it.
        """
        return self.select_for_update(no_key=True).order_by("pk")

    def real(self) -> Self:
        """Leave out doubles that were merged into another."""
        return self.filter(merged_into__isnull=True)


class DebtorBooks(Books["Debtor"]):
    def of(self, administration_id: int) -> DebtorWords:
        """Begin a query in the books of one administration."""
        return DebtorWords(self.model, using=self._db).filter(administration_id=administration_id)


class Debtor(models.Model):
    """One customer of one administration."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True)  # in the bookkeeping it came from; empty where it has none
    name = models.CharField(max_length=300)
    name_search = models.CharField(max_length=300)  # without capitals and accents, so that both engines find alike
    kind = models.CharField(max_length=12, blank=True)  # of `DebtorKind` in rules/law.py; empty: not known
    is_spared = models.BooleanField(default=False)  # no interest and no costs are ever asked of it
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2)
    street = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    registration_number = models.CharField(max_length=20, blank=True)
    payment_term_days = models.PositiveSmallIntegerField(null=True)  # null: the term of the administration
    strategy = models.CharField(max_length=40, blank=True)  # empty: that of the administration
    # It was a double of this one, and nothing is of it any more; its name and number lead there.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    edited = models.JSONField(default=list)  # fields that a person set here: no import overwrites them

    objects = DebtorBooks()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "number"], condition=~Q(number=""), name="debtor_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["administration", "name_search"]),
            # Of the few that were merged: next to all the others, no database expects to find one by its own index.
            models.Index(
                fields=["administration", "merged_into"], condition=Q(merged_into__isnull=False), name="debtor_merged"
            ),
        ]


class Contact(models.Model):
    """A person or mailbox at a debtor, and what it is for."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)  # of `ContactRole` in rules/contacts.py
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    refused_on = models.DateField(null=True)  # a mail server refused this address for good: it is not used any more

    objects = Books["Contact"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "debtor", "role"], name="contact_once_per_role")
        ]


def reached(books: int, *, first: ContactRole) -> models.QuerySet[Contact]:
    """Give the contacts that are written to and called by themselves, those of the role `first` before the others."""
    contacts = Contact.objects.of(books).filter(role__in=[role.value for role in REACHED])
    return contacts.order_by(Case(When(role=first.value, then=0), default=1))


class PayerAlias(models.Model):
    """A bank account known to pay for this debtor, and how often it was seen to."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    iban = models.CharField(max_length=34)
    seen = models.PositiveIntegerField(default=0)  # payments booked from it
    is_told = models.BooleanField(default=False)  # by a list or a person, so known whatever was paid
    last_seen_on = models.DateField(null=True)  # the value date of the last of them

    objects = Books["PayerAlias"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "iban", "debtor"], name="payer_alias_once"),
        ]

"""Verbs on the people and mailboxes at a customer: whom to turn to for what."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Contact, Debtor
from voldaan.rules import names, references
from voldaan.rules.contacts import ContactRole
from voldaan.rules.letters import one_line
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import debtors, events
from voldaan.usecases.administrations import NotAnEmail

LONGEST_NAME, LONGEST_PHONE = 200, 40


class NobodyNamed(Refusal):
    code = "nobody_named"
    kind = Kind.INVALID
    says = mark("A contact has a name, an e-mail address or a telephone number. To take one away, remove it.")


@transaction.atomic
def write(*, debtor: str, role: ContactRole, name: str = "", email: str = "", phone: str = "", actor: Actor,
          today: date) -> None:  # fmt: skip
    """Write down whom to turn to for something; what is set here, a later list leaves alone.

    Raises:
        NoSuchDebtor, NobodyNamed, NotAnEmail, TooLong: the words are wrong.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    name, phone = one_line(name), one_line(phone)
    names.fitting(name, LONGEST_NAME)
    names.fitting(phone, LONGEST_PHONE)
    address = references.email(email) if email.strip() else ""
    if address is None:
        raise NotAnEmail(email=email)
    if not (name or address or phone):
        raise NobodyNamed
    row = _locked(debtor, actor)
    mine = Contact.objects.of(row.administration_id).filter(debtor=row, role=role.value).first() or Contact(
        administration_id=row.administration_id, debtor=row, role=role.value
    )
    if mine.email != address:
        mine.refused_on = None
    mine.name, mine.email, mine.phone = name, address, phone
    mine.save()
    _by_a_person(row, role)
    events.write("contact.written", actor=actor, today=today, debtor_id=row.pk, contact=role.value)


@transaction.atomic
def remove(*, debtor: str, role: ContactRole, actor: Actor, today: date) -> None:
    """Take a contact away; twice does no harm.

    Raises:
        NoSuchDebtor: there is no such customer.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    row = _locked(debtor, actor)
    gone, _ = Contact.objects.of(row.administration_id).filter(debtor=row, role=role.value).delete()
    if not gone:
        return
    _by_a_person(row, role)
    events.write("contact.removed", actor=actor, today=today, debtor_id=row.pk, contact=role.value)


def _locked(debtor: str, actor: Actor) -> Debtor:
    return Debtor.objects.of(actor.administration_id).locked().get(pk=debtors.find(debtor, actor=actor).pk)


def _by_a_person(row: Debtor, role: ContactRole) -> None:
    """Remember that a person set what lists tell too."""
    if role is ContactRole.INVOICE:
        row.edited = sorted({*row.edited, "email", "phone"})
        row.save(update_fields=["edited"])

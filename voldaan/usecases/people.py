"""Verbs on people: who may do what in these books."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.people import Membership, User
from voldaan.rules import references
from voldaan.rules.permissions import Actor, Deed, Role
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, ledger
from voldaan.usecases.administrations import NotAnEmail


class NoSuchRole(Refusal):
    code = "no_such_role"
    kind = Kind.INVALID
    says = mark("There is no role {role}. The roles are: {known}.")


class AlreadyMember(Refusal):
    code = "already_member"
    kind = Kind.CONFLICT
    says = mark("{email} already has a role here: {role}.")


@transaction.atomic
def add(*, email: str, role: str, actor: Actor, today: date) -> None:
    """Give a person a role in these books.

    Raises:
        NotAnEmail, NoSuchRole: the words are wrong.
        AlreadyMember: the person has a role already.
    """
    actor.must(Deed.MANAGE_USERS)
    address = references.email(email)
    if address is None:
        raise NotAnEmail(email=email)
    known = {r.value for r in Role}
    if role not in known:
        raise NoSuchRole(role=role, known=", ".join(sorted(known)))
    ledger.lock_numbers(actor)
    user, _ = User.objects.get_or_create(email=address.lower())
    members = Membership.objects.of(actor.administration_id)
    if already := members.filter(user=user).first():
        raise AlreadyMember(email=address, role=already.role)
    members.create(administration_id=actor.administration_id, user=user, role=role)
    events.write("person.added", actor=actor, today=today, user=user.pk, role=role)

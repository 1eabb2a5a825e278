"""Verbs on people: who may do what in these books, and the link that lets a person in for the first time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from voldaan.records.people import Membership, SignInLink, User
from voldaan.rules import references
from voldaan.rules.permissions import Actor, Deed, Role, actor_as
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, ledger
from voldaan.usecases.administrations import NotAnEmail

LINK_LASTS = timedelta(days=7)


class NoSuchRole(Refusal):
    code = "no_such_role"
    kind = Kind.INVALID
    says = mark("There is no role {role}. The roles are: {known}.")


class AlreadyMember(Refusal):
    code = "already_member"
    kind = Kind.CONFLICT
    says = mark("{email} already has a role here: {role}.")


class NotAMember(Refusal):
    code = "not_a_member"
    kind = Kind.NOT_FOUND
    says = mark("{email} has no role in this administration.")


class LastOwner(Refusal):
    code = "last_owner"
    kind = Kind.CONFLICT
    says = mark("{email} is the only owner here. Make somebody else owner first.")


class NoSuchPerson(Refusal):
    code = "no_such_person"
    kind = Kind.NOT_FOUND
    says = mark("Nobody here has the address {email}.")


class HasPassword(Refusal):
    code = "has_password"
    kind = Kind.CONFLICT
    says = mark("{email} signs in already. Who forgot a password gets a new link from whoever runs this installation.")


class MemberElsewhere(Refusal):
    code = "member_elsewhere"
    kind = Kind.CONFLICT
    says = mark(
        "{email} has a role in other books here as well: the link opens those too. Whoever runs this installation "
        "makes it, with: voldaan user link {email}."
    )


class LinkLapsed(Refusal):
    code = "link_lapsed"
    kind = Kind.NOT_FOUND
    says = mark("This link was used already, or it has lapsed. Ask whoever sent it for a new one.")


class WeakPassword(Refusal):
    code = "weak_password"
    kind = Kind.INVALID
    says = mark("{why} Choose another password.")


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
    _known(role)
    ledger.lock_numbers(actor)
    user, _ = User.objects.get_or_create(email=address.lower())
    members = Membership.objects.of(actor.administration_id)
    if already := members.filter(user=user).first():
        raise AlreadyMember(email=address, role=already.role)
    members.create(administration_id=actor.administration_id, user=user, role=role)
    events.write("person.added", actor=actor, today=today, user=user.pk, role=role)


@transaction.atomic
def change_role(*, email: str, role: str, actor: Actor, today: date) -> None:
    """Give a member another role; it counts from his next page on.

    Raises:
        NoSuchRole, NotAMember, LastOwner: it cannot be.
    """
    actor.must(Deed.MANAGE_USERS)
    _known(role)
    membership = _member(email, actor)
    if role != Role.OWNER.value:
        _must_not_be_the_last_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    events.write("person.changed", actor=actor, today=today, user=membership.user_id, before=before, after=role)


@transaction.atomic
def remove(*, email: str, actor: Actor, today: date) -> None:
    """End a membership: from his next page on, the person is not let in any more.

    Raises:
        NotAMember, LastOwner: it cannot be.
    """
    actor.must(Deed.MANAGE_USERS)
    membership = _member(email, actor)
    _must_not_be_the_last_owner(membership)
    user, role = membership.user_id, membership.role
    membership.delete()
    events.write("person.removed", actor=actor, today=today, user=user, role=role)


@transaction.atomic
def invite(*, email: str, actor: Actor, today: date, now: datetime) -> str:
    """Make the link by which a member comes in for the first time, and give its secret part; earlier links end.

    Only for who has no password yet: a person may be a member of the books of others, which are not ours to open.

    Raises:
        NotAMember, HasPassword, MemberElsewhere: there is nobody to invite.
    """
    actor.must(Deed.MANAGE_USERS)
    user = _member(email, actor).user
    if user.password:
        raise HasPassword(email=user.email)
    elsewhere = Membership._base_manager.filter(user=user).exclude(administration=actor.administration_id)  # noqa: SLF001
    if elsewhere.exists():
        raise MemberElsewhere(email=user.email)
    token = _new_link(user, now)
    events.write("person.invited", actor=actor, today=today, user=user.pk)
    return token


@transaction.atomic
def let_in_again(*, email: str, via: str, today: date, now: datetime) -> str:
    """Make a link for whoever forgot a password, and give its secret part: a verb of the operator of the machine.

    Raises:
        NoSuchPerson: the address is nobody's.
    """
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None:
        raise NoSuchPerson(email=email)
    token = _new_link(user, now)
    for actor in _in_all_books_of(user, via):
        events.write("person.invited", actor=actor, today=today, user=user.pk)
    return token


def whose(*, token: str, now: datetime) -> str:
    """Give the address of the person whom a link lets in.

    Raises:
        LinkLapsed: it lets nobody in.
    """
    return _link(token, now).user.email


@transaction.atomic
def arrive(*, token: str, name: str, password: str, via: str, today: date, now: datetime) -> int:
    """Use a link up: the person chooses a password and is let in; give the key of the person.

    Raises:
        LinkLapsed: it was used, or it is too late.
        WeakPassword: the password is easy to guess.
    """
    link = _link(token, now, lock=True)
    user = User.objects.select_for_update().get(pk=link.user_id)
    user.name = name.strip()[:200] or user.name
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(why=" ".join(error.messages)) from None
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    link.used_at = now
    link.save(update_fields=["used_at"])
    for actor in _in_all_books_of(user, via):
        events.write("person.arrived", actor=actor, today=today, user=user.pk)
    return user.pk


def _known(role: str) -> None:
    known = {one.value for one in Role}
    if role not in known:
        raise NoSuchRole(role=role, known=", ".join(sorted(known)))


def _member(email: str, actor: Actor) -> Membership:
    """Find a member, and keep others from changing who may do what meanwhile."""
    ledger.lock_numbers(actor)
    members = Membership.objects.of(actor.administration_id).select_related("user")
    found = members.filter(user__email=email.strip().lower()).first()
    if found is None:
        raise NotAMember(email=email)
    return found


def _must_not_be_the_last_owner(membership: Membership) -> None:
    owners = Membership.objects.of(membership.administration_id).filter(role=Role.OWNER.value)
    if membership.role == Role.OWNER.value and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(email=membership.user.email)


def _new_link(user: User, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    SignInLink.objects.filter(user=user).delete()
    SignInLink.objects.create(user=user, token_hash=_hash(token), until=now + LINK_LASTS)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _link(token: str, now: datetime, *, lock: bool = False) -> SignInLink:
    links = SignInLink.objects.select_related("user") if not lock else SignInLink.objects.select_for_update()
    found = links.filter(token_hash=_hash(token), used_at=None, until__gt=now, user__is_active=True).first()
    if found is None:
        raise LinkLapsed
    return found


def _in_all_books_of(user: User, via: str) -> Iterator[Actor]:
    """Give an actor in each administration where a person is a member, in one order for everyone."""
    memberships = Membership._base_manager.filter(user=user).order_by("administration_id")  # noqa: SLF001 - of a person
    for books, role in memberships.values_list("administration_id", "role"):
        yield actor_as(Role(role), administration_id=books, user_id=user.pk, via=via)

"""Who may do what in these books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voldaan.records.people import Membership
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Member:
    """One person in these books."""

    email: str
    name: str
    role: str
    signs_in: bool  # a password was chosen; else the link waits to be used


def people(*, actor: Actor) -> list[Member]:
    """List the members, by address."""
    actor.must(Deed.READ_SETTINGS)
    rows = Membership.objects.of(actor.administration_id).order_by("user__email")
    columns = ("user__email", "user__name", "role", "user__password")
    return [Member(email, name, role, bool(password)) for email, name, role, password in rows.values_list(*columns)]


def comes_into(email: str) -> list[tuple[str, str]]:
    """List where a person comes in: the name of the books and his role there. For who holds the link of that person."""
    mine = Membership._base_manager.filter(user__email=email)  # noqa: SLF001 - of a person, in all books
    return list(mine.order_by("administration__name", "pk").values_list("administration__name", "role"))


def last_seen(*, actor: Actor) -> dict[str, datetime]:
    """Tell of each member by address when he signed in last, where that is known."""
    actor.must(Deed.READ_SETTINGS)
    rows = Membership.objects.of(actor.administration_id).filter(user__last_login__isnull=False)
    return {email: at for email, at in rows.values_list("user__email", "user__last_login") if at}

"""Which administrations there are, and in whose name a door acts in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from voldaan.records.administrations import Administration
from voldaan.records.people import Membership, User
from voldaan.records.prepared import asked
from voldaan.rules.permissions import JOB, MATRIX, Actor, Deed, Role, actor_as
from voldaan.rules.refusals import Kind, Refusal, mark


class NoBooks(Refusal):
    code = "no_books"
    kind = Kind.NOT_FOUND
    says = mark("There is no administration yet. Open one with: voldaan init --name … --country NL --iban … --email …")


class WhichBooks(Refusal):
    code = "which_books"
    kind = Kind.INVALID
    says = mark("There are several administrations. Say which with --administration: {known}.")


class NoSuchBooks(Refusal):
    code = "no_such_books"
    kind = Kind.NOT_FOUND
    says = mark("There is no administration {slug}. There are: {known}.")


class NoMember(Refusal):
    code = "no_member"
    kind = Kind.FORBIDDEN
    says = mark("{email} has no role in this administration.")


@dataclass(frozen=True, slots=True)
class Entered:
    """The books that a door has entered."""

    administration_id: int
    slug: str
    name: str
    country: str
    language: str
    time_zone: str
    is_demo: bool
    live: str  # whether mail leaves: off, self or on
    capital_rate: int  # what money costs: hundredths of a percent a year


FIELDS = ("pk", "slug", "name", "country", "language", "time_zone", "is_demo", "live", "capital_rate")


def every() -> list[Entered]:
    """List all administrations, by slug."""
    return _entered(Administration.objects.all())


def _entered(rows: QuerySet[Administration]) -> list[Entered]:
    return [Entered(*row) for row in rows.order_by("slug").values_list(*FIELDS)]


def enter(slug: str | None) -> Entered:
    """Find the administration that is meant; with only one it may be left out.

    Raises:
        NoBooks, WhichBooks, NoSuchBooks: it is not clear which.
    """
    known = {books.slug: books for books in every()}
    names = ", ".join(sorted(known))
    if not known:
        raise NoBooks
    if slug is None:
        if len(known) > 1:
            raise WhichBooks(known=names)
        return next(iter(known.values()))
    if slug not in known:
        raise NoSuchBooks(slug=slug, known=names)
    return known[slug]


def act_as_job(books: Entered) -> Actor:
    """Give the actor of the work that comes back by itself."""
    return Actor(books.administration_id, None, "job", JOB)


def act(books: Entered, *, email: str | None, via: str) -> Actor:
    """Give the actor of a door: with the deeds of the owner, or of the person named.

    Raises:
        NoMember: the person has no role here.
    """
    if email is None:
        return actor_as(Role.OWNER, administration_id=books.administration_id, user_id=None, via=via)
    membership = (
        Membership.objects.of(books.administration_id).filter(user__email=email.lower(), user__is_active=True).first()
    )
    if membership is None:
        raise NoMember(email=email)
    return actor_as(
        Role(membership.role), administration_id=books.administration_id, user_id=membership.user_id, via=via
    )


# Who looks around in invented books does everything there but let in others, say where mail comes from, and change
# what holds for the books of others as well.
VISITOR = MATRIX[Role.OWNER] - {Deed.MANAGE_USERS, Deed.CHANGE_SENDER, Deed.CHANGE_RATES}


def open_to(*, user_id: int | None, visits_demo: bool) -> dict[str, tuple[Entered, frozenset[Deed]]]:
    """List by slug the books that a person may enter, with what he may do there; and the demo for who visits it."""
    found: dict[str, tuple[Entered, frozenset[Deed]]] = {}
    if visits_demo:
        found |= {books.slug: (books, VISITOR) for books in _entered(Administration.objects.filter(is_demo=True))}
    if user_id is not None:
        for role, *about in asked(_memberships, user_id):
            found[about[1]] = (Entered(*about), MATRIX[Role(role)])
    return dict(sorted(found.items()))


def _memberships(user: int) -> QuerySet[Membership, Any]:
    mine = Membership._base_manager.filter(user=user)  # noqa: SLF001 - of a person, in all books
    return mine.values_list("role", *(f"administration__{field}" for field in FIELDS))


def has_demo() -> bool:
    """Tell whether there are invented books to look around in."""
    return Administration.objects.filter(is_demo=True).exists()


def is_untouched() -> bool:
    """Tell whether nobody has come to this installation yet, and no books were opened but invented ones."""
    return not (User.objects.exists() or Administration.objects.filter(is_demo=False).exists())

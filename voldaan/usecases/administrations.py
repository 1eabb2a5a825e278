"""Verbs on the books themselves: open them, change a setting, close a period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration, Head, OwnAccount
from voldaan.records.people import Membership, User
from voldaan.rules import names, references
from voldaan.rules.permissions import Actor, Deed, Role, actor_as
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.strategy import FOURTEEN_DAYS, STRATEGIES
from voldaan.usecases import events, ledger

LONGEST_TERM_DAYS = 365
LONGEST_FRESHNESS_DAYS = 30


class NoSuchCountry(Refusal):
    code = "no_such_country"
    kind = Kind.INVALID
    says = mark("There is no country {country}. Choose one of: {known}.")


class NotAnIban(Refusal):
    code = "not_an_iban"
    kind = Kind.INVALID
    says = mark("“{iban}” is not a valid IBAN: a digit is wrong or missing.")


class NotAnEmail(Refusal):
    code = "not_an_email"
    kind = Kind.INVALID
    says = mark("“{email}” is not one e-mail address.")


class BooksExist(Refusal):
    code = "books_exist"
    kind = Kind.CONFLICT
    says = mark("There is already an administration {slug}. Give another --slug.")


class NoSuchSetting(Refusal):
    code = "no_such_setting"
    kind = Kind.NOT_FOUND
    says = mark("There is no setting {name}. The settings are: {known}.")


class BadSetting(Refusal):
    code = "bad_setting"
    kind = Kind.INVALID
    says = mark("{name} cannot be “{value}”: {why}.")


class CloseGoesForward(Refusal):
    code = "close_goes_forward"
    kind = Kind.CONFLICT
    says = mark("The books are closed up to and including {until}; a close only moves forward.")


class PeriodNotOver(Refusal):
    code = "period_not_over"
    kind = Kind.INVALID
    says = mark("{until} is not over yet. A period is closed after its last day.")


@transaction.atomic
def open_books(*, name: str, country: str, ibans: Sequence[str], owner_email: str = "", slug: str = "", via: str,
               today: date) -> Actor:  # fmt: skip
    """Open the books of one company, and make its owner where an address is given; return the owner as an actor.

    Raises:
        NoSuchCountry, NotAnIban, NotAnEmail: the words are wrong.
        BooksExist: the slug is taken.
    """
    if country not in COUNTRIES:
        raise NoSuchCountry(country=country, known=", ".join(sorted(COUNTRIES)))
    accounts = [_iban(iban) for iban in ibans]
    email = references.email(owner_email)
    if owner_email and email is None:
        raise NotAnEmail(email=owner_email)
    land = COUNTRIES[country]
    slug = slug or names.slug(name)
    books, is_new = Administration.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "country": country,
            "language": land.languages[0],
            "time_zone": land.time_zone,
            "payment_term_days": land.payment_term_days,
            "strategy": FOURTEEN_DAYS.code,
        },
    )
    if not is_new:
        raise BooksExist(slug=slug)
    Head.objects.of(books.pk).create(administration_id=books.pk)
    OwnAccount.objects.of(books.pk).bulk_create(
        OwnAccount(administration_id=books.pk, iban=iban, position=position)
        for position, iban in enumerate(dict.fromkeys(accounts))
    )
    if email:
        owner, _ = User.objects.get_or_create(email=email.lower())
        Membership.objects.of(books.pk).create(administration_id=books.pk, user=owner, role=Role.OWNER.value)
    actor = actor_as(Role.OWNER, administration_id=books.pk, user_id=None, via=via)
    events.write("administration.opened", actor=actor, today=today, name=name)
    return actor


def _iban(text: str) -> str:
    iban = references.iban(text)
    if iban is None:
        raise NotAnIban(iban=text)
    return iban


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_TERM_DAYS):
        raise ValueError(mark("a whole number of days, at most 365, is wanted"))
    return int(text)


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError(mark("a name is wanted"))
    return text.strip()


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(mark("a time zone such as Europe/Amsterdam is wanted"))
    return text


def _language(text: str) -> str:
    if text not in {language for country in COUNTRIES.values() for language in country.languages} | {"en"}:
        raise ValueError(mark("a language code such as nl, fr or en is wanted"))
    return text


def _strategy(text: str) -> str:
    if text not in STRATEGIES:
        raise ValueError(mark("one of these is wanted: 14-dagen, 30-dagen"))
    return text


def _freshness(text: str) -> int | None:
    if text == "off":
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_FRESHNESS_DAYS):
        raise ValueError(mark("a whole number of working days, at most 30, or off is wanted"))
    return int(text)


# Every setting that can be changed after the opening, and how its words are read.
SETTINGS: dict[str, Callable[[str], Any]] = {
    "bank_freshness_days": _freshness,
    "language": _language,
    "name": _name,
    "payment_term_days": _days,
    "strategy": _strategy,
    "time_zone": _time_zone,
}


@transaction.atomic
def change(*, name: str, value: str, actor: Actor, today: date) -> None:
    """Change one setting of the administration.

    Raises:
        NoSuchSetting, BadSetting: the words are wrong.
    """
    actor.must(Deed.CHANGE_SETTINGS)
    if name not in SETTINGS:
        raise NoSuchSetting(name=name, known=", ".join(sorted(SETTINGS)))
    try:
        after = SETTINGS[name](value)
    except ValueError as error:
        raise BadSetting(name=name, value=value, why=error) from error
    books = Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    before = getattr(books, name)
    setattr(books, name, after)
    books.save(update_fields=[name])
    events.write("administration.changed", actor=actor, today=today, setting=name, before=str(before), after=str(after))


@transaction.atomic
def close(*, until: date, actor: Actor, today: date) -> None:
    """Close a period: nothing is booked on or before `until` any more.

    What arrives later for a closed day is booked on an open one and keeps both dates.

    Raises:
        CloseGoesForward, PeriodNotOver: the day does not fit.
    """
    actor.must(Deed.CLOSE_PERIOD)
    books = Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    if books.closed_until and until <= books.closed_until:
        raise CloseGoesForward(until=books.closed_until)
    if until >= today:
        raise PeriodNotOver(until=until)
    books.closed_until = until
    books.save(update_fields=["closed_until"])
    booked_to = ledger.lock_numbers(actor).booking_number  # what is booked after it shows after `until`
    events.write("period.closed", actor=actor, today=today, until=until.isoformat(), booked_to=booked_to)

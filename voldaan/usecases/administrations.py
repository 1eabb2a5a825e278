"""Verbs on the books themselves: open them, change a setting, close a period."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from email.utils import parseaddr
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from voldaan.countries import COUNTRIES
from voldaan.records import terms
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, Head, OwnAccount
from voldaan.records.people import Membership, User
from voldaan.rules import exports, mailboxes, names, references
from voldaan.rules.bad_debt_vat import Filing
from voldaan.rules.ladders import FOURTEEN_DAYS
from voldaan.rules.limitation import Sells
from voldaan.rules.outbox import ActionState, Live
from voldaan.rules.permissions import Actor, Deed, Role, actor_as
from voldaan.rules.precision import Wanted
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, ledger, messages, strategies

LONGEST_TERM_DAYS = 365
LONGEST_FRESHNESS_DAYS = 30
LARGEST_TOLERANCE = 10_00  # cents
LARGEST_REST = 50_00  # cents
LONGEST_LINE, LONGEST_PHONE, LONGEST_CODE = 120, 40, 20
LONGEST_LEASE = 86_400
MOST_AT_ONCE = 10_000_000
LIMIT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
LEDGER_CODE = re.compile(r"[A-Za-z0-9._-]{0,20}")
PERCENT = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?")
# The first words of addresses of no books.
OF_PAGES = {"account", "begin", "demo", "preferences", "rekenen", "start", "static"}


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


class SlugOfPages(Refusal):
    code = "slug_of_pages"
    kind = Kind.INVALID
    says = mark("“{slug}” is where pages of Voldaan itself are. Give another --slug.")


class NoSuchSetting(Refusal):
    code = "no_such_setting"
    kind = Kind.NOT_FOUND
    says = mark("There is no setting {name}. The settings are: {known}.")


class BadSetting(Refusal):
    code = "bad_setting"
    kind = Kind.INVALID
    says = mark("{name} cannot be “{value}”: {why}.")


class DemoStaysOff(Refusal):
    code = "demo_stays_off"
    kind = Kind.CONFLICT
    says = mark("These books are the demo: nothing of them ever leaves this machine. Open your own with: voldaan init.")


class CloseGoesForward(Refusal):
    code = "close_goes_forward"
    kind = Kind.CONFLICT
    says = mark("The books are closed up to and including {until}; a close only moves forward.")


class PeriodNotOver(Refusal):
    code = "period_not_over"
    kind = Kind.INVALID
    says = mark("{until} is not over yet. A period is closed after its last day.")


class SetInTerms(Refusal):
    code = "set_in_terms"
    kind = Kind.CONFLICT
    says = mark(
        "Within how many days customers pay stands in the payment terms now. Change it there: voldaan terms set."
    )


@transaction.atomic
def open_books(*, name: str, country: str, ibans: Sequence[str], owner_email: str = "", slug: str = "", via: str,
               today: date, is_demo: bool = False) -> Actor:  # fmt: skip
    """Open the books of one company, and make its owner where an address is given; return the owner as an actor.

    Raises:
        NoSuchCountry, NotAnIban, NotAnEmail, BadSetting: the words are wrong.
        BooksExist, SlugOfPages: the slug is taken.
    """
    if country not in COUNTRIES:
        raise NoSuchCountry(country=country, known=", ".join(sorted(COUNTRIES)))
    accounts = [_iban(iban) for iban in ibans]
    email = references.email(owner_email)
    if owner_email and email is None:
        raise NotAnEmail(email=owner_email)
    land = COUNTRIES[country]
    name = _read(_name, "name", name)
    slug = slug or names.slug(name)
    if slug in OF_PAGES:
        raise SlugOfPages(slug=slug)
    books, is_new = Administration.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "country": country,
            "language": land.languages[0],
            "time_zone": land.time_zone,
            "payment_term_days": land.payment_term_days,
            "strategy": FOURTEEN_DAYS.code,
            "is_demo": is_demo,
        },
    )
    if not is_new:
        raise BooksExist(slug=slug)
    Head.objects.of(books.pk).create(administration_id=books.pk)
    OwnAccount.objects.of(books.pk).bulk_create(
        OwnAccount(administration_id=books.pk, iban=iban, position=position)
        for position, iban in enumerate(dict.fromkeys(accounts))
    )
    strategies.put_in_presets(books.pk, today)
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
    return _plain(text)


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(mark("a time zone such as Europe/Amsterdam is wanted"))
    return text


def _language(text: str) -> str:
    if text not in {language for country in COUNTRIES.values() for language in country.languages} | {"en"}:
        raise ValueError(mark("a language code such as nl, fr or en is wanted"))
    return text


def _plain(text: str) -> str:
    if len(text) > LONGEST_LINE or not text.isprintable():
        raise ValueError(mark("one line of at most 120 characters is wanted"))
    return text.strip()


def _short(text: str) -> str:
    if len(_plain(text)) > LONGEST_CODE:
        raise ValueError(mark("at most 20 characters are wanted"))
    return _plain(text)


def _phone(text: str) -> str:
    if len(_plain(text)) > LONGEST_PHONE:
        raise ValueError(mark("at most 40 characters are wanted"))
    return _plain(text)


def _sender(text: str) -> str:
    # "De Linde <info@linde.example>" is taken as well: the name is that of the administration.
    address = references.email(parseaddr(text)[1] if "<" in text else text)
    if text and address is None:
        raise ValueError(mark("one e-mail address is wanted"))
    return address or ""


def _smtp(text: str) -> str:
    if text:
        mailboxes.account(text)
    return text


def _live(text: str) -> str:
    if text not in {one.value for one in Live}:
        raise ValueError(mark("off, self or on is wanted"))
    return text


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LONGEST_LEASE):
        raise ValueError(mark("a whole number of seconds, at most 86400, is wanted"))
    return int(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_AT_ONCE):
        raise ValueError(mark("a whole number is wanted"))
    return int(text)


def _percent(text: str) -> int:
    if not (found := PERCENT.fullmatch(text)):
        raise ValueError(mark("a percentage such as 8 or 7.5 is wanted"))
    return _hundredths(found)


def _hundredths(found: re.Match[str]) -> int:
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _freshness(text: str) -> int | None:
    if text == "off":
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_FRESHNESS_DAYS):
        raise ValueError(mark("a whole number of working days, at most 30, or off is wanted"))
    return int(text)


def _limit(text: str) -> int | None:
    if text in ("", "off"):
        return None
    if not (found := LIMIT.fullmatch(text)):
        raise ValueError(mark("an amount such as 250.00, or off, is wanted"))
    return _hundredths(found)


def _tolerance(text: str) -> int:
    found = LIMIT.fullmatch(text)
    if not found or _hundredths(found) > LARGEST_TOLERANCE:
        raise ValueError(mark("an amount such as 0.05, at most 10.00, is wanted"))
    return _hundredths(found)


def _precision(text: str) -> str:
    if text not in {one.value for one in Wanted}:
        raise ValueError(mark("certain, 99.99, 99.9 or nothing is wanted"))
    return text


def _rest(text: str) -> int:
    found = LIMIT.fullmatch(text)
    if not found or _hundredths(found) > LARGEST_REST:
        raise ValueError(mark("an amount such as 1.00, at most 50.00, is wanted"))
    return _hundredths(found)


def _ledger_code(text: str) -> str:
    if not LEDGER_CODE.fullmatch(text):
        raise ValueError(mark("at most 20 letters, digits, dots and dashes are wanted, without blanks"))
    return text


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError(mark("on or off is wanted"))
    return text == "on"


def _sells(text: str) -> str:
    if text and text not in {one.value for one in Sells}:
        raise ValueError(mark("goods, services, utilities, periodic, carriage, or nothing is wanted"))
    return text


def _filing(text: str) -> str:
    if text not in {one.name.lower() for one in Filing}:
        raise ValueError(mark("month, quarter or year is wanted"))
    return text


# Every setting that can be changed after the opening, and how its words are read.
SETTINGS: dict[str, Callable[[str], Any]] = {
    "bank_freshness_days": _freshness,
    "capital_rate": _percent,
    "city": _plain,
    "claim_lease_seconds": _seconds,
    "consumer_strategy": str,
    "language": _language,
    "large_run": _number,
    **dict.fromkeys(exports.SETTINGS.values(), _ledger_code),
    "match_tolerance": _tolerance,
    "matching_precision": _precision,
    "name": _name,
    "payment_term_days": _days,
    "phone": _phone,
    "postcode": _short,
    "principal_first": _switch,
    "registration_number": _short,
    "rest_limit": _rest,
    "sells": _sells,
    "strategy": str,
    "street": _plain,
    "time_zone": _time_zone,
    "vat_filing": _filing,
    "vat_number": _short,
    "write_off_limit": _limit,
}

# What decides where mail comes from, and whether any leaves: the owner's alone.
SENDER_SETTINGS: dict[str, Callable[[str], Any]] = {
    "live": _live,
    "sender": _sender,
    "smtp": _smtp,
}


@transaction.atomic
def change(*, name: str, value: str, actor: Actor, today: date) -> None:
    """Change one setting of the administration.

    Raises:
        NoSuchSetting, BadSetting: the words are wrong.
        NoSuchStrategy: there is no strategy of that code.
        SetInTerms: payment terms were agreed, and the payment term stands in them.
    """
    actor.must(Deed.CHANGE_SETTINGS)
    if name == "payment_term_days" and terms.are_agreed(actor.administration_id):
        raise SetInTerms
    books, before, after = _set(SETTINGS, name, value, actor)
    if name in ("strategy", "consumer_strategy") and before != after:
        if after or name == "strategy":
            strategies.known(books.pk, after)
        strategies.look_again_at_all(books.pk)
    events.write("administration.changed", actor=actor, today=today, setting=name, before=str(before), after=str(after))


@transaction.atomic
def change_sender(*, name: str, value: str, actor: Actor, today: date) -> None:
    """Change where mail comes from, or whether any leaves: `smtp`, `sender`, `live`.

    Raises:
        NoSuchSetting, BadSetting: the words are wrong.
        DemoStaysOff: these are invented books.
    """
    actor.must(Deed.CHANGE_SENDER)
    if name == "live" and Administration.objects.values_list("is_demo", flat=True).get(pk=actor.administration_id):
        raise DemoStaysOff
    books, before, after = _set(SENDER_SETTINGS, name, value, actor)
    if name == "live" and after == Live.ON.value:
        _forget_trials(books.pk)
    if name == "smtp":
        before, after = mailboxes.shown(before), mailboxes.shown(after)
    events.write("sender.changed", actor=actor, today=today, setting=name, before=before, after=after)


def _set(known: dict[str, Callable[[str], Any]], name: str, value: str,
         actor: Actor) -> tuple[Administration, Any, Any]:  # fmt: skip
    if name not in known:
        raise NoSuchSetting(name=name, known=", ".join(sorted(known)))
    after = _read(known[name], name, value)
    books = Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    before = getattr(books, name)
    setattr(books, name, after)
    books.save(update_fields=[name])
    return books, before, after


def _read(reader: Callable[[str], Any], name: str, value: str) -> Any:
    try:
        return reader(value)
    except ValueError as error:
        # The URL of a mail server may hold a password: it is not repeated.
        raise BadSetting(name=name, value="…" if name == "smtp" else value, why=error) from None


def _forget_trials(books: int) -> None:
    """Let the steps that only reached ourselves be decided again: no customer has seen them."""
    trials = Action.objects.of(books).filter(message__is_trial=True, state=ActionState.TAKEN.value)
    items = list(trials.values_list("receivable_id", flat=True))
    trials.update(state=ActionState.WITHDRAWN.value)
    messages.look_again(books, items)


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

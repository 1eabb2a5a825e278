"""Stories of the books themselves: opened, changed, closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tools.house import House
from voldaan.queries import checks
from voldaan.queries.settings import settings
from voldaan.records.people import Membership
from voldaan.usecases import administrations
from voldaan.usecases.administrations import (
    BadSetting,
    BooksExist,
    CloseGoesForward,
    NoSuchCountry,
    NoSuchSetting,
    NotAnEmail,
    NotAnIban,
    PeriodNotOver,
)  # fmt: skip

WORDS = {"name": "Bakkerij", "country": "NL", "ibans": ["NL91ABNA0417164300"], "owner_email": "a@b.example", "slug": ""}


def opened(**other: object) -> None:
    administrations.open_books(**(WORDS | other), via="test", today=date(2027, 3, 1))  # type: ignore[arg-type]


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def shown(house: House) -> dict[str, str | None]:
    return {setting.name: setting.value for setting in settings(actor=house.actor)}


@pytest.mark.parametrize(
    ("country", "language", "zone"), [("NL", "nl", "Europe/Amsterdam"), ("BE", "nl", "Europe/Brussels")]
)
def test_a_country_brings_its_own(db, country, language, zone):
    house = House.opened(country=country)
    assert (shown(house)["language"], shown(house)["time_zone"]) == (language, zone)
    assert (house.events(), house.broken()) == (["administration.opened"], {})


def test_one_owner_of_two_books(db):
    from voldaan.records.people import Membership, User

    House.opened("Een")
    two = House.opened("Twee")
    assert User.objects.count() == 1
    assert Membership.objects.of(two.actor.administration_id).get().role == "owner"


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"country": "XX"}, NoSuchCountry),
        ({"country": "nl"}, NoSuchCountry),
        ({"ibans": ["NL91ABNA0417164301"]}, NotAnIban),
        ({"ibans": ["NL91ABNA0417164300", ""]}, NotAnIban),
        ({"owner_email": "a@b.example, c@d.example"}, NotAnEmail),
        ({"owner_email": "a@b.example\nBcc: c@d.example"}, NotAnEmail),
        ({"owner_email": " "}, NotAnEmail),
        ({"name": "Bakkerij 't Hart"}, BooksExist),
    ],
)
def test_books_that_are_not_opened(house, other, refusal):
    from voldaan.records.administrations import Administration

    with house.refuses(refusal):
        opened(**other)
    assert Administration.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("language", "fr"), ("name", "Nieuw"), ("payment_term_days", "0"), ("payment_term_days", "365"),
     ("time_zone", "America/Curacao")],
)  # fmt: skip
def test_a_setting_is_changed_and_said(house, name, value):
    administrations.change(name=name, value=value, actor=house.actor, today=house.today)
    assert shown(house)[name] == value
    assert house.events()[-1] == "administration.changed"


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("slug", "x", NoSuchSetting),
        ("closed_until", "2020-01-01", NoSuchSetting),
        ("id", "1", NoSuchSetting),
        ("language", "xx", BadSetting),
        ("name", " ", BadSetting),
        ("payment_term_days", "366", BadSetting),
        ("payment_term_days", "-1", BadSetting),
        ("payment_term_days", "٣", BadSetting),
        ("payment_term_days", "1.5", BadSetting),
        ("payment_term_days", "", BadSetting),
        ("time_zone", "Mars/Olympus", BadSetting),
        ("time_zone", "../../etc/passwd", BadSetting),
    ],
)
def test_a_setting_that_is_refused(house, name, value, refusal):
    with house.refuses(refusal):
        administrations.change(name=name, value=value, actor=house.actor, today=house.today)


def test_a_close_only_moves_forward_and_only_over_days_that_are_over(house):
    house.close("2027-01-31")
    for until in ("2027-01-31", "2027-01-30", "2026-12-31"):
        with house.refuses(CloseGoesForward):
            house.close(until)
    for until in (house.today, house.today + timedelta(days=1)):
        with house.refuses(PeriodNotOver):
            house.close(until)
    house.close(house.today - timedelta(days=1))
    assert shown(house)["closed_until"] == "2027-02-28"
    assert house.broken() == {}


def test_books_may_be_opened_without_an_owner_who_signs_in(db):
    actor = administrations.open_books(
        name="Zonder", country="BE", ibans=["BE68539007547034"], via="test", today=date(2027, 3, 1)
    )
    assert not Membership.objects.of(actor.administration_id).exists()
    assert [answer for answer in checks.check(actor=actor) if not answer.ok] == []

"""Stories of people: who is let into which books."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from voldaan.queries import administrations
from voldaan.queries.administrations import NoBooks, NoMember, NoSuchBooks, WhichBooks
from voldaan.records.people import User
from voldaan.rules.permissions import MATRIX, Role
from voldaan.usecases import people
from voldaan.usecases.administrations import NotAnEmail
from voldaan.usecases.people import AlreadyMember, NoSuchRole


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def add(house: House, email: str, role: str = "auditor") -> None:
    people.add(email=email, role=role, actor=house.actor, today=house.today)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_who_is_added_acts_in_his_role(house, role):
    add(house, "Jan@Hart.example", role.value)
    entered = administrations.enter(None)
    actor = administrations.act(entered, email="JAN@hart.example", via="test")
    assert (actor.deeds, actor.administration_id) == (MATRIX[role], house.actor.administration_id)
    assert actor.user_id is not None


def test_refusals_change_nothing(house):
    add(house, "jan@hart.example")
    for email in ("jan@hart.example", "JAN@HART.EXAMPLE"):
        with house.refuses(AlreadyMember):
            add(house, email, "owner")
    for role in ("boss", "", "OWNER"):
        with house.refuses(NoSuchRole):
            add(house, "piet@hart.example", role)
    with house.refuses(NotAnEmail):
        add(house, "piet")


def test_a_role_in_one_is_no_role_in_the_other(house):
    other = House.opened("Andere")
    add(other, "jan@hart.example", "owner")
    mine = administrations.enter("bakkerij-t-hart")
    for email in ("jan@hart.example", "niemand@hart.example", ""):
        with pytest.raises(NoMember):
            administrations.act(mine, email=email, via="test")


def test_who_is_switched_off_is_no_member(house):
    add(house, "jan@hart.example")
    User.objects.filter(email="jan@hart.example").update(is_active=False)
    with pytest.raises(NoMember):
        administrations.act(administrations.enter(None), email="jan@hart.example", via="test")


def test_which_books_are_meant(db):
    with pytest.raises(NoBooks):
        administrations.enter(None)
    House.opened("Een")
    assert administrations.enter(None).slug == "een"
    House.opened("Twee")
    with pytest.raises(WhichBooks):
        administrations.enter(None)
    with pytest.raises(NoSuchBooks):
        administrations.enter("drie")
    assert administrations.enter("twee").name == "Twee"

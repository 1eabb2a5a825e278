"""Notes: nothing is edited. A correction follows, or a note is withdrawn; the trail never holds its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tools.house import House
from voldaan.records.events import Event
from voldaan.records.notes import Note
from voldaan.records.people import User
from voldaan.rules.names import TooLong
from voldaan.rules.permissions import MATRIX, Role
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import doubles, notes


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.debtor("Café Zéé", number="7")
    house.debtor("Zee", number="8")
    return house


def write(house: House, text: str, *, debtor: str = "7", corrects: str = "") -> str:
    return notes.write(debtor=debtor, text=text, corrects=corrects, actor=house.actor, today=house.today)


def withdraw(house: House, note: str) -> None:
    notes.withdraw(note=note, actor=house.actor, today=house.today)


def of(house: House) -> list[Note]:
    return list(Note.objects.of(house.actor.administration_id).order_by("pk"))


def person(house: House, role: Role) -> House:
    user = User.objects.create(email=f"{role.value}@hart.example")
    return replace(house, actor=replace(house.actor, user_id=user.pk, deeds=MATRIX[role]))


def test_the_words_stand_in_the_note_and_not_in_the_trail(house):
    write(house, "  Belt liever na tienen.\r\nVraag naar Jan. ")
    (note,) = of(house)
    assert note.text == "Belt liever na tienen.\nVraag naar Jan."
    event = Event.objects.of(house.actor.administration_id).get(kind="note.written")
    assert event.facts == {"note": note.public_id}


def test_the_same_words_twice_on_a_day_are_one_note(house):
    first = write(house, "Belt terug.")
    before = house.everything()
    assert write(house, "Belt terug.") == first
    assert house.everything() == before
    withdraw(house, first)
    assert write(house, "Belt terug.") != first


@pytest.mark.parametrize(("text", "refused"), [("  \n", notes.NothingWritten), ("x" * 2001, TooLong)])
def test_what_says_nothing_or_too_much_is_refused(house, text, refused):
    before = house.everything()
    with pytest.raises(refused):
        write(house, text)
    with pytest.raises(NoSuchDebtor):
        write(house, "Hallo.", debtor="99")
    assert house.everything() == before


def test_a_note_is_corrected_once_and_stays_as_it_was(house):
    wrong = write(house, "Betaalt maandag.")
    write(house, "Betaalt dinsdag.", corrects=wrong)
    assert [(note.text, note.corrects_id) for note in of(house)] == [
        ("Betaalt maandag.", None),
        ("Betaalt dinsdag.", of(house)[0].pk),
    ]
    with pytest.raises(notes.NoteIsClosed):
        write(house, "Betaalt woensdag.", corrects=wrong)
    with pytest.raises(notes.NoteIsClosed):
        withdraw(house, wrong)


def test_a_withdrawn_note_is_closed(house):
    note = write(house, "Bij de verkeerde.")
    withdraw(house, note)
    assert of(house)[0].withdrawn_on == house.today
    for deed in (lambda: withdraw(house, note), lambda: write(house, "Toch niet.", corrects=note)):
        with pytest.raises(notes.NoteIsClosed):
            deed()


def test_a_note_of_another_customer_or_of_other_books_is_not_there(house):
    note = write(house, "Bij Zee.", debtor="8")
    with pytest.raises(notes.NoSuchNote):
        write(house, "Anders.", corrects=note)
    with pytest.raises(notes.NoSuchNote):
        withdraw(House.opened("Tweede"), note)


def test_a_caller_takes_back_his_own_and_nobody_elses(house):
    caller = person(house, Role.CALLER)
    his, ours = write(caller, "Van de beller."), write(house, "Van de baas.")
    with pytest.raises(notes.NoteOfAnother):
        withdraw(caller, ours)
    withdraw(caller, his)
    own = write(caller, "Nog een van de beller.")
    withdraw(person(house, Role.CONTROLLER), own)


def test_the_notes_of_a_double_go_along(house):
    write(house, "Bij de dubbele.", debtor="8")
    doubles.merge(double="8", into="7", actor=house.actor, today=house.today)
    (note,) = of(house)
    assert note.debtor.number == "7"
    assert house.broken() == {}

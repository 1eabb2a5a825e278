"""Contacts: one for each thing, set by a person and left alone by lists, and what follows for the messages."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools import files
from tests.tools.house import House
from voldaan.queries import contacts as questions
from voldaan.records.debtors import Contact
from voldaan.records.messages import Message
from voldaan.rules.contacts import ContactRole
from voldaan.rules.names import TooLong
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import administrations, contacts, debtors, messages, runs
from voldaan.usecases.administrations import NotAnEmail
from voldaan.usecases.contacts import NobodyNamed

LIST = (
    "Klantnummer;Klant;E-mail;Telefoon;Factuurnummer;Factuurdatum;Vervaldatum;Openstaand\n"
    "7;Café Zéé;lijst@zee.example;010-1234567;F1;01-02-2027;15-02-2027;90,00\n"
)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    house.debtor("Café Zéé", number="7", email="info@zee.example")
    return house


def write(house: House, role: ContactRole = ContactRole.REMINDER, **words: str) -> None:
    contacts.write(debtor="7", role=role, **words, actor=house.actor, today=house.today)


def told(house: House) -> dict[str, tuple[str, str, str]]:
    rows = Contact.objects.of(house.actor.administration_id).values_list("role", "name", "email", "phone")
    return {role: tuple(facts) for role, *facts in rows}  # type: ignore[misc]


def test_a_reminder_goes_to_the_one_who_is_for_that(house):
    house.invoice("7", "F1", "90.00", issued="2027-02-01", due="2027-02-15")
    write(house, name="Mevrouw Van Dam", email="Administratie@zee.example", phone="010 765 43 21")
    runs.run(actor=house.actor, today=house.today)
    assert Message.objects.of(house.actor.administration_id).get().recipient == "Administratie@zee.example"
    contacts.remove(debtor="7", role=ContactRole.REMINDER, actor=house.actor, today=house.today)
    runs.run(actor=house.actor, today=house.today)
    waiting = Message.objects.of(house.actor.administration_id).get(state="planned")
    assert waiting.recipient == "info@zee.example"


def test_nobody_else_is_written_to_by_itself(house):
    for role in (ContactRole.DISPUTE, ContactRole.LEGAL):
        write(house, role, email=f"{role.value}@zee.example", phone=f"0{len(role.value)}")
    house.invoice("7", "F1", "90.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    assert Message.objects.of(house.actor.administration_id).get().recipient == "info@zee.example"
    debtors.change(debtor="7", email="", actor=house.actor, today=house.today)
    assert told(house)["dispute"][1] == "dispute@zee.example", "only the address for invoices is taken away"
    runs.run(actor=house.actor, today=house.today)
    assert not Message.objects.of(house.actor.administration_id).filter(state="planned").exists()


def test_an_approval_after_the_address_changed_decides_it_anew(house):
    house.invoice("7", "F1", "90.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    waits = Message.objects.of(house.actor.administration_id).get()
    write(house, email="boekhouding@zee.example")
    approved = messages.approve(ids=[waits.public_id], actor=house.actor, today=house.today)
    assert (approved.released, approved.changed) == ([], [waits.public_id])
    runs.run(actor=house.actor, today=house.today)
    anew = Message.objects.of(house.actor.administration_id).get(state="planned")
    assert messages.approve(ids=[anew.public_id], actor=house.actor, today=house.today).released == [anew.public_id]
    assert anew.recipient == "boekhouding@zee.example"


def test_what_a_person_set_no_list_overwrites_and_what_was_removed_none_brings_back(house):
    write(house, ContactRole.INVOICE, email="zelf@zee.example", phone="06 1")
    files.bring(house, LIST)
    assert told(house) == {"invoice": ("", "zelf@zee.example", "06 1")}
    for _ in range(2):
        contacts.remove(debtor="7", role=ContactRole.INVOICE, actor=house.actor, today=house.today)
    assert house.events().count("contact.removed") == 1, "the second time changed nothing"
    files.bring(house, LIST.replace("90,00", "80,00"))
    assert told(house) == {}


def test_another_address_is_tried_again_and_the_same_is_not(house):
    books = Contact.objects.of(house.actor.administration_id)
    books.update(refused_on=date(2027, 2, 1))
    write(house, ContactRole.INVOICE, name="Jan", email="info@zee.example")
    assert books.get().refused_on == date(2027, 2, 1)
    write(house, ContactRole.INVOICE, name="Jan", email="jan@zee.example")
    assert books.get().refused_on is None


def test_the_page_knows_each_thing_also_where_there_is_nobody(house):
    write(house, ContactRole.LEGAL, name="Mr. De Wit")
    row = Contact.objects.of(house.actor.administration_id).first()
    assert row is not None
    found = questions.contacts(row.debtor.public_id, actor=house.actor)
    assert [(one.role, one.is_known) for one in found] == [
        (ContactRole.INVOICE, True), (ContactRole.REMINDER, False), (ContactRole.DISPUTE, False),
        (ContactRole.LEGAL, True),
    ]  # fmt: skip


def test_what_cannot_be_written_is_refused_whole(house):
    for refusal, words in (
        (NobodyNamed, {"name": " ", "email": " "}), (NotAnEmail, {"email": "geen adres"}),
        (TooLong, {"phone": "0" * 41}), (TooLong, {"name": "x" * 201}),
    ):  # fmt: skip
        with house.refuses(refusal):
            contacts.write(debtor="7", role=ContactRole.LEGAL, actor=house.actor, today=house.today, **words)
    with house.refuses(NoSuchDebtor):
        contacts.remove(debtor="niemand", role=ContactRole.LEGAL, actor=house.actor, today=house.today)
    write(house, name="Jan\r\nBcc: x", email="jan@zee.example")
    assert told(house)["reminder"][0] == "Jan Bcc: x"

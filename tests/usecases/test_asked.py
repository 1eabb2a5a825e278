"""What a person asks to be sent: a copy of an invoice, a statement of account; once, and as things are then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from typing import Any

import pytest

from tests.tools import files
from tests.tools.house import House
from tests.tools.mail_server import MailServer
from tests.usecases.test_sending import AMSTERDAM, DAY, released, sender, sent, states, through
from voldaan.formats import letter_pdf
from voldaan.queries import outbox as questions
from voldaan.records import documents
from voldaan.records.asked import NoMailbox, NothingToState, NotKept
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.rules import examples
from voldaan.rules.letters import Party
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.rules.wording import shipped
from voldaan.usecases import administrations, asked, debtors, doubles, runs
from voldaan.usecases.asked import NotTakenBack, SendingIsOff

TODAY = date.fromisoformat(DAY)
SINCE = date(2027, 1, 1)
PARTS = (
    "Klantnummer;Klant;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;Openstaand\n"
    "7;Café Zéé;F3;01-03-2027;15-03-2027;90,00;45,00\n7;Café Zéé;F3;01-03-2027;15-04-2027;90,00;45,00\n"
)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    sender(house, sender="wij@hart.example", live="on")
    zee = house.debtor("Café Zéé", number="7", email="info@zee.example")
    house.invoice(zee, "F1", "121.00", due="2027-03-15")
    house.invoice(zee, "F2", "50.00", due="2027-03-20")
    return house


def keep(house: House, number: str = "F1") -> str:
    """Keep a PDF of an invoice; give its id and leave the bytes to be compared."""
    row = Invoice.objects.of(house.actor.administration_id).get(number=number)
    row.document = documents.keep(BytesIO(paper(number)), administration_id=row.administration_id, name=f"{number}.pdf",
                                  media_type="application/pdf")  # fmt: skip
    row.save()
    return str(row.public_id)


def paper(number: str) -> bytes:
    letter = examples.letter(shipped("reminder", "nl"), sender=Party(number), iban="", term_days=7, today=TODAY)
    return letter_pdf.draw(letter)


def copy(house: House, invoice: str, **words) -> str:
    return asked.send_copy(invoice=invoice, actor=house.actor, today=TODAY, **words).id


def statement(house: House, currency: str = "EUR") -> str:
    return asked.send_statement(debtor="7", currency=currency, since=SINCE, actor=house.actor, today=TODAY).id


def mails(house: House, **words) -> list[Any]:
    with MailServer() as server:
        through(house, server)
        sent(house, **words)
        return [message_from_bytes(one.content, policy=policy.default) for one in server.received]


def text(mail: Any) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_an_invoice_goes_again_with_the_very_paper_and_asks_no_new_day(house):
    one = copy(house, keep(house))
    (mail,) = mails(house)
    assert mail["To"].addresses[0].addr_spec == "info@zee.example"
    assert mail["Subject"] == "Kopie van factuur F1"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("F1.pdf", paper("F1"))
    assert "Nu staat er € 121,00 van open." in text(mail)
    assert "F2" not in text(mail)
    row = Message.objects.of(house.actor.administration_id).get(public_id=one)
    assert (row.state, row.total_cents, row.final_date) == ("sent", 12_100, None)
    assert house.broken() == {}


def test_what_was_paid_can_be_sent_again_and_asks_nothing(house):
    id_ = keep(house)
    house.pay("F1", "121.00")
    copy(house, id_)
    (mail,) = mails(house)
    assert "Nog open" in text(mail)
    assert "€ 0,00" in text(mail)
    assert "IBAN" not in text(mail)


def test_instalments_are_one_invoice_with_one_paper(house):
    files.bring(house, PARTS)
    copy(house, keep(house, "F3"))
    (mail,) = mails(house)
    assert [one.get_filename() for one in mail.iter_attachments()] == ["F3.pdf"]
    assert "Nu staat er € 90,00 van open." in text(mail)


def test_asked_twice_it_leaves_once_and_again_when_asked_after_that(house):
    id_ = keep(house)
    assert copy(house, id_) == copy(house, id_)
    assert house.events().count("copy.asked") == 1, "the second time changed nothing"
    assert len(mails(house)) == 1
    copy(house, id_)
    assert len(mails(house)) == 1
    assert states(house) == ["sent", "sent"]


def test_a_payment_in_between_is_told_and_holds_nothing_back(house):
    id_ = keep(house)
    copy(house, id_)
    house.pay("F1", "21.00")
    (mail,) = mails(house)
    assert "Nu staat er € 100,00 van open." in text(mail)
    assert house.broken() == {}


def test_a_statement_goes_with_its_pdf_and_asks_all_that_is_open_less_credit(house):
    house.credit_note("7", "C1", "20.00")
    one = statement(house)
    assert statement(house) == one
    (mail,) = mails(house)
    assert mail["Subject"] == "Uw rekeningoverzicht"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"Rekeningoverzicht {DAY}.pdf"
    assert attached.get_content().startswith(b"%PDF")
    assert "Dat is € 151,00, voor 2 facturen." in text(mail)
    assert house.broken() == {}


def test_what_was_asked_counts_for_no_ladder_and_no_rhythm(house):
    copy(house, keep(house))
    statement(house)
    assert len(mails(house)) == 2
    (one,) = released(house)
    (mail,) = mails(house)
    assert "F1" in mail["Subject"]
    assert one
    assert statement(house)
    assert len(mails(house)) == 1, "and none of the ladder keeps it back"


def test_a_reminder_that_waits_lets_a_copy_pass(house):
    runs.run(actor=house.actor, today=TODAY)
    copy(house, keep(house))
    assert len(mails(house)) == 1
    assert sorted(states(house)) == ["planned", "sent"]


def test_there_is_a_minute_to_take_it_back(house):
    until = datetime(2027, 3, 16, 12, 1, tzinfo=AMSTERDAM)
    one = copy(house, keep(house), not_before=until)
    assert mails(house, patient=True) == []
    asked.take_back(id=one, actor=house.actor, today=TODAY)
    asked.take_back(id=one, actor=house.actor, today=TODAY)
    assert house.events().count("message.taken_back") == 1
    assert mails(house) == []
    (row,) = questions.outbox(most=9, actor=house.actor)
    assert (row.state, row.why, row.was_asked, row.invoices) == ("withdrawn", "taken_back", True, ("F1",))
    assert copy(house, keep(house)) != one


def test_only_what_was_asked_and_did_not_leave_is_taken_back(house):
    one = copy(house, keep(house))
    mails(house)
    with house.refuses(NotTakenBack):
        asked.take_back(id=one, actor=house.actor, today=TODAY)
    (decided,) = released(house)
    with house.refuses(NotTakenBack):
        asked.take_back(id=decided, actor=house.actor, today=TODAY)


def test_an_address_that_changed_meanwhile_gets_nothing(house):
    copy(house, keep(house))
    debtors.change(debtor="7", email="nieuw@zee.example", actor=house.actor, today=TODAY)
    assert mails(house) == []
    assert states(house) == ["withdrawn"]


def test_without_a_paper_an_address_or_leave_nothing_is_asked(house):
    id_ = Invoice.objects.of(house.actor.administration_id).get(number="F1").public_id
    with house.refuses(NotKept):
        copy(house, id_)
    with house.refuses(NoSuchInvoice):
        copy(house, "0" * 12)
    house.debtor("Zonder adres", number="8")
    house.invoice("8", "F8", "5.00")
    kept = keep(house), keep(house, "F8")
    with house.refuses(NoMailbox):
        copy(house, kept[1])
    with house.refuses(NothingToState):
        statement(house, currency="USD")
    sender(house, live="off")
    with house.refuses(SendingIsOff):
        copy(house, kept[0])
    with house.refuses(NotAllowed):
        copy(house.as_role(Role.CALLER), kept[0])
    assert states(house) == []


def test_a_merged_customer_keeps_what_it_was_sent_twice_on_a_day(house):
    dubbel = house.debtor("Cafe Zee", number="9", email="info@zee.example")
    house.invoice(dubbel, "F9", "9.00", due="2027-03-15")
    copy(house, keep(house))
    copy(house, keep(house, "F9"))
    mails(house)
    doubles.merge(double="9", into="7", actor=house.actor, today=TODAY + timedelta(1))
    whose = Message.objects.of(house.actor.administration_id).values_list("debtor__number", flat=True)
    assert list(whose) == ["7", "7"]
    assert house.broken() == {}

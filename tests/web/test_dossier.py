"""Het dossier: all that was done about one customer or invoice, and nothing of anybody else."""

from __future__ import annotations

import os
import subprocess
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools import files
from tests.tools.files import Movement
from tests.tools.house import House
from tests.tools.letters import letter, pages
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.formats import letter_mail, letter_pdf
from voldaan.queries import dossier as questions
from voldaan.queries import dossier_papers
from voldaan.queries.dossier import Dossier
from voldaan.records import documents
from voldaan.records.actions import Action, Task
from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.people import User
from voldaan.records.receivables import Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.rules import dossiers as rules
from voldaan.rules.dossiers import TooLargeADossier
from voldaan.usecases import doubles, follow_up, notes, receipts_by_hand

PAPER = letter_pdf.draw(letter())


def keep(house: House, number: str, content: bytes, media_type: str = "application/pdf") -> Invoice:
    """Keep the document of an invoice."""
    row = Invoice.objects.of(house.actor.administration_id).get(number=number)
    row.document = documents.keep(BytesIO(content), administration_id=row.administration_id, name="../../x.pdf",
                                  media_type=media_type)  # fmt: skip
    row.save()
    return row


def sent(house: House, number: str, day: str, *, step: str = "reminder", post: bool = False, **more: Any) -> Message:
    """Send a message about an invoice, as the outbox leaves it behind."""
    books = house.actor.administration_id
    item = Receivable.objects.of(books).get(invoice__number=number, instalment=1)
    rows = Message.objects.of(books)
    at = datetime.fromisoformat(f"{day}T09:30+00:00")
    content = (
        PAPER + f"% {number} {day}".encode()
        if post
        else letter_mail.compose(letter(), sender_address="wij@hart.example", to_address="info@zee.example",
                                 message_id=f"<{rows.count()}.{day}@b.example>", sent_at=at)
    )  # fmt: skip
    kept = documents.keep(BytesIO(content), administration_id=books, name="x", media_type="application/pdf" if post
                          else "message/rfc822")  # fmt: skip
    facts: dict[str, Any] = {
        "administration_id": books, "debtor": item.debtor, "currency": item.currency, "step": step, "language": "nl",
        "channel": "letter" if post else "email", "recipient": "" if post else "info@zee.example", "term_days": 7,
        "total_cents": item.open_cents, "is_automatic": False, "decided_on": day, "sent_on": day, "state": "sent",
        "sent_at": at, "subject": f"Over {number}", "content": kept,
        "said": "" if post else "250 queued as 7F", "released_on": day,
        "released_by": User.objects.get(email=OWNER).pk,
    }  # fmt: skip
    message = rows.create(**facts | more)
    Action.objects.of(books).create(
        administration_id=books, debtor=item.debtor, version=StrategyVersion.objects.of(books)[0], receivable=item,
        step=step, open_cents=item.open_cents, decided_on=day, message=message, state="taken", taken_on=day,
    )  # fmt: skip
    return message


@pytest.fixture
def zee(house: House) -> str:
    """Give a customer with something of everything."""
    zee = house.debtor("Café Zéé", number="7", street="Kade 1", postcode="4811 AA", city="Breda")
    house.invoice(zee, "F/1", "121.00", issued="2026-12-01", due="2026-12-15")
    house.invoice(zee, "F2", "50.00", issued="2027-01-05", due="2027-01-20")
    keep(house, "F/1", PAPER)
    keep(house, "F2", b"%PDF-1.7 no more")
    sent(house, "F/1", "2026-12-20")
    sent(house, "F/1", "2027-01-10", step="demand", post=True, received_on=date(2027, 1, 13),
         delivery_words="getekend voor ontvangst, 3SXYZ")  # fmt: skip
    sent(house, "F2", "2027-01-25", state="failed", said="550 5.1.1 no such user")
    house.pay("F/1", "21.00", on="2027-01-15")
    house.credit_note(zee, "C1", "4.00")
    house.write_off("F2", "6.00", reason="kleine schade")
    follow_up.pause(invoice="F/1", until=date(2027, 3, 9), reason="wacht op bank", actor=house.actor, today=house.today)
    books = house.actor.administration_id
    Task.objects.of(books).create(
        administration_id=books, debtor=Debtor.objects.of(books).get(number="7"), currency="EUR", kind="call",
        decided_on="2027-01-30", state="done", ended_on=date(2027, 1, 31), outcome="Betaalt maandag.",
    )  # fmt: skip
    notes.write(debtor=zee, text="Vraagt om uitstel.", actor=house.actor, today=house.today)
    return zee


def url(debtor: str, rest: str = "") -> str:
    return f"/{SLUG}/klanten/{debtor}/dossier/{rest}"


def of(house: House, zee: str, **more: Any) -> Dossier:
    return questions.of_customer(zee, currency="EUR", actor=house.actor, today=house.today, **more)


def of_invoice(house: House, number: str) -> Dossier:
    id_ = questions.numbered(number, actor=house.actor)
    return questions.of_invoice(id_, actor=house.actor, today=house.today)


def taken(address: str, form: str, **more: str) -> bytes:
    """Download a dossier."""
    answer = signed_in(OWNER).post(address, {"vorm": form, "valuta": "EUR", "notities": "ja", **more})
    assert answer.status_code == 200, answer.content
    return bytes(answer.getvalue())


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(pages(pdf)).split())


def test_the_zip_holds_every_document_by_day_and_its_sums_are_right(house: House, zee: str, tmp_path: Path):
    with ZipFile(BytesIO(taken(url(zee, "bestand/"), "zip"))) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path)
    assert names == [
        "dossier.pdf",
        "01 2026-12-01 factuur F-1.pdf",
        "02 2026-12-20 betalingsherinnering per e-mail.eml",
        "03 2027-01-05 factuur F2.pdf",
        "04 2027-01-10 aanmaning per brief.pdf",
        "05 2027-01-25 betalingsherinnering per e-mail.eml",
        "06 2027-03-01 wat verschuldigd is op 1 maart 2027.pdf",
        "SHA256SUMS",
    ]
    proof = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True,
                           env={"LC_ALL": "C", "PATH": os.environ["PATH"]})  # fmt: skip
    assert proof.stdout.count(b": OK") == 7
    assert (tmp_path / names[1]).read_bytes() == PAPER
    assert (tmp_path / names[3]).read_bytes() == b"%PDF-1.7 no more"


def test_the_pdf_tells_what_is_owed_what_happened_and_shows_every_document(house: House, zee: str):
    drawn = pages(taken(url(zee, "bestand/"), "pdf"))
    text = " ".join(" ".join(drawn).split())
    for words in (
        "Dossier Café Zéé", "Schuldeiser", "Bakkerij 't Hart", "klantnummer 7", "Kade 1", "Wat verschuldigd is",
        "Hoofdsom, openstaand € 144,00", "Totaal € 144,00", "Tegoed € −4,00", "Te betalen € 140,00",
        "Wat er is gebeurd",
        "Gefactureerd, factuur F/1", "€ 21,00 verrekend met factuur F/1", "Ontvangen",
        "Afgeboekt, factuur F2, kleine schade", "creditnota C1", "wacht op bank", "Betaalt maandag.",
        "Notitie: Vraagt om uitstel.", "Betalingsherinnering per e-mail aan info@zee.example",
        "ontvangen: 13 januari 2027, getekend voor ontvangst, 3SXYZ", "geweigerd", "550 5.1.1 no such user",
        "Goedgekeurd 20 december 2026, eigenaar@hart.example", "250 queued as 7F", "Producties",
        "beschadigd of vergrendeld", "Beste Bakkerij Jansen",
    ):  # fmt: skip
        assert words in text, words
    for paper in of(house, zee).papers:
        assert paper.sha256 in text
        assert any(f"Productie {paper.number} · " in page for page in drawn)


def test_the_balance_at_the_end_is_what_is_owed(house: House, zee: str):
    found = of(house, zee)
    assert sum(one.cents or 0 for one in found.happenings) == found.open_cents - found.credit_cents == 14000
    assert [one.day for one in found.happenings] == sorted(one.day for one in found.happenings)
    for number, left in (("F/1", 10000), ("F2", 4400)):
        of_one = of_invoice(house, number)
        assert sum(one.cents or 0 for one in of_one.happenings) == of_one.open_cents == left


def test_of_one_invoice_there_is_only_what_is_about_it(house: House, zee: str):
    found = of_invoice(house, "F2")
    assert [paper.about for paper in found.papers] == ["F2", "Over F2", ""]
    kinds = [(one.what, one.facts.get("kind", "")) for one in found.happenings]
    assert kinds == [("entry", "invoiced"), ("message", ""), ("entry", "write_off"), ("note", "")]
    address = f"/{SLUG}/facturen/{questions.numbered('F2', actor=house.actor)}/dossier/"
    text = text_of(taken(address + "bestand/", "pdf"))
    assert "Dossier Café Zéé, Factuur F2" in text
    assert "F/1" not in text
    assert ZipFile(BytesIO(taken(address + "bestand/", "zip"))).namelist()[1] == "01 2027-01-05 factuur F2.pdf"


CANARIES = ("Kanarie", "K-4711", "NL02ABNA0123456789", "Geheimlaan", "9999 ZZ", "kanarie@elders.example", "KAN-1")


def test_nothing_of_other_customers_is_in_it(house: House, zee: str):
    other = house.debtor("Kanarie & Zn", number="K-4711", street="Geheimlaan 9", postcode="9999 ZZ", city="Elders",
                         email="kanarie@elders.example", iban="NL02ABNA0123456789")  # fmt: skip
    house.invoice(other, "KAN-1", "77.00", issued="2027-01-02", due="2027-01-16")
    keep(house, "KAN-1", b"%PDF Kanarie")
    sent(house, "KAN-1", "2027-01-21")
    notes.write(debtor=other, text="Kanarie belt.", actor=house.actor, today=house.today)
    # One payment of the other, for invoices of both.
    moved = Movement(date(2027, 2, 25), 12_700, iban="NL02ABNA0123456789", name="Kanarie & Zn", text="KAN-1 en de rest")
    files.bring(house, files.camt053([moved]), "afschrift.xml")
    line = BankTransaction.objects.of(house.actor.administration_id).get()
    if line.left_cents == 12_700:
        receipts_by_hand.allocate(receipt=line.public_id, invoice="KAN-1", actor=house.actor, today=house.today)
    receipts_by_hand.allocate(receipt=line.public_id, invoice="F/1", actor=house.actor, today=house.today)
    house.invoice(zee, "F3", "1.00", issued="2027-02-20", due="2027-02-27")
    for found in (of(house, zee), of_invoice(house, "F/1")):
        assert not [canary for canary in CANARIES if canary in repr(found)]
    assert any(one.what == "allocation" and one.facts["cents"] == 5000 for one in of(house, zee).happenings)
    text = text_of(taken(url(zee, "bestand/"), "pdf"))
    assert not [canary for canary in CANARIES if canary in text]
    with ZipFile(BytesIO(taken(url(zee, "bestand/"), "zip"))) as packed:
        for name in packed.namelist():
            assert not [canary for canary in CANARIES if canary.encode() in packed.read(name) or canary in name]


def test_a_trial_and_what_did_not_leave_are_not_in_it(house: House, zee: str):
    before = len(of(house, zee).papers)
    sent(house, "F2", "2027-02-01", step="a", is_trial=True)
    for n, state in enumerate(("planned", "released", "claimed", "withdrawn"), 2):
        sent(house, "F2", f"2027-02-0{n}", step=state, state=state)
    assert len(of(house, zee).papers) == before
    sent(house, "F2", "2027-02-08", step="b", state="uncertain")
    assert len(of(house, zee).papers) == before + 1


def test_notes_can_stay_behind_and_those_that_do_not_hold_any_more_do(house: House, zee: str):
    gone = notes.write(debtor=zee, text="Vergissing!", actor=house.actor, today=house.today)
    notes.withdraw(note=gone, actor=house.actor, today=house.today)
    old = notes.write(debtor=zee, text="Belt dinsdag", actor=house.actor, today=house.today)
    notes.write(debtor=zee, text="Belt woensdag", corrects=old, actor=house.actor, today=house.today)
    told = [one.facts["text"] for one in of(house, zee).happenings if one.what == "note"]
    assert told == ["Vraagt om uitstel.", "Belt woensdag"]
    assert "Vraagt om uitstel" not in text_of(taken(url(zee, "bestand/"), "pdf", notities=""))


def test_that_it_left_is_an_event(browse: Browse, house: House, zee: str):
    taken(url(zee, "bestand/"), "zip")
    event = Event.objects.of(house.actor.administration_id).order_by("number").last()
    assert event is not None
    assert (event.kind, event.facts, event.user.email if event.user else "") == (
        "dossier.made",
        {"documents": 6},
        OWNER,
    )
    assert "A dossier of 6 documents was handed over." in browse(f"/{SLUG}/klanten/{zee}/verloop/").text
    assert signed_in(OWNER).get(url(zee, "bestand/")).status_code == 405


def test_the_page_says_what_is_in_it_and_is_found_from_both(browse: Browse, house: House, zee: str):
    page = browse(url(zee))
    assert page.tile("Documents") == "6"
    assert page.all("//tbody/tr/th") == ["Invoice F/1", "Reminder by e-mail", "Invoice F2", "Demand by letter",
                                         "Reminder by e-mail", "What is owed on 1 March 2027"]  # fmt: skip
    assert page.all("//tbody/tr/td[1]")[0] == "Exhibit 1"
    assert url(zee) in browse(f"/{SLUG}/klanten/{zee}/").tree.xpath("//a/@href")
    invoice = Invoice.objects.of(house.actor.administration_id).get(number="F2")
    address = f"/{SLUG}/facturen/{invoice.public_id}/dossier/"
    assert address in browse(f"/{SLUG}/facturen/{invoice.public_id}/").tree.xpath("//a/@href")
    assert browse(address).tile("Documents") == "3"
    browse(url("niemand"), status=404)


def test_each_currency_has_its_own(browse: Browse, house: House, zee: str):
    house.invoice(zee, "U1", "9.00", issued="2027-02-01", due="2027-02-15", currency="USD")
    page = browse(url(zee, "?valuta=USD"))
    assert page.tree.xpath("//main//a[@aria-current='page']/text()") == ["USD"]
    assert page.tile("What happened") == "2"  # the invoice, and the note
    assert browse(url(zee)).tile("Documents") == "6"


def test_a_double_leads_to_the_dossier_of_who_stays_with_what_was_of_both(house: House, zee: str):
    other = house.debtor("Zee", number="8")
    house.invoice("8", "F8", "5.00", issued="2027-02-01", due="2027-02-15")
    sent(house, "F8", "2027-02-16")
    doubles.merge(double="8", into="7", actor=house.actor, today=house.today)
    assert questions.of(other, actor=house.actor).debtor == zee
    found = of(house, other)
    assert found == of(house, zee)
    assert "Over F8" in [paper.about for paper in found.papers]
    assert sum(one.cents or 0 for one in found.happenings) == found.open_cents - found.credit_cents == 14500


def test_it_asks_the_same_however_much_there_is_and_too_much_is_refused(
    browse: Browse, house: House, zee: str, monkeypatch
):
    costs = []
    for first, last in ((0, 2), (2, 30)):
        for n in range(first, last):
            house.invoice(zee, f"M{n}", "1.00", issued="2027-02-01", due="2027-02-15")
            sent(house, f"M{n}", f"2026-11-{n + 1:02}")
        browse(url(zee))
        with CaptureQueriesContext(connection) as asked:
            browse(url(zee))
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 40
    monkeypatch.setattr(dossier_papers, "MOST_PAPERS", 10)
    assert "Make it of one invoice." in browse(url(zee), status=409).text
    with pytest.raises(TooLargeADossier):
        of(house, zee)
    assert rules.MOST_PAPERS > 1_000


def test_the_same_books_on_the_same_day_give_the_same_bytes(house: House, zee: str):
    for form in ("pdf", "zip"):
        once = taken(url(zee, "bestand/"), form)
        assert taken(url(zee, "bestand/"), form) == once


def test_a_file_that_is_gone_stops_nothing(house: House, zee: str):
    row = Invoice.objects.of(house.actor.administration_id).select_related("document").get(number="F/1")
    assert row.document is not None
    default_storage.delete(documents.place(row.document.sha256))
    assert "niet meer in de opslag" in text_of(taken(url(zee, "bestand/"), "pdf"))
    names = ZipFile(BytesIO(taken(url(zee, "bestand/"), "zip"))).namelist()
    assert "01 2026-12-01 factuur F-1.pdf" not in names
    assert "03 2027-01-05 factuur F2.pdf" in names

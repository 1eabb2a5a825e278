"""Every verb: who may do it, that it says one thing to the trail, and that no verb is left out of this table (T2)."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

import voldaan.usecases
from tests.tools import files as made
from tests.tools.house import House
from tests.tools.standing import standing
from voldaan.records.actions import Action, Task
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import BankGap, BankTransaction, Statement
from voldaan.records.bank_places import RefusedFile
from voldaan.records.brought_files import BroughtFile
from voldaan.records.debtors import Contact, PayerAlias
from voldaan.records.documents import Document
from voldaan.records.interruptions import Interruption as Stop
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message, WordingText
from voldaan.records.notes import Note
from voldaan.records.people import Membership, SignInLink, User
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.rates import StatutoryRate
from voldaan.records.receivables import Receivable
from voldaan.records.remittance_advices import RemittanceAdvice
from voldaan.records.strategies import StrategyVersion
from voldaan.records.vat_reclaims import VatReclaim
from voldaan.records.write_off_requests import WriteOffRequest
from voldaan.rules.contacts import ContactRole
from voldaan.rules.ladders import FOURTEEN_DAYS, written
from voldaan.rules.law import DebtorKind
from voldaan.rules.letters import Wording
from voldaan.rules.limitation import Interruption
from voldaan.rules.money import Money
from voldaan.rules.permissions import MATRIX, Deed, NotAllowed, Role
from voldaan.rules.rates import Told
from voldaan.rules.term_sets import TermSet
from voldaan.rules.terms import TermBasis
from voldaan.usecases import (
    accounts,
    addresses,
    administrations,
    allocations,
    asked,
    bank_gaps,
    brought_files,
    contacts,
    debtors,
    deliveries,
    dossiers,
    doubles,
    due_dates,
    entries,
    exports,
    fetching,
    files,
    follow_up,
    interruptions,
    invoices,
    messages,
    notes,
    payers,
    payments,
    people,
    rates,
    receipts_by_hand,
    receipts_spread,
    receipts_together,
    refunds,
    remittance_advices,
    rests,
    runs,
    sending,
    set_offs,
    strategies,
    terms,
    vat_reclaims,
    wordings,
    write_off_requests,
    write_offs,
)
from voldaan.usecases.events import SENTENCES

# Ids in the story below.
RECEIPT, PROPOSAL, WAITS, UNCERTAIN, TASK, ASIDE, NOTE, PAPER, ASKED, REFUSED = (one * 12 for one in "0123456789")
TO_AGREE = "w" * 12  # a write-off that waits for an owner

# Verbs that go outside: they claim and commit before, and write down the answer after. Their stories are in
# tests/usecases/test_sending.py, tests/web/test_settings_sender.py and tests/web/test_brought_files.py.
# So does a stop: it leaves a sign for whoever holds the books.
OUTSIDE = {
    "brought_files.stop",
    "brought_files.take_in",
    "fetching.fetch",
    "sending.send",
    "sending.print_letters",
    "house_mail.try_out",
}
# Writes of what it did, as a part of the verb that brings it about: as often as there is something, and never alone.
PARTS = {"lowering.lower", "write_off_requests.withdraw_outdated"}


MEMBER, NOW = "lid@b.example", datetime(2027, 3, 1, 12, tzinfo=UTC)
LINK = "een link"
RATE = Told("r.csv:2", "NL", "consumer", "2027-01-01", "", "5.00", "Stb.")
NOT_TAKEN = "b5" * 6  # a file that came by itself and was refused
ENDED = "e3" * 6  # a large file that was taken in
LATER = "6" * 12  # a task that was put off
LEFT = "c" * 12  # a message that was sent
STOPPED = "5s" * 6  # an interruption of F2
TAKEN = "t" * 12  # a receipt that stands as credit
PAYER, FORGOTTEN = "NL20INGB0001234567", "NL02RABO0123456789"  # accounts from which a customer pays, or paid
PASSED = "NL02ABNA0123456789"  # an account whose missing days were passed over
SECOND = "NL02ABNA0123456789"  # account of the house
WITHOUT_ACTOR = {administrations.open_books, people.arrive, people.let_in_again}


def people_link() -> str:
    """Hand a link to the member."""
    SignInLink.objects.create(
        user=User.objects.get(email=MEMBER), token_hash=sha256(LINK.encode()).hexdigest(), until=NOW + timedelta(1)
    )
    return LINK


def _as(house: House) -> dict[str, Any]:
    return {"actor": house.actor, "today": house.today}


def _within_a_limit(house: House) -> dict[str, Any]:
    """An owner has nobody to ask."""
    return {"actor": replace(house.actor, deeds=house.actor.deeds - {Deed.WRITE_OFF_ANY}), "today": house.today}


# Each verb: the deed it asks for, the event it writes, and how it is done in the story below.
VERBS: dict[Callable[..., Any], tuple[Deed | None, str, Callable[[House], Any]]] = {
    accounts.add: (
        Deed.CHANGE_SENDER,
        "account.added",
        lambda h: accounts.add(iban="BE68 5390 0754 7034", **_as(h)),
    ),
    accounts.put_first: (
        Deed.CHANGE_SENDER,
        "account.put_first",
        lambda h: accounts.put_first(iban=SECOND, **_as(h)),
    ),
    accounts.block: (
        Deed.CHANGE_SENDER,
        "account.blocked",
        lambda h: accounts.block(iban=SECOND, **_as(h)),
    ),
    accounts.remove: (Deed.CHANGE_SENDER, "account.removed", lambda h: accounts.remove(iban=SECOND, **_as(h))),
    addresses.fill_in: (
        Deed.CHANGE_DEBTORS,
        "debtor.changed",
        lambda h: addresses.fill_in(told={"8": addresses.Address(email="zee@b.example")}, **_as(h)),
    ),
    administrations.open_books: (
        None,  # whoever can run the command on the machine; there are no books yet to have a role in
        "administration.opened",
        lambda h: administrations.open_books(
            name="Nieuw", country="BE", ibans=[], owner_email="a@b.example", via="test", today=h.today
        ),
    ),
    administrations.change: (
        Deed.CHANGE_SETTINGS,
        "administration.changed",
        lambda h: administrations.change(name="language", value="fr", **_as(h)),
    ),
    administrations.change_sender: (
        Deed.CHANGE_SENDER,
        "sender.changed",
        lambda h: administrations.change_sender(name="sender", value="wij@hart.example", **_as(h)),
    ),
    administrations.close: (Deed.CLOSE_PERIOD, "period.closed", lambda h: h.close("2027-01-31")),
    allocations.allocate: (Deed.ALLOCATE, "allocation.made", lambda h: h.allocate(h.entry("invoice:C1").number, "F1")),
    allocations.reverse: (Deed.ALLOCATE, "allocation.reversed", lambda h: h.undo(4)),
    contacts.remove: (
        Deed.CHANGE_DEBTORS,
        "contact.removed",
        lambda h: contacts.remove(debtor="7", role=ContactRole.INVOICE, **_as(h)),
    ),
    contacts.write: (
        Deed.CHANGE_DEBTORS,
        "contact.written",
        lambda h: contacts.write(debtor="7", role=ContactRole.REMINDER, email="r@b.example", **_as(h)),
    ),
    asked.send_copy: (Deed.RELEASE_RUN, "copy.asked", lambda h: asked.send_copy(invoice=PAPER, **_as(h))),
    asked.send_statement: (
        Deed.RELEASE_RUN,
        "statement.asked",
        lambda h: asked.send_statement(debtor="7", currency="EUR", since=date(2027, 1, 1), **_as(h)),
    ),
    asked.take_back: (Deed.RELEASE_RUN, "message.taken_back", lambda h: asked.take_back(id=ASKED, **_as(h))),
    debtors.open_file: (Deed.CHANGE_DEBTORS, "debtor.opened", lambda h: h.debtor("Nieuw")),
    debtors.change: (
        Deed.CHANGE_DEBTORS,
        "debtor.changed",
        lambda h: debtors.change(debtor="7", city="Gent", email="a@b.example", **_as(h)),
    ),
    doubles.merge: (
        Deed.CHANGE_DEBTORS,
        "debtor.merged",
        lambda h: doubles.merge(double="8", into="7", **_as(h)),
    ),
    entries.reverse: (Deed.WRITE_OFF, "entry.reversed", lambda h: h.take_back(h.entry("invoice:C1").number)),
    files.bring_in: (
        Deed.IMPORT,
        "file.imported",
        lambda h: made.bring(h, made.items([made.Item("7", "Café Zéé", "F8", 1000)]), "lijst.csv"),
    ),
    follow_up.pause: (
        Deed.PAUSE,
        "follow_up.paused",
        lambda h: follow_up.pause(invoice="F1", until=date(2027, 6, 1), reason="vakantie", **_as(h)),
    ),
    follow_up.skip: (
        Deed.PREPARE_RUN,
        "follow_up.skipped",
        lambda h: follow_up.skip(id=WAITS, reason="belde zelf", **_as(h)),
    ),
    follow_up.put_off: (
        Deed.RECORD_CALLS,
        "task.put_off",
        lambda h: follow_up.put_off(id=TASK, until=date(2027, 3, 8), reason="vakantie", **_as(h)),
    ),
    follow_up.take_up: (Deed.RECORD_CALLS, "task.taken_up", lambda h: follow_up.take_up(id=LATER, **_as(h))),
    follow_up.done: (Deed.RECORD_CALLS, "task.done", lambda h: follow_up.done(id=TASK, outcome="betaalt", **_as(h))),
    messages.approve: (Deed.RELEASE_RUN, "messages.released", lambda h: messages.approve(ids=[WAITS], **_as(h))),
    notes.withdraw: (Deed.RECORD_CALLS, "note.withdrawn", lambda h: notes.withdraw(note=NOTE, **_as(h))),
    notes.write: (
        Deed.RECORD_CALLS,
        "note.written",
        lambda h: notes.write(debtor="7", text="Belt liever na tienen.", **_as(h)),
    ),
    messages.take_back: (
        Deed.RELEASE_RUN,
        "messages.taken_back",
        lambda h: messages.take_back(ids=[WAITS], **_as(h)),
    ),
    messages.resolve: (
        Deed.SEND,
        "message.resolved",
        lambda h: messages.resolve(message=UNCERTAIN, was_sent=True, **_as(h)),
    ),
    deliveries.received: (
        Deed.SEND,
        "message.received",
        lambda h: deliveries.received(message=LEFT, on=h.today, proof="aangetekend", **_as(h)),
    ),
    deliveries.returned: (
        Deed.SEND,
        "message.returned",
        lambda h: deliveries.returned(message=LEFT, on=h.today, words="onbekend", **_as(h)),
    ),
    deliveries.withdrawn: (
        Deed.SEND,
        "message.withdrawn",
        lambda h: deliveries.withdrawn(message=LEFT, reason="te vroeg", **_as(h)),
    ),
    runs.run: (Deed.PREPARE_RUN, "follow_up.decided", lambda h: runs.run(**_as(h))),
    sending.stop: (Deed.SEND, "sending.stopped", lambda h: sending.stop(**_as(h))),
    sending.resume_sending: (Deed.RELEASE_RUN, "sending.resumed", lambda h: sending.resume_sending(**_as(h))),
    set_offs.set_off: (
        Deed.WRITE_OFF,
        "set_off.made",
        lambda h: set_offs.set_off(invoice="F1", reference="I77", reason="verrekend", amount=Money(100), **_as(h)),
    ),
    strategies.define: (
        Deed.CHANGE_STRATEGIES,
        "strategy.defined",
        lambda h: strategies.define(code="eigen", content=written(FOURTEEN_DAYS), **_as(h)),
    ),
    dossiers.hand_over: (
        Deed.EXPORT,
        "dossier.made",
        lambda h: dossiers.hand_over(debtor=debtors.find("7", actor=h.actor).public_id, documents=3, **_as(h)),
    ),
    terms.agree_terms: (
        Deed.CHANGE_SETTINGS,
        "terms.agreed",
        lambda h: terms.agree_terms(kind=DebtorKind.BUSINESS, terms=TermSet(14), valid_from=h.today, **_as(h)),
    ),
    wordings.give_back: (
        Deed.CHANGE_STRATEGIES,
        "wording.given_back",
        lambda h: wordings.give_back(step="demand", language="nl", **_as(h)),
    ),
    wordings.write: (
        Deed.CHANGE_STRATEGIES,
        "wording.written",
        lambda h: wordings.write(wording=Wording("reminder", "nl", "Over {invoices}", "Betaal {total}.", ""), **_as(h)),
    ),
    follow_up.resume: (Deed.PAUSE, "follow_up.resumed", lambda h: follow_up.resume(invoice="F2", **_as(h))),
    receipts_by_hand.accept: (
        Deed.ALLOCATE,
        "proposal.accepted",
        lambda h: receipts_by_hand.accept(proposal=PROPOSAL, **_as(h)),
    ),
    bank_gaps.pass_over: (
        Deed.IMPORT,
        "bank_gap.passed_over",
        lambda h: bank_gaps.pass_over(account="NL91ABNA0417164300", after=h.today, reason="gebeld", **_as(h)),
    ),
    bank_gaps.ask_again: (
        Deed.IMPORT,
        "bank_gap.asked_again",
        lambda h: bank_gaps.ask_again(account=PASSED, after=h.today, **_as(h)),
    ),
    brought_files.hand_over: (
        Deed.IMPORT,
        "file.brought",
        lambda h: brought_files.hand_over(name="groot.xml", source=BytesIO(b"<groot/>"), machine=NOW, **_as(h)),
    ),
    brought_files.done_with: (
        Deed.IMPORT,
        "file.brought_done",
        lambda h: brought_files.done_with(file=ENDED, **_as(h)),
    ),
    fetching.done_with: (
        Deed.IMPORT,
        "file.refused_done",
        lambda h: fetching.done_with(file=NOT_TAKEN, **_as(h)),
    ),
    payers.forget: (
        Deed.ALLOCATE,
        "payer.forgotten",
        lambda h: payers.forget(debtor=debtors.find("7", actor=h.actor).public_id, iban=PAYER, **_as(h)),
    ),
    payers.remember: (
        Deed.ALLOCATE,
        "payer.remembered",
        lambda h: payers.remember(debtor=debtors.find("7", actor=h.actor).public_id, iban=FORGOTTEN, **_as(h)),
    ),
    receipts_together.accept_all: (
        Deed.ALLOCATE,
        "proposals.accepted",
        lambda h: receipts_together.accept_all(wanted=[PROPOSAL], match_class="exact", **_as(h)),
    ),
    receipts_together.take_back_all: (
        Deed.ALLOCATE,
        "receipts.taken_back",
        lambda h: receipts_together.take_back_all(wanted=[TAKEN], **_as(h)),
    ),
    receipts_spread.spread_over: (
        Deed.ALLOCATE,
        "receipt.spread",
        lambda h: receipts_spread.spread_over(receipt=RECEIPT, parts=[("F2", Money(100, "EUR"))], **_as(h)),
    ),
    receipts_by_hand.ask_again: (
        Deed.ALLOCATE,
        "proposal.asked_again",
        lambda h: receipts_by_hand.ask_again(proposal=REFUSED, **_as(h)),
    ),
    receipts_by_hand.reject: (
        Deed.ALLOCATE,
        "proposal.rejected",
        lambda h: receipts_by_hand.reject(proposal=PROPOSAL, **_as(h)),
    ),
    receipts_by_hand.allocate: (
        Deed.ALLOCATE,
        "receipt.allocated",
        lambda h: receipts_by_hand.allocate(receipt=RECEIPT, invoice="F2", **_as(h)),
    ),
    refunds.pay_back: (
        Deed.RECORD_PAYMENT,
        "credit.paid_back",
        lambda h: refunds.pay_back(credit_number=2, **_as(h)),
    ),
    refunds.take_back: (
        Deed.WRITE_OFF,
        "entry.reversed",
        lambda h: refunds.take_back(credit_number=h.entry("invoice:C8").number, reason="vergissing", **_as(h)),
    ),
    receipts_by_hand.leave_as_credit: (
        Deed.ALLOCATE,
        "receipt.left_as_credit",
        lambda h: receipts_by_hand.leave_as_credit(receipt=RECEIPT, debtor="7", **_as(h)),
    ),
    receipts_by_hand.set_aside: (
        Deed.ALLOCATE,
        "receipt.set_aside",
        lambda h: receipts_by_hand.set_aside(receipt=RECEIPT, **_as(h)),
    ),
    receipts_by_hand.take_back: (
        Deed.ALLOCATE,
        "receipt.taken_back",
        lambda h: receipts_by_hand.take_back(receipt=ASIDE, **_as(h)),
    ),
    remittance_advices.remove: (
        Deed.IMPORT,
        "advice.removed",
        lambda h: remittance_advices.remove(advice=PAPER, **_as(h)),
    ),
    interruptions.record: (
        Deed.RECORD_CALLS,
        "interruption.recorded",
        lambda h: interruptions.record(
            invoice="F1", kind=Interruption.DEMAND, day=h.today, proof="3S1 aangetekend", **_as(h)
        ),
    ),
    interruptions.take_back: (
        Deed.RECORD_CALLS,
        "interruption.taken_back",
        lambda h: interruptions.take_back(interruption=STOPPED, reason="verkeerde klant", **_as(h)),
    ),
    invoices.receive: (Deed.IMPORT, "invoice.received", lambda h: h.invoice("7", "F9", "5.00")),
    invoices.credit: (Deed.IMPORT, "credit_note.received", lambda h: h.credit_note("7", "C9", "5.00", corrects="F1")),
    payments.record: (Deed.RECORD_PAYMENT, "payment.recorded", lambda h: h.pay("F1", "7.00", key="K7")),
    payments.take_back: (
        Deed.RECORD_PAYMENT,
        "payment.taken_back",
        lambda h: payments.take_back(number=3, reason="niet betaald", **_as(h)),
    ),
    people.add: (Deed.MANAGE_USERS, "person.added", lambda h: people.add(email="p@b.example", role="caller", **_as(h))),
    people.arrive: (
        None,  # whoever holds the link
        "person.arrived",
        lambda h: people.arrive(
            token=people_link(), name="P", password="een lange zin van P", via="test", today=h.today, now=NOW
        ),
    ),
    people.change_role: (
        Deed.MANAGE_USERS,
        "person.changed",
        lambda h: people.change_role(email=MEMBER, role="caller", **_as(h)),
    ),
    people.invite: (Deed.MANAGE_USERS, "person.invited", lambda h: people.invite(email=MEMBER, now=NOW, **_as(h))),
    people.let_in_again: (
        None,  # whoever can run the command on the machine
        "person.invited",
        lambda h: people.let_in_again(email=MEMBER, via="test", today=h.today, now=NOW),
    ),
    rates.add: (Deed.CHANGE_RATES, "rates.added", lambda h: rates.add(rates=[RATE], **_as(h))),
    rates.take_back: (
        Deed.CHANGE_RATES,
        "rate.taken_back",
        lambda h: rates.take_back(country="NL", kind="consumer", valid_from=date(2027, 7, 1), **_as(h)),
    ),
    people.remove: (Deed.MANAGE_USERS, "person.removed", lambda h: people.remove(email=MEMBER, **_as(h))),
    exports.hand_over: (
        Deed.ALLOCATE,
        "payments.exported",
        lambda h: exports.hand_over(layout="csv", **_as(h)),
    ),
    due_dates.rests_on: (
        Deed.CHANGE_DEBTORS,
        "term.told",
        lambda h: due_dates.rests_on(basis=TermBasis.AGREED, reason="contract", debtor="7", **_as(h)),
    ),
    rests.give_up: (Deed.ALLOCATE, "rests.given_up", lambda h: rests.give_up(invoice="R1", **_as(h))),
    rests.give_up_all: (
        Deed.ALLOCATE,
        "rests.given_up",
        lambda h: rests.give_up_all(most_cents=100, paid_since=h.today, count=1, **_as(h)),
    ),
    vat_reclaims.certain: (
        Deed.WRITE_OFF,
        "vat.certain",
        lambda h: vat_reclaims.certain(invoice="F2", day=h.today, reason="failliet", **_as(h)),
    ),
    vat_reclaims.not_certain: (
        Deed.WRITE_OFF,
        "vat.not_certain",
        lambda h: vat_reclaims.not_certain(invoice="F1", reason="te vroeg", **_as(h)),
    ),
    vat_reclaims.put_in: (
        Deed.WRITE_OFF,
        "vat.recorded",
        lambda h: vat_reclaims.put_in(period="2026-Q4", **_as(h)),
    ),
    vat_reclaims.take_back: (
        Deed.WRITE_OFF,
        "vat.taken_back",
        lambda h: vat_reclaims.take_back(period="2026-Q3", reason="te vroeg", **_as(h)),
    ),
    write_off_requests.approve: (
        Deed.WRITE_OFF_ANY,
        "write_off.approved",
        lambda h: write_off_requests.approve(request=TO_AGREE, **_as(h)),
    ),
    write_off_requests.ask: (
        Deed.WRITE_OFF,
        "write_off.asked",
        lambda h: write_off_requests.ask(invoice="F1", reason="failliet", **_within_a_limit(h)),
    ),
    write_off_requests.decline: (
        Deed.WRITE_OFF_ANY,
        "write_off.declined",
        lambda h: write_off_requests.decline(request=TO_AGREE, reason="bel eerst", **_as(h)),
    ),
    write_off_requests.withdraw: (
        Deed.WRITE_OFF,
        "write_off.withdrawn",
        lambda h: write_off_requests.withdraw(request=TO_AGREE, **_as(h)),
    ),
    write_offs.write_off: (Deed.WRITE_OFF, "write_off.made", lambda h: h.write_off("F1", "1.00")),
}

ROOMS = [name for _, name, _ in pkgutil.iter_modules(voldaan.usecases.__path__)]


def called(verb: Callable[..., Any]) -> str:
    return f"{verb.__module__.rpartition('.')[2]}.{verb.__name__}"


def public() -> dict[str, Callable[..., Any]]:
    """Give every public function that a room of the verbs defines itself."""
    found: dict[str, Callable[..., Any]] = {}
    for room in ROOMS:
        module = importlib.import_module(f"voldaan.usecases.{room}")
        for name, thing in vars(module).items():
            if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{room}.{name}"] = thing
    return found


def body(function: Callable[..., Any]) -> ast.FunctionDef:
    """Find the source of a function by its name, so that an edit during the run does not matter."""
    tree = ast.parse(Path(inspect.getfile(inspect.unwrap(function))).read_text())
    (found,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function.__name__]
    return found


def is_verb(function: Callable[..., Any]) -> bool:
    """A verb asks for a deed or writes an event; what does neither is part of one."""
    calls = {ast.unparse(node.func) for node in ast.walk(body(function)) if isinstance(node, ast.Call)}
    return not calls.isdisjoint({"actor.must", "events.write"})


@pytest.fixture(scope="module")
def standing_house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with standing(django_db_blocker):
        yield opened()


@pytest.fixture
def house(standing_house: House, db: None) -> House:
    return standing_house


def opened() -> House:
    house = House.opened()
    user = User.objects.create(email=MEMBER)
    Membership.objects.of(house.actor.administration_id).create(
        administration_id=house.actor.administration_id, user=user, role="auditor"
    )
    house.debtor("Café Zéé", number="7")
    house.debtor("Zee", number="8")
    house.invoice("7", "F1", "100.00")  # 1
    house.credit_note("7", "C1", "10.00")  # 2
    house.pay("F1", "20.00")  # 3, allocated by 4
    house.invoice("7", "F2", "5.00")  # 5
    follow_up.pause(invoice="F2", until=date(2027, 6, 1), reason="vakantie", **_as(house))
    StatutoryRate.objects.create(country="NL", kind="consumer", valid_from=date(2027, 7, 1), percent="4.00",
                                 source="Stb.", added_on=house.today, added_by="test")  # fmt: skip
    money_in(house)
    payers_and_gaps(house)
    follow_up_of(house)
    asked_of(house)
    house.invoice("8", "R1", "10.00")
    house.pay("R1", "9.98")
    invoices.receive(debtor="8", number="V1", amount=Money(12_100), vat_cents=2_100, issue_date=date(2025, 11, 1),
                     due_date=date(2025, 12, 1), **_as(house))  # fmt: skip
    whose = house.actor.administration_id
    VatReclaim.objects.of(whose).create(
        administration_id=whose, receivable=Receivable.objects.of(whose).get(invoice__number="F2"), kind="return",
        day=house.today, period="2026-Q3", vat_cents=80, recorded_on=house.today,
    )  # fmt: skip
    VatReclaim.objects.of(whose).create(
        administration_id=whose, receivable=Receivable.objects.of(whose).get(invoice__number="F1"), kind="certain",
        day=house.today, reason="vertrokken", recorded_on=house.today,
    )  # fmt: skip
    Stop.objects.of(whose).create(
        administration_id=whose, public_id=STOPPED, invoice=Invoice.objects.of(whose).get(number="F2"),
        kind="acknowledgement", day=house.today, proof="mail", recorded_on=house.today,
    )  # fmt: skip
    Administration.objects.filter(pk=whose).update(write_off_limit=10_00)
    WriteOffRequest.objects.of(whose).create(
        administration_id=whose, public_id=TO_AGREE, invoice=Invoice.objects.of(whose).get(number="V1"),
        amount_cents=20_00, open_cents=121_00, reason="failliet", asked_on=house.today,
    )  # fmt: skip
    house.credit_note("8", "C8", "1.00")
    refunds.pay_back(credit_number=house.last().number, **_as(house))
    large_files(house)
    return house


def follow_up_of(house: House) -> None:
    """Write down a message that waits, one of which nobody knows whether it left, and a task; sending is held."""
    whose = house.actor.administration_id
    books = {"administration_id": whose, "debtor": Receivable.objects.of(whose).order_by("pk")[0].debtor}
    version = StrategyVersion.objects.of(whose).order_by("pk")[0]
    Message.objects.of(whose).create(
        **books, public_id=LEFT, currency="EUR", step="demand", channel="letter", language="nl", term_days=7,
        total_cents=0, is_automatic=False, decided_on=house.today - timedelta(days=30), state="sent",
        sent_on=house.today - timedelta(days=30), content=Document.objects.of(whose).get(),
    )  # fmt: skip
    for id_, state, invoice, day in (
        (WAITS, "planned", "F1", house.today), (UNCERTAIN, "uncertain", "F2", house.today - timedelta(days=9)),
    ):  # fmt: skip
        item = Receivable.objects.of(whose).get(invoice__number=invoice)
        message = Message.objects.of(whose).create(
            **books, public_id=id_, currency="EUR", step="reminder", channel="email", recipient="a@b.example",
            language="nl", term_days=7, total_cents=item.open_cents - 1000, credit_cents=1000, is_automatic=False,
            decided_on=day, state=state, content=Document.objects.of(whose).get() if state == "uncertain" else None,
        )  # fmt: skip
        Action.objects.of(whose).create(
            **books, receivable=item, version=version, step="reminder", open_cents=item.open_cents, decided_on=day,
            message=message, state="planned",
        )  # fmt: skip
    task = Task.objects.of(whose).create(
        **books, public_id=TASK, currency="EUR", kind="call", decided_on=house.today, state="open"
    )
    Task.objects.of(whose).create(
        **books, public_id=LATER, currency="EUR", kind="hand_over", decided_on=house.today, state="open",
        put_off_until=house.today + timedelta(7), put_off_why="vakantie",
    )  # fmt: skip
    Action.objects.of(whose).create(
        **books, receivable=Receivable.objects.of(whose).get(invoice__number="F1"), version=version, step="call",
        open_cents=8000, decided_on=house.today, task=task, state="taken", taken_on=house.today,
    )  # fmt: skip
    Note.objects.of(whose).create(**books, public_id=NOTE, text="Verkeerd.", written_on=house.today)
    Administration.objects.filter(pk=whose).update(sending_held="stopped")
    OwnAccount.objects.of(whose).create(administration_id=whose, iban=SECOND, position=1)
    WordingText.objects.of(whose).create(
        administration_id=whose, step="demand", language="nl", number=1, made_on=house.today, subject="A", body="B",
        closing="",
    )  # fmt: skip


def asked_of(house: House) -> None:
    """Keep a paper of F1 that can be sent again, an address to send to, and a copy of F2 that is about to leave."""
    whose = house.actor.administration_id
    paper, other = (Invoice.objects.of(whose).get(number=number) for number in ("F1", "F2"))
    paper.document = Document.objects.of(whose).create(administration_id=whose, sha256="1" * 64, name="a.pdf",
                                                       media_type="application/pdf", size=1)  # fmt: skip
    paper.public_id = PAPER
    paper.save()
    books = {"administration_id": whose, "debtor": paper.debtor}
    Contact.objects.of(whose).create(**books, role="invoice", email="a@b.example")
    Administration.objects.filter(pk=whose).update(live="on")
    Message.objects.of(whose).create(
        **books, public_id=ASKED, currency="EUR", step="copy", copy_of=other, channel="email", recipient="a@b.example",
        language="nl", term_days=0, total_cents=500, is_automatic=False, decided_on=house.today, state="released",
    )  # fmt: skip


def money_in(house: House) -> None:
    """Write down a line of the bank with a proposal that it pays F2, and one that was set aside."""
    whose = house.actor.administration_id
    books = {"administration_id": whose}
    file = Document.objects.of(whose).create(**books, sha256="0" * 64, name="a", media_type="text/xml", size=1)
    period = Statement.objects.of(whose).create(**books, document=file, account="NL91ABNA0417164300", currency="EUR")
    receipt = BankTransaction.objects.of(whose).create(
        **books, public_id=RECEIPT, statement=period, format="camt.053", account=period.account, currency="EUR",
        amount_cents=500, occurrence=1, booking_date=house.today, value_date=house.today, left_cents=500,
        state="proposed",
    )  # fmt: skip
    BankTransaction.objects.of(whose).create(
        **books, public_id=ASIDE, statement=period, format="camt.053", account=period.account, currency="EUR",
        amount_cents=700, occurrence=1, booking_date=house.today, value_date=house.today, left_cents=700,
        state="ignored",
    )  # fmt: skip
    RemittanceAdvice.objects.of(whose).create(
        **books, public_id=PAPER, document=file, told_on=house.today, currency="EUR", total_cents=500, is_whole=True
    )
    f2 = Receivable.objects.of(whose).get(invoice__number="F2")
    proposal = Proposal.objects.of(whose).create(
        **books, public_id=PROPOSAL, debtor=f2.debtor, transaction=receipt, match_class="exact"
    )
    ProposalLine.objects.of(whose).create(**books, proposal=proposal, receivable=f2, amount_cents=500)
    Proposal.objects.of(whose).create(
        **books,
        public_id=REFUSED,
        debtor=f2.debtor,
        transaction=receipt,
        match_class="amount",
        rank=2,
        state="rejected",
    )


def payers_and_gaps(house: House) -> None:
    """Let a receipt stand as credit; know an account, forget another, and miss days of two."""
    whose = house.actor.administration_id
    aside = BankTransaction.objects.of(whose).get(public_id=ASIDE)
    BankTransaction.objects.of(whose).create(
        administration_id=whose, public_id=TAKEN, statement=aside.statement, format="camt.053", account=aside.account,
        currency="EUR", amount_cents=900, occurrence=1, booking_date=house.today, value_date=house.today,
        left_cents=900, state="unmatched",
    )  # fmt: skip
    receipts_by_hand.leave_as_credit(receipt=TAKEN, debtor="8", **_as(house))
    whom = debtors.find("7", actor=house.actor)
    for iban in (PAYER, FORGOTTEN):
        PayerAlias.objects.of(whose).create(administration_id=whose, debtor=whom, iban=iban, seen=2)
    payers.forget(debtor=whom.public_id, iban=FORGOTTEN, **_as(house))
    RefusedFile.objects.of(whose).create(administration_id=whose, public_id=NOT_TAKEN, kind="folder", name="stuk.xml",
                                         sha256="0" * 64, refused_on=house.today)  # fmt: skip
    for account, passed_on in ((aside.account, None), (PASSED, house.today)):
        BankGap.objects.of(whose).create(administration_id=whose, account=account, currency="EUR", after=house.today,
                                         until=house.today + timedelta(1), passed_on=passed_on)  # fmt: skip


def large_files(house: House) -> None:
    """Let one large file wait for the worker, and one have been taken in."""
    paper = made.camt053([made.Movement(house.today, 100, text="F99")], number="groot")
    waits = brought_files.hand_over(name="a.xml", source=BytesIO(paper.encode()), machine=NOW, **_as(house))
    row = BroughtFile.objects.of(house.actor.administration_id).get(public_id=waits)
    row.pk, row.public_id, row.state = None, ENDED, "taken"
    row.save()


def test_no_verb_is_left_out():
    there = {name for name, function in public().items() if is_verb(function)}
    known = {called(verb) for verb in VERBS}
    assert there == known | OUTSIDE | PARTS, "give a new verb its row in VERBS: deed, event, and how it is done"


@pytest.mark.parametrize("verb", VERBS, ids=called)
def test_a_verb_is_one_transaction(verb):
    assert "transaction.atomic" in ast.unparse(body(verb)), "all of it happens, or nothing"


@pytest.mark.parametrize("verb", VERBS, ids=called)
def test_a_verb_takes_words_by_name_and_an_actor_and_says_what_it_does(verb):
    signature = inspect.signature(verb).parameters
    assert {parameter.kind for parameter in signature.values()} <= {
        inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD,
    }  # fmt: skip
    assert "today" in signature
    assert "actor" in signature or verb in WITHOUT_ACTOR
    assert inspect.getdoc(verb)


@pytest.mark.parametrize("verb", VERBS, ids=called)
def test_its_first_word_is_who_may(verb):
    deed = VERBS[verb][0]
    if deed is not None:
        assert ast.unparse(body(verb).body[1]) == f"actor.must(Deed.{deed.name})", "right after the docstring"


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
@pytest.mark.parametrize("verb", VERBS, ids=called)
def test_a_role_does_what_its_deeds_say_and_nothing_else(house, verb, role):
    deed, event, do = VERBS[verb]
    person = house.as_role(role)
    if deed is None or deed in MATRIX[role]:
        before = house.events()
        # The stories look things up in the books, which not every role may.
        do(House(person.actor if Deed.READ_BOOKS in MATRIX[role] else house.actor, house.today))
        assert house.events() == (before if verb is administrations.open_books else [*before, event])
        assert house.broken() == {}
    else:
        refused = _without(house, deed) if Deed.READ_BOOKS not in MATRIX[role] else person
        before = house.everything()
        with pytest.raises(NotAllowed):
            do(refused)
        assert house.everything() == before


def _without(house: House, deed: Deed) -> House:
    """See everything, and be allowed everything but this one deed."""
    return replace(house, actor=replace(house.actor, deeds=house.actor.deeds - {deed}))


@pytest.mark.parametrize("verb", [verb for verb in VERBS if VERBS[verb][0]], ids=called)
def test_one_deed_and_no_other_opens_a_verb(house, verb):
    deed, event, do = VERBS[verb]
    assert deed is not None
    before = house.everything()
    with pytest.raises(NotAllowed, match=deed.value):
        do(_without(house, deed))
    assert house.everything() == before
    said = house.events()
    do(house)
    assert house.events() == [*said, event], "one verb, one event"


def test_each_kind_of_event_has_a_sentence_and_each_sentence_is_used():
    written = set()
    for path in Path(next(iter(voldaan.usecases.__path__))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"events.write", "events.write_each", "write"}:
                kind = node.args[0]
                assert isinstance(kind, ast.Constant), f"{path.name}: say the kind of event where it is written"
                written.add(kind.value)
    assert written == set(SENTENCES)


@pytest.mark.parametrize("verb", VERBS, ids=called)
def test_the_facts_of_an_event_fill_its_sentence(house, verb):
    from voldaan.records.events import Event

    _, kind, do = VERBS[verb]
    opened = do(house)
    books = opened.administration_id if verb is administrations.open_books else house.actor.administration_id
    event = Event.objects.of(books).order_by("number").last()
    assert event is not None
    assert event.kind == kind
    sentence = SENTENCES[kind].format(**event.facts)
    assert "{" not in sentence
    assert (event.day, event.via) == (house.today, "test")

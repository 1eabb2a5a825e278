"""Every address, asked by everybody, in two administrations (T1, T2, T17, T26): what is not allowed is shut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.tools.files import Movement, camt053
from tests.tools.house import House
from tests.web.conftest import OWNER, signed_in
from voldaan.queries.administrations import VISITOR
from voldaan.records import documents
from voldaan.records.actions import Task
from voldaan.records.bank import BankTransaction, Statement
from voldaan.records.bank_places import RefusedFile
from voldaan.records.documents import Document
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.people import Membership, User
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Receivable
from voldaan.records.remittance_advices import RemittanceAdvice
from voldaan.records.write_off_requests import WriteOffRequest
from voldaan.rules.ladders import FOURTEEN_DAYS, written
from voldaan.rules.limitation import Interruption
from voldaan.rules.permissions import Deed, Role
from voldaan.usecases import (
    administrations,
    brought_files,
    exports,
    files,
    interruptions,
    notes,
    people,
    runs,
    strategies,
)
from voldaan.web.rights import RIGHTS, Who

pytestmark = pytest.mark.one_engine  # who may ask for a page

OWNERS, KEEPERS = {"owner"}, {"owner", "controller", "accountant"}
READERS = KEEPERS | {"auditor"}
LEAVERS = {"owner", "controller"}
NOBODY: set[str] = set()

# What the table of roles says of each page about books: who sees it, and who does what it does.
EXPECTED: dict[str, tuple[set[str], set[str]]] = {
    "advice_remove": (NOBODY, KEEPERS),
    "approval": (READERS, LEAVERS),
    "approval_skip": (NOBODY, KEEPERS),
    "approvals": (READERS, NOBODY),
    "approvals_all": (NOBODY, LEAVERS),
    "approvals_undo": (NOBODY, LEAVERS),
    "claim": (READERS, NOBODY),
    "claim_file": (READERS, NOBODY),
    "claim_paper": (READERS, NOBODY),
    "bad_debt_vat": (READERS, NOBODY),
    "bad_debt_vat_certain": (NOBODY, KEEPERS),
    "bad_debt_vat_file": (READERS, NOBODY),
    "bad_debt_vat_not_certain": (NOBODY, KEEPERS),
    "bad_debt_vat_put_in": (NOBODY, KEEPERS),
    "bad_debt_vat_take_back": (NOBODY, KEEPERS),
    "bank_days": (READERS, NOBODY),
    "bank_gap_again": (NOBODY, KEEPERS),
    "bank_gap_pass": (NOBODY, KEEPERS),
    "brought_file_done": (NOBODY, KEEPERS),
    "brought_file_stop": (NOBODY, KEEPERS),
    "by_itself": (READERS, NOBODY),
    "contact_change": (NOBODY, KEEPERS),
    "contact_restore": (NOBODY, KEEPERS),
    "contacts": (READERS, NOBODY),
    "credit_pay_back": (NOBODY, KEEPERS),
    "credit_take_back": (NOBODY, KEEPERS),
    "customers": (READERS, NOBODY),
    "debtor": (READERS, NOBODY),
    "debtor_change": (NOBODY, KEEPERS),
    "debtor_kind": (NOBODY, KEEPERS),
    "debtor_merge": (KEEPERS, KEEPERS),
    "debtor_pause": (NOBODY, KEEPERS),
    "debtor_resume": (NOBODY, KEEPERS),
    "debtor_terms": (NOBODY, KEEPERS),
    "decide": (KEEPERS, KEEPERS),
    "dossier": (READERS, NOBODY),
    "dossier_file": (NOBODY, READERS),
    "doubles": (READERS, NOBODY),
    "export_file": (READERS, NOBODY),
    "exports": (READERS, NOBODY),
    "exports_hand_over": (NOBODY, KEEPERS),
    "follow_up": (READERS, NOBODY),
    "getting_started": (READERS, NOBODY),
    "import_anyway": (NOBODY, KEEPERS),
    "imports": (KEEPERS, KEEPERS),
    "invoice": (READERS, NOBODY),
    "invoice_dossier": (READERS, NOBODY),
    "invoice_dossier_file": (NOBODY, READERS),
    "invoice_file": (READERS, NOBODY),
    "invoice_mail": (LEAVERS, NOBODY),
    "invoice_pay": (NOBODY, KEEPERS),
    "invoice_send": (LEAVERS, LEAVERS),
    "invoice_settle": (NOBODY, KEEPERS),
    "invoice_take_back": (NOBODY, KEEPERS),
    "invoice_term": (NOBODY, KEEPERS),
    "invoice_undo": (NOBODY, KEEPERS),
    "invoice_unpaid": (NOBODY, KEEPERS),
    "invoice_write_off": (NOBODY, KEEPERS),
    "invoice_write_off_ask": (NOBODY, KEEPERS),
    "invoices": (READERS, NOBODY),
    "letters": (NOBODY, LEAVERS),
    "limitation": (READERS, NOBODY),
    "limitation_file": (READERS, NOBODY),
    "limitation_interrupt": (NOBODY, KEEPERS | {"caller"}),
    "limitation_letter": (READERS, NOBODY),
    "limitation_take_back": (NOBODY, KEEPERS | {"caller"}),
    "list_columns": (KEEPERS, KEEPERS),
    "message_attachment": (READERS, NOBODY),
    "message_file": (READERS, NOBODY),
    "message_page": (READERS, NOBODY),
    "message_picture": (READERS, NOBODY),
    "message_received": (NOBODY, LEAVERS),
    "message_resolve": (NOBODY, LEAVERS),
    "message_returned": (NOBODY, LEAVERS),
    "message_take_back": (NOBODY, LEAVERS),
    "message_withdrawn": (NOBODY, LEAVERS),
    "missing": (READERS, KEEPERS),
    "note_withdraw": (NOBODY, KEEPERS | {"caller"}),
    "note_write": (NOBODY, KEEPERS | {"caller"}),
    "old_debts": (READERS, NOBODY),
    "old_debts_pause": (NOBODY, KEEPERS),
    "outbox": (READERS, NOBODY),
    "outbox_message": (READERS, NOBODY),
    "overview": (READERS, NOBODY),
    "payer_forget": (NOBODY, KEEPERS),
    "payer_remember": (NOBODY, KEEPERS),
    "payers": (READERS, NOBODY),
    "proposal_accept": (NOBODY, KEEPERS),
    "proposal_again": (NOBODY, KEEPERS),
    "proposal_reject": (NOBODY, KEEPERS),
    "receipt_allocate": (NOBODY, KEEPERS),
    "receipt_aside": (NOBODY, KEEPERS),
    "receipt_credit": (NOBODY, KEEPERS),
    "receipt_search": (KEEPERS, NOBODY),
    "receipt_spread": (KEEPERS, KEEPERS),
    "receipt_take_back": (NOBODY, KEEPERS),
    "receipts": (READERS, NOBODY),
    "receipts_take_back": (NOBODY, KEEPERS),
    "receipts_together": (KEEPERS, KEEPERS),
    "refused_file_done": (NOBODY, KEEPERS),
    "report_ageing_file": (READERS, NOBODY),
    "report_credits": (READERS, NOBODY),
    "report_credits_file": (READERS, NOBODY),
    "report_items": (READERS, NOBODY),
    "report_items_file": (READERS, NOBODY),
    "reports": (READERS, NOBODY),
    "sending_resume": (NOBODY, LEAVERS),
    "sending_stop": (NOBODY, LEAVERS),
    "settings": (READERS, OWNERS),
    "settings_accounts": (READERS, OWNERS),
    "settings_bookkeeping": (READERS, OWNERS),
    "settings_follow_up": (READERS, OWNERS),
    "settings_people": (READERS, OWNERS),
    "settings_rates": (READERS, OWNERS),
    "settings_sender": (READERS, OWNERS),
    "settings_sender_trial": (NOBODY, OWNERS),
    "settings_sending": (READERS, OWNERS),
    "settings_terms": (READERS, OWNERS),
    "settings_terms_file": (READERS, NOBODY),
    "settings_text": (READERS, OWNERS),
    "settings_text_letter": (READERS, NOBODY),
    "settings_text_mail": (READERS, NOBODY),
    "settings_texts": (READERS, NOBODY),
    "statement": (READERS, NOBODY),
    "statement_file": (READERS, NOBODY),
    "statement_mail": (LEAVERS, NOBODY),
    "statement_send": (LEAVERS, LEAVERS),
    "strategies": (READERS, NOBODY),
    "strategy": (READERS, NOBODY),
    "strategy_file": (READERS, NOBODY),
    "strategy_follow": (OWNERS, OWNERS),
    "strategy_write": (OWNERS, OWNERS),
    "rest_give_up": (NOBODY, KEEPERS),
    "rests": (READERS, NOBODY),
    "rests_give_up": (NOBODY, KEEPERS),
    "search": (READERS, NOBODY),
    "task_done": (NOBODY, KEEPERS | {"caller"}),
    "task_put_off": (NOBODY, KEEPERS | {"caller"}),
    "task_skip": (NOBODY, KEEPERS),
    "task_take_up": (NOBODY, KEEPERS | {"caller"}),
    "timeline": (READERS, NOBODY),
    "write_off_approve": (NOBODY, OWNERS),
    "write_off_decline": (NOBODY, OWNERS),
    "write_off_requests": (READERS, NOBODY),
    "write_off_withdraw": (NOBODY, KEEPERS),
}


def names(resolver: Any = None) -> Iterator[str]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from names(one)
        else:
            assert isinstance(one, URLPattern)
            assert one.name, f"{one.pattern} has no name"
            yield one.name


def test_every_address_says_who_may_open_it():
    assert sorted(names()) == sorted(RIGHTS)
    addresses = [str(resolver.reverse_dict.getlist(name)) for resolver in [get_resolver()] for name in RIGHTS]
    assert len(set(addresses)) == len(addresses)  # or one page would stand before another
    of_books = {name for name, rights in RIGHTS.items() if not isinstance(rights.see or rights.do, Who)}
    assert set(EXPECTED) == of_books


def money_in(house: House, item: Receivable) -> tuple[str, str]:
    """Write down a receipt, and a proposal of what it pays; give their ids."""
    whose = house.actor.administration_id
    books = {"administration_id": whose}
    file = Document.objects.of(whose).create(**books, sha256=f"{whose:064}", name="a", media_type="text/xml", size=1)
    period = Statement.objects.of(whose).create(**books, document=file, account="NL91ABNA0417164300", currency="EUR")
    receipt = BankTransaction.objects.of(whose).create(
        **books, statement=period, format="camt.053", account=period.account, currency="EUR", amount_cents=500,
        occurrence=1, booking_date=house.today, value_date=house.today, left_cents=500, state="proposed",
        counterparty_name="Klant", text="voor F1",
    )  # fmt: skip
    proposal = Proposal.objects.of(whose).create(
        **books, debtor=item.debtor, transaction=receipt, match_class="exact", evidence=["invoice number"]
    )
    ProposalLine.objects.of(whose).create(**books, proposal=proposal, receivable=item, amount_cents=500)
    return receipt.public_id, proposal.public_id


def held_list(house: House) -> str:
    """Bring a list whose columns are unknown; give its id."""
    source = BytesIO(b"Wie;Factuurnr;Gemaakt;Vervaldatum;Openstaand\nJan;9;2027-01-02;2027-02-01;5,00\n")
    return files.bring_in(name="lijst.csv", source=source, hold=True, actor=house.actor, today=house.today).held


def refused_file(house: House) -> str:
    """Let a file have come by itself and be refused; give its id."""
    row = RefusedFile.objects.of(house.actor.administration_id).create(
        administration_id=house.actor.administration_id, kind="folder", name="stuk.xml", sha256="0" * 64,
        refused_on=house.today,
        problems=[{"place": "file", "what": files.NOTHING_IN_IT, "facts": {}, "severity": "error"}],
    )  # fmt: skip
    return str(row.public_id)


def brought_file(house: House) -> str:
    """Hand a large file over; give its id."""
    return brought_files.hand_over(name="groot.xml", source=BytesIO(b"<groot/>"), actor=house.actor, today=house.today,
                                   machine=datetime(2027, 3, 1, tzinfo=UTC))  # fmt: skip


def statement_that_wants_a_yes(house: House) -> str:
    """Bring a statement that does not close; give its id."""
    source = BytesIO(camt053([Movement(house.today, 100)], closing=1).encode())
    return files.bring_in(name="stuk.xml", source=source, hold=True, actor=house.actor, today=house.today).held


def advice(house: House) -> str:
    """Bring a list of a payer; give its id."""
    source = BytesIO(b"Uw factuur;Betaald\nF9;5,00\n")
    files.bring_in(name="betaald.csv", source=source, actor=house.actor, today=house.today)
    return str(RemittanceAdvice.objects.of(house.actor.administration_id).get().public_id)


def asked_of_owner(item: Receivable) -> str:
    """Let somebody have asked to write an invoice off; give the id of the request."""
    row = WriteOffRequest.objects.of(item.administration_id).create(
        administration_id=item.administration_id, invoice=item.invoice, amount_cents=500, open_cents=item.open_cents,
        reason="failliet", asked_on=date(2027, 3, 1),
    )  # fmt: skip
    return str(row.public_id)


PLACES = {"number": 0, "step": "reminder", "language": "nl"}  # in an address, beside whose it is


class Books:
    """One administration with one of everything that a page may be about, and a person in each role."""

    def __init__(self, name: str, country: str) -> None:
        self.house = House.opened(name, country=country, owner_email=f"owner@{country}.example".lower())
        self.slug = re.sub("[^a-z]+", "-", name.lower())
        who: dict[str, Any] = {"actor": self.house.actor, "today": self.house.today}
        administrations.change(name="bank_freshness_days", value="off", **who)
        for role in ("controller", "caller", "accountant", "auditor"):
            people.add(email=f"{role}@{country}.example", role=role, **who)
        debtor = self.house.debtor("Klant", number="1", email="klant@b.example", kind="business")
        letter = self.house.debtor("Brief", number="2", street="Kade 1", postcode="1011 AB", city="Amsterdam",
                                   kind="business")  # fmt: skip
        for number, whose in enumerate((debtor, letter), 1):
            self.house.invoice(whose, f"F{number}", "10.00", issued="2027-02-01", due="2027-02-15")
        runs.run(**who)
        self.house.credit_note(debtor, "C1", "2.00")
        self.credit = self.house.last().number
        own = f"eigen-{country.lower()}"
        strategies.define(code=own, content=written(FOURTEEN_DAYS), **who)
        books = {"administration_id": self.house.actor.administration_id}
        item = Receivable.objects.of(self.house.actor.administration_id).get(invoice__number="F1")
        receipt, proposal = money_in(self.house, item)
        task = Task.objects.of(self.house.actor.administration_id).create(
            **books, debtor=item.debtor, currency="EUR", kind="call", decided_on=self.house.today, state="open"
        )
        rows = Message.objects.of(self.house.actor.administration_id)
        mail, post = (rows.get(channel=channel).public_id for channel in ("email", "letter"))
        self.ids = {
            "approval": mail,
            "approval_skip": mail,
            **dict.fromkeys(("contact_change", "contact_restore", "contacts"), debtor),
            **dict.fromkeys(("claim", "claim_file", "claim_paper"), debtor),
            "export_file": exported(self.house, letter),
            "debtor": debtor,
            "debtor_kind": debtor,
            "debtor_terms": debtor,
            "debtor_change": debtor,
            "debtor_merge": debtor,
            "debtor_pause": debtor,
            "debtor_resume": debtor,
            **dict.fromkeys(("dossier", "dossier_file"), debtor),
            **dict.fromkeys(
                (
                    "invoice",
                    "invoice_dossier",
                    "invoice_dossier_file",
                    "invoice_pay",
                    "invoice_settle",
                    "invoice_take_back",
                    "invoice_term",
                    "invoice_undo",
                    "invoice_unpaid",
                    "invoice_write_off",
                    "invoice_write_off_ask",
                    "rest_give_up",
                ),
                item.invoice.public_id,
            ),
            **dict.fromkeys(("limitation_interrupt", "limitation_letter"), item.invoice.public_id),
            "limitation_take_back": interruptions.record(
                invoice="F1", kind=Interruption.DEMAND, day=self.house.today, proof="3S1", **who
            ),
            "advice_remove": advice(self.house),
            "list_columns": held_list(self.house),
            "refused_file_done": refused_file(self.house),
            **dict.fromkeys(("brought_file_done", "brought_file_stop"), brought_file(self.house)),
            "import_anyway": statement_that_wants_a_yes(self.house),
            **dict.fromkeys(("invoice_file", "invoice_mail", "invoice_send"), with_document(item.invoice)),
            "message_attachment": mail,
            "message_file": mail,
            "message_page": mail,
            "message_picture": post,
            "message_received": mail,
            "message_resolve": mail,
            "message_returned": mail,
            "message_take_back": mail,
            "message_withdrawn": mail,
            "outbox_message": mail,
            "note_withdraw": notes.write(debtor=debtor, text="Belt terug.", **who),
            "note_write": debtor,
            "proposal_accept": proposal,
            "proposal_again": proposal,
            "proposal_reject": proposal,
            "receipt_allocate": receipt,
            "receipt_aside": receipt,
            "receipt_credit": receipt,
            "receipt_search": receipt,
            "receipt_spread": receipt,
            "receipt_take_back": receipt,
            "strategy": own,
            "strategy_file": own,
            "strategy_follow": own,
            "strategy_write": own,
            **dict.fromkeys(("statement", "statement_file", "statement_mail", "statement_send"), debtor),
            "task_done": task.public_id,
            "task_put_off": task.public_id,
            "task_skip": task.public_id,
            "task_take_up": task.public_id,
            "timeline": debtor,
            **dict.fromkeys(("write_off_approve", "write_off_decline", "write_off_withdraw"), asked_of_owner(item)),
        }

    def address(self, name: str, ids: dict[str, str] | None = None) -> str:
        words: dict[str, Any] = {"slug": self.slug}
        if name in (ids or self.ids):
            words["id"] = (ids or self.ids)[name]
        wanted = reverse_words(name)
        words |= {word: value for word, value in PLACES.items() if word in wanted}
        if name.startswith("credit_"):
            words["number"] = self.credit
        return reverse(name, kwargs=words)


def exported(house: House, debtor: str) -> str:
    """Hand over one payment to the bookkeeping, and leave one that is new; give the id of the export."""
    house.invoice(debtor, "E1", "9.00", due="2027-12-01")
    house.pay("E1", "4.00")
    made = exports.hand_over(layout="csv", actor=house.actor, today=house.today)
    house.pay("E1", "5.00")
    return made


def with_document(invoice: Invoice) -> str:
    """Keep a document for an invoice; give the id of the invoice."""
    invoice.document = documents.keep(BytesIO(b"%PDF"), administration_id=invoice.administration_id, name="F.pdf",
                                      media_type="application/pdf")  # fmt: skip
    invoice.save()
    return str(invoice.public_id)


@pytest.fixture
def ours(db: None) -> Books:
    return Books("Onze firma", "NL")


@pytest.fixture
def theirs(ours: Books) -> Books:
    return Books("Hun firma", "BE")


def as_role(role: str) -> Client:
    return signed_in(f"{role}@nl.example")


WORDS = {
    "role": "reminder",
    "email": "k@b.example",
    "key": "2027-03-01T12:00:00+00:00",
    "reason": "daarom",
    "number": "1",
    "amount": "1,00",
    "currency": "EUR",
    "paid_on": "2027-02-28",
    "was_open": "0",
    "token": "0",
    "invoice": "F1",
    "debtor": "1",
    "double": "2",
    "until": "2027-06-01",
    "sent": "no",
    "mapping": '{"columns": {"Wie": "debtor_name"}}',
    "text": "Een notitie.",
    "basis": "agreed",
    "kind": "consumer",
    "what": "demand",
    "day": "2027-02-28",
    "proof": "3S2",
    "on": "2027-03-01",
    "words": "verhuisd",
    "after": "2027-02-01",
    "sure": "yes",
    "layout": "csv",
    "count": "0",
    "most": "100",
    "since": "2027-01-01",
}


def status(answer: Any) -> int:
    if answer.streaming:
        answer.getvalue()  # a file that nobody reads stays open
    return int(answer.status_code)


ASK: dict[str, Callable[[Client, str], int]] = {
    "GET": lambda client, url: status(client.get(url)),
    "HEAD": lambda client, url: status(client.head(url)),
    "POST": lambda client, url: status(client.post(url, WORDS)),
    "PUT": lambda client, url: status(client.put(url)),
    "PATCH": lambda client, url: status(client.patch(url)),
    "DELETE": lambda client, url: status(client.delete(url)),
}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_page_is_open_to_the_roles_of_the_table_and_to_no_others(ours: Books, theirs: Books, role):
    client = as_role(role)
    for name, (seers, doers) in EXPECTED.items():
        for method, ask in ASK.items():
            may = {"GET": seers, "HEAD": seers, "POST": doers}.get(method, NOBODY)
            got = ask(client, ours.address(name))
            if not may:
                assert got == 405, (name, method)
            elif role in may:
                assert got in {200, 204, 302, 303, 409, 422}, (name, method, got)
            else:
                assert got == 403, (name, method)
            # The books of others are as books that are not there, whatever is asked of them.
            assert ask(client, theirs.address(name)) == (404 if may else 405), (name, method)


def test_what_is_of_others_is_not_found_in_our_own_books(ours: Books, theirs: Books):
    client = as_role("owner")
    assert set(ours.ids) == {name for name in EXPECTED if "id" in str(reverse_words(name))}
    for name in ours.ids:
        rights = RIGHTS[name]
        for method in {"GET"} if rights.see else {"POST"}:
            assert ASK[method](client, ours.address(name, theirs.ids)) == 404
            assert ASK[method](client, ours.address(name, {name: "nobody"})) == 404


def reverse_words(name: str) -> set[str]:
    return set(get_resolver().reverse_dict.getlist(name)[0][0][0][1])


def test_who_is_not_signed_in_sees_the_sign_in_and_nothing_else(ours: Books):
    client = signed_in()
    for name in EXPECTED:
        for method, wanted in (("GET", RIGHTS[name].see), ("POST", RIGHTS[name].do)):
            if wanted:
                asked = getattr(client, method.lower())(ours.address(name))
                assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/account/login/")
    for name, rights in RIGHTS.items():
        if rights.see is Who.SIGNED_IN:
            assert client.get(reverse(name, kwargs=dict.fromkeys(reverse_words(name), 1)))["Location"].startswith(
                "/account/login/"
            )


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/", "/account/email/", "/admin/users/"])
def test_nobody_signs_himself_up(ours: Books, path):
    assert signed_in().get(path).status_code == 404


def test_a_right_that_ended_is_refused_on_the_next_page(ours: Books):
    controller, owner = as_role("controller"), ours.house
    page = ours.address("overview")
    assert controller.get(page).status_code == 200
    people.change_role(email="controller@nl.example", role="caller", actor=owner.actor, today=owner.today)
    assert controller.get(page).status_code == 403
    people.remove(email="controller@nl.example", actor=owner.actor, today=owner.today)
    assert controller.get(page).status_code == 404
    auditor = as_role("auditor")
    assert auditor.get(page).status_code == 200
    User.objects.filter(email="auditor@nl.example").update(is_active=False)
    assert auditor.get(page)["Location"].startswith("/account/login/")


def test_an_accountant_sees_the_books_where_he_has_a_role_and_no_others(ours: Books, theirs: Books):
    House.opened("Derde firma", owner_email="derde@c.example")
    Membership.objects.of(theirs.house.actor.administration_id).create(
        administration_id=theirs.house.actor.administration_id, role="auditor",
        user=User.objects.get(email="accountant@nl.example"),
    )  # fmt: skip
    shown = as_role("accountant").get("/").content.decode()
    assert "Onze firma" in shown
    assert "Hun firma" in shown
    assert "Derde firma" not in shown


def test_the_demo_is_open_to_anybody_and_opens_nothing_else(ours: Books):
    visitor = signed_in()
    assert visitor.post("/demo/")["Location"] == "/account/login/"  # there is none here
    demo = administrations.open_books(name="Verzonnen", country="NL", ibans=[], via="test", today=ours.house.today,
                                      is_demo=True)  # fmt: skip
    assert demo.administration_id
    assert visitor.get("/verzonnen/")["Location"].startswith("/account/login/")
    assert visitor.post("/demo/")["Location"] == "/"
    assert visitor.get("/verzonnen/").status_code == 200
    assert visitor.get(ours.address("overview")).status_code == 404
    assert visitor.get("/account/password/")["Location"].startswith("/account/login/")
    # Invented books are no way to let others in, or to say where mail comes from.
    assert not VISITOR & {Deed.MANAGE_USERS, Deed.CHANGE_SENDER}


def test_a_form_without_its_token_does_nothing(ours: Books):
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.force_login(User.objects.get(email="owner@nl.example"))
    for name, rights in RIGHTS.items():
        if rights.do:
            given = {"slug": ours.slug, "id": "x", "pk": 1, **PLACES}
            words = {word: given[word] for word in reverse_words(name)}
            assert client.post(reverse(name, kwargs=words)).status_code == 403, name


def test_the_owner_of_the_first_story_is_the_owner(db: None):
    House.opened()
    assert signed_in(OWNER).get("/")["Location"] == "/bakkerij-t-hart/"

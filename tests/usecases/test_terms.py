"""Stories of payment terms: written, kept, in force on a day, and shown wherever days to pay in count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from tests.tools import files
from tests.tools.house import House
from voldaan.queries import terms as questions
from voldaan.queries.settings import settings
from voldaan.records.receivables import Receivable
from voldaan.records.terms import TermSetVersion, terms_at
from voldaan.rules.law import DebtorKind
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.rules.term_checks import FineForConsumer
from voldaan.rules.term_sets import LateCharge, TermSet
from voldaan.usecases import administrations
from voldaan.usecases.administrations import SetInTerms
from voldaan.usecases.terms import ForNobody, NewerTerms, TermsGoForward, agree_terms

CONSUMER, BUSINESS, PUBLIC_BODY = DebtorKind.CONSUMER, DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY


@pytest.fixture
def house(db: None) -> House:
    return House.opened(today=date(2027, 3, 1))


def agree(house: House, days: int, *, kind: DebtorKind = BUSINESS, since: str = "2027-03-01",
          after: int | None = None, **more: object) -> int:  # fmt: skip
    terms = TermSet(days, **more)  # type: ignore[arg-type]
    valid_from = date.fromisoformat(since)
    return agree_terms(kind=kind, terms=terms, valid_from=valid_from, after=after, actor=house.actor, today=house.today)


def due(house: House, invoice: str) -> str:
    row = Receivable.objects.of(house.actor.administration_id).get(invoice__number=invoice)
    return row.due_date.isoformat()


def term(house: House) -> str | None:
    found = {one.name: one.value for one in settings(actor=house.actor, today=house.today)}
    return found["payment_term_days"]


def test_thirty_becomes_fourteen_everywhere(house):
    business, consumer = house.debtor("Zaak", kind="business"), house.debtor("Mens", kind="consumer")
    public, unknown = house.debtor("Gemeente", kind="public_body"), house.debtor("Wie")
    own = house.debtor("Afspraak", kind="business", payment_term_days=60)
    agree(house, 14)
    agree(house, 21, kind=CONSUMER)
    for debtor, number in ((business, "B1"), (consumer, "C1"), (public, "P1"), (unknown, "U1"), (own, "O1")):
        house.invoice(debtor, number, "10.00")
    found = {number: due(house, number) for number in ("B1", "C1", "P1", "U1", "O1")}
    assert found == {
        "B1": "2027-03-15", "C1": "2027-03-22", "P1": "2027-03-15", "U1": "2027-03-15", "O1": "2027-04-30",
    }  # fmt: skip
    assert term(house) == "14"
    text = questions.known(BUSINESS, actor=house.actor).text(TermSet(14), "nl", house.today).plain
    assert "binnen 14 dagen" in text


def test_an_invoice_has_the_terms_of_its_own_day(house):
    debtor = house.debtor("Zaak", kind="business")
    agree(house, 30, since="2026-01-01")
    agree(house, 14, since="2027-04-01")
    for number, issued in (("M", "2027-03-31"), ("A", "2027-04-01")):
        house.on("2027-04-02").invoice(debtor, number, "10.00", issued=issued)
    assert (due(house, "M"), due(house, "A")) == ("2027-04-30", "2027-04-15")
    assert (term(house), term(house.on("2027-04-01"))) == ("30", "14")


def test_a_list_without_due_dates_gets_those_of_the_terms(house):
    house.debtor("Mens", number="7", kind="consumer")
    agree(house, 21, kind=CONSUMER, since="2027-02-01")
    files.bring(house, files.items([files.Item("7", "Mens", "F1", 10_000, due="")]), "lijst.csv")
    assert due(house, "F1") == "2027-02-22"  # issued on 1 February


def test_what_held_on_a_day_is_found_again(house):
    agree(house, 30, since="2026-01-01", late_charge=LateCharge(0, 1_000, 4_000))
    agree(house, 21, since="2027-06-01")
    agree(house, 14, since="2027-05-01")
    agree(house, 10, since="2027-05-01")
    agree(house, 8, kind=CONSUMER, since="2027-01-01")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        at = terms_at(house.actor.administration_id)
        found = [
            at(kind, date.fromisoformat(day))
            for kind, day in (
                ("business", "2025-12-31"), ("business", "2026-01-01"), ("public_body", "2027-04-30"),
                ("business", "2027-05-31"), ("business", "2027-06-01"), ("consumer", "2027-06-01"), ("", "2027-06-01"),
            )
        ]  # fmt: skip
    assert [one and one.payment_days for one in found] == [None, 30, 30, 10, 21, 8, None]
    assert found[1] is not None
    assert found[1].late_charge == LateCharge(0, 1_000, 4_000)
    assert len(asked) == 1


def test_the_same_again_is_the_same_version(house):
    assert (agree(house, 14), agree(house, 14), agree(house, 14, after=0)) == (1, 1, 1)
    assert house.events().count("terms.agreed") == 1
    assert agree(house, 14, since="2027-04-01") == 2


def test_who_wrote_over_something_newer_is_told(house):
    agree(house, 14, after=0)
    with pytest.raises(NewerTerms):
        agree(house, 21, after=0)
    assert agree(house, 21, after=1) == 2


def test_the_past_stays_as_it_was(house):
    agree(house, 30, since="2020-01-01")
    with pytest.raises(TermsGoForward):
        agree(house, 14, since="2027-02-28")
    with pytest.raises(IntegrityError, match="append-only"):
        TermSetVersion.objects.of(house.actor.administration_id).update(valid_from=date(2019, 1, 1))


def test_what_the_law_does_not_allow_is_not_kept(house):
    with pytest.raises(FineForConsumer, match="6:96"):
        agree(house, 14, kind=CONSUMER, late_charge=LateCharge(5_000))
    assert not TermSetVersion.objects.of(house.actor.administration_id).exists()
    assert agree(house, 14, late_charge=LateCharge(5_000)) == 1


def test_public_bodies_have_the_terms_of_businesses(house):
    with pytest.raises(ForNobody):
        agree(house, 14, kind=PUBLIC_BODY)
    agree(house, 14)
    assert questions.known(PUBLIC_BODY, actor=house.actor).newest == TermSet(14)


def test_only_an_owner_writes_terms_and_readers_read_them(house):
    for role in Role:
        if role is not Role.OWNER:
            with pytest.raises(NotAllowed):
                agree(house.as_role(role), 14)
    assert questions.known(BUSINESS, actor=house.as_role(Role.AUDITOR).actor).versions == []


def test_the_term_has_one_place(house):
    administrations.change(name="payment_term_days", value="21", actor=house.actor, today=house.today)
    known = questions.known(BUSINESS, actor=house.actor)
    assert (known.number, known.newest) == (0, TermSet(21))
    agree(house, 14, interest_percent=Decimal(9))
    with pytest.raises(SetInTerms):
        administrations.change(name="payment_term_days", value="21", actor=house.actor, today=house.today)
    assert term(house) == "14"


def test_terms_for_consumers_leave_the_term_of_the_books(house):
    agree(house, 14, kind=CONSUMER)
    assert term(house) == "30"

"""What the law makes of the books: default, interest and what was claimed of it, receivable by receivable."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from voldaan.countries.be import BELGIUM
from voldaan.countries.nl import NETHERLANDS
from voldaan.records.actions import Action
from voldaan.records.charges import Charge
from voldaan.records.claims import Owed, basis_of, owed, principals
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.receivables import Entry, Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.rules.claims import Basis
from voldaan.rules.interest import InterestTerms, interest_cents
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import half_up
from voldaan.usecases import doubles, ledger
from voldaan.usecases.ledger import NewEntry

DUE = date(2026, 1, 31)
ON = date(2026, 11, 28)
DAY = timedelta(days=1)
COMMERCIAL = NETHERLANDS.business.interest
CONSUMER = NETHERLANDS.consumer.interest


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=ON)
    for number, kind, country in (("B", "business", "NL"), ("C", "consumer", "NL"), ("P", "public_body", "NL"),
                                  ("U", "", "NL"), ("BC", "consumer", "BE"), ("BB", "business", "BE"),
                                  ("FC", "consumer", "FR"), ("FB", "business", "FR")):  # fmt: skip
        house.debtor(f"Klant {number}", number=number, kind=kind, country=country)
    return house


def invoice(house: House, whose: str, number: str = "F1", amount: str = "1000.00", *, issued: str = "2026-01-01",
            term: str = "agreed", received: str = "") -> int:  # fmt: skip
    house.invoice(whose, number, amount, issued=issued, due=DUE.isoformat())
    items = Receivable.objects.of(house.actor.administration_id).filter(invoice__number=number)
    items.update(term_basis=term)
    if received:
        Invoice.objects.of(house.actor.administration_id).filter(number=number).update(received_on=received)
    return items.values_list("pk", flat=True).get()


def seen(house: House, *, on: date = ON) -> dict[str, Owed]:
    books = house.actor.administration_id
    found = owed(books, Receivable.objects.of(books).all(), on=on)
    assert found == owed(books, list(found), on=on), "named one by one it is the same"
    for one in principals(books, list(found)):
        lines = sum(line.cents for line in one.position(on).lines)
        assert found[one.receivable_id].interest_cents == lines, "line by line it is the same"
    return {one.invoice: one for one in found.values()}


def letter(house: House, item: int, step: str = "reminder", *, sent: str = "2026-03-01", **columns: Any) -> Message:
    books = house.actor.administration_id
    whose = Receivable.objects.of(books).get(pk=item)
    message = Message.objects.of(books).create(**{
        "administration_id": books, "debtor_id": whose.debtor_id, "currency": "EUR", "step": step, "channel": "email",
        "language": "nl", "term_days": 14, "total_cents": 1, "is_automatic": False, "decided_on": sent,
        "state": "sent", "sent_on": sent, "final_date": date.fromisoformat(sent) + timedelta(days=14),
    } | columns)  # fmt: skip
    Action.objects.of(books).create(
        administration_id=books, debtor_id=whose.debtor_id, receivable=whose, step=f"{step}:{message.pk}", open_cents=1,
        decided_on=sent, message=message, state="taken", taken_on=sent,
        version_id=StrategyVersion.objects.of(books).values_list("pk", flat=True)[0],
    )  # fmt: skip
    return message


def by_hand(cents: int, since: date, terms: InterestTerms, *, on: date = ON) -> int:
    return interest_cents(cents, since - DAY, on, terms)


def trade() -> InterestTerms:
    assert COMMERCIAL
    return InterestTerms(COMMERCIAL.rates, compounds=True)


def test_an_agreed_day(house):
    invoice(house, "B")
    one = seen(house)["F1"]
    assert (one.default_from, one.interest_since) == (date(2026, 2, 1), date(2026, 2, 1))
    assert (one.principal_cents, one.open_cents, one.claimed_interest_cents) == (100_000, 100_000, 0)
    assert one.interest_cents == by_hand(100_000, date(2026, 2, 1), trade()) == 8474


def test_a_day_that_only_the_invoice_gives_counts_from_receipt(house):
    invoice(house, "B", "F1", term="stated")
    invoice(house, "B", "F2", term="stated", received="2026-01-15")
    found = seen(house)
    assert [found[number].default_from for number in ("F1", "F2")] == [date(2026, 2, 1), date(2026, 2, 15)]


def test_of_a_consumer_a_demand_must_have_lapsed(house):
    item = invoice(house, "C", term="stated")
    assert (seen(house)["F1"].default_from, seen(house)["F1"].interest_cents) == (None, 0)
    letter(house, item, sent="2026-04-01")
    letter(house, item, "demand", sent="2026-03-02")  # sent first: the earliest counts
    one = seen(house)["F1"]
    assert one.default_from == one.interest_since == date(2026, 3, 17)
    assert CONSUMER
    assert one.interest_cents == by_hand(100_000, date(2026, 3, 17), InterestTerms(CONSUMER.rates, compounds=True))
    assert seen(house, on=date(2026, 3, 16))["F1"].default_from is None, "not yet on that day"


@pytest.mark.parametrize(
    "changed",
    [{"state": "released"}, {"is_trial": True}, {"returned_on": "2026-03-05"}, {"step": "notice"},
     {"final_date": None, "term_days": 0}],
)  # fmt: skip
def test_what_is_no_demand(house, changed):
    item = invoice(house, "C", term="none")
    letter(house, item, **changed)
    assert seen(house)["F1"].default_from is None


def test_a_step_taken_back_is_no_demand(house):
    item = invoice(house, "C", term="none")
    letter(house, item)
    Action.objects.of(house.actor.administration_id).update(state="withdrawn")
    assert seen(house)["F1"].default_from is None


def test_where_a_letter_knows_when_it_lapses_that_day_counts(house):
    item = invoice(house, "C", term="stated")
    letter(house, item, "fourteen_day_letter", lapses_on="2026-03-21")
    assert seen(house)["F1"].default_from == date(2026, 3, 21)


def test_of_a_kind_that_is_not_known_only_what_a_consumer_owes(house):
    item = invoice(house, "U", term="agreed")
    assert CONSUMER
    assert seen(house)["F1"].basis.kind is DebtorKind.CONSUMER
    assert seen(house)["F1"].interest_cents == by_hand(100_000, date(2026, 2, 1),
                                                      InterestTerms(CONSUMER.rates, compounds=True))  # fmt: skip
    Receivable.objects.of(house.actor.administration_id).filter(pk=item).update(term_basis="stated")
    assert seen(house)["F1"].interest_cents == 0


def test_a_belgian_consumer_first_has_the_free_reminder(house):
    item = invoice(house, "BC", term="agreed")
    letter(house, item, "reminder")
    assert (seen(house)["F1"].default_from, seen(house)["F1"].interest_since) == (date(2026, 2, 1), None)
    letter(house, item, "consumer_first_reminder", sent="2026-03-10", lapses_on="2026-03-25", final_date=None)
    one = seen(house)["F1"]
    assert one.interest_since == date(2026, 3, 25)
    civil = BELGIUM.consumer.interest
    assert civil
    assert one.interest_cents == by_hand(100_000, date(2026, 3, 25), InterestTerms(civil.rates))


def test_another_country_has_the_european_least(house):
    item = invoice(house, "FC", "F1")
    letter(house, item)
    invoice(house, "FB", "F2")
    found = seen(house)
    assert found["F1"].interest_cents == 0
    assert found["F2"].interest_cents > 0
    assert found["F2"].basis.country.code == "EU"


def test_who_is_spared_owes_no_interest(house):
    invoice(house, "B")
    Debtor.objects.of(house.actor.administration_id).filter(number="B").update(is_spared=True)
    one = seen(house)["F1"]
    assert (one.default_from, one.interest_since, one.interest_cents) == (date(2026, 2, 1), None, 0)
    assert not one.basis.asks_costs


def test_parts_that_were_paid_bear_interest_until_that_day(house):
    """What a credit note took off was never owed, so it bears none; it was open all the same."""
    invoice(house, "B")
    house.pay("F1", "400.00", on="2026-05-10")
    house.on("2026-06-01").credit_note("B", "C1", "100.00", corrects="F1")
    house.on("2026-07-01").write_off("F1", "50.00")
    one, terms = seen(house)["F1"], trade()
    assert (one.principal_cents, one.open_cents) == (100_000, 45_000)
    parts = ((40_000, date(2026, 5, 10)), (5_000, date(2026, 7, 1)), (45_000, ON))
    assert one.interest_cents == half_up(sum(terms.exact(cents, DUE, day) for cents, day in parts), terms.unit)
    assert seen(house, on=date(2026, 5, 9))["F1"].open_cents == 100_000
    then = seen(house, on=date(2026, 5, 10))["F1"]
    assert (then.open_cents, then.owed_cents) == (60_000, 50_000)
    assert seen(house, on=date(2025, 12, 31))["F1"].open_cents == 0, "it was not issued yet"


def test_what_was_undone_never_was(house):
    invoice(house, "B")
    before = seen(house)["F1"]
    house.pay("F1", "400.00", on="2026-05-10")
    house.undo(house.last_allocation().id)
    house.on("2026-07-01").write_off("F1", "50.00")
    house.take_back(house.last().number)
    assert seen(house)["F1"] == before


def test_paid_in_full_the_interest_stands(house):
    invoice(house, "B")
    house.pay("F1", "1000.00", on="2026-05-10")
    one = seen(house)["F1"]
    assert (one.open_cents, one.interest_cents) == (0, by_hand(100_000, date(2026, 2, 1), trade(),
                                                               on=date(2026, 5, 10)))  # fmt: skip


def test_paid_before_the_due_date_there_is_none(house):
    invoice(house, "B")
    house.pay("F1", "1000.00", on="2026-01-20")
    assert seen(house)["F1"].interest_cents == 0
    assert seen(house)["F1"].principal_cents == 100_000


def test_a_double_that_was_merged_takes_its_interest_along(house):
    invoice(house, "U")
    invoice(house, "B", "F2")
    house.pay("F1", "400.00", on="2026-05-10")
    doubles.merge(double="U", into="B", actor=house.actor, today=ON)
    found = seen(house)
    assert found["F1"].debtor_id == found["F2"].debtor_id
    assert (found["F1"].principal_cents, found["F1"].open_cents) == (100_000, 60_000)
    assert 0 < found["F1"].interest_cents < found["F2"].interest_cents
    house.undo(house.last_allocation().id)  # on a day after the merge: until then it counts as paid
    assert seen(house)["F1"].open_cents == 100_000


def claim_interest(house: House, item: int, cents: int, *, day: str = "2026-06-01", kind: str = "interest") -> int:
    """Book interest, or costs, as a letter claims it; give the number of the entry."""
    books = house.actor.administration_id
    principal = Receivable.objects.of(books).get(pk=item)
    of: dict[str, Any] = {"principal": principal}
    if kind == "costs":
        of = {"notice": letter(house, item, "business_notice", sent="2026-05-01")}
    message = letter(house, item, "final_notice", sent=day)
    paper = Invoice.objects.of(books).create(
        administration_id=books, debtor_id=principal.debtor_id, number=f"R{message.pk}", number_folded="",
        kind=kind, issue_date=day, currency="EUR", amount_cents=cents,
    )  # fmt: skip
    row = Receivable.objects.of(books).create(
        administration_id=books, debtor_id=principal.debtor_id, invoice=paper, kind=kind, currency="EUR",
        due_date=day, term_basis="agreed", open_cents=0,
    )  # fmt: skip
    Charge.objects.of(books).create(
        administration_id=books, message=message, kind=kind, is_announced=False, cents=cents, **of,
        booked_as=row,
    )  # fmt: skip
    entry = NewEntry(principal.debtor_id, EntryKind(kind), "EUR", cents, date.fromisoformat(day), f"x{message.pk}",
                     receivable_id=row.pk)  # fmt: skip
    return ledger.post(entries=[entry], actor=house.actor, today=house.today)


def test_what_letters_claimed_of_it(house):
    item = invoice(house, "B")
    claim_interest(house, item, 3_000)
    taken = claim_interest(house, item, 1_000, day="2026-07-01")
    assert seen(house)["F1"].claimed_interest_cents == 4_000
    assert seen(house, on=date(2026, 6, 30))["F1"].claimed_interest_cents == 3_000
    assert seen(house, on=date(2026, 5, 31))["F1"].claimed_interest_cents == 0
    assert set(seen(house)) == {"F1"}, "what was claimed is no principal"
    booked = Entry.objects.of(house.actor.administration_id).get(number=taken)
    ledger.post(entries=[NewEntry(booked.debtor_id, EntryKind.REVERSAL, "EUR", -1_000, booked.value_date, "y",
                                  receivable_id=booked.receivable_id, reverses_id=booked.pk)],
                actor=house.actor, today=ON)  # fmt: skip
    assert seen(house)["F1"].claimed_interest_cents == 3_000


def test_interest_that_was_given_up_stays_claimed(house):
    claim_interest(house, invoice(house, "B"), 3_000)
    item = Receivable.objects.of(house.actor.administration_id).get(kind="interest")
    ledger.post(entries=[NewEntry(item.debtor_id, EntryKind.WRITE_OFF, "EUR", -3_000, ON, "z", receivable_id=item.pk)],
                actor=house.actor, today=ON)  # fmt: skip
    assert seen(house)["F1"].claimed_interest_cents == 3_000


def test_a_day_to_come(house):
    invoice(house, "B")
    assert seen(house, on=date(2027, 6, 1))["F1"].interest_cents > seen(house)["F1"].interest_cents


def test_it_agrees_with_the_claim_sheet_that_is_typed(house):
    """The year of interest that is added to the principal falls on the same day."""
    invoice(house, "B")
    for on in (DUE, DUE + DAY, date(2027, 1, 31), date(2027, 2, 1), date(2029, 3, 1)):
        basis = Basis(NETHERLANDS, DebtorKind.BUSINESS)
        assert seen(house, on=on)["F1"].interest_cents == (
            basis.sheet([basis.claim("", 100_000, DUE)], on=on).interest_cents
        )


def test_the_same_questions_for_any_number(house):
    books = house.actor.administration_id
    for number in range(3):
        letter(house, invoice(house, "B", f"F{number}"), sent=f"2026-03-0{number + 1}")
    seen(house)  # which rates and terms were added is asked once in a while
    with CaptureQueriesContext(connection) as few:
        owed(books, Receivable.objects.of(books).all()[:1], on=ON)
    with CaptureQueriesContext(connection) as many:
        assert len(owed(books, Receivable.objects.of(books).all(), on=ON)) == 3
    assert len(few) == len(many) <= 9


def test_other_books_are_not_seen(house):
    invoice(house, "B")
    other = House.opened("Ander", today=ON, owner_email="a@b.example")
    books = house.actor.administration_id
    assert (
        owed(other.actor.administration_id, list(owed(books, Receivable.objects.of(books).all(), on=ON)), on=ON) == {}
    )


def test_a_basis_is_made_once():
    assert basis_of("NL", "business", False, ()) is basis_of("NL", "business", False, ())

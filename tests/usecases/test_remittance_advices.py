"""A payer's own list spreads his receipt over its invoices, whichever of both comes first; what differs is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.files import OTHER_PAYER, PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.records.remittance_advices import RemittanceAdvice
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import Discount, TermSet
from voldaan.usecases import administrations, doubles, receipts_by_hand, remittance_advices
from voldaan.usecases.terms import agree_terms

DAY = date(2027, 2, 24)
ZON = "Groothandel Zon BV"


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.debtor(ZON, number="1")
    house.debtor("Café Zee", number="2")
    for number, amount in (("2027-001", "100.00"), ("2027-002", "250.50"), ("2027-003", "49.50")):
        house.invoice("1", number, amount, issued="2027-02-01", due="2027-02-15")
    house.invoice("2", "2027-009", "70.00", issued="2027-02-01", due="2027-02-15")
    return house


def told(*lines: tuple[str, str], total: str = "", day: str = "24-02-2027") -> str:
    """Write a list as a payer's package does."""
    head = f"Betaalspecificatie\r\nOpdrachtgever;{ZON}\r\nBetaaldatum;{day}\r\nUw factuur;Bedrag\r\n"
    rows = [f"{number};{amount}\r\n" for number, amount in lines]
    return head + "".join(rows) + (f"Totaal;{total}\r\n" if total else "")


ALL = (("2027-001", "100,00"), ("2027-002", "250,50"), ("2027-003", "49,50"))


def paid(cents: int, *, name: str = ZON, iban: str = PAYER, text: str = "zie specificatie", day: date = DAY) -> str:
    return camt053([Movement(day, cents, iban, name, text)])


def ways(house: House) -> list[bank_inbox.WaitingProposal]:
    (receipt,) = bank_inbox.inbox(most=50, actor=house.actor).receipts
    return receipt.proposals


def against(way: bank_inbox.WaitingProposal) -> list[str]:
    evidence: list[Any] = way.evidence
    return [one["what"].format(**one["facts"]) for one in evidence if isinstance(one, dict) and one.get("against")]


@pytest.mark.parametrize("is_list_first", [True, False])
def test_a_list_that_agrees_to_the_cent_books_its_receipt(house: House, is_list_first: bool):  # noqa: FBT001
    both = [told(*ALL, total="400,00"), paid(40_000)]
    answers = [bring(house, one) for one in (both if is_list_first else reversed(both))]
    assert [one.result for one in answers] == ["imported", "imported"]
    assert answers[1].booked == 1
    assert house.open() == {"2027-009": 7_000}
    last = house.last_allocation()
    evidence: list[Any] = last.evidence
    assert last.class_ == "advice"
    assert evidence[0] == {
        "what": "the payer's own list of {day} names {count} invoices",
        "facts": {"day": "2027-02-24", "count": "3"},
    }
    assert house.broken() == {}


def test_where_a_person_decides_everything_it_is_proposed(house: House):
    administrations.change(name="matching_precision", value="nothing", actor=house.actor, today=house.today)
    bring(house, told(*ALL))
    answer = bring(house, paid(40_000))
    assert (answer.booked, answer.proposed) == (0, 1)
    assert against(ways(house)[0]) == []


def test_the_same_list_twice_is_there_once_also_as_another_file(house: House):
    assert bring(house, told(*ALL)).new == 3
    assert bring(house, told(*ALL)).result == "known"
    other = bring(house, told(*ALL).replace(";", "\t"))
    assert (other.result, other.new, other.known) == ("imported", 0, 3)
    assert RemittanceAdvice.objects.of(house.actor.administration_id).count() == 1


@pytest.mark.parametrize(("lines", "cents", "says"), [
    ((("2027-001", "100,00"), ("2027-777", "50,00")), 15_000, "not known here: 2027-777"),
    ((("2027-001", "100,00"), ("2027-002", "200,50")), 30_050, "less than is open: 2027-002"),
    ((("2027-001", "100,00"), ("2027-003", "59,50")), 15_950, "more than is open: 2027-003"),
    ((("2027-002", "250,50"), ("2027-009", "70,00")), 32_050, "of another customer: 2027-009"),
    ((("2027-001", "100,00"), ("Schade aan pallets", "-25,00")), 7_500,
     "also takes off EUR 25.00: Schade aan pallets"),
    ((("2027-001", "100,00"), ("CN-9", "-25,00")), 7_500, "takes off what is no open credit note here: CN-9"),
])  # fmt: skip
def test_what_differs_is_said_and_left_to_a_person(house: House, lines: Any, cents: int, says: str):
    bring(house, told(*lines))
    answer = bring(house, paid(cents))
    assert (answer.booked, answer.proposed) == (0, 1)
    first, *others = ways(house)
    assert against(first) == [says]
    assert not others or all(one.items != first.items for one in others)
    receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    assert house.broken() == {}


def test_an_invoice_that_was_paid_before_is_said(house: House):
    house.pay("2027-003", "49.50", on="2027-02-10")
    bring(house, told(*ALL))
    assert bring(house, paid(40_000)).booked == 0
    assert against(ways(house)[0]) == ["not open any more: 2027-003"]
    assert ways(house)[0].left_cents == 4_950


def test_another_payer_or_a_twin_is_left_to_a_person(house: House):
    bring(house, told(*ALL))
    assert bring(house, paid(40_000, name="Iemand anders", iban=OTHER_PAYER)).booked == 0
    assert against(ways(house)[0]) == ["the account or the name of the payer is not that of the customer"]
    assert bring(house, camt053([Movement(DAY, 40_000, PAYER, ZON, "a"), Movement(DAY, 40_000, PAYER, ZON, "b")],
                                opening=40_000, number="2")).booked == 0  # fmt: skip


def test_a_credit_note_pays_beside_the_receipt_and_is_taken_back_with_it(house: House):
    house.credit_note("1", "CN-7", "50.00")
    answers = [bring(house, one) for one in (told(*ALL, ("CN-7", "-50,00"), total="350,00"), paid(35_000))]
    assert answers[1].booked == 1
    assert house.open() == {"2027-009": 7_000}
    assert house.broken() == {}
    (row,) = bank_inbox.transactions(actor=house.actor)
    receipts_by_hand.take_back(receipt=row.id, actor=house.actor, today=house.today)
    assert house.open() == {"2027-001": 10_000, "2027-002": 25_050, "2027-003": 4_950, "2027-009": 7_000}
    assert house.broken() == {}
    # It is proposed again, and the machine leaves it to a person from now on.
    receipts_by_hand.accept(proposal=ways(house)[0].id, actor=house.actor, today=house.today)
    assert house.open() == {"2027-009": 7_000}
    assert house.broken() == {}


def test_a_credit_note_that_an_open_items_list_brought_is_one_as_well(house: House):
    owed = (("2027-001", 10_000), ("2027-002", 25_050), ("2027-003", 4_950), ("2027-004", 8_000), ("CN-7", -5_000))
    theirs = [Item("2", "Café Zee", "2027-009", 7_000), Item("2", "Café Zee", "CN-8", -5_000)]
    answer = bring(house, items([*(Item("1", ZON, number, cents) for number, cents in owed), *theirs]))
    assert answer.result == "imported", answer
    bring(house, told(*ALL, ("cn 7", "-50,00"), total="350,00"))
    assert bring(house, paid(35_000)).booked == 1
    assert house.open() == {"2027-004": 8_000, "2027-009": 7_000}
    assert house.broken() == {}
    # That of another customer is not his to take off.
    bring(house, told(("2027-004", "80,00"), ("CN-8", "-50,00")))
    bring(house, camt053([Movement(DAY, 3_000, PAYER, ZON, "")], opening=35_000, number="2"))
    assert "takes off what is no open credit note here: CN-8" in against(ways(house)[0])


def test_what_is_said_is_renewed_when_the_credit_note_comes(house: House):
    bring(house, told(*ALL, ("CN-7", "-50,00")))
    assert bring(house, paid(35_000, name="Iemand anders")).booked == 0
    assert "takes off what is no open credit note here: CN-7" in against(ways(house)[0])
    house.credit_note("1", "CN-7", "50.00")
    bring(house, camt053([Movement(date(2027, 2, 25), 1)], opening=35_000, number="2"))
    first = next(one for one in bank_inbox.inbox(most=50, actor=house.actor).receipts if one.cents > 1).proposals[0]
    assert against(first) == ["the account or the name of the payer is not that of the customer"]
    receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    assert house.open() == {"2027-009": 7_000}
    assert house.broken() == {}


@pytest.mark.parametrize(("day", "is_booked"), [(date(2027, 2, 11), True), (date(2027, 2, 12), False)])
def test_a_discount_that_was_agreed_and_in_time_is_given_up(db: None, day: date, is_booked: bool):  # noqa: FBT001
    house = House.opened()
    terms = TermSet(30, discount=Discount(200, 10))
    agree_terms(kind=DebtorKind.BUSINESS, terms=terms, valid_from=date(2027, 1, 1), after=None, actor=house.actor,
                today=house.today)  # fmt: skip
    house.debtor(ZON, number="1", kind="business")
    for number in ("2027-001", "2027-002"):
        house.invoice("1", number, "1000.00", issued="2027-02-01")
    head = f"Betaaldatum;{day:%d-%m-%Y}\nUw factuur;Factuurbedrag;Korting;Betaald\n"
    bring(house, head + "2027-001;1.000,00;20,00;980,00\n2027-002;1.000,00;20,00;980,00\n")
    assert (bring(house, paid(196_000, day=day)).booked == 1) is is_booked
    if not is_booked:
        assert against(ways(house)[0]) == [
            "takes a discount that was not agreed, or is too late: 2027-001, 2027-002"
        ]  # fmt: skip
    assert house.open() == ({} if is_booked else {"2027-001": 100_000, "2027-002": 100_000})
    assert house.broken() == {}


def test_a_line_that_cannot_be_read_keeps_the_list_from_booking(house: House):
    answer = bring(house, told(*ALL[:2], ("2027-003", "49,5O"), total="400,00"))
    assert [(one["place"].partition(",")[0], one["severity"]) for one in answer.questions] == [
        ("row 7", "question"), ("file", "question"),
    ]  # fmt: skip
    assert bring(house, paid(40_000)).booked == 0
    assert against(ways(house)[0]) == ["not every line of the list can be read, or they do not add up"]


def test_a_receipt_far_in_time_or_of_another_amount_is_not_that_of_the_list(house: House):
    bring(house, told(*ALL))
    assert bring(house, paid(40_000, day=date(2027, 2, 1), name="X", iban="")).proposed == 0
    assert bring(house, paid(39_999, name="X", iban="")).proposed == 0


def test_a_receipt_that_was_booked_before_its_list_came_is_found(house: House):
    assert bring(house, paid(40_000, text="2027-001 2027-002 2027-003")).booked == 1
    bring(house, told(*ALL))
    (advice,) = RemittanceAdvice.objects.of(house.actor.administration_id)
    assert advice.transaction is not None


def test_a_list_is_removed_and_may_come_again(house: House):
    bring(house, told(*ALL))
    (advice,) = RemittanceAdvice.objects.of(house.actor.administration_id)
    for _ in range(2):
        remittance_advices.remove(advice=advice.public_id, actor=house.actor, today=house.today)
    assert bring(house, paid(40_000)).booked == 0
    assert bring(house, told(*ALL)).booked == 1
    with house.refuses(remittance_advices.NoSuchAdvice):
        remittance_advices.remove(advice="x", actor=house.actor, today=house.today)
    (last,) = RemittanceAdvice.objects.of(house.actor.administration_id).filter(is_removed=False)
    with house.refuses(remittance_advices.AdviceBooked):
        remittance_advices.remove(advice=last.public_id, actor=house.actor, today=house.today)


def test_hundreds_of_invoices_ask_no_more_questions_than_three(db: None):
    counts = {}
    for count in (3, 600):
        house = House.opened(f"Firma {count}")
        rows = [Item("1", ZON, f"2027{n:05d}", 1_000 + n) for n in range(count)]
        bring(house, items(rows))
        bring(house, told(*((row.invoice, f"{row.cents // 100},{row.cents % 100:02d}") for row in rows)))
        with CaptureQueriesContext(connection) as asked:
            assert bring(house, paid(sum(row.cents for row in rows))).booked == 1
        counts[count] = len(asked)
        assert house.open() == {}
    assert counts[600] <= counts[3] + 20, counts


def test_what_a_credit_note_pays_beside_a_list_is_not_open_for_another_receipt_of_that_statement(house: House):
    house.credit_note("1", "CN-7", "50.00")
    bring(house, told(*ALL, ("CN-7", "-50,00"), total="350,00"))
    other = Movement(DAY, 4_950, OTHER_PAYER, ZON, "factuur 2027-003")
    answer = bring(house, camt053([Movement(DAY, 35_000, PAYER, ZON, "zie lijst"), other]))
    assert answer.result == "imported"
    assert house.open() == {"2027-009": 7_000}
    assert house.broken() == {}


def test_a_credit_note_in_another_currency_is_none_of_the_list(house: House):
    house.credit_note("1", "CN-7", "50.00", currency="USD")
    bring(house, told(*ALL, ("CN-7", "-50,00"), total="350,00"))
    assert bring(house, paid(35_000)).booked == 0
    assert against(ways(house)[0]) == ["takes off what is no open credit note here: CN-7"]
    assert house.broken() == {}


def test_a_credit_note_comes_back_with_its_receipt_also_after_a_merge(house: House):
    house.debtor("Groothandel Zon", number="77")
    house.credit_note("1", "CN-7", "50.00")
    was_open = house.open()
    bring(house, told(*ALL, ("CN-7", "-50,00"), total="350,00"))
    assert bring(house, paid(35_000)).booked == 1
    doubles.merge(double="1", into="77", actor=house.actor, today=house.today)
    (row,) = bank_inbox.transactions(actor=house.actor)
    receipts_by_hand.take_back(receipt=row.id, actor=house.actor, today=house.today)
    assert house.open() == was_open
    assert house.broken() == {}


def test_a_receipt_that_has_a_list_is_not_that_of_the_next_one(house: House):
    house.invoice("1", "2027-011", "400.00", issued="2027-02-01", due="2027-02-15")
    bring(house, told(*ALL))
    assert bring(house, paid(40_000)).booked == 1
    bring(house, told(("2027-011", "400,00"), day="02-03-2027"))
    rows = RemittanceAdvice.objects.of(house.actor.administration_id).order_by("pk")
    assert [row.transaction is None for row in rows] == [False, True]
    later = Movement(date(2027, 3, 2), 40_000, PAYER, ZON, "volgens lijst")
    bring(house.on("2027-03-03"), camt053([later], opening=40_000, number="2"))
    assert [row.transaction is None for row in rows.all()] == [False, False]


def test_as_much_once_more_on_another_day_is_another_list(house: House):
    assert bring(house, told(("2027-002", "100,00"))).new == 1
    assert bring(house, told(("2027-002", "100,00"), day="10-03-2027")).new == 1

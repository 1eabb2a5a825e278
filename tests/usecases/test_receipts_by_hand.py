"""A person decides about receipts: each verb, each refusal, and what comes once stays once (P17, P21, P23)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.files import OTHER_PAYER, PAYER, Movement, bring, camt053, mt940
from tests.tools.house import House
from tests.usecases.test_concurrency import at_once
from voldaan.queries import bank_inbox, bookings
from voldaan.queries.bank_inbox import ProposalRow, TransactionRow
from voldaan.queries.moments import NOW
from voldaan.rules.money import CurrenciesDiffer, Money, typed
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.rules.refusals import Refusal
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice
from voldaan.usecases import doubles
from voldaan.usecases import receipts_by_hand as verbs
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.payments import SamePayment
from voldaan.usecases.receipts_by_hand import (
    MoreThanLeft,
    NoSuchProposal,
    NoSuchTransaction,
    NothingBooked,
    NothingLeft,
    OtherCurrencyThanPaid,
    ProposalDecided,
    ProposalOutdated,
)

DAY = date(2027, 3, 1)


@pytest.fixture
def house(db: None) -> House:
    return stocked()


def stocked() -> House:
    house = House.opened()
    zee = house.debtor("Café Zee", number="10")
    kaas = house.debtor("De Kaasboer", number="11")
    house.invoice(zee, "20270001", "100.00", issued="2027-02-01", due="2027-02-15")
    house.invoice(zee, "20270002", "50.00", issued="2027-02-01", due="2027-02-20")
    house.invoice(kaas, "20270003", "70.00", issued="2027-02-01", due="2027-02-15")
    return house


def receive(house: House, amount: str, text: str = "", *, name: str = "Onbekend", iban: str = OTHER_PAYER,
            on: date = DAY, currency: str = "EUR") -> str:  # fmt: skip
    """Let the bank bring money; give the id of the receipt."""
    before = {row.id for row in inbox(house)}
    number = str(len(before) + 1)
    line = Movement(on, typed(amount).cents, iban, name, text, end_to_end=f"E{number}")
    answer = bring(house, camt053([line], number=number, currency=currency), accept_unbalanced=True)
    assert answer.new == 1
    (found,) = {row.id for row in inbox(house)} - before
    return found


def inbox(house: House) -> list[TransactionRow]:
    return bank_inbox.transactions(actor=house.actor)


def proposals(house: House) -> list[ProposalRow]:
    return bank_inbox.proposals(actor=house.actor)


def stands(house: House, receipt: str) -> tuple[str, int]:
    (row,) = [row for row in inbox(house) if row.id == receipt]
    return row.state, row.left_cents


def allocate(house: House, receipt: str, invoice: str, amount: str | None = None, currency: str = "EUR") -> int:
    part = None if amount is None else typed(amount, currency)
    return verbs.allocate(receipt=receipt, invoice=invoice, amount=part, actor=house.actor, today=house.today)


def leave(house: House, receipt: str, debtor: str, amount: str | None = None, currency: str = "EUR") -> int:
    part = None if amount is None else typed(amount, currency)
    return verbs.leave_as_credit(receipt=receipt, debtor=debtor, amount=part, actor=house.actor, today=house.today)


def set_aside(house: House, receipt: str) -> None:
    verbs.set_aside(receipt=receipt, actor=house.actor, today=house.today)


def accept(house: House, proposal: str) -> None:
    verbs.accept(proposal=proposal, actor=house.actor, today=house.today)


def reject(house: House, proposal: str) -> None:
    verbs.reject(proposal=proposal, actor=house.actor, today=house.today)


def received(house: House) -> int:
    rows = bookings.entries(moment=NOW, actor=house.actor)
    return -sum(row.cents for row in rows if row.kind in ("received", "reversal"))


def again(house: House) -> Any:
    """Bring in a file in which nothing is new, so that everything that waits is matched again."""
    return bring(house, camt053([], number=f"again{len(house.events())}"), accept_unbalanced=True)


class TestAllocate:
    def test_a_receipt_pays_an_invoice(self, house):
        receipt = receive(house, "100.00")
        assert allocate(house, receipt, "20270001") == 10_000
        assert (stands(house, receipt), house.broken()) == (("booked", 0), {})
        assert "20270001" not in house.open()

    def test_one_receipt_of_two_invoices(self, house):
        receipt = receive(house, "120.00")
        allocate(house, receipt, "20270001")
        assert stands(house, receipt) == ("unmatched", 2_000)
        assert allocate(house, receipt, "20270002") == 2_000
        assert stands(house, receipt) == ("booked", 0)
        assert house.open() == {"20270002": 3_000, "20270003": 7_000}
        assert house.broken() == {}

    def test_one_receipt_of_two_customers(self, house):
        receipt = receive(house, "170.00")
        allocate(house, receipt, "20270001")
        allocate(house, receipt, "20270003", "60.00")
        assert stands(house, receipt) == ("unmatched", 1_000)
        assert leave(house, receipt, "11") == 1_000
        assert house.open() == {"20270002": 5_000, "20270003": 1_000}
        assert (received(house), house.broken()) == (17_000, {})

    def test_credit_of_before_pays_first(self, house):
        receipt = receive(house, "100.00")
        leave(house, receipt, "10")
        assert stands(house, receipt) == ("booked", 10_000)
        assert allocate(house, receipt, "20270001", "60.00") == 6_000
        assert (stands(house, receipt), received(house)) == (("booked", 4_000), 10_000)
        assert house.broken() == {}

    def test_refusals(self, house):
        receipt = receive(house, "100.00")
        with house.refuses(NoSuchTransaction):
            allocate(house, "xxxxxxxxxxxx", "20270001")
        with house.refuses(NoSuchInvoice):
            allocate(house, receipt, "nergens")
        with house.refuses(MoreThanLeft):
            allocate(house, receipt, "20270001", "100.01")
        with house.refuses(MoreThanOpen):
            allocate(house, receipt, "20270002", "60.00")
        with house.refuses(CurrenciesDiffer):
            allocate(house, receipt, "20270001", "10.00", "USD")
        with house.refuses(NotAllowed):
            allocate(house.as_role(Role.AUDITOR), receipt, "20270001")
        for amount in ("0.00", "-5.00"):
            with house.refuses(AmountNotPositive):
                allocate(house, receipt, "20270001", amount)
        house.invoice("10", "USD1", "10.00", currency="USD")
        with house.refuses(OtherCurrencyThanPaid):
            allocate(house, receipt, "USD1")
        house.pay("20270001", "100.00", on="2027-02-20")
        with house.refuses(NothingOpen):
            allocate(house, receipt, "20270001")
        leave(house, receipt, "11")
        with house.refuses(NothingLeft):
            allocate(house, receipt, "20270002")

    def test_a_double_click(self, house):
        receipt = receive(house, "100.00")
        allocate(house, receipt, "20270001")
        with house.refuses(NothingOpen):
            allocate(house, receipt, "20270001")

    def test_money_that_went_out_pays_nothing(self, house):
        receipt = receive(house, "-100.00")
        with house.refuses(NothingLeft):
            allocate(house, receipt, "20270001")


class TestLeaveAsCredit:
    def test_in_parts(self, house):
        receipt = receive(house, "100.00")
        assert leave(house, receipt, "10", "30.00") == 3_000
        assert leave(house, receipt, "11") == 7_000
        assert (stands(house, receipt), house.broken()) == (("booked", 10_000), {})

    def test_refusals(self, house):
        receipt = receive(house, "100.00")
        with house.refuses(NoSuchTransaction):
            leave(house, "xxxxxxxxxxxx", "10")
        with house.refuses(NoSuchDebtor):
            leave(house, receipt, "99")
        with house.refuses(MoreThanLeft):
            leave(house, receipt, "10", "100.01")
        with house.refuses(CurrenciesDiffer):
            leave(house, receipt, "10", "10.00", "USD")
        for amount in ("0.00", "-5.00"):
            with house.refuses(AmountNotPositive):
                leave(house, receipt, "10", amount)
        leave(house, receipt, "10")
        with house.refuses(NothingLeft):
            leave(house, receipt, "10")


class TestSetAside:
    def test_it_is_not_asked_about_again(self, house):
        receipt = receive(house, "100.00", name="Café Zee")
        assert proposals(house)
        set_aside(house, receipt)
        again(house)
        assert (stands(house, receipt), proposals(house)) == (("ignored", 10_000), [])
        assert house.broken() == {}

    def test_who_thinks_better_of_it_allocates(self, house):
        receipt = receive(house, "100.00")
        set_aside(house, receipt)
        allocate(house, receipt, "20270001")
        assert (stands(house, receipt), house.broken()) == (("booked", 0), {})

    def test_refusals(self, house):
        receipt = receive(house, "100.00")
        with house.refuses(NoSuchTransaction):
            set_aside(house, "xxxxxxxxxxxx")
        leave(house, receipt, "10", "1.00")
        with house.refuses(NothingLeft):
            set_aside(house, receipt)


class TestProposals:
    @pytest.fixture
    def proposed(self, house: House) -> str:
        receipt = receive(house, "100.00", name="Café Zee")
        assert stands(house, receipt) == ("proposed", 10_000)
        return receipt

    def test_accepted(self, house, proposed):
        first, *_ = proposals(house)
        accept(house, first.id)
        assert (stands(house, proposed), proposals(house), house.broken()) == (("booked", 0), [], {})
        for deed in (accept, reject):
            with house.refuses(ProposalDecided):
                deed(house, first.id)

    def test_refused_and_not_made_again(self, house, proposed):
        made = [row.allocations for row in proposals(house)]
        for row in proposals(house):
            reject(house, row.id)
        assert (stands(house, proposed), house.broken()) == (("unmatched", 10_000), {})
        again(house)
        assert [row for row in proposals(house) if row.allocations in made] == []
        assert stands(house, proposed)[0] in ("unmatched", "proposed")

    def test_what_was_refused_is_not_booked_by_the_machine_later(self, house, proposed):
        """The account becomes known to pay for this customer: what was only likely seems certain now."""
        from voldaan.usecases import debtors

        for row in proposals(house):
            reject(house, row.id)
        debtors.change(debtor="10", iban=OTHER_PAYER, actor=house.actor, today=house.today)
        assert again(house).booked == 0
        assert (stands(house, proposed)[1], received(house)) == (10_000, 0)

    def test_outdated(self, house, proposed):
        first, *_ = proposals(house)
        house.pay("20270001", "100.00", on="2027-01-01")
        with house.refuses(ProposalOutdated):
            accept(house, first.id)

    def test_what_cannot_be_accepted_any_more_is_not_shown_until_it_can_again(self, house, proposed):
        there = [row.id for row in proposals(house)]
        house.pay("20270001", "60.00", on="2027-01-01")
        page = bank_inbox.inbox(most=9, actor=house.actor)
        assert [len(one.proposals) for one in page.receipts] == [len(proposals(house))]
        assert there[0] not in {row.id for row in proposals(house)}
        [paid] = bookings.allocations(moment=NOW, actor=house.actor)
        house.undo(paid.id)
        assert [row.id for row in proposals(house)] == there

    def test_outdated_by_the_receipt(self, house, proposed):
        first, *_ = proposals(house)
        leave(house, proposed, "11", "1.00")
        with house.refuses(ProposalDecided):
            accept(house, first.id)

    def test_nobody_else_may(self, house, proposed):
        first, *_ = proposals(house)
        other = House.opened("Andere boeken")
        for deed in (accept, reject):
            with house.refuses(NotAllowed):
                deed(house.as_role(Role.AUDITOR), first.id)
            with house.refuses(NoSuchProposal):
                deed(house, "xxxxxxxxxxxx")
            with house.refuses(NoSuchProposal):
                deed(other, first.id)


class TestUndoing:
    """P23, and nothing is booked again by surprise."""

    def certain(self, house: House) -> str:
        receipt = receive(house, "100.00", "factuur 20270001", name="Café Zee")
        assert (stands(house, receipt), received(house)) == (("booked", 0), 10_000)
        return receipt

    def test_after_an_undo_the_credit_stays_with_the_customer(self, house):
        receipt = self.certain(house)
        house.undo(house.last_allocation().id)
        assert house.open()["20270001"] == 10_000
        assert again(house).booked == 0
        assert (stands(house, receipt), house.open()["20270001"]) == (("booked", 10_000), 10_000)
        assert house.broken() == {}

    def test_it_can_be_allocated_again_by_hand(self, house):
        receipt = self.certain(house)
        house.undo(house.last_allocation().id)
        assert allocate(house, receipt, "20270002") == 5_000
        assert allocate(house, receipt, "20270001") == 5_000
        assert (stands(house, receipt), received(house), house.broken()) == (("booked", 0), 10_000, {})

    def take_back(self, house: House) -> None:
        number = next(r.number for r in bookings.entries(moment=NOW, actor=house.actor) if r.kind == "received")
        house.take_back(number)

    def test_a_receipt_taken_back_is_free_and_not_booked_by_the_machine(self, house):
        receipt = self.certain(house)
        house.undo(house.last_allocation().id)
        self.take_back(house)
        assert (stands(house, receipt)[1], received(house), house.broken()) == (10_000, 0, {})
        assert again(house).booked == 0
        assert (stands(house, receipt), received(house)) == (("proposed", 10_000), 0)

    def test_and_can_go_to_another_customer(self, house):
        receipt = self.certain(house)
        house.undo(house.last_allocation().id)
        self.take_back(house)
        assert allocate(house, receipt, "20270003") == 7_000
        assert leave(house, receipt, "11") == 3_000
        assert (stands(house, receipt), received(house), house.broken()) == (("booked", 3_000), 10_000, {})

    def whole(self, house: House, receipt: str) -> int:
        return verbs.take_back(receipt=receipt, actor=house.actor, today=house.today)

    def test_all_that_became_of_a_receipt_is_taken_back_at_once(self, house):
        before = house.open()
        receipt = self.certain(house)
        assert self.whole(house, receipt) == 10_000
        assert (house.open(), received(house), house.broken()) == (before, 0, {})
        # It is proposed again and waits for a person, also at the next import.
        assert stands(house, receipt) == ("proposed", 10_000)
        assert again(house).booked == 0
        (proposal, *_) = proposals(house)
        verbs.accept(proposal=proposal.id, actor=house.actor, today=house.today)
        assert ("20270001" in house.open(), house.broken()) == (False, {})

    def test_also_where_it_was_spread_over_two_customers(self, house):
        before = house.open()
        receipt = receive(house, "100.00")
        allocate(house, receipt, "20270003")
        allocate(house, receipt, "20270002", "10.00")
        leave(house, receipt, "11")
        assert self.whole(house, receipt) == 10_000
        assert (house.open(), received(house), house.broken()) == (before, 0, {})
        assert stands(house, receipt)[1] == 10_000

    def test_what_was_taken_back_in_part_is_taken_back_no_further(self, house):
        receipt = self.certain(house)
        house.undo(house.last_allocation().id)
        assert self.whole(house, receipt) == 10_000
        with pytest.raises(NothingBooked):
            self.whole(house, receipt)
        assert house.broken() == {}

    def test_what_was_set_aside_is_asked_about_again(self, house):
        receipt = receive(house, "12.34")
        verbs.set_aside(receipt=receipt, actor=house.actor, today=house.today)
        assert self.whole(house, receipt) == 0
        assert stands(house, receipt) == ("unmatched", 1_234)
        with pytest.raises(NothingBooked):
            self.whole(house, receipt)
        with pytest.raises(NoSuchTransaction):
            self.whole(house, "nobody")

    def test_what_was_set_aside_waits_for_a_person_also_where_it_is_certain_by_now(self, house):
        self.certain(house)  # the account of the payer is known
        receipt = receive(house, "40.00", "factuur 20270004", name="Café Zee")
        verbs.set_aside(receipt=receipt, actor=house.actor, today=house.today)
        house.invoice("10", "20270004", "40.00", issued="2027-02-01", due="2027-02-15")
        assert self.whole(house, receipt) == 0
        assert stands(house, receipt) == ("proposed", 4_000)
        assert house.open()["20270004"] == 4_000

    def test_of_a_customer_who_was_merged_since(self, house):
        receipt = self.certain(house)
        doubles.merge(double="10", into="11", actor=house.actor, today=house.today)
        assert self.whole(house, receipt) == 10_000
        assert (house.open()["20270001"], house.broken()) == (10_000, {})

    def test_a_credit_taken_back_twice(self, house):
        receipt = receive(house, "100.00")
        for _ in range(3):
            leave(house, receipt, "10")
            house.take_back(house.last().number)
        assert (stands(house, receipt)[1], received(house), house.broken()) == (10_000, 0, {})

    def test_ten_alike_on_one_day(self, house):
        """The first and the tenth of one day and amount have names that begin alike."""
        many = [Movement(DAY, 1_000, OTHER_PAYER, "X", f"n {n}") for n in range(12)]
        bring(house, camt053(many))
        for row in inbox(house):
            for amount in ("4.00", None):
                leave(house, row.id, "10", amount)
        assert (received(house), house.broken()) == (12_000, {})


class TestBookedOnce:
    """P17: by hand and by the bank, in either order."""

    def test_by_hand_then_the_bank_line(self, house):
        house.pay("20270001", "100.00", on="2027-02-27")
        receipt = receive(house, "100.00", "factuur 20270001")
        assert (stands(house, receipt), received(house), house.broken()) == (("booked", 0), 10_000, {})

    def test_by_hand_in_part_and_too_much(self, house):
        house.pay("20270001", "130.00", on="2027-02-27")
        receipt = receive(house, "130.00", "factuur 20270001")
        assert (stands(house, receipt), received(house)) == (("booked", 3_000), 13_000)

    def test_by_hand_then_undone_then_the_bank_line(self, house):
        house.pay("20270001", "100.00", on="2027-02-27")
        house.undo(house.last_allocation().id)
        receipt = receive(house, "100.00", "factuur 20270001")
        assert (stands(house, receipt), received(house), house.broken()) == (("booked", 10_000), 10_000, {})

    def test_by_hand_on_an_invoice_that_was_paid_already(self, house):
        house.write_off("20270001")
        house.pay("20270001", "100.00", on="2027-02-27")
        receipt = receive(house, "100.00", "factuur 20270001")
        assert (stands(house, receipt), received(house)) == (("booked", 10_000), 10_000)

    def test_by_hand_and_taken_back_then_the_bank_line(self, house):
        house.pay("20270001", "100.00", on="2027-02-27")
        number = house.last().number
        house.undo(house.last_allocation().id)
        house.take_back(number)
        receive(house, "100.00", "factuur 20270001", name="Café Zee")
        assert (received(house), "20270001" in house.open(), house.broken()) == (10_000, False, {})

    def test_two_by_hand_and_one_bank_line_for_both(self, house):
        house.pay("20270001", "100.00", on="2027-02-27")
        house.pay("20270002", "50.00", on="2027-02-27")
        receipt = receive(house, "150.00", "20270001 20270002")
        assert (stands(house, receipt), received(house), house.broken()) == (("booked", 0), 15_000, {})

    def test_the_payer_of_before_pays_something_else(self, house):
        """By hand 100 for one invoice; some days later the same customer pays 100 for another."""
        from voldaan.usecases import debtors

        debtors.change(debtor="10", iban=PAYER, actor=house.actor, today=house.today)
        house.invoice("10", "20270009", "100.00", issued="2027-02-01")
        house.pay("20270001", "100.00", on="2027-02-27")
        receive(house, "100.00", "factuur 20270009", name="Café Zee", iban=PAYER)
        assert house.open() == {"20270002": 5_000, "20270003": 7_000}
        assert received(house) == 20_000

    def test_the_bank_line_then_by_hand(self, house):
        receive(house, "100.00", "factuur 20270001", name="Café Zee")
        with house.refuses(SamePayment):
            house.pay("20270001", "100.00")
        with house.refuses(SamePayment):
            house.pay("20270001", "100.00", key="K1")
        assert house.pay("20270001", "100.00", again=True).left_cents == 10_000

    def test_the_bank_line_as_credit_then_by_hand(self, house):
        leave(house, receive(house, "100.00"), "10")
        with house.refuses(SamePayment):
            house.pay("20270001", "100.00")

    def test_the_bank_line_of_another_invoice_does_not_stand_in_the_way(self, house):
        house.invoice("10", "20270009", "100.00", issued="2027-02-01")
        receive(house, "100.00", "factuur 20270009", name="Café Zee")
        assert house.pay("20270001", "100.00").allocated_cents == 10_000

    def test_both_formats_and_by_hand(self, house):
        line = Movement(DAY, 10_000, OTHER_PAYER, "Café Zee", "factuur 20270001", "E1")
        house.pay("20270001", "100.00", on="2027-02-27")
        for content in (camt053([line]), mt940([line]), camt053([line], number="9")):
            bring(house, content, accept_unbalanced=True)
        assert (received(house), len(inbox(house)), house.broken()) == (10_000, 1, {})


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def house(self, transactional_db: None) -> House:
        return stocked()

    def one_wins(self, house: House, deeds: list[Any], *refusals: type[Exception]) -> None:
        answers = at_once(deeds)
        lost = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(lost) == len(deeds) - 1, answers
        assert all(type(answer) in refusals for answer in lost), answers
        assert house.broken() == {}

    def test_a_proposal_is_accepted_once(self, house):
        receive(house, "100.00", name="Café Zee")
        first, *_ = proposals(house)
        self.one_wins(house, [lambda: accept(house, first.id)] * 6, ProposalDecided)
        assert received(house) == 10_000

    def test_accepted_or_refused(self, house):
        receive(house, "100.00", name="Café Zee")
        first, *_ = proposals(house)
        self.one_wins(
            house, [lambda: accept(house, first.id), lambda: reject(house, first.id)] * 3, ProposalDecided
        )  # fmt: skip

    def test_a_receipt_goes_to_one_customer(self, house):
        receipt = receive(house, "70.00")
        deeds = [lambda: leave(house, receipt, "10"), lambda: leave(house, receipt, "11")] * 3
        self.one_wins(house, deeds, NothingLeft)
        assert received(house) == 7_000

    def test_it_is_taken_back_once(self, house):
        receipt = receive(house, "100.00", "factuur 20270001", name="Café Zee")
        deed = lambda: verbs.take_back(receipt=receipt, actor=house.actor, today=house.today)  # noqa: E731
        self.one_wins(house, [deed] * 6, NothingBooked)
        assert received(house) == 0

    def test_taken_back_while_it_is_undone_and_allocated(self, house):
        receipt = receive(house, "100.00", "factuur 20270001", name="Café Zee")
        last = house.last_allocation().id
        deeds = [
            lambda: verbs.take_back(receipt=receipt, actor=house.actor, today=house.today),
            lambda: house.undo(last),
            lambda: allocate(house, receipt, "20270003", "10.00"),
        ]
        answers = at_once(deeds * 2)
        assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refusal)], answers
        assert house.broken() == {}

    def test_allocated_to_invoices_of_two_customers(self, house):
        receipt = receive(house, "70.00")
        deeds = [lambda: allocate(house, receipt, "20270001"), lambda: allocate(house, receipt, "20270003")] * 3
        answers = at_once(deeds)
        assert sum(answer for answer in answers if isinstance(answer, int)) == 7_000
        assert all(isinstance(answer, (int, NothingLeft, NothingOpen)) for answer in answers), answers
        assert (received(house), house.broken()) == (7_000, {})

    def test_the_same_file_at_once(self, house):
        content = camt053([Movement(DAY, 10_000, PAYER, "Café Zee", "factuur 20270001")])
        answers = at_once([lambda: bring(house, content)] * 6)
        assert sorted(answer.result for answer in answers) == ["imported"] + ["known"] * 5, answers
        assert (received(house), house.broken()) == (10_000, {})

    def test_two_formats_at_once(self, house):
        line = [Movement(DAY, 10_000, PAYER, "Café Zee", "factuur 20270001")]
        answers = at_once([lambda: bring(house, camt053(line)), lambda: bring(house, mt940(line))] * 3)
        assert sum(answer.new for answer in answers) == 1, answers
        assert (received(house), house.broken()) == (10_000, {})

    @pytest.mark.parametrize("nth", range(5))
    def test_an_import_and_a_payment_by_hand_of_the_same_invoice(self, house, nth):
        line = [Movement(DAY, 10_000, PAYER, "Café Zee", "factuur 20270001")]
        deeds = [lambda: bring(house, camt053(line)), lambda: house.pay("20270001", "100.00")]
        deeds += [lambda: house.write_off("20270002"), lambda: house.pay("20270003", "10.00")]
        answers = at_once(deeds)
        assert not isinstance(answers[0], Exception), repr(answers[0])
        assert answers[0].result == "imported"
        assert isinstance(answers[1], SamePayment) or not isinstance(answers[1], Exception), repr(answers[1])
        assert [a for a in answers[2:] if isinstance(a, Exception)] == []
        assert (received(house), house.broken()) == (11_000, {})

    @pytest.mark.parametrize("nth", range(3))
    def test_an_import_while_a_person_decides(self, house, nth):
        receipt = receive(house, "100.00", name="Café Zee")
        first, *_ = proposals(house)
        new = camt053([Movement(DAY, 7_000, PAYER, "De Kaasboer", "factuur 20270003")], number="x")
        deeds = [
            lambda: bring(house, new, accept_unbalanced=True),
            lambda: accept(house, first.id),
            lambda: set_aside(house, receipt),
            lambda: house.debtor("Nieuw", number="12"),
        ]
        answers = at_once(deeds)
        for answer in answers:
            assert (
                answer is None
                or not isinstance(answer, Exception)
                or isinstance(answer, (ProposalDecided, NothingLeft))
            ), repr(answer)
        assert house.broken() == {}


def test_money_is_whole(house):
    receipt = receive(house, "0.01")
    assert allocate(house, receipt, "20270001") == 1
    assert Money(house.open()["20270001"]) == Money(9_999)

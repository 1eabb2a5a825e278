"""Open-items lists: what is new comes in, what differs is told or proposed, what was set here stays (J1)."""

from __future__ import annotations

import pytest

from tests.tools.files import HEADERS, PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.formats.open_items import Mapping
from voldaan.queries import bank_inbox, bookings
from voldaan.queries.moments import NOW
from voldaan.usecases import debtors, receipts_by_hand
from voldaan.usecases.files import Imported

ZEE = Item("10", "Café Zee", "F270001", 10_000)
ZEE2 = Item("10", "Café Zee", "F270002", 5_000)
KAAS = Item("11", "De Kaasboer", "F270003", 30_000)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    bring(house, items([ZEE, ZEE2, KAAS]))
    return house


def newer(house: House, *rows: Item, on: str = "2027-03-08") -> tuple[House, Imported]:
    """Let a week pass and bring in another list."""
    later = house.on(on)
    answer = bring(later, items(rows))
    assert later.broken() == {}
    return later, answer


def counts(answer: Imported) -> tuple[int, int, int, int]:
    return answer.new, answer.changed, answer.vanished, answer.known


def asked(house: House) -> dict[str, int]:
    return {
        line["invoice"]: line["cents"]
        for row in bank_inbox.proposals(actor=house.actor)
        for line in row.allocations
        if row.transaction is None
    }


def cents(item: Item, to: int) -> Item:
    return Item(item.debtor, item.name, item.invoice, to, item.issued, item.due, item.currency, item.more)


class TestDifference:
    def test_the_first_list_brings_everything_forward(self, house):
        assert house.open() == {"F270001": 10_000, "F270002": 5_000, "F270003": 30_000}
        assert {row.kind for row in bookings.entries(moment=NOW, actor=house.actor)} == {"brought_forward"}

    def test_a_list_that_says_the_same_changes_nothing(self, house):
        _, answer = newer(house, KAAS, ZEE, ZEE2)
        assert counts(answer) == (0, 0, 0, 3)

    def test_new_and_vanished(self, house):
        later, answer = newer(house, ZEE, ZEE2, Item("12", "Jansen", "F270004", 700))
        assert counts(answer) == (1, 0, 1, 2)
        assert asked(later) == {"F270003": 30_000}
        assert later.open() == {"F270001": 10_000, "F270002": 5_000, "F270003": 30_000, "F270004": 700}

    def test_grown_is_a_correction(self, house):
        later, answer = newer(house, cents(ZEE, 11_000), ZEE2, KAAS)
        assert counts(answer) == (0, 1, 0, 2)
        assert later.open()["F270001"] == 11_000
        assert (later.last().kind, later.last().cents) == ("correction", 1_000)

    def test_settled_in_part_is_proposed(self, house):
        later, answer = newer(house, cents(ZEE, 4_000), ZEE2, KAAS)
        assert counts(answer) == (0, 1, 0, 2)
        assert asked(later) == {"F270001": 6_000}
        assert later.open()["F270001"] == 10_000

    def test_a_payment_booked_here_explains_a_list_that_is_behind(self, house):
        house.pay("F270001", "60.00")
        later, answer = newer(house, ZEE, ZEE2, KAAS)
        assert counts(answer) == (0, 0, 0, 3)
        assert (later.open()["F270001"], asked(later)) == (4_000, {})

    def test_a_payment_booked_here_explains_a_list_that_has_it_too(self, house):
        house.pay("F270001", "60.00")
        later, answer = newer(house, cents(ZEE, 4_000), ZEE2, KAAS)
        assert counts(answer) == (0, 0, 0, 3)
        assert (later.open()["F270001"], asked(later)) == (4_000, {})

    def test_a_payment_here_explains_what_vanished(self, house):
        house.pay("F270001", "100.00")
        later, answer = newer(house, ZEE2, KAAS)
        assert (counts(answer), asked(later)) == ((0, 0, 0, 2), {})

    def test_what_is_listed_again_is_asked_no_longer(self, house):
        later, _ = newer(house, ZEE, ZEE2)
        assert asked(later) == {"F270003": 30_000}
        latest, answer = newer(later, KAAS, ZEE, ZEE2, on="2027-03-15")
        assert (counts(answer), asked(latest)) == ((0, 0, 0, 3), {})

    def test_what_was_refused_is_not_asked_again(self, house):
        later, _ = newer(house, ZEE, ZEE2)
        (row,) = bank_inbox.proposals(actor=later.actor)
        receipts_by_hand.reject(proposal=row.id, actor=later.actor, today=later.today)
        latest, _ = newer(later, ZEE2, ZEE, on="2027-03-15")
        assert asked(latest) == {}

    def test_a_question_is_asked_once(self, house):
        later, _ = newer(house, ZEE, ZEE2)
        latest, _ = newer(later, ZEE2, ZEE, on="2027-03-15")
        assert len(bank_inbox.proposals(actor=latest.actor)) == 1

    def test_invoices_of_our_own_do_not_vanish(self, house):
        house.invoice(house.debtor("Nieuw"), "F270009", "10.00")
        later, answer = newer(house, ZEE, ZEE2, KAAS)
        assert (answer.vanished, asked(later)) == (0, {})


class TestInstalments:
    FIRST = Item("10", "Café Zee", "T1", 1_000, due="15-02-2027")
    SECOND = Item("10", "Café Zee", "T1", 2_000, due="15-03-2027")
    THIRD = Item("10", "Café Zee", "T1", 3_000, due="15-04-2027")

    @pytest.fixture
    def house(self, db: None) -> House:
        house = House.opened()
        bring(house, items([self.FIRST, self.SECOND, self.THIRD]))
        return house

    def open(self, house: House) -> list[int]:
        from voldaan.records.receivables import Receivable

        rows = Receivable.objects.of(house.actor.administration_id).order_by("due_date")
        return [row.open_cents for row in rows]

    def test_each_is_a_receivable_of_its_own(self, house):
        assert self.open(house) == [1_000, 2_000, 3_000]

    def test_in_whatever_order_they_stand(self, house):
        later, answer = newer(house, self.THIRD, self.FIRST, self.SECOND)
        assert counts(answer) == (0, 0, 0, 3)
        assert self.open(later) == [1_000, 2_000, 3_000]

    def test_when_the_first_is_paid_the_others_stay_who_they_are(self, house):
        later, answer = newer(house, self.SECOND, self.THIRD)
        assert counts(answer) == (0, 0, 1, 2)
        assert self.open(later) == [1_000, 2_000, 3_000]
        assert asked(later) == {"T1": 1_000}

    def test_a_new_one_in_between_is_new(self, house):
        extra = Item("10", "Café Zee", "T1", 500, due="01-03-2027")
        later, answer = newer(house, self.FIRST, extra, self.SECOND, self.THIRD)
        assert counts(answer) == (1, 0, 0, 3)
        assert sorted(self.open(later)) == [500, 1_000, 2_000, 3_000]

    def test_one_whose_due_date_moved_is_the_same(self, house):
        later, answer = newer(house, self.FIRST, self.SECOND, Item("10", "Café Zee", "T1", 3_000, due="30-04-2027"))
        assert (answer.new, answer.vanished) == (0, 0)
        assert self.open(later) == [1_000, 2_000, 3_000]


class TestCredits:
    NOTE = Item("10", "Café Zee", "C1", -2_500)

    def test_a_credit_comes_in_once(self, house):
        later, answer = newer(house, ZEE, ZEE2, KAAS, self.NOTE)
        assert counts(answer) == (1, 0, 0, 3)
        assert (later.last().kind, later.last().cents) == ("brought_forward", -2_500)
        _, again = newer(later, self.NOTE, ZEE, ZEE2, KAAS, on="2027-03-15")
        assert counts(again) == (0, 0, 0, 4)

    def test_a_credit_that_changed_is_said(self, house):
        later, _ = newer(house, ZEE, ZEE2, KAAS, self.NOTE)
        _, answer = newer(later, ZEE, ZEE2, KAAS, cents(self.NOTE, -1_500), on="2027-03-15")
        assert [p for p in answer.problems if "C1" in str(p["facts"])]

    def test_a_credit_that_vanished_is_said(self, house):
        later, _ = newer(house, ZEE, ZEE2, KAAS, self.NOTE)
        _, answer = newer(later, KAAS, ZEE, ZEE2, on="2027-03-15")
        assert [p for p in answer.problems if "C1" in str(p["facts"])]


class TestRefused:
    def test_one_number_of_two_customers(self, house):
        before = house.everything()
        _, answer = newer(house, ZEE, ZEE2, KAAS, Item("12", "Jansen", "F270001", 700))
        assert answer.result == "refused"
        assert answer.problems[0]["facts"] == {"invoice": "F270001", "other": "Café Zee"}
        assert house.everything() == before

    def test_one_number_of_two_customers_in_one_list(self, house):
        _, answer = newer(house, Item("12", "Jansen", "N1", 700), Item("13", "Pietersen", "N1", 700))
        assert answer.result == "refused"

    def test_one_number_in_another_currency(self, house):
        before = house.everything()
        dollars = Item("10", "Café Zee", "F270001", 12_000, currency="USD")
        _, answer = newer(house, dollars, ZEE2, KAAS)
        assert answer.result == "refused"
        assert house.everything() == before

    def test_one_number_in_two_currencies(self, house):
        dollars = Item("12", "Jansen", "N1", 700, currency="USD", due="15-03-2027")
        _, answer = newer(house, Item("12", "Jansen", "N1", 700), dollars)
        assert answer.result == "refused"

    def test_a_number_that_is_a_credit_note_here(self, house):
        house.credit_note(house.debtor("Nieuw"), "C9", "10.00")
        before = house.everything()
        _, answer = newer(house, ZEE, ZEE2, KAAS, Item("12", "Jansen", "C9", 700))
        assert answer.result == "refused"
        assert house.everything() == before

    def test_a_total_that_is_not_the_sum(self, house):
        before = house.everything()
        answer = bring(house, items([ZEE, ZEE2], total=14_999))
        assert answer.result == "refused"
        assert house.everything() == before
        right = bring(house, items([ZEE, ZEE2, KAAS], total=45_000))
        assert (right.control_total_cents, right.total_cents) == (45_000, 45_000)


class TestEdits:
    def told(self, house: House, **facts: str) -> Item:
        names = {"city": "Plaats", "email": "E-mail"}
        return Item("10", "Café Zee", "F270001", 10_000, more=tuple((names[k], v) for k, v in facts.items()))

    def city(self, house: House) -> str:
        from voldaan.records.debtors import Debtor

        return Debtor.objects.of(house.actor.administration_id).get(number="10").city

    def test_a_list_brings_a_customer_up_to_date(self, house):
        later, answer = newer(house, self.told(house, city="Gent"), ZEE2, KAAS)
        assert (self.city(later), answer.changed) == ("Gent", 1)

    def test_what_a_person_set_here_stays(self, house):
        debtors.change(debtor="10", city="Zwolle", actor=house.actor, today=house.today)
        later, answer = newer(house, self.told(house, city="Gent"), ZEE2, KAAS)
        assert (self.city(later), answer.changed) == ("Zwolle", 0)

    def test_one_customer_however_the_rows_call_him(self, house):
        long = "9" * 80
        for on in ("2027-03-08", "2027-03-15"):
            later, answer = newer(house, Item(long, "Lang", "L1", 100 if on < "2027-03-10" else 101), on=on)
            assert answer.result == "imported"
        assert later.open()["L1"] == 101


class TestQuestions:
    def test_a_row_with_a_question_comes_in_held(self, house):
        from voldaan.records.holds import Hold

        later, answer = newer(house, ZEE, ZEE2, KAAS, Item("12", "Jansen", "F270004", 700, due=""))
        assert answer.result == "imported"
        assert [q["place"] for q in answer.questions] == ["row 5"]
        held = Hold.objects.of(later.actor.administration_id)
        assert list(held.values_list("reason", "receivable__invoice__number")) == [("question", "F270004")]

    def test_it_is_held_once(self, house):
        from voldaan.records.holds import Hold

        row = Item("12", "Jansen", "F270004", 700, due="")
        later, _ = newer(house, ZEE, ZEE2, KAAS, row)
        newer(later, row, ZEE, ZEE2, KAAS, on="2027-03-15")
        assert Hold.objects.of(house.actor.administration_id).count() == 1


class TestMapping:
    STRANGE = "klantnr;wie;stuk;d1;d2;bedrag A;bedrag B\r\n10;Zee;X1;01-02-2027;15-02-2027;100,00;60,00\r\n"
    SAID = (
        '{"columns": {"klantnr": "debtor_number", "wie": "debtor_name", "stuk": "invoice_number", "d1": "issue_date",'
        ' "d2": "due_date", "bedrag A": "original", "bedrag B": "open"}}'
    )

    def test_a_mapping_is_remembered_for_lists_with_these_headers(self, db):
        house = House.opened()
        content = items([ZEE]).replace(";".join(HEADERS), ";".join((*HEADERS[:-1], "Bedrag")))
        plain = bring(house, content)
        assert plain.result in ("imported", "refused")
        mapping = _mapping(content)
        other = House.opened("Andere boeken")
        assert bring(other, content, mapping=mapping).result == "imported"
        later = other.on("2027-03-08")
        answer = bring(later, content.replace("100,00", "110,00"))
        assert (answer.result, answer.changed) == ("imported", 1), answer.problems
        assert later.open() == {"F270001": 11_000}


def _mapping(content: str) -> Mapping:
    import io

    from voldaan.formats import open_items

    found = open_items.read(io.BytesIO(content.encode()))
    if found.mapping is not None:
        return found.mapping
    assert found.guess is not None
    return found.guess.mapping


class TestBankAndList:
    """P17: a payment is booked once, whether the list or the bank tells it first."""

    def accept_all(self, house: House) -> None:
        for row in bank_inbox.proposals(actor=house.actor):
            receipts_by_hand.accept(proposal=row.id, actor=house.actor, today=house.today)

    def received(self, house: House) -> int:
        rows = bookings.entries(moment=NOW, actor=house.actor)
        return -sum(row.cents for row in rows if row.kind in ("received", "reversal"))

    def test_settled_by_the_list_then_the_bank_line(self, house):
        later, _ = newer(house, ZEE2, KAAS)
        self.accept_all(later)
        assert later.open() == {"F270002": 5_000, "F270003": 30_000}
        assert self.received(later) == 10_000
        line = Movement(later.today.replace(day=4), 10_000, PAYER, "Café Zee", "factuur F270001")
        answer = bring(later, camt053([line]))
        assert (answer.booked, answer.unmatched, answer.proposed) == (1, 0, 0)
        assert self.received(later) == 10_000
        assert later.broken() == {}
        (row,) = bank_inbox.transactions(actor=later.actor)
        assert (row.state, row.left_cents) == ("booked", 0)

    def test_the_bank_line_then_the_list(self, house):
        line = Movement(house.today, 10_000, PAYER, "Café Zee", "factuur F270001")
        bring(house, camt053([line]))
        later, answer = newer(house, ZEE2, KAAS)
        assert (answer.vanished, asked(later), self.received(later)) == (0, {}, 10_000)

    def test_the_question_goes_when_the_bank_line_comes_first(self, house):
        later, _ = newer(house, ZEE2, KAAS)
        assert asked(later) == {"F270001": 10_000}
        bring(later, camt053([Movement(later.today, 10_000, PAYER, "Café Zee", "factuur F270001")]))
        assert self.received(later) == 10_000
        for row in bank_inbox.proposals(actor=later.actor):
            with later.refuses(receipts_by_hand.ProposalOutdated):
                receipts_by_hand.accept(proposal=row.id, actor=later.actor, today=later.today)

    def test_two_items_settled_by_the_list_and_one_bank_line_for_both(self, house):
        later, _ = newer(house, KAAS)
        self.accept_all(later)
        answer = bring(later, camt053([Movement(later.today, 15_000, PAYER, "Café Zee", "F270001 en F270002")]))
        assert (answer.booked, self.received(later)) == (1, 15_000)
        assert later.broken() == {}

    def test_a_payment_after_the_list_is_another_one(self, house):
        """A new payment of the same amount, of a customer whose earlier one was settled by the list."""
        debtors.change(debtor="10", iban=PAYER, actor=house.actor, today=house.today)
        later, _ = newer(house, ZEE2, KAAS)
        self.accept_all(later)
        april = later.on("2027-04-20")
        april.invoice("10", "F270009", "100.00")
        bring(april, camt053([Movement(april.today, 10_000, PAYER, "Café Zee", "factuur F270009")]))
        assert "F270009" not in april.open()
        assert self.received(april) == 20_000

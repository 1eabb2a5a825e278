"""Matching after an import: what is certain is booked, and the number of questions does not grow with the receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.files import PAYER, Item, Movement, bring, camt053, items
from tests.tools.growth import STRAIGHT, growth
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.records.receivables import Allocation
from voldaan.rules.money import typed
from voldaan.usecases import invoices, matching

RF = "RF18539007547034"

DAY = date(2027, 2, 20)


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def stock(house: House, count: int) -> None:
    rows = [Item(str(n % 50 + 1), f"Klant {n % 50 + 1}", f"2027{n:05d}", 1_000 + n) for n in range(count)]
    assert bring(house, items(rows)).new == count


def lines(count: int, kind: str) -> list[Movement]:
    def line(n: int) -> Movement:
        cents, name, text = {
            "certain": (1_000 + n, "Iemand", f"factuur 2027{n:05d}"),
            "proposed": (1_000 + n, f"Klant {n % 50 + 1}", "zonder nummer"),
            "unknown": (77_000_000 + n, "Iemand", "iets"),
        }[kind]
        return Movement(DAY, cents, "", name, text, f"E{n}")

    return [line(n) for n in range(count)]


def queries_of_match(house: House) -> tuple[int, matching.Matched]:
    from django.db import transaction

    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        matched = matching.match(actor=house.actor, today=house.today)
    return len(asked), matched


@pytest.mark.parametrize("kind", ["certain", "proposed", "unknown", "paid by hand"])
def test_as_many_questions_for_ten_receipts_as_for_a_thousand(db, kind, monkeypatch):
    counts = {}
    for count in (10, 1_000):
        house = House.opened(f"Firma {count}")
        stock(house, count)
        with monkeypatch.context() as patch:
            patch.setattr(matching, "match", lambda **_: matching.Matched())
            told = "certain" if kind == "paid by hand" else kind
            assert bring(house, camt053(lines(count, told))).new == count
        if kind == "paid by hand":
            for n in range(count if count == 10 else 200):
                house.pay(f"2027{n:05d}", f"{(1_000 + n) // 100}.{(1_000 + n) % 100:02d}", on=DAY.isoformat())
        counts[count], matched = queries_of_match(house)
        if kind in ("certain", "paid by hand"):
            assert matched.booked == count
        assert house.broken() == {}
    # SQLite takes a thousand values at once, so inserts are cut in blocks of some hundred rows; the last is another.
    assert counts[1_000] <= counts[10] + 24, counts


@pytest.mark.usefixtures("db")
def test_the_work_grows_with_the_receipts_and_no_faster():
    houses = []

    def prepared(count: int) -> Callable[[], None]:
        house = House.opened(f"Firma {count}")
        stock(house, count)
        houses.append(house)

        def work() -> None:
            assert bring(house, camt053(lines(count, "certain"))).booked == count

        return work

    assert growth(prepared, 100) < STRAIGHT
    assert [(house.open(), house.broken()) for house in houses] == [({}, {})] * 2


@pytest.mark.usefixtures("db")
def test_five_thousand_equal_amounts_with_nothing_to_go_by():
    def prepared(count: int) -> Callable[[], None]:
        house = House.opened(f"Firma {count}")
        bring(house, items([Item(str(n), f"Klant {n}", f"2027{n:05d}", 1_250) for n in range(count // 10)]))

        def work() -> None:
            answer = bring(house, camt053([Movement(DAY, 1_250, text="entree")] * count))
            assert (answer.booked, answer.new) == (0, count)
            assert len(bank_inbox.proposals(actor=house.actor)) < count * 10

        return work

    assert growth(prepared, 500) < STRAIGHT


@pytest.mark.usefixtures("db")
@pytest.mark.one_engine  # lines of ours are counted
def test_what_was_paid_by_hand_of_others_costs_a_receipt_nothing():
    def prepared(count: int) -> Callable[[], None]:
        house = House.opened(f"Firma {count}")
        stock(house, count * 2)
        for n in range(count):
            house.pay(f"2027{n:05d}", "1.00", on=DAY.isoformat())

        def work() -> None:
            line = Movement(DAY, 1_049 + count, "", "Iemand", f"factuur 2027{49 + count:05d}")
            assert bring(house, camt053([line])).booked == 1

        return work

    assert growth(prepared, 50) < 1.5


def refer(house: House, *numbers: str) -> None:
    """Give these invoices a reference, and the receipts for them (by their amount) the same."""
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute(
                "UPDATE records_invoice SET payment_reference = %s WHERE number = %s", ["9" + number, number]
            )
            cursor.execute(
                "UPDATE records_banktransaction SET structured_reference = %s WHERE text = %s", ["9" + number, number]
            )


def test_a_reference_with_its_amount_is_matched_as_if_all_else_had_been_looked_up(db, monkeypatch):
    """The short way gives what the long way gives, also where others pay the same."""
    done = []
    for name in ("short", "long"):
        house = House.opened(name)
        stock(house, 120)
        receipts = [Movement(DAY, 1_000 + n, "", f"Klant {n + 1}", f"2027{n:05d}", f"E{n}") for n in range(40)]
        receipts.append(Movement(DAY, 1_000, "", "Klant 1", "202700000", "again"))
        receipts.insert(0, Movement(DAY, 1_001, "", "Klant 2", "factuur 202700001", "before"))
        receipts.append(Movement(DAY, 1_002 + 1_052, "", "Klant 3", "alles", "sum"))
        with monkeypatch.context() as patch:
            patch.setattr(matching, "match", lambda **_: matching.Matched())
            bring(house, camt053(receipts))
        refer(house, *[f"2027{n:05d}" for n in range(30)])
        with monkeypatch.context() as patch:
            if name == "long":
                patch.setattr(matching.Block, "_plain", lambda _: {})
            _, matched = queries_of_match(house)
        rows = Allocation.objects.of(house.actor.administration_id).order_by("number")
        facts = rows.values_list(
            "receivable__invoice__number", "amount_cents", "rule", "evidence", "credit__open_cents"
        )
        done.append((matched, list(facts), house.open()))
        assert house.broken() == {}
    short, long = done
    assert short == long
    assert {rule for _, _, rule, *_ in short[1]} == {"reference_amount", "number_amount"}


def test_two_receipts_for_one_invoice_pay_it_once(house):
    stock(house, 1)
    twins = [Movement(DAY, 1_000, "", "Klant 1", "factuur 202700000", f"E{n}") for n in range(2)]
    bring(house, camt053(twins))
    assert house.open() == {}
    assert house.broken() == {}
    assert ("booked", 0) in {(row.state, row.left_cents) for row in bank_inbox.transactions(actor=house.actor)}


@pytest.mark.parametrize("part_first", [True, False])
def test_a_reference_whose_item_was_just_paid_in_part_is_looked_at_again(house, part_first):
    """Both name one item: what the first left of it is not the amount of the second any more."""
    zee = house.debtor("Zee", iban=PAYER)
    strd = f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{RF}</Ref></CdtrRefInf></Strd>"
    invoices.receive(
        debtor=zee, number="F2027-1002", amount=typed("100.00"), issue_date=date(2027, 2, 1),
        due_date=date(2027, 2, 16), payment_reference=RF, actor=house.actor, today=house.today,
    )  # fmt: skip
    part = Movement(date(2027, 2, 20), 6_000, PAYER, "Zee", "F2027-1002", end_to_end="A")
    whole = Movement(date(2027, 2, 20), 10_000, PAYER, "Zee", "REFERENCE", end_to_end="B")
    paper = camt053([part, whole] if part_first else [whole, part])
    answer = bring(house, paper.replace("<Ustrd>REFERENCE</Ustrd>", strd))
    assert (answer.new, answer.booked, house.broken()) == (2, 1, {})
    assert house.open() == ({"F2027-1002": 40_00} if part_first else {})

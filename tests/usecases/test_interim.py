"""Interim reports and notifications: in without a question, no proof of anything, and nothing booked twice (P13)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from tests.tools.files import OTHER_PAYER, PAYER, Item, Movement, bring, camt053, items, mt940
from tests.tools.house import House
from tests.tools.interim import as_one, camt, mt942
from voldaan.queries import bank_inbox
from voldaan.records import known_until
from voldaan.records.bank import BankTransaction, Statement
from voldaan.usecases import receipts_by_hand

DAY = date(2027, 2, 1)
ONE = Movement(DAY, 10_000, PAYER, "Zee", "20270001", "E1")
OTHER = Movement(DAY, 2_500, OTHER_PAYER, "Kaas", "20270002", "E2")
BATCH = [
    Movement(DAY, cents, PAYER, f"Klant {cents}", f"2027{cents}", f"D{cents}", "BATCH1") for cents in (700, 300, 50)
]


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def stored(house: House) -> Counter[int]:
    return Counter(row.cents for row in bank_inbox.transactions(actor=house.actor))


def freshness_of(house: House) -> date | None:
    return known_until.furthest(known_until.told(house.actor.administration_id))


def is_whole(house: House) -> None:
    assert house.broken() == {}


INTERIM = {"camt.052": camt("camt.052", [ONE]), "camt.054": camt("camt.054", [ONE]), "mt942": mt942([ONE])}
STATEMENTS = {"camt.053": camt053([ONE], opening=500), "mt940": mt940([ONE], opening=500)}


@pytest.mark.parametrize("name", INTERIM)
def test_an_interim_report_comes_in_without_a_question_and_proves_nothing(house, name):
    answer = bring(house, INTERIM[name])
    assert (answer.result, answer.format, answer.new, answer.questions, answer.problems) == (
        "imported",
        name,
        1,
        [],
        [],
    )
    assert answer.total_cents == 10_000
    assert not Statement.objects.of(house.actor.administration_id).exclude(closed_on=None, opened_on=None)
    assert freshness_of(house) is None
    is_whole(house)


@pytest.mark.parametrize("name", ["camt.052", "camt.054"])
def test_what_an_interim_report_calls_a_balance_is_none(house, name):
    """A report of a day that goes on may state what stood there: it need not add up, and nothing follows from it."""
    report = camt(name, [ONE], opening=1).replace(">100.01<", ">7.00<")
    assert "7.00" in report
    answer = bring(house, report)
    assert (answer.result, answer.questions, answer.problems) == ("imported", [], [])
    assert freshness_of(house) is None
    assert bring(house, camt053([OTHER], opening=99_999)).result == "imported", "and nothing need follow on it"


@pytest.mark.parametrize("content", [camt053([ONE], with_balances=False)])
def test_a_statement_without_balances_stays_a_question(house, content):
    assert [p["severity"] for p in bring(house, content).problems] == ["question"]


@pytest.mark.parametrize("files", list(permutations([*INTERIM.values(), *STATEMENTS.values()], 2)))
def test_what_is_told_again_is_booked_once_in_any_order(house, files):
    for content in files:
        bring(house, content)
    assert stored(house) == {10_000: 1}
    is_whole(house)


def test_reports_that_go_on_and_those_that_begin_anew(house):
    twice = [ONE, ONE, OTHER]
    bring(house, mt942([ONE]))
    bring(house, mt942([ONE, OTHER]))
    bring(house, camt("camt.052", [ONE], [ONE, OTHER]))
    assert stored(house) == {10_000: 1, 2_500: 1}
    answer = bring(house, camt053(twice, opening=0))
    assert (answer.new, answer.known) == (1, 2), "the twin that no report could show is told by the statement"
    assert stored(house) == {10_000: 2, 2_500: 1}


WHOLE = {
    "camt.053": camt("camt.053", [as_one(BATCH), ONE], opening=0),
    "mt940": mt940([as_one(BATCH), ONE]),
    "mt940 in numbers of its own": mt940([as_one(BATCH), ONE]).replace("//BATCH1", "//778899"),
    "mt940 without a reference": mt940([as_one(BATCH), ONE]).replace("//BATCH1", ""),
}
APART = {
    "camt.052": camt("camt.052", [BATCH]),
    "camt.054": camt("camt.054", [BATCH]),
    "camt.054 without a reference": camt("camt.054", [BATCH]).replace("<AcctSvcrRef>BATCH1</AcctSvcrRef>", ""),
    "camt.053": camt("camt.053", [ONE, BATCH], opening=0),
}
PAIRS = [(whole, apart) for whole in WHOLE for apart in APART]


@pytest.mark.parametrize(("whole", "apart"), PAIRS)
def test_a_batch_is_booked_once_in_its_details_whichever_comes_first(house, whole, apart):
    details = Counter(one.cents for one in BATCH)
    for first, second in ((WHOLE[whole], APART[apart]), (APART[apart], WHOLE[whole])):
        house = House.opened(f"Firma {first == WHOLE[whole]}")
        bring(house, first)
        answer = bring(house, second)
        assert answer.result == "imported", answer.problems
        assert stored(house) - Counter({10_000: 1}) == details
        for again in (first, second):
            bring(house, again.replace("\r\n", "\n") + "\n")
        assert stored(house) - Counter({10_000: 1}) == details
        is_whole(house)


def test_two_batches_of_one_sum_are_two(house):
    others = [
        Movement(DAY, cents, OTHER_PAYER, "Ander", f"2028{cents}", f"F{cents}", "BATCH2") for cents in (1_000, 50)
    ]
    bring(house, camt("camt.053", [as_one(BATCH), as_one(others)], opening=0))
    bring(house, camt("camt.054", [others]))
    assert stored(house) == {1_050: 1, 1_000: 1, 50: 1}
    bring(house, camt("camt.054", [BATCH]))
    assert stored(house) == {1_000: 1, 50: 2, 700: 1, 300: 1}
    bring(house, mt940([as_one(BATCH), as_one(others)]))
    assert stored(house) == {1_000: 1, 50: 2, 700: 1, 300: 1}
    is_whole(house)


def test_a_batch_of_another_sum_day_or_account_is_another(house):
    bring(house, camt("camt.053", [as_one(BATCH)], opening=0))
    later = [
        Movement(date(2027, 2, 8), one.cents, one.iban, one.name, one.text, one.end_to_end, "BATCH1") for one in BATCH
    ]
    for other in (camt("camt.054", [BATCH[:2]]), camt("camt.054", [later]), camt("camt.054", [BATCH], account=PAYER)):
        bring(house, other)
    assert stored(house) == {1_050: 1, 700: 3, 300: 3, 50: 2}


def test_the_parts_of_a_batch_find_their_invoices(house):
    bring(house, items([Item("10", "Klant 700", "2027700", 700), Item("11", "Klant 300", "2027300", 300)]))
    bring(house, camt("camt.053", [as_one(BATCH)], opening=0))
    answer = bring(house, camt("camt.054", [BATCH]))
    assert (answer.new, answer.booked) == (3, 2)
    is_whole(house)


def test_a_batch_with_which_a_person_did_something_stays_as_it_is(house):
    bring(house, camt("camt.053", [as_one(BATCH)], opening=0))
    (row,) = bank_inbox.transactions(actor=house.actor)
    receipts_by_hand.set_aside(receipt=row.id, actor=house.actor, today=house.today)
    answer = bring(house, camt("camt.054", [BATCH]))
    assert (answer.result, answer.new, answer.known) == ("imported", 0, 3)
    assert stored(house) == {1_050: 1}
    is_whole(house)


def test_details_that_a_person_booked_stay_and_the_sum_is_known(house):
    bring(house, items([Item("10", "Klant 700", "2027700", 700)]))
    assert bring(house, camt("camt.054", [BATCH])).booked == 1
    answer = bring(house, camt("camt.053", [as_one(BATCH)], opening=0))
    assert (answer.new, answer.known) == (0, 1)
    is_whole(house)


class TestOtherDays:
    """What is told during a day may be booked on the next one."""

    morning = replace(ONE, bank_reference="REF-1")
    booked = replace(morning, day=DAY + timedelta(days=1))
    report = camt("camt.052", [morning])
    statement = camt053([booked], opening=500, first=DAY, number="1")
    after = camt053([replace(OTHER, day=DAY + timedelta(days=2))], opening=10_500, number="2")

    @pytest.mark.parametrize("files", list(permutations([report, statement])))
    def test_a_movement_that_is_booked_a_day_later_is_one(self, house, files):
        for content in files:
            bring(house, content)
        assert stored(house) == {10_000: 1}
        (row,) = BankTransaction.objects.of(house.actor.administration_id)
        assert row.booking_date == self.booked.day, "the day of the statement stands"
        assert bring(house, self.after).problems == [], "and the next one follows on it"
        is_whole(house)

    @pytest.mark.parametrize(
        "other",
        [
            replace(booked, bank_reference="REF-2"), replace(booked, text="20270009"), replace(booked, cents=10_001),
            replace(booked, iban=OTHER_PAYER), replace(booked, day=DAY + timedelta(days=6)),
        ],
    )  # fmt: skip
    def test_one_that_differs_in_anything_is_another(self, house, other):
        bring(house, self.report)
        bring(house, camt053([other], opening=500))
        assert sum(stored(house).values()) == 2

    def test_two_statements_never_take_a_movement_from_each_other(self, house):
        bring(house, camt053([self.morning], opening=500))
        bring(house, camt053([self.booked], opening=10_500))
        assert stored(house) == {10_000: 2}
        is_whole(house)


class TestReturns:
    back = Movement(DAY, -10_000, PAYER, "Zee", "20270001", "E1")
    notified = camt("camt.054", [back]).replace("</TxDtls>", "<RtrInf><Rsn><Cd>AC06</Cd></Rsn></RtrInf></TxDtls>")

    @pytest.mark.parametrize("plain", [mt940([back]), camt053([back], opening=0)], ids=["mt940", "camt.053"])
    def test_a_return_waits_once_with_its_reason_whoever_tells_first(self, house, plain):
        seen: list[list[tuple[int, str, str]]] = []
        for files in ((self.notified, plain), (plain, self.notified)):
            house = House.opened(f"Firma {len(seen)}")
            for content in files:
                bring(house, content)
            rows = BankTransaction.objects.of(house.actor.administration_id)
            seen.append(list(rows.values_list("amount_cents", "return_reason", "state")))
            is_whole(house)
        assert seen == [[(-10_000, "AC06", "unmatched")]] * 2


@pytest.mark.parametrize("in_one_file", [True, False])
def test_an_equal_payment_of_another_day_is_not_lost_where_the_bank_numbers_each_day_anew(house, in_one_file):
    """The statement told the first on its own day, so that what it tells two days later is another one."""
    one = Movement(DAY, 5_000, PAYER, "Zee", "abonnement", bank_reference="0001")
    other = replace(one, day=DAY + timedelta(2))
    bring(house, camt("camt.052", [one]))
    if in_one_file:
        bring(house, camt053([one, other], opening=0))
    else:
        bring(house, camt053([one], opening=0))
        bring(house, camt053([other], opening=5_000, number="2"))
    assert stored(house) == {5_000: 2}
    is_whole(house)


def test_what_moved_to_the_day_of_its_statement_stays_there(house):
    one = Movement(DAY, 5_000, PAYER, "Zee", "abonnement", bank_reference="0001")
    later, last = replace(one, day=DAY + timedelta(1)), replace(one, day=DAY + timedelta(3))
    bring(house, camt("camt.052", [one]))
    bring(house, camt053([later], opening=0))
    bring(house, camt053([last], opening=5_000, number="2"))
    assert stored(house) == {5_000: 2}


def test_a_day_that_is_told_again_leaves_what_a_report_told_with_the_statement_that_told_it_first(house):
    bring(house, camt("camt.052", [ONE, OTHER]))
    bring(house, STATEMENTS["camt.053"])
    before = set(BankTransaction.objects.of(house.actor.administration_id).values_list("amount_cents", "statement"))
    answer = bring(house, mt940([ONE, OTHER], opening=500))
    assert (answer.result, answer.known, answer.problems) == ("imported", 2, [])
    after = set(BankTransaction.objects.of(house.actor.administration_id).values_list("amount_cents", "statement"))
    assert {row for row in before if row[0] == ONE.cents} <= after

"""Bank statements: each movement once, twins stay twins, balances proved (P13, P15)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import accumulate

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.files import (
    OTHER_PAYER,
    OWN,
    PAYER,
    Movement,
    bank_csv,
    bring,
    camt053,
    camt_of,
    coda,
    mt940,
    statement,
)
from tests.tools.growth import STRAIGHT, growth
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.queries.fingerprints import fingerprint
from voldaan.usecases import bank

EXAMPLES = int(os.environ.get("VOLDAAN_EXAMPLES", "6"))
FIRST = date(2027, 2, 1)


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def stored(house: House) -> Counter[tuple[date, int]]:
    return Counter((row.value_date, row.cents) for row in bank_inbox.transactions(actor=house.actor))


def bank_lines(house: House) -> str:
    (found,) = [table for table in fingerprint(actor=house.actor) if table.name == "bank_transactions"]
    return found.hash


def day(nth: int) -> date:
    return FIRST + timedelta(days=nth)


WRITERS: dict[str, Callable[..., str]] = {"camt": camt053, "mt940": mt940, "coda": coda, "csv": bank_csv}
DAYS = 4
MOVEMENTS = st.lists(
    st.builds(
        Movement,
        day=st.integers(0, DAYS - 1).map(day),
        cents=st.sampled_from([10_000, 10_000, 2_500, -1_000]),
        iban=st.sampled_from(["", PAYER, OTHER_PAYER]),
        name=st.sampled_from(["", "Zee", "Kaas"]),
        text=st.sampled_from(["", "huur maart", "contributie met een wat langere omschrijving erbij"]),
        end_to_end=st.sampled_from(["", "E1", "E2"]),
    ),
    max_size=12,
).map(lambda movements: sorted(movements, key=lambda m: m.day))


@st.composite
def periods(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    """Cut the days into files that overlap, are older, or come again; together they hold every day."""
    spans = draw(st.lists(st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)), max_size=5))
    whole = [(min(span), max(span)) for span in spans] + [(nth, nth) for nth in range(DAYS)]
    cut = draw(st.permutations(whole))
    return [(first, last, draw(st.sampled_from(list(WRITERS)))) for first, last in cut]


def file_of(movements: list[Movement], first: int, last: int, kind: str, *, evening_before: bool = True) -> str:
    before = sum(m.cents for m in movements if m.day < day(first))
    inside = [m for m in movements if day(first) <= m.day <= day(last)]
    return WRITERS[kind](
        inside, opening=before, first=day(first), last=day(last), number=str(first), evening_before=evening_before
    )


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing stay of one example."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(movements=MOVEMENTS, cut=periods(), with_references=st.booleans(), evening_before=st.booleans())
def test_every_movement_is_stored_once_however_the_days_are_cut(db, movements, cut, with_references, evening_before):
    if with_references:
        movements = [
            Movement(**{f: getattr(m, f) for f in m.__dataclass_fields__} | {"bank_reference": f"B{nth}"})
            for nth, m in enumerate(movements)
        ]
    with undone():
        house = House.opened()
        for first, last, kind in cut:
            answer = bring(
                house, file_of(movements, first, last, kind, evening_before=evening_before), accept_unbalanced=True
            )
            assert answer.result in ("imported", "known"), answer.problems
        assert stored(house) == Counter((m.day, m.cents) for m in movements)
        assert house.broken() == {}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(movements=MOVEMENTS, data=st.data())
def test_any_order_of_files_gives_the_same_bank_transactions(db, movements, data):
    files = [file_of(movements, 0, 1, "camt"), file_of(movements, 1, 2, "camt"), file_of(movements, 2, 3, "camt")]
    prints = set()
    for order in (files, data.draw(st.permutations(files))):
        with undone():
            house = House.opened()
            for content in order:
                bring(house, content, accept_unbalanced=True)
            prints.add(bank_lines(house))
    assert len(prints) == 1


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(movements=MOVEMENTS, cut=periods(), evening_before=st.booleans())
def test_true_statements_in_the_order_of_their_days_are_never_refused(db, movements, cut, evening_before):
    with undone():
        house = House.opened()
        for first, last, kind in sorted(cut):
            answer = bring(house, file_of(movements, first, last, kind, evening_before=evening_before))
            assert answer.result in ("imported", "known"), answer.problems
        assert stored(house) == Counter((m.day, m.cents) for m in movements)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(movements=MOVEMENTS, cut=periods(), evening_before=st.booleans())
def test_true_statements_out_of_order_are_refused_only_for_what_is_missing(db, movements, cut, evening_before):
    with undone():
        house = House.opened()
        told: set[int] = set()
        for first, last, kind in cut:
            answer = bring(house, file_of(movements, first, last, kind, evening_before=evening_before))
            if answer.result == "refused":
                missing = set(range(max((n for n in told if n < first), default=first), first)) - told
                assert missing, (answer.problems, told, first)
            else:
                told |= set(range(first, last + 1))


class TestTwinsAndFormats:
    def test_two_real_equal_movements_of_one_day_are_two(self, house):
        twins = [Movement(FIRST, 10_000, PAYER, "Zee", "entree")] * 2
        assert bring(house, camt053(twins)).new == 2
        again = bring(house, mt940(twins))
        assert (again.new, again.known) == (0, 2)
        assert stored(house) == {(FIRST, 10_000): 2}

    @pytest.mark.parametrize("order", [(camt053, coda), (coda, camt053), (coda, mt940), (coda, coda)])
    def test_a_movement_in_two_formats_is_booked_once(self, house, order):
        """A Belgian bank gives the same day as CODA and as CAMT; E is the end-to-end id in both."""
        own = "BE68539007547034"
        day_of = [
            Movement(FIRST, 10_000, "BE47435000000080", "Zee", "factuur 1", end_to_end="E1", bank_reference="B1"),
            Movement(FIRST, 10_000, "BE47435000000080", "Zee", "factuur 2", end_to_end="E2", bank_reference="B2"),
            Movement(FIRST, 10_000, text="pin"),
            Movement(FIRST, -2_500, "BE20191038188256", "Kaas", "huur"),
        ]
        first, second = order
        assert bring(house, first(day_of, account=own)).new == 4
        again = bring(house, second(day_of, account=own) + " \n")
        assert (again.result, again.new, again.known) == ("imported", 0, 4), again.problems
        assert stored(house) == {(FIRST, 10_000): 3, (FIRST, -2_500): 1}

    def test_a_third_twin_that_comes_later_is_new(self, house):
        twin = Movement(FIRST, 10_000, PAYER, "Zee", "entree")
        bring(house, camt053([twin] * 2))
        answer = bring(house, camt053([twin] * 3))
        assert (answer.new, answer.known) == (1, 2)

    def test_equal_movements_of_two_payers_stay_two(self, house):
        bring(house, camt053([Movement(FIRST, 10_000, PAYER)]))
        answer = bring(house, mt940([Movement(FIRST, 10_000, OTHER_PAYER)]), accept_unbalanced=True)
        assert (answer.new, answer.known) == (1, 0)

    def test_what_two_formats_do_not_tell_apart_is_taken_for_one(self, house):
        """Neither account nor end-to-end id: that the day is told again is likelier than a twin told elsewhere."""
        bring(house, camt053([Movement(FIRST, 10_000, text="pin 1")]))
        answer = bring(house, mt940([Movement(FIRST, 10_000, text="pin 2")]))
        assert (answer.new, answer.known) == (0, 1)

    def test_a_statement_twice_in_one_file_is_stored_once_or_asked_about(self, house):
        one = statement([Movement(FIRST, 10_000, PAYER)], opening=500)
        answer = bring(house, camt_of(one, one))
        assert (answer.result, answer.new, answer.known) == ("imported", 1, 1)
        assert stored(house) == {(FIRST, 10_000): 1}

    def test_also_when_it_ends_where_it_began(self, house):
        one = statement([Movement(FIRST, 100, PAYER), Movement(FIRST, -100, PAYER)], opening=500)
        assert bring(house, camt_of(one, one)).new == 2

    def test_overlapping_statements_in_one_file_are_stored_once(self, house):
        movements = [Movement(day(n), 100, PAYER) for n in range(4)]
        overlapping = camt_of(
            statement(movements[:3], opening=0, number="1"),
            statement(movements[1:], opening=100, number="2"),
            statement([Movement(day(4), 100, PAYER)] * 2, opening=400, number="3"),
        )
        answer = bring(house, overlapping)
        assert (answer.result, answer.new, answer.known) == ("imported", 6, 2), answer.problems

    def test_statements_stand_in_a_file_in_any_order(self, house):
        pages = [statement([Movement(day(n), 100, PAYER)], opening=n * 100, number=str(n)) for n in range(4)]
        assert bring(house, camt_of(*reversed(pages))).new == 4

    def test_pages_of_one_day_in_one_file_keep_their_twins(self, house):
        twin = Movement(FIRST, 10_000, PAYER)
        pages = camt_of(statement([twin], opening=0, number="1"), statement([twin], opening=10_000, number="2"))
        assert bring(house, pages).new == 2
        assert bring(house, pages.replace("><", ">\n<")).known == 2

    def test_pages_of_one_day_in_two_files_keep_movements_that_the_bank_numbers(self, house):
        pages = [
            camt053([Movement(FIRST, 10_000, PAYER, bank_reference=f"B{n}")], opening=n * 10_000, number=str(n))
            for n in range(3)
        ]
        assert [bring(house, page).new for page in pages] == [1, 1, 1]

    def test_pages_of_one_day_in_two_files_lose_a_twin_that_nothing_tells_apart(self, house):
        """A known limit: the second page may as well be the first, told again."""
        pages = [camt053([Movement(FIRST, 100, PAYER)], opening=n * 100, number=str(n)) for n in range(2)]
        assert [bring(house, page).new for page in pages] == [1, 0]

    @pytest.mark.usefixtures("db")
    def test_five_thousand_equal_amounts_on_one_day(self):
        def prepared(count: int) -> Callable[[], None]:
            house, many = House.opened(f"Firma {count}"), [Movement(FIRST, 1_250, text="entree")] * count

            def work() -> None:
                assert bring(house, camt053(many)).new == count
                assert bring(house, mt940(many)).known == count

            return work

        assert growth(prepared, 500) < STRAIGHT


class TestBalances:
    """P15: what does not close is not booked without a person's yes."""

    one = [Movement(FIRST, 10_000, PAYER, "Zee")]

    DOUBTFUL = {
        "camt that does not close": camt053(one, closing=10_001),
        "mt940 that does not close": mt940(one, closing=9_999),
        "camt without balances": camt053(one, with_balances=False),
        "coda that does not close": coda(one, closing=10_001),
        "coda of which the end record says something else": coda(one).replace(
            "100000" + " " * 75 + "2", "200000" + " " * 75 + "2"
        ),
        "mt940 with a movement forged in the words": mt940([Movement(FIRST, 10_000, text="FORGED")]).replace(
            "FORGED", "a/\r\n:61:2702010201C999,00NTRFNONREF\r\n:86:/REMI/USTD//F2"
        ),
    }

    @pytest.mark.parametrize("content", DOUBTFUL.values(), ids=DOUBTFUL)
    def test_it_waits_for_a_yes(self, house, content):
        before = house.everything()
        answer = bring(house, content)
        assert answer.result == "refused"
        assert [p["severity"] for p in answer.problems] == ["question"]
        assert house.everything() == before
        accepted = bring(house, content, accept_unbalanced=True)
        assert (accepted.result, accepted.questions, len(accepted.problems)) == ("imported", [], 1)
        assert "file.let_in" in house.events(), "the trail says that somebody said so"
        assert stored(house)[FIRST, 10_000] == 1
        assert house.broken() == {}

    @pytest.mark.parametrize("write", [camt053, mt940, coda])
    def test_a_booking_far_ahead_waits_for_a_yes_that_names_its_day_and_line(self, house, write):
        far = [Movement(house.today, 100, PAYER, "Zee"), Movement(house.today + timedelta(8), 200, PAYER, "Zee")]
        before = house.everything()
        (asked,) = bring(house, write(far)).problems
        assert (asked["place"], asked["severity"]) == ("statement 1, movement 2", "question")
        assert asked["facts"] == {"day": "2027-03-09", "amount": "EUR 2.00"} | bank.AGAIN
        assert house.everything() == before
        assert bring(house, write(far), accept_unbalanced=True).new == 2
        assert house.broken() == {}

    def test_what_banks_date_ahead_over_a_weekend_comes_in(self, house):
        near = [Movement(house.today + timedelta(nth), 100, PAYER, "Zee") for nth in (1, 3, 7)]
        assert bring(house, camt053(near)).result == "imported"

    def test_a_balance_far_ahead_waits_for_a_yes_for_it_proves_days_that_have_not_been(self, house):
        file = camt053(self.one, last=house.today + timedelta(8))
        (asked,) = bring(house, file).problems
        assert (asked["place"], asked["facts"]["day"]) == ("statement 1", "2027-03-09")
        assert bring(house, file, accept_unbalanced=True).new == 1

    def test_a_missing_statement_in_between_is_noticed(self, house):
        bring(house, camt053(self.one, opening=0))
        later = camt053([Movement(day(5), 700)], opening=12_000)
        answer = bring(house, later)
        assert answer.result == "refused"
        assert "does not follow" in answer.problems[0]["what"]
        missing = camt053([Movement(day(2), 2_000)], opening=10_000)
        assert bring(house, missing).result == "imported"
        assert bring(house, later, accept_unbalanced=True).result == "imported"
        assert "file.let_in" not in house.events(), "nothing speaks against it any more"
        assert len(stored(house)) == 3

    def test_a_missing_statement_inside_one_file_is_noticed(self, house):
        file = camt_of(
            statement(self.one, opening=0, number="1"), statement([Movement(day(5), 700)], opening=12_000, number="2")
        )
        assert bring(house, file).result == "refused"
        assert bring(house, file, accept_unbalanced=True).new == 2

    def test_an_account_in_two_currencies_is_two(self, house):
        bring(house, camt053(self.one, opening=0))
        answer = bring(house, camt053([Movement(day(1), 500)], opening=99, currency="USD"))
        assert answer.result == "imported"
        assert answer.total_cents == 500

    def test_statements_of_two_accounts_do_not_ask_for_each_other(self, house):
        bring(house, camt053(self.one, opening=0))
        answer = bring(house, camt053([Movement(day(1), 500)], opening=77, account="NL20INGB0001234567"))
        assert answer.result == "imported"

    def test_the_total_is_what_moved(self, house):
        answer = bring(house, camt053([Movement(FIRST, 10_000), Movement(FIRST, -2_500)]))
        assert (answer.control_total_cents, answer.total_cents, answer.new) == (7_500, 7_500, 2)

    def test_a_statement_without_movements_says_that_nothing_came(self, house):
        answer = bring(house, camt053([], opening=500))
        assert (answer.result, answer.new, answer.known, answer.total_cents) == ("imported", 0, 0, 0)


LONG = "x" * 5_000


@pytest.mark.parametrize(
    "content",
    [
        camt053([Movement(FIRST, 100, text=LONG, name=LONG, end_to_end=LONG, bank_reference=LONG)], number=LONG),
        camt053([Movement(FIRST, 100)], account=LONG),
        camt053([Movement(FIRST, 100)]).replace("<Ccy>EUR</Ccy>", f"<Ccy>{LONG}</Ccy>"),
        camt053([Movement(FIRST, 100)]).replace("<Ccy>EUR</Ccy>", ""),
        mt940([Movement(FIRST, 100, text="a")], account=LONG, number=LONG),
        mt940([Movement(FIRST, 100, text="a\0b")]),
    ],
    ids=["words", "account", "currency", "no currency", "mt940", "nul"],
)
def test_what_is_too_long_for_a_column_is_cut_or_refused(house, content):
    assert bring(house, content).result in ("imported", "refused")
    assert bring(house, content.replace("\r\n", "\n") + "\n").result in ("known", "imported", "refused")
    assert len(stored(house)) <= 1
    assert sum(stored(house).values()) <= 1
    assert house.broken() == {}


def test_a_belgian_number_from_before_iban_is_the_account_with_its_iban(house):
    movements = [Movement(FIRST, 10_000, PAYER, "Zee", "factuur 1", end_to_end="E1")]
    old = mt940(movements, account="539007547034")
    assert bring(house, old).new == 1
    assert bring(house, camt053(movements, account="BE68539007547034")).known == 1
    assert {row.account for row in bank_inbox.transactions(actor=house.actor)} == {"BE68539007547034"}


def test_own_account_is_the_one_of_the_file(house):
    bring(house, camt053([Movement(FIRST, 100)]))
    assert {row.account for row in bank_inbox.transactions(actor=house.actor)} == {OWN}


def test_opening_balances_add_up_over_many_days(house):
    movements = [Movement(day(nth), 100 + nth) for nth in range(30)]
    openings = [0, *accumulate(m.cents for m in movements)]
    for m, opening in zip(movements, openings, strict=False):
        assert bring(house, camt053([m], opening=opening, number=str(m.cents))).result == "imported"

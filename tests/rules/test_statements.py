"""Whether two tellings are one movement: every movement once, twins stay twins (P13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.growth import STRAIGHT, growth
from voldaan.rules.statements import Told, is_held_to_balances, is_sum_of, paired

# Everything here is of one account, day, currency and amount: the rest is what tells one movement from another.
MOVEMENTS = st.builds(
    Told,
    format=st.just("truth"),
    counterparty_iban=st.sampled_from(["", "NL20INGB0001234567", "NL02ABNA0123456789"]),
    end_to_end_id=st.sampled_from(["", "E1", "E2"]),
    text=st.sampled_from(["", "huur maart", "huur april"]),
)
DAYS = st.lists(MOVEMENTS, max_size=7)
SIGNS_KEPT = st.sets(st.sampled_from(["counterparty_iban", "end_to_end_id", "bank_reference", "text"]))


def unseen(incoming: list[Told], stored: list[Told]) -> tuple[list[int], list[int]]:
    """Give the places in `incoming` that are new, and those in `stored` that were told again."""
    pairs = paired(incoming, stored)
    assert len(set(pairs.values())) == len(pairs), "each movement is told again once"
    return [place for place in range(len(incoming)) if place not in pairs], sorted(pairs.values())


def numbered(day: list[Told]) -> list[Told]:
    """Let the bank give each movement a reference of its own."""
    return [replace(movement, bank_reference=f"B{nth}") for nth, movement in enumerate(day)]


def told(day: list[Told], format_: str, kept: set[str]) -> list[Told]:
    """Tell a day in one format, which has room for some of the signs only."""
    return [Told(format_, **{sign: getattr(movement, sign) for sign in kept}) for movement in day]


def stored_after(*tellings: list[Told]) -> list[Told]:
    """Store one file after the other; give what is stored."""
    stored: list[Told] = []
    for telling in tellings:
        new, _ = unseen(telling, stored)
        stored += [telling[place] for place in new]
    return stored


@given(day=DAYS, kept=SIGNS_KEPT, with_references=st.booleans(), data=st.data())
def test_a_day_told_again_in_the_same_format_brings_nothing(day, kept, with_references, data):
    first = told(numbered(day) if with_references else day, "camt.053", kept)
    again = data.draw(st.permutations(first))
    assert unseen(again, first) == ([], list(range(len(first))))


@given(day=DAYS, kept=SIGNS_KEPT, with_references=st.booleans(), at=st.integers(0, 7))
def test_a_day_told_at_noon_and_then_whole_is_stored_once(day, kept, with_references, at):
    whole = told(numbered(day) if with_references else day, "camt.053", kept)
    assert Counter(stored_after(whole[:at], whole, whole[at:], whole)) == Counter(whole)


@given(day=DAYS, one=SIGNS_KEPT, other=SIGNS_KEPT, data=st.data())
def test_a_day_in_two_formats_is_stored_once(day, one, other, data):
    camt = told(numbered(day), "camt.053", one)
    mt940 = data.draw(st.permutations(told(numbered(day), "mt940", other)))
    assert len(stored_after(camt, mt940)) == len(day)
    assert len(stored_after(camt, mt940, camt, mt940)) == len(day)


@given(day=DAYS, at=st.integers(0, 7), of=st.integers(0, 7))
def test_two_files_cut_anywhere_count_right_where_the_bank_numbers_its_movements(day, at, of):
    whole = told(numbered(day), "camt.053", {"bank_reference"})
    assert Counter(stored_after(whole[:at], whole[of:], whole)) == Counter(whole)


@given(day=DAYS, more=DAYS)
def test_everything_is_accounted_for(day, more):
    new, again = unseen(more, day)
    assert len(new) + len(again) == len(more)
    assert len(set(again)) == len(again)
    assert (new, again) == (sorted(set(new)), sorted(again))


def test_an_id_goes_before_what_only_does_not_contradict():
    camt = [Told("camt.053"), Told("camt.053", end_to_end_id="E2"), Told("camt.053"),
            Told("camt.053", end_to_end_id="E1")]  # fmt: skip
    mt940 = [Told("mt940"), Told("mt940"), Told("mt940", "NL1", "E1"), Told("mt940", "NL1", "E2")]
    assert unseen(mt940, camt)[0] == unseen(camt, mt940)[0] == []


TWO_TELLINGS = [
    # one file, the other, and whether they may be one movement
    (Told("camt.053", end_to_end_id="E1"), Told("mt940", end_to_end_id="E2"), False),
    (Told("camt.053", counterparty_iban="NL1"), Told("mt940", counterparty_iban="NL2"), False),
    (Told("camt.053", counterparty_iban="NL1"), Told("mt940"), True),
    (Told("camt.053", text="a"), Told("mt940", text="b"), True),  # formats cut texts in their own ways
    (Told("camt.053", bank_reference="1"), Told("mt940", bank_reference="2"), True),  # and number in their own ways
    (Told("camt.053", text="a"), Told("camt.053", text="b"), False),
    (Told("camt.053", text="a b"), Told("camt.053", text="a\n b"), True),
    (Told("camt.053", text="a", bank_reference="1"), Told("camt.053", text="a", bank_reference="2"), False),
    (Told("camt.053", text="a", bank_reference="1"), Told("camt.053", text="b", bank_reference="1"), True),
    # one batch reference over several details: the payer's own id tells them apart
    (Told("camt.053", end_to_end_id="E1", bank_reference="1"), Told("camt.053", end_to_end_id="E2", bank_reference="1"),
     False),
    (Told("camt.053", text="a"), Told("camt.053", text="a", bank_reference="1"), True),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "same"), TWO_TELLINGS)
def test_what_tells_two_movements_apart(one, other, same):
    assert unseen([other], [one]) == (([], [0]) if same else ([0], []))
    assert unseen([one], [other]) == (([], [0]) if same else ([0], []))


@pytest.mark.parametrize("iban", ["", "NL20INGB0001234567"])
@pytest.mark.parametrize("with_references", [True, False])
def test_five_thousand_equal_amounts_are_not_each_compared_with_all(iban, with_references):
    def prepared(count: int) -> Callable[[], None]:
        day = [Told("camt.053", counterparty_iban=iban, text="entree")] * count
        if with_references:
            day = numbered(day)
        others = [replace(one, bank_reference=f"C{nth}", text=f"nog {nth}") for nth, one in enumerate(day)]

        def work() -> None:
            assert unseen(day, day)[0] == []
            assert len(unseen(others, day)[0]) == count
            assert unseen([replace(one, format="mt940") for one in day], day)[0] == []

        return work

    assert growth(prepared, 500) < STRAIGHT


@pytest.mark.parametrize(
    ("format_", "with_balances", "without"),
    [("camt.053", True, True), ("mt940", True, True), ("coda", True, True), ("bank-csv", True, False),
     ("camt.052", False, False), ("camt.054", False, False), ("mt942", False, False)],
)  # fmt: skip
def test_which_papers_are_held_to_their_balances(format_, with_balances, without):
    assert is_held_to_balances(format_, has_both=True) is with_balances
    assert is_held_to_balances(format_, has_both=False) is without


SUMS = [
    # the whole, its parts, whether it surely is their sum, and whether it may be
    (Told("camt.053", bank_reference="B1"), [Told("camt.054", batch_reference="B1")] * 2, True, True),
    (Told("camt.054", bank_reference="B1"), [Told("camt.054", batch_reference="B1")] * 2, True, False),
    (Told("camt.054", bank_reference="B1"), [Told("camt.054", batch_reference="B2")] * 2, False, False),
    (Told("mt940", bank_reference="7"), [Told("camt.054", batch_reference="B1")] * 2, False, True),
    (Told("mt940"), [Told("camt.054", batch_reference="#1")] * 2, False, True),
    (Told("mt940", end_to_end_id="E1"), [Told("camt.054", batch_reference="B1")] * 2, False, False),
    (Told("mt940", counterparty_iban="NL1"), [Told("camt.054", batch_reference="B1")] * 2, False, False),
]


@pytest.mark.parametrize(("whole", "parts", "surely", "perhaps"), SUMS)
def test_which_movement_is_the_sum_of_others(whole, parts, surely, perhaps):
    assert (is_sum_of(whole, parts, surely=True), is_sum_of(whole, parts, surely=False)) == (surely, perhaps)

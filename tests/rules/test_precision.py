"""Which classes of match book by themselves: what was measured, held against what is wanted."""

from __future__ import annotations

import pytest

from voldaan.rules import precision
from voldaan.rules.matches import CERTAIN, MatchClass
from voldaan.rules.precision import Measured, Wanted


@pytest.mark.parametrize(
    ("answers", "wrong", "enough"),
    [
        (1_000, 0, {"certain", "99.99", "99.9"}),
        (999, 0, {"99.99", "99.9"}),  # too few to be called certain
        (10_000, 1, {"99.99", "99.9"}),
        (9_999, 1, {"99.9"}),
        (1_000, 1, {"99.9"}),
        (999, 1, set()),
        (0, 0, set()),  # never measured
    ],
)
def test_a_class_books_where_it_was_right_often_enough(answers, wrong, enough):
    assert {wanted.value for wanted in Wanted if Measured(answers, wrong).is_enough(wanted)} == enough


def test_who_wants_more_lets_fewer_classes_book():
    sizes = [precision.by_itself(wanted) for wanted in (Wanted.NOTHING, Wanted.CERTAIN, Wanted.IN_TEN_THOUSAND)]
    assert sizes[0] < sizes[1] < sizes[2] <= CERTAIN
    assert MatchClass.NAME_AMOUNT not in precision.by_itself(Wanted.IN_A_THOUSAND)


def test_few_answers_prove_little():
    assert Measured(10, 0).most_wrong > Measured(10_000, 0).most_wrong > 0

"""How sure each class of match is, and whether receipts that are found so book themselves here."""

from __future__ import annotations

from dataclasses import dataclass

from voldaan.records.administrations import Administration
from voldaan.rules import precision
from voldaan.rules.matches import MatchClass
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.precision import Measured, Wanted


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of match, best first."""

    class_: str
    answers: int  # measured, on invented years
    wrong: int  # of these
    most_wrong: float | None  # that there may well be in ten thousand
    by_itself: bool  # when nothing speaks against it


def matching_classes(*, actor: Actor) -> list[ClassRow]:
    """List the classes of match, with what was measured of them."""
    actor.must(Deed.READ_BOOKS)
    wanted = Administration.objects.values_list("matching_precision", flat=True).get(pk=actor.administration_id)
    by_itself = precision.by_itself(Wanted(wanted))
    rows = []
    for kind in MatchClass:
        figures = precision.measured().get(kind, Measured(0, 0))
        most = round(figures.most_wrong, 2) if figures.answers else None
        rows.append(ClassRow(kind.value, figures.answers, figures.wrong, most, kind in by_itself))
    return rows

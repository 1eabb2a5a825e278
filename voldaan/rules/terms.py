"""Payment terms: what a due date rests on."""

from __future__ import annotations

from enum import Enum


class TermBasis(Enum):
    """Why the due date binds (BW 6:83, art. 6:119a): default and interest follow from it."""

    AGREED = "agreed"  # in the contract or the terms that were accepted: default by the day alone
    STATED = "stated"  # only printed on the invoice: no agreed term
    NONE = "none"  # no term at all: the law's own

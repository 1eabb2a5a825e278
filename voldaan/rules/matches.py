"""What a match is: how it was found, what speaks for it, and what of it would be booked."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import NamedTuple

from voldaan.rules.reductions import GivenUp
from voldaan.rules.refusals import mark
from voldaan.rules.shortfalls import Shortfall
from voldaan.rules.told import Told

MOST_PROPOSALS = 5  # for one receipt

Settles = tuple[tuple[int, int, int], ...]  # receivable, cents paid, cents given up


class Receipt(NamedTuple):
    """One movement on an own account, in the currency of the candidates."""

    cents: int
    paid_on: date
    iban: str
    name: str
    text: str
    structured_reference: str
    end_to_end_id: str
    tolerance_cents: int = 0  # so little too little is given up
    is_blocked: bool = False  # on a blocked account: a part is expected there
    country: str = ""  # of the books: what may be withheld there


class Evidence(Enum):
    """What speaks for a match, in words for the person who looks at it."""

    STRUCTURED_REFERENCE = mark("structured reference")
    INVOICE_NUMBER = mark("invoice number")
    TYPED_WRONG = mark("a number with a digit wrong")
    SAME_AMOUNT = mark("same amount")
    SUM_OF_ITEMS = mark("sum of items")
    WHOLE_BALANCE = mark("whole balance")
    KNOWN_IBAN = mark("known account")
    SAME_NAME = mark("same name")
    SEVERAL_CUSTOMERS = mark("one payer for several customers")
    LIKE_NAME = mark("a name like it")
    DISCOUNT = mark("discount taken in time")
    FEW_CENTS_SHORT = mark("a few cents short")
    BLOCKED_ACCOUNT = mark("on the blocked account")
    SETS_OFF = Shortfall.SET_OFF.value
    SOCIAL_WITHHELD = Shortfall.SOCIAL.value
    FISCAL_WITHHELD = Shortfall.FISCAL.value
    KEPT_BACK = Shortfall.KEPT_BACK.value
    PAID_BEFORE = mark("the same payment some days before")


class MatchClass(Enum):
    """How a match was found, best first. Each match says for itself whether anything speaks against it."""

    REFERENCE_AMOUNT = "reference_amount"
    NUMBER_AMOUNT = "number_amount"
    NUMBERS_SUM = "numbers_sum"
    DEBTORS_SUM = "debtors_sum"  # the same, over several debtors
    ADVICE = "advice"  # the payer's own list
    REFERENCE_LESS = "reference_less"  # paid but for a discount taken in time, or a few cents
    NUMBER_LESS = "number_less"
    TYPED_WRONG = "typed_wrong"  # a person decides
    IBAN_AMOUNT = "iban_amount"
    IBAN_SUM = "iban_sum"
    IBAN_LESS = "iban_less"
    REFERENCE_PART = "reference_part"  # named, and another amount
    NUMBER_PART = "number_part"
    NAME_AMOUNT = "name_amount"  # from here on a person decides
    NAME_SUM = "name_sum"
    NAME_LESS = "name_less"
    LIKE_NAME = "like_name"  # and the amount of one item
    IBAN_ONLY = "iban_only"
    AMOUNT_ONLY = "amount_only"
    NAME_ONLY = "name_only"
    PAID_TWICE = "paid_twice"  # nothing is paid: it stands as credit, and goes back

    @property
    def certain(self) -> bool:
        """Tell whether a match of this class may by default be booked without a person."""
        return RANK[self] < RANK[MatchClass.NAME_AMOUNT] and self is not MatchClass.TYPED_WRONG


RANK = {kind: rank for rank, kind in enumerate(MatchClass)}
CERTAIN = frozenset(kind for kind in MatchClass if kind.certain)
LESS = {
    MatchClass.REFERENCE_AMOUNT: MatchClass.REFERENCE_LESS,
    MatchClass.NUMBER_AMOUNT: MatchClass.NUMBER_LESS,
    MatchClass.NUMBERS_SUM: MatchClass.NUMBER_LESS,
    MatchClass.IBAN_AMOUNT: MatchClass.IBAN_LESS,
    MatchClass.NAME_AMOUNT: MatchClass.NAME_LESS,
}


class Match(NamedTuple):
    """One way to book a receipt: lines + left = the receipt, to the cent; what is given up is on top.

    It is of one debtor, but for a parent who pays exactly what several owe: `debtor_id` is that of the first line.
    """

    match_class: MatchClass
    evidence: tuple[Evidence, ...]
    lines: tuple[tuple[int, int], ...]  # (receivable id, cents): what is named first, then the oldest due
    left_cents: int  # stays with the debtor as credit
    debtor_id: int
    certain: bool  # may be booked without a person
    given_up: tuple[GivenUp, ...] = ()
    told: tuple[Told, ...] = ()
    taken_off: tuple[
        tuple[int, int, int], ...
    ] = ()  # credit (of a credit note), receivable and cents: beside the lines

    @property
    def settles(self) -> Settles:
        """Give what is paid and what is given up on each receivable: two ways to book that differ, differ in this."""
        if not self.given_up:
            return tuple((receivable, cents, 0) for receivable, cents in self.lines)
        given = {one.receivable_id: one.cents for one in self.given_up}
        return tuple((receivable, cents, given.get(receivable, 0)) for receivable, cents in self.lines)

    @property
    def evidence_words(self) -> list[str | Told]:
        """Give the evidence as it is stored and shown."""
        return [*self.told, *(evidence.value for evidence in self.evidence)]

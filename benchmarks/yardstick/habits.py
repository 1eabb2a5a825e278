"""How payers pay, and how often: the one table behind the yardstick.

No public figures say how often a Dutch or Belgian payer leaves out a number or shortens a payment, so nearly all of
these are guesses, set so that the noisy set is harder than what we expect of a real year. Where a figure has a source,
the reason says so. Change a figure here and everything is measured anew.
"""

from __future__ import annotations

from dataclasses import dataclass

CONSUMER, BUSINESS, BELGIAN, UTILITY = range(4)
KINDS = ("consumer", "business", "Belgian", "utility")
SHARES = (42, 30, 16, 12)  # of the customers, in percent; a guess of a firm that sells to everybody


@dataclass(frozen=True)
class Style:
    """How a payer always pays: the weight among the customers of each kind."""

    name: str
    weights: tuple[float, float, float, float]  # consumer, business, Belgian, utility
    is_clean: bool  # occurs in the clean set
    why: str


STYLES = (
    Style("reference", (0, 0, 80, 62), True, "the bank's own field; most Belgian invoices carry an OGM (guess)"),
    Style("reference in the text", (0, 0, 6, 4), True, "typed over into the free field (guess)"),
    Style("number", (58, 36, 6, 0), True, "as on the invoice, alone or in a short sentence: what most do (guess)"),
    Style("number written otherwise", (14, 12, 2, 0), True, "spaces, slashes, prefix glued on, zeros dropped (guess)"),
    Style("number among others", (6, 8, 0, 0), True, "with customer number, date or order number (guess)"),
    Style("last digits only", (3, 2, 0, 0), False, "“factuur 417” for 2027-00417 (guess)"),
    Style("customer number", (4, 2, 0, 2), False, "the number beside it on the invoice (guess)"),
    Style("no number", (6, 3, 2, 4), False, "“betaling”, “huur maart”, or nothing (guess)"),
    Style("own number", (0, 3, 1, 0), False, "the payer's document number, from his purchase ledger (guess)"),
    Style("direct debit", (8, 3, 0, 28), True, "single collections, end-to-end id is our number (guess)"),
    Style("bundle, all numbers", (0, 20, 2, 0), True, "a payment run every fortnight, numbers listed (guess)"),
    Style("bundle, a range", (0, 2, 0, 0), True, "“2027-00401 t/m 2027-00409” (guess)"),
    Style("bundle, no numbers", (0, 3, 0, 0), False, "“zie specificatie per mail” (guess)"),
    Style("bundle, text cut off", (0, 2, 0, 0), False, "SEPA carries 140 characters: some twelve numbers, no more"),
    Style("collective", (0, 3, 1, 0), False, "an office or a parent firm pays for several customers at once (guess)"),
    Style("parent", (2, 0, 0, 0), False, "one account pays for two or three children, each apart (guess)"),
    Style("payout", (3, 0, 0, 0), False, "a payment service pays out weekly, less its fee, in one sum (guess)"),
    Style("G-account", (0, 3, 0, 0), False, "Dutch labour chains: 25 to 40 % to the blocked account (guess)"),
)  # fmt: skip


OWN_LIST = "bundle, own list"  # beside those: a big payer, who sends the list of what he pays
FOR_EACH_OWN_LIST = 20  # customers (guess)


@dataclass(frozen=True)
class Accident:
    """What goes otherwise once: how many of a thousand payments to which it can happen."""

    name: str
    noisy: float
    clean: float
    why: str


ACCIDENTS = (
    Accident("digit wrong", 8, 0, "a number typed by hand, one digit of it another (guess)"),
    Accident("digits swapped", 5, 0, "the other classic of typing (guess)"),
    Accident("number of an earlier invoice", 4, 0, "copied from the payment of last time (guess)"),
    Accident("number of another firm", 3, 0, "two envelopes on one table (guess)"),
    Accident("other account", 15, 5, "of a partner, of a second bank: known to nobody (guess)"),
    Accident("other name", 15, 5, "married, shortened, of the shop instead of the firm (guess)"),
    Accident("name written otherwise", 6, 1, "another account, no number, and his name in other words (guess)"),
    Accident("part", 15, 5, "half now, half a month later, number named (guess)"),
    Accident("part, no number", 3, 0, "a round sum towards it (guess)"),
    Accident("too much", 5, 0, "mistyped amount, rounded up (guess)"),
    Accident("cents short", 6, 0, "1 to 9 cents, typed (guess)"),
    Accident("rounded", 4, 0, "to whole euros, down or up (guess)"),
    Accident("bank costs short", 3, 0, "5.00 to 12.50 withheld on the way (guess)"),
    Accident("discount in time", 400, 400, "2 % off: of those who have it and pay within eight days (guess)"),
    Accident("discount too late", 40, 5, "2 % off: of those who have it and pay later (guess)"),
    Accident("costs paid too", 2, 0, "40.00 more, which a letter claimed and these books do not (guess)"),
    Accident("kept back", 3, 0, "10 % until completion, and paid then (guess)"),
    Accident("sets off", 3, 0, "less what we owe him, which he says: a tenth to a third (guess)"),
    Accident("paid twice", 4, 1, "again within a week, the same text (guess)"),
    Accident("twins", 3, 1, "two equal invoices paid by two equal payments on one day (guess)"),
    Accident("set off", 6, 2, "less a credit note that we sent (guess)"),
    Accident("at once", 15, 5, "on the day of the invoice, before the list of the week knows it (guess)"),
    Accident("own list, discount", 1000, 1000, "2 % off: of those who have it and pay within eight days (guess)"),
    Accident("own list, credit note", 1000, 1000, "a line less than nothing: of the credit notes that we sent (guess)"),
    Accident("own list, discount too late", 20, 0, "2 % off: of the invoices that they pay later (guess)"),
    Accident("own list, invoice missing", 40, 0, "one that is paid; half of the totals are of the rest (guess)"),
    Accident("own list, number wrong", 40, 0, "one digit of one number another, or two swapped (guess)"),
    Accident("own list, total wrong", 30, 0, "its lines are right, and add up to something else (guess)"),
)  # fmt: skip

DISCOUNT, DISCOUNT_DAYS = 200, 8  # agreed with every business, in hundredths of a percent; some take it
FORGOTTEN = 0.02  # of the invoices are paid 30 to 90 days later than the payer's habit (guess)
NEVER = 0.01  # of the invoices are not paid within the year (guess)
RETURNED = 0.02  # of the direct debits come back; banks speak of one to three in a hundred
OTHER_MONEY = (0.05, 0.03)  # beside a payment: a refund of tax, interest, an own transfer (noisy, clean; guess)
CHANCE = 0.1  # of that other money has, to the cent, the amount of an open invoice: far more than chance gives
ADVANCE = (0.004, 0.001)  # beside a payment: one of the customer for something that is no invoice yet

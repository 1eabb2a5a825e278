"""How money found its invoice, in words: by the matcher, by hand, or by the verb that booked it."""

from __future__ import annotations

from voldaan.rules.matches import MatchClass
from voldaan.rules.refusals import mark

PROPOSED = frozenset(one.value for one in MatchClass)  # by the matcher
CLASSES = {
    "advice": mark("list of the payer"),
    "amount_only": mark("amount only"),
    "by_hand": mark("by hand"),
    "credit_note": mark("credit note"),
    "debtors_sum": mark("invoice numbers of several customers, and sum"),
    "iban_amount": mark("account and amount"),
    "iban_less": mark("account, and a discount or a few cents"),
    "iban_only": mark("account only"),
    "iban_sum": mark("account and sum"),
    "like_name": mark("a name like it, and amount"),
    "name_amount": mark("name and amount"),
    "name_less": mark("name, and a discount or a few cents"),
    "name_only": mark("name only"),
    "name_sum": mark("name and sum"),
    "named_by_payer": mark("payment by hand"),
    "number_amount": mark("invoice number and amount"),
    "number_less": mark("invoice number, and a discount or a few cents"),
    "number_part": mark("invoice number, other amount"),
    "numbers_sum": mark("invoice numbers and sum"),
    "paid_twice": mark("paid twice"),
    "reference_amount": mark("reference and amount"),
    "reference_less": mark("reference, and a discount or a few cents"),
    "reference_part": mark("reference, other amount"),
    "settled_by_list": mark("gone from the list"),
    "typed_wrong": mark("invoice number with a digit wrong, and amount"),
    "taken_off": mark("credit note taken off by the payer"),
    "undo": mark("undone"),
}

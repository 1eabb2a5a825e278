"""The words of tables: titles of columns, words for values, and what to do next when there is nothing to show.

For people only: JSON and CSV keep the names of the contract.
"""

from __future__ import annotations

from voldaan.rules.refusals import mark

# The titles of columns in tables, by the name of the field.
TITLES = {
    "account": mark("account"),
    "allocated_cents": mark("allocated"),
    "allocations": mark("pays"),
    "balance_cents": mark("balance"),
    "bank_reference": mark("bank reference"),
    "booked": mark("booked"),
    "booked_on": mark("booked on"),
    "booked_to": mark("last booking"),
    "by": mark("by"),
    "cents": mark("amount"),
    "changed": mark("changed"),
    "city": mark("city"),
    "class": mark("class"),
    "control_total_cents": mark("total in the file"),
    "counterparty_iban": mark("account of the payer"),
    "counterparty_name": mark("payer"),
    "country": mark("country"),
    "credits_cents": mark("credits"),
    "currency": mark("currency"),
    "d120_plus_cents": mark("over 120 days"),
    "d1_30_cents": mark("1–30 days"),
    "d31_60_cents": mark("31–60 days"),
    "d61_90_cents": mark("61–90 days"),
    "d91_120_cents": mark("91–120 days"),
    "days_overdue": mark("days overdue"),
    "debtor": mark("customer"),
    "debtor_id": mark("customer id"),
    "due_date": mark("due date"),
    "email": mark("e-mail"),
    "end_to_end_id": mark("end-to-end id"),
    "evidence": mark("evidence"),
    "file": mark("file"),
    "format": mark("format"),
    "found": mark("found"),
    "hash": mark("hash"),
    "id": mark("id"),
    "invoice": mark("invoice"),
    "issue_date": mark("invoice date"),
    "kind": mark("kind"),
    "known": mark("known"),
    "left_cents": mark("left"),
    "name": mark("name"),
    "new": mark("new"),
    "not_due_cents": mark("not due"),
    "number": mark("number"),
    "ok": mark("right"),
    "open_cents": mark("open"),
    "original_cents": mark("invoice amount"),
    "problems": mark("problems"),
    "proposed": mark("proposed"),
    "rank": mark("rank"),
    "receipt": mark("booking of the receipt"),
    "result": mark("result"),
    "reverses": mark("takes back"),
    "rows": mark("rows"),
    "rule": mark("rule"),
    "says": mark("says"),
    "severity": mark("severity"),
    "source": mark("source"),
    "state": mark("state"),
    "text": mark("description"),
    "total_cents": mark("total"),
    "transaction": mark("bank transaction"),
    "unmatched": mark("unmatched"),
    "value": mark("value"),
    "value_date": mark("value date"),
    "vanished": mark("vanished"),
}

ENTRY_KINDS = {
    "brought_forward": mark("brought forward"),
    "correction": mark("correction"),
    "credited": mark("credited"),
    "invoiced": mark("invoiced"),
    "received": mark("received"),
    "reversal": mark("reversal"),
    "write_off": mark("written off"),
}

STATES = {
    "booked": mark("booked"),
    "ignored": mark("set aside"),
    "open": mark("open"),
    "proposed": mark("proposed"),
    "unmatched": mark("unmatched"),
}

# How money found its invoice: by the matcher, by hand, or by the verb that booked it.
CLASSES = {
    "amount_only": mark("amount only"),
    "by_hand": mark("by hand"),
    "credit_note": mark("credit note"),
    "iban_amount": mark("account and amount"),
    "iban_only": mark("account only"),
    "iban_sum": mark("account and sum"),
    "name_amount": mark("name and amount"),
    "name_only": mark("name only"),
    "name_sum": mark("name and sum"),
    "named_by_payer": mark("payment by hand"),
    "number_amount": mark("invoice number and amount"),
    "number_part": mark("invoice number, other amount"),
    "numbers_sum": mark("invoice numbers and sum"),
    "reference_amount": mark("reference and amount"),
    "reference_part": mark("reference, other amount"),
    "settled_by_list": mark("gone from the list"),
    "undo": mark("undone"),
}

EVIDENCE = (
    mark("structured reference"),
    mark("invoice number"),
    mark("same amount"),
    mark("sum of items"),
    mark("whole balance"),
    mark("known account"),
    mark("same name"),
)

RESULTS = {"imported": mark("taken in"), "known": mark("known already"), "refused": mark("refused")}

# By the name of the field, the word in the books and the word for people.
VALUES = {
    "by": {"machine": mark("Voldaan"), "person": mark("a person")},
    "class": CLASSES,
    "deed": {
        "allocate": mark("match money"),
        "change_debtors": mark("change customers"),
        "change_settings": mark("change settings"),
        "close_period": mark("close a period"),
        "import": mark("take files in"),
        "manage_users": mark("give roles"),
        "read_books": mark("see the books"),
        "read_settings": mark("see the settings"),
        "record_payment": mark("record a payment"),
        "write_off": mark("write off"),
    },
    "evidence": {word: word for word in EVIDENCE},
    "kind": ENTRY_KINDS,
    "problems": {"error": mark("error"), "question": mark("question"), "warning": mark("warning")},
    "result": RESULTS,
    "role": {
        "accountant": mark("accountant"),
        "auditor": mark("auditor"),
        "caller": mark("caller"),
        "controller": mark("credit controller"),
        "owner": mark("owner"),
    },
    "state": STATES | {"accepted": mark("accepted"), "rejected": mark("refused"), "withdrawn": mark("withdrawn")},
}

# What to do next when there is nothing to show, by report or verb.
NOTHING = {
    "aging": mark("Nothing is open. Take in your open-items list with: voldaan import FILE"),
    "allocations": mark("No money is allocated here. Take in a bank statement with: voldaan import FILE"),
    "debtor list": mark("There is no such customer. Add one with: voldaan debtor add --name …"),
    "entries": mark("Nothing is booked here. Take in your open-items list with: voldaan import FILE"),
    "open-items": mark("Nothing is open. Take in your open-items list with: voldaan import FILE"),
    "proposals": mark("Nothing waits for you. What came in stands in: voldaan report transactions"),
    "statement": mark("Nothing is booked for this customer. Find customers with: voldaan debtor list TEXT"),
    "transactions": mark("No money has moved here. Take in a bank statement with: voldaan import FILE"),
    "settings": mark("There is no such setting. List them with: voldaan settings"),
}

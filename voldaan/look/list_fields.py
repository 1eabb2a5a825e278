"""What the columns of an open-items list may be, in the words of a person, in groups as a choice shows them."""

from __future__ import annotations

from voldaan.rules.refusals import mark

GROUPS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        mark("what is wanted"),
        {
            "debtor_name": mark("name of the customer"),
            "debtor_number": mark("number of the customer"),
            "debtor": mark("number and name of the customer in one"),
            "invoice_number": mark("invoice number"),
            "issue_date": mark("invoice date"),
            "due_date": mark("due date"),
            "open": mark("amount still open"),
        },
    ),
    (
        mark("more about the amount"),
        {
            "original": mark("amount of the invoice"),
            "debit": mark("debit"),
            "credit": mark("credit"),
            "bucket": mark("open, of one age (several columns)"),
            "side": mark("D or C"),
            "currency": mark("currency"),
            "vat": mark("VAT in it"),
            "vat_rate": mark("VAT rate"),
        },
    ),
    (
        mark("more about the customer"),
        {
            "email": mark("e-mail"),
            "phone": mark("telephone"),
            "street": mark("street"),
            "postcode": mark("postcode"),
            "city": mark("city"),
            "country": mark("country"),
            "language": mark("language"),
            "iban": mark("account (IBAN)"),
            "registration_number": mark("registration number"),
            "vat_number": mark("VAT number"),
            "is_consumer": mark("consumer or business"),
        },
    ),
    (
        mark("more about the invoice"),
        {
            "kind": mark("invoice or credit note"),
            "payment_reference": mark("payment reference"),
            "description": mark("description"),
        },
    ),
)

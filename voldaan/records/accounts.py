"""The account of one customer as it is stated to that customer: what was booked since a day, and what is open now."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.accounts import Account, Booked
from voldaan.rules.letters import Line, Party
from voldaan.rules.refusals import Kind, Refusal, mark

MOST = 2_000  # bookings, and open items, of one statement


class TooLongAStatement(Refusal):
    code = "too_long_a_statement"
    kind = Kind.INVALID
    says = mark("This would be more than {most} lines. Let it begin at a later day.")


def stated(whose: Debtor, *, since: date, today: date) -> list[Account]:
    """State the account of a customer, one for each currency in which there is anything.

    Raises:
        TooLongAStatement: there is too much to tell.
    """
    books = whose.administration_id
    own = Administration.objects.get(pk=books)
    iban = OwnAccount.objects.of(books).values_list("iban", flat=True).first() or ""
    entries = Entry.objects.of(books).filter(debtor=whose)
    sums = entries.order_by().values_list("currency")
    before = dict(sums.annotate(cents=Sum("amount_cents", filter=Q(value_date__lt=since), default=0)))
    booked = _booked(entries.filter(value_date__gte=since))
    lines = _lines(books, whose.pk)
    credits_ = Credit.objects.of(books).filter(debtor=whose, open_cents__gt=0).order_by()
    credit = dict(credits_.values_list("currency").annotate(Sum("open_cents")))
    sender = Party(own.name, own.street, own.postcode, own.city, own.country, own.sender, own.phone,
                   own.registration_number, own.vat_number)  # fmt: skip
    customer = Party(whose.name, whose.street, whose.postcode, whose.city, whose.country)
    return [
        Account(sender, customer, whose.language, today, since, currency, iban, int(before[currency]),
                tuple(booked[currency]), tuple(lines[currency]), int(credit.get(currency, 0)))
        for currency in sorted(before)
    ]  # fmt: skip


def _booked(entries: Any) -> dict[str, list[Booked]]:
    invoice = Coalesce("receivable__invoice__number", "credit__invoice__number")
    columns = ("currency", "value_date", "kind", invoice, "amount_cents")
    rows = list(entries.order_by("value_date", "number").values_list(*columns)[: MOST + 1])
    if len(rows) > MOST:
        raise TooLongAStatement(most=MOST)
    found: dict[str, list[Booked]] = defaultdict(list)
    for currency, day, kind, number, cents in rows:
        found[currency].append(Booked(day, kind, number or "", cents))
    return found


def _lines(books: int, debtor: int) -> dict[str, list[Line]]:
    still_open = Receivable.objects.of(books).still_open().filter(debtor=debtor).order_by("due_date", "pk")
    columns = ("currency", "invoice_id", "invoice__number", "instalment", "invoice__issue_date", "due_date",
               "invoice__amount_cents", "open_cents", "invoice__payment_reference", "invoice__description")  # fmt: skip
    rows = list(still_open.values_list(*columns)[: MOST + 1])
    if len(rows) > MOST:
        raise TooLongAStatement(most=MOST)
    whole = Receivable.objects.of(books).filter(invoice__in=still_open.values("invoice")).order_by()
    instalments = dict(whole.values_list("invoice_id").annotate(n=Count("pk")))
    found: dict[str, list[Line]] = defaultdict(list)
    for currency, invoice, number, instalment, issued, due, cents, open_cents, reference, about in rows:
        found[currency].append(
            Line(number, instalment, instalments[invoice], issued, due, cents, open_cents, reference, about)
        )
    return found

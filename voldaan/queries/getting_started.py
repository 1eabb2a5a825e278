"""How far books are that were just opened: what is in, what a person should look at first, and whether mail leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from voldaan.queries.first_look import unseen_old_debts
from voldaan.queries.missing import count_unmailed, count_unreached
from voldaan.queries.standing import state_of
from voldaan.records import known_until
from voldaan.records.administrations import Administration
from voldaan.records.bank import BankTransaction
from voldaan.records.imports import Import
from voldaan.records.receivables import Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState


@dataclass(frozen=True, slots=True)
class GettingStarted:
    """What a person who begins wants to know."""

    invoices: int  # open
    customers: int  # who owe them
    open: list[Money]  # by currency
    bank_until: date | None  # None: no statement yet
    receipts: int  # that wait for a person
    unmailed: int  # customers who owe and have no usable e-mail address
    unreached: int  # of these: those without a postal address as well
    old: int  # items so late that nobody should be written to about them without a look
    strategy: str  # its name
    misses: list[str]  # of what stands in a message about the sender: address, sender, smtp
    live: str  # off, self or on: whether mail leaves, and to whom
    books_twice: bool  # lists of a bookkeeping come in, and money here pays what was claimed before the invoices


_PRINCIPAL = Q(kind=ReceivableKind.PRINCIPAL.value)  # interest and costs are no invoice


def getting_started(*, actor: Actor, today: date) -> GettingStarted:
    """Tell how far the books are."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    owed = Receivable.objects.of(books).still_open().order_by()
    sums = owed.values_list("currency").annotate(cents=Sum("open_cents")).order_by("currency")
    own = Administration.objects.get(pk=books)
    missing = {"address": not (own.street and own.city), "sender": not own.sender, "smtp": not own.smtp}
    counts = owed.aggregate(invoices=Count("pk", filter=_PRINCIPAL), customers=Count("debtor", distinct=True))
    waits = [ReceiptState.UNMATCHED.value, ReceiptState.PROPOSED.value]
    waiting = BankTransaction.objects.of(books).filter(state__in=waits, amount_cents__gt=0, left_cents__gt=0)
    lists = Import.objects.of(books).filter(format__startswith="open-items")
    return GettingStarted(
        **counts,
        open=[Money(cents, currency) for currency, cents in sums],
        bank_until=known_until.bank(books).complete_until,
        receipts=waiting.count(),
        unmailed=count_unmailed(books, state_of(books, today)),
        unreached=count_unreached(books),
        old=unseen_old_debts(books, today).count(),
        strategy=_name(books, own.strategy),
        misses=[name for name, is_missing in missing.items() if is_missing],
        live=own.live,
        books_twice=not own.principal_first and lists.exists(),
    )


def _name(books: int, strategy: str) -> str:
    versions = StrategyVersion.objects.of(books).filter(code=strategy).order_by("-number")
    return versions.values_list("content__name", flat=True).first() or strategy

"""The open items that receipts may pay, by everything that may point at them: part of matching, never a verb itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import QuerySet

from voldaan.records.bulk import AsKept, Keys, Words, as_day
from voldaan.records.charges import formal_claims, is_claimed
from voldaan.records.receivables import Receivable
from voldaan.records.terms import terms_at
from voldaan.rules.candidates import Candidate
from voldaan.rules.imputation import FormalClaim
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.reductions import EarlyPayment

FACTS = ("pk", "debtor_id", "invoice_id", "invoice__number", "invoice__number_folded",
         "invoice__payment_reference", "open_cents",
         AsKept("due_date"), "debtor__name", "debtor__number",
         "kind", "invoice__amount_cents", AsKept("invoice__issue_date"), "debtor__kind")  # fmt: skip


class Candidates:
    """Open items in one currency, read in sets; what is taken of them is no longer open for the others."""

    def __init__(self, books: int, currency: str) -> None:
        self.items: dict[int, Candidate] = {}
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_reference: dict[str, list[int]] = defaultdict(list)
        self.by_debtor: dict[int, list[int]] = defaultdict(list)
        self.by_amount: dict[int, list[int]] = defaultdict(list)
        self.owners: set[int] = set()  # of all that is named, also of what is paid already
        self.claims: dict[int, FormalClaim] = {}
        self.taken: set[int] = set()
        self._rows = Receivable.objects.of(books).filter(currency=currency)
        self._books = books
        self._terms = terms_at(books)
        self._is_claimed = is_claimed(books)

    def read_named(self, words: Collection[str]) -> None:
        """Read what any of these words names; a reference typed into the text counts as well."""
        for field in ("invoice__number_folded", "invoice__payment_reference"):
            self._add(self._rows.filter(**{f"{field}__in": Words(words)}))

    def read_of(self, debtors: Collection[int]) -> None:
        """Read all that these debtors owe."""
        self._add(self._rows.still_open().filter(debtor__in=Keys(debtors)))

    def read_amounts(self, cents: Collection[int]) -> None:
        """Read what is open for exactly one of these amounts."""
        self._add(self._rows.still_open().filter(open_cents__in=Keys(cents)))

    def read_claims(self) -> None:
        """Read what was formally claimed on the items, and let it go by the number and the day of those."""
        if not self._is_claimed:
            return
        self.claims = {one.receivable: one for one in formal_claims(self._books, self.by_debtor)}
        self._add(self._rows.filter(pk__in=Keys(self.claims)))
        for pk, claim in self.claims.items():
            of = [self.items[one] for one in claim.principals if one in self.items]
            if of and pk in self.items:
                first = min(of, key=lambda item: (item.due_date, item.receivable_id))
                self.items[pk] = self.items[pk]._replace(
                    number=first.number, folded=first.folded, reference=first.reference, invoice_id=first.invoice_id
                )
                self.by_number[first.folded].append(pk)
                if first.reference:
                    self.by_reference[first.reference].append(pk)

    def take(self, settles: Collection[tuple[int, int, int]]) -> None:
        """Keep what was just paid and given up from all others."""
        for pk, cents, given in settles:
            self.taken.add(pk)
            item = self.items[pk]
            self.items[pk] = item._replace(open_cents=item.open_cents - cents - given, discount=None)
            if claim := self.claims.get(pk):
                self.claims[pk] = claim._replace(open_cents=claim.open_cents - cents)

    def _add(self, rows: QuerySet[Receivable]) -> None:
        for pk, debtor, invoice, number, folded, reference, cents, due, name, own, *printed in rows.values_list(*FACTS):
            self.owners.add(debtor)
            if pk in self.items or not cents:
                continue
            item = Candidate(pk, debtor, invoice, number, folded, reference, cents, as_day(due), name, own)
            if discount := self._discount(cents, *printed):
                item = item._replace(discount=discount)
            self.items[pk] = item
            self.by_number[folded].append(pk)
            self.by_debtor[debtor].append(pk)
            self.by_amount[cents].append(pk)
            if reference:
                self.by_reference[reference].append(pk)

    def _discount(self, cents: int, kind: str, printed: int, issued: str | date, who: str) -> EarlyPayment | None:
        """Give the discount that was agreed for an invoice of a day; of whom nothing is known, he is a business."""
        # On what is whole: who paid a part of it before took no discount.
        if kind != ReceivableKind.PRINCIPAL.value or cents != printed:
            return None
        day = as_day(issued)
        terms = self._terms(who or DebtorKind.BUSINESS.value, day)
        if terms is None or terms.discount is None:
            return None
        return EarlyPayment.of(cents, rate=terms.discount.rate, until=day + timedelta(days=terms.discount.days))

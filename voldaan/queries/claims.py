"""What is owed on a day by law: of one customer or of one invoice, line by line, with what letters claimed of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet

from voldaan.records import claims as records
from voldaan.records.charges import formal_claims
from voldaan.records.claims import Announced, Claimed, Principal
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.rates import added
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.records.terms import terms_at
from voldaan.rules.claims import CONVENTIONS, COSTLY, LOW_RATE, PROVISIONAL, Basis, ClaimSheet, Position
from voldaan.rules.costs_now import CostsNow, Notice, costs_now
from voldaan.rules.imputation import Payment
from voldaan.rules.interest import InterestLine
from voldaan.rules.law import Article
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark
from voldaan.rules.terms import Lawfulness, TermBasis
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice

DAY = timedelta(days=1)

KIND_UNKNOWN = mark("What kind of customer this is, is not known: nothing is asked that only a business owes.")
CREDIT = mark("The customer has credit with you that is not allocated: it lowers what is left to pay.")
TO_COME = mark("This day is still to come: it is taken that nothing is paid until then.")
ONE_INVOICE = mark("Of this invoice alone: of several invoices together the costs may be other ones.")
WARNINGS = (COSTLY, LOW_RATE, PROVISIONAL)


@dataclass(frozen=True, slots=True)
class Item:
    """One principal, with its interest. Amounts are cents."""

    id: str  # of the invoice
    invoice: str
    instalment: int
    issue_date: date
    due_date: date
    term_basis: TermBasis
    default_from: date | None  # not before the day asked for: None
    falls_in_default_on: date | None  # the same, also where it is still to come
    interest_since: date | None
    open_cents: int
    claimed_interest_cents: int  # of its interest: what letters claimed, and nobody took back
    payments: tuple[tuple[date, int], ...]  # and what was credited or written off; negative: taken back
    position: Position

    @property
    def principal_cents(self) -> int:
        """Give what it began with."""
        return self.position.claim.principal_cents

    @property
    def interest_cents(self) -> int:
        """Give all interest up to and including the day."""
        return sum(stretch.cents for stretch in self.position.stretches)

    @property
    def lines(self) -> Sequence[InterestLine]:
        """Give the interest line by line."""
        return list(self.position.lines)


@dataclass(frozen=True)
class OneCurrency:
    """What is owed in one currency: nothing is ever added across currencies."""

    currency: str
    items: list[Item]
    claimed: list[Claimed]
    announced: list[Announced]
    costs: CostsNow
    sheet: ClaimSheet

    @property
    def open_cents(self) -> int:
        """Give what is open of the principals."""
        return sum(item.open_cents for item in self.items)

    @property
    def interest_cents(self) -> int:
        """Give the interest that is open: all of it, less what was paid of what letters claimed."""
        return self.sheet.interest_cents - self._settled(ReceivableKind.INTEREST)

    @property
    def costs_cents(self) -> int:
        """Give the costs that are open: those that may be asked or were claimed, less what was paid of them."""
        return self.sheet.costs_cents - self._settled(ReceivableKind.COSTS)

    @property
    def claimed_interest_cents(self) -> int:
        """Give what letters claimed of the interest."""
        return sum(item.claimed_interest_cents for item in self.items)

    @property
    def claimed_costs_cents(self) -> int:
        """Give what letters claimed of costs, up to and including the day."""
        return sum(
            one.cents
            for one in self.claimed
            if one.kind == ReceivableKind.COSTS.value and one.claimed_on <= self.sheet.on
        )

    @property
    def total_cents(self) -> int:
        """Give all that is left to pay."""
        return self.open_cents + self.interest_cents + self.costs_cents

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """Name the law that it rests on, each once."""
        working = self.costs.working
        by_costs = working.rule.articles if working and self.costs.cents else self.sheet.costs_articles
        return tuple(dict.fromkeys((*self.sheet.interest_articles, *by_costs)))

    def _settled(self, kind: ReceivableKind) -> int:
        on = self.sheet.on
        return sum(
            one.cents - one.open_cents(on) for one in self.claimed if one.kind == kind.value and one.claimed_on <= on
        )


@dataclass(frozen=True)
class BooksClaim:
    """What one customer owes on a day, by law."""

    creditor: str
    debtor: str
    debtor_id: str
    kind: str  # of `DebtorKind`; empty: not known
    is_spared: bool
    invoice: str  # where it is of one invoice alone
    invoice_id: str
    on: date
    basis: Basis
    currencies: list[OneCurrency]
    warnings: list[str]  # marked: what asks for a second look
    notes: list[str]  # marked: what is taken for granted

    @property
    def is_provisional(self) -> bool:
        """Tell whether a rate is presumed."""
        return any(one.sheet.is_provisional for one in self.currencies)


def claim_sheet(*, debtor: str = "", invoice: str = "", currency: str = "", on: date, actor: Actor, today: date
                ) -> BooksClaim:  # fmt: skip
    """Draw up what is owed at the end of a day, of a customer or of one invoice (public ids, or an invoice number).

    Of a customer it tells what is open on that day; of an invoice, also what was paid late. `currency`: of no other.

    Raises:
        NoSuchDebtor, NoSuchInvoice: there is none.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    paper = _paper(invoice, books) if invoice else None
    whose = paper.debtor if paper else _debtor(debtor, books)
    # What a letter claimed stays due after the price was paid.
    claims = () if paper else formal_claims(books, [whose.pk])
    claimed_on = {pk for one in claims for pk in one.principals}
    items = _asked(paper, whose, claimed_on, on, books)
    known = {
        pk: (id_, TermBasis(term))
        for pk, id_, term in items.values_list("pk", "invoice__public_id", "term_basis")
    }  # fmt: skip
    keys = list(known)
    principals = [
        one for one in records.principals(books, keys)
        if one.issue_date <= on and (paper or one.open_cents(on) or one.receivable_id in claimed_on)
    ]  # fmt: skip
    keys = [one.receivable_id for one in principals]
    of_interest = records.claimed_interest(books, keys, on=on)
    beside = [one for one in records.claimed(books, keys) if one.claimed_on <= on]
    told = [one for one in records.announced(books, keys) if one.sent_on <= on]
    basis = principals[-1].basis if principals else _basis(whose, on, books)
    currencies = []
    for code in sorted({one.currency for one in principals}):
        if currency not in ("", code):
            continue
        mine = [one for one in principals if one.currency == code]
        own = {one.receivable_id for one in mine}
        theirs = [_item(one, known[one.receivable_id], of_interest.get(one.receivable_id, 0), on) for one in mine]
        claimed = [one for one in beside if one.currency == code]
        letters = [one for one in told if own & set(one.items)]
        currencies.append(_in_one(code, mine, theirs, claimed, letters, basis, on))
    return BooksClaim(
        whose.administration.name, whose.name, whose.public_id, whose.kind, whose.is_spared,
        paper.number if paper else "", paper.public_id if paper else "", on, basis, currencies,
        [*_warnings(whose, currencies, on, today), *_too_long(principals, known)],
        _notes(currencies, is_one=paper is not None),
    )  # fmt: skip


def _basis(whose: Debtor, on: date, books: int) -> Basis:
    """Give the basis on which an invoice of this day would be claimed."""
    return records.basis_of(whose.country, whose.kind, whose.is_spared, added(), terms_at(books)(whose.kind, on))


def _in_one(currency: str, principals: list[Principal], items: list[Item], claimed: list[Claimed],
            letters: list[Announced], basis: Basis, on: date) -> OneCurrency:  # fmt: skip
    demanded, others = _late(principals, letters, on)
    by_id = {one.receivable_id: one for one in principals}
    notices = [
        Notice(
            one.sent_on, one.lapses_on, one.cents,
            tuple(by_id[pk].left_cents((one.lapses_on or on) - DAY) for pk in one.items if pk in by_id),
        )
        for one in letters
    ]  # fmt: skip
    costs = costs_now(basis, demanded, others, notices, on=on)
    costs_cents = max(costs.cents, sum(one.cents for one in claimed if one.kind == ReceivableKind.COSTS.value))
    payments = [
        Payment(day, cents, (item.invoice,), to_principal=True) for item in items for day, cents in item.payments
    ]
    payments += [Payment(day, cents) for one in claimed for day, cents in one.changes if day <= on]
    sheet = ClaimSheet(
        basis, on, [item.position for item in items], costs_cents, 0, sorted(payments, key=lambda one: one.day)
    )
    return OneCurrency(currency, items, claimed, letters, costs, sheet)


def _late(principals: list[Principal], letters: list[Announced], on: date) -> tuple[list[int], list[int]]:
    """Give what counts for costs of what is in default: of what was demanded, and of the rest.

    Of what a letter announced costs for, that is what its term left; as long as the term runs, it was not demanded.
    """
    demanded, others = [], []
    for one in principals:
        if one.default_from is None or one.default_from > on:
            continue
        terms = [letter.lapses_on for letter in letters if one.receivable_id in letter.items]
        if ended := [day for day in terms if day and day <= on]:
            demanded.append(one.left_cents(max(ended) - DAY))
        elif terms or one.lapsed_on is None or one.lapsed_on > on:
            others.append(one.owed_cents(one.default_from - DAY))
        else:
            demanded.append(one.owed_cents(one.default_from - DAY))
    return demanded, others


def _item(one: Principal, known: tuple[str, TermBasis], claimed: int, on: date) -> Item:
    default, since = one.default_from, one.interest_since
    return Item(
        known[0], one.invoice, one.instalment, one.issue_date, one.due_date, known[1],
        default if default and default <= on else None, default, since if since and since <= on else None,
        one.open_cents(on), claimed, tuple((day, cents) for day, cents in one.changes if day <= on), one.position(on),
    )  # fmt: skip


def _asked(paper: Invoice | None, whose: Debtor, claimed_on: Collection[int], on: date, books: int
           ) -> QuerySet[Receivable]:  # fmt: skip
    items = Receivable.objects.of(books).filter(kind=ReceivableKind.PRINCIPAL.value)
    if paper:
        return items.filter(invoice=paper)
    later = [
        rows.objects.of(books).filter(debtor=whose, value_date__gt=on).values("receivable")
        for rows in (Allocation, Entry)
    ]
    is_asked = Q(open_cents__gt=0) | Q(pk__in=later[0]) | Q(pk__in=later[1].exclude(receivable=None))
    return items.filter(is_asked | Q(pk__in=claimed_on), debtor=whose)


def _warnings(whose: Debtor, currencies: list[OneCurrency], on: date, today: date) -> list[str]:
    has_credit = Credit.objects.of(whose.administration_id).filter(debtor=whose, open_cents__gt=0).exists()
    found = [
        note for note, holds in ((KIND_UNKNOWN, not whose.kind), (TO_COME, on > today), (CREDIT, has_credit)) if holds
    ]
    return [*found, *dict.fromkeys(note for one in currencies for note in one.sheet.notes if note in WARNINGS)]


def _too_long(principals: list[Principal], known: dict[int, tuple[str, TermBasis]]) -> list[str]:
    """Say what the law makes of agreed terms that are longer than it allows, each once; void only where it made it so.

    A term of before the law was in force bound as it was agreed.
    """
    agreed = [one for one in principals if known[one.receivable_id][1] is TermBasis.AGREED]
    found = [
        one.basis.law.term.says
        for one in agreed
        if (law := one.basis.law.term.lawfulness((one.due_date - one.issue_date).days)) is not Lawfulness.LAWFUL
        and (law is not Lawfulness.VOID or one.default_from != one.due_date + DAY)
    ]
    return [says for says in dict.fromkeys(found) if says]


def _notes(currencies: list[OneCurrency], *, is_one: bool) -> list[str]:
    found = [ONE_INVOICE] if is_one and any(one.costs.cents for one in currencies) else []
    by_law = (note for one in currencies for note in one.sheet.notes if note in CONVENTIONS.values())
    return [*dict.fromkeys(by_law), *found]


def _paper(invoice: str, books: int) -> Invoice:
    rows = Invoice.objects.of(books).filter(kind="invoice").select_related("debtor__administration")
    found = rows.filter(public_id=invoice).first() or rows.filter(number=invoice).first()
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    return found


def _debtor(debtor: str, books: int) -> Debtor:
    rows = Debtor.objects.of(books).select_related("administration", "merged_into__administration")
    found = rows.filter(public_id=debtor).first() or rows.exclude(number="").filter(number=debtor).first()
    if found is None:
        raise NoSuchDebtor(debtor=debtor)
    return found.merged_into or found

"""What follows on every import: receipts that wait are matched; what is certain is booked, the rest is proposed.

Part of the verb `files.bring_in`; the verbs by which a person decides are in `receipts_by_hand.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice
from typing import TypeVar

from django.db.models import Count, QuerySet

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import BankTransaction
from voldaan.records.charges import claims_to_pay
from voldaan.records.debtors import Debtor, PayerAlias
from voldaan.records.documents import Document
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.records.terms import terms_at
from voldaan.rules import names, precision
from voldaan.rules.candidates import Candidate
from voldaan.rules.imputation import FormalClaim, claims_first
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import By, EntryKind, ReceivableKind
from voldaan.rules.like_names import MOST, most_like
from voldaan.rules.matching import MOST_PROPOSALS, Evidence, Match, MatchClass, Receipt, Settles, propose
from voldaan.rules.paid_twice import guarded
from voldaan.rules.permissions import Actor
from voldaan.rules.precision import Wanted
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.reductions import EarlyPayment
from voldaan.rules.remittance import folded, words
from voldaan.usecases import proposals, receipts
from voldaan.usecases.proposals import VALUES, in_chunks
from voldaan.usecases.receipts import ToBook
from voldaan.usecases.remittance_advices import Advices
from voldaan.usecases.repeats import Repeats, paid

T = TypeVar("T")

AT_ONCE = 2_000  # receipts whose candidates are looked up together
FEW = 5  # items with the amount of a receipt, and nothing else to go by: more tell nobody anything
DAYS_APART = 10  # at most, between a payment that a person recorded and the bank line that brings it
WAITING = [ReceiptState.UNMATCHED.value, ReceiptState.PROPOSED.value]
NAMED = {Evidence.STRUCTURED_REFERENCE, Evidence.INVOICE_NUMBER}


@dataclass(frozen=True, slots=True)
class Matched:
    """How many receipts were booked by themselves, proposed to a person, or neither."""

    booked: int = 0
    proposed: int = 0
    unmatched: int = 0


def match(*, document: Document | None = None, actor: Actor, today: date) -> Matched:
    """Match every receipt that waits; of a statement, count what still waits of the receipts that it brought."""
    waiting = BankTransaction.objects.of(actor.administration_id).filter(
        state__in=WAITING, amount_cents__gt=0, left_cents__gt=0
    )
    ids = list(waiting.order_by("booking_date", "pk").values_list("pk", flat=True))
    booked, payers = _match(waiting, ids, actor, today)
    # What was booked tells which accounts pay for whom: that may settle others from the same accounts.
    again = list(
        waiting.filter(counterparty_iban__in=payers).order_by("booking_date", "pk").values_list("pk", flat=True)
    )
    more, _ = _match(waiting, again, actor, today)
    left = waiting if document is None else waiting.filter(statement__document=document)
    states: dict[str, int] = dict(left.order_by().values_list("state").annotate(count=Count("pk")))
    proposed = states.pop(ReceiptState.PROPOSED.value, 0)
    return Matched(booked + more, proposed, sum(states.values()))


def propose_again(*receipts: int, actor: Actor, today: date) -> None:
    """Look anew at receipts that a person took back, and leave them to him: part of that verb."""
    waiting = BankTransaction.objects.of(actor.administration_id).filter(amount_cents__gt=0)
    _match(waiting, list(receipts), actor, today, left_to_person=receipts)


def _match(waiting: QuerySet[BankTransaction], ids: list[int], actor: Actor, today: date, *,
           left_to_person: Collection[int] = ()) -> tuple[int, set[str]]:  # fmt: skip
    """Match these receipts; give how many were booked, and from which accounts."""
    booked, payers = 0, set[str]()
    for some in in_chunks(ids, AT_ONCE):
        rows = list(waiting.filter(pk__in=some).order_by("booking_date", "pk"))
        for currency in sorted({row.currency for row in rows}):
            block = _Block([r for r in rows if r.currency == currency], actor, today)
            block.taken_back.update(left_to_person)
            booked += block.match()
            payers |= block.booked_from
    return booked, payers


class _Block:
    """Receipts in one currency, and everything that they could be about."""

    def __init__(self, rows: list[BankTransaction], actor: Actor, today: date) -> None:
        self.rows = rows
        self.actor = actor
        self.today = today
        self.books = actor.administration_id
        self.words = {row.pk: _numbers_in(row) for row in rows}
        self.payers = self._payers()
        self.namesakes = self._namesakes()
        self.repeats = Repeats(rows, self.books)
        self.booked_from: set[str] = set()
        self.refused, self.taken_back = self._decided()
        settings = Administration.objects.values_list("match_tolerance", "matching_precision", "country")
        self.tolerance_cents, wanted, self.country = settings.get(pk=self.books)
        self.blocked = set(OwnAccount.objects.of(self.books).filter(is_blocked=True).values_list("iban", flat=True))
        self.by_itself = precision.by_itself(Wanted(wanted))
        self.terms = terms_at(self.books)
        self.candidates: dict[int, Candidate] = {}
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_reference: dict[str, list[int]] = defaultdict(list)
        self.by_debtor: dict[int, list[int]] = defaultdict(list)
        self.by_amount: dict[int, list[int]] = defaultdict(list)
        self.advices = Advices(rows, self.books)
        self._load()
        self.claims = self._claims()

    def match(self) -> int:
        """Book what is certain, what is named by the payer first; propose the rest. Give how many were booked."""
        left = self._without_known_payments()
        before = len(self.rows) - len(left)
        rest: list[tuple[BankTransaction, list[Match]]] = []
        to_book: list[ToBook] = []
        for row in left:
            found = self._matches(row)
            if found and found[0].certain and _is_named(found[0]):
                to_book += self._take(row, found[0])
            else:
                rest.append((row, found))
        waiting = []
        for row, before_others in rest:
            # Again: what the others paid is open no longer.
            found = self._matches(row) if before_others else []
            if found and found[0].certain:
                to_book += self._take(row, found[0])
            else:
                waiting.append((row, found))
        receipts.book(to_book, by=By.MACHINE, actor=self.actor, today=self.today)
        proposals.withdraw([one.transaction.pk for one in to_book], self.books)
        proposals.renew(waiting, actor=self.actor)
        self.advices.link()
        return before + len({one.transaction.pk for one in to_book})

    def _decided(self) -> tuple[dict[int, set[Settles]], set[int]]:
        """Give what a person refused for each receipt, and the receipts whose booking a person took back."""
        ids = [row.pk for row in self.rows]
        lines: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        of_refused = ProposalLine.objects.of(self.books).filter(
            proposal__transaction__in=ids, proposal__state="rejected"
        )
        facts = ("proposal__transaction", "proposal", "receivable", "amount_cents", "given_up_cents")
        for t, proposal, receivable, cents, given in of_refused.order_by("pk").values_list(*facts):
            lines[t, proposal].append((receivable, cents, given))
        refused: dict[int, set[Settles]] = defaultdict(set)
        for (t, _), of_one in lines.items():
            refused[t].add(tuple(of_one))
        reversals = Entry.objects.of(self.books).filter(reverses__isnull=False, credit__transaction__in=ids)
        return refused, {t for t in reversals.values_list("credit__transaction", flat=True) if t is not None}

    def _payers(self) -> dict[str, frozenset[int]]:
        known: dict[str, set[int]] = defaultdict(set)
        ibans = {row.counterparty_iban for row in self.rows} - {""}
        for some in in_chunks(ibans, VALUES):
            rows = PayerAlias.objects.of(self.books).filter(iban__in=some)
            for iban, debtor in rows.values_list("iban", "debtor_id"):
                known[iban].add(debtor)
        return {iban: frozenset(debtors) for iban, debtors in known.items()}

    def _namesakes(self) -> dict[str, set[int]]:
        known: dict[str, set[int]] = defaultdict(set)
        called = {names.folded(row.counterparty_name) for row in self.rows} - {""}
        for some in in_chunks(called, VALUES):
            rows = Debtor.objects.of(self.books).filter(name_search__in=some)
            for name, debtor in rows.values_list("name_search", "pk"):
                known[name].add(debtor)
        return known

    def _load(self) -> None:
        """Read the open items that any of the receipts could pay."""
        numbers = self.advices.numbers.union(*self.words.values())
        debtors = set().union(*self.payers.values(), *self.namesakes.values())
        for field, values in (
            ("invoice__number_folded", numbers),
            ("invoice__payment_reference", numbers),  # a reference typed into the text counts as well
            ("debtor", debtors),
            ("open_cents", {row.left_cents for row in self.rows}),
        ):
            for some in in_chunks(values, VALUES):
                self._add(Receivable.objects.of(self.books).filter(**{f"{field}__in": some}))

    def _discount(self, cents: int, who: str, issued: date) -> EarlyPayment | None:
        """Give the discount that was agreed for an invoice of a day; of whom nothing is known, he is a business."""
        terms = self.terms(who or DebtorKind.BUSINESS.value, issued)
        if terms is None or terms.discount is None:
            return None
        until = issued + timedelta(days=terms.discount.days)
        return EarlyPayment.of(cents, rate=terms.discount.rate, until=until)

    def _claims(self) -> dict[int, FormalClaim]:
        """Load what was formally claimed on the open items, and let it go by the number and the day of those."""
        claims = {one.receivable: one for one in claims_to_pay(self.books, list(self.by_debtor))}
        if not claims:
            return claims
        self._add(Receivable.objects.of(self.books).filter(pk__in=list(claims)))
        for pk, claim in claims.items():
            of = [self.candidates[one] for one in claim.principals if one in self.candidates]
            if of and pk in self.candidates:
                first = min(of, key=lambda item: (item.due_date, item.receivable_id))
                known = self.candidates[pk]
                self.candidates[pk] = replace(
                    known, number=first.number, reference=first.reference, invoice_id=first.invoice_id
                )
                self.by_number[folded(first.number)].append(pk)
                if first.reference:
                    self.by_reference[first.reference].append(pk)
        return claims

    def _add(self, rows: QuerySet[Receivable]) -> None:
        facts = ("pk", "debtor_id", "invoice_id", "invoice__number", "invoice__payment_reference", "open_cents",
                 "due_date", "debtor__name", "debtor__number")  # fmt: skip
        of_discount = ("kind", "invoice__amount_cents", "invoice__issue_date", "debtor__kind")
        for *row, kind, printed, issued, who in rows.filter(
            open_cents__gt=0, currency=self.rows[0].currency
        ).values_list(*facts, *of_discount):
            if row[0] in self.candidates:
                continue
            item = Candidate(*row)
            # On what is whole: who paid a part of it before took no discount.
            is_whole = kind == ReceivableKind.PRINCIPAL.value and item.open_cents == printed
            if is_whole and (discount := self._discount(printed, who, issued)):
                item = replace(item, discount=discount)
            self.candidates[item.receivable_id] = item
            self.by_number[folded(item.number)].append(item.receivable_id)
            self.by_debtor[item.debtor_id].append(item.receivable_id)
            self.by_amount[item.open_cents].append(item.receivable_id)
            if item.reference:
                self.by_reference[item.reference].append(item.receivable_id)

    def _matches(self, row: BankTransaction) -> list[Match]:
        payers = self.payers.get(row.counterparty_iban, frozenset())
        wanted: dict[int, None] = {}
        for number in sorted(self.words[row.pk]):
            wanted.update(dict.fromkeys(self.by_number.get(number, ())))
            wanted.update(dict.fromkeys(self.by_reference.get(number, ())))
        for debtor in sorted(payers | self.namesakes.get(names.folded(row.counterparty_name), set())):
            wanted.update(dict.fromkeys(self.by_debtor.get(debtor, ())))
        if not wanted:
            wanted.update(dict.fromkeys(self._with_amount(row)))
        candidates = [item for pk in wanted if (item := self.candidates[pk]).open_cents > 0]
        receipt = Receipt(
            row.left_cents, row.value_date, row.counterparty_iban, row.counterparty_name, row.text,
            row.structured_reference, row.end_to_end_id, self.tolerance_cents,
            row.account in self.blocked, self.country,
        )  # fmt: skip
        refused = self.refused[row.pk]
        found = propose(
            receipt, candidates, known_payers=payers, refused=refused, by_itself=self.by_itself
        ) if candidates else []  # fmt: skip
        told = self.advices.match(row, self._items_of, payers)
        if told and MatchClass.ADVICE not in self.by_itself:
            told = replace(told, certain=False)
        if told and told.settles not in refused:
            # What the payer's own list says goes before every guess; where it does not fit, a person looks.
            others = [replace(match, certain=False) for match in found if {*match.settles} != {*told.settles}]
            found = [told, *([] if told.certain else others[: MOST_PROPOSALS - 1])]
        if self.claims:
            found = [self._claims_first(match, row) for match in found]
        if earlier := self.repeats.before(row):
            found = guarded(found, paid(row), earlier)
        found = [match for match in found if match.settles not in refused]
        return [replace(match, certain=False) for match in found] if row.pk in self.taken_back else found

    def _with_amount(self, row: BankTransaction) -> list[int]:
        """Find the few items with this amount; among many, those of the one customer whose name is like the payer's."""
        same = self.by_amount.get(row.left_cents, [])
        if len(same) <= FEW or not row.counterparty_name:
            return same if len(same) <= FEW else []
        items = [self.candidates[pk] for pk in islice(same, MOST + 1)]
        alike = most_like(row.counterparty_name, {item.debtor_id: item.debtor_name for item in items})
        return [item.receivable_id for item in items if item.debtor_id == alike]

    def _items_of(self, number: str) -> list[Candidate]:
        """Give the items with an invoice number; what was claimed because of it only where there is nothing else."""
        pks = self.by_number.get(number, [])
        return [self.candidates[pk] for pk in [pk for pk in pks if pk not in self.claims] or pks]

    def _claims_first(self, match: Match, row: BankTransaction) -> Match:
        """Let the money pay what was claimed before the principal, of each debtor; then less of that is settled."""
        of_each: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for line in match.lines:
            of_each[self.candidates[line[0]].debtor_id].append(line)
        each = (claims_first(theirs, self.claims.values(), paid_on=row.value_date) for theirs in of_each.values())
        lines = tuple(chain.from_iterable(each))
        if lines != match.lines and (match.given_up or match.match_class is MatchClass.ADVICE):
            return replace(match, lines=lines, given_up=(), certain=False)
        return replace(match, lines=lines)

    def _take(self, row: BankTransaction, found: Match) -> list[ToBook]:
        """Put a certain match aside for booking; what it pays is no longer open for the others."""
        for pk, cents, given in found.settles:
            item = self.candidates[pk]
            self.candidates[pk] = replace(item, open_cents=item.open_cents - cents - given, discount=None)
            if claim := self.claims.get(pk):
                self.claims[pk] = claim._replace(open_cents=claim.open_cents - cents)
        self.advices.spend(found)
        evidence = tuple(found.evidence_words)
        self.booked_from |= {row.counterparty_iban} - {""}
        self.repeats.booked(row, found.debtor_id)
        booking = ToBook(
            row,
            found.debtor_id,
            row.left_cents,
            found.lines,
            found.match_class.value,
            evidence,
            found.given_up,
            found.taken_off,
        )
        return booking.per_debtor({pk: self.candidates[pk].debtor_id for pk, _ in found.lines})

    def _without_known_payments(self) -> list[BankTransaction]:
        """Link bank lines to what was already booked of them: by hand, or from a list. A payment is booked once."""
        unlinked = _unlinked(self.books, self.rows)
        if not unlinked:
            return self.rows
        by_sign: dict[str | int, list[int]] = defaultdict(list)
        for pk, one in unlinked.items():
            by_sign[one.debtor_id].append(pk)
            for sign in one.named:
                by_sign[sign].append(pk)
        left: list[BankTransaction] = []
        linked: dict[int, BankTransaction] = {}
        for row in self.rows:
            brought = self._brings(row, by_sign, unlinked)
            for pk in brought:
                linked[pk] = row
                del unlinked[pk]
            if not brought:
                left.append(row)
        Credit.objects.of(self.books).bulk_update(
            [Credit(pk=pk, transaction=row) for pk, row in linked.items()], ["transaction"], batch_size=500
        )
        receipts.settle_states([row.pk for row in linked.values()], actor=self.actor)
        proposals.withdraw([row.pk for row in linked.values()], self.books)
        return left

    def _brings(self, row: BankTransaction, by_sign: dict[str | int, list[int]],
                unlinked: dict[int, _Unlinked]) -> list[int]:  # fmt: skip
        """Find the bookings that this bank line brings: those it names, else those of its payer, when they add up."""
        by_name = sorted({pk for sign in self.words[row.pk] for pk in by_sign.get(sign, ())})
        payers = self.payers.get(row.counterparty_iban, frozenset())
        # What names an open item pays that, and is not the payment of before by the same payer.
        names_another = any(
            self.candidates[pk].open_cents
            for sign in self.words[row.pk]
            for pk in (*self.by_number.get(sign, ()), *self.by_reference.get(sign, ()))
        )
        by_payer = [] if names_another else sorted({pk for debtor in payers for pk in by_sign.get(debtor, ())})
        for group in (by_name, by_payer):
            near = {pk: one.cents for pk in group if (one := unlinked.get(pk)) and one.may_be(row)}
            exact = [pk for pk, cents in near.items() if cents == row.left_cents]
            if exact:
                return exact[:1]
            if sum(near.values()) == row.left_cents:
                return list(near)
        return []


@dataclass(frozen=True, slots=True)
class _Unlinked:
    """A receipt that was booked without a bank line."""

    debtor_id: int
    cents: int
    value_date: date
    named: frozenset[str]  # numbers and references of what it paid, folded
    from_list: bool

    def may_be(self, row: BankTransaction) -> bool:
        """Tell whether the days fit: what a list had as settled was paid before, a person may be off by some days."""
        if self.from_list:
            return row.value_date <= self.value_date
        return abs((row.value_date - self.value_date).days) <= DAYS_APART


def _unlinked(books: int, rows: Sequence[BankTransaction]) -> dict[int, _Unlinked]:
    """Give the receipts booked without a bank line, which these rows may bring."""
    taken_back = set(Entry.objects.of(books).filter(reverses__isnull=False).values_list("reverses", flat=True))
    rows_booked = (
        Entry.objects.of(books)
        .filter(kind=EntryKind.RECEIVED.value, currency=rows[0].currency, credit__transaction__isnull=True)
        .order_by("number")
        .values_list("pk", "credit_id", "credit__debtor_id", "amount_cents", "value_date", "source")
    )
    booked: dict[int, tuple[int, int, date, str]] = {}
    for pk, credit, debtor, cents, day, source in rows_booked:
        if credit is not None and pk not in taken_back:
            booked[credit] = (debtor, cents, day, source)
    named: dict[int, set[str]] = defaultdict(set)
    facts = ("credit_id", "receivable__invoice__number_folded", "receivable__invoice__payment_reference")
    for some in in_chunks(booked, VALUES):
        for paid_by, number, reference in Allocation.objects.of(books).filter(credit__in=some).values_list(*facts):
            named[paid_by] |= {number, reference} - {""}
    found = {}
    for credit, (debtor, cents, day, source) in booked.items():
        if source.startswith("payment:"):  # it named an invoice, even where nothing of that was open
            named[credit].add(folded(source.removeprefix("payment:").rsplit(":", 2)[0]))
        found[credit] = _Unlinked(debtor, -cents, day, frozenset(named[credit]), source.startswith("list-settled:"))
    return found


def _is_named(match: Match) -> bool:
    return match.match_class is MatchClass.ADVICE or bool(NAMED & set(match.evidence))


def _numbers_in(row: BankTransaction) -> frozenset[str]:
    """Give every number that the payer may have named, folded."""
    reference = {folded(row.structured_reference)} if row.structured_reference else set()
    return words(row.text) | words(row.end_to_end_id) | reference

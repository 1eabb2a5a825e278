"""What follows on every import: receipts that wait are matched; what is certain is booked, the rest is proposed.

Part of the verb `files.bring_in`; the verbs by which a person decides are in `receipts_by_hand.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice

from django.db.models import Count, QuerySet

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import BankTransaction
from voldaan.records.bulk import Keys, Words
from voldaan.records.debtors import Debtor, PayerAlias
from voldaan.records.documents import Document
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Entry
from voldaan.rules import names, precision
from voldaan.rules.candidates import Candidate
from voldaan.rules.imputation import claims_first
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.like_names import MOST, most_like
from voldaan.rules.matches import MOST_PROPOSALS, Evidence, Match, MatchClass, Receipt, Settles
from voldaan.rules.matching import of_reference, propose
from voldaan.rules.paid_twice import guarded
from voldaan.rules.permissions import Actor
from voldaan.rules.precision import Wanted
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.remittance import folded, words
from voldaan.rules.taking_in import Part, Tell, told_by_nobody
from voldaan.usecases import known_payments, proposals, receipts
from voldaan.usecases.candidates import Candidates
from voldaan.usecases.known_payments import KnownPayments
from voldaan.usecases.receipts import Movement, ToBook
from voldaan.usecases.remittance_advices import Advices
from voldaan.usecases.repeats import Repeats, paid

AT_ONCE = 2_000  # receipts whose candidates are looked up together
FEW = 5  # items with the amount of a receipt, and nothing else to go by: more tell nobody anything
WAITING = [ReceiptState.UNMATCHED.value, ReceiptState.PROPOSED.value]
NOBODY: frozenset[int] = frozenset()
NAMED = {Evidence.STRUCTURED_REFERENCE, Evidence.INVOICE_NUMBER}


@dataclass(frozen=True, slots=True)
class Matched:
    """How many receipts were booked by themselves, proposed to a person, or neither."""

    booked: int = 0
    proposed: int = 0
    unmatched: int = 0


def match(*, document: Document | None = None, tell: Tell = told_by_nobody, actor: Actor,
          today: date) -> Matched:  # fmt: skip
    """Match every receipt that waits; of a statement, count what still waits of the receipts that it brought."""
    waiting = BankTransaction.objects.of(actor.administration_id).filter(
        state__in=WAITING, amount_cents__gt=0, left_cents__gt=0
    )
    booked, payers = _match(waiting, actor, today, tell=tell)
    # What was booked tells which accounts pay for whom: that may settle others from the same accounts.
    more, _ = _match(waiting.filter(counterparty_iban__in=Words(payers)), actor, today) if payers else (0, set())
    left = waiting if document is None else waiting.filter(statement__document=document)
    states: dict[str, int] = dict(left.order_by().values_list("state").annotate(count=Count("pk")))
    proposed = states.pop(ReceiptState.PROPOSED.value, 0)
    return Matched(booked + more, proposed, sum(states.values()))


def propose_again(*receipts: int, actor: Actor, today: date) -> None:
    """Look anew at receipts that a person took back, and leave them to him: part of that verb."""
    waiting = BankTransaction.objects.of(actor.administration_id).filter(amount_cents__gt=0, pk__in=Keys(receipts))
    _match(waiting, actor, today, left_to_person=receipts)


def _match(waiting: QuerySet[BankTransaction], actor: Actor, today: date, *, left_to_person: Collection[int] = (),
           tell: Tell = told_by_nobody) -> tuple[int, set[str]]:  # fmt: skip
    """Match these receipts; give how many were booked, and from which accounts."""
    booked, payers, done = 0, set[str](), 0
    for rows, of in blocks(waiting):
        tell(Part.MATCHING, done, of)
        done += len(rows)
        found = Block(rows, actor.administration_id, left_to_person).decided()
        carry_out(found, actor=actor, today=today)
        booked += len(set(found.linked.values())) + len({one.transaction.pk for one in found.to_book})
        payers |= {one.transaction.counterparty_iban for one in found.to_book} - {""}
    return booked, payers


def blocks(waiting: QuerySet[BankTransaction]) -> Iterator[tuple[list[Movement], int]]:
    """Give these receipts so many at a time, each time in one currency; and how many there are."""
    ids = list(waiting.order_by("booking_date", "pk").values_list("pk", flat=True))
    for at in range(0, len(ids), AT_ONCE):
        rows = Movement.of(waiting.filter(pk__in=Keys(ids[at : at + AT_ONCE])).order_by("booking_date", "pk"))
        for currency in sorted({row.currency for row in rows}):
            yield [row for row in rows if row.currency == currency], len(ids)


@dataclass(slots=True)
class Decided:
    """What is to be written of a block of receipts."""

    advices: Advices
    linked: dict[int, int] = field(default_factory=dict)  # credit that was booked before: the receipt that brought it
    to_book: list[ToBook] = field(default_factory=list)
    waiting: list[tuple[Movement, list[Match]]] = field(default_factory=list)


def carry_out(found: Decided, *, actor: Actor, today: date) -> None:
    """Book what is certain of a block, and propose the rest."""
    known_payments.link(found.linked, actor=actor)
    receipts.book(found.to_book, by=By.MACHINE, actor=actor, today=today)
    proposals.withdraw([one.transaction.pk for one in found.to_book], actor.administration_id)
    proposals.renew(found.waiting, actor=actor)
    found.advices.link()


class Block:
    """Receipts in one currency, and everything that they could be about. It reads, and writes nothing."""

    def __init__(self, rows: list[Movement], books: int, left_to_person: Collection[int] = ()) -> None:
        self.rows = rows
        self.books = books
        self.words = {row.pk: _numbers_in(row) for row in rows}
        self.payers = self._payers()
        self.refused, self.taken_back = self._judged()
        self.taken_back.update(left_to_person)
        self.repeats = Repeats(rows, books)
        settings = Administration.objects.values_list("match_tolerance", "matching_precision", "country")
        self.tolerance_cents, wanted, self.country = settings.get(pk=books)
        self.blocked = set(OwnAccount.objects.of(books).filter(is_blocked=True).values_list("iban", flat=True))
        self.by_itself = precision.by_itself(Wanted(wanted))
        self.namesakes: dict[str, set[int]] = {}
        self.candidates = Candidates(books, rows[0].currency)
        self.advices = Advices(rows, books)
        self.candidates.read_named(self.advices.numbers.union(*self.words.values()))
        self.candidates.read_claims()
        self.plain = self._plain()
        self.wanted: dict[int, Collection[int]] = {}  # the items that each of the others may pay
        self._look_further([row for row in rows if row.pk not in self.plain])
        self.known = KnownPayments(books, {*self.candidates.owners, *set().union(*self.payers.values())}, rows)

    def decided(self) -> Decided:
        """Say what is certain, what is named by the payer first; and what to propose of the rest."""
        decided = Decided(self.advices)
        new: list[Movement] = []
        for row in self.rows:
            if self.known and (brought := self._brings(row)):
                decided.linked |= dict.fromkeys(brought, row.pk)
            else:
                new.append(row)
        rest: list[tuple[Movement, list[Match]]] = []
        for row in new:
            found = self._matches(row)
            if found and found[0].certain and _is_named(found[0]):
                decided.to_book += self._take(row, found[0])
            else:
                rest.append((row, found))
        for row, before_others in rest:
            # Again: what others paid is open no longer.
            found = self._matches(row) if before_others and self._is_touched(row) else before_others
            if found and found[0].certain:
                decided.to_book += self._take(row, found[0])
            else:
                decided.waiting.append((row, found))
        return decided

    def _judged(self) -> tuple[dict[int, set[Settles]], set[int]]:
        """Give what a person refused for each receipt, and the receipts whose booking a person took back."""
        ids = Keys([row.pk for row in self.rows])
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
        reversals = Entry.objects.of(self.books).filter(kind=EntryKind.REVERSAL.value, credit__transaction__in=ids)
        return refused, {t for t in reversals.values_list("credit__transaction", flat=True) if t is not None}

    def _payers(self) -> dict[str, frozenset[int]]:
        known: dict[str, set[int]] = defaultdict(set)
        ibans = {row.counterparty_iban for row in self.rows} - {""}
        rows = PayerAlias.objects.of(self.books).filter(iban__in=Words(ibans))
        for iban, debtor in rows.values_list("iban", "debtor_id"):
            known[iban].add(debtor)
        return {iban: frozenset(debtors) for iban, debtors in known.items()}

    def _plain(self) -> dict[int, int]:
        """Give the receipts with the reference and the amount of one item: nothing else need be looked up for them.

        Unless others may pay that item too, it was claimed on, or a person had a say in it.
        """
        asked = Counter(word for words_ in self.words.values() for word in words_)
        items, claims = self.candidates, self.candidates.claims.values()
        claimed_on = {pk for claim in claims for pk in claim.principals} | set(items.claims)
        plain: dict[int, int] = {}
        for row in self.rows if not self.advices.numbers else ():
            reference = row.structured_reference
            if not reference or row.pk in self.refused or row.pk in self.taken_back or asked[reference] != 1:
                continue
            ids = items.by_reference.get(reference, ())
            if len(ids) == 1 and ids[0] not in claimed_on and items.items[ids[0]].open_cents == row.left_cents:
                plain[row.pk] = ids[0]
        return plain

    def _look_further(self, rows: list[Movement]) -> None:
        """Read what these receipts may pay by who pays, and of those of whom that tells nothing by their amount."""
        self.namesakes |= self._bearers({names.folded(row.counterparty_name) for row in rows} - {""})
        payers = [self.payers.get(row.counterparty_iban, ()) for row in rows]
        self.candidates.read_of(set().union(*payers, *self.namesakes.values()))
        self.candidates.read_amounts({row.left_cents for row in rows if not self._pointed_at(row)})
        self.candidates.read_claims()

    def _bearers(self, called: Collection[str]) -> dict[str, set[int]]:
        known: dict[str, set[int]] = defaultdict(set)
        rows = Debtor.objects.of(self.books).filter(name_search__in=Words(called))
        for name, debtor in rows.values_list("name_search", "pk"):
            known[name].add(debtor)
        return known

    def _pointed_at(self, row: Movement) -> dict[int, None]:
        """Give the items that the words, the account or the name of a receipt point at, in order."""
        found: dict[int, None] = {}
        for number in sorted(self.words[row.pk]):
            found.update(dict.fromkeys(self.candidates.by_number.get(number, ())))
            found.update(dict.fromkeys(self.candidates.by_reference.get(number, ())))
        payers = self.payers.get(row.counterparty_iban, frozenset())
        for debtor in sorted(payers | self.namesakes.get(names.folded(row.counterparty_name), set())):
            found.update(dict.fromkeys(self.candidates.by_debtor.get(debtor, ())))
        return found

    def _is_touched(self, row: Movement) -> bool:
        """Tell whether others paid something that may change what was found for a receipt."""
        if self.candidates.claims or self.advices.numbers or self.repeats.before(row):
            return True
        return not self.candidates.taken.isdisjoint(self.wanted[row.pk])

    def _matches(self, row: Movement) -> list[Match]:
        if plain := self.plain.pop(row.pk, None):
            item = self.candidates.items[plain]
            is_still_it = item.open_cents == row.left_cents and not self.repeats.before(row)
            if is_still_it and MatchClass.REFERENCE_AMOUNT in self.by_itself:
                known = self.payers.get(row.counterparty_iban, NOBODY)
                return [of_reference(self._receipt(row), item, known_payers=known)]
            self._look_further([row])  # another took it after all
        self.wanted[row.pk] = self._wanted(row)
        return self._proposed(row, self.wanted[row.pk])

    def _wanted(self, row: Movement) -> Collection[int]:
        """Give the items that a receipt may pay: what it points at, else the few that have its amount."""
        if wanted := self._pointed_at(row):
            return wanted
        return self._with_amount(row)

    def _with_amount(self, row: Movement) -> list[int]:
        """Find the few items with this amount; among many, those of the one customer whose name is like the payer's."""
        same = self.candidates.by_amount.get(row.left_cents, [])
        if len(same) <= FEW or not row.counterparty_name:
            return same if len(same) <= FEW else []
        items = [self.candidates.items[pk] for pk in islice(same, MOST + 1)]
        alike = most_like(row.counterparty_name, {item.debtor_id: item.debtor_name for item in items})
        return [item.receivable_id for item in items if item.debtor_id == alike]

    def _proposed(self, row: Movement, wanted: Iterable[int]) -> list[Match]:
        """Say what a receipt may pay of these items."""
        candidates = [item for pk in wanted if (item := self.candidates.items[pk]).open_cents > 0]
        payers = self.payers.get(row.counterparty_iban, NOBODY)
        refused = self.refused.get(row.pk, set())
        found = []
        if candidates:
            found = propose(self._receipt(row), candidates, known_payers=payers, refused=refused,
                            by_itself=self.by_itself)  # fmt: skip
        told = self.advices.match(row, self._items_of, payers)
        if told and MatchClass.ADVICE not in self.by_itself:
            told = told._replace(certain=False)
        if told and told.settles not in refused:
            # What the payer's own list says goes before every guess; where it does not fit, a person looks.
            others = [match._replace(certain=False) for match in found if {*match.settles} != {*told.settles}]
            found = [told, *([] if told.certain else others[: MOST_PROPOSALS - 1])]
        if self.candidates.claims:
            found = [self._claims_first(match, row) for match in found]
        if earlier := self.repeats.before(row):
            found = guarded(found, paid(row), earlier)
        found = [match for match in found if match.settles not in refused]
        return [match._replace(certain=False) for match in found] if row.pk in self.taken_back else found

    def _receipt(self, row: Movement) -> Receipt:
        return Receipt(
            row.left_cents, row.value_date, row.counterparty_iban, row.counterparty_name, row.text,
            row.structured_reference, row.end_to_end_id, self.tolerance_cents,
            row.account in self.blocked, self.country,
        )  # fmt: skip

    def _items_of(self, number: str) -> list[Candidate]:
        """Give the items with an invoice number; what was claimed because of it only where there is nothing else."""
        pks = self.candidates.by_number.get(number, [])
        return [self.candidates.items[pk] for pk in [pk for pk in pks if pk not in self.candidates.claims] or pks]

    def _claims_first(self, match: Match, row: Movement) -> Match:
        """Let the money pay what was claimed before the principal, of each debtor; then less of that is settled."""
        of_each: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for line in match.lines:
            of_each[self.candidates.items[line[0]].debtor_id].append(line)
        claims = self.candidates.claims.values()
        each = (claims_first(theirs, claims, paid_on=row.value_date) for theirs in of_each.values())
        lines = tuple(chain.from_iterable(each))
        if lines != match.lines and (match.given_up or match.match_class is MatchClass.ADVICE):
            return match._replace(lines=lines, given_up=(), certain=False)
        return match._replace(lines=lines)

    def _take(self, row: Movement, found: Match) -> list[ToBook]:
        """Put a certain match aside for booking; what it pays is no longer open for the others."""
        beside = [(receivable, cents, 0) for _, receivable, cents in found.taken_off]
        self.candidates.take([*found.settles, *beside])
        self.advices.spend(found)
        self.repeats.booked(row, found.debtor_id)
        booking = ToBook(
            row, found.debtor_id, row.left_cents, found.lines, found.match_class.value, tuple(found.evidence_words),
            found.given_up, found.taken_off,
        )  # fmt: skip
        return booking.per_debtor({pk: self.candidates.items[pk].debtor_id for pk, _ in found.lines})

    def _brings(self, row: Movement) -> list[int]:
        """Find the bookings without a bank line that this one brings."""
        signs, items = self.words[row.pk], self.candidates
        # What names an open item pays that, and is not the payment of before by the same payer.
        names_another = any(
            items.items[pk].open_cents
            for sign in signs
            for pk in (*items.by_number.get(sign, ()), *items.by_reference.get(sign, ()))
        )
        payers = () if names_another else self.payers.get(row.counterparty_iban, ())
        return self.known.brought_by(row, signs, payers)


def _is_named(match: Match) -> bool:
    return match.match_class is MatchClass.ADVICE or bool(NAMED & set(match.evidence))


def _numbers_in(row: Movement) -> frozenset[str]:
    """Give every number that the payer may have named, folded."""
    reference = {folded(row.structured_reference)} if row.structured_reference else set()
    return words(row.text) | words(row.end_to_end_id) | reference

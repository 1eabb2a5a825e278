"""Lists of payers: kept as they come in, held against the receipts that wait, and removed by a person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, Sum

from voldaan.records import bulk
from voldaan.records.bulk import Words
from voldaan.records.documents import Document
from voldaan.records.imports import Import
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Credit, Entry
from voldaan.records.remittance_advices import AdvisedLine, RemittanceAdvice, unsettled
from voldaan.rules import names, papers
from voldaan.rules.advised import Advice, Line, Note, pairs, spread_as_told, whose
from voldaan.rules.candidates import Candidate
from voldaan.rules.matches import Match
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.remittance import folded
from voldaan.usecases import events
from voldaan.usecases.open_items import credit_number
from voldaan.usecases.receipts import Movement

DAYS_AROUND = 14  # at most, between the day of a list and that of its receipt


class NoSuchAdvice(Refusal):
    code = "no_such_advice"
    kind = Kind.NOT_FOUND
    says = mark("There is no list of a payer {advice} in this administration.")


class AdviceBooked(Refusal):
    code = "advice_booked"
    kind = Kind.CONFLICT
    says = mark("The receipt of this list is booked. Take the receipt back first.")


def take_in(paper: papers.RemittanceAdvice, *, document: Document, actor: Actor, today: date) -> bool:
    """Keep a list; False where it is there already, as another file. Part of the verb `files.bring_in`."""
    books = actor.administration_id
    said = [(folded(each.invoice_number) or each.words, each.cents, each.reduced_cents) for each in paper.lines]
    fingerprint = sha256(repr((paper.currency, paper.cents, sorted(said))).encode()).hexdigest()
    # Of another day it is another payment: as much once more on the same invoice, say.
    is_of_then = Q(paid_on=None) | Q(paid_on=paper.paid_on) if paper.paid_on else Q()
    if RemittanceAdvice.objects.of(books).filter(is_of_then, is_removed=False, fingerprint=fingerprint).exists():
        return False
    advice = RemittanceAdvice.objects.of(books).create(
        administration_id=books, document=document, payer=paper.payer, paid_on=paper.paid_on, told_on=today,
        currency=paper.currency, total_cents=paper.cents, is_whole=paper.is_whole, fingerprint=fingerprint,
    )  # fmt: skip
    bulk.insert(
        AdvisedLine, ("invoice_number", "cents", "reduced_cents", "words"),
        ((each.invoice_number, each.cents, each.reduced_cents, each.words) for each in paper.lines),
        administration_id=books, advice_id=advice.pk,
    )  # fmt: skip
    return True


@transaction.atomic
def remove(*, advice: str, actor: Actor, today: date) -> None:
    """Set a list of a payer aside; its file may come in again. Twice does no harm.

    Raises:
        NoSuchAdvice, AdviceBooked: there is nothing to remove.
    """
    actor.must(Deed.IMPORT)
    books = actor.administration_id
    row = RemittanceAdvice.objects.of(books).select_for_update(no_key=True).filter(public_id=advice).first()
    if row is None:
        raise NoSuchAdvice(advice=advice)
    if row.is_removed:
        return
    if not unsettled(books).filter(pk=row.pk).exists():
        raise AdviceBooked(advice=advice)
    row.is_removed = True
    row.save(update_fields=["is_removed"])
    Import.objects.of(books).filter(document=row.document_id).delete()
    events.write("advice.removed", actor=actor, today=today, payer=row.payer or "–",
                 amount=str(Money(row.total_cents, row.currency)))  # fmt: skip


class Advices:
    """The lists that some receipts may be about, all in one currency: part of the matching, for a block of receipts."""

    def __init__(self, rows: Sequence[Movement], books: int) -> None:
        self._books = books
        self._by_receipt: dict[int, Advice] = {}
        self._doubtful: set[int] = set()  # receipts
        self._linked: dict[int, int] = {}  # list: its receipt
        self._find(rows)
        self.numbers = {line.number for one in self._by_receipt.values() for line in one.lines} - {""}
        self._settled, self._notes = self._known(rows[0].currency) if self.numbers else (frozenset[str](), {})

    def _find(self, rows: Sequence[Movement]) -> None:
        by_amount: dict[int, list[Movement]] = defaultdict(list)
        for row in rows:
            by_amount[row.left_cents].append(row)
        waiting = unsettled(self._books).filter(currency=rows[0].currency)
        found = {one.pk: one for one in waiting.filter(total_cents__in=bulk.Keys(list(by_amount)))}
        near = (
            (days, one.pk, row.pk)
            for one in found.values()
            for row in by_amount[one.total_cents]
            if (days := abs((row.value_date - (one.paid_on or one.told_on)).days)) <= DAYS_AROUND
        )
        taken, self._doubtful = pairs(near)
        lines = self._lines(taken)
        for pk, receipt in taken.items():
            one = found[pk]
            self._by_receipt[receipt] = Advice(
                pk, one.paid_on or one.told_on, one.currency, one.is_whole, tuple(lines[pk])
            )

    def _lines(self, advices: Collection[int]) -> dict[int, list[Line]]:
        lines: dict[int, list[Line]] = defaultdict(list)
        if advices:
            rows = AdvisedLine.objects.of(self._books).filter(advice__in=advices).order_by("pk")
            for advice, number, words, *cents in rows.values_list("advice_id", "invoice_number", "words", "cents",
                                                                  "reduced_cents"):  # fmt: skip
                lines[advice].append(Line(folded(number), number or words, cents[0], cents[1]))
        return lines

    def _known(self, currency: str) -> tuple[frozenset[str], dict[str, Note]]:
        """Give the numbers that are known here, open or not, and the credit notes that still have something."""
        known: set[str] = set()
        notes: dict[str, Note] = {}
        debtors: set[int] = set()
        invoices = Invoice.objects.of(self._books).filter(number_folded__in=Words(self.numbers))
        for number, debtor in invoices.values_list("number_folded", "debtor"):
            known.add(number)
            debtors.add(debtor)
        theirs = Credit.objects.of(self._books).filter(
            debtor__in=bulk.Keys(debtors), currency=currency, open_cents__gt=0
        )
        # An open-items list brings a credit note without its paper: only the source of its entry has the number.
        listed = Entry.objects.of(self._books).filter(credit__in=theirs, source__startswith="list-credit:")
        for source, *facts in listed.values_list("source", "credit", "credit__debtor", "credit__open_cents"):
            notes[folded(credit_number(source))] = Note(*facts)
        credits_ = Credit.objects.of(self._books).filter(
            invoice__number_folded__in=Words(self.numbers), currency=currency, open_cents__gt=0
        )
        for number, *facts in credits_.values_list("invoice__number_folded", "pk", "debtor_id", "open_cents"):
            notes[number] = Note(*facts)
        return frozenset(known), notes

    def match(self, row: Movement, items_of: Callable[[str], Sequence[Candidate]],
              payers: Collection[int]) -> Match | None:  # fmt: skip
        """Say what a receipt pays by its list; `payers` are those who are known to pay from its account."""
        advice = self._by_receipt.get(row.pk)
        if advice is None:
            return None
        items = {line.number: items_of(line.number) for line in advice.lines if line.number}
        debtor = whose(advice, items)
        if debtor is None:
            return None
        self._linked[advice.id] = row.pk
        return spread_as_told(
            advice, row.left_cents, debtor, items, settled=self._settled, notes=self._notes, paid_on=row.value_date,
            is_payer=debtor in payers or (not payers and _is_named(row, debtor, items)),
            is_alone=row.pk not in self._doubtful,
        )  # fmt: skip

    def spend(self, match: Match) -> None:
        """Take off what of the credit notes is used."""
        used: Counter[int] = Counter()
        for credit, _, cents in match.taken_off:
            used[credit] += cents
        self._notes = {
            number: note._replace(open_cents=note.open_cents - used[note.credit_id])
            for number, note in self._notes.items()
        } if used else self._notes  # fmt: skip

    def link(self) -> None:
        """Write down which receipt each list is about."""
        RemittanceAdvice.objects.of(self._books).bulk_update(
            [RemittanceAdvice(pk=advice, transaction_id=row) for advice, row in self._linked.items()],
            ["transaction"], batch_size=500,
        )  # fmt: skip


def _is_named(row: Movement, debtor: int, items: Mapping[str, Sequence[Candidate]]) -> bool:
    """Tell whether the payer bears the name of the debtor, of whom no account is known yet."""
    called = names.folded(row.counterparty_name)
    own = {item.debtor_name for some in items.values() for item in some if item.debtor_id == debtor}
    return called != "" and called in map(names.folded, own)


def booked_already(document: Document, *, actor: Actor) -> int:
    """Link a list to its receipt where that was booked before the list came; give how many. Part of `files.bring_in`.

    It is the only one of that amount and near in time, and the customer is the one of most of what the list names.
    """
    books = actor.administration_id
    done = 0
    for one in unsettled(books).filter(document=document, transaction=None):
        numbers = {folded(n) for n in _numbers(books, one.pk)}
        owners = Invoice.objects.of(books).filter(number_folded__in=numbers).order_by()
        owed = owners.values_list("debtor_id").annotate(cents=Sum("amount_cents")).order_by("-cents", "debtor_id")
        debtor = next((pk for pk, _ in owed), None)
        credits_ = Credit.objects.of(books).filter(
            debtor=debtor, currency=one.currency, transaction__amount_cents=one.total_cents, transaction__left_cents=0
        )
        told_of = RemittanceAdvice.objects.of(books).filter(transaction__isnull=False, is_removed=False)
        credits_ = credits_.exclude(transaction__in=told_of.values("transaction"))
        day = one.paid_on or one.told_on
        rows = {pk for pk, on in credits_.values_list("transaction_id", "transaction__value_date")
                if abs((on - day).days) <= DAYS_AROUND}  # fmt: skip
        if len(rows) == 1:
            one.transaction_id = rows.pop()
            one.save(update_fields=["transaction"])
            done += 1
    return done


def _numbers(books: int, advice: int) -> Iterable[str]:
    return AdvisedLine.objects.of(books).filter(advice=advice).values_list("invoice_number", flat=True)

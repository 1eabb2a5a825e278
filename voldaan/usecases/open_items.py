"""The verb that takes in an open-items list: what is new is brought forward, what differs is told, edits are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, Sum

from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.records.terms import days_at
from voldaan.rules import days, names, references
from voldaan.rules.exports import SETTLED_BY_LIST
from voldaan.rules.holds import HoldReason
from voldaan.rules.ledger import EntryKind
from voldaan.rules.lists import difference
from voldaan.rules.money import Money
from voldaan.rules.papers import OpenItem, Problem, Severity
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.rules.remittance import folded
from voldaan.rules.terms import TermBasis
from voldaan.usecases import ledger, parties
from voldaan.usecases.ledger import BLOCK, NewEntry

TWO_CUSTOMERS = mark(
    "Invoice number {invoice} belongs to another customer already: {other}. An invoice number is of one customer; "
    "mend the list, or map another column as invoice number."
)
OTHER_CURRENCY = mark(
    "Invoice {invoice} is in {known} and here in {said}: an invoice is in one currency. Mend the list."
)
OTHER_KIND = mark(
    "Number {invoice} is both of an invoice and of a credit note. Each document has a number of its own; mend it and "
    "take the file in again."
)
CREDIT_DIFFERS = mark(
    "Credit {invoice} of {debtor} stands at {known} here and at {said} in the list. Nothing was changed: set it right "
    "by hand."
)
CLAIMS = [EntryKind.INVOICED.value, EntryKind.BROUGHT_FORWARD.value, EntryKind.CORRECTION.value]


@dataclass
class TakenIn:
    """What became of the items of a list."""

    new: int = 0
    changed: int = 0
    vanished: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)  # for which it is refused
    remarks: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """A receivable that is in the books already."""

    pk: int
    debtor_id: int
    due_date: date
    claimed_cents: int
    open_cents: int
    number: str
    instalment: int


@dataclass(frozen=True, slots=True)
class _Part:
    """One item of the list, placed: of which debtor, under which invoice number, the how-manieth instalment."""

    item: OpenItem
    debtor_id: int
    number: str
    instalment: int


def take_in(items: Sequence[OpenItem], problems: Iterable[Problem], *, document: Document, actor: Actor,
            today: date) -> TakenIn:  # fmt: skip
    """Bring the books in line with a list. Part of the verb `files.bring_in`, which holds the transaction."""
    done = TakenIn()
    debtors = parties.of_items(items, actor=actor)
    done.changed += debtors.changed
    known = _known_receivables(actor)
    numbered = _numbered(items, debtors.ids, known.values())
    if faults := _faults([part for part in numbered if part.item.open_cents > 0], actor):
        done.problems = faults
        return done
    claims = [part for part in numbered if part.item.open_cents > 0]
    credits_ = [part for part in numbered if part.item.open_cents < 0]
    asked = {problem.place: problem for problem in problems if problem.severity is Severity.QUESTION}
    fresh, grown, settled = [], [], {}
    for part in claims:
        row = known.get((part.number, part.instalment))
        if row is None:
            fresh.append(part)
            continue
        told = difference(listed_cents=part.item.open_cents, claimed_cents=row.claimed_cents, open_cents=row.open_cents)
        if told.grown_cents:
            grown.append((part, row, told.grown_cents))
        if told.settled_cents:
            settled[row.pk] = (row, told.settled_cents)
    _bring_forward(fresh, asked, actor=actor, today=today)
    done.remarks = list(_differing_credits(credits_, actor))
    new_credits = _bring_credits(credits_, actor=actor, today=today)
    _correct(grown, document, actor=actor, today=today)
    listed = {(part.number, part.instalment) for part in claims}
    vanished = _vanished(known, listed, actor)
    settled.update({row.pk: (row, row.open_cents) for row in vanished})
    _propose(settled, document, actor)
    done.new = len(fresh) + new_credits
    done.changed += len(grown) + sum(row.pk not in {v.pk for v in vanished} for row, _ in settled.values())
    done.vanished = len(vanished)
    done.known = len(numbered) - done.new - len(grown) - (len(settled) - len(vanished))
    return done


def _numbered(items: Sequence[OpenItem], debtor_ids: Sequence[int], known: Iterable[_Known]) -> list[_Part]:
    """Place each item under its invoice number and instalment; one without a number gets one from what it has."""
    by_number: dict[str, list[tuple[OpenItem, int]]] = defaultdict(list)
    for item, debtor_id in zip(items, debtor_ids, strict=True):
        number = item.invoice_number[:60]
        if not number:
            whose = item.debtor_number or names.slug(item.debtor_name)
            number = f"{whose[:40]}/{item.issue_date or item.due_date or '-'}"
        by_number[number].append((item, debtor_id))
    there: dict[str, list[_Known]] = defaultdict(list)
    for row in known:
        there[row.number].append(row)
    parts = []
    for number, group in by_number.items():
        group.sort(key=lambda pair: pair[0].due_date or date.max)
        claims = [pair for pair in group if pair[0].open_cents > 0]
        others = [pair for pair in group if pair[0].open_cents <= 0]
        places = _instalments([item for item, _ in claims], there[number])
        parts += [_Part(item, debtor, number, nth) for nth, (item, debtor) in zip(places, claims, strict=True)]
        parts += [_Part(item, debtor, number, nth) for nth, (item, debtor) in enumerate(others, 1)]
    return parts


def _instalments(items: list[OpenItem], known: list[_Known]) -> list[int]:
    """Tell which instalment of an invoice each item is: known by its due date, else by order; what is over is new.

    An instalment that was paid is on no list any more, so the others may not take its place.
    """
    free = sorted(known, key=lambda row: (row.due_date, row.instalment))
    places: dict[int, int] = {}
    for at, item in enumerate(items):
        if row := next((row for row in free if row.due_date == item.due_date), None):
            free.remove(row)
            places[at] = row.instalment
    if len(items) + len(known) > 2:
        free = [row for row in free if row.open_cents]
    rest = [at for at in range(len(items)) if at not in places]
    places.update(zip(rest, (row.instalment for row in free), strict=False))
    last = max((row.instalment for row in known), default=0)
    fresh = [at for at in rest if at not in places]
    places.update({at: last + nth for nth, at in enumerate(fresh, 1)})
    return [places[at] for at in range(len(items))]


def _faults(claims: list[_Part], actor: Actor) -> list[Problem]:
    """Find numbers that are of one customer, in one currency, of one kind of document here, and of another there."""
    books = actor.administration_id
    rows = Invoice.objects.of(books).values_list("number", "debtor_id", "currency", "kind")
    known = {number: (debtor, currency, kind) for number, debtor, currency, kind in rows}
    called = dict(Debtor.objects.of(books).values_list("pk", "name"))
    faults = []
    for part in claims:
        debtor, currency, kind = known.setdefault(part.number, (part.debtor_id, part.item.currency, "invoice"))
        facts = {"invoice": part.number}
        if kind != "invoice":
            faults.append(Problem(part.item.place, OTHER_KIND, Severity.ERROR, facts))
        elif debtor != part.debtor_id:
            facts["other"] = called[debtor]
            faults.append(Problem(part.item.place, TWO_CUSTOMERS, Severity.ERROR, facts))
        elif currency != part.item.currency:
            facts |= {"known": currency, "said": part.item.currency}
            faults.append(Problem(part.item.place, OTHER_CURRENCY, Severity.ERROR, facts))
    return faults


def _known_receivables(actor: Actor) -> dict[tuple[str, int], _Known]:
    rows = Receivable.objects.of(actor.administration_id)
    claimed = dict(
        Entry.objects.of(actor.administration_id)
        .filter(kind__in=CLAIMS, receivable__isnull=False)
        .order_by()
        .values_list("receivable_id")
        .annotate(cents=Sum("amount_cents"))
    )
    return {
        (number, instalment): _Known(pk, debtor_id, due_date, claimed.get(pk, 0), open_cents, number, instalment)
        for pk, debtor_id, due_date, open_cents, number, instalment in rows.values_list(
            "pk", "debtor_id", "due_date", "open_cents", "invoice__number", "instalment"
        )
    }


def _bring_forward(parts: list[_Part], asked: dict[str, Problem], *, actor: Actor, today: date) -> None:
    """Book what the books do not have yet, each for what is open of it."""
    if not parts:
        return
    books = actor.administration_id
    within = _terms(actor)
    by_number: dict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        by_number[part.number].append(part)
    invoices = dict(Invoice.objects.of(books).filter(kind="invoice").values_list("number", "pk"))
    made = Invoice.objects.of(books).bulk_create(
        [_invoice(number, group, today, books) for number, group in by_number.items() if number not in invoices],
        batch_size=BLOCK,
    )
    invoices.update({row.number: row.pk for row in made})
    receivables = Receivable.objects.of(books).bulk_create(
        [
            Receivable(
                administration_id=books, debtor_id=part.debtor_id, invoice_id=invoices[part.number],
                instalment=part.instalment, currency=part.item.currency, due_date=_due(part, within, today),
                term_basis=(TermBasis.STATED if part.item.due_date else TermBasis.NONE).value, open_cents=0,
            )
            for part in parts
        ],
        batch_size=BLOCK,
    )  # fmt: skip
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=part.debtor_id, kind=EntryKind.BROUGHT_FORWARD, currency=part.item.currency,
                amount_cents=part.item.open_cents, value_date=_issued(part, today),
                source=f"list:{part.number}/{part.instalment}", receivable_id=row.pk,
            )
            for part, row in zip(parts, receivables, strict=True)
        ],
        actor=actor, today=today,
    )  # fmt: skip
    Hold.objects.of(books).bulk_create(
        [
            Hold(
                administration_id=books, debtor_id=part.debtor_id, receivable=row, since=today,
                reason=HoldReason.QUESTION.value, explanation=question.what[:500], facts=dict(question.facts),
            )
            for part, row in zip(parts, receivables, strict=True)
            if (question := asked.get(part.item.place))
        ],
        batch_size=BLOCK,
    )  # fmt: skip


def _invoice(number: str, parts: list[_Part], today: date, books: int) -> Invoice:
    items = [part.item for part in parts]
    vat = [item.vat_cents for item in items]
    return Invoice(
        administration_id=books, debtor_id=parts[0].debtor_id, number=number,
        number_folded=folded(number)[:60], kind="invoice",
        issue_date=min(_issued(part, today) for part in parts), currency=items[0].currency,
        amount_cents=sum(item.open_cents if item.original_cents is None else item.original_cents for item in items),
        vat_cents=None if None in vat else sum(cents or 0 for cents in vat),
        payment_reference=_reference(items[0].payment_reference), description=items[0].description[:500],
    )  # fmt: skip


def _bring_credits(parts: list[_Part], *, actor: Actor, today: date) -> int:
    """Book what customers have with us according to the list: credit notes, prepayments."""
    books = actor.administration_id
    keyed = {_credit_source(part): part for part in parts}
    there = set(Entry.objects.of(books).filter(source__in=list(keyed)).values_list("source", flat=True))
    fresh = {source: part for source, part in keyed.items() if source not in there}
    rows = Credit.objects.of(books).bulk_create(
        [
            Credit(
                administration_id=books, debtor_id=part.debtor_id, currency=part.item.currency,
                value_date=_issued(part, today), open_cents=0,
            )
            for part in fresh.values()
        ],
        batch_size=BLOCK,
    )  # fmt: skip
    entries = [
        NewEntry(
            debtor_id=part.debtor_id, kind=EntryKind.BROUGHT_FORWARD, currency=part.item.currency,
            amount_cents=part.item.open_cents, value_date=_issued(part, today), source=source, credit_id=row.pk,
        )
        for (source, part), row in zip(fresh.items(), rows, strict=True)
    ]  # fmt: skip
    if entries:
        ledger.post(entries=entries, actor=actor, today=today)
    return len(fresh)


def _differing_credits(parts: list[_Part], actor: Actor) -> Iterator[Problem]:
    """Say which credits of an earlier list stand otherwise in this one, beyond what was used of them here."""
    listed = {_credit_source(part): (part.item.place, -part.item.open_cents) for part in parts}
    brought = Entry.objects.of(actor.administration_id).filter(
        kind=EntryKind.BROUGHT_FORWARD.value, credit__isnull=False, source__startswith="list-credit:"
    )
    facts = ("source", "amount_cents", "credit__open_cents", "currency", "debtor__name")
    for source, cents, open_cents, currency, debtor in brought.values_list(*facts):
        place, said = listed.get(source, ("file", 0))
        told = difference(listed_cents=said, claimed_cents=-cents, open_cents=open_cents or 0)
        if told.grown_cents or told.settled_cents:
            number = credit_number(source)
            amounts = {"known": str(Money(open_cents or 0, currency)), "said": str(Money(said, currency))}
            yield Problem(place, CREDIT_DIFFERS, Severity.WARNING, {"invoice": number, "debtor": debtor, **amounts})


def _credit_source(part: _Part) -> str:
    item = part.item
    whose = item.debtor_number or names.slug(item.debtor_name)
    return f"list-credit:{whose[:30]}:{part.number}:{item.issue_date or item.due_date or ''}:{part.instalment}"


def credit_number(source: str) -> str:
    """Give the number that a credit has in the list that brought it, of the source of its entry."""
    return ":".join(source.split(":")[2:-2])


def _correct(grown: list[tuple[_Part, _Known, int]], document: Document, *, actor: Actor, today: date) -> None:
    """Book what the bookkeeping claims more than before."""
    entries = [
        NewEntry(
            debtor_id=row.debtor_id, kind=EntryKind.CORRECTION, currency=part.item.currency, amount_cents=cents,
            value_date=today, source=f"list:{part.number}/{part.instalment}:{document.sha256[:16]}",
            receivable_id=row.pk,
        )
        for part, row, cents in grown
    ]  # fmt: skip
    if entries:
        ledger.post(entries=entries, actor=actor, today=today)


def _vanished(known: dict[tuple[str, int], _Known], listed: set[tuple[str, int]], actor: Actor) -> list[_Known]:
    """Find what came from a list, is open here, and is not on this list any more."""
    from_a_list = set(
        Entry.objects.of(actor.administration_id)
        .filter(kind=EntryKind.BROUGHT_FORWARD.value, receivable__isnull=False)
        .values_list("receivable_id", flat=True)
    )
    return [row for key, row in known.items() if key not in listed and row.open_cents > 0 and row.pk in from_a_list]


def _propose(settled: dict[int, tuple[_Known, int]], document: Document, actor: Actor) -> None:
    """Ask a person about what the bookkeeping has settled; what an earlier list asked is asked no longer."""
    books = actor.administration_id
    earlier = Proposal.objects.of(books).filter(match_class=SETTLED_BY_LIST)
    asked = {
        (receivable, cents): (proposal, state)
        for receivable, cents, proposal, state in ProposalLine.objects.of(books)
        .filter(proposal__in=earlier)
        .filter(Q(proposal__state="open") | Q(proposal__state="rejected"))
        .values_list("receivable_id", "amount_cents", "proposal_id", "proposal__state")
    }
    wanted = {(row.pk, cents) for row, cents in settled.values()}
    stale = [proposal for key, (proposal, state) in asked.items() if state == "open" and key not in wanted]
    earlier.filter(pk__in=stale).update(state="withdrawn")
    fresh = [(row, cents) for row, cents in settled.values() if (row.pk, cents) not in asked]
    proposals = Proposal.objects.of(books).bulk_create(
        [
            Proposal(administration_id=books, debtor_id=row.debtor_id, document=document, match_class=SETTLED_BY_LIST)
            for row, _ in fresh
        ],
        batch_size=BLOCK,
    )
    ProposalLine.objects.of(books).bulk_create(
        [
            ProposalLine(administration_id=books, proposal=proposal, receivable_id=row.pk, amount_cents=cents)
            for proposal, (row, cents) in zip(proposals, fresh, strict=True)
        ],
        batch_size=BLOCK,
    )


def _terms(actor: Actor) -> Callable[[int, date], int]:
    """Give the function that says within how many days a debtor pays an invoice of a day."""
    books = actor.administration_id
    rows = Debtor.objects.of(books).values_list("pk", "payment_term_days", "kind")
    own = {pk: (term, kind) for pk, term, kind in rows}
    agreed = days_at(books)

    def within(debtor_id: int, day: date) -> int:
        term, kind = own[debtor_id]
        return agreed(kind, day) if term is None else term

    return within


def _reference(text: str) -> str:
    """Write a payment reference in its normal form where it has one, so that it is found in what payers write."""
    return references.structured(text) or text[:60]


def _issued(part: _Part, today: date) -> date:
    return part.item.issue_date or part.item.due_date or today


def _due(part: _Part, within: Callable[[int, date], int], today: date) -> date:
    issued = _issued(part, today)
    return part.item.due_date or days.due_date(issued, within(part.debtor_id, issued))

"""What happened, for a dossier: bookings with what they move, and what people did, decided and wrote down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from voldaan.records.actions import Action, Task
from voldaan.records.events import Event
from voldaan.records.notes import Note
from voldaan.records.receivables import Allocation, Entry
from voldaan.rules.dossiers import MOST_PAPERS, Happening, PaperKind, TooLargeADossier
from voldaan.rules.ledger import EntryKind
from voldaan.rules.outbox import TaskState

MOST = 4 * MOST_PAPERS
PROVEN = (EntryKind.INVOICED.value, EntryKind.BROUGHT_FORWARD.value, EntryKind.INTEREST.value, EntryKind.COSTS.value)

# What no booking, message or task tells by itself. What is changed of a customer is none of a judge's business.
DECISIONS = ("follow_up.paused", "follow_up.resumed")
OF_A_CUSTOMER = (*DECISIONS, "debtor.merged", "follow_up.skipped", "message.resolved", "payment.taken_back",
                 "task.put_off")  # fmt: skip
LOST, BACK, DONE = ("write_off.approved", "write_off.made"), "entry.reversed", "task.done"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what a dossier is: of these customers (one, with his doubles) in a currency, or of these invoices alone."""

    books: int
    debtors: tuple[int, ...]
    currency: str
    with_notes: bool
    invoices: tuple[int, ...] = ()
    since: date | None = None  # of invoices: what was written down before them is not about them

    @property
    def of_receivable(self) -> Q:
        """Keep rows that name a receivable of it."""
        return Q(receivable__invoice__in=self.invoices) if self.invoices else Q(debtor__in=self.debtors)


def happenings(asked: Asked, messages: Sequence[Happening], proof: Mapping[tuple[PaperKind, str], int]
               ) -> list[Happening]:  # fmt: skip
    """List what happened by day; of one day the bookings first.

    Raises:
        TooLargeADossier: there is too much.
    """
    events = _events(asked)
    found = [*_entries(asked, events, proof), *_allocations(asked), *messages, *_decisions(asked, events),
             *_tasks(asked, events), *_notes(asked)]  # fmt: skip
    if len(found) > MOST:
        raise TooLargeADossier(most=MOST_PAPERS)
    return sorted(found, key=lambda one: one.day)


@dataclass(frozen=True, slots=True)
class _Said:
    kind: str
    day: date
    who: str
    invoice: int | None
    currency: str | None  # of that invoice
    facts: dict[str, Any]


def _events(asked: Asked) -> list[_Said]:
    kinds = (*OF_A_CUSTOMER, *LOST, BACK, DONE)
    rows = Event.objects.of(asked.books).filter(debtor__in=asked.debtors, kind__in=kinds).order_by("number")
    columns = ("kind", "day", "invoice_id", "invoice__currency", "facts", "user__name", "user__email")
    return [
        _Said(kind, day, name or email or "", invoice, currency, facts)
        for kind, day, invoice, currency, facts, name, email in rows.values_list(*columns)[: MOST + 1]
    ]


def _entries(asked: Asked, events: Sequence[_Said], proof: Mapping[tuple[PaperKind, str], int]) -> Iterator[Happening]:
    """Tell the bookings; of an invoice those on it, for the money of a customer may be of another."""
    whose = asked.of_receivable & Q(currency=asked.currency)
    # What moved between doubles moved between names of one customer.
    rows = (
        Entry.objects.of(asked.books).filter(whose).exclude(kind=EntryKind.MOVED.value).order_by("value_date", "number")
    )
    invoice = Coalesce("receivable__invoice__number", "credit__invoice__number")
    columns = ("value_date", "kind", "amount_cents", invoice, "receivable__invoice", "reverses__number",
               "credit__transaction__account", "source")  # fmt: skip
    found = list(rows.values_list(*columns)[: MOST + 1])
    backs = {said.facts.get("number"): said for said in events if said.kind == BACK}
    losses = _losses(found, events)
    for day, kind, cents, number, invoice_id, reverses, account, source in found:
        said = backs.get(reverses) if reverses is not None else None
        if kind == EntryKind.WRITE_OFF.value:
            said = losses.get((invoice_id, source.rpartition(":")[2]))
        facts = {"kind": kind, "invoice": number or "", "account": account or "",
                 "reason": said.facts.get("reason", "") if said else ""}  # fmt: skip
        is_credit = kind == EntryKind.CREDITED.value
        paper = proof.get((PaperKind.CREDIT_NOTE if is_credit else PaperKind.INVOICE, number or ""))
        proves = kind in PROVEN or is_credit
        yield Happening(day, "entry", facts, said.who if said else "", cents, paper if proves else None)


def _losses(rows: Sequence[tuple[Any, ...]], events: Sequence[_Said]) -> dict[tuple[int, str], _Said]:
    """Give who wrote off what and why, by its invoice and the end of its source.

    One write-off may be a booking on each instalment: they share their place among the write-offs of the invoice.
    """
    places, told = defaultdict[int, set[str]](set), defaultdict[int | None, list[_Said]](list)
    for _, kind, _, _, invoice, *_, source in rows:
        if kind == EntryKind.WRITE_OFF.value:
            places[invoice].add(source.rpartition(":")[2])
    for said in events:
        if said.kind in LOST:
            told[said.invoice].append(said)
    return {
        (invoice, place): said
        for invoice, of_it in places.items()
        if len(of_it) == len(told[invoice])
        for place, said in zip(sorted(of_it, key=int), told[invoice], strict=True)
    }


def _allocations(asked: Asked) -> Iterator[Happening]:
    """Tell what paid what. Of an invoice this moves what is owed; of a customer the money did already."""
    rows = Allocation.objects.of(asked.books).filter(asked.of_receivable, currency=asked.currency)
    columns = ("value_date", "amount_cents", "receivable__invoice__number", "credit__invoice__number", "by",
               "currency")  # fmt: skip
    for day, cents, invoice, note, by, currency in rows.order_by("value_date", "number").values_list(*columns)[
        : MOST + 1
    ]:
        facts = {"cents": abs(cents), "currency": currency, "invoice": invoice, "note": note or "", "by": by,
                 "is_undone": cents < 0}  # fmt: skip
        yield Happening(day, "allocation", facts, cents=-cents if asked.invoices else None)


def _decisions(asked: Asked, events: Sequence[_Said]) -> Iterator[Happening]:
    for said in events:
        if asked.invoices:
            is_about = said.kind in DECISIONS and said.invoice in asked.invoices
        else:
            is_about = said.kind in OF_A_CUSTOMER and said.currency in (None, asked.currency)
        if is_about:
            yield Happening(said.day, said.kind, said.facts, said.who)


def _tasks(asked: Asked, events: Sequence[_Said]) -> Iterator[Happening]:
    """Tell the calls and other tasks that were done, with their outcome and who did them."""
    rows = Task.objects.of(asked.books).filter(
        debtor__in=asked.debtors, currency=asked.currency, state=TaskState.DONE.value, ended_on__isnull=False
    )  # fmt: skip
    if asked.invoices:
        lines = Action.objects.of(asked.books).filter(receivable__invoice__in=asked.invoices, task__isnull=False)
        rows = rows.filter(pk__in=lines.values("task"))
    who = {(said.day, said.facts.get("what"), said.facts.get("outcome")): said.who for said in events
           if said.kind == DONE}  # fmt: skip
    columns = ("ended_on", "kind", "outcome")
    found: list[tuple[Any, ...]] = list(rows.order_by("ended_on", "pk").values_list(*columns)[: MOST + 1])
    for day, kind, outcome in found:
        yield Happening(day, "task", {"kind": kind, "outcome": outcome}, who.get((day, kind, outcome), ""))


def _notes(asked: Asked) -> Iterator[Happening]:
    """Tell the notes that still hold: neither withdrawn nor corrected."""
    if not asked.with_notes:
        return
    every = Note.objects.of(asked.books).filter(debtor__in=asked.debtors)
    corrected = every.filter(corrects__isnull=False).values("corrects")
    rows = every.filter(withdrawn_on__isnull=True).exclude(pk__in=corrected)
    if asked.since is not None:
        rows = rows.filter(written_on__gte=asked.since)
    columns = ("written_on", "text", "user__name", "user__email")
    for day, text, name, email in rows.order_by("written_on", "pk").values_list(*columns)[: MOST + 1]:
        yield Happening(day, "note", {"text": text}, name or email or "")

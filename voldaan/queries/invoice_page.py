"""One invoice or credit note whole: what it was, what is open of it, and every booking on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.queries import charges
from voldaan.queries.charges import Claimed, ClaimOf
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind, ReceivableKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchInvoice


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment of an invoice. Amounts are cents."""

    number: int
    due_date: date
    open_cents: int
    term_basis: str  # of `TermBasis` in rules/terms.py: what the due date rests on


@dataclass(frozen=True, slots=True)
class Line:
    """One booking: what is positive is owed more. A counter-row names what it takes back."""

    number: int  # of the booking
    value_date: date
    kind: str  # of an entry; `allocated` for money that pays
    cents: int
    payer: str  # who paid, where the bank says so
    transaction: str  # id of the bank transaction, where there is one
    other: tuple[str, str] | None  # the invoice or credit note at the other side: number and id
    by: str  # machine or person, of what was allocated
    evidence: list[str]  # marked
    is_undone: bool
    is_counter: bool
    why: str = ""  # as it was typed, of what was written off or taken back

    @property
    def is_allocation(self) -> bool:
        """Tell whether it is money that pays."""
        return self.kind == ALLOCATED

    @property
    def is_given_up(self) -> bool:
        """Tell whether it was given up: written off, or a few cents after a payment."""
        return self.kind in {WRITTEN_OFF, EntryKind.DIFFERENCE.value}

    @property
    def can_go(self) -> bool:
        """Tell whether it can be taken back."""
        return not (self.is_undone or self.is_counter)


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """Credit of the customer that could pay this invoice."""

    number: int  # booking number of what brought it
    value_date: date
    open_cents: int


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One invoice or credit note. Amounts are cents."""

    id: str
    number: str
    is_credit_note: bool
    claimed: Claimed | None  # where it comes from, of interest and costs that a letter claimed
    claims: list[ClaimOf]  # of an invoice: the interest and costs that letters claimed because of it
    debtor: str
    debtor_id: str
    issue_date: date
    currency: str
    cents: int
    vat_cents: int | None
    payment_reference: str
    description: str
    parts: list[Part]
    open_cents: int  # of a credit note: what it can still pay
    lines: list[Line]  # in the order of booking
    credits: list[OpenCredit]
    has_file: bool  # its document is kept
    can_be_sent: bool  # and it is a PDF, which the customer can be sent again


ALLOCATED = "allocated"
CREDIT_NOTE = "credit_note"
CLAIMED = (ReceivableKind.INTEREST.value, ReceivableKind.COSTS.value)
WRITTEN_OFF = EntryKind.WRITE_OFF.value
LOST = ("write_off.approved", "write_off.made")  # events of which each wrote something off


def invoice_page(id_: str, *, actor: Actor) -> InvoicePage:
    """Show one invoice or credit note.

    Raises:
        NoSuchInvoice: there is none of this id.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    found = Invoice.objects.of(books).filter(public_id=id_).select_related("debtor", "document").first()
    if found is None:
        raise NoSuchInvoice(invoice=id_)
    items = Receivable.objects.of(books).filter(invoice=found).order_by("due_date", "instalment")
    parts = [Part(*row) for row in items.values_list("instalment", "due_date", "open_cents", "term_basis")]
    is_credit_note = found.kind == CREDIT_NOTE
    left = Credit.objects.of(books).filter(invoice=found).values_list("open_cents", flat=True)
    document = found.document
    open_cents = sum(left if is_credit_note else (part.open_cents for part in parts))
    return InvoicePage(
        found.public_id, found.number, is_credit_note,
        charges.claimed(books, found.pk) if found.kind in CLAIMED else None,
        [] if is_credit_note or found.kind in CLAIMED else charges.claims_of(books, found.pk),
        found.debtor.name, found.debtor.public_id, found.issue_date, found.currency,
        found.amount_cents, found.vat_cents, found.payment_reference, found.description, parts,
        open_cents, _lines(found, books),
        [] if is_credit_note or not open_cents else _credits(found, books), document is not None,
        document is not None and document.media_type == "application/pdf" and not is_credit_note,
    )  # fmt: skip


def _lines(invoice: Invoice, books: int) -> list[Line]:
    """Give the bookings on it: those of its own amount, and what was allocated to it, or from it."""
    is_credit_note = invoice.kind == CREDIT_NOTE
    side = {"credit__invoice": invoice} if is_credit_note else {"receivable__invoice": invoice}
    entries = Entry.objects.of(books).filter(**side)
    undone = set(entries.exclude(reverses=None).values_list("reverses_id", flat=True))
    rows = list(
        entries.values_list(
            "pk", "number", "value_date", "kind", "amount_cents", "reverses_id", "reverses__number", "source"
        )
    )
    reasons = _reasons(
        invoice, [(number, kind, taken, source) for _, number, _, kind, _, _, taken, source in rows], books
    )
    lines = [
        Line(number, on, kind, cents, "", "", None, "", [], pk in undone, reverses is not None, reasons.get(number, ""))
        for pk, number, on, kind, cents, reverses, _, _ in rows
    ]
    paid = Allocation.objects.of(books).filter(**side)
    undone = set(paid.exclude(reverses=None).values_list("reverses_id", flat=True))
    other = "receivable__invoice" if is_credit_note else "credit__invoice"
    sign = 1 if is_credit_note else -1
    columns = ("pk", "number", "value_date", "amount_cents", "credit__transaction__counterparty_name",
               "credit__transaction__public_id", f"{other}__number", f"{other}__public_id", "by", "evidence",
               "reverses_id")  # fmt: skip
    lines += [
        Line(number, on, ALLOCATED, sign * cents, payer or "", receipt or "",
             (invoice_number, invoice_id) if invoice_id else None, by, evidence, pk in undone, reverses is not None)
        for pk, number, on, cents, payer, receipt, invoice_number, invoice_id, by, evidence, reverses in (
            paid.values_list(*columns)
        )
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.number)


def _reasons(invoice: Invoice, rows: list[tuple[int, str, int | None, str]], books: int) -> dict[int, str]:
    """Give what was typed where something was written off or taken back, by number of the booking."""
    found: dict[int, str] = {}
    if lost := [(number, int(source.rpartition(":")[2])) for number, kind, _, source in rows if kind == WRITTEN_OFF]:
        # One write-off may be a booking on each instalment: they share their place in the row of write-offs.
        places = sorted({place for _, place in lost})
        made = Event.objects.of(books).filter(kind__in=LOST, invoice=invoice).order_by("number")
        said = [str(facts.get("reason", "")) for facts in made.values_list("facts", flat=True)]
        if len(said) == len(places):
            found |= {number: said[places.index(place)] for number, place in lost}
    if back := {taken: number for number, _, taken, _ in rows if taken is not None}:
        undone = Event.objects.of(books).filter(kind="entry.reversed", debtor=invoice.debtor_id)
        for facts in undone.values_list("facts", flat=True):
            if facts.get("number") in back:
                found[back[facts["number"]]] = str(facts.get("reason", ""))
    return found


def _credits(invoice: Invoice, books: int) -> list[OpenCredit]:
    rows = Credit.objects.of(books).filter(debtor=invoice.debtor_id, currency=invoice.currency, open_cents__gt=0)
    brought = dict(
        Entry.objects.of(books).filter(credit__in=rows).order_by("-number").values_list("credit_id", "number")
    )
    columns = ("pk", "value_date", "open_cents")
    return [
        OpenCredit(brought[pk], on, cents) for pk, on, cents in rows.order_by("value_date", "pk").values_list(*columns)
    ]

"""What messages say, loaded in sets: the same letter for the preview, the release and the moment it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from voldaan.records import situations
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.debtors import Debtor
from voldaan.records.messages import Message, WordingText
from voldaan.records.receivables import Credit, Receivable
from voldaan.rules.letters import Letter, Line, Party, Wording
from voldaan.rules.outbox import ActionState, Channel, content_hash
from voldaan.rules.wording import shipped

BLOCK = 500  # messages drawn up at once


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message, what it says if it leaves today, and the documents of its invoices."""

    message: Message
    letter: Letter | None  # None where nothing of it is open any more
    documents: tuple[int | None, ...]  # by line: the invoice as the customer got it, where it is a PDF

    @property
    def content_hash(self) -> str:
        """Hash what it says; empty where it says nothing any more."""
        return content_hash(self.letter, Channel(self.message.channel), self.message.recipient) if self.letter else ""


def letters(books: int, messages: Sequence[Message], *, today: date) -> list[Drawn]:
    """Draw up what these messages say if they leave today, from the books as they are now."""
    if not messages:
        return []
    own = Administration.objects.get(pk=books)
    iban = OwnAccount.objects.of(books).values_list("iban", flat=True).first() or ""
    # Without any statement a person switched the gate off: who writes down payments by hand is up to date.
    paid_until = situations.bank(books).complete_until or today
    wordings = _wordings(books)
    debtors = {debtor.pk: debtor for debtor in Debtor.objects.of(books).filter(pk__in={m.debtor_id for m in messages})}
    lines = _lines(books, messages)
    credits_ = _credits(books, debtors)
    sender = Party(
        own.name, own.street, own.postcode, own.city, own.country, own.sender, own.phone, own.registration_number,
        own.vat_number,
    )  # fmt: skip
    drawn = []
    for message in messages:
        mine = lines[message.pk]
        debtor = debtors[message.debtor_id]
        step, language = message.step, message.language
        letter = Letter(
            step=step,
            wording=wordings.get((step, language)) or shipped(step, language),
            sent_on=today, sender=sender,
            customer=Party(debtor.name, debtor.street, debtor.postcode, debtor.city, debtor.country,
                           registration_number=debtor.registration_number, vat_number=debtor.vat_number),
            lines=tuple(line for line, _ in mine), currency=message.currency, iban=iban,
            credit_cents=credits_.get((message.debtor_id, message.currency), 0),
            final_date=today + timedelta(days=message.term_days) if message.term_days else None,
            paid_until=paid_until,
        ) if mine else None  # fmt: skip
        drawn.append(Drawn(message, letter, tuple(document for _, document in mine)))
    return drawn


def _wordings(books: int) -> dict[tuple[str, str], Wording]:
    rows = WordingText.objects.of(books).order_by("number")
    columns = ("step", "language", "subject", "body", "closing")
    own = {(step, language): Wording(step, language, *words)
           for step, language, *words in rows.values_list(*columns)}  # fmt: skip
    return {key: wording for key, wording in own.items() if wording.subject}  # one without was given back


def _lines(books: int, messages: Sequence[Message]) -> dict[int, list[tuple[Line, int | None]]]:
    """Give the lines of each message that are still open, earliest due first."""
    actions = Action.objects.of(books).filter(message__in=[m.pk for m in messages], receivable__open_cents__gt=0)
    columns = ("message_id", "receivable__invoice__number", "receivable__instalment", "receivable__invoice_id",
               "receivable__invoice__issue_date", "receivable__due_date", "receivable__invoice__amount_cents",
               "receivable__open_cents", "receivable__invoice__payment_reference",
               "receivable__invoice__description", "receivable__invoice__document_id",
               "receivable__invoice__document__media_type")  # fmt: skip
    rows = list(
        actions.exclude(state=ActionState.WITHDRAWN.value)
        .order_by("receivable__due_date", "receivable_id")
        .values_list(*columns)
    )
    instalments = dict(
        Receivable.objects.of(books)
        .filter(invoice__in={row[3] for row in rows})
        .order_by()
        .values_list("invoice_id")
        .annotate(n=Count("pk"))
    )
    lines: dict[int, list[tuple[Line, int | None]]] = defaultdict(list)
    for (message, number, instalment, invoice, issued, due, amount, open_cents, reference, about, document,
         media_type) in rows:  # fmt: skip
        line = Line(number, instalment, instalments[invoice], issued, due, amount, open_cents, reference, about)
        lines[message].append((line, document if media_type == "application/pdf" else None))
    return lines


def _credits(books: int, debtors: dict[int, Debtor]) -> dict[tuple[int, str], int]:
    rows = Credit.objects.of(books).filter(open_cents__gt=0, debtor__in=debtors.keys()).order_by()
    return {
        (debtor, currency): cents
        for debtor, currency, cents in rows.values_list("debtor_id", "currency").annotate(cents=Sum("open_cents"))
    }

"""What messages say, loaded in sets: the same letter for the preview, the release and the moment it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from voldaan.records import accounts, situations
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.debtors import Debtor
from voldaan.records.messages import Message, WordingText
from voldaan.records.receivables import Credit, Receivable
from voldaan.rules.accounts import Account
from voldaan.rules.letters import Letter, Line, Party, Wording
from voldaan.rules.outbox import ActionState, Channel, content_hash
from voldaan.rules.wording import shipped

BLOCK = 500  # messages drawn up at once

# What a line says, of a receivable.
COLUMNS = ("invoice_id", "invoice__number", "instalment", "invoice__issue_date", "due_date", "invoice__amount_cents",
           "open_cents", "invoice__payment_reference", "invoice__description", "invoice__document_id",
           "invoice__document__media_type")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message, what it says if it leaves today, and what goes along with it."""

    message: Message
    letter: Letter | None  # None where there is nothing to say any more
    documents: tuple[int | None, ...]  # by line: the invoice as the customer got it, where it is a PDF
    account: Account | None = None  # of a statement: it goes along instead of the invoices

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
        debtor = debtors[message.debtor_id]
        account = _account(message, debtor, today)
        mine = [(line, None) for line in account.lines] if account else lines[message.pk]
        step, language = message.step, message.language
        letter = Letter(
            step=step,
            wording=wordings.get((step, language)) or shipped(step, language),
            sent_on=today, sender=sender,
            customer=Party(debtor.name, debtor.street, debtor.postcode, debtor.city, debtor.country,
                           registration_number=debtor.registration_number, vat_number=debtor.vat_number),
            lines=tuple(line for line, _ in mine), currency=message.currency, iban=iban,
            # A copy is of an invoice: what the customer has with us is another matter.
            credit_cents=0 if message.copy_of_id else credits_.get((message.debtor_id, message.currency), 0),
            final_date=today + timedelta(days=message.term_days) if message.term_days else None,
            paid_until=paid_until,
        ) if mine else None  # fmt: skip
        drawn.append(Drawn(message, letter, tuple(document for _, document in mine), account))
    return drawn


def _account(message: Message, debtor: Debtor, today: date) -> Account | None:
    """State the account that a message is a statement of; None where it is another message."""
    if message.statement_since is None:
        return None
    found = accounts.stated(debtor, since=message.statement_since, today=today)
    return next((one for one in found if one.currency == message.currency), None)


def _wordings(books: int) -> dict[tuple[str, str], Wording]:
    rows = WordingText.objects.of(books).order_by("number")
    columns = ("step", "language", "subject", "body", "closing")
    own = {(step, language): Wording(step, language, *words)
           for step, language, *words in rows.values_list(*columns)}  # fmt: skip
    return {key: wording for key, wording in own.items() if wording.subject}  # one without was given back


def _lines(books: int, messages: Sequence[Message]) -> dict[int, list[tuple[Line, int | None]]]:
    """Give the lines of each message, earliest due first: of a strategy what is still open, of a copy all of it."""
    actions = Action.objects.of(books).filter(message__in=[m.pk for m in messages if not m.was_asked])
    actions = actions.filter(receivable__open_cents__gt=0).exclude(state=ActionState.WITHDRAWN.value)
    rows = list(
        actions.order_by("receivable__due_date", "receivable_id").values_list(
            "message_id", *(f"receivable__{column}" for column in COLUMNS)
        )
    )
    copied = defaultdict(list)
    for message in messages:
        if message.copy_of_id:
            copied[message.copy_of_id].append(message.pk)
    if copied:
        items = Receivable.objects.of(books).filter(invoice__in=copied.keys()).order_by("due_date", "pk")
        rows += [(pk, *item) for item in items.values_list(*COLUMNS) for pk in copied[item[0]]]
    instalments = dict(
        Receivable.objects.of(books)
        .filter(invoice__in={row[1] for row in rows})
        .order_by()
        .values_list("invoice_id")
        .annotate(n=Count("pk"))
    )
    lines: dict[int, list[tuple[Line, int | None]]] = defaultdict(list)
    for (message_id, invoice, number, instalment, issued, due, amount, open_cents, reference, about, document,
         media_type) in rows:  # fmt: skip
        line = Line(number, instalment, instalments[invoice], issued, due, amount, open_cents, reference, about)
        lines[message_id].append((line, document if media_type == "application/pdf" else None))
    return lines


def _credits(books: int, debtors: dict[int, Debtor]) -> dict[tuple[int, str], int]:
    rows = Credit.objects.of(books).filter(open_cents__gt=0, debtor__in=debtors.keys()).order_by()
    return {
        (debtor, currency): cents
        for debtor, currency, cents in rows.values_list("debtor_id", "currency").annotate(cents=Sum("open_cents"))
    }

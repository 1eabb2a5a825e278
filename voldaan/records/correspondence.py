"""What messages say, loaded in sets: the same letter for the preview, the release and the moment it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from voldaan.records import accounts, claims, known_until
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bulk import Counted, Keys, listed
from voldaan.records.charges import Charge as ChargeRow
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.messages import Message, WordingText
from voldaan.records.rates import added
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.terms import terms_at
from voldaan.records.together import Found, together
from voldaan.rules.accounts import Account
from voldaan.rules.claims import Basis
from voldaan.rules.letters import Announced, Charge, ChargeKind, Letter, Line, Party, TermKind, Wording
from voldaan.rules.notices import ANNOUNCING, CONSUMER_FIRST_REMINDER, FINAL_NOTICE, FOURTEEN_DAY_LETTER
from voldaan.rules.outbox import ActionState, Channel, content_hash
from voldaan.rules.wording import FOR_THE_REST, shipped, shipped_for_the_rest

BLOCK = 500  # messages drawn up at once

LINE = ("invoice__number", "instalment", "invoice__issue_date", "due_date", "invoice__amount_cents", "open_cents",
        "invoice__payment_reference", "invoice__description", "invoice__document_id", "invoice__document__sha256",
        "invoice__document__size", "invoice__document__media_type")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message, what it says if it leaves today, and what goes along with it."""

    message: Message
    letter: Letter | None  # None where there is nothing to say any more
    documents: tuple[Document | None, ...]  # by line: the invoice as the customer got it, where it is a PDF
    account: Account | None = None  # of a statement: it goes along instead of the invoices

    @property
    def content_hash(self) -> str:
        """Hash what it says; empty where it says nothing any more."""
        return content_hash(self.letter, Channel(self.message.channel), self.message.recipient) if self.letter else ""


def letters(books: int, messages: Sequence[Message], *, today: date) -> list[Drawn]:
    """Draw up what these messages say if they leave today, from the books as they are now."""
    if not messages:
        return []
    of_strategies, whose = listed(m.pk for m in messages if not m.was_asked), listed({m.debtor_id for m in messages})
    copied = listed({m.copy_of_id for m in messages if m.copy_of_id})
    (own,), told, wordings, debtors, lines, copies, credits_, charged = together(
        _questions, books, of_strategies, copied, whose
    )
    *about, iban = own
    sender = Party(*about)
    # Without any statement a person switched the gate off: who writes down payments by hand is up to date.
    paid_until = known_until.furthest(told) or today
    worded = _worded(wordings)
    customers, bases = {}, {}
    announces = any(message.step in ANNOUNCING for message in messages)
    rates, agreed = (added(), terms_at(books)) if announces else ((), None)
    for pk, name, street, postcode, city, country, registered, vat_number, kind, is_spared in debtors:
        customers[pk] = Party(name, street, postcode, city, country, registration_number=registered,
                              vat_number=vat_number)  # fmt: skip
        if agreed:
            bases[pk] = claims.basis_of(country, kind, bool(is_spared), rates, agreed(kind, today))
    charges: dict[int, list[Charged]] = defaultdict(list)
    for whose_message, *charge in charged:
        charges[whose_message].append(Charged(*charge))
    open_lines, of_copies = _lines(lines), _lines(copies)
    credit = {(debtor, currency): cents for debtor, currency, cents in credits_}
    drawn = []
    for message in messages:
        account = _account(message, today)
        mine = _mine(message, account, open_lines, of_copies)
        step, language = message.step, message.language
        letter = Letter(
            step=step,
            wording=_wording(step, language, worded, mine),
            sent_on=today, sender=sender, customer=customers[message.debtor_id],
            lines=tuple(line for line, _ in mine), currency=message.currency, iban=iban,
            # A copy is of an invoice: what the customer has with us is another matter.
            credit_cents=0 if message.copy_of_id else credit.get((message.debtor_id, message.currency), 0),
            final_date=today + timedelta(days=message.term_days) if message.term_days else None,
            paid_until=paid_until,
            charges=tuple(one.asked for one in charges[message.pk] if not one.is_announced),
            announced=_announced(message, charges[message.pk], bases),
            is_posted=message.channel == Channel.LETTER.value,
        ) if mine else None  # fmt: skip
        drawn.append(Drawn(message, letter, tuple(document for _, document in mine), account))
    return drawn


def _wording(step: str, language: str, worded: dict[tuple[str, str], Wording],
             lines: Sequence[tuple[Line, Document | None]]) -> Wording:  # fmt: skip
    """Choose the words: a final notice of what is all paid has a text of its own, for it has to say so."""
    if step == FINAL_NOTICE and not any(line.open_cents for line, _ in lines):
        own = worded.get((FOR_THE_REST, language))
        return replace(own, step=FINAL_NOTICE) if own else shipped_for_the_rest(language)
    return worded.get((step, language)) or shipped(step, language)


class Charged(NamedTuple):
    """A charge of a message, as it was decided."""

    kind: str
    is_announced: bool
    cents: int
    invoice: str | None
    since: date | None
    through: date | None

    @property
    def asked(self) -> Charge:
        """Give it as a letter asks it."""
        return Charge(ChargeKind(self.kind), self.cents, self.invoice or "", self.since, self.through)


TERMS = {
    FOURTEEN_DAY_LETTER: TermKind.FIFTEEN_DAYS_AFTER_DELIVERY,
    CONSUMER_FIRST_REMINDER: TermKind.FOURTEEN_DAYS_AFTER_SENDING,
}


def _announced(message: Message, charges: Sequence[Charged], bases: dict[int, Basis]) -> Announced | None:
    """Tell what a notice says will be asked; None of a message that announces nothing."""
    if message.step not in ANNOUNCING:
        return None
    basis = bases[message.debtor_id]
    interest = [one for one in charges if one.is_announced and one.kind == ChargeKind.INTEREST.value]
    costs = sum(one.cents for one in charges if one.is_announced and one.kind == ChargeKind.COSTS.value)
    law, is_agreed = basis.law, basis.agreed_rate is not None
    # Towards a consumer in Belgium interest begins with the end of the term, and only an agreed rate can be asked.
    names_rate = interest or (law.interest_awaits_notice and is_agreed and basis.asks_interest)
    terms = basis.claim("", 0, message.decided_on).terms if names_rate else None
    return Announced(
        TERMS.get(message.step), costs_cents=costs,
        interest_since=min((one.since for one in interest if one.since), default=None),
        interest_percent=terms.rates.on(message.decided_on).percent if terms else None,
        interest_cents=sum(one.cents for one in interest),
        by_agreement=law.costs is not None and law.costs.only_if_agreed,
    )  # fmt: skip


def _account(message: Message, today: date) -> Account | None:
    """State the account that a message is a statement of; None where it is another message."""
    if message.statement_since is None:
        return None
    debtor = Debtor.objects.of(message.administration_id).get(pk=message.debtor_id)  # as he is by now
    found = accounts.stated(debtor, since=message.statement_since, today=today)
    return next((one for one in found if one.currency == message.currency), None)


Lines = dict[int, list[tuple[Line, Document | None]]]


def _mine(message: Message, account: Account | None, of_messages: Lines, of_copies: Lines
          ) -> list[tuple[Line, Document | None]]:  # fmt: skip
    """Give the lines of a message: of a strategy what is still open, of a copy all of it."""
    if account:
        return [(line, None) for line in account.lines]
    return of_copies[message.copy_of_id] if message.copy_of_id else of_messages[message.pk]


def _questions(books: int, messages: str, copied: str, debtors: str) -> list[QuerySet[Any, Any]]:
    """Ask all that letters are made of: the keys as `listed` writes them."""
    iban = Coalesce(Subquery(OwnAccount.objects.of(books).values("iban")[:1]), Value(""))
    address = ("name", "street", "postcode", "city", "country")
    # What was paid when it was decided stands in the letter for what is left of its notice.
    told = Q(receivable__open_cents__gt=0) | Q(open_cents=0)
    actions = Action.objects.of(books).filter(told, message__in=Keys(messages))
    copies = Receivable.objects.of(books).filter(invoice__in=Keys(copied)).order_by("due_date", "pk")
    credits_ = Credit.objects.of(books).filter(open_cents__gt=0, debtor__in=Keys(debtors)).order_by()
    return [
        Administration.objects.filter(pk=books).values_list(
            *address, "sender", "phone", "registration_number", "vat_number", iban
        ),
        known_until.told(books),
        WordingText.objects.of(books).order_by("number").values_list("step", "language", "subject", "body", "closing"),
        Debtor.objects.of(books).filter(pk__in=Keys(debtors)).values_list(
            "pk", *address, "registration_number", "vat_number", "kind", "is_spared"
        ),
        actions.exclude(state=ActionState.WITHDRAWN.value).order_by("receivable__due_date", "receivable_id")
        .values_list("message_id", *_line(books, "receivable__")),
        copies.values_list("invoice_id", *_line(books)),
        credits_.values_list("debtor_id", "currency").annotate(cents=Sum("open_cents")),
        ChargeRow.objects.of(books).filter(message__in=Keys(messages)).order_by("since", "pk").values_list(
            "message_id", "kind", "is_announced", "cents", "principal__invoice__number", "since", "through"
        ),
    ]  # fmt: skip


def _line(books: int, item: str = "") -> list[Any]:
    """Name what a line says, of a receivable, and the document of its invoice."""
    instalments = Receivable.objects.of(books).filter(invoice=OuterRef(f"{item}invoice"))
    number, instalment, *rest = [f"{item}{column}" for column in LINE]
    return [number, instalment, Counted(instalments), *rest]


def _worded(wordings: Sequence[Sequence[str]]) -> dict[tuple[str, str], Wording]:
    own = {(step, language): Wording(step, language, *words) for step, language, *words in wordings}
    return {key: wording for key, wording in own.items() if wording.subject}  # one without was given back


def _lines(rows: Found) -> Lines:
    """Take together the lines of each message, or of each invoice."""
    lines: Lines = defaultdict(list)
    for whose, *line, document, sha256, size, media_type in rows:
        is_ours = media_type == "application/pdf"
        lines[whose].append((Line(*line), Document(pk=document, sha256=sha256, size=size) if is_ours else None))
    return lines

"""The papers of a dossier: invoices and messages as they are kept, and what is drawn when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration
from voldaan.records.charges import Charge
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.people import User
from voldaan.records.terms import KIND_OF, TermSetVersion
from voldaan.rules.dossiers import MOST_PAPERS, Paper, PaperKind, TooLargeADossier
from voldaan.rules.law import DebtorKind
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.term_sets import read
from voldaan.rules.term_text import TermText, text

PDF = "application/pdf"

# What reached the mail server or the post, or may have, or was refused there: each has its content.
LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Held:
    """One version of the terms that held on the day of an invoice, as the customer reads them."""

    number: int
    since: date
    text: TermText


def terms(invoices: QuerySet[Invoice], kind: str, own: Administration) -> tuple[Held, ...]:
    """Give the terms that held for these invoices, oldest first; none of whom it is not known what he is."""
    if kind not in KIND_OF:
        return ()
    versions = list(TermSetVersion.objects.of(own.pk).filter(kind=KIND_OF[kind]).order_by("valid_from", "number"))
    days = invoices.filter(kind=PaperKind.INVOICE.value).order_by().values_list("issue_date", flat=True).distinct()
    begun = ([one for one in versions if one.valid_from <= day] for day in days if versions)
    held = {found[-1].pk for found in begun if found}
    country, whom = COUNTRIES[own.country], DebtorKind(kind)
    return tuple(
        Held(one.number, one.valid_from, text(read(one.content), country, whom, own.language, since=one.valid_from))
        for one in versions if one.pk in held
    )  # fmt: skip


def papers(invoices: QuerySet[Invoice], messages: QuerySet[Message], held: Sequence[Held], own: Administration,
           claimed_on: date | None) -> tuple[Paper, ...]:  # fmt: skip
    """Number all papers by day; of one day the terms are first, then the invoice, and the claim sheet is last.

    Raises:
        TooLargeADossier: there are too many.
    """
    left = messages.filter(state__in=[one.value for one in LEFT], is_trial=False, content__isnull=False)
    found = [
        *(Paper(0, PaperKind.TERMS, one.since, f"{one.number}", PDF, "", 0) for one in held),
        *_invoices(invoices), *_messages(left, own.pk, own.time_zone),
    ]  # fmt: skip
    found.sort(key=lambda paper: paper.day)
    if claimed_on:
        found.append(Paper(0, PaperKind.CLAIM, claimed_on, "", PDF, "", 0))
    if len(found) > MOST_PAPERS:
        raise TooLargeADossier(most=MOST_PAPERS)
    return tuple(replace(paper, number=number) for number, paper in enumerate(found, 1))


def claiming(invoices: QuerySet[Invoice], known: Sequence[Paper], books: int) -> dict[tuple[PaperKind, str], int]:
    """Tell by the number of claimed interest or costs which paper claimed it."""
    numbers = {paper.facts["public_id"]: paper.number for paper in known if paper.facts}
    booked = Charge.objects.of(books).filter(booked_as__invoice__in=invoices.values("pk"))
    return {
        (PaperKind.INVOICE, number): numbers[message]
        for number, message in booked.values_list("booked_as__invoice__number", "message__public_id")
        if message in numbers
    }


def _invoices(invoices: QuerySet[Invoice]) -> Iterator[Paper]:
    """Give the documents of invoices and credit notes, as they are kept."""
    rows = invoices.filter(document__isnull=False).order_by("issue_date", "pk")
    columns = ("kind", "issue_date", "number", "document__media_type", "document__sha256", "document__size")
    for kind, day, number, media_type, sha256, size in rows.values_list(*columns)[: MOST_PAPERS + 1]:
        is_credit = kind == PaperKind.CREDIT_NOTE.value
        yield Paper(0, PaperKind.CREDIT_NOTE if is_credit else PaperKind.INVOICE, day, number, media_type, sha256, size)


MESSAGE = ("step", "channel", "recipient", "subject", "public_id", "state", "said", "released_on", "is_automatic",
           "received_on", "returned_on", "lapses_on", "delivery_words")  # fmt: skip


def _messages(messages: QuerySet[Message], books: int, time_zone: str) -> Iterator[Paper]:
    """Give the messages as they left, with what is known of each."""
    rows = messages.order_by("decided_on", "pk")
    columns = ("decided_on", "sent_on", "sent_at", "content__media_type", "content__sha256", "content__size",
               "released_by", *MESSAGE)  # fmt: skip
    found = list(rows.values_list(*columns)[: MOST_PAPERS + 1])
    people = User.objects.filter(pk__in={row[6] for row in found if row[6]})
    names = {pk: name or email for pk, name, email in people.values_list("pk", "name", "email")}
    for decided, sent_on, sent_at, media_type, sha256, size, released_by, *facts in found:
        known = dict(zip(MESSAGE, facts, strict=True)) | {"released_by": names.get(released_by, "")}
        is_letter = known["channel"] == Channel.LETTER.value
        if not is_letter:
            known["message_id"] = f"{known['public_id']}.{books}@voldaan.invalid"
        yield Paper(
            0, PaperKind.LETTER if is_letter else PaperKind.MAIL, sent_on or decided, known["subject"], media_type,
            sha256, size, known, sent_at.astimezone(ZoneInfo(time_zone)) if sent_at else None,
        )  # fmt: skip

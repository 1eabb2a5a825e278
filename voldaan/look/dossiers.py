"""A dossier in words: in the language that is switched on, which is that of the administration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from mimetypes import guess_extension
from typing import Any

from django.utils.translation import gettext

from voldaan.look import dossier_owed, words
from voldaan.queries.dossier import Dossier
from voldaan.rules.dossiers import Exhibit, Happening, Paper, PaperKind, Row, Written, file_name, harmless
from voldaan.rules.letters import Party, one_line
from voldaan.rules.money import Money
from voldaan.rules.outbox import MessageState
from voldaan.rules.refusals import mark

KINDS = {
    PaperKind.CREDIT_NOTE: mark("Credit note"),
    PaperKind.INVOICE: mark("Invoice"),
}
DRAWN = {
    PaperKind.CLAIM: mark("What is owed on {day}"),
    PaperKind.TERMS: mark("Payment terms, valid from {day}"),
}
NUMBERED = dict.fromkeys(("interest", "costs"), mark("number {number}")) | {"credited": mark("credit note {number}")}
BOOKED = mark("The balance is what is booked; interest and costs are booked once a letter has claimed them.")
ASKED_FROM = mark("What it announced could be asked from {day} on.")
ENDINGS = {"application/pdf": ".pdf", "application/xml": ".xml", "message/rfc822": ".eml", "text/xml": ".xml"}
LABELS = {
    "amount": mark("Amount"),
    "attached": mark("Attached"),
    "balance": mark("Balance"),
    "damaged": mark("This file is damaged or locked, so it cannot be shown here. It is in the ZIP as it was received."),
    "date": mark("Date"),
    "due": mark("Due"),
    "exhibits": mark("Exhibits"),
    "from": mark("From"),
    "gone": mark("This file is no longer in the storage, so it is not in the ZIP either. Restore it from a backup."),
    "happened": mark("What happened"),
    "interest": mark("Interest"),
    "invoice": mark("Invoice"),
    "issued": mark("Issued"),
    "large": mark("This file is too large to be shown here. It is in the ZIP as it was received."),
    "nothing_open": mark("Nothing is open."),
    "number": mark("No."),
    "only_file": mark("This is not a document of pages. It is in the ZIP as it was received."),
    "open": mark("Open"),
    "owed": mark("What is owed"),
    "page": mark("Page"),
    "subject": mark("Subject"),
    "sums": mark("SHA-256 is the fingerprint of a file: whoever has the file can prove that not a letter was changed."),
    "to": mark("To"),
    "what": mark("What"),
}


def written(dossier: Dossier, sentences: Mapping[str, str]) -> Written:
    """Write out a dossier; `sentences` are those of the events."""
    spoken = words.own_tongue()
    exhibits = tuple(exhibits_of(dossier))
    name = one_line(dossier.customer.name)
    kind = gettext("Invoice {number}").format(number=one_line(dossier.invoice)) if dossier.invoice else ""
    money = partial(_money, currency=dossier.currency)
    return Written(
        language=spoken.language,
        on=dossier.on,
        title=gettext("Dossier {name}").format(name=f"{name}, {kind}" if kind else name),
        labels={label: gettext(said) for label, said in LABELS.items()} | {"booked": _booked(dossier)},
        parties=(
            (gettext("Creditor"), tuple(_party(dossier.creditor))),
            (gettext("Customer"), tuple(_party(dossier.customer, dossier.customer_number))),
        ),
        about=(
            (
                gettext("About"),
                kind or gettext("All that is or was open in {currency}").format(currency=dossier.currency),
            ),
            (gettext("As it stands on"), spoken.day(dossier.on)),
            (gettext("Exhibits"), str(len(exhibits))),
            (gettext("To pay"), money(dossier_owed.to_pay(dossier))),
        ),
        owed=tuple(dossier_owed.rows(dossier)),
        totals=tuple(dossier_owed.totals(dossier)),
        rows=tuple(_rows(dossier, sentences, money)),
        exhibits=exhibits,
    )


def _booked(dossier: Dossier) -> str:
    """Say why the last balance is not what is to pay, where it is not."""
    balance = sum(one.cents or 0 for one in dossier.happenings)
    return gettext(BOOKED) if balance != dossier_owed.to_pay(dossier) else ""


def _money(cents: int, currency: str) -> str:
    return words.amount(Money(cents, currency))


def _party(party: Party, number: str = "") -> Iterator[str]:
    yield one_line(party.name)
    yield from filter(None, (one_line(party.street), one_line(f"{party.postcode} {party.city}")))
    for label, value in (
        (mark("customer number {value}"), number), (mark("registration number {value}"), party.registration_number),
        (mark("VAT number {value}"), party.vat_number), ("{value}", party.email), ("{value}", party.phone),
    ):  # fmt: skip
        if value:
            yield gettext(label).format(value=one_line(value))


def exhibits_of(dossier: Dossier) -> Iterator[Exhibit]:
    """Put the documents in words, in the order of their numbers."""
    count = len(dossier.papers)
    for paper in dossier.papers:
        title = _title(paper)
        about = _invoice(paper) if paper.kind in KINDS else title.lower()
        ending = ENDINGS.get(paper.media_type) or guess_extension(paper.media_type) or ".bin"
        yield Exhibit(
            paper, gettext("Exhibit {number}").format(number=paper.number), title,
            words.own_tongue().short_day(paper.day),
            file_name(paper.number, count, paper.day, about, ending),
            tuple(_known(paper)),
        )  # fmt: skip


def _title(paper: Paper) -> str:
    if paper.kind in KINDS:
        return f"{gettext(KINDS[paper.kind])} {one_line(paper.about)}"
    if paper.kind in DRAWN:
        return words.said(DRAWN[paper.kind], day=paper.day)
    says = _message(paper.facts)
    return says[:1].upper() + says[1:]


def _invoice(paper: Paper) -> str:
    return f"{gettext(KINDS[paper.kind]).lower()} {paper.about}"


def _message(facts: Mapping[str, Any]) -> str:
    return f"{words.word(words.STEPS, facts['step'])} {words.word(words.CHANNELS, facts['channel'])}"


def _known(paper: Paper) -> Iterator[tuple[str, str]]:
    """Say what is known of a message: who let it go, how it left, and whether it arrived."""
    facts, spoken = paper.facts, words.own_tongue()
    if not facts:
        return
    if facts["released_on"]:
        by = facts["released_by"] or (gettext("by itself, as the steps say") if facts["is_automatic"] else "")
        yield gettext("Approved"), ", ".join(filter(None, (spoken.day(facts["released_on"]), one_line(by))))
    if paper.sent_at and facts["state"] == MessageState.SENT.value:
        yield gettext("Sent"), f"{spoken.day(paper.sent_at.date())}, {paper.sent_at:%H:%M}"
    else:
        yield gettext("State"), words.said(words.MESSAGES[facts["state"]].word)
    if facts.get("message_id"):
        yield "Message-ID", facts["message_id"]
    if facts["said"]:
        yield gettext("Answer of the mail server"), one_line(facts["said"])
    yield from _delivery(facts)
    if facts["lapses_on"]:
        yield "", words.said(ASKED_FROM, day=facts["lapses_on"])


def _delivery(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    spoken, proof = words.own_tongue(), one_line(facts["delivery_words"])
    for label, day in ((mark("Received"), facts["received_on"]), (mark("Came back"), facts["returned_on"])):
        if day:
            yield gettext(label), ", ".join(filter(None, (spoken.day(day), proof)))


def _rows(dossier: Dossier, sentences: Mapping[str, str], money: Any) -> Iterator[Row]:
    balance, last = 0, None
    for one in dossier.happenings:
        balance += one.cents or 0
        day = words.own_tongue().short_day(one.day)
        moved = (money(one.cents), money(balance)) if one.cents is not None else ("", "")
        says = _sentence(one, sentences)
        yield Row("" if day == last else day, says[:1].upper() + says[1:], one_line(one.who), one.paper, *moved)
        last = day


def _sentence(one: Happening, sentences: Mapping[str, str]) -> str:
    facts = one.facts
    match one.what:
        case "entry":
            return _entry(facts)
        case "allocation":
            amount = words.amount(Money(facts["cents"], facts["currency"]))
            invoice, note = one_line(facts["invoice"]), one_line(facts["note"])
            if facts["is_undone"]:
                return gettext("The settling of {amount} with invoice {invoice} was undone").format(
                    amount=amount, invoice=invoice
                )
            if note:
                return gettext("{amount} of credit note {note} settled with invoice {invoice}").format(
                    amount=amount, note=note, invoice=invoice
                )
            return gettext("{amount} settled with invoice {invoice}").format(amount=amount, invoice=invoice)
        case "message":
            told = [f"{label.lower()}: {said}" for label, said in _delivery(facts)]
            if facts["state"] != MessageState.SENT.value:
                told.insert(0, words.said(words.MESSAGES[facts["state"]].word))
            to = gettext("{message} to {recipient}").format(
                message=_message(facts), recipient=one_line(facts["recipient"])
            )
            return "; ".join([to if facts["recipient"] else _message(facts), *told])
        case "task":
            return f"{words.word(words.STEPS, facts['kind'])}: {one_line(facts['outcome'])}"
        case "note":
            return gettext("Note: {text}").format(text=one_line(facts["text"]))
        case _:
            return words.said(sentences[one.what], **{name: _fact(name, fact) for name, fact in facts.items()})


def _entry(facts: Mapping[str, Any]) -> str:
    parts = [words.word(words.ENTRIES, facts["kind"])]
    if facts["invoice"]:
        label = NUMBERED.get(facts["kind"], mark("invoice {number}"))
        parts.append(gettext(label).format(number=one_line(facts["invoice"])))
    elif facts["account"]:
        parts.append(gettext("on account {iban}").format(iban=facts["account"]))
    if facts["reason"]:
        parts.append(one_line(facts["reason"]))
    return ", ".join(parts)


def _fact(name: str, fact: Any) -> Any:
    match name, fact:
        case "what", str():
            return words.word(words.STEPS, fact)
        case "until" | "day", str():
            return date.fromisoformat(fact)
        case "sent", str():
            return gettext("yes") if fact == "yes" else gettext("no")
        case _, str():
            return one_line(fact)
        case _:
            return fact


def called(dossier: Dossier) -> str:
    """Name a dossier as a file, without its ending: `Dossier Café Zee 2026-03-01`."""
    of = f"{dossier.customer.name} {dossier.invoice}" if dossier.invoice else dossier.customer.name
    return f"{harmless(gettext('Dossier {name}').format(name=of))} {dossier.on.isoformat()}"

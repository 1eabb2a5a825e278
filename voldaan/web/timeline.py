"""Verloop: all that happened with one customer in one column, and the notes that people write there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import debtors
from voldaan.queries import timeline as questions
from voldaan.queries.timeline import Happening, Key, Kind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark
from voldaan.usecases import notes
from voldaan.usecases.events import SENTENCES
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import choice, number

ON_ONE_PAGE = 50
SILENCE = 14  # days without contact that are worth a line
IN_ADDRESS = {"": None, "berichten": Kind.MESSAGES, "geld": Kind.MONEY, "contact": Kind.CALLS,
              "wijzigingen": Kind.CHANGES}  # fmt: skip
SHOWN = {None: mark("All"), Kind.MESSAGES: mark("Messages"), Kind.MONEY: mark("Money"),
         Kind.CALLS: mark("Calls and notes"), Kind.CHANGES: mark("Changes")}  # fmt: skip
ENTRIES = {
    "brought_forward": ("receipt-text", mark("Invoice {invoice} of {amount} was brought forward.")),
    "costs": ("receipt-text", mark("Costs of {amount} were claimed.")),
    "correction": ("pencil", mark("Invoice {invoice} was corrected by {amount}.")),
    "credited": ("receipt-text", mark("{amount} was credited.")),
    "difference": ("minus", mark("{amount} that invoice {invoice} was paid too little was given up.")),
    "discount": ("minus", mark("A discount of {amount} on invoice {invoice} was taken in time.")),
    "invoiced": ("receipt-text", mark("Invoice {invoice} of {amount}.")),
    "interest": ("receipt-text", mark("Interest of {amount} was claimed.")),
    "received": ("landmark", mark("{amount} was received.")),
    "refunded": ("landmark", mark("{amount} was paid back.")),
    "reversal": ("undo-2", mark("A booking of {amount} was taken back.")),
    "set_off": ("minus", mark("{amount} of invoice {invoice} was set off.")),
    "write_off": ("minus", mark("{amount} of invoice {invoice} was written off.")),
}
# What of a claim was more than the law gives.
LOWERED = {
    "costs": ("undo-2", mark("{amount} of costs that were claimed was taken back.")),
    "interest": ("undo-2", mark("{amount} of interest that was claimed was taken back.")),
}
PLAIN = {
    "message.received": mark("A message was received on {on}. Proof: {proof}"),
    "message.returned": mark("A message came back on {on}: {words}"),
    "message.withdrawn": mark("A message that was sent was withdrawn: {words}"),
}
DELIVERIES = PLAIN | {
    "message.returned": mark("A message came back on {on}, so {amount} of interest and costs was taken back: {words}"),
    "message.withdrawn": mark(
        "A message that was sent was withdrawn, with {amount} of interest and costs that it claimed: {words}"
    ),
}
NOTHING = " 0.00"  # of an amount as an event keeps it
SOURCES = {"bank": mark("from the bank"), "list": mark("from a list"), "list-credit": mark("from a list")}
SIGNS = {
    "allocation": "landmark",
    "claim": "undo-2",
    "debtor": "pencil",
    "follow_up": "pause",
    "letter": "undo-2",
    "message": "mail",
    "proposal": "landmark",
    "receipt": "landmark",
    "task": "phone",
    "write_off": "minus",
}
FIELDS = {
    "city": mark("City"), "country": mark("country"), "email": mark("E-mail"), "iban": mark("bank account"),
    "is_spared": mark("interest and costs"), "kind": mark("consumer or business"), "language": mark("language"),
    "name": mark("Name"),
    "payment_term_days": mark("payment term"), "postcode": mark("Postcode"),
    "registration_number": mark("registration number"), "strategy": mark("strategy"),
    "street": mark("Street and number"), "vat_number": mark("VAT number"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline, in words; or the silence before it."""

    one: Happening
    sign: words.Sign
    says: str
    who: str
    silence: int  # days without contact between this and what is newer; 0: not worth a line
    may_change: bool = False  # the reader may correct or withdraw this note

    @property
    def is_delivery(self) -> bool:
        """Tell whether it is what became of a message that left."""
        return self.one.what in DELIVERIES

    @property
    def lines(self) -> list[str]:
        """Give the lines of a note."""
        return str(self.one.facts["text"]).splitlines()


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show what happened with one customer."""
    customer = debtors.named(id, actor=request.actor)
    said, after = choice(request.GET, "soort", IN_ADDRESS), _key(request.GET.get("na", ""))
    kind = IN_ADDRESS[said]
    found = questions.timeline(customer.id, kind=kind, after=after, most=ON_ONE_PAGE + 1, actor=request.actor)
    shown = found[:ON_ONE_PAGE]
    since = _day(request.GET.get("contact", "")) if after else request.today
    rows = list(_rows(shown, request, since if kind is None else None))
    last = next((one.key.day for one in reversed(shown) if one.is_contact), since)
    onward = {"soort": said, "na": _written(shown[-1].key) if shown else "", "contact": last or ""}
    context = {
        "customer": customer,
        "rows": rows,
        "ways": [(urlencode({"soort": name}), SHOWN[one], one is kind) for name, one in IN_ADDRESS.items()],
        "is_first": after is None,
        "start": urlencode({"soort": said}),
        "next": urlencode(onward) if len(found) > ON_ONE_PAGE else "",
        "may_write": request.actor.may(Deed.RECORD_CALLS),
        "longest": notes.LONGEST,
    }
    return render(request, "timeline/page.html", context)


def write(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Write a note on a customer, or a correction of one."""
    corrects = request.POST.get("corrects", "")
    notes.write(debtor=id, text=request.POST.get("text", ""), corrects=corrects, actor=request.actor,
                today=request.today)  # fmt: skip
    leave(request, Toast(gettext("The note is kept.")))
    return redirect("timeline", slug=slug, id=id)


def withdraw(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Take a note back."""
    notes.withdraw(note=id, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("The note is withdrawn.")))
    return redirect(refused.back(request))


def _rows(shown: list[Happening], request: Entered, since: date | None) -> Iterator[Row]:
    may_write, may_all = request.actor.may(Deed.RECORD_CALLS), request.actor.may(Deed.CHANGE_DEBTORS)
    for one in shown:
        silence = 0
        if one.is_contact and since is not None:
            days, since = (since - one.key.day).days, one.key.day
            silence = days if days >= SILENCE else 0
        sign, says, who = _told(one)
        is_own = one.what == "note" and (may_all or one.facts["user_id"] == request.actor.user_id)
        closed = one.what == "note" and (one.facts["withdrawn_on"] or one.facts["is_corrected"])
        yield Row(one, sign, says, who, silence, may_write and is_own and not closed)


def _told(one: Happening) -> tuple[words.Sign, str, str]:
    """Say what happened: its sign, a sentence, and who did it."""
    match one.what:
        case "message":
            sign = words.message(one.facts["state"], counts=one.facts["returned_on"] is None)
            step, channel = words.word(words.STEPS, one.facts["step"]), words.word(words.CHANNELS, one.facts["channel"])
            return words.Sign(sign.word, "mail", sign.tone), f"{step} {channel}", one.facts["recipient"]
        case "entry":
            kind, amount = one.facts["kind"], Money(one.facts["amount_cents"], one.facts["currency"])
            icon, sentence = LOWERED[kind] if amount.cents < 0 and kind in LOWERED else ENTRIES[kind]
            is_less = amount.cents < 0 and kind != "reversal"
            says = words.said(sentence, invoice=one.facts["invoice"] or "–", amount=-amount if is_less else amount)
            who = words.said(SOURCES.get(one.facts["source"].partition(":")[0], ""))
            return words.Sign(mark("Money"), icon, "ok" if is_less else "calm"), says, who
        case "note":
            return words.Sign(mark("Note"), "sticky-note", "warn"), "", one.who
        case _:
            says = words.said(_sentence(one), **{name: _fact(name, fact) for name, fact in one.facts.items()})
            icon = SIGNS.get(one.what.partition(".")[0], "pencil")
            return words.Sign(SHOWN[one.kind], icon, "info" if one.kind is Kind.CALLS else "calm"), says, one.who


def _sentence(one: Happening) -> str:
    """Give the sentence of an event; of a message that left, without its id and without an amount of nothing."""
    if one.what in DELIVERIES:
        back = one.facts.get("amount", "")
        return DELIVERIES[one.what] if back and not back.endswith(NOTHING) else PLAIN[one.what]
    return SENTENCES[one.what]


def _fact(name: str, fact: Any) -> Any:
    """Write a fact of an event as a reader knows it."""
    match name, fact:
        case "fields", str():
            return ", ".join(words.word(FIELDS, field) for field in fact.split(", "))
        case "what", str():
            return words.word(words.STEPS, fact)
        case "basis", str():
            return words.word(words.TERMS, fact)
        case "contact", str():
            return words.word(words.CONTACTS, fact)
        case "until" | "on" | "day" | "asked_on", str():
            return date.fromisoformat(fact)
        case _, bool():
            return gettext("yes") if fact else gettext("no")
        case _:
            return fact


def _key(said: str) -> Key | None:
    """Read a place in the timeline from an address; what is none begins at the top."""
    on, _, rest = said.partition(".")
    rank, _, pk = rest.partition(".")
    day = _day(on)
    place, row = number(rank), number(pk)
    return Key(day, place, row) if day and place is not None and row is not None else None


def _written(key: Key) -> str:
    return f"{key.day.isoformat()}.{key.rank}.{key.pk}"


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None

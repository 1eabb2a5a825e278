"""The words of pages: sentences filled with facts, and the word for each value that the books use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, ngettext

from voldaan.countries.rate_sources import SOURCES
from voldaan.look import places
from voldaan.look.deeds import DEEDS
from voldaan.rules.ledger import EntryKind, ReceivableKind
from voldaan.rules.money import Money, NotAnAmount, typed
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.refusals import Refusal, mark
from voldaan.rules.requests import RequestState
from voldaan.rules.strategy import IN_WORDS, Because, Decision
from voldaan.rules.tongues import Tongue, tongue

if TYPE_CHECKING:
    from voldaan.queries.charges import Charges

# What could turn the text around it, or hide in it: shown as what it is, unreadable.
CONTROL = dict.fromkeys(
    [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)

STORED_MONEY = re.compile(r"(?P<currency>[A-Z]{3}) (?P<amount>-?[0-9]{1,15}(\.[0-9]{2,3})?)")  # as `str` writes Money

# Where in a file something stands, as a reader of files says it.
STEPS = {
    "business_notice": mark("notice of default"),
    "call": mark("call"),
    "consumer_first_reminder": mark("free first reminder"),
    "copy": mark("copy of the invoice"),
    "demand": mark("demand"),
    "final_notice": mark("final notice"),
    "final_notice_for_the_rest": mark("final notice, of interest and costs alone"),
    "fourteen_day_letter": mark("fourteen-day letter"),
    "hand_over": mark("hand over"),
    "too_early": mark("a final notice that left too early"),
    "last_call": mark("last call"),
    "notice": mark("notice before the due date"),
    "reminder": mark("reminder"),
    "statement": mark("statement of account"),
}

ENTRIES = {
    EntryKind.BROUGHT_FORWARD.value: mark("brought forward"),
    EntryKind.CORRECTION.value: mark("correction"),
    EntryKind.COSTS.value: mark("costs"),
    EntryKind.CREDITED.value: mark("credited"),
    EntryKind.DIFFERENCE.value: mark("payment difference"),
    EntryKind.DISCOUNT.value: mark("discount"),
    EntryKind.INTEREST.value: mark("interest"),
    EntryKind.INVOICED.value: mark("invoiced"),
    EntryKind.MOVED.value: mark("moved"),
    EntryKind.RECEIVED.value: mark("received"),
    EntryKind.REFUNDED.value: mark("paid back"),
    EntryKind.REVERSAL.value: mark("reversal"),
    EntryKind.SET_OFF.value: mark("set off"),
    EntryKind.WRITE_OFF.value: mark("written off"),
}

ROLES = {
    "accountant": mark("accountant"),
    "auditor": mark("auditor"),
    "caller": mark("caller"),
    "controller": mark("credit controller"),
    "owner": mark("owner"),
}

CONTACTS = {
    "dispute": mark("for disputes"),
    "invoice": mark("for invoices"),
    "legal": mark("for legal matters"),
    "reminder": mark("for reminders"),
}

# Who owes, and what a due date rests on: both decide the law.
KINDS = {
    "": mark("not known"),
    "consumer": mark("consumer"),
    "business": mark("business"),
    "public_body": mark("public body"),
}
TERMS = {
    "agreed": mark("agreed"),
    "stated": mark("only stated on the invoice"),
    "none": mark("no term at all"),
}

SELLS = {
    "goods": mark("goods"),
    "services": mark("services"),
    "utilities": mark("water, gas, power or heat"),
    "periodic": mark("rent, subscriptions and other sums that come back"),
    "carriage": mark("carriage of goods"),
}

FILINGS = {"month": mark("each month"), "quarter": mark("each quarter"), "year": mark("each year")}

PRECISIONS = {
    "certain": mark("only where it was never wrong"),
    "99.99": mark("where it is right 9,999 times in 10,000"),
    "99.9": mark("where it is right 999 times in 1,000"),
    "nothing": mark("never: I decide about each of them"),
}

CHANNELS = {Channel.EMAIL.value: mark("by e-mail"), Channel.LETTER.value: mark("by letter")}


@dataclass(frozen=True, slots=True)
class Sign:
    """How something is told at a glance: a word, a shape and a colour, never the colour alone."""

    word: str  # marked
    icon: str
    tone: str  # of the style sheet: info, ok, warn, late, danger, calm


WORK = {
    "uncertain": Sign(mark("uncertain"), "circle-question-mark", "danger"),
    "too_early": Sign(mark("too early"), "scale", "danger"),
    "failed": Sign(mark("refused"), "x", "danger"),
    "receipt": Sign(mark("receipt first"), "landmark", "warn"),
    "message": Sign(mark("to approve"), "mail", "info"),
    "letter": Sign(mark("to post"), "file-text", "info"),
    "call": Sign(mark("to call"), "phone", "warn"),
    "hand_over": Sign(mark("to decide"), "git-fork", "late"),
    "credit": Sign(mark("to pay back"), "undo-2", "info"),
    "later": Sign(mark("put off"), "clock", "calm"),
}

IMPORTS = {
    "held": Sign(mark("look first"), "eye", "warn"),
    "imported": Sign(mark("taken in"), "check", "ok"),
    "known": Sign(mark("known already"), "minus", "calm"),
    "reading": Sign(mark("being taken in"), "loader", "info"),
    "refused": Sign(mark("refused"), "x", "danger"),
    "stopped": Sign(mark("stopped"), "circle-stop", "calm"),
    "waiting": Sign(mark("waits its turn"), "clock", "info"),
}

MESSAGES = {
    MessageState.PLANNED.value: Sign(mark("waits for approval"), "clock", "info"),
    MessageState.RELEASED.value: Sign(mark("may leave"), "clock", "info"),
    MessageState.CLAIMED.value: Sign(mark("in hand"), "clock", "info"),
    MessageState.SENT.value: Sign(mark("sent"), "check", "ok"),
    MessageState.FAILED.value: Sign(mark("refused"), "x", "danger"),
    MessageState.UNCERTAIN.value: Sign(mark("uncertain"), "circle-question-mark", "danger"),
    MessageState.WITHDRAWN.value: Sign(mark("withdrawn"), "minus", "calm"),
}

# Of one that left, and came back or was withdrawn afterwards.
DOES_NOT_COUNT = Sign(mark("does not count"), "undo-2", "calm")

# Of a message, a task or a proposal, where a refusal tells what it is by now.
STATES = {name: sign.word for name, sign in MESSAGES.items()} | {
    "accepted": mark("accepted"),
    "done": mark("done"),
    "open": mark("open"),
    "rejected": mark("refused"),
    "skipped": mark("skipped"),
    RequestState.APPROVED.value: mark("approved"),
    RequestState.DECLINED.value: mark("declined"),
}

# What may become of something that an owner is asked.
REQUESTS = {
    RequestState.WAITING.value: Sign(mark("waits for an owner"), "clock", "warn"),
    RequestState.APPROVED.value: Sign(mark("approved"), "check", "ok"),
    RequestState.DECLINED.value: Sign(mark("declined"), "x", "danger"),
    RequestState.WITHDRAWN.value: Sign(mark("not asked any more"), "undo-2", "calm"),
}

BECAUSE = {
    Because.DUE: Sign(mark("today"), "clock", "warn"),
    Because.NEEDS_APPROVAL: Sign(mark("to approve"), "mail", "info"),
    Because.NOT_YET: Sign(mark("not yet"), "clock", "calm"),
    Because.SETTLED: Sign(mark("paid"), "check", "ok"),
    Because.PAUSED: Sign(mark("held"), "pause", "warn"),
    Because.BELOW_MINIMUM: Sign(mark("too little"), "minus", "calm"),
    Because.COVERED_BY_CREDIT: Sign(mark("covered by credit"), "check", "info"),
    Because.BANK_STALE: Sign(mark("bank data too old"), "landmark", "warn"),
    Because.RECEIPT_WAITS: Sign(mark("receipt first"), "landmark", "warn"),
    Because.NO_ADDRESS: Sign(mark("no address"), "circle-question-mark", "danger"),
    Because.RHYTHM: Sign(mark("written to only just"), "clock", "calm"),
    Because.UNLAWFUL: Sign(mark("not allowed yet"), "scale", "danger"),
    Because.HANDED_OVER: Sign(mark("handed over"), "git-fork", "late"),
    Because.NO_STEP_LEFT: Sign(mark("no step left"), "git-fork", "late"),
}


def own_tongue() -> Tongue:
    """Give the language of the reader, as it writes amounts and days."""
    return tongue(get_language() or "nl")


def amount(money: Money) -> str:
    """Write an amount, never broken over two lines."""
    return own_tongue().amount(money.cents, money.currency).replace(" ", "\u00a0")


def whole(count: int) -> str:
    """Write how many there are, with the thousands apart."""
    return number_format(count, force_grouping=True)


def said(sentence: str, **facts: object) -> str:
    """Translate a marked sentence and fill in its facts; words that a person typed stay as they are."""
    if not sentence:
        return ""
    words = gettext(sentence)
    return words.format(**{name: _fact(fact) for name, fact in facts.items()}) if facts else words


def problem(one: Mapping[str, Any], *, has_button: bool = False) -> tuple[str, str]:
    """Say the place of a problem in a file, and the problem; where a button takes it in anyway, name that."""
    facts: dict[str, Any] = dict(one["facts"])
    if "day" in facts:
        facts["day"] = date.fromisoformat(facts["day"])
    sentence, advice = said(one["what"], **facts), facts.get("advice", "")
    if has_button and advice:
        sentence += " " + said(advice, anyway=gettext("“Take in anyway”"))
    return place(one["place"]), sentence


def evidence(item: str | Mapping[str, Any]) -> str:
    """Say what speaks for or against a match: a marked word, or a sentence with its facts."""
    if isinstance(item, str):
        return said(item)
    facts: dict[str, Any] = dict(item["facts"])
    if "day" in facts:
        facts["day"] = date.fromisoformat(facts["day"])
    return said(item["what"], **facts)


def refused(refusal: Refusal) -> str:
    """Say a refusal."""
    facts = dict(refusal.facts)
    if "state" in facts:
        facts["state"] = word(STATES, str(facts["state"]))
    if "deed" in facts:
        facts["deed"] = word(DEEDS, str(facts["deed"]))
    if "place" in facts:
        facts["place"] = place(str(facts["place"]))
    return said(refusal.says, **facts)


def _fact(fact: object) -> object:
    match fact:
        case ValueError():
            return said(str(fact))
        case Money():
            return amount(fact)
        case Decimal():
            return f"{fact}".replace(".", own_tongue().point)
        case date():
            return own_tongue().day(fact)
        case str() if stored := STORED_MONEY.fullmatch(fact):
            try:
                return amount(typed(stored["amount"], stored["currency"]))
            except NotAnAmount:
                return fact
        case _:
            return fact


def message(state: str, *, counts: bool) -> Sign:
    """Give the sign of a message; of one that left, also whether it still counts."""
    return MESSAGES[state] if counts else DOES_NOT_COUNT


def claim(kind: str, of: str) -> str:
    """Name a receivable that is interest or costs; empty for the price itself."""
    match kind:
        case ReceivableKind.INTEREST.value:
            return gettext("Interest on {invoice}").format(invoice=of.translate(CONTROL)) if of else gettext("Interest")
        case ReceivableKind.COSTS.value:
            return gettext("Collection costs")
        case _:
            return ""


def charged(charges: Charges, currency: str) -> str:
    """Say what a message announces or claims beside what is open; what is nothing is left out."""
    parts = ((mark("{amount} of interest"), charges.interest_cents), (mark("{amount} of costs"), charges.costs_cents))
    extra = joined([said(part, amount=Money(cents, currency)) for part, cents in parts if cents])
    if charges.is_announced:
        total = amount(Money(charges.total_cents, currency))
        return gettext("announces {charges}: then {total}").format(charges=extra, total=total)
    if not charges.open_cents:
        return gettext("claims {charges}, and nothing else").format(charges=extra)
    beside = amount(Money(charges.open_cents, currency))
    return gettext("claims {charges} beside {open}").format(charges=extra, open=beside)


def rate_source(text: str) -> str:
    """Say where a rate comes from; what a person wrote of it stays as it is."""
    return said(text) if text in SOURCES else text


def word(words: Mapping[str, str], value: str) -> str:
    """Give the word for a value; a value of somebody's own, as a step of his strategy, stays as it is."""
    return said(words.get(value, value))


def why(decision: Decision) -> str:
    """Say why an item gets its step, or why not."""
    words_of_it, facts = decision.why
    held = said(words_of_it, **facts) if words_of_it else ""
    return said(IN_WORDS[decision.because], on=decision.leaves_on or decision.on, why=held)


# Why a message did not leave after all: what is not a reason of the rule of the follow-up.
ENDED = {
    "changed": mark("Something of it changed since it was decided: what is true now is decided anew."),
    "paused": mark("An invoice of it was left to rest."),
    "receipt_waits": mark("A receipt waits that may pay it: that is looked at first."),
    "skipped": mark("Somebody skipped it."),
    "taken_back": mark("Somebody took it back before it left."),
}
UNFIT = mark("Its text asks for what it does not have, or its address is none.")


def ended(state: str, why: str, server: str) -> str:
    """Say why a message failed or was withdrawn, and what the mail server said last."""
    if state == MessageState.WITHDRAWN.value:
        known = ENDED | {because.value: IN_WORDS[because] for because in Because if "{" not in IN_WORDS[because]}
        return said(known.get(why, UNFIT))
    asked = state in (MessageState.FAILED.value, MessageState.UNCERTAIN.value, MessageState.RELEASED.value)
    return gettext("The mail server said: {words}").format(words=server) if asked and server else ""


def brings(when: str, customers: int, tasks: int) -> str:
    """Say what a day brings: how many customers hear from us, and how many tasks there are."""
    hear = ngettext("%(count)d customer would hear from you", "%(count)d customers would hear from you", customers)
    do = ngettext("%(count)d new task", "%(count)d new tasks", tasks)
    parts = [hear % {"count": customers}, *([do % {"count": tasks}] if tasks else [])]
    return f"{when[:1].upper()}{when[1:]}: {', '.join(parts)}"


def lateness(days_overdue: int) -> str:
    """Say how late an item is, or how long it has to go."""
    return _lateness(days_overdue, get_language())


@lru_cache(2_000)
def _lateness(days_overdue: int, _language: str | None) -> str:
    if days_overdue == 0:
        return gettext("due today")
    if days_overdue < 0:
        return ngettext("due tomorrow", "due in %(days)d days", -days_overdue) % {"days": -days_overdue}
    return ngettext("%(days)d day late", "%(days)d days late", days_overdue) % {"days": days_overdue}


def joined(parts: Sequence[str]) -> str:
    """Join parts as a sentence does: `a, b and c`."""
    *before, last = parts
    return gettext("{before} and {last}").format(before=", ".join(before), last=last) if before else last


def place(said: str) -> str:
    """Say in the language of the reader where in a file something stands."""
    return places.place(said, gettext)

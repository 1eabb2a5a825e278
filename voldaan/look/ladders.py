"""Strategies in words: when a step comes, in which tone, and what one version changed in another."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.rules.money import Money
from voldaan.rules.notices import (
    BUSINESS_NOTICE,
    CONSUMER_FIRST_REMINDER,
    FINAL_NOTICE,
    FOURTEEN_DAY_LETTER,
    TO_CONSUMERS,
)
from voldaan.rules.refusals import mark
from voldaan.rules.strategy import Anchor, Approval, Step, StepKind, Strategy

KINDS = {
    StepKind.MESSAGE: words.Sign(mark("message"), "mail", "info"),
    StepKind.CALL: words.Sign(mark("telephone call"), "phone", "warn"),
    StepKind.HAND_OVER: words.Sign(mark("decision"), "git-fork", "late"),
}
LETTER = words.Sign(mark("letter"), "file-text", "info")

# In which tone the texts of these steps are written. A step of another name speaks as a reminder does.
TONES = {
    "notice": mark("A service: it asks nothing yet."),
    "reminder": mark("Friendly: it may have been forgotten."),
    "call": mark("You hear what is going on, and agree on a day."),
    "demand": mark("Firm and to the point, with what comes next."),
    "last_call": mark("A last conversation before the final notice."),
    "fourteen_day_letter": mark("Formal: what costs come, to the cent, if it is not paid in time."),
    "consumer_first_reminder": mark("Friendly and complete, as the law wants it: it costs the customer nothing."),
    "business_notice": mark("Formal: a last term, and the interest and costs that come after it."),
    "final_notice": mark("Calm and formal: the last word before you hand it over."),
    "hand_over": mark("You decide: hand it over, or not. Nothing is handed over by itself."),
}
# What the law wants of the steps that weigh before it; the article stays as lawyers write it.
LAW = {
    FOURTEEN_DAY_LETTER: mark(
        "For consumers in the Netherlands. Its term of fourteen days begins the day after it is received; only then "
        "may costs be asked (art. 6:96(6) BW). It takes in all that the customer is in default with."
    ),
    CONSUMER_FIRST_REMINDER: mark(
        "For consumers in Belgium, and the first that asks. It is free, and its term of fourteen days comes before any "
        "interest or costs (art. XIX.2 WER)."
    ),
    BUSINESS_NOTICE: mark(
        "For businesses and public bodies. It announces interest and costs, which may be asked once its own term has "
        "passed (art. 6:82 and 6:96(4) BW)."
    ),
    FINAL_NOTICE: mark(
        "It claims the interest and costs that an earlier notice announced, once the term of that has passed. What it "
        "claims is booked the day it leaves."
    ),
}
LAWS_TERM = mark("its term is that of the law: it has no pay-by term of its own")
TASK = mark("A task for somebody on your side.")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder, in words."""

    step: Step
    sign: words.Sign
    name: str
    when: str
    tone: str
    how: list[str]
    law: str  # what the law wants of it; empty: nothing of its own


def ladder(strategy: Strategy) -> list[Rung]:
    """Say a strategy step by step."""
    return [
        Rung(step, LETTER if step.prefers_post else KINDS[step.kind], words.word(words.STEPS, step.code),
             when(step.anchor, step.days), _tone(step), _how(step), words.said(LAW.get(step.code, "")))
        for step in strategy.steps
    ]  # fmt: skip


def when(anchor: Anchor, days: int) -> str:
    """Say on which day a step comes."""
    count = abs(days)
    match anchor, days:
        case Anchor.DUE_DATE, 0:
            said = gettext("on the due date")
        case Anchor.INVOICE_DATE, 0:
            said = gettext("on the invoice date")
        case Anchor.DUE_DATE, _ if days < 0:
            said = ngettext("%(count)d day before the due date", "%(count)d days before the due date", count)
        case Anchor.DUE_DATE, _:
            said = ngettext("%(count)d day after the due date", "%(count)d days after the due date", count)
        case Anchor.INVOICE_DATE, _ if days < 0:
            said = ngettext("%(count)d day before the invoice date", "%(count)d days before the invoice date", count)
        case _:
            said = ngettext("%(count)d day after the invoice date", "%(count)d days after the invoice date", count)
    return said % {"count": count} if days else said


def _tone(step: Step) -> str:
    if step.kind is StepKind.MESSAGE:
        return gettext(TONES.get(step.code, TONES["reminder"]))
    return gettext(TONES.get(step.code, TASK))


def _how(step: Step) -> list[str]:
    if step.kind is not StepKind.MESSAGE:
        return []
    said = [_channel(step.prefers_post), _approval(step.approval)]
    if step.code in TO_CONSUMERS:
        return [*said, gettext(LAWS_TERM)]
    return [*said, _term(step.term_days)] if step.term_days else said


def _channel(prefers_post: bool) -> str:  # noqa: FBT001 - a value of a step
    if prefers_post:
        return gettext("by letter where a postal address is known, otherwise by e-mail")
    return gettext("by e-mail, or by letter where there is no e-mail address")


def _approval(approval: Approval) -> str:
    return gettext("goes by itself") if approval is Approval.AUTOMATIC else gettext("you approve it first")


def _term(days: int) -> str:
    if not days:
        return gettext("no new day to pay by")
    said = ngettext("asks to pay within %(count)d day", "asks to pay within %(count)d days", days)
    return said % {"count": days}


def changed(before: Strategy, after: Strategy) -> list[str]:
    """Say what one version changed in another, in the order of the ladder."""
    said = []
    if before.name != after.name:
        said.append(_from_to(gettext("The name"), words.said(before.name), words.said(after.name)))
    if before.minimum_cents != after.minimum_cents:
        said.append(_from_to(gettext("The least amount to write about"), minimum(before), minimum(after)))
    were = {step.code: step for step in before.steps}
    stay = {step.code for step in after.steps}
    for step in after.steps:
        name = words.word(words.STEPS, step.code)
        if step.code not in were:
            said.append(gettext("New: {step}, {when}.").format(step=name, when=when(step.anchor, step.days)))
        else:
            said += [_from_to(gettext("{step}, {what}").format(step=_capital(name), what=what), old, new)
                     for what, old, new in _differences(were[step.code], step)]  # fmt: skip
    gone = [words.word(words.STEPS, code) for code in were if code not in stay]
    return [*said, *(gettext("No longer: {step}.").format(step=name) for name in gone)]


def minimum(strategy: Strategy) -> str:
    """Write the amount below which a strategy asks nothing."""
    return words.amount(Money(strategy.minimum_cents, "EUR"))


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _from_to(what: str, before: str, after: str) -> str:
    return gettext("{what}: was “{before}”, is “{after}”.").format(what=what, before=before, after=after)


def _differences(before: Step, after: Step) -> list[tuple[str, str, str]]:
    """Give what is different of a step: its word, and both values in words."""
    found = []
    if before.kind is not after.kind:
        found.append((gettext("what it is"), gettext(KINDS[before.kind].word), gettext(KINDS[after.kind].word)))
    if (before.anchor, before.days) != (after.anchor, after.days):
        found.append((gettext("the day"), when(before.anchor, before.days), when(after.anchor, after.days)))
    if before.term_days != after.term_days:
        found.append((gettext("the time to pay"), _term(before.term_days), _term(after.term_days)))
    if before.approval is not after.approval:
        found.append((gettext("who lets it go"), _approval(before.approval), _approval(after.approval)))
    if before.prefers_post is not after.prefers_post:
        found.append((gettext("the way"), _channel(before.prefers_post), _channel(after.prefers_post)))
    return found

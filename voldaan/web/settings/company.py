"""Who the company is, and by which terms its customers are followed up: each setting with what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import settings as questions
from voldaan.queries import strategies
from voldaan.rules.refusals import Refusal, mark
from voldaan.usecases import administrations
from voldaan.web.entered import Entered
from voldaan.web.settings.shelf import shown
from voldaan.web.toasts import Toast, leave

LANGUAGES = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}  # each by its own name
WORKING_DAYS = ("1", "2", "3", "4", "5", "7", "10", "15", "20", "30")

Choices = dict[str, str]  # the words of each value


@dataclass(frozen=True, slots=True)
class Field:
    """One setting on a form."""

    name: str
    label: str  # marked
    does: str  # marked: one sentence on what it does
    longest: int = 120
    choices: Callable[[Entered, str], Choices] | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together."""

    title: str  # marked
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """One setting as it is shown: what stands in the field, and what stood there when the form was made."""

    field: Field
    value: str
    was: str
    choices: Choices
    problem: str = ""

    @property
    def said(self) -> str:
        """Give the value in words."""
        return self.choices.get(self.value, self.value)


def _strategies(request: Entered, current: str) -> Choices:  # noqa: ARG001 - as the others
    return {one.code: words.said(one.name) for one in strategies.strategies(actor=request.actor)}


def _strategies_of_consumers(request: Entered, current: str) -> Choices:
    return {"": gettext("the one of their country"), **_strategies(request, current)}


def _pays_first(request: Entered, current: str) -> Choices:  # noqa: ARG001 - as the others
    return {"off": gettext("costs, interest and then the invoice"), "on": gettext("the invoice")}


def _precisions(request: Entered, current: str) -> Choices:  # noqa: ARG001
    return {value: words.said(word) for value, word in words.PRECISIONS.items()}


def _languages(request: Entered, current: str) -> Choices:  # noqa: ARG001
    return LANGUAGES


def _time_zones(request: Entered, current: str) -> Choices:  # noqa: ARG001
    european = (zone for zone in available_timezones() if zone.startswith("Europe/"))
    return {zone: zone.replace("_", " ") for zone in sorted({*european, current})}


def _working_days(request: Entered, current: str) -> Choices:  # noqa: ARG001
    days = sorted({*WORKING_DAYS, *([current] if current.isdigit() else [])}, key=int)
    return {"off": gettext("do not look"), **{day: day for day in days}}


def _sells(request: Entered, current: str) -> Choices:  # noqa: ARG001
    return {"": gettext("not said: the shortest term counts")} | {
        value: words.said(word) for value, word in words.SELLS.items()
    }


def _filing(request: Entered, current: str) -> Choices:  # noqa: ARG001
    return {value: words.said(word) for value, word in words.FILINGS.items()}


COMPANY = (
    Group(mark("On letters and messages"), (
        Field("name", mark("Name of the company"), mark("Your customers see it as the sender.")),
        Field("street", mark("Street and number"), mark("In the head of your letters.")),
        Field("postcode", mark("Postcode"), mark("In the head of your letters."), 20),
        Field("city", mark("City"), mark("In the head of your letters.")),
        Field("phone", mark("Telephone"), mark("Under each message, for who would rather call."), 40),
    )),
    Group(mark("Numbers"), (
        Field("registration_number", mark("KvK or enterprise number"), mark("At the foot of letters and mails."), 20),
        Field("vat_number", mark("VAT number"), mark("At the foot of letters and mails."), 20),
    )),
    Group(mark("For the watches"), (
        Field("sells", mark("What you sell"), mark("Goods that a consumer does not pay lapse sooner than services."),
              choices=_sells),
        Field("vat_filing", mark("VAT return"), mark("In which return VAT on bad debts comes back."), choices=_filing),
    )),
)  # fmt: skip

FOLLOW_UP = (
    Group(mark("Terms"), (
        Field("strategy", mark("Strategy"), mark("The steps that customers without one of their own get."),
              choices=_strategies),
        Field("consumer_strategy", mark("Strategy of consumers"),
              mark("By their country: with the fourteen-day letter, or the free first reminder, of its law."),
              choices=_strategies_of_consumers),
        Field("capital_rate", mark("What money costs you, in percent a year"),
              mark("So Vandaag shows what it costs to wait for what is open; 0 shows nothing."), 5),
    )),
    Group(mark("Interest and costs"), (
        Field("principal_first", mark("Money pays first"),
              mark("By law (art. 6:44 BW) what was claimed goes before the invoice. Choose the invoice where another "
                   "bookkeeping books your receipts too."),
              choices=_pays_first),
    )),
    Group(mark("Caution"), (
        Field("bank_freshness_days", mark("Bank data holds, in working days"),
              mark("After that nobody gets a reminder, because somebody may have paid."), choices=_working_days),
        Field("match_tolerance", mark("A payment may fall short by"),
              mark("So little is given up by itself when the payer says what is paid. 0.00: never."), 5),
        Field("matching_precision", mark("Receipts are booked by themselves"),
              mark("As often as it must be right, measured. What falls short of it is proposed, and waits for you."),
              choices=_precisions),
        Field("rest_limit", mark("A small rest, at most"),
              mark("So little that is left after a payment is given up in one click, without a reason. 0.00: never."),
              5),
        Field("write_off_limit", mark("Given up without an owner, at most"),
              mark("Of one invoice, or of interest and costs: more is for an owner. Empty: no limit."), 13),
        Field("large_run", mark("Large number of messages"),
              mark("Above it, whoever approves all at once types how many."), 8, is_number=True),
        Field("claim_lease_seconds", mark("Seconds until a message is uncertain"),
              mark("So long a sender may take for one message; 600 is good."), 5, is_number=True),
    )),
    Group(mark("Language and time"), (
        Field("language", mark("Language"), mark("Customers without a language of their own get it."),
              choices=_languages),
        Field("time_zone", mark("Time zone"), mark("Says when a day begins and ends."), choices=_time_zones),
    )),
)  # fmt: skip

BOOKKEEPING = (
    Group(mark("Where payments are booked in your bookkeeping package"), (
        Field("ledger_receipts", mark("Account of what was received"),
              mark("The bank account, or the account in between on which your package books what the bank told."), 20),
        Field("ledger_debtors", mark("Account of the customers"),
              mark("In the Netherlands mostly 1300, in Belgium 400000. Empty: the usual one of your package, if any."),
              20),
        Field("ledger_discounts", mark("Account of payment discounts"),
              mark("What a customer took off for paying in time. Needed once there is one."), 20),
        Field("ledger_differences", mark("Account of small differences"),
              mark("The few cents that a payment fell short. Needed once there is one."), 20),
    )),
    Group(mark("How your package calls it"), (
        Field("ledger_journal", mark("Journal"),
              mark("The code of the general journal (memoriaal), such as 90 or MEMO. Empty: the usual one."), 20),
        Field("ledger_office", mark("Office code"),
              mark("Only Twinfield asks for it: the code of your administration there."), 20),
    )),
)  # fmt: skip


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show who the company is, or change it."""
    return _form(request, COMPANY, "settings", gettext("Your company"))


def follow_up(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Show by which terms customers are followed up, or change them."""
    return _form(request, FOLLOW_UP, "settings_follow_up", gettext("Follow-up"))


def bookkeeping(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Show by which codes the bookkeeping package knows where a payment belongs, or change them."""
    return _form(request, BOOKKEEPING, "settings_bookkeeping", gettext("Bookkeeping"))


def _form(request: Entered, groups: tuple[Group, ...], name: str, title: str) -> HttpResponse:
    problems = _change(request, groups) if request.method == "POST" else {}
    if request.method == "POST" and not problems:
        leave(request, Toast(gettext("Kept.")))
        return redirect(name, slug=request.books.slug)
    current = {one.name: one.value or "" for one in questions.settings(actor=request.actor)}
    current["write_off_limit"] = current["write_off_limit"].removeprefix(questions.OFF)  # an empty field says so
    context = {
        "title": title,
        "groups": [
            (group.title, [_filled(request, one, current[one.name], problems) for one in group.fields])
            for group in groups
        ],
    }
    return shown(request, "settings/form.html", context, status=422 if problems else 200)


def _change(request: Entered, groups: tuple[Group, ...]) -> dict[str, str]:
    """Change what was touched, each setting by itself; give what could not be."""
    problems = {}
    for field in (field for group in groups for field in group.fields):
        typed = request.POST.get(field.name, "").strip()
        # What stands as it was shown was not touched: it may have been changed elsewhere meanwhile.
        if field.name not in request.POST or typed == request.POST.get(f"was_{field.name}", "").strip():
            continue
        try:
            administrations.change(name=field.name, value=typed, actor=request.actor, today=request.today)
        except Refusal as refusal:
            facts = refusal.facts | ({"name": words.said(field.label)} if "name" in refusal.facts else {})
            problems[field.name] = words.said(refusal.says, **facts)
    return problems


def _filled(request: Entered, field: Field, current: str, problems: dict[str, str]) -> Filled:
    choices = field.choices(request, current) if field.choices else {}
    problem = problems.get(field.name, "")
    return Filled(field, request.POST.get(field.name, "") if problem else current, current, choices, problem)

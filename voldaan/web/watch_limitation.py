"""Verjaring: what lapses soon, what has lapsed, and what can be done; with the letter that begins the term anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext

from voldaan.formats import letter_pdf
from voldaan.look import words
from voldaan.look.spreadsheets import Cell, Total
from voldaan.queries import reservation
from voldaan.queries.limitation import Interrupted, WatchedClaim, watched
from voldaan.rules import limitation
from voldaan.rules.limitation import WARNED_DAYS, Interruption
from voldaan.rules.money import Money
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import interruptions
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.report_files import handed
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import choice, day, number

YEAR = timedelta(days=365)
ON_ONE_PAGE = 50
SOON, LATER, BARRED = "", "jaar", "verjaard"  # as the address names them
WHICH = {SOON: mark("within 90 days"), LATER: mark("within a year"), BARRED: mark("barred")}


class NoSuchKind(Refusal):
    code = "no_such_kind"
    kind = Kind.INVALID
    says = mark("Say what happened: a demand, an acknowledgement, a claim in court or a notice.")


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim, in words of a page."""

    claim: WatchedClaim
    word: str  # marked: the kind of claim
    days: int  # that are left; less than nothing: so many days ago
    told: list[tuple[str, str, Interrupted]]  # of each interruption: its word, its day in words, and what it is


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show what lapses, the earliest first."""
    found = watched(until=request.today + YEAR, actor=request.actor, today=request.today)
    soon = request.today + timedelta(days=WARNED_DAYS)
    parts = {
        SOON: [one for one in found if not one.has_lapsed and one.last_day <= soon],
        LATER: [one for one in found if not one.has_lapsed],
        BARRED: [one for one in found if one.has_lapsed],
    }
    which = choice(request.GET, "welke", parts, SOON)
    skip = number(request.GET.get("na", "")) or 0
    chosen = parts[which]
    last = skip + ON_ONE_PAGE
    context = {
        "title": _title(parts[SOON]),
        "which": which,
        "ways": [(name, word, len(parts[name])) for name, word in WHICH.items()],
        "rows": [_row(request, one) for one in chosen[skip:last]],
        "sums": list(_sums(chosen)),
        "is_first": not skip,
        "start": f"welke={which}",
        "next": f"welke={which}&na={last}" if last < len(chosen) else "",
        "kinds": limitation.INTERRUPTIONS.items(),
        "may_record": request.actor.may(Deed.RECORD_CALLS),
        "may_export": request.actor.may(Deed.EXPORT),
        "is_barred": which == BARRED,
        "some_uncertain": any(not one.is_certain for one in chosen),
        "no_letter": any(not one.a_letter_helps for one in chosen),
    }
    return render(request, "watches/limitation.html", context)


def file(request: Entered, slug: str) -> HttpResponseBase:  # noqa: ARG001
    """Hand over every open item with its last day."""
    request.actor.must(Deed.EXPORT)
    rows = watched(actor=request.actor, today=request.today)
    titles = [gettext("Invoice"), gettext("Customer"), gettext("Due"), gettext("Kind of claim"), gettext("By law"),
              gettext("Last day"), gettext("Barred on"), gettext("Interrupted"), gettext("Currency"),
              gettext("Open")]  # fmt: skip
    return handed(request, gettext("Limitation").lower(), request.today, titles, _cells(request, rows))


def letter(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Give the letter that interrupts the limitation, in the language of the customer."""
    drawn = reservation.letter(id, actor=request.actor, today=request.today)
    answer = HttpResponse(letter_pdf.draw(drawn), content_type="application/pdf")
    word = gettext("Letter that interrupts limitation")
    name = f"{word} {drawn.invoices[0]} {request.today.isoformat()}.pdf"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def interrupt(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Write down what interrupted the limitation of an invoice."""
    kinds = {one.value: one for one in Interruption}
    kind, on = kinds.get(request.POST.get("what", "")), day(request.POST.get("day", ""))
    if kind is None:
        raise NoSuchKind
    interruptions.record(invoice=id, kind=kind, day=on, proof=request.POST.get("proof", ""), actor=request.actor,
                         today=request.today)  # fmt: skip
    leave(request, Toast(gettext("Written down. Keep the proof.")))
    return HttpResponseRedirect(refused.back(request))


def take_back(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Take back an interruption that was written down by mistake."""
    reason = request.POST.get("reason", "")
    interruptions.take_back(interruption=id, reason=reason, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Taken back: the term runs as if it had never been.")))
    return HttpResponseRedirect(refused.back(request))


def _title(soon: Sequence[WatchedClaim]) -> str:
    if not soon:
        return gettext("Nothing lapses within 90 days")
    sentence = ngettext("%(n)s claim lapses within 90 days, %(amounts)s",
                        "%(n)s claims lapse within 90 days, %(amounts)s", len(soon))  # fmt: skip
    amounts = words.joined([words.amount(money) for money, _ in _sums(soon)])
    return sentence % {"n": len(soon), "amounts": amounts}


def _sums(claims: Iterable[WatchedClaim]) -> Iterator[tuple[Money, int]]:
    cents: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for one in claims:
        cents[one.currency] += one.open_cents
        counts[one.currency] += 1
    for currency, sum_ in sorted(cents.items()):
        yield Money(sum_, currency), counts[currency]


def _row(request: Entered, one: WatchedClaim) -> ClaimRow:
    told = [(limitation.INTERRUPTIONS[it.kind], words.own_tongue().day(it.day), it) for it in one.interruptions]
    return ClaimRow(one, limitation.CLAIMS[one.claim], (one.last_day - request.today).days, told)


def _cells(request: Entered, claims: Sequence[WatchedClaim]) -> Iterator[Sequence[Cell]]:
    def row(one: WatchedClaim) -> Sequence[Cell]:
        told = "; ".join(f"{words.said(word)} {on}" for word, on, it in _row(request, one).told if it.counts)
        invoice = f"{one.invoice} ({one.instalment})" if one.instalment > 1 else one.invoice
        return [invoice, one.debtor, one.due_date, words.said(limitation.CLAIMS[one.claim]), ", ".join(one.articles),
                one.last_day, one.barred_on, told, one.currency, Money(one.open_cents, one.currency)]  # fmt: skip

    totals = (Total([gettext("Total"), *[None] * 7, money.currency, money]) for money, _ in _sums(claims))
    return chain(map(row, claims), totals)

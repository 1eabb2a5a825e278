"""Ontbrekend: the customers who owe and cannot be reached, with room to fill in what is missing, in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.queries import missing as questions
from voldaan.queries.missing import MissingRow, What
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases.addresses import Address, Filled, fill_in
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import choice

ON_ONE_PAGE = 50
MOST_LINES = 1_000  # pasted at once
IN_ADDRESS = {"e-mail": What.EMAIL, "post": What.POSTAL}
SHOWN = {What.EMAIL: mark("No e-mail address"), What.POSTAL: mark("No postal address")}
FIELDS = {
    What.EMAIL: {"email": mark("E-mail")},
    What.POSTAL: {"street": mark("Street and number"), "postcode": mark("Postcode"), "city": mark("City")},
}
FIELD = re.compile(r"(email|street|postcode|city)-(\w{1,60})")
BETWEEN = re.compile(r"[;,\t]")


class NotALine(Refusal):
    code = "not_a_line"
    kind = Kind.INVALID
    says = mark("“{line}” is no number with an e-mail address. Write them like 1003;info@example.nl.")


class TooManyLines(Refusal):
    code = "too_many_lines"
    kind = Kind.INVALID
    says = mark("These are {lines} lines: at most {most} at once. Nothing was filled in.")


@dataclass(frozen=True, slots=True)
class Blank:
    """One field to fill in."""

    name: str
    word: str  # marked
    typed: str


@dataclass(frozen=True, slots=True)
class Row:
    """One customer, with what is to be filled in and why what was typed did not fit."""

    row: MissingRow
    blanks: list[Blank]
    problem: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: by the id of a customer in its row, by number in lines; and lines that say nothing."""

    rows: dict[str, Address]
    lines: dict[str, tuple[str, Address]]  # by number, with the line as it was typed
    unfit: list[tuple[str, str]]  # a line, and why


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List whom no mail, or no letter, reaches; or fill in what was typed."""
    if request.method != "POST":
        return _shown(request, Asked({}, {}, []), Filled(0, {}))
    asked = _asked(request.POST)
    by_line = {number: address for number, (_, address) in asked.lines.items()}
    filled = fill_in(told=asked.rows | by_line, actor=request.actor, today=request.today)
    if filled.unfit or asked.unfit:
        return _shown(request, asked, filled)
    leave(request, Toast(_done(filled.customers) if filled.customers else gettext("Nothing was typed.")))
    return HttpResponseRedirect(f"{reverse('missing', args=[request.books.slug])}?{_query(request)}")


def _done(count: int) -> str:
    return ngettext("The address of %(count)d customer is kept.", "The addresses of %(count)d customers are kept.",
                    count) % {"count": count}  # fmt: skip


def _query(request: Entered) -> str:
    said = request.GET.get("welke", "")
    return urlencode({"welke": said if said in IN_ADDRESS else "e-mail", "na": request.GET.get("na", "")[:12]})


def _shown(request: Entered, asked: Asked, filled: Filled) -> HttpResponse:
    """Show the list; what did not fit stands there as it was typed."""
    said, after = choice(request.GET, "welke", IN_ADDRESS, "e-mail"), request.GET.get("na", "")[:12]
    what = IN_ADDRESS[said]
    found = questions.missing(what=what, after=after, most=ON_ONE_PAGE, actor=request.actor)
    counts = questions.counts(actor=request.actor)
    problems = {whose: words.refused(refusal) for whose, refusal in filled.unfit.items()}
    rows = [_row(row, what, asked.rows.get(row.id), problems.get(row.id, "")) for row in found.rows]
    there = {row.id for row in found.rows}
    lines = [(line, problems[number]) for number, (line, _) in asked.lines.items() if number in problems] + asked.unfit
    is_refused = bool(problems or lines)
    context = {
        "rows": rows,
        "ways": [(f"welke={name}", SHOWN[one], counts[one], one is what) for name, one in IN_ADDRESS.items()],
        "is_first": not after,
        "this": _query(request),
        "start": urlencode({"welke": said}) if said else "",
        "next": urlencode({"welke": said or "e-mail", "na": found.next}) if found.next else "",
        "kept": _done(filled.customers) if filled.customers else "",
        "is_refused": is_refused,
        "unfit": [problem for whose, problem in problems.items() if whose in asked.rows and whose not in there],
        "lines": "\n".join(line for line, _ in lines),
        "line_problems": [problem for _, problem in lines],
        "may_change": request.actor.may(Deed.CHANGE_DEBTORS),
        "asks_email": what is What.EMAIL,
    }
    return render(request, "missing/page.html", context, status=422 if is_refused else 200)


def _row(row: MissingRow, what: What, typed: Address | None, problem: str) -> Row:
    # Only what is not known can be filled in: a postcode that is there stays.
    blanks = [
        Blank(name, word, getattr(typed, name) if typed and problem else "")
        for name, word in FIELDS[what].items()
        if not getattr(row, name, "")
    ]
    return Row(row, blanks, problem)


def _asked(posted: Mapping[str, str]) -> Asked:
    rows: dict[str, dict[str, str]] = {}
    for name in posted:
        if (found := FIELD.fullmatch(name)) and posted[name].strip():
            rows.setdefault(found[2], {})[found[1]] = posted[name]
    asked = Asked({id_: Address(**said) for id_, said in rows.items()}, {}, [])
    for line in _lines(posted.get("lines", "")):
        number, *rest = (_unquoted(part) for part in BETWEEN.split(line.lstrip()))
        if number and rest and not any(rest[1:]) and '"' not in number + rest[0]:
            asked.lines[number] = line, Address(email=rest[0])
        else:
            asked.unfit.append((line, words.refused(NotALine(line=line[:80]))))
    return asked


def _unquoted(part: str) -> str:
    return part.strip().removeprefix('"').removesuffix('"').strip()


def _lines(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise TooManyLines(lines=len(lines), most=MOST_LINES)
    yield from lines

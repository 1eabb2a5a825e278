"""Dubbelen: who may be there twice; and two customers made one, seen side by side first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from voldaan.queries import customers, debtors
from voldaan.queries import doubles as questions
from voldaan.queries.doubles import Pair, Side
from voldaan.rules.money import Money
from voldaan.rules.permissions import Deed
from voldaan.rules.references import print_iban
from voldaan.rules.refusals import mark
from voldaan.usecases import doubles as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import number

ON_ONE_PAGE = 50
MOST_FOUND = 10  # customers that a search shows
ALIKE = {
    "name": mark("name"),
    "vat_number": mark("VAT number"),
    "registration_number": mark("registration number"),
    "email": mark("e-mail address"),
    "iban": mark("bank account"),
}
KNOWN = {
    "number": mark("Number"),
    "name": mark("Name"),
    "street": mark("Street and number"),
    "postcode": mark("Postcode"),
    "city": mark("City"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "vat_number": mark("VAT number"),
    "registration_number": mark("Registration number"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known: of the one that stays, of the double, and of the one customer afterwards."""

    word: str  # marked
    stays: str
    gone: str
    after: str


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List the pairs that may be one."""
    after = request.GET.get("na", "")
    pairs = questions.likely(after=_key(after), most=ON_ONE_PAGE + 1, actor=request.actor)
    shown = pairs[:ON_ONE_PAGE]
    context = {
        "rows": [(pair, [ALIKE[what] for what in pair.alike]) for pair in shown],
        "is_first": not after,
        "next": _written(shown[-1]) if len(pairs) > ON_ONE_PAGE else "",
        "may_change": request.actor.may(Deed.CHANGE_DEBTORS),
    }
    return render(request, "doubles/page.html", context)


def _written(pair: Pair) -> str:
    return "-".join(map(str, pair.key))


def _key(said: str) -> tuple[int, int]:
    one, _, other = said.partition("-")
    return number(one) or 0, number(other) or 0


def merge(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Find the double of a customer, show both, and let the double be of it."""
    other = request.POST.get("double", "") if request.method == "POST" else request.GET.get("met", "")[:12]
    if request.method == "POST":
        items = verbs.merge(double=other, into=id, actor=request.actor, today=request.today)
        said = ngettext("Merged. %(count)d open item moved.", "Merged. %(count)d open items moved.", items)
        leave(request, Toast(said % {"count": items}))
        return redirect("debtor", slug=slug, id=id)
    if other and other != id:
        stays, gone = questions.side_by_side(id, other, actor=request.actor)
        return render(request, "doubles/merge.html", _context(stays, gone))
    search = request.GET.get("zoek", "").strip()[:100]
    one = debtors.named(id, actor=request.actor)
    found = customers.customers(search=search, most=MOST_FOUND + 1, actor=request.actor, today=request.today).rows
    rows = [row for row in found if row.id != one.id][:MOST_FOUND] if search else []
    return render(request, "doubles/find.html", {"customer": one, "search": search, "rows": rows})


def _context(stays: Side, gone: Side) -> dict[str, object]:
    sums: dict[str, Money] = {}
    for money in stays.owed + gone.owed:
        sums[money.currency] = sums.get(money.currency, Money(0, money.currency)) + money
    return {
        "stays": stays,
        "gone": gone,
        "sides": [stays, gone],
        "lines": _lines(stays, gone),
        "together": list(sums.values()),
        "messages": stays.messages + gone.messages,
        "waiting": stays.waiting + gone.waiting,
    }


def _lines(stays: Side, gone: Side) -> list[Line]:
    """Say what will be known afterwards, as the verb has it: what is lacking is taken from the double."""
    lines = []
    for name, word in KNOWN.items():
        mine, theirs = getattr(stays, name), getattr(gone, name)
        lines.append(Line(word, mine, theirs, mine or theirs))
    accounts = [", ".join(map(print_iban, ibans)) for ibans in (
        stays.ibans, gone.ibans, dict.fromkeys(stays.ibans + gone.ibans))]  # fmt: skip
    return [line for line in [*lines, Line(mark("Accounts"), *accounts)] if line.after]

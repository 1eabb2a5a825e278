"""Naar de boekhouding: what was matched here as a file for the bookkeeping package, each payment once."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.formats import ledger_file
from voldaan.look import words
from voldaan.queries import exports as questions
from voldaan.rules.exports import CODES, SETTINGS
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Refusal, mark
from voldaan.usecases import exports as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import number

MOST = 50  # exports on one page
HOW = {
    "csv": mark("Open it in a spreadsheet, or give it to whoever keeps your books."),
    "e-boekhouden": mark("e-Boekhouden.nl names these columns in its programming interface; ask there who takes in."),
    "exact": mark("In Exact Online: Import/Export, XML, Import, topic Transactions. Then reconcile the customers."),
    "odoo": mark(
        "In Odoo: Accounting, Journal Entries, Import records. Test the import first; Odoo shows what is off."
    ),
    "snelstart": mark("In SnelStart: import it as Boekingen. Make a backup of your books there first."),
    "twinfield": mark("In Twinfield: upload it under File manager and import it; it comes in as provisional."),
}
SURE = {
    "H": "",
    "M": mark("The layout follows what the package describes. Take in one file first, and look at it there."),
    "L": mark("We could not try this layout. Take in one small file first, and look at it there."),
}


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show what is new for the bookkeeping, and what was handed over before."""
    return _shown(request)


def hand_over(request: Entered, slug: str) -> HttpResponse:
    """Make a file of what is new. A second press finds nothing new, and shows the file of the first."""
    try:
        id_ = verbs.hand_over(layout=request.POST.get("layout", ""), actor=request.actor, today=request.today)
    except verbs.NothingNew as refusal:
        leave(request, Toast(words.refused(refusal)))
        return redirect("exports", slug=slug)
    except (verbs.NoSuchLayout, verbs.CodesMissing, verbs.CustomersWithoutNumber, verbs.OnlyEuros) as refusal:
        return _shown(request, refusal)
    leave(request, Toast(gettext("The file is ready. It can be had again at any time.")))
    return HttpResponseRedirect(f"{reverse('exports', args=[slug])}?klaar={id_}")


def file(request: Entered, slug: str, id: str) -> FileResponse:  # noqa: A002, ARG001
    """Give the file of an export, exactly as it was."""
    handed, opened = questions.again(id=id, actor=request.actor)
    return FileResponse(opened, as_attachment=True, filename=handed.file, content_type=_media(handed))


def _media(handed: questions.Handed) -> str:
    kind = ledger_file.MEDIA[handed.file.rpartition(".")[2]]
    return f"{kind}; charset=utf-8"


def _shown(request: Entered, refusal: Refusal | None = None) -> HttpResponse:
    before = number(request.GET.get("voor", ""))
    found = questions.overview(before=before, most=MOST + 1, actor=request.actor)
    rows, forms = found.exports[:MOST], ledger_file.layouts()
    ready = next((one for one in rows if one.id == request.GET.get("klaar")), None)
    chosen = request.POST.get("layout") or (found.last.layout if found.last else "")
    context = {
        "said": "exports",
        "found": found,
        "rows": [(one, forms[one.layout].name) for one in rows],
        "next": rows[-1].number if len(found.exports) > MOST else "",
        "is_first": before is None,
        "ready": ready,
        "how": HOW[ready.layout] if ready else "",
        "sure": SURE[forms[ready.layout].sure] if ready else "",
        "forms": sorted(forms.values(), key=lambda one: one.name.lower()),
        "chosen": chosen,
        "may_hand_over": request.actor.may(Deed.ALLOCATE),
        "may_set": request.actor.may(Deed.CHANGE_SETTINGS),
        "problem": _problem(refusal) if refusal else "",
        "lacks_codes": isinstance(refusal, verbs.CodesMissing),
    }
    return render(request, "exports/page.html", context, status=422 if refusal else 200)


def _problem(refusal: Refusal) -> str:
    if not isinstance(refusal, verbs.CodesMissing):
        return words.refused(refusal)
    lacking = str(refusal.facts["codes"]).split(", ")
    codes = ", ".join(words.said(CODES[code]) for code, setting in SETTINGS.items() if setting in lacking)
    return gettext("{layout} asks for codes of your bookkeeping that are not known here yet: {codes}.").format(
        layout=refusal.facts["layout"], codes=codes
    )

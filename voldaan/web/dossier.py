"""Het dossier: what is in it of a customer or of one invoice, and the whole of it as a PDF or a ZIP."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from voldaan.formats import dossier_pdf, dossier_zip
from voldaan.look import dossier_papers
from voldaan.look import dossiers as words
from voldaan.queries import dossier as questions
from voldaan.queries.dossier import Dossier
from voldaan.rules.permissions import Deed
from voldaan.usecases import dossiers
from voldaan.usecases.events import SENTENCES
from voldaan.web.entered import Entered

SHOWN = 50  # documents on the page
IN_MEMORY = 2**20  # bytes; a larger file is on disk, where it has no name
ZIP, PDF = ("zip", "application/zip"), ("pdf", "application/pdf")


def of_customer(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show what is in the dossier of a customer, in one currency."""
    of = questions.of(id, actor=request.actor)
    found = _of_customer(request, of, request.GET.get("valuta", ""))
    return _page(request, found, {"currencies": of.currencies if len(of.currencies) > 1 else ()})


def of_invoice(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Show what is in the dossier of one invoice."""
    found = questions.of_invoice(id, actor=request.actor, today=request.today)
    return _page(request, found, {"invoice_id": id})


def file(request: Entered, slug: str, id: str) -> HttpResponseBase:  # noqa: A002, ARG001
    """Hand over the dossier of a customer."""
    of = questions.of(id, actor=request.actor)
    return _handed_over(request, _of_customer(request, of, request.POST.get("valuta", "")))


def invoice_file(request: Entered, slug: str, id: str) -> HttpResponseBase:  # noqa: A002, ARG001
    """Hand over the dossier of one invoice."""
    return _handed_over(request, questions.of_invoice(id, with_notes=_with_notes(request), actor=request.actor,
                                                      today=request.today))  # fmt: skip


def _of_customer(request: Entered, of: questions.Of, currency: str) -> Dossier:
    chosen = currency if currency in of.currencies else (*of.currencies, "EUR")[0]
    return questions.of_customer(of.debtor, currency=chosen, with_notes=_with_notes(request), actor=request.actor,
                                 today=request.today)  # fmt: skip


def _with_notes(request: Entered) -> bool:
    return request.method != "POST" or request.POST.get("notities") == "ja"


def _page(request: Entered, found: Dossier, more: dict[str, object]) -> HttpResponse:
    exhibits = [exhibit for exhibit, _ in zip(words.exhibits_of(found), range(SHOWN), strict=False)]
    context = {
        "found": found,
        "exhibits": exhibits,
        "left": len(found.papers) - len(exhibits),
        "has_notes": any(one.what == "note" for one in found.happenings),
        "may_export": request.actor.may(Deed.EXPORT),
    }
    return render(request, "dossier/page.html", context | more)


def _handed_over(request: Entered, found: Dossier) -> FileResponse:
    """Draw the dossier in the language of the administration; what fails is told before the first byte leaves."""
    ending, kind = PDF if request.POST.get("vorm") == "pdf" else ZIP
    with translation.override(found.language):
        (written, opened), name = dossier_papers.ready(found, SENTENCES), words.called(found)
    pdf = dossier_pdf.draw(written, opened)
    out = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    if ending == "pdf":
        out.write(pdf)
    else:
        dossier_zip.write(out, written, pdf, opened)
    dossiers.hand_over(debtor=found.customer_id, invoice=found.invoice, documents=len(found.papers),
                       actor=request.actor, today=request.today)  # fmt: skip
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{name}.{ending}", content_type=kind)

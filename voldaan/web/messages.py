"""One message: as the customer sees it, what goes along with it, and the whole of it as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from voldaan.formats import pdf_picture
from voldaan.queries import messages as questions
from voldaan.web.entered import Entered

# What a customer is sent may hold words of others: nothing in it runs, and nothing is fetched for it.
AS_SENT = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show the mail itself, to stand in a frame."""
    seen = _seen(request, id)
    if not seen.html:
        raise Http404
    return HttpResponse(seen.html, headers=AS_SENT)


def picture(request: Entered, slug: str, id: str, number: int) -> HttpResponse:  # noqa: A002, ARG001
    """Show a page of a letter."""
    seen = _seen(request, id)
    drawn = pdf_picture.draw(seen.pdf, number) if seen.pdf else None
    if drawn is None:
        raise Http404
    return HttpResponse(drawn, content_type="image/png")


def attachment(request: Entered, slug: str, id: str, number: int) -> HttpResponse:  # noqa: A002, ARG001
    """Give a file that goes along."""
    seen = _seen(request, id)
    if number >= len(seen.attachments):
        raise Http404
    found = seen.attachments[number]
    return handed_over(found.name, found.content)


def file(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Give the whole message as a file, byte for byte as it leaves."""
    found = questions.message(id, actor=request.actor, today=request.today, now=request.now)
    return handed_over(found.name, found.content)


def _seen(request: Entered, id_: str) -> questions.Seen:
    return questions.seen(id_, actor=request.actor, today=request.today, now=request.now)


def handed_over(name: str, content: bytes) -> HttpResponse:
    """Hand over a file, never to be shown as a page of ours."""
    answer = HttpResponse(content, content_type="application/octet-stream", headers=AS_SENT)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer

"""The texts of messages: each as it is, your own over the one that comes with Voldaan, and how a customer sees it.

What was typed and not kept yet waits in the session, so that the preview is the very mail also before it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from voldaan.formats import pdf_picture
from voldaan.look import words
from voldaan.queries import wordings as questions
from voldaan.rules.letters import Wording
from voldaan.rules.refusals import Refusal
from voldaan.rules.wording import PLACEHOLDERS, Unresolved, check
from voldaan.usecases import wordings as verbs
from voldaan.web.entered import Entered
from voldaan.web.messages import AS_SENT
from voldaan.web.settings.company import LANGUAGES
from voldaan.web.settings.shelf import shown
from voldaan.web.toasts import Toast, leave

DRAFT = "text_draft"  # its place in the session


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of one step, by language."""

    step: str
    texts: list[questions.Text]


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List the texts."""
    found = questions.texts(actor=request.actor)
    rows = [Row(step, [one for one in found if one.step == step]) for step in dict.fromkeys(one.step for one in found)]
    return shown(request, "settings/texts.html", {"rows": rows, "tongues": LANGUAGES})


def one(request: Entered, slug: str, step: str, language: str) -> HttpResponse:
    """Show one text beside the mail that it makes; look at another one, keep it, or take the shipped one back."""
    there = _there(request, step, language)
    if request.method != "POST":
        request.session.pop(DRAFT, None)
        return _page(request, questions.wording(step, language, actor=request.actor), there)
    deed, typed = request.POST.get("deed", ""), _typed(request, step, language)
    who: dict[str, Any] = {"actor": request.actor, "today": request.today}
    try:
        match deed:
            case "keep":
                verbs.write(wording=typed, **who)
                says = gettext("Kept. The next messages have this text.")
            case "give_back":
                verbs.give_back(step=step, language=language, **who)
                says = gettext("The text that comes with Voldaan is used again.")
            case _:
                check(typed)
                request.session[DRAFT] = [request.books.slug, step, language, typed.subject, typed.body, typed.closing]
                return _page(request, typed, there, is_draft=True)
    except Refusal as refusal:
        return _page(request, typed, there, is_draft=True, problem=words.refused(refusal))
    request.session.pop(DRAFT, None)
    leave(request, Toast(says))
    return redirect("settings_text", slug=slug, step=step, language=language)


def mail(request: Entered, slug: str, step: str, language: str) -> HttpResponse:  # noqa: ARG001
    """Show the mail itself, to stand in a frame."""
    seen = _preview(request, _drafted(request, step, language))
    if isinstance(seen, Unresolved):
        raise Http404
    return HttpResponse(seen.html, headers=AS_SENT)


def letter(request: Entered, slug: str, step: str, language: str) -> HttpResponse:  # noqa: ARG001
    """Show the first page of the same text as a letter."""
    wording = _drafted(request, step, language)
    try:
        pdf = questions.preview_letter(wording, actor=request.actor, today=request.today)
    except Unresolved:
        raise Http404 from None
    return HttpResponse(pdf_picture.draw(pdf, 0), content_type="image/png")


def _there(request: Entered, step: str, language: str) -> list[questions.Text]:
    """List the texts of a step, where there is such a step and such a language."""
    found = [text for text in questions.texts(actor=request.actor) if text.step == step]
    if not found or language not in {*LANGUAGES, *(text.language for text in found)}:
        raise Http404
    return found


def _typed(request: Entered, step: str, language: str) -> Wording:
    said = [request.POST.get(part, "").replace("\r\n", "\n").strip() for part in ("subject", "body", "closing")]
    return Wording(step, language, *said)


def _drafted(request: Entered, step: str, language: str) -> Wording:
    """Give what was typed and not kept yet, else the text as it is."""
    _there(request, step, language)
    draft = request.session.get(DRAFT)
    place = [request.books.slug, step, language]
    if draft and draft[:3] == place:
        return Wording(step, language, *draft[3:])
    return questions.wording(step, language, actor=request.actor)


def _preview(request: Entered, wording: Wording) -> questions.Preview | Unresolved:
    try:
        return questions.preview(wording, actor=request.actor, today=request.today, now=request.now)
    except Unresolved as refusal:
        return refusal


def _page(request: Entered, wording: Wording, there: list[questions.Text], *, is_draft: bool = False,
          problem: str = "") -> HttpResponse:  # fmt: skip
    seen = None if problem else _preview(request, wording)
    unresolved = words.refused(seen) if isinstance(seen, Unresolved) else ""
    in_use = next((text for text in there if text.language == wording.language), None)
    context = {
        "wording": wording,
        "tongues": LANGUAGES,
        "is_own": bool(in_use and in_use.is_own),
        "is_draft": is_draft,
        "placeholders": [(f"{{{name}}}", words.said(meaning)) for name, meaning in PLACEHOLDERS.items()],
        "preview": None if isinstance(seen, Unresolved) else seen,
        "advice": [words.said(one.value) for one in seen.advice] if isinstance(seen, questions.Preview) else [],
        "problem": problem or unresolved,
    }
    return shown(request, "settings/text.html", context, status=422 if problem else 200)

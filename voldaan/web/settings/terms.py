"""Payment terms: the values, what the law makes of them, and the text that they make, in every language.

What is being typed is shown beside it; nothing of it holds before it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from voldaan.formats import terms_pdf
from voldaan.look import words
from voldaan.queries import terms as questions
from voldaan.rules.law import DebtorKind
from voldaan.rules.refusals import Refusal, mark
from voldaan.rules.term_checks import unlawful
from voldaan.rules.term_sets import FIELDS, BadTerms, TermSet, read, written
from voldaan.rules.term_text import LANGUAGES, TermText
from voldaan.usecases import terms as verbs
from voldaan.web.entered import Entered
from voldaan.web.settings.company import LANGUAGES as NAMES
from voldaan.web.settings.shelf import shown
from voldaan.web.settings.term_form import SINCE, groups
from voldaan.web.toasts import Toast, leave

WHOM = {"bedrijven": DebtorKind.BUSINESS, "consumenten": DebtorKind.CONSUMER}
OF_FILES = WHOM | {"overheden": DebtorKind.PUBLIC_BODY}
TABS = {"bedrijven": mark("Businesses"), "consumenten": mark("Consumers")}


@dataclass
class Draft:
    """Terms as they are typed: what can be read of them, and what is wrong, by the field where it is shown."""

    words: Mapping[str, str]
    since: str
    terms: TermSet | None = None
    day: date | None = None
    problems: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, refusal: Refusal) -> None:
        """Show a refusal at its field."""
        self.problems.setdefault(getattr(refusal, "place", ""), []).append(words.refused(refusal))


@dataclass(frozen=True, slots=True)
class Seen:
    """The text in one language."""

    language: str
    name: str
    text: TermText


def page(request: Entered, slug: str) -> HttpResponse:
    """Show the terms of a kind of customer; look at others, or keep them."""
    whom = (request.POST if request.method == "POST" else request.GET).get("voor", "bedrijven")
    if whom not in WHOM:
        raise Http404
    known = questions.known(WHOM[whom], actor=request.actor)
    if request.method != "POST":
        is_draft = "payment_days" in request.GET
        return _page(
            request, known, _typed(known, request.GET) if is_draft else _kept(known, request), is_draft=is_draft
        )
    draft = _typed(known, request.POST)
    if request.POST.get("deed") == "look":
        return _page(request, known, draft, is_draft=True)
    if draft.terms is None or draft.day is None or draft.problems:
        return _page(request, known, draft, is_draft=True, status=422)
    after = request.POST.get("after", "")
    try:
        verbs.agree_terms(
            kind=known.kind, terms=draft.terms, valid_from=draft.day, after=int(after) if after.isdecimal() else None,
            actor=request.actor, today=request.today,
        )  # fmt: skip
    except Refusal as refusal:
        draft.tell(refusal)
        return _page(request, known, draft, is_draft=True, status=422)
    leave(request, Toast(words.said(mark("Kept. These terms are for invoices from {day}."), day=draft.day)))
    return redirect(f"{reverse('settings_terms', args=[slug])}?voor={whom}")


def file(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Hand over one version of the terms in one language; version 0 is what holds where nothing was written."""
    whom, language = request.GET.get("voor", "bedrijven"), request.GET.get("taal", LANGUAGES[0])
    if whom not in OF_FILES or language not in LANGUAGES:
        raise Http404
    known = questions.known(OF_FILES[whom], actor=request.actor)
    number = request.GET.get("versie", f"{known.number}")
    version = next((one for one in known.versions if f"{one.number}" == number), None)
    if version is None and number != "0":
        raise Http404
    since = version.valid_from if version else request.today
    text = known.text(version.terms if version else known.unwritten, language, since)
    if request.GET.get("als") == "pdf":
        kind, content = "pdf", terms_pdf.draw(text, firm=known.name, since=since)
        answer = HttpResponse(content, content_type="application/pdf")
    else:
        kind, answer = "txt", HttpResponse(text.plain, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="betalingsvoorwaarden-{whom}-{number}-{language}.{kind}"'
    return answer


def _kept(known: questions.Known, request: Entered) -> Draft:
    """Begin with what was written last; a version of today or later is mended, an older one followed by the next."""
    since = known.versions[0].valid_from if known.versions else request.today
    return Draft(written(known.newest), max(since, request.today).isoformat(), known.newest, since)


def _typed(known: questions.Known, said: Mapping[str, str]) -> Draft:
    draft = Draft({name: said.get(name, "").strip() for name in FIELDS}, said.get(SINCE, "").strip())
    try:
        draft.day = date.fromisoformat(draft.since)
    except ValueError:
        draft.problems[SINCE] = [words.said(mark("“{value}” is no date."), value=draft.since)]
    try:
        draft.terms = read(draft.words)
    except BadTerms as refusal:
        draft.tell(refusal)
    if draft.terms and draft.day:
        for wrong in unlawful(draft.terms, known.country, known.kind, draft.day):
            draft.tell(wrong)
    return draft


def _page(request: Entered, known: questions.Known, draft: Draft, *, is_draft: bool, status: int = 200) -> HttpResponse:
    cautions, texts = [], []
    if draft.terms and draft.day and not draft.problems:
        found = known.cautions(draft.terms, draft.day)
        cautions = [words.said(one.says, **one.facts) for one in found]
        texts = [Seen(code, NAMES[code], known.text(draft.terms, code, draft.day)) for code in LANGUAGES]
    context = {
        "whom": next(word for word, kind in WHOM.items() if kind is known.kind),
        "tabs": TABS,
        "tongues": {code: NAMES[code] for code in LANGUAGES},
        "today": request.today,
        "known": known,
        "number": known.number,
        "holds": known.at(request.today),
        "is_draft": is_draft,
        "groups": groups(known, draft.words, draft.since, draft.problems, today=request.today),
        "problem": " ".join(draft.problems.get("", [])),
        "problems": [said for one in draft.problems.values() for said in one],
        "cautions": cautions,
        "texts": texts,
    }
    return shown(request, "settings/terms.html", context, status=status)

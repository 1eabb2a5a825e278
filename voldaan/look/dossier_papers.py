"""A dossier made ready to be handed over: in words, with the papers drawn that nobody keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from voldaan.formats import claim_pdf, terms_pdf
from voldaan.look import claim_sheets, dossiers
from voldaan.queries import dossier as questions
from voldaan.queries.dossier import Dossier
from voldaan.rules.dossiers import Opened, Paper, PaperKind, Written


def ready(dossier: Dossier, sentences: Mapping[str, str]) -> tuple[Written, Opened]:
    """Draw the claim sheet and the terms, write the dossier out, and give the way to open each of its papers."""
    contents: dict[str, bytes] = {}
    papers = []
    for paper in dossier.papers:
        content = _drawn(paper, dossier)
        if content is None:
            papers.append(paper)
            continue
        papers.append(replace(paper, sha256=sha256(content).hexdigest(), size=len(content)))
        contents[papers[-1].sha256] = content

    def opened(paper: Paper) -> BinaryIO | None:
        content = contents.get(paper.sha256)
        return questions.opened(paper) if content is None else BytesIO(content)

    return dossiers.written(replace(dossier, papers=tuple(papers)), sentences), opened


def _drawn(paper: Paper, dossier: Dossier) -> bytes | None:
    """Draw a paper; None: it is kept as it was sent or received."""
    if paper.kind is PaperKind.CLAIM and dossier.claim:
        return claim_pdf.draw(claim_sheets.sheet(dossier.claim))
    if paper.kind is PaperKind.TERMS:
        held = next(one for one in dossier.terms if f"{one.number}" == paper.about)
        return terms_pdf.draw(held.text, firm=dossier.creditor.name, since=held.since)
    return None

"""A dossier on paper and packed: every document in its place, damaged ones too, and the same bytes every time."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO
from zipfile import ZipFile

import pypdfium2
import pytest

from tests.tools.letters import SENT_ON, letter, pages
from voldaan.formats import dossier_pdf, dossier_zip, letter_mail, letter_pdf
from voldaan.rules.dossiers import Exhibit, Paper, PaperKind, Row, Written, file_name

LETTER = letter_pdf.draw(letter())
MAIL = letter_mail.compose(letter(), sender_address="a@b.example", to_address="k@b.example", message_id="<1@b.example>",
                           sent_at=datetime(2027, 3, 12, 9, 30, tzinfo=UTC))  # fmt: skip
PLAIN = ("amount", "attached", "balance", "booked", "date", "due", "exhibits", "happened", "interest", "invoice",
         "issued", "nothing_open", "number", "open", "owed", "page", "subject", "sums", "to", "what")  # fmt: skip
SAID = {"damaged": "BESCHADIGD", "gone": "WEG", "large": "TE GROOT", "only_file": "ALLEEN BESTAND", "from": "Van"}
LABELS = dict.fromkeys(PLAIN, "") | SAID
PDF, XML, EML = "application/pdf", "application/xml", "message/rfc822"


class Store:
    """Documents in memory, and a dossier of them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.exhibits: list[Exhibit] = []

    def add(self, kind: PaperKind, media_type: str, content: bytes, about: str = "F1", *, gone: bool = False) -> None:
        number, hashed = len(self.exhibits) + 1, sha256(content).hexdigest()
        paper = Paper(number, kind, SENT_ON, about, media_type, hashed, len(content))
        ending = {PDF: ".pdf", XML: ".xml", EML: ".eml"}[media_type]
        name = file_name(number, 9, SENT_ON, about, ending)
        self.exhibits.append(Exhibit(paper, f"Productie {number}", f"Stuk {about}", "12 mrt", name, ()))
        if not gone:
            self.kept[hashed] = content

    def opened(self, paper: Paper) -> BinaryIO | None:
        return BytesIO(self.kept[paper.sha256]) if paper.sha256 in self.kept else None

    def written(self, *rows: Row) -> Written:
        parties = (("Schuldeiser", ("Van Dijk", "Utrecht")), ("Klant", ("Jansen",)))
        return Written("nl", SENT_ON, "Dossier Jansen", LABELS, parties, (("Te betalen", "€ 1,00"),), (), (), rows,
                       tuple(self.exhibits))  # fmt: skip

    def drawn(self) -> bytes:
        return dossier_pdf.draw(self.written(), self.opened)


def sideways(turn: int) -> bytes:
    with closing(pypdfium2.PdfDocument(LETTER)) as document:
        document[0].set_rotation(turn)
        out = BytesIO()
        document.save(out)
        return out.getvalue()


def test_every_document_stands_in_its_order_with_its_number_and_that_of_its_page():
    store = Store()
    store.add(PaperKind.INVOICE, PDF, LETTER)
    store.add(PaperKind.MAIL, EML, MAIL, "mail")
    store.add(PaperKind.LETTER, PDF, sideways(0), "brief")
    found = pages(store.drawn())
    assert "1 / 4" in found[0]
    for at, mark in ((1, "Productie 1 · 2 / 4"), (2, "Productie 2 · 3 / 4"), (3, "Productie 3 · 4 / 4")):
        assert mark in found[at]
    assert "Stuk brief" in found[0]
    assert store.exhibits[2].paper.sha256 in found[0].replace("\n", "")
    assert "Van Dijk Meubelen" in found[1]
    assert "k@b.example" in found[2]
    assert "Beste Bakkerij Jansen" in found[2]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_number_stands_at_the_upper_right_however_a_page_is_turned(turn):
    store = Store()
    store.add(PaperKind.INVOICE, PDF, sideways(turn))
    with closing(pypdfium2.PdfDocument(store.drawn())) as document:
        picture = document[1].render(scale=2, grayscale=True).to_pil()
    width = picture.width
    corner = picture.crop((width - 240, 20, width - 20, 60))
    assert corner.getextrema()[0] < 200, "something is written there"


@pytest.mark.parametrize("content", [b"%PDF-1.7 no more", b"", LETTER[: len(LETTER) // 3], b"\0" * 99], ids=range(4))
def test_a_damaged_file_is_listed_and_said_and_the_rest_is_there(content):
    store = Store()
    store.add(PaperKind.INVOICE, PDF, content)
    store.add(PaperKind.INVOICE, PDF, LETTER)
    found = pages(store.drawn())
    assert "BESCHADIGD" in found[1]
    assert "Van Dijk Meubelen" in found[2]


def locked() -> bytes:
    """Write a PDF that asks for a password."""
    lock = f"<</Filter/Standard/V 1/R 2/P -4/O<{'ab' * 32}>/U<{'cd' * 32}>>>"
    bodies = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
              "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>", lock]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 5\n0000000000 65535 f \n{table}{trailer}".encode()


def test_a_locked_file_is_said():
    store = Store()
    store.add(PaperKind.INVOICE, PDF, locked())
    assert "BESCHADIGD" in pages(store.drawn())[1]


def test_what_has_no_pages_is_too_large_or_is_gone_is_said(monkeypatch):
    store = Store()
    store.add(PaperKind.INVOICE, XML, b"<Invoice/>", "ubl")
    store.add(PaperKind.INVOICE, PDF, LETTER, "weg", gone=True)
    store.add(PaperKind.INVOICE, PDF, sideways(90), "groot")
    monkeypatch.setattr(dossier_pdf, "MOST_SHOWN", 10)
    store.exhibits[1] = replace(store.exhibits[1], paper=replace(store.exhibits[1].paper, size=1))
    found = pages(store.drawn())
    assert len(found) == 4
    for page, word in zip(found[1:], ("ALLEEN BESTAND", "WEG", "TE GROOT"), strict=True):
        assert word in page


def test_the_same_dossier_gives_the_same_bytes_in_both_forms():
    store = Store()
    store.add(PaperKind.INVOICE, PDF, LETTER)
    store.add(PaperKind.MAIL, EML, MAIL)
    drawn, packed = store.drawn(), [BytesIO(), BytesIO()]
    assert drawn == store.drawn()
    for out in packed:
        dossier_zip.write(out, store.written(), drawn, store.opened)
    assert packed[0].getvalue() == packed[1].getvalue()


def test_the_zip_holds_every_file_and_sums_that_sha256sum_accepts(tmp_path):
    store = Store()
    for about in ("../../etc/passwd", "a/b\\c", "x" * 500, "CON", "é\n", "2026-0042"):
        store.add(PaperKind.INVOICE, PDF, LETTER + about.encode(), about)
    store.add(PaperKind.INVOICE, PDF, LETTER + b"weg", "weg", gone=True)
    out = BytesIO()
    dossier_zip.write(out, store.written(), store.drawn(), store.opened)
    with ZipFile(out) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
        packed.extractall(tmp_path)
    assert names[0] == "dossier.pdf"
    assert names[-1] == "SHA256SUMS"
    assert names[1:-1] == sorted(names[1:-1]) == [one.name for one in store.exhibits[:-1]]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(names)
    proof = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True,
                           check=False, env={"LC_ALL": "C", "PATH": os.environ["PATH"]})  # fmt: skip
    assert proof.returncode == 0, proof.stderr
    assert proof.stdout.count(": OK") == len(names) - 1


def test_words_of_others_are_only_words():
    store = Store()
    store.add(PaperKind.INVOICE, XML, b"<a/>", '#panic("x") *vet* 王伟 😀')
    row = Row("1 mrt", "#panic(1) $x$ " + "a" * 300, "王", 1, "€ 1,00", "€ 1,00")
    found = pages(dossier_pdf.draw(store.written(row), store.opened))
    assert "#panic(1) $x$" in found[0]


def test_it_does_not_claim_to_be_archival():
    assert b"pdfaid" not in Store().drawn()

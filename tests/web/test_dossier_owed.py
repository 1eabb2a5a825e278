"""What a dossier says is owed: on its front, in its claim sheet, on the page and by the command the same figures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pytest_django import DjangoDbBlocker

from tests.cli import conftest as at_the_command
from tests.tools.letters import pages
from tests.tools.standing import standing
from tests.tools.stories import Story
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.cli.shell import USAGE
from voldaan.queries import dossier as questions
from voldaan.queries.claims import claim_sheet
from voldaan.rules.dossiers import PaperKind
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import TermSet
from voldaan.rules.tongues import tongue
from voldaan.usecases import deliveries
from voldaan.usecases.terms import agree_terms

pytestmark = pytest.mark.one_engine  # figures of the law on paper

Asked = Callable[..., Any]
asked, typed = at_the_command.asked, at_the_command.typed

TODAY = "2027-03-01"
ADDRESS = {"street": "Kade 2", "postcode": "1011 AB", "city": "Amsterdam"}


def euros(cents: int, language: str = "nl") -> str:
    return tongue(language).amount(cents, "EUR").replace("\u00a0", " ")


def agree(story: Story, days: int, since: str) -> None:
    agree_terms(kind=DebtorKind.CONSUMER, terms=TermSet(days), valid_from=date.fromisoformat(since),
                actor=story.house.actor, today=story.house.today)  # fmt: skip


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with standing(django_db_blocker):
        yield consumer()


@pytest.fixture
def story(played: Story, db: None, settings: Any) -> Story:
    settings.TODAY_INSTEAD = datetime.fromisoformat(f"{TODAY}T12:00")
    return replace(played)


def consumer() -> Story:
    """Play a consumer who pays nothing, until a final notice has claimed interest and costs."""
    story = Story.begun(today="2026-11-01")
    agree(story, 14, "2026-11-01")
    agree(story, 21, "2026-12-10")
    agree(story, 30, "2027-02-01")  # for no invoice of his
    story.house.debtor("Jansen", number="7", kind="consumer", **ADDRESS)
    for number, amount, day, due in (("F1", "1000.00", "2026-11-20", "2026-12-04"),
                                     ("F2", "200.00", "2026-12-12", "2027-01-02")):  # fmt: skip
        story.play(day)
        story.house.invoice("7", number, amount, due=due)
    story.play("2027-01-20")
    letter = story.message("fourteen_day_letter")
    deliveries.received(message=letter.public_id, on=date(2027, 1, 20), proof="3SXYZ", actor=story.house.actor,
                        today=story.house.today)  # fmt: skip
    story.play(TODAY)
    assert story.claims(), "interest and costs were claimed"
    return story


def of(story: Story) -> questions.Dossier:
    id_ = questions.of("7", actor=story.house.actor).debtor
    return questions.of_customer(id_, currency="EUR", actor=story.house.actor, today=story.house.today)


def taken(story: Story, form: str) -> bytes:
    """Download the dossier."""
    answer = signed_in(OWNER).post(f"/{SLUG}/klanten/{of(story).customer_id}/dossier/bestand/", {"vorm": form})
    assert answer.status_code == 200, answer.content
    return bytes(answer.getvalue())


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(pages(pdf)).split())


def unpacked(story: Story, to: Path) -> list[str]:
    with ZipFile(BytesIO(taken(story, "zip"))) as packed:
        packed.extractall(to)
        return packed.namelist()


def test_front_exhibit_page_and_command_say_the_same(story: Story, browse: Browse, asked: Asked, tmp_path: Path):
    claim = claim_sheet(debtor="7", on=date.fromisoformat(TODAY), actor=story.house.actor, today=story.house.today)
    (one,) = claim.currencies
    assert (one.open_cents, one.costs_cents) == (120_000, 19_000)  # 15 % of 1,000.00, and at least 40.00
    assert one.interest_cents > one.claimed_interest_cents == 307 + 61
    figures = [one.open_cents, one.interest_cents, one.costs_cents, one.total_cents]
    in_words = " ".join(
        f"{name} {euros(cents)}"
        for name, cents in zip(("Hoofdsom, openstaand", "Rente", "Incassokosten", "Totaal"), figures, strict=True)
    )
    drawn = pages(taken(story, "pdf"))
    assert in_words in " ".join(drawn[0].split())
    assert f"Te betalen {euros(one.total_cents)}" in " ".join(drawn[0].split())
    for item in one.items:
        assert f"{euros(item.open_cents)} {euros(item.interest_cents)}" in " ".join(drawn[0].split())
    names = unpacked(story, tmp_path)
    sheet = next(name for name in names if name.endswith("2027-03-01 wat verschuldigd is op 1 maart 2027.pdf"))
    assert in_words in text_of((tmp_path / sheet).read_bytes())
    page = browse(f"/{SLUG}/klanten/{of(story).customer_id}/claim/")
    assert page.all("//dl[@class='adds']//dd") == [euros(cents, "en") for cents in figures]
    (told,) = asked("claim", "--debtor", "7", "--today", TODAY)
    keys = ("principal_cents", "interest_cents", "costs_cents", "total_cents")
    assert [told[key] for key in keys] == figures


def test_the_claim_sheet_is_the_last_exhibit_and_the_terms_that_held_are_in_it(story: Story, tmp_path: Path):
    names = unpacked(story, tmp_path)
    terms = [name[3:] for name in names if "voorwaarden" in name]
    assert terms == [
        "2026-11-01 betalingsvoorwaarden, geldig vanaf 1 november 2026.pdf",
        "2026-12-10 betalingsvoorwaarden, geldig vanaf 10 december 2026.pdf",
    ]
    assert names[-2] == f"{len(names) - 2:02} 2027-03-01 wat verschuldigd is op 1 maart 2027.pdf"
    assert "binnen 14 dagen" in text_of((tmp_path / names[1]).read_bytes())
    proof = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True,
                           env={"LC_ALL": "C", "PATH": os.environ["PATH"]})  # fmt: skip
    assert proof.stdout.count(b": OK") == len(names) - 1
    whole = (tmp_path / "dossier.pdf").read_bytes()
    drawn = pages(whole)
    for name in (names[1], names[-2]):
        content = (tmp_path / name).read_bytes()
        assert sha256(content).hexdigest() in text_of(whole)
        (at,) = [at for at, page in enumerate(drawn) if f"Productie {int(name[:2])} · " in page]
        assert pages(content)[0][:200] in drawn[at]
    assert taken(story, "zip") == taken(story, "zip")


def test_what_letters_claimed_is_booked_with_its_number_and_its_letter(story: Story):
    found = of(story)
    booked = {one.facts["invoice"]: one for one in found.happenings if one.facts.get("kind") in ("interest", "costs")}
    assert {number: one.cents for number, one in booked.items()} == story.claims()
    papers = {paper.number: paper for paper in found.papers}
    for one in booked.values():
        assert one.paper is not None
        assert papers[one.paper].facts["step"] == "final_notice"
    text = text_of(taken(story, "pdf"))
    for words in (
        "Kosten, nummer F1-K1", "Rente, nummer F2-R1", "Het saldo is wat is geboekt",
        "Ontvangen 20 januari 2027, 3SXYZ", "Wat erin werd aangekondigd mocht vanaf 5 februari 2027",
    ):  # fmt: skip
        assert words in text, words


def test_interest_that_is_left_of_an_invoice_that_was_given_up_is_still_to_pay(story: Story):
    story.house.write_off("F1")
    found = of(story)
    assert found.owed is not None
    assert {item.invoice: item.open_cents for item in found.owed.items}["F1"] == 0
    assert sum(line.open_cents for line in found.lines if line.invoice.startswith("F1"))
    text = text_of(taken(story, "pdf"))
    assert "Daarnaast open" not in text
    assert euros(found.owed.total_cents) in text


def test_of_one_invoice_it_is_the_sheet_of_that_invoice(story: Story):
    who: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    found = questions.of_invoice(questions.numbered("F2", actor=story.house.actor), **who)
    assert found.owed == claim_sheet(invoice="F2", on=story.house.today, **who).currencies[0]
    kinds = [paper.kind for paper in found.papers]
    assert (kinds.count(PaperKind.TERMS), kinds[-1]) == (1, PaperKind.CLAIM)
    of_interest = questions.of_invoice(questions.numbered("F2-R1", actor=story.house.actor), **who)
    assert of_interest.claim is None


def test_of_whom_it_is_not_known_what_he_is_no_terms_are_shown(story: Story):
    story.house.debtor("Pietersen", number="8")
    story.house.invoice("8", "F8", "10.00", due="2027-03-15")
    id_ = questions.of("8", actor=story.house.actor).debtor
    found = questions.of_customer(id_, currency="EUR", actor=story.house.actor, today=story.house.today)
    assert (found.terms, [paper.kind for paper in found.papers]) == ((), [PaperKind.CLAIM])


def test_the_command_writes_the_sheet(story: Story, typed: Any, tmp_path: Path):
    to = tmp_path / "claim.pdf"
    typed("claim", "--debtor", "7", "--today", TODAY, "--pdf", str(to), language="nl")
    assert "Wat verschuldigd is" in text_of(to.read_bytes())
    story.house.debtor("Pietersen", number="8")
    none = tmp_path / "none.pdf"
    answer = typed("claim", "--debtor", "8", "--today", TODAY, "--pdf", str(none))
    assert "Nothing is owed on that day" in answer.stderr
    assert not none.exists()
    typed("claim", "--principal", "1.00", "--pdf", str(none), exits=USAGE)

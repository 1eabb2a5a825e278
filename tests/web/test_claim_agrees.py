"""What is owed is the same to the cent at every door: the command line, the page, its files, and the PDF."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.cli.conftest import asked, typed
from tests.tools.stories import Story
from tests.usecases.test_notices import (
    BELGIAN,
    BUSINESS,
    BUSINESS_AFTER,
    CONSUMER,
    CONSUMER_AFTER,
    DAYS,
    debtor,
    invoice,
)
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.look import words
from voldaan.records.debtors import Debtor
from voldaan.rules.money import Money
from voldaan.usecases import doubles

__all__ = ["asked", "typed"]
ON = "2026-06-30"


def part_paid_within_the_term() -> Story:
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house.on("2026-04-10").pay("F1", "200.00")
    story.on(*CONSUMER_AFTER)
    return story


def credited_after_the_notice() -> Story:
    story = CONSUMER.story()
    story.on(*DAYS)
    story.house = story.house.on("2026-04-20")
    story.house.credit_note("K", "C1", "100.00", corrects="F1")
    story.on(*CONSUMER_AFTER)
    return story


def a_business() -> Story:
    story = BUSINESS.story()
    story.on(*DAYS, *BUSINESS_AFTER)
    return story


def a_belgian_business_that_paid_a_part() -> Story:
    story = BELGIAN.story()
    story.on(*DAYS, *BUSINESS_AFTER)
    story.house.pay("F1", "250.00")
    return story


def merged_with_a_notice_of_each() -> Story:
    story = CONSUMER.story()
    debtor(story, "E")
    invoice(story, "E", "F2", "300.00", due="2026-03-15")
    story.on(*DAYS)
    doubles.merge(double="E", into="K", actor=story.house.actor, today=story.house.today)
    story.on(*CONSUMER_AFTER)
    return story


STORIES = [part_paid_within_the_term, credited_after_the_notice, a_business, a_belgian_business_that_paid_a_part,
           merged_with_a_notice_of_each]  # fmt: skip


@pytest.mark.one_engine
@pytest.mark.parametrize("play", STORIES)
def test_every_door_tells_the_same_cents(play: Callable[[], Story], browse: Browse, asked: Any, typed: Any,
                                         tmp_path: Path):  # fmt: skip
    story = play()
    assert story.house.broken() == {}
    (told,) = asked("claim", "--debtor", "K", "--on", ON)
    total = words.amount(Money(told["total_cents"], "EUR"))
    customer = Debtor.objects.of(story.books).get(number="K").public_id
    sheet = f"/{SLUG}/klanten/{customer}/claim/"
    page = browse(f"{sheet}?op={ON}")
    assert page.one("//p[@class='big']") == total
    client = signed_in(OWNER)
    rows = csv.reader(io.StringIO(_bytes(client.get(f"{sheet}bestand/?op={ON}")).decode("utf-8-sig")))
    assert f"{told['total_cents'] / 100:.2f}" in list(rows)[-1]
    paper = _bytes(client.get(f"{sheet}papier/?op={ON}"))
    file = tmp_path / "claim.pdf"
    typed("claim", "--debtor", "K", "--on", ON, "--pdf", str(file))
    for pdf in (paper, file.read_bytes()):
        assert re.sub(r"\D", "", total) in re.sub(r"[.,\s\xa0]", "", _text(pdf))
    lines = list(csv.DictReader(io.StringIO(typed("claim", "--debtor", "K", "--on", ON, "--format", "csv").stdout)))
    assert int(lines[-1]["cents"]) == told["total_cents"] == sum(int(line["cents"]) for line in lines[:-1])


def _bytes(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def _text(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return " ".join(str(page.get_textpage().get_text_bounded()) for page in pages)

"""Legal notices as they leave: word for word on paper, the same by mail, no day where the law allows none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path

import pytest

from tests.formats.test_letter_mail import Words, body, composed, figures, read
from tests.formats.test_letter_pdf import place_of
from tests.tools.letters import (
    ANNOUNCED,
    BELGIAN,
    CHARGES,
    CUSTOMER,
    SENDER,
    SENT_ON,
    legal,
    letter,
    line,
    pages,
    scanned,
    scanned_png,
)  # fmt: skip
from voldaan.formats import letter_pdf
from voldaan.formats.shared import pay_code
from voldaan.formats.shared.shown import unbroken
from voldaan.rules import announcing
from voldaan.rules.letters import Charge, ChargeKind, Letter
from voldaan.rules.tongues import LANGUAGES, tongue
from voldaan.rules.wording import invoices_in_words

GOLDEN = Path(__file__).parent / "notices"
ON_PAPER = [
    ("fourteen_day_letter", "nl"), ("consumer_first_reminder", "nl"), ("consumer_first_reminder", "fr"),
    ("business_notice", "nl"), ("final_notice", "nl"),
]  # fmt: skip
STEPS = (*ANNOUNCED, "final_notice")


def paper(about: Letter) -> str:
    """Read a drawn letter, its pages apart by a line."""
    text = "\n---\n".join(pages(letter_pdf.draw(about)))
    return "\n".join(words.rstrip() for words in text.splitlines()) + "\n"


def plain(about: Letter) -> str:
    """Read the text of a mail."""
    return body(read(composed(about)), "plain").replace("\r\n", "\n")


@pytest.mark.parametrize(("step", "language"), ON_PAPER)
def test_a_notice_on_paper_says_word_for_word_what_was_agreed_upon(step, language):
    expected = (GOLDEN / f"{step}-{language}.txt").read_text(encoding="utf-8")
    assert paper(legal(step, language, is_posted=True)) == expected


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_page_and_paper_of_a_notice_say_the_same(step, language):
    lines = (line(cents=123_456, open_cents=100_000, description="Eettafels 4"), line(1, instalment=2, instalments=3))
    about = legal(step, language, lines=lines, credit_cents=25_000)
    message = read(composed(about))
    text, page = body(message, "plain"), Words(body(message, "html")).text
    assert figures(text) == figures(page)
    assert figures(text) <= figures(paper(about))
    spoken = tongue(language)
    asked = spoken.amount(about.asked_cents, "EUR")
    assert asked in str(message["Subject"])
    assert asked in text
    assert announcing.term(about, spoken) in " ".join(text.split()) or step == "final_notice"
    said = pay_code.payload(about)
    assert said
    assert f"EUR{about.asked_cents / 100:.2f}" in said
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert scanned_png(picture.get_content()) == [said] == scanned(letter_pdf.draw(about))


# ---- a fourteen-day letter tells no day by which must be paid


def days(text: str) -> set[date]:
    """Take every day out of a text, however it is written."""
    months = {
        name.rstrip("."): at % 12 + 1
        for language in LANGUAGES
        for names in (tongue(language).months, tongue(language).months_short)
        for at, name in enumerate(names)
    }
    long = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    found = {
        date(int(year), months[month], int(day))
        for day, month, year in re.findall(rf"\b(\d{{1,2}})(?:er|\.)?\s+({long})\.?\s+(\d{{4}})\b", text)
    }
    found |= {date.fromisoformat(day) for day in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text)}
    found |= {date(int(y), int(m), int(d)) for d, m, y in re.findall(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b", text)}
    found |= {date(int(y), int(m), int(d)) for y, m, d in re.findall(r"D:(\d{4})(\d{2})(\d{2})", text)}
    return found


def test_days_are_found_however_they_are_written():
    text = "1er mars 2027, 2. März 2027, vrijdag 3\nmrt 2027, 4 Mar 2027, 2027-03-05, 6-3-2027, D:20270307000000Z"
    assert days(text) == {date(2027, 3, day) for day in range(1, 8)}
    for language, day in product(LANGUAGES, (date(2027, 3, 1) + timedelta(days=31 * at) for at in range(12))):
        spoken = tongue(language)
        assert days(spoken.long_day(day)) == days(spoken.day(day)) == days(spoken.short_day(day)) == {day}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lines", [1, 12])
def test_no_day_in_a_fourteen_day_letter_lies_after_its_own(language, lines):
    about = legal(
        "fourteen_day_letter", language, lines=tuple(line(at) for at in range(lines)),
        final_date=SENT_ON + timedelta(days=15),
    )  # fmt: skip
    told = replace(ANNOUNCED["fourteen_day_letter"], interest_cents=185)
    for one in (about, replace(about, is_posted=True), replace(about, announced=told)):
        pdf = letter_pdf.draw(one)
        message = read(composed(one))
        heads = "\n".join(f"{name}: {words}" for name, words in message.items())
        for said in (
            "\n".join(pages(pdf)), pdf.decode("latin-1"), body(message, "plain"), body(message, "html"), heads,
        ):  # fmt: skip
            assert max(days(said), default=SENT_ON) <= SENT_ON, max(days(said))
        assert parsedate_to_datetime(message["Date"]).date() == SENT_ON
        in_words = announcing.term(one, tongue(language))
        label = tongue(language).labels["term"]
        assert " ".join(pages(pdf)[0].split()).count(in_words) >= 2, "in the text and beside the address"
        assert f"{label} {in_words}" in " ".join(" ".join(pages(pdf)).split()), "and in the box to pay from"
        assert " ".join(body(message, "plain").split()).count(in_words) == 2
        assert Words(body(message, "html")).text.count(in_words) == 2


# ---- what is asked beside the invoices


def test_charges_stand_below_the_lines_and_above_the_sum():
    lines = (line(), line(1))
    charges = (*CHARGES, Charge(ChargeKind.INTEREST, 200, "2027-0043"), Charge(ChargeKind.INTEREST, 100))
    about = legal("final_notice", lines=lines, charges=charges, credit_cents=10_000)
    expected = (
        "Samen open € 1.210,00\n"
        "Rente over factuur 2027-0042, van 13 feb 2027 tot en met 12 mrt 2027 € 4,83\n"
        "Incassokosten € 90,75\n"
        "Rente over factuur 2027-0043 € 2,00\n"
        "Rente € 1,00\n"
        "Uw tegoed bij ons € −100,00\n"
        "Te betalen € 1.208,58\n"
    )
    assert expected in paper(about)
    totals = re.sub(r": +", " ", plain(about))
    assert expected in totals
    assert " ".join(expected.split()) in Words(body(read(composed(about)), "html")).text


def test_what_is_announced_stands_beside_what_is_asked_and_is_not_asked():
    about = legal("business_notice")
    text = plain(about)
    assert "Betaalt u later:       € 700,58 plus rente\n" in text
    assert "Samen open" not in text
    assert pay_code.payload(about) == pay_code.payload(letter())
    told = replace(ANNOUNCED["business_notice"], interest_since=None, interest_percent=None)
    without = plain(replace(about, announced=told))
    assert "Betaalt u later:       € 700,58\n" in without


def test_where_credit_covers_it_nothing_is_asked_later_either():
    text = body(read(composed(legal("business_notice", credit_cents=60_500))), "plain")
    assert "Betaalt u later" not in text


@pytest.mark.parametrize("name", [CUSTOMER.name, "Stichting Verzekeringsmaatschappij voor Zelfstandigen " * 2])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_in_words_stays_off_the_rest_of_the_letter(step, language, name):
    """The box beside the address grows, and what stands below it begins lower."""
    for sender in (SENDER, BELGIAN):
        about = legal(step, language, is_posted=True, sender=sender, customer=replace(CUSTOMER, name=name.strip()))
        spoken, pdf = tongue(language), letter_pdf.draw(about)
        *_, end_of_box = place_of(pdf, invoices_in_words(about, spoken))
        _, top_of_day, *_ = place_of(pdf, spoken.long_day(SENT_ON))
        assert end_of_box + 4 < top_of_day


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("€ 1.234,56 voor", "€_1.234,56 voor"),
        ("betaal € −5,00", "betaal €_−5,00"),
        ("605,00 € pour 3 factures", "605,00_€ pour 3 factures"),
        ("10,4 % im Jahr", "10,4_% im Jahr"),
        ("payé ? Alors : non !", "payé_? Alors_: non_!"),
        ("030 234 56 78 of", "030_234_56_78 of"),
        ("2027-0042 2027-0043", "2027-0042 2027-0043"),
        ("12 februari 2027", "12 februari 2027"),
    ],
)
def test_what_reads_badly_over_two_lines_is_held_together(words, held):
    assert unbroken(words).replace("\u00a0", "_") == held

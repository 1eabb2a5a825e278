"""Payment terms on paper: every word of the text, the same every time."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.letters import pages
from voldaan.countries import COUNTRIES
from voldaan.formats import terms_pdf
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import TermSet
from voldaan.rules.term_text import LANGUAGES, text

SINCE = date(2027, 3, 1)


def bare(words: str) -> str:
    return "".join(char for char in words if char.isalnum())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["NL", "BE"])
def test_every_word_of_the_text_is_on_paper(language, code):
    said = text(TermSet(14), COUNTRIES[code], DebtorKind.CONSUMER, language, since=SINCE)
    drawn = terms_pdf.draw(said, firm="Bakkerij 't Hart", since=SINCE)
    paper = bare(" ".join(pages(drawn)))
    assert bare("Bakkerij 't Hart") in paper
    for one in said.paragraphs:
        for words in (one.heading, *one.before, *one.lines, *one.after):
            assert bare(words) in paper


def test_it_is_the_same_every_time():
    said = text(TermSet(14), COUNTRIES["NL"], DebtorKind.BUSINESS, "nl", since=SINCE)
    assert terms_pdf.draw(said, firm="Een", since=SINCE) == terms_pdf.draw(said, firm="Een", since=SINCE)

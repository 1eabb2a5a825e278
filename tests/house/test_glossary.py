"""The glossary: one thing, one word, in every language that we speak."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from workshop import translations

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
HEAD = ["Code", "English", "Nederlands", "België", "Français"]


def tables() -> list[list[str]]:
    """Give the cells of every line of every table, the heads among them and the dashes not."""
    lines = (line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("|"))
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return [row for row in rows if set(row[0]) != {"-"}]


def words() -> list[list[str]]:
    return [row for row in tables() if row != HEAD]


def test_every_row_is_complete():
    assert [row for row in words() if len(row) != len(HEAD) or not all(row)] == []


def test_every_code_word_is_one_snake_case_word():
    assert [row[0] for row in words() if not re.fullmatch(r"`[a-z]+(_[a-z]+)*`", row[0])] == []


def test_no_code_word_has_two_rows():
    codes = [row[0] for row in words()]
    assert {code for code in codes if codes.count(code) > 1} == set()


def test_no_two_things_have_the_same_english_word():
    english = [row[1] for row in words()]
    assert {word for word in english if english.count(word) > 1} == set()


def test_belgium_is_written_out_only_where_it_differs():
    assert [row[0] for row in words() if row[2] == row[3]] == []


@pytest.mark.parametrize(
    "code", ["administration", "debtor", "invoice", "receivable", "allocation", "promise", "message"]
)
def test_the_main_road_is_there(code):
    assert f"`{code}`" in [row[0] for row in words()]


def test_every_word_that_the_page_explains_has_a_row():
    pairs = GLOSSARY.read_text("utf-8").partition("## Pairs")[2]
    explained = set(re.findall(r"`[a-z_]+`", pairs))
    assert explained
    assert explained - {row[0] for row in words()} == set()


def unwanted() -> list[str]:
    paragraph = re.search(r"^Dutch: (.*?)\.$", GLOSSARY.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert paragraph, "the glossary lists the Dutch words that we do not use"
    return re.findall(r"\*(.+?)\*", paragraph[1])


def test_no_translation_uses_a_word_that_we_do_not_use():
    with translations.po_file(translations.PACKAGE, "nl").open("rb") as file:
        sentences = [str(message.string) for message in read_po(file) if message.id]
    pattern = re.compile(rf"\b({'|'.join(unwanted())})\b", re.IGNORECASE)
    assert [sentence for sentence in sentences if pattern.search(sentence)] == []
    assert pattern.search("U dient u te melden bij de wanbetaler."), "the pattern finds what it looks for"

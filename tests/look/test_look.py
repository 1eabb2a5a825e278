"""The look: its colours can be read, its bar is true, and its words have a word for every value there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from voldaan.look import words
from voldaan.look.charts import ageing_bar
from voldaan.look.templatetags import look
from voldaan.queries.worklist import LATER, WORDS
from voldaan.rules.aging import BUCKETS
from voldaan.rules.ladders import PRESETS
from voldaan.rules.ledger import EntryKind
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.strategy import Because, Decision, Held
from voldaan.web.rights import RIGHTS

PACKAGE = Path(look.__file__).parents[2]
STATIC = PACKAGE / "look" / "static" / "voldaan"
CSS = "".join((STATIC / f"{name}.css").read_text("utf-8") for name in ("base", "frame", "parts", "narrow"))
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", CSS))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TEXT = ["important", "text", "subtle", "primary", "primary-hover", "info", "ok", "warn", "late", "danger"]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("behind", ["ground", "surface", "sunken"])
@pytest.mark.parametrize(("colour", "least"), [*((name, 4.5) for name in TEXT), ("line-strong", 3)])
def test_a_colour_can_be_read_on_what_is_behind_it(colour, least, behind, theme):
    assert contrast(TOKENS[colour].split(", ")[theme], TOKENS[behind].split(", ")[theme]) >= least


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_words_of_a_button_can_be_read(theme):
    for behind in ("primary", "primary-hover"):
        assert contrast(TOKENS["on-primary"].split(", ")[theme], TOKENS[behind].split(", ")[theme]) >= 4.5


def test_a_colour_is_taken_from_the_tokens_and_nowhere_else():
    outside = CSS.partition("@layer base {")[2].partition("@layer print {")[0]
    assert not re.search(r"#[0-9a-f]{3,8}\b(?!\")", outside.replace("#main", ""))
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) <= set(re.findall(r"--([\w-]+):", CSS))


def test_the_style_asks_nothing_from_elsewhere_and_always_shows_the_focus():
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert re.findall(r"([^{}]*){[^{}]*outline: none", CSS) == ["\n  main:focus "]


CENTS = st.tuples(*[st.integers(0, 10**12)] * len(BUCKETS))


@given(CENTS)
def test_the_bar_is_filled_from_left_to_right_and_its_shares_are_a_hundred(cents):
    bar = ageing_bar(cents)
    assert tuple(segment.cents for segment in bar) == cents
    whole = bool(sum(cents))
    at = 0
    for segment in bar:
        x, width = (int(one.removesuffix("%").replace(".", "")) for one in (segment.x, segment.width))
        assert x == at
        assert (width > 0) == (segment.cents > 0)
        at += width
    assert (at, sum(segment.share for segment in bar)) == (1000 * whole, 100 * whole)


@given(CENTS)
def test_more_money_is_never_a_narrower_part(cents):
    widths = {segment.cents: int(segment.width.removesuffix("%").replace(".", "")) for segment in ageing_bar(cents)}
    ordered = [widths[one] for one in sorted(widths)]
    assert all(before <= after + 1 for before, after in pairwise(ordered)), "but for rounding"


def test_every_bucket_has_its_colour():
    for bucket in BUCKETS:
        assert f".ageing .{bucket.name} " in CSS
        assert f".swatch.{bucket.name} " in CSS


def test_there_is_a_word_for_every_value():
    assert set(words.WORK) == {*WORDS, LATER}
    assert set(words.BECAUSE) == set(Because)
    assert set(words.MESSAGES) == {state.value for state in MessageState}
    assert set(words.ENTRIES) == {kind.value for kind in EntryKind}
    assert set(words.CHANNELS) == {channel.value for channel in Channel}
    assert set(words.STEPS) >= {step.code for strategy in PRESETS for step in strategy.steps}


def test_every_icon_of_a_template_is_there():
    templates = [one for floor in ("look", "web") for one in (PACKAGE / floor).rglob("*.html")]
    names = {name for one in templates for name in re.findall(r'{% icon "([^"]+)" %}', one.read_text("utf-8"))}
    assert names
    for name in names:
        assert look.icon(name).startswith("<svg")


@pytest.mark.parametrize("told", [*words.WORK.values(), *words.BECAUSE.values(), *words.MESSAGES.values()])
def test_a_state_has_a_word_a_shape_and_a_colour(told):
    assert told.word
    assert f"  .{told.tone} {{ color:" in CSS
    shown = look.sign(told)
    assert f'<span class="sign {told.tone}"><svg' in shown
    assert shown.endswith(f"{told.word}</span>")


@pytest.mark.parametrize(
    ("language", "cents", "currency", "money", "figure", "number"),
    [
        ("nl", 123456, "EUR", "€\u00a01.234,56", '€\u00a01.234<span class="cents">,56</span>', "1.234,56"),
        ("en", 123456, "EUR", "€1,234.56", '€1,234<span class="cents">.56</span>', "1,234.56"),
        ("nl", -50, "USD", "USD\u00a0−0,50", 'USD\u00a0−0<span class="cents">,50</span>', "−0,50"),
        ("nl", 1500, "JPY", "JPY\u00a01.500", "JPY\u00a01.500", "1.500"),
        ("en", 1500, "JPY", "JPY\u00a01,500", "JPY\u00a01,500", "1,500"),
        ("nl", 0, "EUR", "€\u00a00,00", '€\u00a00<span class="cents">,00</span>', '<span class="nil">–</span>'),
    ],
)
def test_amounts(language, cents, currency, money, figure, number):
    with translation.override(language):
        assert (look.money(cents, currency), look.figure(cents, currency), look.number(cents, currency)) == (
            money, figure, number,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "said"),
    [(-2, "due in 2 days"), (-1, "due tomorrow"), (0, "due today"), (1, "1 day late"), (31, "31 days late")],
)
def test_lateness(days, said):
    assert words.lateness(days) == said


def test_a_reason_tells_its_day_and_why_it_is_held():
    assert words.why(Decision(Because.NOT_YET, on=date(2027, 3, 12))) == "The next step is for 12 March 2027."
    held = Held("The amount differs: {amount}", facts=(("amount", "EUR 1250.00"),))
    assert words.why(Decision(Because.PAUSED, hold=held)) == "It is held: The amount differs: €1,250.00"
    assert words.why(Decision(Because.PAUSED, hold=Held("{on} <b>"))) == "It is held: {on} <b>", "as it was typed"


def test_words_of_others_are_set_apart_and_hide_nothing():
    assert look.theirs("<b>\u202ea\u200fb\nc") == "<bdi>&lt;b&gt;\ufffda\ufffdb\ufffdc</bdi>"


def test_parts_are_joined_as_a_sentence_does():
    assert [words.joined(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


WORDS_OF_ADDRESSES = [
    (),
    ("hart",),
    ("7",),
    ("hart", "8mx8g6rh7mxn"),
    ("hart", "7"),
    ("hart", "reminder", "nl"),
    ("hart", "8mx8", "7"),
]


@pytest.mark.parametrize("page", RIGHTS)
def test_an_address_is_the_one_that_django_gives(page):
    found = 0
    for said in WORDS_OF_ADDRESSES:
        try:
            wanted = reverse(page, args=said)
        except NoReverseMatch:
            continue
        found += 1
        assert look.url(page, *said) == wanted
    assert found


def test_an_address_quotes_what_could_turn_it():
    assert look.url("debtor", "hart", 'a/b"&%41?') == "/hart/klanten/a%2Fb%22%26%2541%3F/"


SENTENCES = ["Search", "100% of {x}", 'She said \\"no\\" & left', "not a sentence of ours"]


@pytest.mark.parametrize("says", SENTENCES)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_sentence_is_translated_as_django_does(says, language):
    text = f'{{% load i18n %}}{{% translate "{says}" %}}'
    with translation.override(language):
        assert shown(text.replace("i18n", "i18n look")) == shown(text)
    assert shown("{% load i18n look %}{% translate word %}", word="a & b") == "a &amp; b"
    assert shown('{% load i18n look %}{% translate "Search" as said %}({{ said }})') == "(Search)"


def shown(text: str, **words: object) -> str:
    return engines["django"].from_string(text).render(words)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_is_kept_is_kept_for_each_language(language):
    with translation.override(language):
        assert look.day(date(2027, 3, 21)).endswith(
            {"en": "21 Mar 2027</time>", "nl": "21 mrt 2027</time>"}[language].replace(" ", "\u00a0")
        )
        assert look.money(-123_456, "EUR") == {"en": "−€1,234.56", "nl": "€\u00a0−1.234,56"}[language]
        assert look.sentence("to approve") == {"en": "to approve", "nl": "goed te keuren"}[language]
        assert words.lateness(1) == {"en": "1 day late", "nl": "1 dag te laat"}[language]


def test_what_somebody_typed_is_shown_apart_and_harmless():
    assert look.theirs("<b>A & B</b>") == "<bdi>&lt;b&gt;A &amp; B&lt;/b&gt;</bdi>"
    assert look.theirs("a\u202eb\x07") == "<bdi>a\ufffdb\ufffd</bdi>"
    assert look.theirs("Café شركة 🙂") == "<bdi>Café شركة 🙂</bdi>"

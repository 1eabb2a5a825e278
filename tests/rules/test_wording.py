"""The words of our messages: the shipped texts are judged, and a text of the user's own is held to the list."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.letters import CUSTOMER, SENDER, letter, line
from voldaan.rules import wording
from voldaan.rules.letters import LONGEST_REFERENCE, Letter, Wording, one_line
from voldaan.rules.names import TooLong
from voldaan.rules.outbox import Asked
from voldaan.rules.tongues import LANGUAGES, tongue
from voldaan.rules.wording import Advice

STEPS = ("notice", "reminder", "demand", "final_notice")
ASKED = tuple(one.value for one in Asked)
SHIPPED = [(step, language) for step in STEPS for language in LANGUAGES]
OWN = Wording("reminder", "nl", "Betaal {total} voor {invoices}", "Beste {customer},", "Groet,\n{sender}")

ALREADY_PAID = {
    "nl": "Heeft u al betaald? Dan hoeft u niets te doen.",
    "en": "Have you already paid? Then you need not do anything.",
}
NOT_RIGHT = {"nl": "Klopt er iets niet? Laat het ons weten", "en": "Is something not right? Let us know"}
HELP = {"nl": "geldzorgen", "en": "money worries"}
COSTS = re.compile(
    r"kosten|rente|incasso|deurwaarder|rechter|vergoeding|wettelijk|costs|interest|bailiff|court|fee\b|statutory",
    re.IGNORECASE,
)


def about(step: str, language: str, lines: int) -> Letter:
    """Give a letter of an everyday size."""
    return letter(step, language, lines=tuple(line(at, cents=123_456 + at) for at in range(lines)))


def everything(filled: wording.Filled) -> str:
    return "\n".join([filled.subject, *filled.paragraphs, *filled.closing])


@pytest.mark.parametrize(("step", "language"), SHIPPED)
@pytest.mark.parametrize("lines", [1, 12])
def test_a_shipped_text_is_short_plain_and_complete(step, language, lines):
    text, about_it = wording.shipped(step, language), about(step, language, lines)
    wording.check(text)
    assert wording.lint(text, about_it) == ()
    said = everything(wording.fill(text, about_it))
    assert ALREADY_PAID[language] in said
    assert about_it.paid_until
    assert tongue(language).long_day(about_it.paid_until) in said
    assert NOT_RIGHT[language] in said
    assert not re.search(r"[{}]|\bNone\b", said)
    assert not COSTS.search(said), "a reminder asks no costs and claims no law"
    assert (HELP[language] in said) == (step in {"demand", "final_notice"})


@pytest.mark.parametrize("step", ASKED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_asks_to_be_sent_is_as_plain_and_asks_nothing_new(step, language):
    text, about_it = wording.shipped(step, language), replace(about(step, language, 3), final_date=None)
    wording.check(text)
    assert wording.lint(text, about_it) == ()
    said = everything(wording.fill(text, about_it))
    assert tongue(language).amount(about_it.asked_cents, "EUR") in said
    assert NOT_RIGHT[language] in said
    assert not COSTS.search(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_differ_and_grow_firmer(language):
    subjects = [wording.fill(wording.shipped(step, language), about(step, language, 1)).subject for step in STEPS]
    assert len(set(subjects)) == len(STEPS)
    bodies = [len(wording.shipped(step, language).body) for step in STEPS]
    assert bodies == sorted(bodies)


def test_the_final_day_stands_with_its_weekday():
    filled = wording.fill(wording.shipped("reminder", "nl"), about("reminder", "nl", 1))
    assert "uiterlijk op vrijdag 19 maart 2027" in filled.paragraphs[1]
    assert filled.subject == "Wilt u € 1.234,56 betalen voor factuur 2027-0042?"
    assert filled.closing[-1] == "Met vriendelijke groet,\nVan Dijk Meubelen B.V."


def test_a_notice_asks_for_the_due_date_itself():
    said = everything(wording.fill(wording.shipped("notice", "nl"), about("notice", "nl", 1)))
    assert "uiterlijk op vrijdag 12 februari 2027?" in said
    several = everything(wording.fill(wording.shipped("notice", "en"), about("notice", "en", 3)))
    assert "by the due date of each invoice, from Friday 12 February 2027?" in several


def test_instalments_of_one_invoice_are_one_invoice():
    lines = (line(instalment=1, instalments=2), line(instalment=2, instalments=2))
    assert "factuur 2027-0042" in wording.fill(OWN, letter(lines=lines)).subject


def test_what_is_asked_is_less_the_credit():
    assert "€ 505,00" in wording.fill(OWN, letter(credit_cents=10_000)).subject


def test_a_step_of_the_users_own_gets_the_mildest_text_that_asks():
    own = wording.shipped("nagebeld", "nl")
    assert own.step == "nagebeld"
    assert own.body == wording.shipped("reminder", "nl").body


@pytest.mark.parametrize(
    ("asked", "given"), [("nl-BE", "nl"), ("NL", "nl"), ("nl_NL", "nl"), ("fr", "en"), ("", "en"), ("../nl", "en")]
)
def test_a_language_that_we_do_not_speak_is_english(asked, given):
    assert wording.shipped("reminder", asked).language == given


def test_languages_know_the_same_things():
    one, *others = map(tongue, LANGUAGES)
    for other in others:
        for part in ("phrases", "labels", "countries"):
            assert getattr(one, part).keys() == getattr(other, part).keys()
        assert {step: set(texts) for step, texts in one.steps.items()} == {
            step: set(texts) for step, texts in other.steps.items()
        }
    assert set(one.steps) == {*STEPS, *ASKED}


# ---- what is put in


@pytest.mark.parametrize(
    "name", ["{total}", "{sender}{iban}", "{{total}}", "{total.__class__}", "%(total)s $total", "{"]
)
def test_a_fact_is_never_read_again(name):
    about_it = letter(customer=replace(CUSTOMER, name=name))
    assert wording.fill(OWN, about_it).paragraphs == (f"Beste {name},",)


def test_a_fact_stays_on_its_line():
    name = "Jansen\r\nBcc: x@y.example\n\n\u202eneehcS\u2066\x00\u2028 \tBV"
    filled = wording.fill(OWN, letter(customer=replace(CUSTOMER, name=name)))
    assert filled.paragraphs == ("Beste Jansen Bcc: x@y.example neehcS BV,",)


@given(st.text())
def test_one_line_is_printable_and_settled(text):
    line_ = one_line(text)
    assert line_.isprintable()
    assert one_line(line_) == line_


@pytest.mark.parametrize(
    ("placeholder", "changes"),
    [
        ("{final_date}", {"final_date": None}),
        ("{paid_until}", {"paid_until": None}),
        ("{phone}", {"sender": replace(SENDER, phone="")}),
        ("{email}", {"sender": replace(SENDER, email=" ")}),
        ("{iban}", {"iban": ""}),
        ("{customer}", {"customer": replace(CUSTOMER, name="\u200b")}),
        ("{nonsense}", {}),
        ("{}", {}),
    ],
)
def test_a_hole_holds_the_message(placeholder, changes):
    text = replace(OWN, body=f"Beste relatie, {placeholder}")
    with pytest.raises(wording.Unresolved) as refused:
        wording.fill(text, letter(**changes))
    assert placeholder in str(refused.value)


def test_every_placeholder_of_the_list_can_be_filled():
    body = " ".join(f"{{{name}}}" for name in wording.PLACEHOLDERS)
    text = replace(OWN, body=body)
    wording.check(text)
    assert "{" not in wording.fill(text, letter()).paragraphs[0]


def test_paragraphs_are_apart_by_an_empty_line():
    text = replace(OWN, body="\n een \n twee\n \n\n\n drie\r\n\r\nvier \n", closing="")
    filled = wording.fill(text, letter())
    assert filled.paragraphs == ("een\ntwee", "drie", "vier")
    assert filled.closing == ()


# ---- what may be saved


@pytest.mark.parametrize(
    ("changes", "refusal", "words"),
    [
        ({"subject": "Betaal {bedrag}"}, wording.UnknownPlaceholder, ("subject", "{bedrag}", "total")),
        ({"body": "{total.__init__}"}, wording.UnknownPlaceholder, ("body", "{total.__init__}")),
        ({"body": "{ total }"}, wording.UnknownPlaceholder, ("body",)),
        ({"closing": "Groet, {naam}"}, wording.UnknownPlaceholder, ("closing", "{naam}")),
        ({"closing": "Groet, {sender"}, wording.StrayBrace, ("closing", "Groet, {sender")),
        ({"body": "Beste {{customer}},"}, wording.StrayBrace, ("body",)),
        ({"subject": "Eerste herinnering {invoices}"}, wording.OrdinalWord, ("subject", "Eerste herinnering")),
        ({"body": "Dit is de 2e betalingsherinnering."}, wording.OrdinalWord, ("body", "2e betalingsherinnering")),
        ({"body": "our second friendly\nreminder"}, wording.OrdinalWord, ("second friendly reminder",)),
        ({"body": "Deuxième rappel"}, wording.OrdinalWord, ("Deuxième rappel",)),
        ({"body": "Zweite Mahnung"}, wording.OrdinalWord, ("Zweite Mahnung",)),
        ({"subject": " "}, wording.EmptyText, ("subject",)),
        ({"body": "\n"}, wording.EmptyText, ("body",)),
        ({"subject": "Betaal\r\nBcc: x@y.example"}, wording.SubjectOfLines, ("one line",)),
        ({"subject": "x" * 201}, TooLong, ("200",)),
        ({"body": "x" * 10_001}, TooLong, ("10000",)),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(changes, refusal, words):
    with pytest.raises(refusal) as refused:
        wording.check(replace(OWN, **changes))
    assert all(word in str(refused.value) for word in words), refused.value


@pytest.mark.parametrize(
    "body",
    [
        "Laatste aanmaning",
        "Bij de eerste levering ontving u",
        "onze herinnering van 2 maart",
        "final reminder",
        "Dank u",
    ],
)
def test_a_text_that_only_looks_like_it_is_not_refused(body):
    wording.check(replace(OWN, body=body, closing=""))


GOOD = replace(
    OWN,
    body="Beste {customer},\n\nBetaal {total} voor {invoices} uiterlijk {final_date}. Verwerkt tot {paid_until}.",
)


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        (
            {"subject": "Wilt u alstublieft zo vriendelijk zijn {total} te betalen voor {invoices}?"},
            Advice.LONG_SUBJECT,
        ),
        ({"subject": "Nog te betalen: {total}"}, Advice.BARE_SUBJECT),
        ({"subject": "LAATSTE kans: {total} voor {invoices}"}, Advice.CAPITALS),
        ({"body": f"Beste,\n\nLang verhaal.\n\n{GOOD.body}"}, Advice.LATE_FACTS),
        ({"body": GOOD.body + " Kort." * 120}, Advice.LONG_TEXT),
        ({"body": GOOD.body + " en dan nog iets" * 12}, Advice.LONG_SENTENCES),
        ({"body": GOOD.body + " U dient te betalen."}, Advice.HARD_WORD),
        ({"body": GOOD.body.replace("{paid_until}", "gisteren")}, Advice.NO_PAID_UNTIL),
    ],
)
def test_advice_is_given_where_it_helps(changes, advice):
    assert wording.lint(GOOD, letter()) == ()
    assert wording.lint(replace(GOOD, **changes), letter()) == (advice,)


# ---- amounts and days, against the tables of Unicode


@given(st.integers(0, 10**13), st.sampled_from(["nl", "en"]))
def test_amounts_are_written_as_readers_do(cents, language):
    ours = tongue(language).amount(cents, "EUR")
    theirs = format_currency(Decimal(cents).scaleb(-2), "EUR", locale=language)
    assert ours == theirs.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "cents", "currency", "written"),
    [
        ("nl", -25_000, "EUR", "€ −250,00"),
        ("en", -25_000, "EUR", "−€250.00"),
        ("nl", 1200, "USD", "USD 12,00"),
        ("en", 123_456, "USD", "USD 1,234.56"),
        ("en", -1200, "USD", "USD −12.00"),
        ("nl", 123_456, "JPY", "JPY 123.456"),
        ("en", 123_456, "KWD", "KWD 123.456"),
    ],
)
def test_other_amounts(language, cents, currency, written):
    assert tongue(language).amount(cents, currency) == written


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(["nl", "en"]))
def test_days_are_written_as_readers_do(day, language):
    spoken = tongue(language)
    assert spoken.long_day(day) == format_date(day, "EEEE d MMMM y", locale=language)
    assert spoken.day(day) == format_date(day, "d MMMM y", locale=language)
    assert spoken.short_day(day) == format_date(day, "d MMM y", locale=language).replace(".", "")


# ---- the letter itself


def test_the_reference_is_what_a_bank_passes_on_whole():
    lines = tuple(line(at) for at in range(40))
    reference = letter(lines=lines).reference
    assert len(reference) <= LONGEST_REFERENCE
    assert reference.split() == [line_.invoice for line_ in lines[: len(reference.split())]]
    assert len(reference) + 10 > LONGEST_REFERENCE, "as many as fit"


def test_one_structured_reference_serves_all_its_instalments_and_no_other_invoice():
    rf = "RF18539007547034"
    both = (line(instalments=2, payment_reference=rf), line(instalment=2, instalments=2, payment_reference=rf))
    assert letter(lines=both).reference == rf
    assert letter(lines=(line(payment_reference=rf), line(1))).reference == "2027-0042 2027-0043"


def test_a_letter_is_about_something():
    with pytest.raises(AssertionError):
        letter(lines=())

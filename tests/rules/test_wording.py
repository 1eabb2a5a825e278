"""The words of our messages: the shipped texts are judged, and a text of the user's own is held to the list."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.letters import ANNOUNCED, BELGIAN, CUSTOMER, IBAN, SENDER, SENT_ON, legal, letter, line
from voldaan.rules import examples, wording
from voldaan.rules.advice import Advice, lint
from voldaan.rules.letters import LONGEST_REFERENCE, Letter, Wording, one_line
from voldaan.rules.names import TooLong
from voldaan.rules.outbox import Asked
from voldaan.rules.tongues import LANGUAGES, tongue

STEPS = ("notice", "reminder", "demand", "final_notice")
NOTICES = tuple(ANNOUNCED)
CONSUMER_NOTICES = ("fourteen_day_letter", "consumer_first_reminder")
ASKED = tuple(one.value for one in Asked)
SHIPPED = [(step, language) for step in STEPS for language in LANGUAGES]
OWN = Wording("reminder", "nl", "Betaal {total} voor {invoices}", "Beste {customer},", "Groet,\n{sender}")

ALREADY_PAID = {
    "nl": "Heeft u al betaald? Dan hoeft u niets te doen.",
    "fr": "Vous avez déjà payé ? Alors vous n’avez rien à faire.",
    "en": "Have you already paid? Then you need not do anything.",
    "de": "Haben Sie schon bezahlt? Dann brauchen Sie nichts zu tun.",
}
NOT_RIGHT = {
    "nl": "Klopt er iets niet? Laat het ons weten",
    "fr": "Quelque chose n’est pas correct ? Dites-le-nous",
    "en": "Is something not right? Let us know",
    "de": "Stimmt etwas nicht? Sagen Sie es uns",
}
HELP = {"nl": "geldzorgen", "fr": "soucis d’argent", "en": "money worries", "de": "Geldsorgen"}
COSTS = re.compile(
    r"kosten(?!los)|rente|incasso|deurwaarder|rechter|vergoeding|wettelijk|costs|interest|bailiff|court|fee\b|statutory"
    r"|frais|intérêt|indemnité|huissier|tribunal|\bloi\b|zinsen|gericht|gesetz|entschädigung",
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
    assert lint(text, about_it) == ()
    said = everything(wording.fill(text, about_it))
    assert ALREADY_PAID[language] in said
    assert about_it.paid_until
    assert tongue(language).long_day(about_it.paid_until) in said
    assert NOT_RIGHT[language] in said
    assert not re.search(r"[{}]|\bNone\b", said)
    assert not COSTS.search(said), "a reminder asks no costs and claims no law"
    assert (HELP[language] in said) == (step in {"demand", "final_notice"})


@pytest.mark.parametrize("step", NOTICES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lines", [1, 12])
@pytest.mark.parametrize("is_posted", [True, False])
def test_a_legal_notice_is_plain_and_says_what_gives_it_force(step, language, lines, is_posted):
    about_it = legal(step, language, lines=about(step, language, lines).lines, is_posted=is_posted)
    text, spoken, told = wording.shipped(step, language), tongue(language), ANNOUNCED[step]
    wording.check(text)
    assert lint(text, about_it) == ()
    filled = wording.fill(text, about_it)
    said = everything(filled)
    facts = wording.facts_of(about_it, spoken)
    assert facts["term"] in filled.paragraphs[1]
    assert facts["total"] in filled.paragraphs[1]
    assert told.interest_percent
    assert told.interest_since
    for words in (
        facts["consequence"], spoken.amount(told.costs_cents, "EUR"), spoken.rate(told.interest_percent),
        spoken.long_day(told.interest_since), spoken.amount(about_it.later_cents, "EUR"), facts["due_date"],
        ALREADY_PAID[language], facts["paid_until"], NOT_RIGHT[language],
    ):  # fmt: skip
        assert words in said, words
    assert not re.search(r"[{}]|\bNone\b|  ", said)
    assert (HELP[language] in said) == (step in CONSUMER_NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_reminder_in_belgium_says_who_asks_what_it_costs_and_how_to_dispute(language):
    said = everything(wording.fill(wording.shipped("consumer_first_reminder", language),
                                   legal("consumer_first_reminder", language)))  # fmt: skip
    for words in (BELGIAN.name, BELGIAN.registration_number, BELGIAN.phone, BELGIAN.email):
        assert words in said
    free = {"nl": "kost u niets", "fr": "ne vous coûte rien", "en": "costs you nothing", "de": "kostet Sie nichts"}
    proof = {"nl": "bewijs", "fr": "preuve", "en": "proof", "de": "Nachweis"}
    dispute = {"nl": "betwisten", "fr": "contester", "en": "dispute", "de": "bestreiten"}
    assert all(words[language] in said for words in (free, proof, dispute))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_to_a_business_keeps_all_rights_and_names_the_least_of_the_law(language):
    said = everything(wording.fill(wording.shipped("business_notice", language), legal("business_notice", language)))
    kept = {"nl": "behouden ons alle rechten voor", "fr": "réservons tous nos droits", "en": "reserve all our rights",
            "de": "behalten uns alle Rechte vor"}  # fmt: skip
    assert kept[language] in said
    assert tongue(language).amount(4_000, "EUR") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_final_notice_says_what_of_it_is_interest_and_costs(language):
    text, asked = wording.shipped("final_notice", language), legal("final_notice", language)
    assert lint(text, asked) == ()
    spoken, filled = tongue(language), wording.fill(text, asked)
    for cents in (60_500 + 483 + 9_075, 483, 9_075):
        assert spoken.amount(cents, "EUR") in filled.paragraphs[1]
    assert spoken.amount(asked.asked_cents, "EUR") in filled.subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lines", [1, 12])
def test_a_final_notice_of_what_is_paid_thanks_and_asks_only_the_rest(language, lines):
    paid = tuple(replace(one, open_cents=0) for one in about("final_notice", language, lines).lines)
    text, asked = wording.shipped_for_the_rest(language), legal("final_notice", language, lines=paid)
    wording.check(text)
    assert lint(text, asked) == ()
    spoken, filled = tongue(language), wording.fill(text, asked)
    for cents in (483 + 9_075, 483, 9_075):
        assert spoken.amount(cents, "EUR") in filled.paragraphs[1]
    said = everything(filled)
    assert spoken.amount(asked.asked_cents, "EUR") in filled.subject
    for words in (ALREADY_PAID[language], NOT_RIGHT[language], HELP[language]):
        assert words in said
    thanks = {"nl": "Dank u voor de betaling", "fr": "Merci de votre paiement", "en": "Thank you for paying",
              "de": "danke für Ihre Zahlung"}  # fmt: skip
    assert thanks[language] in said
    assert not re.search(r"[{}]|\bNone\b|  ", said)


@pytest.mark.parametrize("step", ASKED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_asks_to_be_sent_is_as_plain_and_asks_nothing_new(step, language):
    text, about_it = wording.shipped(step, language), replace(about(step, language, 3), final_date=None)
    wording.check(text)
    assert lint(text, about_it) == ()
    said = everything(wording.fill(text, about_it))
    assert tongue(language).amount(about_it.asked_cents, "EUR") in said
    assert NOT_RIGHT[language] in said
    assert not COSTS.search(said)


@pytest.mark.parametrize("step", [*STEPS, *NOTICES, *ASKED])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_the_preview_has_what_each_text_asks_for(step, language):
    text = wording.shipped(step, language)
    term_days = 0 if step in {"notice", *ASKED} else 7
    example = examples.letter(text, sender=BELGIAN, iban=IBAN, term_days=term_days, today=SENT_ON, is_posted=True)
    assert lint(text, example) == ()
    assert example.is_posted
    assert (example.announced is not None) == (step in NOTICES)
    assert bool(example.charges) == (step == "final_notice")


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
    ("asked", "given"),
    [
        ("nl-BE", "nl"),
        ("NL", "nl"),
        ("nl_NL", "nl"),
        ("fr-BE", "fr"),
        ("de", "de"),
        ("es", "en"),
        ("", "en"),
        ("../nl", "en"),
    ],
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
    assert set(one.steps) == {*STEPS, *NOTICES, *ASKED, wording.FOR_THE_REST}


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
        ("{term}", {"final_date": None}),
        ("{consequence}", {}),
        ("{contact}", {"sender": replace(SENDER, phone="", email="")}),
        ("{registration}", {"sender": replace(SENDER, registration_number="")}),
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
    assert "{" not in wording.fill(text, replace(legal("final_notice"), announced=ANNOUNCED["business_notice"])
                                   ).paragraphs[0]  # fmt: skip


def test_what_may_be_empty_leaves_nothing_behind():
    text = replace(OWN, body="Beste,\n\n{charges}\n\nBetaal {total}. {charges} Dank u.\n{charges}", closing="")
    assert wording.fill(text, letter()).paragraphs == ("Beste,", "Betaal € 605,00. Dank u.")


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


NOTICE = wording.shipped("fourteen_day_letter", "nl")


@pytest.mark.parametrize("part", ["subject", "body", "closing"])
def test_a_fourteen_day_letter_that_tells_a_day_is_refused(part):
    with pytest.raises(wording.DayInNotice) as refused:
        wording.check(replace(NOTICE, **{part: f"{getattr(NOTICE, part)} {{final_date}}"}))
    assert part in str(refused.value)
    assert "{term}" in str(refused.value)


@pytest.mark.parametrize("step", NOTICES)
@pytest.mark.parametrize("lacking", ["{total}", "{term}", "{consequence}"])
def test_a_legal_notice_without_what_gives_it_force_is_refused(step, lacking):
    text = wording.shipped(step, "nl")
    with pytest.raises(wording.LacksPlaceholder) as refused:
        wording.check(replace(text, subject=f"{text.subject} {lacking}", body=text.body.replace(lacking, "iets")))
    assert f"lacks {lacking}." in str(refused.value)
    wording.check(replace(text, body=text.body.replace(lacking, "iets"), closing=f"{text.closing} {lacking}"))


@pytest.mark.parametrize("lacking", ["{sender}", "{registration}"])
def test_a_first_reminder_in_belgium_must_say_who_asks(lacking):
    text = wording.shipped("consumer_first_reminder", "nl")
    with pytest.raises(wording.LacksPlaceholder):
        wording.check(replace(text, body=text.body.replace(lacking, "wij"), closing=""))


def test_a_fourteen_day_letter_never_tells_a_day():
    day = SENT_ON + timedelta(days=15)
    for announced in (None, ANNOUNCED["business_notice"], ANNOUNCED["fourteen_day_letter"]):
        about_it = letter("fourteen_day_letter", announced=announced, final_date=day)
        assert about_it.last_day is None
        with pytest.raises(wording.Unresolved):
            wording.fill(replace(NOTICE, body="{final_date}"), about_it)


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
        ({"body": GOOD.body + " Veuillez impérativement payer."}, Advice.HARD_WORD),
        ({"body": GOOD.body + " Bitte zahlen Sie unverzüglich."}, Advice.HARD_WORD),
        ({"body": GOOD.body.replace("{paid_until}", "gisteren")}, Advice.NO_PAID_UNTIL),
    ],
)
def test_advice_is_given_where_it_helps(changes, advice):
    assert lint(GOOD, letter()) == ()
    assert lint(replace(GOOD, **changes), letter()) == (advice,)


# ---- amounts and days, against the tables of Unicode


AS_WRITTEN = {"nl": "nl", "en": "en", "fr": "fr_BE", "de": "de"}


@given(st.integers(0, 10**13), st.sampled_from(LANGUAGES))
def test_amounts_are_written_as_readers_do(cents, language):
    ours = tongue(language).amount(cents, "EUR")
    theirs = format_currency(Decimal(cents).scaleb(-2), "EUR", locale=AS_WRITTEN[language]).replace("\u00a0", " ")
    # In Belgium an invoice in French has points, as those in Dutch and German have; Unicode has narrow spaces.
    assert ours == theirs.replace("\u202f", ".")


@pytest.mark.parametrize(
    ("language", "cents", "currency", "written"),
    [
        ("nl", -25_000, "EUR", "€ −250,00"),
        ("en", -25_000, "EUR", "−€250.00"),
        ("fr", -25_000, "EUR", "−250,00 €"),
        ("de", 123_456, "EUR", "1.234,56 €"),
        ("nl", 1200, "USD", "USD 12,00"),
        ("en", 123_456, "USD", "USD 1,234.56"),
        ("en", -1200, "USD", "USD −12.00"),
        ("fr", -1200, "USD", "−12,00 USD"),
        ("nl", 123_456, "JPY", "JPY 123.456"),
        ("en", 123_456, "KWD", "KWD 123.456"),
    ],
)
def test_other_amounts(language, cents, currency, written):
    assert tongue(language).amount(cents, currency) == written


@pytest.mark.parametrize(
    ("language", "percent", "written"),
    [("nl", "10.40", "10,4%"), ("en", "10.40", "10.4%"), ("fr", "10", "10 %"), ("de", "2.25", "2,25 %")],
)
def test_rates(language, percent, written):
    assert tongue(language).rate(Decimal(percent)) == written


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(LANGUAGES))
def test_days_are_written_as_readers_do(day, language):
    spoken = tongue(language)
    formats = {"de": ("EEEE, d. MMMM y", "d. MMMM y", "d. MMM y")}
    as_is = formats.get(language, ("EEEE d MMMM y", "d MMMM y", "d MMM y"))
    long, plain, short = (format_date(day, one, locale=language) for one in as_is)
    if language == "nl":
        short = short.replace(".", "")
    if language == "fr" and day.day == 1:  # Unicode leaves it at “1”
        long, plain, short = (re.sub(r"\b1 ", "1er ", one) for one in (long, plain, short))
    assert (spoken.long_day(day), spoken.day(day), spoken.short_day(day)) == (long, plain, short)


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

"""What a legal notice announces, sentence by sentence; and that who lets it go, lets these words and amounts go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from tests.tools.letters import ANNOUNCED, CHARGES, legal, letter, line
from voldaan.rules import announcing
from voldaan.rules.letters import Announced, Charge, ChargeKind, TermKind
from voldaan.rules.outbox import Channel, content_hash
from voldaan.rules.tongues import LANGUAGES, tongue

DUTCH = tongue("nl")
DELIVERY, SENDING = TermKind
SINCE = date(2027, 2, 13)
FOUR = Decimal("4.00")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            Announced(DELIVERY),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan nemen wij opnieuw contact met u op.
            """,
        ),
        (
            Announced(DELIVERY, 9_075),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan moet u ook € 90,75 aan incassokosten betalen
            (artikel 6:96 van het Burgerlijk Wetboek). Samen is dat dan € 695,75. Nu vragen wij dat nog niet.
            """,
        ),
        (
            Announced(DELIVERY, 9_075, 1_906),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan moet u ook € 90,75 aan incassokosten betalen
            (artikel 6:96 van het Burgerlijk Wetboek). De btw over die kosten kunnen wij niet aftrekken. Daarom
            verhogen wij ze met € 19,06. Samen is dat dan € 714,81. Nu vragen wij dat nog niet.
            """,
        ),
        (
            Announced(DELIVERY, 9_075, 0, SINCE, FOUR, 185),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan moet u ook € 90,75 aan incassokosten betalen
            (artikel 6:96 van het Burgerlijk Wetboek). Ook vragen wij u dan de wettelijke rente: 4% per jaar, vanaf
            zaterdag 13 februari 2027. Toen wij dit schreven, was die rente € 1,85. Samen is dat dan € 697,60, plus
            de rente die er nog bij komt. Nu vragen wij dat nog niet.
            """,
        ),
        (
            Announced(SENDING, 0, 0, SINCE, Decimal("4.5")),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan vragen wij u ook de wettelijke rente: 4,5% per
            jaar, vanaf zaterdag 13 februari 2027. Nu vragen wij dat nog niet.
            """,
        ),
        (
            Announced(SENDING, 7_025, 0, SINCE, Decimal("10.5"), by_agreement=True),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan vragen wij u ook een schadevergoeding van €
            70,25. Ook vragen wij u dan rente: 10,5% per jaar, vanaf zaterdag 13 februari 2027. Dat staat in de
            voorwaarden die wij met u hebben afgesproken. Samen is dat dan € 675,25, plus de rente die er nog bij
            komt. Nu vragen wij dat nog niet.
            """,
        ),
        (
            Announced(None, 9_075, 0, SINCE, Decimal("10.40"), 483),
            """
            Volgens de wet loopt er rente over dit bedrag, vanaf zaterdag 13 februari 2027. Die is nu 10,4% per
            jaar. Toen wij dit schreven, was die rente € 4,83. Ontvangen wij het bedrag niet binnen deze termijn?
            Dan vragen wij u ook die rente, en € 90,75 aan incassokosten. De wet geeft ons recht op minstens € 40,00
            per factuur die te laat is betaald. Samen is dat dan € 700,58, plus de rente die er nog bij komt.
            """,
        ),
        (
            Announced(None, 4_000),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan vragen wij u ook € 40,00 aan incassokosten. De
            wet geeft ons recht op minstens € 40,00 per factuur die te laat is betaald. Samen is dat dan € 645,00.
            """,
        ),
        (
            Announced(None, 0, 0, SINCE, FOUR),
            """
            Volgens de wet loopt er rente over dit bedrag, vanaf zaterdag 13 februari 2027. Die is nu 4% per jaar.
            Ontvangen wij het bedrag niet binnen deze termijn? Dan vragen wij u ook die rente.
            """,
        ),
        (
            Announced(None, 6_050, 0, SINCE, Decimal(12), by_agreement=True),
            """
            Ontvangen wij het bedrag niet binnen deze termijn? Dan vragen wij u ook een schadevergoeding van €
            60,50. Ook vragen wij u dan rente: 12% per jaar, vanaf zaterdag 13 februari 2027. Dat staat in de
            voorwaarden die wij met u hebben afgesproken. Samen is dat dan € 665,50, plus de rente die er nog bij
            komt.
            """,
        ),
    ],
)
def test_what_will_be_asked_is_told_to_the_cent(told, words):
    assert announcing.consequence(letter(announced=told), DUTCH) == " ".join(words.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_the_same_of_everything_that_can_be_announced(language):
    spoken, about = tongue(language), letter()
    for term, costs, vat, interest, agreed in product(
        (None, *TermKind), (0, 9_075), (0, 1_906), (None, 0, 483), (False, True)
    ):
        since = None if interest is None else SINCE
        told = Announced(term, costs, vat if costs else 0, since, FOUR if since else None, interest or 0, agreed)
        said = announcing.consequence(replace(about, announced=told), spoken)
        for cents in (told.costs_cents, told.costs_vat_cents, told.interest_cents, told.cents and 60_500 + told.cents):
            assert not cents or spoken.amount(cents, "EUR") in said
        assert (spoken.rate(FOUR) in said) == (interest is not None)
        assert "{" not in said


@pytest.mark.parametrize(
    ("language", "kind", "by_post", "by_mail"),
    [
        ("nl", DELIVERY, "binnen vijftien dagen nadat deze brief bij u is bezorgd",
         "binnen vijftien dagen nadat dit bericht bij u is bezorgd"),
        ("nl", SENDING, "binnen 14 kalenderdagen (dag 1 is de derde werkdag nadat deze brief is verstuurd)",
         "binnen 14 kalenderdagen (dag 1 is de dag nadat dit bericht is verstuurd)"),
        ("fr", DELIVERY, "dans les quinze jours après que cette lettre vous a été remise",
         "dans les quinze jours après que ce message vous a été remis"),
        ("fr", SENDING,
         "dans les 14 jours calendrier (le jour 1 est le troisième jour ouvrable après l’envoi de cette lettre)",
         "dans les 14 jours calendrier (le jour 1 est le lendemain de l’envoi de ce message)"),
        ("en", DELIVERY, "within fifteen days after this letter has been delivered to you",
         "within fifteen days after this message has been delivered to you"),
        ("en", SENDING, "within 14 calendar days (day 1 is the third working day after this letter was sent)",
         "within 14 calendar days (day 1 is the day after this message was sent)"),
        ("de", DELIVERY, "innerhalb von fünfzehn Tagen, nachdem dieser Brief Ihnen zugestellt wurde",
         "innerhalb von fünfzehn Tagen, nachdem diese Nachricht Ihnen zugestellt wurde"),
        ("de", SENDING, "innerhalb von 14 Kalendertagen (Tag 1 ist der dritte Werktag nach dem Versand dieses Briefes)",
         "innerhalb von 14 Kalendertagen (Tag 1 ist der Tag nach dem Versand dieser Nachricht)"),
    ],
)  # fmt: skip
def test_a_term_of_the_law_is_told_in_words(language, kind, by_post, by_mail):
    about = letter(announced=Announced(kind))
    assert announcing.term(replace(about, is_posted=True), tongue(language)) == by_post
    assert announcing.term(about, tongue(language)) == by_mail


def test_another_term_is_a_day():
    about = letter(announced=Announced(None))
    assert announcing.term(about, DUTCH) == "uiterlijk op vrijdag 19 maart 2027"
    assert announcing.term(replace(about, announced=None), tongue("de")) == "bis spätestens Freitag, 19. März 2027"
    assert announcing.term(replace(about, final_date=None), DUTCH) == ""


def test_interest_has_a_first_day_and_a_rate():
    with pytest.raises(AssertionError):
        Announced(None, interest_since=SINCE)
    assert not Announced(None).asks
    assert Announced(None, interest_percent=FOUR).asks, "from the end of the term on"


@pytest.mark.parametrize(
    ("charges", "words"),
    [
        ((), ""),
        (CHARGES, "In dat bedrag zitten € 90,75 aan incassokosten en € 4,83 aan rente."),
        ((CHARGES[0], CHARGES[0]), "In dat bedrag zit € 9,66 aan rente."),
        ((Charge(ChargeKind.COSTS, 4_000),), "In dat bedrag zitten € 40,00 aan incassokosten."),
    ],
)
def test_what_is_asked_beside_the_invoices_is_told_by_kind(charges, words):
    assert announcing.charged(letter(charges=charges), DUTCH) == words


def test_what_is_asked_is_lines_and_charges_less_the_credit():
    about = letter(lines=(line(), line(1)), charges=CHARGES, credit_cents=10_000)
    assert about.open_cents == 121_000
    assert about.asked_cents == 121_000 + 483 + 9_075 - 10_000
    assert legal("business_notice").asked_cents == 60_500, "what is announced is not asked"
    assert legal("business_notice").later_cents == 60_500 + 9_075 + 483


def test_who_lets_a_letter_go_lets_its_charges_and_what_it_announces_go():
    def hashed(about):
        return content_hash(about, Channel.EMAIL, "a@b.example")

    about = legal("fourteen_day_letter", charges=CHARGES)
    told = ANNOUNCED["fourteen_day_letter"]
    assert hashed(about) == hashed(legal("fourteen_day_letter", charges=CHARGES))
    assert hashed(about) == hashed(replace(about, sent_on=date(2027, 3, 15), final_date=None, paid_until=SINCE))
    others = [
        replace(about, charges=CHARGES[:1]), replace(about, announced=None), replace(about, is_posted=True),
        *(replace(about, announced=replace(told, **change)) for change in (
            {"term": SENDING}, {"costs_cents": 9_076}, {"costs_vat_cents": 1}, {"interest_since": date(2027, 2, 14)},
            {"interest_percent": Decimal(5)}, {"interest_cents": 1}, {"by_agreement": True},
        )),
    ]  # fmt: skip
    assert len({hashed(about), *map(hashed, others)}) == 1 + len(others)

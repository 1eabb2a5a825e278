"""Payment terms on the pages: what is typed is seen at once, kept with what the law says of it, and handed over."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import terms as questions
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import LateCharge, TermSet
from voldaan.usecases import terms as verbs
from voldaan.usecases.terms import agree_terms

pytestmark = pytest.mark.one_engine  # forms; the verbs are in test_terms

AT = f"/{SLUG}/instellingen/betalingsvoorwaarden/"
FILE = f"{AT}bestand/"
NOW = {"valid_from": "2027-03-01", "costs": "yes"}


def agree(house: House, days: int, since: str = "2027-03-01", kind: DebtorKind = DebtorKind.BUSINESS) -> int:
    terms = TermSet(days)
    return agree_terms(
        kind=kind, terms=terms, valid_from=date.fromisoformat(since), actor=house.actor, today=house.today
    )


def kept(house: House, kind: DebtorKind = DebtorKind.BUSINESS) -> list[questions.Version]:
    return questions.known(kind, actor=house.actor).versions


def test_without_terms_the_law_is_shown_in_four_languages(browse: Browse, house: House):
    page = browse(AT)
    assert "Nothing was written yet" in page.text
    assert page.all("//summary") == ["Nederlands", "Français", "English", "Deutsch"]
    texts = page.all("//div[@class='term-prose']")
    for said, text in zip(("binnen 30 dagen", "30 jours", "within 30 days", "30 Tagen"), texts, strict=True):
        assert said in text
    assert "Not kept yet" not in page.text


def test_what_is_typed_is_seen_before_it_is_kept(browse: Browse, house: House):
    page = browse(f"{AT}?payment_days=14&interest=9,5&charge_percent=10&charge_minimum=40&valid_from=2027-04-01")
    assert "Not kept yet" in page.text
    assert "binnen 14 dagen" in page.text
    assert "9,5 %" in page.all("//div[@class='term-prose']")[0]
    assert "30 dagen" not in page.all("//div[@class='term-prose']")[0]
    assert kept(house) == []
    assert page.tree.xpath("//input[@name='interest']/@value") == ["9,5"]


def test_what_is_looked_at_by_the_button_is_the_same(house: House):
    answer = signed_in(OWNER).post(AT, {"voor": "bedrijven", "payment_days": "14", "deed": "look", **NOW})
    assert "binnen 14 dagen" in answer.content.decode()
    assert kept(house) == []


def test_terms_are_kept_and_listed(browse: Browse, house: House):
    client = signed_in(OWNER)
    asked = {"voor": "bedrijven", "after": "0", "deed": "keep", "payment_days": "14", "charge_percent": "10",
             "charge_minimum": "40", **NOW}  # fmt: skip
    for _ in range(2):  # pressed twice
        answer = client.post(AT, asked)
        assert (answer.status_code, answer["Location"]) == (302, f"{AT}?voor=bedrijven")
    (version,) = kept(house)
    assert version.terms == TermSet(14, late_charge=LateCharge(0, 1_000, 4_000))
    page = browse(AT)
    assert "Version 1, for invoices from 1 Mar 2027" in page.text
    assert "holds now" in page.text


def test_a_page_that_went_stale_keeps_nothing(house: House):
    agree(house, 21)
    asked = {"voor": "bedrijven", "after": "0", "deed": "keep", "payment_days": "14", **NOW}
    answer = signed_in(OWNER).post(AT, asked, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert [one.terms.payment_days for one in kept(house)] == [21]
    assert 'value="14"' in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"charge_fixed": "50"}, "art. 6:96(5) BW"),
        ({"interest": "9"}, "art. 6:119(3) BW"),
        ({"payment_days": "veertien"}, "“veertien”"),
        ({"valid_from": "morgen"}, "“morgen”"),
        ({"valid_from": ""}, "“”"),
        ({"discount_percent": "2", "discount_days": "20"}, "1 tot 13"),
    ],
)
def test_what_cannot_be_says_why_and_keeps_what_was_typed(house: House, typed, says):
    asked = {"voor": "consumenten", "after": "0", "deed": "keep", "payment_days": "14", **NOW} | typed
    answer = signed_in(OWNER).post(AT, asked)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text
    for value in typed.values():
        assert f'value="{value}"' in text
    assert kept(house, DebtorKind.CONSUMER) == []


def test_a_higher_rate_is_kept_when_it_is_chosen(house: House):
    asked = {"voor": "consumenten", "after": "0", "deed": "keep", "payment_days": "14", "interest": "9",
             "higher_rate": "yes", **NOW}  # fmt: skip
    assert signed_in(OWNER).post(AT, asked).status_code == 302
    assert kept(house, DebtorKind.CONSUMER)[0].terms.higher_rate


def test_the_past_cannot_be_written_over(house: House):
    agree(house, 30, "2026-01-01")
    asked = {"voor": "bedrijven", "after": "1", "deed": "keep", "payment_days": "14", **NOW}
    answer = signed_in(OWNER).post(AT, asked | {"valid_from": "2027-02-01"})
    assert answer.status_code == 422
    assert len(kept(house)) == 1


def test_risks_are_told_beside_the_text(browse: Browse, house: House):
    page = browse(f"{AT}?payment_days=45&valid_from=2027-03-01")
    assert "Good to know" in page.text
    assert "art. 6:119a(6) BW" in page.text


def test_each_version_is_handed_over_as_it_was(house: House):
    agree(house, 30, "2026-01-01")
    agree(house, 14)
    client = signed_in(OWNER)
    old = client.get(f"{FILE}?voor=bedrijven&taal=fr&versie=1")
    assert "30 jours" in old.content.decode()
    assert "1er janvier 2026" in old.content.decode()
    assert "betalingsvoorwaarden-bedrijven-1-fr.txt" in old["Content-Disposition"]
    new = client.get(f"{FILE}?voor=overheden&taal=nl")
    assert "binnen 14 dagen" in new.content.decode()
    assert "art. 6:119b BW" in new.content.decode()
    pdf = client.get(f"{FILE}?voor=consumenten&taal=de&versie=0&als=pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("asked", ["?voor=niemand", "?taal=xx", "?versie=9", "?versie=x"])
def test_what_is_not_there_is_not_found(house: House, asked):
    assert signed_in(OWNER).get(f"{FILE}{asked}").status_code == 404


def test_a_kind_that_is_not_there_is_not_found(house: House):
    assert signed_in(OWNER).get(f"{AT}?voor=overheden").status_code == 404


def test_many_versions_cost_no_more_questions(house: House):
    client = signed_in(OWNER)
    client.get(AT)
    counts = []
    for days in (14, 15, 16, 17):
        agree(house, days)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(AT).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_verbs_and_pages_know_the_same_kinds():
    from voldaan.web.settings.terms import WHOM

    assert set(WHOM.values()) == set(verbs.KINDS)

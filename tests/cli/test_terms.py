"""Payment terms at the command line: what is typed is what is shown, on the day that it holds."""

from __future__ import annotations

import pytest

from tests.cli.conftest import INIT
from voldaan.cli.shell import REFUSED, USAGE

NOW = ("--today", "2027-03-01")


@pytest.fixture
def books(typed):
    typed(*INIT)
    return typed


def test_what_was_not_written_is_the_law(books):
    result = books("terms", *NOW, "--language", "en")
    assert "within 30 days" in result.stdout
    assert "Nothing was written for that day" in result.stderr


def test_the_text_of_a_day_is_found_again(books):
    books("terms", "set", "--kind", "business", "--days", "21", "--interest", "9", "--from", "2026-01-01", *NOW)
    books("terms", "set", "--kind", "business", "--days", "14", "--from", "2027-04-01", *NOW)
    then = books("terms", "--on", "2027-03-31", "--language", "en", *NOW).stdout
    later = books("terms", "show", "--on", "2027-04-01", "--language", "en", *NOW).stdout
    assert ("within 21 days" in then, "from 1 January 2026" in then) == (True, True)
    assert ("within 14 days" in later, "9%" in later) == (True, True), "what was not said stayed"


def test_what_is_emptied_goes_back_to_the_law(books):
    books("terms", "set", "--kind", "business", "--interest", "9", "--no-costs", *NOW)
    books("terms", "set", "--kind", "business", "--interest", "", *NOW)
    said = books("terms", "--language", "nl", *NOW).stdout
    assert "wettelijke handelsrente" in said
    assert "incassokosten" not in said


def test_what_the_law_does_not_allow_names_the_article(books):
    result = books("terms", "set", "--kind", "consumer", "--charge-fixed", "50", *NOW, exits=REFUSED)
    assert "art. 6:96(5) BW" in result.stderr
    assert "€ 50,00" in result.stderr


def test_a_risk_is_told_beside_the_answer(books):
    result = books("terms", "set", "--kind", "business", "--charge-percent", "15", *NOW)
    assert "Version 1" in result.stdout
    assert "A judge can lower a charge" in result.stderr


@pytest.mark.parametrize(("kind", "days", "told"), [("consumer", "60", "consumer credit"),
                                                    ("business", "61", "agreed in so many words")])  # fmt: skip
def test_a_term_that_holds_only_under_conditions_is_written_by_who_is_sure(books, kind, days, told):
    words = ("terms", "set", "--kind", kind, "--days", days, *NOW)
    refused = books(*words, exits=REFUSED)
    assert (told in refused.stderr, "--sure" in refused.stderr) == (True, True)
    assert "Nothing was written for that day" in books("terms", *NOW, "--kind", kind).stderr
    result = books(*words, "--sure")
    assert "Version 1" in result.stdout
    assert told in result.stderr


def test_a_slip_is_said_with_its_field(books):
    result = books("terms", "set", "--kind", "business", "--days", "veertien", *NOW, exits=REFUSED)
    assert "“veertien” cannot stand at “Days to pay in”" in result.stderr
    books("terms", "nope", exits=USAGE)


def test_the_setting_leads_to_the_terms_once_they_are_written(books):
    books("terms", "set", "--kind", "business", "--days", "14", *NOW)
    assert "voldaan terms set" in books("settings", "payment_term_days", "21", *NOW, exits=REFUSED).stderr
    assert "14" in books("settings", "payment_term_days", *NOW).stdout

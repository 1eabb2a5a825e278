"""Strategies: drawn, compared, tried before they are chosen, and written as the file of the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.look import ladders
from voldaan.queries import strategies as questions
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.rules.ladders import FOURTEEN_DAYS, PRESETS, strategy_of
from voldaan.usecases import administrations, debtors, strategies

LIST = f"/{SLUG}/opvolging/strategieen/"
MAIL = "by e-mail, or by letter where there is no e-mail address"
POST = "by letter where a postal address is known, otherwise by e-mail"
STEP = {"code": "reminder", "kind": "message", "anchor": "due_date", "days": 7, "term_days": 10}


def content(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Rustig", "steps": list(steps) or [STEP]} | more


def define(house: House, code: str, said: Any, **words: Any) -> int:
    return strategies.define(code=code, content=said, actor=house.actor, today=house.today, **words)


def default(house: House) -> str:
    return str(Administration.objects.get(pk=house.actor.administration_id).strategy)


def test_every_strategy_is_drawn_with_who_follows_it(browse: Browse, house: House):
    house.debtor("Een")
    house.debtor("Twee")
    house.debtor("Drie", strategy="30-dagen")
    page = browse(LIST)
    first, second, *_ = page.all("//section[@class='card']")
    assert all(words in first for words in ("14 days (15-21-30-44)", "for everybody", "2 customers have none"))
    assert all(
        words in second for words in ("30 days, friendly", "chosen for 1 customer", "5 days before the due date")
    )
    assert len(page.tree.xpath("//ol[@class='rungs']/li")) == 35


def test_consumers_are_counted_with_the_strategy_that_they_follow_by_themselves(browse: Browse, house: House):
    for number, kind in enumerate(("consumer", "consumer", "business", "")):
        house.debtor(f"Klant {number}", kind=kind)
    house.debtor("Belg", kind="consumer", country="BE")
    house.debtor("Duitser", kind="consumer", country="DE")
    house.debtor("Eigen", kind="consumer", strategy="30-dagen")
    rows = {one.code: one for one in questions.followed(actor=house.actor)}
    assert [(code, one.chosen, one.others) for code, one in rows.items()] == [
        ("14-dagen", 0, 3), ("30-dagen", 1, 0), ("consument-be", 0, 1), ("consument-nl", 0, 2), ("zakelijk", 0, 0),
    ]  # fmt: skip
    cards = browse(LIST).all("//section[@class='card']")
    assert ["for consumers" in card for card in cards] == [False, False, True, True, False]
    assert "2 consumers follow it by themselves" in cards[3]
    administrations.change(name="consumer_strategy", value="zakelijk", actor=house.actor, today=house.today)
    rows = {one.code: one for one in questions.followed(actor=house.actor)}
    assert (rows["zakelijk"].others, rows["consument-nl"].others, rows["14-dagen"].others) == (4, 0, 2)


def test_a_step_that_weighs_says_what_the_law_wants_of_it(browse: Browse, house: House):
    steps = browse(f"{LIST}consument-nl/").all("//ol[@class='rungs']/li")
    letter = next(step for step in steps if step.startswith("Fourteen-day letter"))
    assert "(art. 6:96(6) BW)" in letter
    assert "its term is that of the law" in letter
    assert "asks to pay within" not in letter
    assert "It claims the interest and costs" in next(step for step in steps if step.startswith("Final notice"))


def test_an_unlawful_ladder_is_refused_in_place_with_what_was_typed(browse: Browse, house: House):
    unlawful = json.dumps(content(STEP, {"code": "final_notice", "kind": "message", "anchor": "due_date", "days": 9,
                                         "term_days": 7}), ensure_ascii=False)  # fmt: skip
    assert "Rustig" not in browse(LIST).text
    client = signed_in(OWNER)
    for deed in ({}, {"look": "yes"}):
        answer = client.post(f"{LIST}14-dagen/schrijven/", {"code": "rustig", "content": unlawful} | deed)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "The strategy would break the law" in page
        assert "the term of the step above it has not passed by then" in page
        assert "&quot;final_notice&quot;" in page
    assert "Rustig" not in browse(LIST).text


@pytest.mark.parametrize(
    ("step", "codes"),
    [
        ("fourteen_day_letter", ["reminder", "fourteen_day_letter", "hand_over"]),
        ("business_notice", ["reminder", "business_notice", "hand_over"]),
        ("reminder", ["reminder", "hand_over"]),
        ("nothing", ["reminder", "hand_over"]),
    ],
)
def test_a_step_that_the_law_knows_is_added_where_its_day_puts_it(house: House, step: str, codes: list[str]):
    end = {"code": "hand_over", "kind": "hand_over", "anchor": "due_date", "days": 12}
    said = json.dumps(content(STEP, end), ensure_ascii=False)
    answer = signed_in(OWNER).post(
        f"{LIST}14-dagen/schrijven/", {"code": "rustig", "content": said, "step": step, "add": "yes"}
    )
    assert answer.status_code == 200
    text = str(etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8")).xpath("string(//textarea)"))
    assert [one["code"] for one in json.loads(text)["steps"]] == codes


def test_a_strategy_says_of_each_step_when_how_and_what(browse: Browse, house: House):
    page = browse(f"{LIST}14-dagen/")
    steps = page.all("//ol[@class='rungs']/li")
    assert len(steps) == len(FOURTEEN_DAYS.steps)
    assert all(words in steps[1] for words in ("15 days after the invoice date", "you approve it first", "{invoices}"))
    assert "goes by itself" in steps[0]
    assert "by letter where a postal address is known" in steps[5]
    assert "less than €5.00" in page.text
    assert browse(f"{LIST}geen/", status=404)


def test_older_versions_stay_readable_and_say_what_changed(browse: Browse, house: House):
    call = {"code": "call", "kind": "call", "anchor": "due_date", "days": 21}
    define(house, "rustig", content(STEP, call))
    define(house, "rustig", content(STEP | {"days": 9, "prefers_post": True, "approval": "automatic"},
                                    {"code": "bel-eerst", "kind": "call", "anchor": "due_date", "days": 12},
                                    name="Rustiger", minimum_cents=1000))  # fmt: skip
    page = browse(f"{LIST}rustig/")
    assert page.all("//ul[@class='lines']/li")[:7] == [
        "The name: was “Rustig”, is “Rustiger”.",
        "The least amount to write about: was “€5.00”, is “€10.00”.",
        "Reminder, the day: was “7 days after the due date”, is “9 days after the due date”.",
        "Reminder, who lets it go: was “you approve it first”, is “goes by itself”.",
        f"Reminder, the way: was “{MAIL}”, is “{POST}”.",
        "New: bel-eerst, 12 days after the due date.",
        "No longer: call.",
    ]  # fmt: skip
    older = browse(f"{LIST}rustig/?versie=1")
    assert "This is an older version" in older.text
    assert "21 days after the due date" in older.text
    assert "What changed from version 2 to version 1" in browse(f"{LIST}rustig/?versie=1&naast=2").text
    assert "What changed" not in browse(f"{LIST}rustig/?versie=2&naast=2").text
    assert "version 2, of" in browse(f"{LIST}rustig/?versie=²").text


@pytest.mark.parametrize(("anchor", "days", "said"), [
    ("due_date", 0, "on the due date"), ("invoice_date", 0, "on the invoice date"),
    ("due_date", 1, "1 day after the due date"), ("due_date", -2, "2 days before the due date"),
    ("invoice_date", -1, "1 day before the invoice date"), ("invoice_date", 30, "30 days after the invoice date"),
])  # fmt: skip
def test_the_day_of_a_step_is_said(settings: Any, anchor, days, said):
    from django.utils import translation

    (step,) = strategy_of("x", content(STEP | {"anchor": anchor, "days": days})).steps
    with translation.override("en"):
        assert ladders.when(step.anchor, step.days) == said


def test_what_is_the_same_changed_nothing():
    assert ladders.changed(FOURTEEN_DAYS, FOURTEEN_DAYS) == []


def test_a_version_comes_as_the_file_that_writes_it(house: House):
    define(house, "rustig", content())
    define(house, "rustig", content(STEP | {"days": 9}))
    client = signed_in(OWNER)
    for version, days in ((1, 7), (2, 9)):
        answer = client.get(f"{LIST}rustig/bestand/?versie={version}")
        assert answer["Content-Disposition"] == f'attachment; filename="rustig-{version}.json"'
        said = strategy_of("rustig", json.loads(answer.content))
        assert said == strategy_of("rustig", content(STEP | {"days": days}))
    # Written back, it is the same version.
    assert define(house, "rustig", json.loads(answer.content)) == 2


def test_whatever_it_says_is_in_the_file(house: House):
    client = signed_in(OWNER)
    for preset in PRESETS:
        assert strategy_of(preset.code, json.loads(client.get(f"{LIST}{preset.code}/bestand/").content)) == preset


def test_another_strategy_is_tried_before_it_is_chosen(browse: Browse, house: House):
    house.debtor("Laat BV", number="1", email="l@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-02-10", due="2027-02-27")
    house.debtor("Eigen BV", number="2", email="e@b.example", kind="business", strategy="14-dagen")
    house.invoice("2", "F2", "10.00", issued="2027-02-10", due="2027-02-27")
    define(house, "traag", content(STEP | {"days": 60}))
    before = house.everything()
    page = browse(f"{LIST}traag/volgen/")
    assert page.one("//h1") == "Tuesday 2 March 2027: 1 customer would hear from you"
    table = page.all("//table")
    assert "Reminder21" in table[0].replace(" ", "")
    assert "LaatBVreminder–" in table[1].replace(" ", "")
    assert "Eigen BV" not in table[1]
    assert any("1 customer follows “Rustig”" in line for line in page.all("//ul[@class='lines']/li"))
    assert house.everything() == before  # trying keeps nothing
    answer = signed_in(OWNER).post(f"{LIST}traag/volgen/")
    assert (answer["Location"], default(house)) == (LIST, "traag")
    assert "Everybody follows this one already" in browse(f"{LIST}traag/volgen/").text


def test_old_bank_data_is_said_where_a_strategy_is_tried(browse: Browse, house: House):
    from voldaan.usecases import administrations

    house.debtor("Laat BV", number="1", email="l@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-01-10", due="2027-01-27")
    administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)
    assert "The bank data is too old" in browse(f"{LIST}30-dagen/volgen/").text


def write(said: str, code: str = "rustig", **words: str) -> Any:
    return signed_in(OWNER).post(f"{LIST}rustig/schrijven/", {"code": code, "content": said, "version": "1"} | words)


def test_the_next_version_is_written_from_a_text(browse: Browse, house: House):
    define(house, "rustig", content())
    page = browse(f"{LIST}rustig/schrijven/")
    typed = page.one("//textarea")
    assert strategy_of("rustig", json.loads(typed)) == strategy_of("rustig", content())
    said = typed.replace('"days": 7', '"days": 8')
    looked = write(said, look="yes").content.decode()
    assert "8 days after the due date" in looked
    assert newest(house) == 1  # looking keeps nothing
    assert write(said)["Location"] == f"{LIST}rustig/"
    assert newest(house) == 2
    # The same again, as by a double click, is the same version.
    assert write(said)["Location"] == f"{LIST}rustig/"
    assert newest(house) == 2


def newest(house: House, code: str = "rustig") -> int:
    (one,) = (one for one in questions.followed(actor=house.actor) if one.code == code)
    return one.newest.number


@pytest.mark.parametrize(("said", "place"), [
    ('{"name": "x",\n "steps": [}', "regel 2, teken 12"),
    (json.dumps(content(STEP, STEP | {"code": "call", "days": 3})), "stap 2"),
    (json.dumps(content(STEP | {"anchor": "gisteren"})), "stap 1, anchor"),
    (json.dumps(content() | {"name": "half \ud800"}), "name"),
    (json.dumps(content() | {"name": "niets \0"}), "name"),
    ("[" * 100_000, "de tekst"),
    ("", "regel 1, teken 1"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_what_was_typed_stays(house: House, said, place):
    define(house, "rustig", content())
    answer = write(said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert place in page
    assert 'role="alert"' in page
    assert said.replace('"', "&quot;") in page
    assert newest(house) == 1


def test_two_who_write_at_once_do_not_overwrite_each_other(house: House):
    define(house, "rustig", content())
    first, second = (json.dumps(content(STEP | {"days": days})) for days in (8, 9))
    assert write(first).status_code == 302
    answer = write(second)
    assert answer.status_code == 422
    assert "heeft intussen een versie 2" in answer.content.decode()
    assert newest(house) == 2


def test_another_name_begins_a_new_strategy_and_writes_over_none(house: House):
    define(house, "rustig", content())
    said = json.dumps(content(STEP | {"days": 8}))
    assert write(said, "rustiger")["Location"] == f"{LIST}rustiger/"
    assert (newest(house), newest(house, "rustiger")) == (1, 1)
    assert write(said, "14-dagen").status_code == 422
    assert newest(house, "14-dagen") == 1
    assert write(said, "Met spaties").status_code == 422


def test_a_version_after_another_is_refused_by_the_verb(house: House):
    with house.refuses(strategies.NewerVersion):
        define(house, "rustig", content(), after=1)
    assert define(house, "rustig", content(), after=0) == 1
    with house.refuses(strategies.NewerVersion):
        define(house, "rustig", content(STEP | {"days": 9}), after=0)
    assert define(house, "rustig", content(STEP | {"days": 9}), after=1) == 2


def test_a_customer_gets_a_strategy_of_his_own_on_his_page(browse: Browse, house: House):
    id_ = house.debtor("Een")
    page = browse(f"/{SLUG}/klanten/{id_}/")
    assert page.all("//select[@name='strategy']/option") == [
        "That of everybody", "14 days (15-21-30-44)", "30 days, friendly", "Consumers in Belgium",
        "Consumers in the Netherlands", "Businesses, with interest and costs",
    ]  # fmt: skip
    client = signed_in(OWNER)

    def own() -> str:
        return Debtor.objects.of(house.actor.administration_id).get(public_id=id_).strategy

    def post(new: str, was: str) -> None:
        client.post(f"/{SLUG}/klanten/{id_}/gegevens/", {"strategy": new, "was_strategy": was})

    post("30-dagen", "")
    assert own() == "30-dagen"
    assert browse(f"/{SLUG}/klanten/{id_}/").all("//select[@name='strategy']/option[@selected]") == [
        "30 days, friendly"
    ]
    # Not touched on a page that is older than the choice: it stays.
    debtors.change(debtor=id_, strategy="14-dagen", actor=house.actor, today=house.today)
    post("30-dagen", "30-dagen")
    assert own() == "14-dagen"
    post("", "14-dagen")
    assert own() == ""


def test_the_pages_ask_as_much_for_many_versions_as_for_one(browse: Browse, house: House):
    define(house, "rustig", content())
    asked = []
    for days in (8, 9, 10, 11):
        for path in ("", "rustig/"):
            browse(f"{LIST}{path}")
            with CaptureQueriesContext(connection) as queries:
                browse(f"{LIST}{path}")
            asked.append((path, len(queries)))
        define(house, "rustig", content(STEP | {"days": days}))
    assert len(set(asked)) == 2

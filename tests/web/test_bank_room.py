"""The bank inbox as a room: filters in the address, evidence marked, one yes for many, payers and bank days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import bank_inbox, by_itself, payers
from voldaan.records.bank import BankTransaction
from voldaan.rules.permissions import Actor
from voldaan.usecases import administrations, receipts_by_hand

INBOX = f"/{SLUG}/ontvangsten/"
FRIDAY, MONDAY = date(2027, 2, 19), date(2027, 2, 22)


@pytest.fixture
def paid(house: House, settings: Any) -> House:
    """Let one receipt book itself, and four wait: two parts, one of nobody known, one found by its name."""
    settings.LANGUAGE_CODE = "en"
    for n in range(1, 4):
        house.debtor(f"Klant {n}", number=f"{n}")
        house.invoice(f"{n}", f"F2027-100{n}", "100.00", issued="2027-02-01", due="2027-02-15")
    moved = [
        files.Movement(FRIDAY, 10_000, iban=files.PAYER, name="Klant 3", text="F2027-1003"),
        files.Movement(FRIDAY, 3_000, name="Iemand", text="deel van f 2027/1001 <b>"),
        files.Movement(MONDAY, 4_000, iban=files.OTHER_PAYER, name="Iemand", text="deel van F2027-1002"),
        files.Movement(MONDAY, 777, name="Rente", text="rente"),
        files.Movement(MONDAY, 10_000, name="Klant 2", text="zonder nummer"),
    ]
    files.bring(house, files.camt053(moved), "afschrift.xml")
    return house


def posted(client: Client, path: str, **words: str) -> str:
    answer: Any = client.post(f"{INBOX}{path}", words, follow=True)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def names(page: Any) -> list[str]:
    return list(page.all("//article//h2"))


def test_the_head_says_how_many_went_by_themselves(browse: Browse, paid: House):
    assert "1 of the 5 went by itself, 0 booked unsure" in browse(INBOX).text


def test_the_evidence_is_marked_as_it_stands_in_the_line(browse: Browse, paid: House):
    page = browse(INBOX)
    assert "f 2027/1001" in page.all("//article//p[@class='told']//mark")
    assert "Klant 2" in page.all("//article//h2//mark")
    assert "deel van f 2027/1001 <b>" in page.all("//p[@class='told']")
    assert page.all("//article[.//h2='Rente']//mark") == []


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("soort=number_part", ["Iemand", "Iemand"]),
        ("soort=geen", ["Rente"]),
        ("soort=name_amount", ["Klant 2"]),
        ("van=2027-02-20", ["Iemand", "Klant 2", "Rente"]),
        ("tot=2027-02-19", ["Iemand"]),
        ("minstens=40", ["Iemand", "Klant 2"]),
        ("minstens=7,77&hoogstens=30,00", ["Iemand", "Rente"]),
        ("tekst=RENTE", ["Rente"]),
        (f"tekst={files.OTHER_PAYER[:10]}", ["Iemand"]),
        (f"rekening={files.OWN}", ["Iemand", "Iemand", "Klant 2", "Rente"]),
        ("soort=number_part&van=2027-02-22", ["Iemand"]),
        ("tekst=niemand", []),
    ],
)
def test_what_is_asked_for_is_in_the_address(browse: Browse, paid: House, asked, wanted):
    page = browse(f"{INBOX}?{asked}")
    assert sorted(names(page)) == wanted
    backs = page.tree.xpath("//article//input[@name='back']/@value")
    assert all(back.startswith(f"{INBOX}?") for back in backs), "who books goes on in what he asked for"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("van=gisteren", "“gisteren” is no day"),
        ("van=2027-03-02&tot=2027-03-01", "turn them round"),
        ("minstens=veel", "“veel” is not an amount"),
        ("minstens=1.000", "“1.000” is not an amount"),  # a thousand, or one
        ("minstens=5&hoogstens=4", "turn them round"),
        ("soort=toeval", "“toeval”"),
        ("rekening=NL00", "“NL00”"),
    ],
)
def test_nonsense_is_refused_and_what_was_typed_stays(browse: Browse, paid: House, asked, says):
    page = browse(f"{INBOX}?{asked}", status=422)
    assert says in page.one("//*[@role='alert']")
    assert names(page) == []
    typed = page.tree.xpath("//form[contains(@class, 'sift')]//input/@value")
    assert all(word.partition("=")[2] in typed for word in asked.split("&") if not word.startswith(("soort", "rek")))


def test_one_yes_for_what_was_seen_and_one_way_back(browse: Browse, paid: House):
    assert "2 receipts were found in this one way" in browse(f"{INBOX}?soort=number_part").text
    page = browse(f"{INBOX}samen/?soort=number_part")
    assert page.one("//tfoot//td") == "€70.00"
    (ids,) = page.tree.xpath("//input[@name='proposals']/@value")
    client, words = signed_in(OWNER), {"soort": "number_part", "proposals": ids}
    assert "2 receipts booked: €70.00." in posted(client, "samen/", **words)
    assert "These were booked already." in posted(client, "samen/", **words)
    key = ",".join(one.public_id for one in _booked_by_hand(paid))
    assert "Taken back: 2 receipts wait again." in posted(client, "samen/terugnemen/", key=key)
    assert len(names(browse(f"{INBOX}?soort=number_part"))) == 2


def _booked_by_hand(house: House) -> list[Any]:
    return list(BankTransaction.objects.of(house.actor.administration_id).filter(state="booked", text__contains="deel"))


def test_what_changed_meanwhile_is_said(paid: House):
    inbox = bank_inbox.inbox(most=9, actor=paid.actor).receipts
    ids = [one.proposals[0].id for one in inbox if one.counterparty_name == "Iemand"]
    receipts_by_hand.reject(proposal=ids[0], actor=paid.actor, today=paid.today)
    page = posted(signed_in(OWNER), "samen/", soort="number_part", proposals=",".join(ids))
    assert "1 receipt booked" in page
    assert "1 is left: it changed meanwhile." in page


def test_together_without_a_class_leads_to_the_list(paid: House):
    client = signed_in(OWNER)
    for asked in ("", "?soort=geen", "?tekst=rente"):
        assert client.get(f"{INBOX}samen/{asked}")["Location"] == INBOX


def spread_of(house: House, name: str = "Rente") -> str:
    return next(one.id for one in bank_inbox.inbox(most=9, actor=house.actor).receipts if one.counterparty_name == name)


def test_the_remainder_is_reckoned_without_a_script_to_the_cent(browse: Browse, paid: House):
    client, id_ = signed_in(OWNER), spread_of(paid, "Klant 2")
    page = browse(f"{INBOX}{id_}/verdelen/")
    assert "F2027-1002" in page.text  # of whom is proposed
    (invoice,) = page.tree.xpath("//input[@name='kies']/@value")
    answer = client.post(f"{INBOX}{id_}/verdelen/", {"kies": invoice, f"bedrag-{invoice}": "33,33", "deed": "reckon"})
    told = answer.content.decode()
    assert "€66.67" in told
    assert len(bank_inbox.inbox(most=9, actor=paid.actor).receipts) == 4, "reckoning books nothing"
    found = client.post(f"{INBOX}{id_}/verdelen/", {"zoek": "F2027-1001", "deed": "search"}).content.decode()
    assert "F2027-1001" in found


def test_a_spread_that_does_not_fit_says_so_and_keeps_what_was_typed(browse: Browse, paid: House):
    client, id_ = signed_in(OWNER), spread_of(paid, "Klant 2")
    (invoice,) = browse(f"{INBOX}{id_}/verdelen/").tree.xpath("//input[@name='kies']/@value")
    for typed, says in (("veel", "not an amount"), ("100,01", "at most what is open"), ("0", "more than nothing")):
        answer = client.post(f"{INBOX}{id_}/verdelen/", {f"bedrag-{invoice}": typed, "deed": "book"})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode()
    nothing = client.post(f"{INBOX}{id_}/verdelen/", {"deed": "book"})
    assert "Choose at least one invoice" in nothing.content.decode()


def test_a_spread_is_booked_once_and_its_rest_waits(browse: Browse, paid: House):
    client, id_ = signed_in(OWNER), spread_of(paid, "Klant 2")
    (invoice,) = browse(f"{INBOX}{id_}/verdelen/").tree.xpath("//input[@name='kies']/@value")
    words = {"kies": invoice, f"bedrag-{invoice}": "33,33", "deed": "book"}
    page = posted(client, f"{id_}/verdelen/", **words)
    assert "€66.67 of it still waits." in page
    assert paid.open()["F2027-1002"] == 6_667
    again = client.post(f"{INBOX}{id_}/verdelen/", {**words, f"bedrag-{invoice}": "66,67", "rest": ""})
    assert again["Location"] == INBOX
    twice = client.post(f"{INBOX}{id_}/verdelen/", words)
    assert twice["Location"] == INBOX  # it waits no longer
    assert "F2027-1002" not in paid.open()
    assert client.get(f"{INBOX}{id_}/verdelen/").status_code == 404


def test_known_payers_are_looked_at_searched_forgotten_and_remembered(browse: Browse, paid: House):
    page = browse(f"{INBOX}betalers/")
    (row,) = page.all("//tbody/tr")
    assert all(word in row for word in ("Klant 3", files.PAYER, "19 Feb 2027", "1 time"))
    assert "No payer found" in browse(f"{INBOX}betalers/?zoek=niemand").text
    (known,) = payers.payers(most=9, actor=paid.actor)
    client, words = signed_in(OWNER), {"iban": known.iban, "debtor": known.debtor_id}
    said = posted(client, "betalers/vergeten/", **words)
    assert "until it is learned anew" in said
    assert 'data-key="u"' in said
    assert "Nothing learned yet" in browse(f"{INBOX}betalers/").text
    assert 'role="alert"' in posted(client, "betalers/vergeten/", **words, back=f"{INBOX}betalers/")
    posted(client, "betalers/onthouden/", key=f"{known.iban} {known.debtor_id}")
    assert payers.payers(most=9, actor=paid.actor)[0].seen == 1


def test_a_customer_shows_from_where_he_pays(browse: Browse, paid: House):
    (known,) = payers.payers(most=9, actor=paid.actor)
    page = browse(f"/{SLUG}/klanten/{known.debtor_id}/")
    assert "1 time" in page.one(f"//section[h2[starts-with(., 'Pays from')]]//li[contains(., '{files.PAYER}')]")


def test_a_day_that_is_missing_is_named_wherever_the_gate_is_shown(browse: Browse, paid: House):
    administrations.change(name="bank_freshness_days", value="3", actor=paid.actor, today=paid.today)
    later = [files.Movement(date(2027, 2, 26), 5, name="X")]
    text = files.camt053(later, opening=1, first=date(2027, 2, 26), number="2")
    assert files.bring(paid, text, "later.xml", accept_unbalanced=True).result == "imported"
    named = "23 February"
    assert named in browse(f"/{SLUG}/").one("//aside[contains(@class, 'banner')]")
    assert named in browse(f"/{SLUG}/opvolging/berichten/").one("//section[contains(@class, 'gate')]")
    assert named in browse(f"{INBOX}afschriften/").text
    client = signed_in(OWNER)
    words = {"account": files.OWN, "after": "2027-02-22", "back": f"{INBOX}afschriften/"}
    assert "Say why" in posted(client, "afschriften/overslaan/", **words, reason="")
    assert "Passed over" in posted(client, "afschriften/overslaan/", **words, reason="nagekeken")
    assert named not in browse(f"/{SLUG}/").text
    posted(client, "afschriften/toch/", key=f"{files.OWN} 2027-02-22")
    assert named in browse(f"/{SLUG}/").text


def test_empty_rooms_explain_themselves(browse: Browse, house: House):
    assert "Nothing learned yet" in browse(f"{INBOX}betalers/").text
    assert "nobody knows who paid" in browse(f"{INBOX}afschriften/").text
    assert "Take in a bank statement first" in browse(f"{INBOX}vanzelf/").text


def test_months_tell_what_went_by_itself_and_what_was_undone(browse: Browse, paid: House):
    (month,) = by_itself.by_month(actor=paid.actor, today=paid.today)
    assert (month.share.received, month.share.by_itself, month.share.waiting) == (5, 1, 4)
    booked = bank_inbox.transactions(actor=paid.actor)[0]
    receipts_by_hand.take_back(receipt=booked.id, actor=paid.actor, today=paid.today)
    receipts_by_hand.set_aside(receipt=spread_of(paid), actor=paid.actor, today=paid.today)
    share = by_itself.last_file(actor=paid.actor)
    assert (share.received, share.by_itself, share.taken_back, share.waiting, share.unsure) == (4, 0, 1, 4, 0)
    assert "0 of the 4 went by themselves" in browse(f"{INBOX}vanzelf/").text


@pytest.fixture
def part(browse: Browse, paid: House) -> Callable[[], str]:
    """Give what presses the button to book a part of a receipt, as the page was first shown; it gives where to."""
    client, id_ = signed_in(OWNER), spread_of(paid, "Klant 2")
    page = browse(f"{INBOX}{id_}/verdelen/")
    (invoice,) = page.tree.xpath("//input[@name='kies']/@value")
    words = {name: page.tree.xpath(f"string(//form[contains(@class, 'spread')]//input[@name='{name}']/@value)")
             for name in ("klant", "left")}  # fmt: skip

    def press() -> str:
        said = {**words, f"bedrag-{invoice}": "33,33", "deed": "book"}
        return str(client.post(f"{INBOX}{id_}/verdelen/", said)["Location"])

    return press


def test_a_part_that_is_pressed_twice_is_booked_once(paid: House, part: Callable[[], str]):
    assert [part(), part()] == [INBOX, INBOX]
    assert paid.open()["F2027-1002"] == 6_667


def test_a_part_that_is_pressed_twice_at_one_moment_is_booked_once(paid, part, monkeypatch):
    is_whole = bank_inbox.is_whole

    def meanwhile(id_: str, *, actor: Actor) -> bool:
        """Let the other press go by between the look at the receipt and the lock."""
        monkeypatch.undo()
        assert part() == INBOX
        return is_whole(id_, actor=actor)

    monkeypatch.setattr(bank_inbox, "is_whole", meanwhile)
    assert part() == INBOX
    assert bank_inbox.is_whole is is_whole, "the other press went by"
    assert paid.open()["F2027-1002"] == 6_667

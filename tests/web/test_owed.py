"""Wat verschuldigd is: the sheet of a customer and of an invoice, its files, and what a person says that decides it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pypdfium2
import pytest

from tests.records.test_claims import claim_interest, letter
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.records.charges import Charge
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules.terms import TermBasis
from voldaan.usecases import debtors, due_dates
from voldaan.usecases.due_dates import NothingToSay
from voldaan.usecases.write_offs import ReasonMissing


@pytest.fixture
def who(house: House) -> str:
    return house.debtor("Café Zéé", number="7", kind="business")


def invoice(house: House, whose: str, number: str = "F1", *, basis: str = "agreed", currency: str = "EUR") -> int:
    house.invoice(whose, number, "1000.00", issued="2026-01-01", due="2026-01-31", currency=currency)
    items = Receivable.objects.of(house.actor.administration_id).filter(invoice__number=number)
    items.update(term_basis=basis)
    return items.values_list("pk", flat=True).get()


def paper(house: House, number: str = "F1") -> str:
    return str(Invoice.objects.of(house.actor.administration_id).get(number=number).public_id)


def test_the_sheet_of_a_customer(house, who, browse: Browse):
    item = invoice(house, who)
    letter(house, item, "business_notice", sent="2026-03-01")
    house.pay("F1", "400.00", on="2026-05-10")
    page = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-11-28")
    assert (
        page.one("//p[@class='big']") == "€811.85"
    )  # 600.00, 150.00 and (1000 × 99 × 10.15 + 600 × (51 × 10.15 + 151 × 10.40)) / 36500
    assert "in default since 1 February 2026" in page.text
    assert "€400.00 less since 10 May 2026" in page.text
    assert "art. 6:119a BW" in page.text
    assert "10.40" in page.text


def test_of_a_day_to_come_it_says_what_it_takes_for_granted(house, who, browse: Browse):
    invoice(house, who)
    page = browse(f"/{SLUG}/klanten/{who}/claim/?op=2028-03-01")
    assert "nothing is paid until then" in page.text
    assert "provisional" in page.text


def test_of_who_is_not_known_only_what_a_consumer_owes(house, browse: Browse):
    who = house.debtor("Jansen", number="8")
    invoice(house, who, basis="stated")
    page = browse(f"/{SLUG}/klanten/{who}/claim/")
    assert page.one("//p[@class='big']") == "€1,000.00"
    assert "is not known" in page.text
    assert "no term of a demand has passed" in page.text
    assert "first wants a free letter" in page.text or "Nothing is in default yet" in page.text


def announce(house: House, item: int, cents: int, **columns: Any) -> None:
    message = letter(house, item, "fourteen_day_letter", **columns)
    Charge.objects.of(house.actor.administration_id).create(
        administration_id=house.actor.administration_id, message=message, kind="costs", is_announced=True, cents=cents
    )


def test_costs_of_a_consumer_are_asked_once_the_letter_has_lapsed(house, browse: Browse):
    who = house.debtor("Jansen", number="8", kind="consumer")
    item = invoice(house, who)
    announce(house, item, 15_000, sent="2026-03-01", lapses_on="2026-03-19", final_date=None)
    before = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-03-18")
    assert "may be asked from 19 March 2026 on" in before.text
    assert before.one("//section[starts-with(@id,'costs')]//p[@class='asked']/b") == "€0.00"
    after = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-03-19")
    assert after.one("//section[starts-with(@id,'costs')]//p[@class='asked']/b") == "€150.00"


@pytest.mark.parametrize(("paid", "costs"), [("1000.00", "€0.00"), ("600.00", "€60.00")])
def test_what_a_consumer_paid_within_the_term_bears_no_costs(house, browse: Browse, paid, costs):
    who = house.debtor("Jansen", number="8", kind="consumer")
    item = invoice(house, who)
    announce(house, item, 15_000, sent="2026-03-01", lapses_on="2026-03-19", final_date=None)
    house.pay("F1", paid, on="2026-03-18")
    page = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-11-28&factuur={paper(house)}")
    assert page.one("//section[starts-with(@id,'costs')]//p[@class='asked']/b") == costs


def test_in_trade_without_a_demand_only_the_fixed_sum(house, who, browse: Browse):
    invoice(house, who)
    page = browse(f"/{SLUG}/klanten/{who}/claim/")
    assert page.one("//section[starts-with(@id,'costs')]//p[@class='asked']/b") == "€40.00"
    assert "No demand was sent yet" in page.text


def test_who_is_spared_owes_the_principal_alone(house, who, browse: Browse):
    invoice(house, who)
    debtors.change(debtor=who, is_spared=True, actor=house.actor, today=house.today)
    page = browse(f"/{SLUG}/klanten/{who}/claim/")
    assert page.one("//p[@class='big']") == "€1,000.00"
    assert "No interest and no costs are asked of this customer." in page.text


def test_what_letters_claimed_is_never_counted_twice(house, who, browse: Browse):
    item = invoice(house, who)
    before = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-11-28").one("//p[@class='big']")
    claim_interest(house, item, 3_000)
    page = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-11-28")
    assert "Letters claimed €30.00 of it." in page.text
    # The final notice is a demand as well: the costs of the ladder are due now.
    assert (before, page.one("//p[@class='big']")) == ("€1,124.74", "€1,234.74")


def test_costs_that_letters_claimed_say_what_is_left(house, who, browse: Browse):
    item = invoice(house, who)
    assert "of costs." not in browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-11-28").text
    claim_interest(house, item, 20_000, kind="costs")
    page = browse(f"/{SLUG}/klanten/{who}/claim/?op=2026-11-28")
    assert "Letters claimed €200.00 of costs. Of all costs €200.00 is left to pay." in page.text


@pytest.mark.parametrize("ending", ["", "bestand/", "papier/"])
def test_a_day_far_ahead_is_refused_at_once(house, who, ending):
    invoice(house, who)
    answer = signed_in(OWNER).get(f"/{SLUG}/klanten/{who}/claim/{ending}?op=9999-12-31")
    assert (answer.status_code, b"te ver weg" in answer.content) == (409, True)


def test_currencies_stay_apart(house, who, browse: Browse):
    invoice(house, who)
    invoice(house, who, "F2", currency="USD")
    page = browse(f"/{SLUG}/klanten/{who}/claim/")
    assert len(page.all("//p[@class='big']")) == 2


def test_of_one_invoice_also_once_it_is_paid(house, who, browse: Browse):
    invoice(house, who)
    house.pay("F1", "1000.00", on="2026-05-10")
    assert "Nothing is owed" in browse(f"/{SLUG}/klanten/{who}/claim/").text
    page = browse(f"/{SLUG}/klanten/{who}/claim/?factuur={paper(house)}")
    assert page.one("//p[@class='big']") == "€67.76"  # 27.53, since a year later with 0.23 on it, and the fixed 40.00
    other = house.debtor("Ander", number="9")
    browse(f"/{SLUG}/klanten/{other}/claim/?factuur={paper(house)}", status=404)


def test_the_files(house, who, browse: Browse):
    invoice(house, who)
    client = signed_in(OWNER)
    csv = client.get(f"/{SLUG}/klanten/{who}/claim/bestand/?op=2026-11-28").content.decode("utf-8-sig")
    assert "hoofdsom" in csv.lower() or "principal" in csv.lower()
    assert "1124" in csv
    pdf = client.get(f"/{SLUG}/klanten/{who}/claim/papier/?op=2026-11-28").content
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    text = document[0].get_textpage().get_text_range()
    assert "Café Zéé" in text
    assert "6:119a" in text
    assert client.get(f"/{SLUG}/klanten/{who}/claim/?op=nooit").status_code == 409


def test_a_person_says_who_it_is(house, browse: Browse):
    who = house.debtor("Jansen", number="8")
    client, back = signed_in(OWNER), f"/{SLUG}/klanten/{who}/"
    assert "not known" in browse(back).text
    client.post(f"{back}soort/", {"kind": "consumer", "is_spared": "1", "back": back})
    row = Debtor.objects.of(house.actor.administration_id).get(public_id=who)
    assert (row.kind, row.is_spared) == ("consumer", True)
    client.post(f"{back}soort/", {"kind": "king", "back": back})
    client.post(f"{back}soort/", {"kind": "business", "back": back})
    row.refresh_from_db()
    assert (row.kind, row.is_spared) == ("business", False)
    assert {"kind", "is_spared"} <= set(row.edited)


def basis(house: House, number: str) -> str:
    return Receivable.objects.of(house.actor.administration_id).get(invoice__number=number).term_basis


def test_a_person_says_what_a_due_date_rests_on(house, who, browse: Browse):
    invoice(house, who, "F1", basis="stated")
    invoice(house, who, "F2", basis="stated")
    client, back = signed_in(OWNER), f"/{SLUG}/facturen/{paper(house)}/"
    assert "only stated on the invoice" in browse(back).text.lower()
    client.post(f"{back}termijn/", {"basis": "agreed", "reason": "Contract van mei", "back": back})
    assert (basis(house, "F1"), basis(house, "F2")) == ("agreed", "stated")
    assert "agreed" in browse(back).text.lower().split()
    assert "Contract van mei" in browse(f"/{SLUG}/klanten/{who}/verloop/").text
    client.post(f"/{SLUG}/klanten/{who}/termijnen/", {"basis": "none", "reason": "Niets gevonden", "back": back})
    assert (basis(house, "F1"), basis(house, "F2")) == ("none", "none")


def test_a_term_asks_a_reason_and_a_change(house, who):
    invoice(house, who, basis="stated")
    words = {"actor": house.actor, "today": house.today}
    with house.refuses(ReasonMissing):
        due_dates.rests_on(invoice="F1", basis=TermBasis.AGREED, reason=" ", **words)
    with house.refuses(NothingToSay):
        due_dates.rests_on(invoice="F1", basis=TermBasis.STATED, reason="x", **words)
    assert due_dates.rests_on(debtor="7", basis=TermBasis.AGREED, reason="x", **words) == 1


def test_the_same_questions_for_many(house, who, browse: Browse, django_assert_max_num_queries):
    for number in range(12):
        invoice(house, who, f"F{number}")
    from voldaan.queries.claims import claim_sheet

    with django_assert_max_num_queries(18):
        found = claim_sheet(debtor=who, on=date(2026, 11, 28), actor=house.actor, today=house.today)
    assert len(found.currencies[0].items) == 12


def test_the_list_of_who_is_not_known(house, who, browse: Browse):
    house.debtor("Jansen", number="8")
    page = browse(f"/{SLUG}/klanten/?soort=onbekend")
    assert page.all("//tbody//th/a") == ["Jansen"]
    debtors.change(debtor="8", kind="consumer", actor=house.actor, today=house.today)
    assert "Of everybody it is known" in browse(f"/{SLUG}/klanten/?soort=onbekend").text

"""E-invoices: taken in once, with the document that the customer got; credit notes lower their invoice."""

from __future__ import annotations

import pytest

from tests.tools.files import Item, bring, items, ubl
from tests.tools.house import House
from voldaan.queries import bookings
from voldaan.queries.moments import NOW


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def invoice(house: House, number: str):
    from voldaan.records.invoices import Invoice

    return Invoice.objects.of(house.actor.administration_id).select_related("document").get(number=number)


def kept(house: House, number: str) -> bytes:
    from django.core.files.storage import default_storage

    from voldaan.records.documents import place

    with default_storage.open(place(invoice(house, number).document.sha256)) as file:
        return bytes(file.read())


PDF = b"%PDF-1.7 de factuur"


class TestInvoice:
    def test_it_comes_in_with_its_pdf(self, house):
        answer = bring(house, ubl("2027-1", 12_100, pdf=PDF))
        assert (answer.result, answer.new, answer.total_cents, answer.questions) == ("imported", 1, 12_100, [])
        assert (house.open(), kept(house, "2027-1")) == ({"2027-1": 12_100}, PDF)
        assert house.broken() == {}

    def test_without_a_pdf_the_document_is_the_invoice_itself(self, house):
        content = ubl("2027-1", 12_100)
        bring(house, content)
        assert kept(house, "2027-1") == content.encode()

    def test_what_only_calls_itself_a_pdf_is_not_shown_as_one(self, house):
        content = ubl("2027-1", 12_100, pdf=b"<html><script>")
        bring(house, content)
        assert kept(house, "2027-1") == content.encode()

    def test_the_name_of_an_attachment_is_no_path(self, house):
        bring(house, ubl("2027-1", 12_100, pdf=PDF))
        document = invoice(house, "2027-1").document
        assert document.media_type == "application/pdf"
        assert "/" not in document.sha256

    def test_a_seller_that_is_not_us_is_held(self, house):
        from voldaan.records.holds import Hold
        from voldaan.records.receivables import Receivable

        answer = bring(house, ubl("2027-1", 12_100, seller="Iemand Anders", iban="NL20INGB0001234567"))
        assert (answer.result, len(answer.questions)) == ("imported", 1)
        assert answer.questions[0]["facts"] == {"invoice": "2027-1", "seller": "Iemand Anders"}
        (hold,) = Hold.objects.of(house.actor.administration_id)
        assert hold.receivable_id == Receivable.objects.of(house.actor.administration_id).get().pk

    def test_our_account_is_enough(self, house):
        assert bring(house, ubl("2027-1", 12_100, seller="Handelsnaam")).questions == []

    def test_again_in_another_writing(self, house):
        bring(house, ubl("2027-1", 12_100, pdf=PDF))
        before = house.open()
        answer = bring(house, ubl("2027-1", 12_100, pdf=PDF).replace("><", ">\n<"))
        assert (answer.result, answer.new, answer.known, house.open()) == ("imported", 0, 1, before)

    @pytest.mark.parametrize(
        "other",
        [
            ubl("2027-1", 12_101),
            ubl("2027-1", 100),
            ubl("2027-1", 12_100, currency="USD"),
            ubl("2027-1", 12_100, credit_note=True),
            ubl("2027-1", -12_100),
        ],
        ids=["more", "less", "dollars", "credit note", "negative"],
    )
    def test_another_document_under_this_number_is_refused(self, house, other):
        bring(house, ubl("2027-1", 12_100))
        before = house.everything()
        answer = bring(house, other)
        assert (answer.result, house.everything()) == ("refused", before)

    def test_nothing_to_pay_is_said(self, house):
        answer = bring(house, ubl("2027-1", 0))
        assert (answer.new, house.open()) == (0, {})
        assert [p["facts"] for p in answer.problems] == [{"invoice": "2027-1"}]

    def test_into_a_closed_period_it_shows_in_the_open_one(self, house):
        house.close("2027-02-28")
        assert bring(house, ubl("2027-1", 12_100)).new == 1
        assert house.broken() == {}

    def test_on_a_closed_day_it_is_refused_in_words(self, house):
        house.on("2027-03-05").close("2027-03-01")
        before = house.everything()
        answer = bring(house, ubl("2027-1", 12_100))
        assert (answer.result, house.everything()) == ("refused", before)
        assert "closed" in answer.problems[0]["what"]

    LONG = "X" * 3_000

    @pytest.mark.parametrize(
        "content",
        [
            ubl(LONG, 12_100),
            ubl("2027-1", 12_100, buyer=LONG),
            ubl("2027-1", 12_100, reference=LONG),
            ubl("2027-1", 12_100, currency=LONG),
        ],
        ids=["number", "buyer", "reference", "currency"],
    )
    def test_what_is_too_long_for_a_column_is_cut_or_refused(self, house, content):
        answer = bring(house, content)
        assert answer.result in ("imported", "refused")
        assert house.broken() == {}


class TestAfterAList:
    def test_the_document_is_added(self, house):
        bring(house, items([Item("10", "Café Zee", "2027-1", 12_100)]))
        answer = bring(house, ubl("2027-1", 12_100, pdf=PDF))
        assert (answer.result, answer.new, answer.changed) == ("imported", 0, 1)
        assert (house.open(), kept(house, "2027-1")) == ({"2027-1": 12_100}, PDF)
        again = bring(house, ubl("2027-1", 12_100, pdf=PDF).replace("><", ">\n<"))
        assert (again.changed, again.known) == (0, 1)

    def test_also_where_the_list_had_only_what_is_still_open(self, house):
        bring(house, items([Item("10", "Café Zee", "2027-1", 5_000)]))
        answer = bring(house, ubl("2027-1", 12_100, pdf=PDF))
        assert (answer.result, answer.changed, house.open()) == ("imported", 1, {"2027-1": 5_000})
        assert invoice(house, "2027-1").amount_cents == 12_100
        assert house.broken() == {}
        assert bring(house, ubl("2027-1", 12_200)).result == "refused"

    def test_a_document_for_less_than_is_open_is_refused(self, house):
        bring(house, items([Item("10", "Café Zee", "2027-1", 12_100)]))
        assert bring(house, ubl("2027-1", 5_000)).result == "refused"

    @pytest.mark.parametrize("name", ["Café Zee", "Zee Horeca B.V."])
    def test_a_list_after_it_knows_it_and_the_customer(self, house, name):
        from voldaan.records.debtors import Debtor

        bring(house, ubl("2027-1", 12_100))
        rows = [Item("10", name, "2027-0", 100), Item("10", name, "2027-1", 12_100)]
        answer = bring(house, items(rows))
        assert (answer.result, answer.new, answer.known) == ("imported", 1, 1), answer.problems
        (debtor,) = Debtor.objects.of(house.actor.administration_id)
        assert (debtor.number, debtor.name) == ("10", name)


class TestCreditNote:
    def test_it_lowers_the_invoice_that_it_names(self, house):
        bring(house, ubl("2027-1", 12_100))
        answer = bring(house, ubl("C1", 2_100, credit_note=True, corrects="2027-1"))
        assert (answer.new, answer.problems) == (1, [])
        assert (house.open(), house.broken()) == ({"2027-1": 10_000}, {})

    def test_a_negative_invoice_is_one(self, house):
        bring(house, ubl("2027-1", -2_100))
        assert house.open() == {}
        assert [(row.kind, row.cents) for row in bookings.entries(moment=NOW, actor=house.actor)] == [
            ("credited", -2_100)
        ]

    @pytest.mark.parametrize("corrects", ["2027-9", ""])
    def test_else_it_stays_as_credit(self, house, corrects):
        bring(house, ubl("2027-1", 12_100))
        answer = bring(house, ubl("C1", 2_100, credit_note=True, corrects=corrects))
        assert (answer.result, house.open()) == ("imported", {"2027-1": 12_100})
        assert bool(answer.problems) == bool(corrects)

    def test_of_another_customer_it_stays_as_credit_and_is_said(self, house):
        bring(house, ubl("2027-1", 12_100))
        answer = bring(house, ubl("C1", 2_100, credit_note=True, corrects="2027-1", buyer="Iemand Anders"))
        assert (answer.result, house.open(), len(answer.problems)) == ("imported", {"2027-1": 12_100}, 1)
        assert house.broken() == {}

    def test_more_than_is_open_leaves_credit(self, house):
        bring(house, ubl("2027-1", 1_000))
        bring(house, ubl("C1", 2_100, credit_note=True, corrects="2027-1"))
        assert (house.open(), house.broken()) == ({}, {})

"""UBL invoices: the facts of other people's files, what is refused and where, and what an attacker may try."""

from __future__ import annotations

import base64
import io
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from voldaan.formats import ubl
from voldaan.rules.money import LARGEST_CENTS, Money
from voldaan.rules.papers import Attachment, Invoice, Party, Reading, Severity

SPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" '
    'xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
PARTY = (
    "<a:Accounting{role}Party><a:Party><a:PartyLegalEntity><b:RegistrationName>{name}</b:RegistrationName>"
    "</a:PartyLegalEntity></a:Party></a:Accounting{role}Party>"
)
NUMBER = "<b:ID>F-1</b:ID>"
ISSUED = "<b:IssueDate>2026-03-01</b:IssueDate>"
CURRENCY = "<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>"
PAYABLE = '<b:PayableAmount currencyID="EUR">121.00</b:PayableAmount>'
SELLER = PARTY.format(role="Supplier", name="Bakker BV")
BUYER = PARTY.format(role="Customer", name="Janssens NV")
WHOLE = f"{NUMBER}{ISSUED}{CURRENCY}{SELLER}{BUYER}<a:LegalMonetaryTotal>{PAYABLE}</a:LegalMonetaryTotal>"


def document(content: str = WHOLE, root: str = "Invoice") -> bytes:
    return f"<{root} {SPACES.format(root=root)}>{content}</{root}>".encode()


def read(data: bytes) -> Reading[Invoice]:
    """Read, and hold the reader to its word: a record, or an ERROR that says why there is none."""
    reading = ubl.read(io.BytesIO(data))
    errors = [problem for problem in reading.problems if problem.severity is Severity.ERROR]
    assert len(list(reading.records)) == (0 if errors else 1)
    assert all(str(problem) for problem in reading.problems), "each sentence has the facts that it names"
    return reading


def invoice(data: bytes) -> Invoice:
    (record,) = read(data).records
    return record


def told(data: bytes) -> list[tuple[str, Severity]]:
    return [(problem.place, problem.severity) for problem in read(data).problems]


def amount(cents: int | None, currency: str) -> Decimal:
    return Money(cents or 0, currency).decimal()


def one_line(text: str) -> str:
    return " ".join(text.split())


# The facts of the samples by their name there; a fact that the list does not give is not in the file.
FACTS: dict[str, Callable[[Invoice, dict[str, Any]], bool]] = {
    "number": lambda i, e: i.number == e["number"],
    "root": lambda i, e: i.kind == {"Invoice": "invoice", "CreditNote": "credit_note"}[e["root"]],
    "issue_date": lambda i, e: i.issue_date.isoformat() == e["issue_date"],
    "due_date": lambda i, e: (i.due_date and i.due_date.isoformat()) == e.get("due_date"),
    "currency": lambda i, e: i.currency == e["currency"],
    "payable": lambda i, e: amount(i.payable_cents, i.currency) == Decimal(e["payable"]),
    "tax": lambda i, e: amount(i.tax_cents, i.currency) == Decimal(e["tax_inclusive"]) - Decimal(e["tax_exclusive"]),
    "seller": lambda i, e: i.seller.name == one_line(e["seller"]),
    "buyer": lambda i, e: i.buyer.name == one_line(e["buyer"]),
    "iban": lambda i, e: i.iban == e.get("iban", ""),
    "payment_id": lambda i, e: i.payment_id == e.get("payment_id", ""),
    "lines": lambda i, e: i.lines == e["lines"],
    "attachments": lambda i, e: len(i.attachments) == e["attachments"],
}


@pytest.mark.shared
def test_every_sample_says_what_its_facts_say(samples: Path, expected: dict[str, dict[str, Any]]):
    files = {path: facts for path, facts in expected.items() if facts.get("syntax") == "UBL"}
    assert len(files) == 93
    for path, facts in files.items():
        data = (samples / path).read_bytes()
        assert ubl.sniff(data[:1024]) == "ubl", path
        reading = read(data)
        assert reading.version == facts["customization_id"], path
        (record,) = reading.records
        assert [name for name, holds in FACTS.items() if not holds(record, facts)] == [], path


@pytest.mark.shared
def test_no_other_xml_sample_is_taken_for_ubl(samples: Path, expected: dict[str, dict[str, Any]]):
    others = [path for path, facts in expected.items() if path.endswith(".xml") and facts.get("syntax") != "UBL"]
    assert len(others) > 200
    for path in others:
        data = (samples / path).read_bytes()
        assert ubl.sniff(data[:4096]) is None, path
        assert list(read(data).records) == [], path


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["einvoice-cen-rules", "einvoice-peppol-rules"])
def test_fragments_of_rule_tests_are_told_and_do_not_crash(
    samples: Path, expected: dict[str, dict[str, Any]], folder: str
):
    fragments = 0
    for path in sorted((samples / folder).glob("*.xml")):
        ((place, _),) = told(path.read_bytes())
        assert place == "testSet"
        tests = etree.parse(path).getroot()
        for fragment in tests.findall("{*}test/{*}Invoice") + tests.findall("{*}test/{*}CreditNote"):
            read(etree.tostring(fragment))
            fragments += 1
    assert fragments == sum(len(e["cases"]) for path, e in expected.items() if path.startswith(folder))


@pytest.mark.shared
def test_a_peppol_credit_note_in_full(samples: Path):
    assert invoice((samples / "einvoice-peppol/base-creditnote-correction.xml").read_bytes()) == Invoice(
        number="Snippet1",
        kind="credit_note",
        issue_date=date(2017, 11, 13),
        due_date=None,
        currency="EUR",
        payable_cents=1656_25,
        tax_cents=331_25,
        seller=Party(
            name="SupplierOfficialName Ltd",
            country="GB",
            vat_number="GB1232434",
            registration_number="GB983294",
            street="Main street 1, Postbox 123",
            postcode="GB 123 EW",
            city="London",
        ),
        buyer=Party(
            name="Buyer Official Name",
            country="SE",
            vat_number="SE4598375937",
            registration_number="39937423947",
            email="lj@buyer.se",
            street="Hovedgatan 32, Po box 878",
            postcode="456 34",
            city="Stockholm",
        ),
        iban="IBAN32423940",
        payment_id="Snippet1",
        corrects="Snippet1",
        lines=2,
    )


@pytest.mark.shared
def test_the_documents_inside_come_out_whole(samples: Path):
    (sheet,) = invoice((samples / "einvoice-cen/ubl-tc434-example2.xml").read_bytes()).attachments
    assert sheet == Attachment("test.pdf", "application/pdf", b"Testing Base64 encoding")
    for path in (samples / "einvoice-ublbe").glob("*.xml"):
        (pdf,) = invoice(path.read_bytes()).attachments
        assert (pdf.media_type, pdf.content[:5]) == ("application/pdf", b"%PDF-")
        assert b"%%EOF" in pdf.content[-8:]


def test_the_least_that_is_an_invoice():
    assert read(document()).problems == []
    least = invoice(document())
    assert (least.number, least.issue_date, least.due_date) == ("F-1", date(2026, 3, 1), None)
    assert (least.payable_cents, least.tax_cents, least.lines, least.attachments) == (121_00, None, 0, ())
    assert (least.seller.name, least.buyer.name) == ("Bakker BV", "Janssens NV")


# EN 16931: BR-02, BR-03, BR-05, BR-15, BR-06, BR-07.
NAME_OF = "Invoice/Accounting{}Party/Party/PartyLegalEntity/RegistrationName"
REQUIRED = [
    (NUMBER, "Invoice/ID"),
    (ISSUED, "Invoice/IssueDate"),
    (CURRENCY, "Invoice/DocumentCurrencyCode"),
    (PAYABLE, "Invoice/LegalMonetaryTotal/PayableAmount"),
    (SELLER, NAME_OF.format("Supplier")),
    (BUYER, NAME_OF.format("Customer")),
]


@pytest.mark.parametrize(("element", "place"), REQUIRED)
def test_each_missing_fact_has_its_own_problem(element: str, place: str):
    assert told(document(WHOLE.replace(element, ""))) == [(place, Severity.ERROR)]


def test_all_that_is_missing_is_told_at_once():
    assert told(document("")) == [(place, Severity.ERROR) for _, place in REQUIRED]


@pytest.mark.parametrize(
    ("element", "other"),
    [(NUMBER, "F-2"), (ISSUED, "2026-03-02"), (CURRENCY, "USD"), (PAYABLE, "1.00")],
)
def test_what_is_said_twice_differently_is_not_guessed(element: str, other: str):
    name, _, rest = element.partition(">")
    again = f"{name}>{other}<{rest.partition('<')[2]}"
    assert told(document(WHOLE.replace(element, element + again)))[0][1] is Severity.ERROR
    assert told(document(WHOLE.replace(element, element * 2))) == []


AMOUNTS = [
    ("EUR", "121.00", 121_00),
    ("EUR", "121", 121_00),
    ("EUR", "121.5", 121_50),
    ("EUR", "121.", 121_00),
    ("EUR", "-217.8", -217_80),
    ("EUR", "0.00", 0),
    ("EUR", "121.0000", 121_00),
    ("EUR", "\n 121.00 ", 121_00),
    ("EUR", "121.001", None),
    ("EUR", "121,00", None),
    ("EUR", "1.210,00", None),
    ("EUR", "1,210.00", None),
    ("EUR", "1 210.00", None),
    ("EUR", "1e3", None),
    ("EUR", "+121.00", None),
    ("EUR", "--1", None),
    ("EUR", "1.2.3", None),
    ("EUR", "1..", None),
    ("EUR", ".", None),
    ("EUR", "NaN", None),
    ("EUR", "١٢١", None),  # Arabic digits
    ("EUR", "9" * 17, None),
    ("EUR", "9" * 5000, None),
    ("EUR", "1." + "0" * 5000 + "1", None),
    ("JPY", "121", 121),
    ("JPY", "121.00", 121),
    ("JPY", "121.50", None),
    ("KWD", "1.234", 1234),
    ("KWD", "1.2345", None),
]


@pytest.mark.parametrize(("currency", "text", "cents"), AMOUNTS, ids=[f"{c} {t[:12]}" for c, t, _ in AMOUNTS])
@pytest.mark.parametrize("element", ["PayableAmount", "TaxAmount"])
def test_amounts_are_exact_or_an_error(element: str, currency: str, text: str, cents: int | None):
    tax = f'<a:TaxTotal><b:TaxAmount currencyID="EUR">{0 if cents is None else 1}</b:TaxAmount></a:TaxTotal>'
    stated = f'<b:{element} currencyID="EUR">{text}</b:{element}>'
    whole = (
        WHOLE.replace(PAYABLE, stated) + tax
        if element == "PayableAmount"
        else f"{WHOLE}<a:TaxTotal>{stated}</a:TaxTotal>"
    )
    data = document(whole.replace("EUR", currency))
    if cents is None:
        parent = "LegalMonetaryTotal" if element == "PayableAmount" else "TaxTotal"
        assert told(data) == [(f"Invoice/{parent}/{element}", Severity.ERROR)]
    else:
        record = invoice(data)
        assert (record.payable_cents if element == "PayableAmount" else record.tax_cents) == cents


@given(st.integers(-LARGEST_CENTS, LARGEST_CENTS), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_no_cent_is_lost_in_reading(cents: int, currency: str):
    money = Money(cents, currency)
    data = document(WHOLE.replace("121.00", money.plain()).replace("EUR", currency))
    assert Money(invoice(data).payable_cents, currency) == money


def test_an_amount_in_another_currency_than_the_document_is_refused():
    data = document(WHOLE.replace('currencyID="EUR"', 'currencyID="USD"'))
    assert told(data) == [("Invoice/LegalMonetaryTotal/PayableAmount", Severity.ERROR)]
    assert invoice(document(WHOLE.replace(' currencyID="EUR"', ""))).payable_cents == 121_00


@pytest.mark.parametrize("code", ["eur", "EURO", "€", "E R"])
def test_a_currency_is_three_capital_letters(code: str):
    data = document(WHOLE.replace("EUR", code))
    assert told(data) == [("Invoice/DocumentCurrencyCode", Severity.ERROR)]


def test_what_was_prepaid_is_already_off_the_payable_amount():
    prepaid = '<b:PrepaidAmount currencyID="EUR">1000.00</b:PrepaidAmount>'
    assert invoice(document(WHOLE.replace(PAYABLE, prepaid + PAYABLE))).payable_cents == 121_00


def tax(text: str, currency: str) -> str:
    return f'<a:TaxTotal><b:TaxAmount currencyID="{currency}">{text}</b:TaxAmount></a:TaxTotal>'


def test_the_vat_is_that_in_the_currency_of_the_document():
    assert invoice(document(WHOLE + tax("231.00", "SEK") + tax("21.00", "EUR"))).tax_cents == 21_00
    assert invoice(document(WHOLE + tax("231.00", "SEK"))).tax_cents is None


def test_two_vat_totals_are_not_added_by_guess():
    data = document(WHOLE + tax("21.00", "EUR") + tax("9.00", "EUR"))
    assert invoice(data).tax_cents is None
    assert told(data) == [("Invoice/TaxTotal/TaxAmount", Severity.WARNING)]


DATES = [
    ("2017-11-13", date(2017, 11, 13)),
    ("2017-11-13Z", date(2017, 11, 13)),
    ("2017-11-13+01:00", date(2017, 11, 13)),
    ("2024-02-29", date(2024, 2, 29)),
    ("2023-02-29", None),
    ("2017-13-01", None),
    ("13-11-2017", None),
    ("20171113", None),
    ("2017-W46-1", None),
    ("2017-11-13T00:00:00", None),
    ("2017-1-3", None),
    ("0000-01-01", None),
    ("٢٠١٧-11-13", None),
]


@pytest.mark.parametrize(("text", "day"), DATES)
def test_dates_are_strict_iso_and_lose_their_zone(text: str, day: date | None):
    issued = document(WHOLE.replace("2026-03-01", text))
    due = document(f"{WHOLE}<b:DueDate>{text}</b:DueDate>")
    if day:
        assert invoice(issued).issue_date == invoice(due).due_date == day
    else:
        assert told(issued) == [("Invoice/IssueDate", Severity.ERROR)]
        assert told(due) == [("Invoice/DueDate", Severity.ERROR)]


@given(st.dates())
def test_any_date_comes_back(day: date):
    assert invoice(document(WHOLE.replace("2026-03-01", day.isoformat()))).issue_date == day


def means(**texts: str) -> str:
    return f"<a:PaymentMeans>{''.join(f'<b:{name}>{text}</b:{name}>' for name, text in texts.items())}</a:PaymentMeans>"


def test_a_credit_note_has_its_due_date_with_the_means_of_payment():
    day, root = date(2026, 4, 1), "CreditNote"
    assert invoice(document(WHOLE + means(PaymentDueDate="2026-04-01"), root)).due_date == day
    both = f"{WHOLE}<b:DueDate>2026-04-01</b:DueDate>{means(PaymentDueDate='2026-05-01')}"
    assert invoice(document(both)).due_date == day
    wrong = document(WHOLE + means(PaymentDueDate="1 April"), root)
    assert told(wrong) == [("CreditNote/PaymentMeans/PaymentDueDate", Severity.ERROR)]


def test_of_several_references_the_first_is_taken_and_that_is_said():
    data = document(WHOLE + means(PaymentID="") + means(PaymentID="ONE") + means(PaymentID="TWO"))
    assert invoice(data).payment_id == "ONE"
    assert told(data) == [("Invoice/PaymentMeans/PaymentID", Severity.WARNING)]


@pytest.mark.parametrize(
    ("root", "code", "unsure"),
    [
        ("Invoice", "380", False),
        ("Invoice", "384", False),
        ("Invoice", "381", True),
        ("CreditNote", "381", False),
        ("CreditNote", "532", False),
        ("CreditNote", "380", True),
    ],
)
def test_a_type_code_that_says_the_other_is_asked_about(root: str, code: str, *, unsure: bool):
    data = document(f"{WHOLE}<b:{root}TypeCode>{code}</b:{root}TypeCode>", root)
    assert invoice(data).kind == ("invoice" if root == "Invoice" else "credit_note")
    assert told(data) == ([(f"{root}/{root}TypeCode", Severity.QUESTION)] if unsure else [])


def party(content: str) -> Party:
    whole = WHOLE.replace(BUYER, f"<a:AccountingCustomerParty><a:Party>{content}</a:Party></a:AccountingCustomerParty>")
    return invoice(document(whole)).buyer


def scheme(number: str, kind: str) -> str:
    return (
        f"<a:PartyTaxScheme><b:CompanyID>{number}</b:CompanyID><a:TaxScheme><b:ID>{kind}</b:ID></a:TaxScheme>"
        "</a:PartyTaxScheme>"
    )


def test_a_party_in_full():
    trade = "<a:PartyName><b:Name>De Kaasboer</b:Name></a:PartyName>"
    assert party(trade).name == "De Kaasboer"
    legal = (
        "<a:PartyLegalEntity><b:RegistrationName>Kaas\n BV</b:RegistrationName><b:CompanyID>12345678</b:CompanyID>"
        "</a:PartyLegalEntity>"
    )
    address = (
        "<a:PostalAddress><b:StreetName>Dam</b:StreetName><b:AdditionalStreetName>Achterhuis</b:AdditionalStreetName>"
        "<b:BuildingNumber>1a</b:BuildingNumber><b:CityName>Gouda</b:CityName><b:PostalZone>2801 AA</b:PostalZone>"
        "<a:AddressLine><b:Line>Poort 3</b:Line></a:AddressLine>"
        "<a:Country><b:IdentificationCode>NL</b:IdentificationCode></a:Country></a:PostalAddress>"
    )
    contact = "<a:Contact><b:ElectronicMail>kaas@example.org</b:ElectronicMail></a:Contact>"
    numbers = scheme("NL-OTHER", "TAX") + scheme("NL123456782B01", "VAT")
    assert party(trade + address + numbers + legal + contact) == Party(
        name="Kaas BV",
        country="NL",
        vat_number="NL123456782B01",
        registration_number="12345678",
        email="kaas@example.org",
        street="Dam 1a, Achterhuis, Poort 3",
        postcode="2801 AA",
        city="Gouda",
    )


def attached(*packed: str, name: str = "invoice.pdf", media: str = "application/pdf") -> bytes:
    objects = (
        "<a:AdditionalDocumentReference><a:Attachment><b:EmbeddedDocumentBinaryObject "
        f'mimeCode="{media}" filename="{name}">{text}</b:EmbeddedDocumentBinaryObject></a:Attachment>'
        "</a:AdditionalDocumentReference>"
        for text in packed
    )
    return document(WHOLE + "".join(objects))


@given(st.lists(st.binary(min_size=1), max_size=4))
def test_attachments_come_out_byte_for_byte(contents: list[bytes]):
    data = attached(*(base64.encodebytes(content).decode() for content in contents))
    assert [attachment.content for attachment in invoice(data).attachments] == contents
    assert read(data).problems == []


@pytest.mark.parametrize(
    "packed",
    ["", "  ", "QUJ", "QUJD=", "QUJD====", "QU=JD", "Q-_D", "%%%%", "%%%%QUJD", "QQ==QUJD", "QUJDé", "QUJD QQ"],
)
def test_a_broken_attachment_is_left_out_and_told(packed: str):
    data = attached("QUJD", packed, "REVG")
    assert [attachment.content for attachment in invoice(data).attachments] == [b"ABC", b"DEF"]
    assert told(data) == [("Invoice//EmbeddedDocumentBinaryObject[2]", Severity.WARNING)]


def test_the_name_of_an_attachment_is_data():
    (attachment,) = invoice(attached("QUJD", name="../../etc/passwd", media="text/html")).attachments
    assert attachment == Attachment("../../etc/passwd", "text/html", b"ABC")


def test_attachments_together_have_a_limit(monkeypatch: pytest.MonkeyPatch):
    packed = base64.b64encode(bytes(2**19)).decode()
    monkeypatch.setattr(ubl, "MOST_ATTACHED", 2**20)
    assert len(invoice(attached(packed, packed)).attachments) == 2
    assert told(attached(packed, packed, packed)) == [("Invoice//EmbeddedDocumentBinaryObject[3]", Severity.ERROR)]


DECLARED = '<?xml version="1.0" encoding="{}"?>'
SNIFFED = [
    ("plain", document(), "ubl"),
    ("credit note", document(root="CreditNote"), "ubl"),
    ("byte order mark", b"\xef\xbb\xbf" + document(), "ubl"),
    ("UTF-16", document().decode().encode("utf-16"), "ubl"),
    ("UTF-16, big end first", b"\xfe\xff" + document().decode().encode("utf-16-be"), "ubl"),
    ("UTF-16 without a mark", document().decode().encode("utf-16-le"), "ubl"),
    ("UTF-16 without a mark, big end first", document().decode().encode("utf-16-be"), "ubl"),
    ("prefix", document().replace(b"xmlns=", b"xmlns:ubl-i=").replace(b"<Invoice", b"<ubl-i:Invoice"), "ubl"),
    ("single quotes", document().replace(b'"', b"'"), "ubl"),
    ("comments first", b'<?xml version="1.0"?>\n<!-- <Document> -->\n<?style x?><!-- -->' + document(), "ubl"),
    ("DOCTYPE: recognised, so that the reader may refuse it", b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + document(), "ubl"),
    ("cut off after the namespace", document()[:80], "ubl"),
    ("wrong namespace", document().replace(b"Invoice-2", b"Invoice-1"), None),
    ("namespace of the other", document().replace(b"Invoice-2", b"CreditNote-2"), None),
    ("namespace of another prefix", document().replace(b"xmlns=", b"xmlns:x="), None),
    ("no namespace", b"<Invoice><ID>1</ID></Invoice>", None),
    ("not the root", b"<testSet>" + document() + b"</testSet>", None),
    ("order", document(root="Order"), None),
    ("in a comment", b"<!-- " + document() + b" --><Order/>", None),
    ("comment without end", b"<!-- " + document(), None),
    ("JSON", b'{"Invoice": 1}', None),
    ("zip", b"PK\x03\x04" + bytes(99), None),
    ("nothing", b"", None),
]


@pytest.mark.parametrize(("head", "answer"), [row[1:] for row in SNIFFED], ids=[row[0] for row in SNIFFED])
def test_sniff_goes_by_the_root(head: bytes, answer: str | None):
    assert ubl.sniff(head) == answer


@pytest.mark.parametrize("filler", [b"<!---->", b"<??>", b" ", b"<!--", b"<?", b"<!DOCTYPE [", b"<!DOCTYPE x>", b"<"])
def test_sniffing_takes_no_time(filler: bytes):
    before = process_time()
    ubl.sniff(filler * 20_000)
    assert process_time() - before < 0.5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_names_survive_the_encoding(encoding: str):
    text = DECLARED.format(encoding) + document().decode().replace("Janssens", "Crème Brûlée")
    assert invoice(text.encode(encoding)).buyer.name == "Crème Brûlée NV"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "nothing": b"",
    "zeros": bytes(1000),
    "not XML": b"Invoice;2026-03-01;121,00",
    "cut off": document()[:-20],
    "two roots": document() * 2,
    "other root": b"<html><body/></html>",
    "no namespace": b"<Invoice><ID>1</ID></Invoice>",
    "laughs": f'<!DOCTYPE I [<!ENTITY l0 "ha">{LAUGHS}]>'.encode() + document(WHOLE.replace("F-1", "&l9;")),
    "file": b'<!DOCTYPE I [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document(WHOLE.replace("F-1", "&x;")),
    "parameter entity": b'<!DOCTYPE I [<!ENTITY % x SYSTEM "http://localhost:9/x"> %x;]>' + document(),
    "deep": document("<a:X>" * 20_000 + "</a:X>" * 20_000),
    "unknown encoding": DECLARED.format("nope").encode() + document(),
    "encoding of several bytes": DECLARED.format("shift_jis").encode() + document(),
    "encoding that hides": DECLARED.format("utf-7").encode() + document(),
    "encoding that is none": DECLARED.format("idna").encode() + document(),
    "not that encoding": document().replace(b"Bakker", b"Bakk\xe9r"),
    "forbidden character": document(WHOLE.replace("F-1", "&#0;")),
    "long root": b"<" + b"A" * 100_000 + b"/>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_once(name: str):
    tracemalloc.start()
    before = process_time()
    ((_, severity),) = told(HOSTILE[name])
    seconds, (_, peak) = process_time() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert severity is Severity.ERROR
    assert seconds < 1
    assert peak < 8 * 2**20


def test_a_place_on_disk_is_not_followed():
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert told(document(WHOLE.replace("F-1", include))) == [("Invoice/ID", Severity.ERROR)]


def test_a_problem_does_not_repeat_a_whole_book():
    long = "x" * 1_000_000
    data = document(WHOLE.replace("121.00", long).replace("2026-03-01", long) + means(PaymentID=long + "1"))
    assert all(len(str(problem)) < 300 for problem in read(data).problems)


@given(st.binary(max_size=200))
def test_any_bytes_give_an_answer(data: bytes):
    ubl.sniff(data)
    read(data)


FULL = attached("QUJD").replace(b"</Invoice>", f"{tax('21.00', 'EUR')}{means(PaymentID='X')}</Invoice>".encode())
places = st.integers(0, len(FULL))


@settings(max_examples=300, deadline=timedelta(seconds=1))
@given(places, st.integers(0, 40), st.one_of(st.binary(max_size=3), st.sampled_from([b"<", b"&", b"/>", b"]]>", b'"'])))
def test_mutants_are_read_or_told(at: int, gone: int, instead: bytes):
    mutant = FULL[:at] + instead + FULL[at + gone :]
    ubl.sniff(mutant)
    read(mutant)

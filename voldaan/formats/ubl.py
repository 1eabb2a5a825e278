"""UBL 2 invoices and credit notes (OASIS UBL 2.1), as EN 16931, Peppol BIS 3, NLCIUS and UBL.BE use them.

Reads what a receivable needs to know and hands on the documents inside. Whether the invoice keeps the rules of EN
16931 is not asked here. Places are paths of element names from the root, without namespaces: `Invoice/ID`.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from lxml import etree

from voldaan.formats.shared.xml import BadXML, tree
from voldaan.rules.money import NotAnAmount, typed
from voldaan.rules.papers import Attachment, Invoice, Party, Problem, Reading, Severity
from voldaan.rules.refusals import mark

NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
KINDS = {"Invoice": "invoice", "CreditNote": "credit_note"}
# UNTDID 1001, the codes that EN 16931 (rule BR-CL-01) has for credit notes.
CREDIT_CODES = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
MOST_ATTACHED = 20 * 2**20  # bytes, all attachments together
SHOWN = 40  # characters of a stranger's text that a problem repeats

NOT_UBL = mark("The root element “{root}” is not a UBL 2 Invoice or CreditNote.")
MISSING = mark("This element is missing or empty, and without it the document cannot be booked.")
CONFLICTING = mark("This element stands there more than once and says different things, first “{one}”, then “{other}”.")
FIRST_TAKEN = mark("This element says different things, first “{one}”, then “{other}”. The first was taken.")
NOT_A_DATE = mark("“{text}” is not a date of the form YYYY-MM-DD.")
NOT_A_CURRENCY = mark("“{text}” is not a currency code of three capital letters.")
NOT_AN_AMOUNT = mark("“{text}” is not an amount in {currency}.")
OTHER_CURRENCY = mark("The amount is in {other}, while the document is in {currency}.")
TAX_TWICE = mark("The document states more than one VAT total in {currency}, so its VAT is not known.")
KIND_UNSURE = mark("The document is called {root}, but type code {code} does not go with that. Debit or credit?")
NOT_BASE64 = mark("Attachment “{name}” is empty or damaged (not base64) and was left out.")
TOO_MUCH_ATTACHED = mark("The attachments together are larger than {limit} MB.")

# BT-9. UBL 2.1 credit notes have a due date with the means of payment only.
DUE_DATES = ("DueDate", "PaymentMeans/PaymentDueDate")
# BT-27 and BT-44, then BT-28 and BT-45.
PARTY_NAMES = ("PartyLegalEntity/RegistrationName", "PartyName/Name")
PARTY_FIELDS = {
    "country": "PostalAddress/Country/IdentificationCode",  # BT-40, BT-55
    "registration_number": "PartyLegalEntity/CompanyID",  # BT-30, BT-47
    "email": "Contact/ElectronicMail",  # BT-43, BT-58
    "postcode": "PostalAddress/PostalZone",  # BT-38, BT-53
    "city": "PostalAddress/CityName",  # BT-37, BT-52
}

# Looked for in text, so that a file that the reader will refuse (for its DOCTYPE, say) is still recognised and the
# refusal can say why. Everything before the root is taken whole or not at all: no backtracking.
_ROOT = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)*+"
    r"<(?:(?P<prefix>[\w.-]+):)?(?P<name>Invoice|CreditNote)(?P<attributes>\s[^>]*)",
    re.DOTALL,
)
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def sniff(head: bytes) -> str | None:
    """Answer "ubl" where the root is an Invoice or CreditNote of UBL 2, with any prefix, in UTF-8 or UTF-16."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = head.decode("utf-16", errors="ignore")
    elif head[:2] in {b"<\0", b"\0<"}:
        text = head.decode("utf-16-le" if head[0] else "utf-16-be", errors="ignore")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    root = _ROOT.match(text)
    if root is None:
        return None
    attribute = f"xmlns:{root['prefix']}" if root["prefix"] else "xmlns"
    namespace = NAMESPACE.format(root["name"])
    declared = re.search(rf"\s{re.escape(attribute)}\s*=\s*(\"|'){re.escape(namespace)}\1", root["attributes"])
    return "ubl" if declared else None


def read(source: BinaryIO) -> Reading[Invoice]:
    """Read one UBL 2 Invoice or CreditNote; an ERROR among the problems means that there is no record.

    Amounts are as printed, in whole minor units; `payable_cents` is what is still due after a PrepaidAmount (BT-115).
    Source: OASIS UBL 2.1; EN 16931-3-2 for which element is which business term.
    """
    try:
        root = tree(source.read())
    except BadXML as bad:
        return Reading((), [bad.problem])
    name = etree.QName(root)
    if name.localname not in KINDS or name.namespace != NAMESPACE.format(name.localname):
        return Reading((), [Problem(name.localname[:SHOWN], NOT_UBL, facts={"root": name.localname[:SHOWN]})])
    paper = _Paper(root, name.localname, [])
    invoice = _invoice(paper)
    version = paper.first("CustomizationID") or paper.first("UBLVersionID")
    return Reading((invoice,) if invoice else (), paper.problems, version)


@dataclass(frozen=True, slots=True)
class _Paper:
    """The document under the reader's eye: asked by path from its root, problems go on one list."""

    root: etree._Element
    name: str  # of the root, without namespace
    problems: list[Problem]

    def tell(self, path: str, what: str, severity: Severity = Severity.ERROR, **facts: str) -> None:
        short = {key: text[:SHOWN] for key, text in facts.items()}
        self.problems.append(Problem(f"{self.name}/{path}", what, severity, short))

    def all(self, path: str) -> list[etree._Element]:
        return self.root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))

    def first(self, path: str) -> str:
        """Give the first text at `path`, "" where there is none; say so where others differ."""
        return self._one(path, FIRST_TAKEN, Severity.WARNING)

    def required(self, path: str) -> str:
        """Give the only text at `path`; none, or several that differ, is an ERROR."""
        text = self._one(path, CONFLICTING, Severity.ERROR)
        if not text:
            self.tell(path, MISSING)
        return text

    def _one(self, path: str, many: str, severity: Severity) -> str:
        texts = list(dict.fromkeys(filter(None, map(_text, self.all(path)))))
        if len(texts) > 1:
            self.tell(path, many, severity, one=texts[0], other=texts[1])
        return texts[0] if texts else ""

    def date(self, path: str, text: str) -> date | None:
        """Read a strict ISO date; an xsd:date may carry a zone, which says nothing about a calendar day."""
        stated = _DATE.fullmatch(text)
        try:
            return date.fromisoformat(stated[1] if stated else "")
        except ValueError:
            self.tell(path, NOT_A_DATE, text=text)
            return None

    def cents(self, path: str, amount: etree._Element, currency: str) -> int | None:
        """Read an exact amount in minor units of `currency`; zeros beyond those are fine, other digits are not."""
        text, other = _text(amount), amount.get("currencyID", currency)
        if other != currency:
            self.tell(path, OTHER_CURRENCY, other=other, currency=currency)
            return None
        whole, _, part = text.partition(".")
        part = part.rstrip("0")
        try:
            return typed(f"{whole}.{part}" if part else whole, currency).cents
        except NotAnAmount:
            self.tell(path, NOT_AN_AMOUNT, text=text, currency=currency)
            return None


def _text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def _invoice(paper: _Paper) -> Invoice | None:
    number = paper.required("ID")  # BT-1
    issued = paper.required("IssueDate")  # BT-2
    issue_date = paper.date("IssueDate", issued) if issued else None
    due_date = next((paper.date(path, due) for path in DUE_DATES if (due := paper.first(path))), None)
    currency = _currency(paper)
    payable_cents, tax_cents = _payable(paper, currency), _tax(paper, currency)
    seller, buyer = _party(paper, "AccountingSupplierParty/Party"), _party(paper, "AccountingCustomerParty/Party")
    attachments = _attachments(paper)
    errors = any(problem.severity is Severity.ERROR for problem in paper.problems)
    if errors or issue_date is None or payable_cents is None:
        return None
    return Invoice(
        number=number,
        kind=_kind(paper),
        issue_date=issue_date,
        due_date=due_date,
        currency=currency,
        payable_cents=payable_cents,
        tax_cents=tax_cents,
        seller=seller,
        buyer=buyer,
        iban=paper.first("PaymentMeans/PayeeFinancialAccount/ID"),  # BT-84
        payment_id=paper.first("PaymentMeans/PaymentID"),  # BT-83
        order_reference=paper.first("OrderReference/ID"),  # BT-13
        corrects=paper.first("BillingReference/InvoiceDocumentReference/ID"),  # BT-25
        lines=len(paper.all(f"{paper.name}Line")),
        attachments=attachments,
    )


def _kind(paper: _Paper) -> str:
    """Go by the root, which says debit or credit; ask where the type code (BT-3) says the other."""
    path = f"{paper.name}TypeCode"
    code = paper.first(path)
    if code and (code in CREDIT_CODES) != (paper.name == "CreditNote"):
        paper.tell(path, KIND_UNSURE, Severity.QUESTION, root=paper.name, code=code)
    return KINDS[paper.name]


def _currency(paper: _Paper) -> str:
    currency = paper.required("DocumentCurrencyCode")  # BT-5
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        paper.tell("DocumentCurrencyCode", NOT_A_CURRENCY, text=currency)
        return ""
    return currency


def _payable(paper: _Paper, currency: str) -> int | None:
    path = "LegalMonetaryTotal/PayableAmount"  # BT-115: what was prepaid is already taken off
    if not paper.required(path) or not currency:
        return None
    return paper.cents(path, next(filter(_text, paper.all(path))), currency)


def _tax(paper: _Paper, currency: str) -> int | None:
    """Give the VAT total (BT-110); beside it may stand one in the currency of the tax office (BT-111)."""
    path = "TaxTotal/TaxAmount"
    totals = [total for total in paper.all(path) if total.get("currencyID", currency) == currency and _text(total)]
    if len(totals) > 1:
        paper.tell(path, TAX_TWICE, Severity.WARNING, currency=currency)
    return paper.cents(path, totals[0], currency) if len(totals) == 1 and currency else None


def _party(paper: _Paper, at: str) -> Party:
    name = next(filter(None, (paper.first(f"{at}/{path}") for path in PARTY_NAMES)), "")
    if not name:
        paper.tell(f"{at}/{PARTY_NAMES[0]}", MISSING)
    fields = {field: paper.first(f"{at}/{path}") for field, path in PARTY_FIELDS.items()}
    return Party(name=name, vat_number=_vat_number(paper, at), street=_street(paper, at), **fields)


def _vat_number(paper: _Paper, at: str) -> str:
    """Give the number under the scheme VAT (BT-31, BT-48); under others stand tax numbers of another kind (BT-32)."""
    for scheme in paper.all(f"{at}/PartyTaxScheme"):
        if scheme.findtext("{*}TaxScheme/{*}ID", "VAT").strip() in {"VAT", ""}:
            return " ".join(scheme.findtext("{*}CompanyID", "").split())
    return ""


def _street(paper: _Paper, at: str) -> str:
    """Join what stands before the town (BT-35, BT-36, BT-162); some senders keep the house number apart."""
    street, number, *more = (
        paper.first(f"{at}/PostalAddress/{path}")
        for path in ("StreetName", "BuildingNumber", "AdditionalStreetName", "AddressLine/Line")
    )
    return ", ".join(filter(None, (f"{street} {number}".strip(), *more)))


def _attachments(paper: _Paper) -> tuple[Attachment, ...]:
    attachments, size = [], 0
    for count, element in enumerate(paper.root.iter("{*}EmbeddedDocumentBinaryObject"), 1):
        path = f"/EmbeddedDocumentBinaryObject[{count}]"
        name = element.get("filename", "")
        packed = "".join((element.text or "").split())
        size += len(packed) * 3 // 4 - packed[-2:].count("=")
        if size > MOST_ATTACHED:
            paper.tell(path, TOO_MUCH_ATTACHED, limit=str(MOST_ATTACHED // 2**20))
            break
        if content := _from_base64(packed):
            attachments.append(Attachment(name, element.get("mimeCode", ""), content))
        else:
            paper.tell(path, NOT_BASE64, Severity.WARNING, name=name)
    return tuple(attachments)


def _from_base64(packed: str) -> bytes:
    """Decode strictly (RFC 4648, section 4); b"" for what is damaged."""
    try:
        # Even the strict mode overlooks padding too many.
        overfull = len(packed) % 4 or packed.endswith("===")
        return b"" if overfull else binascii.a2b_base64(packed, strict_mode=True)
    except ValueError:
        return b""

"""The files that others would send: bank statements, lists of open items, e-invoices with their PDF.

Account numbers have valid check digits and belong to nobody: the Dutch ones are of a bank `DEMO`, the Belgian ones lie
in a range that is kept for cheques.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from voldaan.cli.demo.cast import Customer, Firm
from voldaan.rules import references
from voldaan.rules.money import Money

WIDTH = 65  # characters on a line of MT940


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line."""

    what: str
    quantity: int
    cents: int  # of one

    @property
    def total_cents(self) -> int:
        """Give what the line comes to."""
        return self.quantity * self.cents


@dataclass(frozen=True, slots=True)
class Printed:
    """An invoice or credit note as it was printed."""

    number: str
    customer: Customer
    issued_on: date
    due_on: date
    lines: tuple[Line, ...]
    net_cents: int
    vat_cents: int
    reference: str = ""  # structured, in its normal form
    corrects: str = ""  # of a credit note: the invoice

    @property
    def cents(self) -> int:
        """Give what is to be paid."""
        return self.net_cents + self.vat_cents


@dataclass(frozen=True, slots=True)
class Movement:
    """One line on a bank statement. Received is positive."""

    day: date
    cents: int
    name: str
    iban: str
    text: str
    structured: str
    bank_reference: str


@dataclass(frozen=True, slots=True)
class Period:
    """The head and the foot of one bank statement."""

    number: int
    iban: str
    opened_on: date  # the evening before
    opening_cents: int
    closed_on: date
    closing_cents: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One row on a list of open items."""

    printed: Printed
    open_cents: int
    says_due: bool = True


def iban(country: str, account: str) -> str:
    """Make the IBAN of an account: ten figures in the Netherlands, seven in Belgium."""
    if country == "BE":
        basic = f"995{account:0>7}"
        basic += f"{int(basic) % 97 or 97:02}"
    else:
        basic = f"DEMO{account:0>10}"
    figures = "".join(str(int(char, 36)) for char in f"{basic}{country}00")
    return f"{country}{98 - int(figures) % 97:02}{basic}"


def firm_iban(firm: Firm) -> str:
    """Give the account that customers of a firm pay to."""
    return iban(firm.country, firm.account[-7:] if firm.country == "BE" else firm.account)


def camt053(period: Period, movements: Iterable[Movement], *, made_on: date) -> bytes:
    """Write a bank statement as camt.053.001.02."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{period.iban}-{period.number}</MsgId><CreDtTm>{made_on}T05:40:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{period.number}</Id><ElctrncSeqNb>{period.number}</ElctrncSeqNb>"
        f"<CreDtTm>{made_on}T05:40:00</CreDtTm>"
        f"<Acct><Id><IBAN>{period.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', period.opened_on, period.opening_cents)}"
        f"{_balance('CLBD', period.closed_on, period.closing_cents)}"
        f"{''.join(map(_entry, movements))}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, on: date, cents: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{_plain(cents)}</Amt>"
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _entry(movement: Movement) -> str:
    side, party = ("CRDT", "Dbtr") if movement.cents >= 0 else ("DBIT", "Cdtr")
    if movement.structured:
        told = (
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
            f"<Ref>{movement.structured}</Ref></CdtrRefInf></Strd>"
        )
    else:
        told = f"<Ustrd>{escape(movement.text)}</Ustrd>" if movement.text else ""
    return (
        f"<Ntry><Amt Ccy='EUR'>{_plain(movement.cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{movement.day}</Dt></BookgDt><ValDt><Dt>{movement.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{movement.bank_reference}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties>"
        f"<{party}><Nm>{escape(movement.name)}</Nm></{party}>"
        f"<{party}Acct><Id><IBAN>{movement.iban}</IBAN></Id></{party}Acct></RltdPties>"
        f"{f'<RmtInf>{told}</RmtInf>' if told else ''}</TxDtls></NtryDtls></Ntry>"
    )


def mt940(period: Period, movements: Iterable[Movement]) -> bytes:
    """Write a bank statement as MT940 with code words between slashes."""
    lines = [
        f":20:{period.closed_on:%y%m%d}", f":25:{period.iban}EUR", f":28C:{period.number}",
        f":60F:{_swift(period.opened_on, period.opening_cents)}",
    ]  # fmt: skip
    for m in movements:
        lines.append(f":61:{m.day:%y%m%d%m%d}{_side(m.cents)}{_plain(m.cents, ',')}NTRFNONREF//{m.bank_reference}")
        field = f"/CNTP/{m.iban}/DEMONL2A/{m.name}///" + (f"/REMI/USTD//{m.text}/" if m.text else "")
        lines.append(":86:" + "\r\n".join(field[at : at + WIDTH] for at in range(0, len(field), WIDTH)))
    lines += [f":62F:{_swift(period.closed_on, period.closing_cents)}", "-", ""]
    return "\r\n".join(lines).encode()


def _side(cents: int) -> str:
    return "C" if cents >= 0 else "D"


def _swift(on: date, cents: int) -> str:
    return f"{_side(cents)}{on:%y%m%d}EUR{_plain(cents, ',')}"


def _plain(cents: int, point: str = ".") -> str:
    return Money(abs(cents)).plain().replace(".", point)


HEADERS = ("Debiteurnummer", "Debiteurnaam", "Adres", "Postcode", "Plaats", "Landcode", "Taal", "E-mailadres",
           "Particulier", "Factuurnummer", "Factuurdatum", "Vervaldatum", "Betalingskenmerk", "Valuta", "Factuurbedrag",
           "BTW-bedrag", "Openstaand bedrag")  # fmt: skip


def open_items(rows: Sequence[Listed]) -> bytes:
    """Write a list of open items as CSV, as Dutch bookkeeping packages export it, with a total below it."""
    lines: list[Sequence[str]] = [HEADERS, *map(_cells, rows)]
    total = sum(row.open_cents for row in rows)
    lines.append(("Totaal", *[""] * (len(HEADERS) - 2), _plain(total, ",")))
    return "".join(";".join(line) + "\r\n" for line in lines).encode("utf-8-sig")


def _cells(row: Listed) -> Sequence[str]:
    paper, who = row.printed, row.printed.customer
    return (
        who.number, who.name, who.street, who.postcode, who.city, who.country, who.language, who.email,
        "ja" if who.is_consumer else "nee", paper.number, f"{paper.issued_on:%d-%m-%Y}",
        f"{paper.due_on:%d-%m-%Y}" if row.says_due else "", paper.reference, "EUR", _plain(paper.cents, ","),
        _plain(paper.vat_cents, ","), _plain(row.open_cents, ","),
    )  # fmt: skip


def remittance_advice(who: str, on: date, pays: Iterable[tuple[str, int]]) -> bytes:
    """Write what a payer says to pay as CSV: invoice, cents."""
    rows = list(pays)
    lines = ["Betaalspecificatie", f"Opdrachtgever;{who}", f"Betaaldatum;{on:%d-%m-%Y}", "", "Uw factuur;Bedrag"]
    lines += [f"{number};{_plain(cents, ',')}" for number, cents in rows]
    lines += [f"Totaal;{_plain(sum(cents for _, cents in rows), ',')}", ""]
    return "\r\n".join(lines).encode("utf-8-sig")


def ubl(printed: Printed, firm: Firm) -> bytes:
    """Write an invoice or credit note as UBL 2.1, with its PDF inside."""
    kind = "CreditNote" if printed.corrects else "Invoice"
    quantity = "CreditedQuantity" if printed.corrects else "InvoicedQuantity"
    code = 381 if printed.corrects else 380
    due = "" if printed.corrects else f"<cbc:DueDate>{printed.due_on}</cbc:DueDate>"
    corrected = (
        f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{printed.corrects}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
        if printed.corrects
        else ""
    )
    who = printed.customer
    seller = _party("Supplier", firm.name, (firm.street, firm.postcode, firm.city, firm.country), firm.email)
    buyer = _party("Customer", who.name, (who.street, who.postcode, who.city, who.country), who.email)
    reference = references.print_ogm(printed.reference) if printed.reference else printed.number
    lines = "".join(
        f"<cac:{kind}Line><cbc:ID>{nth}</cbc:ID><cbc:{quantity} unitCode='C62'>{line.quantity}</cbc:{quantity}>"
        f"{_amount('LineExtensionAmount', line.total_cents)}"
        f"<cac:Item><cbc:Name>{escape(line.what)}</cbc:Name></cac:Item>"
        f"<cac:Price>{_amount('PriceAmount', line.cents)}</cac:Price></cac:{kind}Line>"
        for nth, line in enumerate(printed.lines, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" '
        'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
        'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
        "</cbc:CustomizationID>"
        f"<cbc:ID>{printed.number}</cbc:ID><cbc:IssueDate>{printed.issued_on}</cbc:IssueDate>{due}"
        f"<cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        f"{corrected}<cac:AdditionalDocumentReference><cbc:ID>{printed.number}</cbc:ID><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="{printed.number}.pdf">'
        f"{base64.b64encode(pdf(printed, firm)).decode()}</cbc:EmbeddedDocumentBinaryObject>"
        f"</cac:Attachment></cac:AdditionalDocumentReference>{seller}{buyer}"
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
        f"<cbc:PaymentID>{reference}</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>{firm_iban(firm)}</cbc:ID>"
        f"</cac:PayeeFinancialAccount></cac:PaymentMeans><cac:TaxTotal>{_amount('TaxAmount', printed.vat_cents)}"
        f"</cac:TaxTotal><cac:LegalMonetaryTotal>{_amount('LineExtensionAmount', printed.net_cents)}"
        f"{_amount('TaxExclusiveAmount', printed.net_cents)}{_amount('TaxInclusiveAmount', printed.cents)}"
        f"{_amount('PayableAmount', printed.cents)}</cac:LegalMonetaryTotal>{lines}</{kind}>"
    ).encode()


def _amount(name: str, cents: int) -> str:
    return f"<cbc:{name} currencyID='EUR'>{_plain(cents)}</cbc:{name}>"


def _party(role: str, name: str, address: tuple[str, str, str, str], email: str) -> str:
    street, postcode, city, country = address
    contact = f"<cac:Contact><cbc:ElectronicMail>{email}</cbc:ElectronicMail></cac:Contact>" if email else ""
    return (
        f"<cac:Accounting{role}Party><cac:Party><cac:PartyName><cbc:Name>{escape(name)}</cbc:Name></cac:PartyName>"
        f"<cac:PostalAddress><cbc:StreetName>{escape(street)}</cbc:StreetName><cbc:CityName>{escape(city)}</cbc:CityName>"
        f"<cbc:PostalZone>{postcode}</cbc:PostalZone><cac:Country><cbc:IdentificationCode>{country}"
        "</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity>"
        f"<cbc:RegistrationName>{escape(name)}</cbc:RegistrationName></cac:PartyLegalEntity>{contact}"
        f"</cac:Party></cac:Accounting{role}Party>"
    )


# --- the PDF of an invoice: one page, drawn by hand with two of the fonts that every reader of PDF has ------------

LEFT, RIGHT, TOP = 62, 533, 780  # points on a page of 595 by 842
PLAIN, BOLD = "F1", "F2"


def pdf(printed: Printed, firm: Firm) -> bytes:
    """Draw an invoice or credit note on one page."""
    drawn = "\n".join(_drawing(printed, firm)).encode("cp1252", errors="replace")
    fonts = " ".join(
        f"/{font} << /Type /Font /Subtype /Type1 /BaseFont /{face} /Encoding /WinAnsiEncoding >>"
        for font, face in ((PLAIN, "Helvetica"), (BOLD, "Helvetica-Bold"))
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << "
        + fonts.encode()
        + b" >> >> >>",
        b"<< /Length " + str(len(drawn)).encode() + b" >>\nstream\n" + drawn + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for nth, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (nth, each)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, rows, size, len(out))
    )


def _drawing(printed: Printed, firm: Firm) -> Iterator[str]:
    who, is_credit = printed.customer, bool(printed.corrects)
    yield _at(LEFT, TOP, firm.name, 15, BOLD)
    yield _at(LEFT, TOP - 16, f"{firm.street}, {firm.postcode} {firm.city} - {firm.email}", 8)
    for nth, text in enumerate((who.name, who.street, f"{who.postcode} {who.city}".strip())):
        yield _at(LEFT, TOP - 80 - 14 * nth, text, 10)
    yield _at(LEFT, 610, "Creditnota" if is_credit else "Factuur", 18, BOLD)
    facts = [("Nummer", printed.number), ("Datum", f"{printed.issued_on:%d-%m-%Y}")]
    facts.append(("Bij factuur", printed.corrects) if is_credit else ("Vervaldatum", f"{printed.due_on:%d-%m-%Y}"))
    for nth, (name, value) in enumerate(facts):
        yield _at(LEFT, 586 - 14 * nth, name, 10)
        yield _at(LEFT + 90, 586 - 14 * nth, value, 10, BOLD)
    y = 520
    yield _at(LEFT, y, "Omschrijving", 9, BOLD)
    yield from (_ending(at, y, text, BOLD) for at, text in ((380, "Aantal"), (455, "Prijs"), (RIGHT, "Bedrag")))
    yield _rule(y - 6)
    for line in printed.lines:
        y -= 18
        yield _at(LEFT, y, line.what, 9)
        yield _ending(380, y, str(line.quantity))
        yield _ending(455, y, _plain(line.cents, ","))
        yield _ending(RIGHT, y, _plain(line.total_cents, ","))
    yield _rule(y - 8)
    totals = (("Totaal zonder btw", printed.net_cents), ("Btw 21%", printed.vat_cents), ("Totaal EUR", printed.cents))
    for name, cents in totals:
        y -= 18 if name != totals[0][0] else 24
        font = BOLD if name == totals[-1][0] else PLAIN
        yield _at(330, y, name, 9, font)
        yield _ending(RIGHT, y, _plain(cents, ","), font)
    if not is_credit:
        reference = references.print_ogm(printed.reference) if printed.reference else printed.number
        to = references.print_iban(firm_iban(firm))
        yield _at(LEFT, y - 50, f"Te betalen vóór of op {printed.due_on:%d-%m-%Y} op {to}", 10)
        yield _at(LEFT, y - 65, f"met vermelding van {reference}.", 10)
    yield _at(LEFT, 50, "Voorbeeld: dit bedrijf, zijn klanten en zijn rekening bestaan niet.", 7)


def _at(x: int, y: int, text: str, size: int, font: str = PLAIN) -> str:
    safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({safe}) Tj ET"


def _ending(x: int, y: int, text: str, font: str = PLAIN, size: int = 9) -> str:
    """Write a word so that it ends at `x`."""
    wide = sum(278 if char in ",. il" else 556 for char in text)  # thousandths of the size, near enough for words
    return _at(x - wide * size // 1000, y, text, size, font)


def _rule(y: int) -> str:
    return f"0.6 w {LEFT} {y} m {RIGHT} {y} l S"

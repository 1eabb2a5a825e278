"""Files as the outside world makes them: statements, open-items lists and e-invoices; and a way to bring them in."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.tools import coda as records
from tests.tools.house import House
from voldaan.usecases import files
from voldaan.usecases.files import Imported

OWN = "NL91ABNA0417164300"
PAYER = "NL20INGB0001234567"
OTHER_PAYER = "NL02ABNA0123456789"


@dataclass(frozen=True)
class Movement:
    """One movement of a bank day. Received is positive, in cents."""

    day: date
    cents: int
    iban: str = ""
    name: str = ""
    text: str = ""
    end_to_end: str = ""
    bank_reference: str = ""


def bring(house: House, content: bytes | str, name: str = "bestand", **words: Any) -> Imported:
    """Bring a file into the books."""
    data = content.encode() if isinstance(content, str) else content
    return files.bring_in(name=name, source=io.BytesIO(data), actor=house.actor, today=house.today, **words)


def _plain(cents: int, point: str = ".") -> str:
    return f"{abs(cents) // 100}{point}{abs(cents) % 100:02d}"


def camt053(
    movements: Iterable[Movement], *, opening: int = 0, first: date | None = None, last: date | None = None,
    account: str = OWN, number: str = "1", evening_before: bool = True, closing: int | None = None,
    with_balances: bool = True, currency: str = "EUR",
) -> str:  # fmt: skip
    """Write one statement as camt.053.001.08; the opening balance is dated on the evening before, or on the day."""
    body = statement(
        movements, opening=opening, first=first, last=last, account=account, number=number, closing=closing,
        evening_before=evening_before, with_balances=with_balances, currency=currency,
    )  # fmt: skip
    return camt_of(body)


def camt_of(*statements: str) -> str:
    """Put statements in one camt.053 file."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M</MsgId><CreDtTm>2027-03-01T06:00:00</CreDtTm></GrpHdr>{''.join(statements)}"
        "</BkToCstmrStmt></Document>"
    )


def statement(
    movements: Iterable[Movement], *, opening: int = 0, first: date | None = None, last: date | None = None,
    account: str = OWN, number: str = "1", evening_before: bool = True, closing: int | None = None,
    with_balances: bool = True, currency: str = "EUR",
) -> str:  # fmt: skip
    """Write one `Stmt`."""
    movements = list(movements)
    first, last = _period(movements, first, last)
    closing = opening + sum(m.cents for m in movements) if closing is None else closing
    opened_on = first - timedelta(days=1) if evening_before else first
    balances = _bal("OPBD", opened_on, opening, currency) + _bal("CLBD", last, closing, currency)
    return (
        f"<Stmt><Id>S{escape(number)}</Id><ElctrncSeqNb>{escape(number)}</ElctrncSeqNb>"
        f"<Acct><Id><IBAN>{escape(account)}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balances if with_balances else ''}{''.join(_entry(m, currency) for m in movements)}</Stmt>"
    )


def _period(movements: Sequence[Movement], first: date | None, last: date | None) -> tuple[date, date]:
    days = [m.day for m in movements]
    first = first or (min(days) if days else date(2027, 3, 1))
    return first, last or (max(days) if days else first)


def _bal(kind: str, on: date, cents: int, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy={quoteattr(currency)}>{_plain(cents)}</Amt>"
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _entry(m: Movement, currency: str) -> str:
    side, party = ("CRDT", "Dbtr") if m.cents >= 0 else ("DBIT", "Cdtr")
    refs = f"<Refs><EndToEndId>{escape(m.end_to_end)}</EndToEndId></Refs>" if m.end_to_end else ""
    name = f"<{party}><Pty><Nm>{escape(m.name)}</Nm></Pty></{party}>" if m.name else ""
    iban = f"<{party}Acct><Id><IBAN>{m.iban}</IBAN></Id></{party}Acct>" if m.iban else ""
    parties = f"<RltdPties>{name}{iban}</RltdPties>" if name or iban else ""
    text = f"<RmtInf><Ustrd>{escape(m.text)}</Ustrd></RmtInf>" if m.text else ""
    own = f"<AcctSvcrRef>{escape(m.bank_reference)}</AcctSvcrRef>" if m.bank_reference else ""
    return (
        f"<Ntry><Amt Ccy={quoteattr(currency)}>{_plain(m.cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{m.day}</Dt></BookgDt><ValDt><Dt>{m.day}</Dt></ValDt>{own}"
        f"<NtryDtls><TxDtls>{refs}{parties}{text}</TxDtls></NtryDtls></Ntry>"
    )


def mt940(
    movements: Iterable[Movement], *, opening: int = 0, first: date | None = None, last: date | None = None,
    account: str = OWN, number: str = "1", evening_before: bool = True, closing: int | None = None,
) -> str:  # fmt: skip
    """Write one statement as MT940, in the manner of ING."""
    movements = list(movements)
    first, last = _period(movements, first, last)
    closing = opening + sum(m.cents for m in movements) if closing is None else closing
    opened_on = first - timedelta(days=1) if evening_before else first
    lines = [":20:REF", f":25:{account}EUR", f":28C:{number}", f":60F:{_swift(opened_on, opening)}"]
    for m in movements:
        reference = f"//{m.bank_reference}" if m.bank_reference else ""
        side = "C" if m.cents >= 0 else "D"
        lines.append(f":61:{m.day:%y%m%d%m%d}{side}{_plain(m.cents, ',')}NTRFNONREF{reference}")
        who = f"/CNTP/{m.iban}/INGBNL2A/{m.name}///" if m.iban or m.name else ""
        eref = f"/EREF/{m.end_to_end}/" if m.end_to_end else ""
        text = f"/REMI/USTD//{m.text}/" if m.text else ""
        if field := eref + who + text:
            lines += f":86:{_cut(field)}".split("\n")
    lines += [f":62F:{_swift(last, closing)}", "-", ""]
    return "\r\n".join(lines)


def bank_csv(
    movements: Iterable[Movement], *, opening: int = 0, account: str = OWN, newest_first: bool = True,
    with_balances: bool = True, **_: object,
) -> str:  # fmt: skip
    """Write the movements as CSV, in the manner of ING; an older export has no balances."""
    header = ["Datum", "Naam / Omschrijving", "Rekening", "Tegenrekening", "Code", "Af Bij", "Bedrag (EUR)",
              "Mutatiesoort", "Mededelingen", "Saldo na mutatie", "Tag"]  # fmt: skip
    balance = opening
    rows = []
    for m in movements:
        balance += m.cents
        labels = {"Naam": m.name, "Omschrijving": m.text, "IBAN": m.iban, "Kenmerk": m.end_to_end}
        told = [*(f"{label}: {word}" for label, word in labels.items() if word), f"Valutadatum: {m.day:%d-%m-%Y}"]
        rows.append([
            f"{m.day:%Y%m%d}", m.name, account, m.iban, "OV", "Bij" if m.cents >= 0 else "Af", _plain(m.cents, ","),
            "Overschrijving", " ".join(told), f"{'-' if balance < 0 else ''}{_plain(balance, ',')}", "",
        ])  # fmt: skip
    table = [header, *(reversed(rows) if newest_first else rows)]
    lines = [row if with_balances else row[:-2] for row in table]
    return "".join(";".join('"{}"'.format(cell.replace('"', '""')) for cell in row) + "\r\n" for row in lines)


def _swift(on: date, cents: int) -> str:
    return f"{'C' if cents >= 0 else 'D'}{on:%y%m%d}EUR{_plain(cents, ',')}"


def _cut(field: str, width: int = 65) -> str:
    return "\n".join(field[at : at + width] for at in range(0, len(field), width))


def coda(
    movements: Iterable[Movement], *, opening: int = 0, first: date | None = None, last: date | None = None,
    account: str = OWN, number: str = "1", evening_before: bool = True, closing: int | None = None,
) -> str:  # fmt: skip
    """Write one statement as CODA, version 2; a Belgian account is told as such."""
    movements = list(movements)
    first, last = _period(movements, first, last)
    closing = opening + sum(m.cents for m in movements) if closing is None else closing
    words = {"account": account, "structure": "2" if account.startswith("BE") else "3", "number": number.zfill(3)}
    lines = [records.opening(opening, first - timedelta(days=1) if evening_before else first, **words)]
    for nth, m in enumerate(movements):
        lines += records.movement(
            m.cents, sequence=nth % 9999 + 1, on=m.day, words=m.text, reference=m.bank_reference, name=m.name,
            account=m.iban, end_to_end=m.end_to_end,
        )  # fmt: skip
    lines.append(records.closing(closing, last, **words))
    return records.file(records.header(), lines)


HEADERS = ("Debiteur", "Naam", "Factuurnummer", "Factuurdatum", "Vervaldatum", "Valuta", "Openstaand bedrag")


@dataclass(frozen=True)
class Item:
    """One row of an open-items list."""

    debtor: str
    name: str
    invoice: str
    cents: int
    issued: str = "01-02-2027"
    due: str = "15-02-2027"
    currency: str = "EUR"
    more: tuple[tuple[str, str], ...] = ()  # further columns and their values

    def cells(self, headers: Sequence[str]) -> list[str]:
        """Give the row under these headers."""
        amount = f"{'-' if self.cents < 0 else ''}{_plain(self.cents, ',')}"
        facts = (self.debtor, self.name, self.invoice, self.issued, self.due, self.currency, amount)
        known = dict(zip(HEADERS, facts, strict=True)) | dict(self.more)
        return [known.get(header, "") for header in headers]


def items(rows: Sequence[Item], *, total: int | None = None) -> str:
    """Write an open-items list as a CSV file, as Dutch packages do."""
    headers = [*HEADERS, *dict.fromkeys(header for row in rows for header, _ in row.more)]
    lines = [headers, *(row.cells(headers) for row in rows)]
    if total is not None:
        lines.append(["Totaal", *[""] * (len(HEADERS) - 2), _plain(total, ","), *[""] * (len(headers) - len(HEADERS))])
    return "".join(";".join(line) + "\r\n" for line in lines)


def ubl(
    number: str, cents: int, *, credit_note: bool = False, seller: str = "Bakkerij 't Hart", buyer: str = "Café Zee",
    issued: str = "2027-02-01", due: str = "2027-02-15", pdf: bytes = b"", corrects: str = "", iban: str = OWN,
    currency: str = "EUR", reference: str = "",
) -> str:  # fmt: skip
    """Write an invoice or credit note as UBL 2.1."""
    kind = "CreditNote" if credit_note else "Invoice"
    code = (
        f"<cbc:{kind}TypeCode>{381 if credit_note else 380}</cbc:{kind}TypeCode>"
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>"
    )
    about = (
        f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{escape(corrects)}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
        if corrects
        else ""
    )
    attached = ""
    if pdf:
        import base64

        attached = (
            "<cac:AdditionalDocumentReference><cbc:ID>pdf</cbc:ID><cac:Attachment>"
            '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="../../factuur.pdf">'
            f"{base64.b64encode(pdf).decode()}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
            "</cac:AdditionalDocumentReference>"
        )

    def party(role: str, name: str) -> str:
        return (
            f"<cac:Accounting{role}Party><cac:Party><cac:PartyName><cbc:Name>{escape(name)}</cbc:Name></cac:PartyName>"
            "<cac:PostalAddress><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country>"
            f"</cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>{escape(name)}</cbc:RegistrationName>"
            f"</cac:PartyLegalEntity></cac:Party></cac:Accounting{role}Party>"
        )

    def money(name: str, amount: int) -> str:
        sign = "-" if amount < 0 else ""
        return f"<cbc:{name} currencyID={quoteattr(currency)}>{sign}{_plain(amount)}</cbc:{name}>"

    line = "CreditNote" if credit_note else "Invoice"
    quantity = "CreditedQuantity" if credit_note else "InvoicedQuantity"
    due_date = "" if credit_note else f"<cbc:DueDate>{due}</cbc:DueDate>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" '
        'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
        'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>"
        f"<cbc:ID>{escape(number)}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>{due_date}{code}{about}{attached}"
        f"{party('Supplier', seller)}{party('Customer', buyer)}"
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
        f"<cbc:PaymentID>{escape(reference)}</cbc:PaymentID>"
        f"<cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
        f"<cac:TaxTotal>{money('TaxAmount', 0)}</cac:TaxTotal><cac:LegalMonetaryTotal>"
        f"{money('LineExtensionAmount', cents)}{money('TaxExclusiveAmount', cents)}"
        f"{money('TaxInclusiveAmount', cents)}{money('PayableAmount', cents)}</cac:LegalMonetaryTotal>"
        f'<cac:{line}Line><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="EA">1</cbc:{quantity}>'
        f"{money('LineExtensionAmount', cents)}<cac:Item><cbc:Name>Brood</cbc:Name></cac:Item>"
        f"</cac:{line}Line></{kind}>"
    )

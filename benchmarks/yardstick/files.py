"""The files of the invented year: open-items lists as CSV, bank days as camt.053 and as MT940."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from xml.sax.saxutils import escape

from benchmarks.yardstick.year import Payment

OWN = "NL91ABNA0417164300"
BLOCKED = "NL20INGB0001234567"  # the account for taxes of labour chains (G-rekening)
WIDTH = 65  # characters on a line of :86:
HEADERS = ("Debiteur", "Naam", "Factuurnummer", "Factuurdatum", "Vervaldatum", "Valuta", "Openstaand bedrag",
           "Betalingskenmerk", "IBAN")  # fmt: skip

Item = tuple[str, str, str, date, date, int, str, str]  # customer, name, number, issued, due, cents, reference, IBAN


def open_items(rows: Iterable[Item]) -> bytes:
    """Write an open-items list, as Dutch packages do."""
    lines = [HEADERS]
    for customer, name, number, issued, due, cents, reference, iban in rows:
        amount = f"{'-' if cents < 0 else ''}{plain(cents, ',')}"
        lines.append((customer, name, number, f"{issued:%d-%m-%Y}", f"{due:%d-%m-%Y}", "EUR", amount, reference, iban))
    return "".join(";".join(line) + "\r\n" for line in lines).encode()


def plain(cents: int, point: str = ".") -> str:
    """Write an amount without its sign and without a mark for thousands."""
    return f"{abs(cents) // 100}{point}{abs(cents) % 100:02}"


def camt053(payments: Sequence[Payment], account: str, opening: int, day: date) -> bytes:
    """Write the movements up to and with one day as camt.053.001.08."""
    closing = opening + sum(payment.cents for payment in payments)
    evening = payments[0].day - timedelta(days=1)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>{day}T23:00:00</CreDtTm></GrpHdr><Stmt><Id>{day}</Id>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>{_balance('OPBD', evening, opening)}"
        f"{_balance('CLBD', day, closing)}{''.join(map(_entry, payments))}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, on: date, cents: int) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{plain(cents)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _entry(payment: Payment) -> str:
    side, party = ("CRDT", "Dbtr") if payment.cents >= 0 else ("DBIT", "Cdtr")
    structured = "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{}</Ref></CdtrRefInf></Strd>"
    said = structured.format(payment.reference) if payment.reference else f"<Ustrd>{escape(payment.text)}</Ustrd>"
    iban = f"<{party}Acct><Id><IBAN>{payment.iban}</IBAN></Id></{party}Acct>" if payment.iban else ""
    back = "<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>" if payment.takes_back else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{plain(payment.cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{payment.day}</Dt></BookgDt><ValDt><Dt>{payment.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{payment.key}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{payment.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RltdPties><{party}><Pty><Nm>{escape(payment.name)}</Nm></Pty></{party}>{iban}</RltdPties>"
        f"<RmtInf>{said}</RmtInf>{back}</TxDtls></NtryDtls></Ntry>"
    )


def mt940(payments: Sequence[Payment], account: str, opening: int, day: date) -> bytes:
    """Write the movements up to and with one day as MT940, in the manner of ING."""
    closing = opening + sum(payment.cents for payment in payments)
    evening = payments[0].day - timedelta(days=1)
    lines = [":20:REF", f":25:{account}EUR", f":28C:{day:%j}", f":60F:{_swift(evening, opening)}"]
    for payment in payments:
        side = "C" if payment.cents >= 0 else "D"
        lines.append(f":61:{payment.day:%y%m%d%m%d}{side}{plain(payment.cents, ',')}NTRFEREF//{payment.key}")
        who = f"/EREF/{payment.end_to_end or 'NOTPROVIDED'}//CNTP/{payment.iban}/INGBNL2A/{payment.name}///"
        back = "/RTRN/MD06//" if payment.takes_back else ""
        said = f"/REMI/STRD/CUR/{payment.reference}/" if payment.reference else f"/REMI/USTD//{payment.text}/"
        field = back + who + said
        lines += [f":86:{field[:WIDTH]}", *(field[at : at + WIDTH] for at in range(WIDTH, len(field), WIDTH))]
    return "\r\n".join([*lines, f":62F:{_swift(day, closing)}", "-", ""]).encode()


def _swift(on: date, cents: int) -> str:
    return f"{'C' if cents >= 0 else 'D'}{on:%y%m%d}EUR{plain(cents, ',')}"

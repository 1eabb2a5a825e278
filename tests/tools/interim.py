"""What banks send besides statements: interim reports, notifications, and one sum for what others tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from tests.tools.files import OWN, Movement, _bal, _cut, _entry, _plain

MESSAGES = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.053": ("BkToCstmrStmt", "Stmt"),
            "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}  # fmt: skip

Told = Movement | Sequence[Movement]  # one movement, or a batch with its details


def camt(kind: str, *parts: Iterable[Told], opening: int | None = None, account: str = OWN) -> str:
    """Write a camt.052, .053 or .054 with a report of each of `parts`; balances where `opening` is given."""
    message, part = MESSAGES[kind]
    body = ""
    for nth, told in enumerate(map(list, parts)):
        balances = ""
        if opening is not None:
            days = [one.day if isinstance(one, Movement) else one[0].day for one in told]
            closing = opening + sum(_cents(one) for one in told)
            balances = _bal("OPBD", min(days), opening, "EUR") + _bal("CLBD", max(days), closing, "EUR")
            opening = closing
        entries = "".join(_entry(one, "EUR") if isinstance(one, Movement) else batch(one) for one in told)
        body += (f"<{part}><Id>{nth}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
                 f"{balances}{entries}</{part}>")  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.08">'
        f"<{message}><GrpHdr><MsgId>M</MsgId></GrpHdr>{body}</{message}></Document>"
    )


def _cents(told: Told) -> int:
    return told.cents if isinstance(told, Movement) else sum(one.cents for one in told)


def batch(details: Sequence[Movement]) -> str:
    """Write one `Ntry` with details; its reference at the bank is that of the first."""
    cents, first = sum(one.cents for one in details), details[0]
    party = "Dbtr" if cents >= 0 else "Cdtr"
    own = f"<AcctSvcrRef>{escape(first.bank_reference)}</AcctSvcrRef>" if first.bank_reference else ""
    said = "".join(
        f"<TxDtls><Refs><EndToEndId>{escape(one.end_to_end)}</EndToEndId></Refs>"
        f"<Amt Ccy='EUR'>{_plain(one.cents)}</Amt><RltdPties>"
        f"<{party}><Pty><Nm>{escape(one.name)}</Nm></Pty></{party}>"
        f"<{party}Acct><Id><IBAN>{one.iban}</IBAN></Id></{party}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(one.text)}</Ustrd></RmtInf></TxDtls>"
        for one in details
    )
    return (
        f"<Ntry><Amt Ccy='EUR'>{_plain(cents)}</Amt><CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{first.day}</Dt></BookgDt><ValDt><Dt>{first.day}</Dt></ValDt>{own}"
        f"<NtryDtls>{said}</NtryDtls></Ntry>"
    )


def as_one(details: Sequence[Movement]) -> Movement:
    """Give the one sum in which the bank booked a batch."""
    return Movement(
        details[0].day, sum(one.cents for one in details), text="TOTAAL", bank_reference=details[0].bank_reference
    )


def mt942(movements: Iterable[Movement], *, account: str = OWN) -> str:
    """Write an interim report in the manner of ING."""
    lines = [":20:REF", f":25:{account}EUR", ":28C:1", ":34F:EUR0,", ":13D:2702011200+0100"]
    for m in movements:
        reference = f"//{m.bank_reference}" if m.bank_reference else ""
        side = "C" if m.cents >= 0 else "D"
        lines.append(f":61:{m.day:%y%m%d%m%d}{side}{_plain(m.cents, ',')}NTRFNONREF{reference}")
        who = f"/CNTP/{m.iban}/INGBNL2A/{m.name}///" if m.iban or m.name else ""
        eref = f"/EREF/{m.end_to_end}/" if m.end_to_end else ""
        if field := eref + who + (f"/REMI/USTD//{m.text}/" if m.text else ""):
            lines += f":86:{_cut(field)}".split("\n")
    return "\r\n".join([*lines, ":90C:1EUR1,00", "-", ""])

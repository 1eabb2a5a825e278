"""What one entry of a CAMT file says: one movement, or one for each detail of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from voldaan.formats.shared.camt_values import cents_of, sign_of
from voldaan.formats.shared.xml import Fields, Shape
from voldaan.rules.papers import Transaction

TRUE = {"true", "1"}
NONE = "NOTPROVIDED"
DEBTOR = ("Dbtr name", "UltmtDbtr name", "DbtrAcct iban", "DbtrAcct account")
CREDITOR = ("Cdtr name", "UltmtCdtr name", "CdtrAcct iban", "CdtrAcct account")

# Which elements we read, and what we call them. Versions that name one thing differently stand side by side: BBAN,
# PrtryAcct, RtrRsn, CdtrRef and details without NtryDtls are of version 01.
ACCOUNT = {"Id/IBAN": "iban", "Id/Othr/Id": "account", "Id/BBAN": "account", "Id/PrtryAcct/Id": "account"}
NAME = {"Nm": "name", "Pty/Nm": "name", "Agt/FinInstnId/Nm": "name"}
PARTIES = {
    f"RltdPties/{party}/{path}": f"{party} {field}"
    for role in ("Dbtr", "Cdtr")
    for party, paths in {role: NAME, f"Ultmt{role}": NAME, f"{role}Acct": ACCOUNT}.items()
    for path, field in paths.items()
}
DETAIL = Shape({
    "Refs/AcctSvcrRef": "bank reference", "Refs/EndToEndId": "end to end",
    "Amt@Ccy": "amount", "AmtDtls/TxAmt/Amt@Ccy": "transaction amount", "CdtDbtInd": "side",
    "RmtInf/Strd/CdtrRefInf/Ref": "structured", "RmtInf/Strd/CdtrRefInf/CdtrRef": "structured",
    "RmtInf/Ustrd": "text", "RmtInf/Strd/AddtlRmtInf": "text",
    "RmtInf/Strd/RfrdDocInf/Nb": "text", "RmtInf/Strd/RfrdDocInf/RfrdDocNb": "text",
    "RtrInf/Rsn/Cd": "return", "RtrInf/Rsn/Prtry": "return", "RtrInf/RtrRsn/Cd": "return",
    "AddtlTxInf": "information",
} | PARTIES)  # fmt: skip
ENTRY = Shape({
    "NtryRef": "entry reference", "AcctSvcrRef": "bank reference",
    "Amt@Ccy": "amount", "CdtDbtInd": "side", "RvslInd": "reversal",
    "Sts": "status", "Sts/Cd": "status", "Sts/Prtry": "status",
    "BookgDt/Dt": "booked", "BookgDt/DtTm": "booked", "ValDt/Dt": "value", "ValDt/DtTm": "value",
    "NtryDtls/TxDtls": DETAIL, "TxDtls": DETAIL, "AddtlNtryInf": "information",
})  # fmt: skip


def movements(entry: Fields, details: list[Fields], cents: list[int], currency: str, days: tuple[date, date],
              account: str, nth: int) -> Iterator[Transaction]:  # fmt: skip
    """Give the movements of the `nth` entry; `cents` has one amount for each detail, or one for all of them."""
    reversal = entry.get("reversal") in TRUE
    booked, value = days
    batch = (_reference(entry) or f"#{nth}") if len(cents) > 1 else ""
    for share, detail, reference in zip(cents, details or [{}], _references(entry, details), strict=True):
        reason = detail.get("return", "")
        name, iban = _counterparty(detail, account, received=share > 0, returned=reversal or reason != "")
        structured, text = _remittance(entry, detail)
        if (end_to_end := detail.get("end to end", "")) == NONE:
            end_to_end = ""
        yield Transaction(
            cents=share,
            currency=currency,
            value_date=value,
            booking_date=booked,
            counterparty_name=name,
            counterparty_iban=iban,
            structured_reference=structured,
            text=text,
            end_to_end_id=end_to_end,
            bank_reference=reference,
            batch_reference=batch,
            return_reason=reason,
            reversal=reversal,
        )


def shares(cents: int, currency: str, entry: Fields, details: list[Fields]) -> list[int] | None:
    """Tell the signed cents of each detail of an entry of `cents`; None where they do not add up to it."""
    if not details:
        return [cents]
    found = []
    for detail in details:
        for field in ("transaction amount", "amount"):
            if field in detail:
                share, its = cents_of(detail[field], currency)
                if its == currency:
                    found.append(share * sign_of(detail.get("side") or entry["side"]))
                    break
    if len(found) < len(details):  # some say nothing, or only what was paid in another currency
        return [cents] if len(details) == 1 else None
    return found if sum(found) == cents else None


def _counterparty(detail: Fields, account: str, *, received: bool, returned: bool) -> tuple[str, str]:
    """Tell name and IBAN of the other side.

    Money comes from the debtor and goes to the creditor. What is returned keeps the roles of the payment that it takes
    back; banks that turn them around are known by the account that is ours, or by naming one side only.
    """
    theirs, ours = (DEBTOR, CREDITOR) if received != returned else (CREDITOR, DEBTOR)
    name, iban = _party(detail, theirs)
    if iban == account or (returned and not name and not iban):
        other_name, other_iban = _party(detail, ours)
        if (other_name or other_iban) and other_iban != account:
            return other_name, other_iban
    return name, iban


def _party(detail: Fields, role: tuple[str, str, str, str]) -> tuple[str, str]:
    name, ultimate, iban, account = role
    found = detail.get(name) or detail.get(ultimate)
    its = detail.get(iban) or detail.get(account)
    return _line(found) if found else "", its.replace(" ", "") if its else ""


def _remittance(entry: Fields, detail: Fields) -> tuple[str, str]:
    """Tell the structured reference without marks, and the text with the references that do not fit there."""
    text, structured = _line(detail.get("text", "")), ""
    if "structured" in detail:
        structured, _, others = detail["structured"].partition("\n")
        structured = "".join(filter(str.isalnum, structured)).upper()
        text = _line(f"{text} {others}")
    if not text or text == NONE:
        text = _line(detail.get("information") or entry.get("information", ""))
    return structured, text


def _reference(entry: Fields) -> str:
    return entry.get("bank reference") or entry.get("entry reference", "")


def _references(entry: Fields, details: list[Fields]) -> list[str]:
    """Tell the bank's reference of each detail, and of an entry without; in a batch no two are the same."""
    whole = _reference(entry)
    if len(details) < 2:
        return [details[0].get("bank reference", whole) if details else whole]
    own = [detail.get("bank reference", whole) for detail in details]
    times = Counter(own)
    return [
        f"{reference}/{number}" if reference and times[reference] > 1 else reference
        for number, reference in enumerate(own, start=1)
    ]


def _line(text: str) -> str:
    return " ".join(text.split())

"""camt.052, .053 and .054, versions 01 to 14: bank to customer account report, statement and notification.

The three have one shape (ISO 20022): statements with balances and entries, an entry with or without details. Read as a
stream and blind for namespaces. Banks leave out, move and repeat elements: what cannot be read exactly becomes a
problem with its place, never a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import BinaryIO
from xml.etree.ElementTree import Element

from voldaan.formats.shared.xml import CUT, BadXML, Fields, Shape, gather, pieces
from voldaan.rules.money import LARGEST_CENTS, minor_digits
from voldaan.rules.papers import (
    Balance,
    Problem,
    Reading,
    Severity,
    StatementEnd,
    StatementPart,
    StatementStart,
    Transaction,
)
from voldaan.rules.refusals import mark

HEAD = 4096  # bytes in which a file says what it is
MOST_PROBLEMS = 100

MESSAGES = {b"AcctRpt": "camt.052", b"Stmt": "camt.053", b"DbtCdtNtfctn": "camt.054"}
MESSAGE = re.compile(rb"<(?:[\w.-]+:)?BkToCstmr(AcctRpt|Stmt|DbtCdtNtfctn)(?:V\d\d)?[\s/>]")
NAMESPACE = re.compile(rb"xmlns(?::[\w.-]+)?\s*=\s*[\"'][^\"'<>]*\b(camt\.05[234])((?:\.\d{3}\.\d{2})?)")
AMOUNT = re.compile(r"(?:([A-Z]{3})\s+)?([0-9]{1,18})(?:\.([0-9]{0,18}))?", re.ASCII)
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[TZ+-].*)?")

SIGNS = {"CRDT": 1, "DBIT": -1}
BOOKED, NOT_BOOKED = "BOOK", {"PDNG", "INFO", "FUTR"}
BALANCES = {"OPBD", "PRCD", "CLBD"}  # booked: at the opening, at the closing before, at the closing
TRUE = {"true", "1"}
NONE = "NOTPROVIDED"
DEBTOR = ("Dbtr name", "UltmtDbtr name", "DbtrAcct iban", "DbtrAcct account")
CREDITOR = ("Cdtr name", "UltmtCdtr name", "CdtrAcct iban", "CdtrAcct account")

# Which elements we read, and what we call them. Versions that name one thing differently stand side by side: BBAN,
# PrtryAcct, RtrRsn, CdtrRef and details without NtryDtls are of version 01.
WITHIN = frozenset(("Stmt", "Rpt", "Ntfctn"))
ACCOUNT = {"Id/IBAN": "iban", "Id/Othr/Id": "account", "Id/BBAN": "account", "Id/PrtryAcct/Id": "account"}
NAME = {"Nm": "name", "Pty/Nm": "name", "Agt/FinInstnId/Nm": "name"}
PARTIES = {
    f"RltdPties/{party}/{path}": f"{party} {field}"
    for role in ("Dbtr", "Cdtr")
    for party, paths in {role: NAME, f"Ultmt{role}": NAME, f"{role}Acct": ACCOUNT}.items()
    for path, field in paths.items()
}
HEADING = Shape({
    "Id": "id", "ElctrncSeqNb": "electronic number", "LglSeqNb": "legal number",
    "CreDtTm": "made", "FrToDt/FrDtTm": "from", "FrToDt/ToDtTm": "to", "Acct/Ccy": "currency",
} | {f"Acct/{path}": field for path, field in ACCOUNT.items()})  # fmt: skip
BALANCE = Shape({
    "Tp/CdOrPrtry/Cd": "type", "Tp/Cd": "type", "Amt@Ccy": "amount", "CdtDbtInd": "side",
    "Dt/Dt": "day", "Dt/DtTm": "day",
})  # fmt: skip
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

NOT_AN_AMOUNT = mark("“{amount}” is not an amount.")
DECIMALS = mark("“{amount}” has more decimals than {currency} has.")
TOO_LARGE = mark("“{amount}” is larger than any amount we can keep.")
NO_CURRENCY = mark("The amount “{amount}” has no currency.")
NO_SIDE = mark("It does not say whether it is a credit or a debit (CdtDbtInd “{side}”).")
NOT_A_DAY = mark("“{day}” is not a date.")
NO_DAY = mark("It has no date, and its statement has none either.")
DAY_CERTAIN = mark("It has no date of its own; the statement covers one day, so it is read as {day}.")
DAY_SUPPOSED = mark("It has no date of its own; {day}, the day of the statement, is taken.")
UNKNOWN_STATUS = mark("Its status is “{status}”, so we cannot tell whether the bank has booked it.")
NO_ACCOUNT = mark("The statement does not say of which account it is.")
SUPPOSED_CREDIT = mark("The balance does not say whether it is a credit or a debit; it is read as a credit.")
OTHER_CURRENCY = mark("The balance is in {other} and the account in {currency}.")
TOO_LATE = mark("The opening balance comes after the entries and is not read.")
NOT_SPLIT = mark("Its details do not add up to {amount}; it comes in as one movement.")
TOO_MANY_DETAILS = mark("It has more details than we can keep; its {amount} comes in as one movement.")
NO_STATEMENT = mark("There is no statement in this file.")
MORE_PROBLEMS = mark("There are {number} problems more.")


def sniff(head: bytes) -> str | None:
    """Tell from the first 4 kB whether a file is `camt.052`, `camt.053` or `camt.054`, in any encoding."""
    return _version(head)[:8] or None


def _version(head: bytes) -> str:
    # In UTF-16 and UTF-32 the names are their ASCII letters with zero bytes between.
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not plain.startswith(b"<"):
        return ""
    if found := NAMESPACE.search(plain):
        return (found[1] + found[2]).decode()
    found = MESSAGE.search(plain)
    return MESSAGES[found[1]] if found else ""


def read(source: BinaryIO) -> Reading[StatementPart]:
    """Read a seekable file, standing at its beginning, as a stream of statement parts.

    The records are a generator and memory does not grow with the file; XML that is hostile or broken ends it with a
    problem. Amounts are minor units with the sign of `CdtDbtInd`, also on a reversal, where that is its own direction.
    A batch gives one transaction for each detail where these add up to the entry, else one; pending entries are
    counted. Source: ISO 20022 message definitions camt.052, camt.053, camt.054.
    """
    head = source.read(HEAD)
    source.seek(-len(head), 1)
    problems: list[Problem] = []
    return Reading(_parts(source, problems), problems, _version(head))


def _parts(source: BinaryIO, problems: list[Problem]) -> Iterator[StatementPart]:
    told = _Told(problems)
    number, made = 1, ""
    statement = _Statement(told, number, made)
    try:
        for parent, name, element in pieces(source, WITHIN):
            if element is None:
                statement.end()
            elif name == "Ntry":
                statement.entry(element)
            elif name == "Bal":
                statement.balance(element)
            elif parent in WITHIN:
                gather((element,), HEADING, statement.head, [])
            elif name == "CreDtTm":
                statement.made = made = (element.text or "").strip()
            yield from statement.ready
            statement.ready.clear()
            if element is None:
                number += 1
                statement = _Statement(told, number, made)
    except BadXML as bad:
        told.add(bad.problem)
    else:
        if number == 1:
            told.add(Problem("file", NO_STATEMENT))
    told.add_the_rest()


class _Unreadable(Exception):  # noqa: N818 - a problem on its way to the place where it is told
    def __init__(self, what: str, **facts: str) -> None:
        super().__init__(what)
        # A hostile file may hold a text of megabytes where an amount should be.
        self.what, self.facts = what, {name: fact[:60] for name, fact in facts.items()}


class _Told:
    """The problems of a file: the first MOST_PROBLEMS, and of the rest how many and how bad."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.rest: Counter[Severity] = Counter()

    def add(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.rest[problem.severity] += 1

    def add_the_rest(self) -> None:
        if self.rest:
            worst = next(severity for severity in Severity if severity in self.rest)
            self.problems.append(Problem("file", MORE_PROBLEMS, worst, {"number": str(self.rest.total())}))


class _Statement:
    """One statement while it is read; lays ready what can be said already."""

    def __init__(self, told: _Told, number: int, made: str) -> None:
        self.told, self.number, self.made = told, number, made
        self.head: Fields = {}
        self.ready: list[StatementPart] = []
        self.begun = False
        self.entries = self.pending = 0
        self.account = self.currency = ""
        self.balances: dict[str, Balance] = {}
        self.day: date | None = None
        self.day_is_certain = False

    def _tell(self, where: str, what: str, /, severity: Severity = Severity.ERROR, **facts: str) -> None:
        self.told.add(Problem(f"statement {self.number}{where}", what, severity, facts))

    def _unreadable(self, where: str, why: _Unreadable) -> None:
        self.told.add(Problem(f"statement {self.number}{where}", why.what, facts=why.facts))

    def _begin(self, currency: str = "") -> None:
        """Say the head: at the first entry or, where there is none, at the end."""
        self.begun = True
        head = self.head
        self.account = (head.get("iban") or head.get("account", "")).replace(" ", "")
        self.currency = head.get("currency") or self.currency or currency
        if not self.account:
            self._tell("", NO_ACCOUNT)
        opening = self.balances.get("OPBD") or self.balances.get("PRCD")
        number = head.get("electronic number") or head.get("legal number") or head.get("id", "")
        self.ready.append(StatementStart(self.account, self.currency, number, opening))
        self.day, self.day_is_certain = self._days()

    def _days(self) -> tuple[date | None, bool]:
        """Tell the last day of the statement, and whether it is its only one."""
        opening, closing = self.balances.get("OPBD"), self.balances.get("CLBD")
        if closing:
            return closing.on, bool(opening and opening.on == closing.on)
        try:
            last = _day(self.head.get("to") or self.head.get("made") or self.made)
            return last, "from" in self.head and _day(self.head["from"]) == last
        except _Unreadable:
            return None, False

    def end(self) -> None:
        """Say the foot."""
        if not self.begun:
            self._begin()
        self.ready.append(StatementEnd(self.balances.get("CLBD"), self.pending))

    def balance(self, element: Element) -> None:
        """Keep a balance that is booked: the first at the opening, the last at the closing."""
        fields: Fields = {}
        gather(element, BALANCE, fields, [])
        kind = fields.get("type", "")
        where = f", balance {kind[:4]}"
        try:
            cents, currency = _amount(fields.get("amount", ""), self.currency)
            self.currency = self.head.get("currency") or self.currency or currency
            if kind not in BALANCES or (kind != "CLBD" and kind in self.balances):
                return
            if kind != "CLBD" and self.begun:
                self._tell(where, TOO_LATE, Severity.WARNING)
            if currency != self.currency:
                self._tell(where, OTHER_CURRENCY, Severity.WARNING, other=currency, currency=self.currency[:60])
            if "side" not in fields:
                self._tell(where, SUPPOSED_CREDIT, Severity.WARNING)
            cents *= _sign(fields.get("side", "CRDT"))
            self.balances[kind] = Balance(self._balance_day(where, kind, fields), cents)
        except _Unreadable as why:
            if kind in BALANCES:
                self._unreadable(where, why)

    def _balance_day(self, where: str, kind: str, fields: Fields) -> date:
        if "day" in fields:
            return _day(fields["day"])
        day = _day(self.head.get("to" if kind == "CLBD" else "from") or self.head.get("made") or self.made)
        self._tell(where, DAY_SUPPOSED, Severity.WARNING, day=str(day))
        return day

    def entry(self, element: Element) -> None:
        """Lay the transactions of a booked entry ready; count one that is pending."""
        self.entries += 1
        entry: Fields = {}
        details: list[Fields] = []
        gather(element, ENTRY, entry, details)
        try:
            status = entry.get("status", BOOKED)
            if status == BOOKED:
                self._book(entry, details, cut=element.get(CUT) is not None)
            elif status in NOT_BOOKED:
                self.pending += 1
            else:
                self._tell(f", entry {self.entries}", UNKNOWN_STATUS, status=status[:60])
        except _Unreadable as why:
            self._unreadable(f", entry {self.entries}", why)
        if not self.begun:
            self._begin()

    def _book(self, entry: Fields, details: list[Fields], *, cut: bool) -> None:
        cents, currency = _amount(entry.get("amount", ""), self.currency)
        cents *= _sign(entry.get("side", ""))
        if not self.begun:
            self._begin(currency)
        booked, value = self._entry_days(entry)
        shares = None if cut else _shares(cents, currency, entry, details)
        if shares is None:
            why = TOO_MANY_DETAILS if cut else NOT_SPLIT
            self._tell(f", entry {self.entries}", why, Severity.WARNING, amount=entry["amount"])
            shares, details = [cents], details if len(details) == 1 else []
        reversal = entry.get("reversal") in TRUE
        for share, detail, reference in zip(shares, details or [{}], _references(entry, details), strict=True):
            reason = detail.get("return", "")
            name, iban = _counterparty(detail, self.account, received=share > 0, returned=reversal or reason != "")
            structured, text = _remittance(entry, detail)
            if (end_to_end := detail.get("end to end", "")) == NONE:
                end_to_end = ""
            transaction = Transaction(
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
                return_reason=reason,
                reversal=reversal,
            )
            self.ready.append(transaction)

    def _entry_days(self, entry: Fields) -> tuple[date, date]:
        """Tell booking and value date; each stands in for the other, and a statement of one day for both."""
        booked, value = entry.get("booked"), entry.get("value")
        if booked or value:
            return _day(booked or value or ""), _day(value or booked or "")
        if self.day is None:
            raise _Unreadable(NO_DAY)
        says, severity = (DAY_CERTAIN, Severity.WARNING) if self.day_is_certain else (DAY_SUPPOSED, Severity.QUESTION)
        self._tell(f", entry {self.entries}", says, severity, day=str(self.day))
        return self.day, self.day


@lru_cache(maxsize=1024)
def _amount(text: str, currency: str) -> tuple[int, str]:
    """Read `EUR 12.50` into minor units and currency; `currency` where the text has none.

    Raises:
        _Unreadable: for signs, exponents, other digits than 0 to 9, and decimals that the currency does not have.
    """
    found = AMOUNT.fullmatch(text)
    if not found:
        raise _Unreadable(NOT_AN_AMOUNT, amount=text)
    currency = found[1] or currency
    if not currency:
        raise _Unreadable(NO_CURRENCY, amount=text)
    digits, part = minor_digits(currency), (found[3] or "").rstrip("0")
    if len(part) > digits:
        raise _Unreadable(DECIMALS, amount=text, currency=currency)
    cents = int(found[2] + part.ljust(digits, "0"))
    if cents > LARGEST_CENTS:
        raise _Unreadable(TOO_LARGE, amount=text)
    return cents, currency


def _sign(side: str) -> int:
    if side not in SIGNS:
        raise _Unreadable(NO_SIDE, side=side)
    return SIGNS[side]


@lru_cache(maxsize=1024)
def _day(text: str) -> date:
    """Read a date, or the date part of a moment as the bank writes it, in the bank's own time."""
    if not text:
        raise _Unreadable(NO_DAY)
    found = DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise _Unreadable(NOT_A_DAY, day=text) from None


def _shares(cents: int, currency: str, entry: Fields, details: list[Fields]) -> list[int] | None:
    """Tell the signed cents of each detail of an entry of `cents`; None where they do not add up to it."""
    if not details:
        return [cents]
    shares = []
    for detail in details:
        for field in ("transaction amount", "amount"):
            if field in detail:
                share, its = _amount(detail[field], currency)
                if its == currency:
                    shares.append(share * _sign(detail.get("side") or entry["side"]))
                    break
    if len(shares) < len(details):  # some say nothing, or only what was paid in another currency
        return [cents] if len(details) == 1 else None
    return shares if sum(shares) == cents else None


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


def _references(entry: Fields, details: list[Fields]) -> list[str]:
    """Tell the bank's reference of each detail, and of an entry without; in a batch no two are the same."""
    whole = entry.get("bank reference") or entry.get("entry reference", "")
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

"""camt.052, .053 and .054, versions 01 to 14: bank to customer account report, statement and notification.

The three have one shape (ISO 20022): statements with balances and entries, an entry with or without details. Read as a
stream and blind for namespaces. Banks leave out, move and repeat elements: what cannot be read exactly becomes a
problem with its place, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO
from xml.etree.ElementTree import Element

from voldaan.formats.shared.camt_entries import ACCOUNT, ENTRY, movements, shares
from voldaan.formats.shared.camt_values import NO_DAY, Unreadable, cents_of, day_of, sign_of
from voldaan.formats.shared.problems import Problems
from voldaan.formats.shared.xml import CUT, BadXML, Fields, Shape, gather, pieces
from voldaan.rules.papers import (
    Balance,
    Problem,
    Reading,
    Severity,
    StatementEnd,
    StatementPart,
    StatementStart,
)
from voldaan.rules.refusals import mark

HEAD = 4096  # bytes in which a file says what it is

MESSAGES = {b"AcctRpt": "camt.052", b"Stmt": "camt.053", b"DbtCdtNtfctn": "camt.054"}
MESSAGE = re.compile(rb"<(?:[\w.-]+:)?BkToCstmr(AcctRpt|Stmt|DbtCdtNtfctn)(?:V\d\d)?[\s/>]")
NAMESPACE = re.compile(rb"xmlns(?::[\w.-]+)?\s*=\s*[\"'][^\"'<>]*\b(camt\.05[234])((?:\.\d{3}\.\d{2})?)")

BOOKED, NOT_BOOKED = "BOOK", {"PDNG", "INFO", "FUTR"}
BALANCES = {"OPBD", "PRCD", "CLBD"}  # booked: at the opening, at the closing before, at the closing

# Which elements we read, and what we call them.
WITHIN = frozenset(("Stmt", "Rpt", "Ntfctn"))
HEADING = Shape({
    "Id": "id", "ElctrncSeqNb": "electronic number", "LglSeqNb": "legal number",
    "CreDtTm": "made", "FrToDt/FrDtTm": "from", "FrToDt/ToDtTm": "to", "Acct/Ccy": "currency",
} | {f"Acct/{path}": field for path, field in ACCOUNT.items()})  # fmt: skip
BALANCE = Shape({
    "Tp/CdOrPrtry/Cd": "type", "Tp/Cd": "type", "Amt@Ccy": "amount", "CdtDbtInd": "side",
    "Dt/Dt": "day", "Dt/DtTm": "day",
})  # fmt: skip

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
    told = Problems()
    return Reading(_parts(source, told), told.list, _version(head))


def _parts(source: BinaryIO, told: Problems) -> Iterator[StatementPart]:
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
    told.close()


class _Statement:
    """One statement while it is read; lays ready what can be said already."""

    def __init__(self, told: Problems, number: int, made: str) -> None:
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

    def _unreadable(self, where: str, why: Unreadable) -> None:
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
            last = day_of(self.head.get("to") or self.head.get("made") or self.made)
            return last, "from" in self.head and day_of(self.head["from"]) == last
        except Unreadable:
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
            cents, currency = cents_of(fields.get("amount", ""), self.currency)
            self.currency = self.head.get("currency") or self.currency or currency
            if kind not in BALANCES or (kind != "CLBD" and kind in self.balances):
                return
            if kind != "CLBD" and self.begun:
                self._tell(where, TOO_LATE, Severity.WARNING)
            if currency != self.currency:
                self._tell(where, OTHER_CURRENCY, Severity.WARNING, other=currency, currency=self.currency[:60])
            if "side" not in fields:
                self._tell(where, SUPPOSED_CREDIT, Severity.WARNING)
            cents *= sign_of(fields.get("side", "CRDT"))
            self.balances[kind] = Balance(self._balance_day(where, kind, fields), cents)
        except Unreadable as why:
            if kind in BALANCES:
                self._unreadable(where, why)

    def _balance_day(self, where: str, kind: str, fields: Fields) -> date:
        if "day" in fields:
            return day_of(fields["day"])
        day = day_of(self.head.get("to" if kind == "CLBD" else "from") or self.head.get("made") or self.made)
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
        except Unreadable as why:
            self._unreadable(f", entry {self.entries}", why)
        if not self.begun:
            self._begin()

    def _book(self, entry: Fields, details: list[Fields], *, cut: bool) -> None:
        cents, currency = cents_of(entry.get("amount", ""), self.currency)
        cents *= sign_of(entry.get("side", ""))
        if not self.begun:
            self._begin(currency)
        days = self._entry_days(entry)
        parts = None if cut else shares(cents, currency, entry, details)
        if parts is None:
            why = TOO_MANY_DETAILS if cut else NOT_SPLIT
            self._tell(f", entry {self.entries}", why, Severity.WARNING, amount=entry["amount"])
            parts, details = [cents], details if len(details) == 1 else []
        self.ready += movements(entry, details, parts, currency, days, self.account, self.entries)

    def _entry_days(self, entry: Fields) -> tuple[date, date]:
        """Tell booking and value date; each stands in for the other, and a statement of one day for both."""
        booked, value = entry.get("booked"), entry.get("value")
        if booked or value:
            return day_of(booked or value or ""), day_of(value or booked or "")
        if self.day is None:
            raise Unreadable(NO_DAY)
        says, severity = (DAY_CERTAIN, Severity.WARNING) if self.day_is_certain else (DAY_SUPPOSED, Severity.QUESTION)
        self._tell(f", entry {self.entries}", says, severity, day=str(self.day))
        return self.day, self.day

"""Bank statements in CODA, versions 1 and 2: the coded statement of account of Belgian banks.

Record 0 opens a file and 9 closes it with its sums; 1 and 8 are the balances of a statement; 21 is a movement, 22 and
23 go on with it, 31 to 33 inform about it, 4 is a word of the bank to its customers. Detail 0000 of a movement is what
the account sees; the details behind it say what it is made of. Source: Febelfin, Coded statement of account (CODA) 2.6.
Balances are reported, not checked here: the importer does that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import BinaryIO

from voldaan.formats.shared import coda_lines
from voldaan.formats.shared.coda_lines import WIDTH, cents, day, decoded, is_number, shown
from voldaan.formats.shared.coda_movements import describe, explained, own_account
from voldaan.formats.shared.problems import LineProblems
from voldaan.rules.money import minor_digits
from voldaan.rules.papers import (
    Balance,
    Reading,
    Severity,
    StatementEnd,
    StatementPart,
    StatementStart,
    Transaction,
)
from voldaan.rules.refusals import mark

MOST_LINES = 30_000  # of one movement: details have four digits, and a few lines each

NO_STATEMENT = mark("There is no CODA statement in this file.")
WRONG_LENGTH = mark("This line has {length} characters instead of 128, so we cannot tell what it says.")
NOT_CODA = mark("This line is no record of CODA, or not in its place: “{text}”.")
STRAY = mark("This movement stands outside any statement, or away from the total that it is part of: “{text}”.")
LOST = mark("This line belongs to no movement and is not read: “{text}”.")
NOT_EXACT = mark("“{text}” is not an amount that we can keep exactly in {currency}.")
NO_DAY = mark("“{text}” is not a day of the calendar.")
DAY_SUPPOSED = mark("The opening balance has no date; that of the file is taken: “{text}”.")
NO_ACCOUNT = mark("The opening balance does not name an account and its currency: “{text}”.")
OTHER_CURRENCY = mark("The closing balance is in {text}, the statement in {currency}.")
OTHER_STATEMENT = mark("The closing balance is of another account or statement than the opening: “{text}”.")
SECOND_CLOSING = mark("A second closing balance inside one statement: “{text}”.")
NOT_SPLIT = mark("Its details do not add up to {amount}; it comes in as one movement.")
TOO_MANY = mark("It has more details than we can keep; its {amount} comes in as one movement.")
GAP = mark("Movement {number} follows on {before}: what is between them is missing.")
NO_TRAILER = mark("The end of the file is missing (record 9). It may be cut off; download it again.")
NO_FOLLOWER = mark("It says that another statement follows in this file, and none does.")
COUNTS_DIFFER = mark("The end record counts {said} lines, and there are {counted}.")
PAID_DIFFERS = mark("The end record says that {said} was paid out, and the movements make {made}.")
RECEIVED_DIFFERS = mark("The end record says that {said} was received, and the movements make {made}.")
COPY = mark("The bank sent this file before; this is a copy.")
SEPARATE = mark("These are details of movements that another file gives as totals. Take in one of the two, not both.")
SAYS = mark("The bank says: “{text}”.")

# Zeros, day, bank, application, copy, seven blanks; and long enough for the version at the end.
HEADER = re.compile(rb"00000[0-9]{6}[0-9 ]{3}[0-9]{2}[D ] {7}[^\r\n]{103}")
CURRENCY = re.compile(r"[A-Z]{3}")
SHARES = frozenset("567")  # kinds of detail that are movements of their own; 8 and 9 say what one is made of
DETAILS = SHARES | frozenset("89")
GOES_ON = frozenset(["22", "23", "31", "32", "33"])
MOVES = GOES_ON | {"21"}
MAIN = "0000"  # as detail number: what the account sees
STEPS = frozenset([0, 1, -9998])  # from one sequence number to the next; after 9999 they begin again


def sniff(head: bytes) -> str | None:
    """Tell whether `head`, the first kilobytes of a file, is CODA."""
    return "coda" if HEADER.match(_first(head)) else None


def _first(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:WIDTH]


def read(source: BinaryIO) -> Reading[StatementPart]:
    """Read the statements in `source`, seekable, as a stream: start, movements, end, and so on.

    Nothing is raised: what cannot be read exactly is an ERROR with its line, and reading goes on. A total whose details
    add up to it gives one movement for each of them. What the end record says is compared with what was read: sums that
    differ are a QUESTION.
    """
    head = source.read(WIDTH + 8)
    source.seek(-len(head), 1)
    told = LineProblems()
    return Reading(_parts(source, told), told.list, _version(_first(head).decode("latin-1")))


def _version(header: str) -> str:
    return header[126:128].strip()


def _parts(source: BinaryIO, told: LineProblems) -> Iterator[StatementPart]:
    reader, number = _Reader(told), 0
    group: list[str] = []  # the lines of a movement
    details: list[int] = []  # where in it each detail begins
    begun, sequence = 0, ""
    for number, line in enumerate(coda_lines.lines(source, told), 1):
        kind = line[:2]
        if line[2:6] == sequence and len(line) == WIDTH and (kind in GOES_ON or (kind == "21" and line[6:10] != MAIN)):
            if len(group) <= MOST_LINES:
                if kind == "21":
                    details.append(len(group))
                group.append(line)
        elif kind in MOVES and len(line) != WIDTH:
            reader.wrong_length(number, line)
        elif line and not line.isspace():
            if group:
                yield from reader.moved(begun, group, details)
                group, sequence = [], ""
            if kind != "21":
                yield from reader.other(number, line)
            elif reader.begins(number, line):
                group, details, begun, sequence = [line], [], number, line[2:6]
    if group:
        yield from reader.moved(begun, group, details)
    yield from reader.end(number)
    told.close()


class _Reader:
    """The file and the statement that are open at this line."""

    def __init__(self, told: LineProblems) -> None:
        self.told = told
        self.found = False
        # the file
        self.in_file = False
        self.follows = 0  # the line that says that another file follows
        self.made = ""  # the day of the file
        self.is_first_version = False
        self.records = self.words = 0
        self.sums = [0, 0]  # received and paid out, in thousandths
        self.says = ""
        # the statement
        self.is_open = self.is_closed = False
        self.account = self.currency = self.number = self.structure = ""
        self.digits = 2
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self.last = 0  # sequence number of the movement before
        self.is_empty = True

    def wrong_length(self, number: int, line: str) -> None:
        self.records += 1
        severity = Severity.ERROR if line[:2] == "21" else Severity.WARNING
        self.told.tell(number, WRONG_LENGTH, severity, length=str(len(line)))

    def begins(self, number: int, line: str) -> bool:
        """Tell whether a movement may begin with this line."""
        if not self.is_open or self.is_closed or (line[6:10] != MAIN and line[53] in DETAILS):
            self.records += 1
            self.told.tell(number, STRAY, text=line)
            return False
        sequence = line[2:6]
        last, self.last = self.last, int(sequence) if sequence.isdecimal() else 0
        if self.last - last not in STEPS and last and self.last:
            self.told.tell(number, GAP, Severity.WARNING, number=sequence, before=f"{last:04}")
        return True

    def other(self, number: int, line: str) -> Iterator[StatementPart]:
        """Read any line but those of movements."""
        kind = line[0]
        if kind in {"1", "2", "3", "8"}:
            self.records += 1
        if len(line) != WIDTH and kind in {"1", "8"}:
            self.told.tell(number, WRONG_LENGTH, length=str(len(line)))
        elif kind == "0":
            yield from self.finish(number)
            self.open(number, line)
        elif kind == "1" and self.in_file:
            yield from self.close()
            yield self.start(number, line)
        elif kind == "8" and self.is_open:
            self.end_balance(number, line)
        elif kind == "4":
            self.bank_says(number, line)
        elif kind == "9" and self.in_file:
            self.trailer(number, line)
            yield from self.close()
            self.in_file, self.follows = False, number if line[127:] == "1" else 0
        elif line[:2] in GOES_ON:
            self.told.tell(number, LOST, Severity.WARNING, text=line)
        else:
            self.told.tell(number, NOT_CODA, text=line)

    def open(self, number: int, line: str) -> None:
        """Begin a file; there may be several in one."""
        self.in_file, self.follows = True, 0
        self.made = line[5:11]
        self.is_first_version = _version(line) == "1"
        self.records = self.words = 0
        self.sums = [0, 0]
        if line[16:17] == "D":
            self.told.tell(number, COPY, Severity.WARNING)
        if line[83:88].strip("0 "):
            self.told.tell(number, SEPARATE, Severity.QUESTION)

    def start(self, number: int, line: str) -> StatementStart:
        self.found = self.is_open = True
        self.is_empty, self.is_closed = True, False
        self.last, self.number, self.closing = 0, line[2:5].strip(), None
        self.structure = "0" if self.is_first_version else line[1]
        self.account, self.currency = own_account(line[5:42], self.structure)
        self.digits = minor_digits(self.currency)
        if not (self.account and CURRENCY.fullmatch(self.currency)):
            self.told.tell(number, NO_ACCOUNT, text=line[5:42])
        stamp = line[58:64]
        if not stamp.strip("0 "):  # a new account
            stamp = self.made
            self.told.tell(number, DAY_SUPPOSED, Severity.WARNING, text=stamp)
        self.opening = self.balance(number, line[42:58], stamp)
        return StatementStart(self.account, self.currency, self.number, self.opening)

    def end_balance(self, number: int, line: str) -> None:
        if self.is_closed:
            self.told.tell(number, SECOND_CLOSING, text=line)
            return
        self.is_closed = True
        account, currency = own_account(line[4:41], self.structure)
        if currency != self.currency:
            self.told.tell(number, OTHER_CURRENCY, text=currency, currency=self.currency)
        elif (account, line[1:4].strip()) != (self.account, self.number):
            self.told.tell(number, OTHER_STATEMENT, Severity.WARNING, text=line[1:41])
        self.closing = self.balance(number, line[41:57], line[57:63])

    def balance(self, number: int, amount: str, stamp: str) -> Balance | None:
        """Read a balance; without it nobody can see whether the statement is whole, so a person is asked."""
        units, on = cents(amount, self.digits), day(stamp)
        if units is None:
            self.told.tell(number, NOT_EXACT, Severity.QUESTION, text=amount, currency=self.currency)
        elif on is None:
            self.told.tell(number, NO_DAY, Severity.QUESTION, text=stamp)
        return None if units is None or on is None else Balance(on, units)

    def bank_says(self, number: int, line: str) -> None:
        self.words += 1
        self.says += line[32:112] if len(self.says) < MOST_LINES else ""
        if line[127:] != "1":  # it goes on
            self.told.tell(number, SAYS, Severity.WARNING, text=decoded(" ".join(self.says.split())))
            self.says = ""

    def trailer(self, number: int, line: str) -> None:
        """Compare what the file says of itself with what was read. Some banks count their own words (4) too."""
        said, received, paid = line[16:22], self.sums[0], self.sums[1]
        if not is_number(said) or int(said) not in {self.records, self.records + self.words}:
            self.told.tell(number, COUNTS_DIFFER, Severity.WARNING, said=said, counted=str(self.records))
        for what, field, made in ((PAID_DIFFERS, line[22:37], paid), (RECEIVED_DIFFERS, line[37:52], received)):
            if not is_number(field) or len(field) != 15 or int(field) != made:
                says = shown(int(field)) if is_number(field) else field
                self.told.tell(number, what, Severity.QUESTION, said=says, made=shown(made))

    def close(self) -> Iterator[StatementEnd]:
        """Say the foot of the statement; one without movements needs no closing balance (7.3, empty file)."""
        if self.is_open:
            self.is_open = False
            is_empty = self.in_file and self.is_empty and not self.is_closed
            yield StatementEnd(self.opening if is_empty else self.closing)

    def finish(self, number: int) -> Iterator[StatementPart]:
        """Close what is open still where another file begins, or at the end of all."""
        if self.in_file:
            self.told.tell(number, NO_TRAILER, Severity.WARNING)
            self.in_file = False
        yield from self.close()

    def end(self, number: int) -> Iterator[StatementPart]:
        """Close the whole."""
        yield from self.finish(number)
        if self.follows:
            self.told.tell(self.follows, NO_FOLLOWER, Severity.WARNING)
        if not self.found:
            self.told.tell(1, NO_STATEMENT)

    def moved(self, number: int, group: list[str], starts: list[int]) -> Sequence[Transaction]:
        """Make a group of lines into a movement, or into one for each detail that is a movement of its own."""
        self.records += len(group)
        self.is_empty = False
        if self.is_first_version:
            group = [f"{line[:73]:125}{line[125:]}" if line[:2] == "23" else line for line in group]  # an address
        shares: list[tuple[int, list[str]]] = []
        if starts:
            details = [(start, group[start:end]) for start, end in pairwise([*starts, len(group)])]
            shares = [detail for detail in details if detail[1][0][53] in SHARES]
            explain = () if shares else [lines for _, lines in details]
            whole = self.transaction(number, group[: starts[0]], explain)
        else:
            whole = self.transaction(number, group)
        if whole is None:
            return ()
        amount = int(group[0][32:47])
        self.sums[whole.cents < 0] += amount
        if not shares:
            return (whole,)
        parts = [part for start, lines in shares if (part := self.transaction(number + start, lines))]
        if len(group) > MOST_LINES or sum(part.cents for part in parts) != whole.cents:
            why = TOO_MANY if len(group) > MOST_LINES else NOT_SPLIT
            self.told.tell(number, why, Severity.WARNING, amount=shown(amount))
            return (whole,)
        return _numbered(parts)

    def transaction(self, number: int, lines: list[str], details: Sequence[list[str]] = ()) -> Transaction | None:
        """Read a movement that `details` explain, or tell why not. Of its two days each stands in for the other."""
        line = lines[0]
        units = cents(line[31:47], self.digits)
        if units is None:
            self.told.tell(number, NOT_EXACT, text=line[31:47], currency=self.currency)
            return None
        value, booked = day(line[47:53]), day(line[115:121])
        if value is None or booked is None:
            wrong = next((stamp for stamp in (line[47:53], line[115:121]) if stamp.strip("0 ") and not day(stamp)), "")
            if wrong or not (value or booked):
                self.told.tell(number, NO_DAY, text=wrong or line[47:53])
            value = booked = value or booked
            if value is None or booked is None:
                return None
        told = describe(lines, self.currency)
        if details:
            told = explained(told, [describe(each, self.currency) for each in details])
        name, account, reference, text, end_to_end_id, bank_reference, reason, is_back = told
        return Transaction(
            units, self.currency, value, booked, name, account, reference, text, end_to_end_id, bank_reference,
            return_reason=reason, reversal=is_back,
        )  # fmt: skip


def _numbered(parts: list[Transaction]) -> list[Transaction]:
    """Let no two of a total have the same reference of the bank."""
    times = Counter(part.bank_reference for part in parts)
    return [
        replace(part, bank_reference=f"{part.bank_reference}/{number}")
        if part.bank_reference and times[part.bank_reference] > 1
        else part
        for number, part in enumerate(parts, start=1)
    ]

"""CODA files as Belgian banks write them: records of 128 positions, put together by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

DAY = date(2027, 3, 1)
OWN = "BE68539007547034"
WIDTH = 128

Record = list[tuple[int, str]]  # fields and the positions at which they begin, counted from nought


def line(record: Record) -> str:
    """Write one record."""
    characters = [" "] * WIDTH
    for at, text in record:
        characters[at : at + len(text)] = text
    assert len(characters) == WIDTH, record
    return "".join(characters)


def money(cents: int) -> str:
    """Write sign and thousandths."""
    return f"{int(cents < 0)}{abs(cents) * 10:015}"


def header(*, version: str = "2", copy: str = " ", separate: str = "00000") -> str:
    """Write record 0."""
    return line([(0, f"00000{DAY:%d%m%y}72505{copy}"), (24, "FILE1"), (60, "KREDBEBB"), (83, separate), (127, version)])


def opening(cents: int, on: date = DAY, *, account: str = OWN, structure: str = "2", currency: str = "EUR",
            number: str = "001") -> str:  # fmt: skip
    """Write record 1. With structure 0 the account is the whole field of 37 positions."""
    field = account if structure == "0" else f"{account:34}{currency}"
    return line([(0, f"1{structure}{number}{field:37}{money(cents)}{on:%d%m%y}"), (125, number)])


def closing(cents: int, on: date = DAY, *, account: str = OWN, structure: str = "2", currency: str = "EUR",
            number: str = "001") -> str:  # fmt: skip
    """Write record 8."""
    field = account if structure == "0" else f"{account:34}{currency}"
    return line([(0, f"8{number}{field:37}{money(cents)}{on:%d%m%y}"), (127, "0")])


def movement(
    cents: int, *, sequence: int = 1, detail: int = 0, code: str = "00150000", words: str = "", structured: str = "",
    reference: str = "", end_to_end: str = "", name: str = "", account: str = "", currency: str = "EUR",
    on: date = DAY, value: str = "", returned: str = "", further: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """Write records 21 to 23 with what they need, and records 31 of `further`: with a code (001…), or free (a blank).

    `structured` is the code of three digits and its content; `returned` the kind of R-transaction and its reason.
    """
    place = f"{sequence:04}{detail:04}"
    said = f"{structured or words:149}" if structured else f"{words:149}"
    first: Record = [
        (0, f"21{place}{reference:21}{money(cents)}{value or f'{on:%d%m%y}'}{code}{'1' if structured else '0'}"),
        (62, said[:53]), (115, f"{on:%d%m%y}"), (121, "00100 0"),
    ]  # fmt: skip
    records = [first]
    if said[53:].strip() or end_to_end or returned:
        records.append([(0, f"22{place}{said[53:106]}{end_to_end:35}"), (112, returned), (125, "0 0")])
    if said[106:].strip() or name or account:
        other = f"{account:34}{currency}" if account else " " * 37
        records.append([(0, f"23{place}{other}{name[:35]:35}{said[106:]}"), (125, "0 0")])
    for nth, text in enumerate(further, start=1):
        is_coded = text[:3].isdigit()
        place = f"{sequence:04}{detail + nth:04}"
        records.append([(0, f"31{place}{reference:21}{code}{int(is_coded)}{text.strip()[:73]}"), (125, "0 0")])
    return [line(record) for record in records]


def free(text: str, *, goes_on: bool = False) -> str:
    """Write record 4."""
    return line([(0, "4"), (32, text), (127, "1" if goes_on else "0")])


def file(head: str, lines: Iterable[str], *, paid: int | None = None, received: int | None = None,
         count: int | None = None, follows: bool = False) -> str:  # fmt: skip
    """Put a file together, with the end record that belongs to it unless told otherwise."""
    lines = list(lines)
    amounts = [each[31:47] for each in lines if each.startswith("21") and each[6:10] == "0000"]
    paid = sum(int(each[1:]) for each in amounts if each[0] == "1") if paid is None else paid
    received = sum(int(each[1:]) for each in amounts if each[0] == "0") if received is None else received
    count = sum(each[0] in "1238" for each in lines) if count is None else count
    end = line([(0, "9"), (16, f"{count:06}{paid:015}{received:015}"), (127, "1" if follows else "2")])
    return "\n".join([head, *lines, end, ""])


def statement(*movements: Sequence[str], opened: int = 0, **words: Any) -> list[str]:
    """Write a statement that closes: its balances and these movements."""
    records = [each for lines in movements for each in lines]
    moved = [each[31:47] for each in records if each.startswith("21") and each[6:10] == "0000"]
    total = sum(int(each[1:]) * (-1 if each[0] == "1" else 1) // 10 for each in moved)
    return [opening(opened, **words), *records, closing(opened + total, **words)]

"""Open-items lists (openstaandepostenlijsten) as CSV or XLSX -> papers: from any bookkeeping package, exact or refused.

Every row is an item, a debtor above his items, a total that is checked, empty, or named in a problem. What a column is,
and how its amounts and dates are written, is decided for the whole column; where nothing decides, a person is asked.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from voldaan.formats.shared.columns import SEVERAL, Certainty, Guess, Mapping, fields_of, guess, named, signature
from voldaan.formats.shared.conventions import Columns
from voldaan.formats.shared.items import ItemRows, RowCounts
from voldaan.formats.shared.surveys import Survey, survey
from voldaan.formats.shared.tables import BadTable, Table, cuts, decoded, is_zip, tables
from voldaan.rules.papers import OpenItem, Problem, Reading, Severity
from voldaan.rules.refusals import mark

__all__ = ["Mapping", "OpenItemsReading", "Survey", "guess", "read", "signature", "sniff", "survey"]

NO_LIST = mark("No row looks like the header of an open-items list. Say which columns it has.")
TWO_LISTS = mark("The sheets {sheets} all look like a list. Say which one it is.")
NO_SUCH_COLUMNS = mark("No row has all the columns that the mapping names.")
HIDDEN_SHEET = mark("The sheet “{sheet}” is hidden and is not read.")
OTHER_SHEET = mark("The sheet “{sheet}” does not look like an open-items list and is not read.")
OF_SUPPLIERS = mark("This is a list of what is owed to suppliers, not of what customers owe.")
WHICH_OPEN = mark("No column is plainly the amount still open. Say which one it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItemsReading(Reading[OpenItem]):
    """What a list says, and the figures by which it can be checked. With an ERROR among the problems nothing counts."""

    records: tuple[OpenItem, ...] = ()
    mapping: Mapping | None = None  # as it was used: give it again to read the next list in the same way
    guess: Guess | None = None
    header_place: str = ""
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    rows: RowCounts = field(default_factory=RowCounts)
    totals: dict[str, int] = field(default_factory=dict)  # cents per currency, of the records
    stated_totals: dict[str, int] = field(default_factory=dict)  # the same, as the list's own last line states it

    @property
    def refused(self) -> bool:
        """Tell whether the list must not come in."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def sniff(head: bytes) -> str | None:
    """Recognise a list by its first bytes: `open-items-xlsx`, `open-items-csv` or None.

    A text counts only when a row near its top has the headers of one: an amount, and an invoice number or due date.
    """
    if is_zip(head):
        return "open-items-xlsx" if b"xl/" in head else None
    try:
        text, _ = decoded(_whole_characters(head))
    except BadTable:
        return None
    if any(guess(table) for table in cuts(text)):
        return "open-items-csv"
    return None


def _whole_characters(head: bytes) -> bytes:
    """Drop what the end of the first piece of a file may have cut in two."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or 0 in head[:2]:
        return head[: len(head) // 2 * 2]
    for short in range(4):
        if (head[-1 - short : len(head) - short] or b"\0")[0] < 0x80:
            return head[: len(head) - short]
    return head


def read(source: BinaryIO, mapping: Mapping | None = None) -> OpenItemsReading:
    """Read a list; a person's `mapping` goes before every guess. Never raises on bad input.

    Items that need a choice (no due date, a negative amount …) have a problem of severity QUESTION whose place is
    theirs. Amounts are whole cents, positive where the debtor owes.
    """
    try:
        table, found, remarks = _chosen(tables(source.read()), mapping)
        rows = ItemRows(table, found, _columns(found, given=mapping is not None))
        rows.read()
    except BadTable as error:
        return OpenItemsReading(problems=[error.problem])
    assert rows.counts.adds_up, "every row of the list is accounted for"
    assert len(rows.items) == rows.counts.items, "every item is a record"
    # Where a column can be read in two ways there is no figure yet, not even as a proposal.
    known = not rows.undecided
    return OpenItemsReading(
        records=tuple(rows.items) if known else (),
        problems=[*remarks, *rows.problems],
        mapping=replace(found.mapping, sheet=table.sheet) if mapping is None else mapping,
        guess=found,
        header_place=f"row {found.header_row + 1}",
        sheet=table.sheet,
        encoding=table.encoding,
        delimiter=table.delimiter,
        rows=rows.counts,
        totals=dict(rows.totals) if known else {},
        stated_totals=rows.stated if known else {},
    )


def _chosen(found: list[Table], mapping: Mapping | None) -> tuple[Table, Guess, list[Problem]]:
    """Find the table that is the list; two sheets that look like one are a question, two ways to cut a text are not."""
    if mapping and mapping.sheet and any(table.sheet for table in found):
        open_to_choice = [table for table in found if table.sheet == mapping.sheet]
    else:
        open_to_choice = [table for table in found if not table.hidden]
    looks = [(table, it) for table in open_to_choice if (it := named(table, mapping) if mapping else guess(table))]
    if not looks:
        raise BadTable("file", NO_SUCH_COLUMNS if mapping else NO_LIST)
    if len(looks) > 1 and looks[0][0].sheet:
        raise BadTable("file", TWO_LISTS, sheets=", ".join(f"“{table.sheet}”" for table, _ in looks))
    table, best = max(looks, key=lambda look: len({name for _, name, _ in look[1].certainty}))
    if best.of_suppliers:
        raise BadTable(f"row {best.header_row + 1}", OF_SUPPLIERS)
    return table, best, list(_left_out(found, table))


def _left_out(found: list[Table], chosen: Table) -> Iterator[Problem]:
    for table in found:
        if table.sheet != chosen.sheet and any(itertools.islice(table.rows(), 1)):
            what = HIDDEN_SHEET if table.hidden else OTHER_SHEET
            yield Problem("file", what, Severity.WARNING, {"sheet": table.sheet})


def _columns(found: Guess, *, given: bool) -> Columns:
    """Give the columns of each field, from 0; refuse where it stays open which of them is the amount."""
    fields = fields_of(found.headers, found.mapping)
    columns: Columns = {}
    for column, header in enumerate(found.headers):
        name = fields.get(header, "")
        if name and (name in SEVERAL or name not in columns):
            columns.setdefault(name, []).append(column)
    # A vague “Saldo” beside debit and credit may be the running one: it is proved on every row and never the source.
    if not given and columns.keys() >= {"open", "debit", "credit"}:
        header = found.headers[columns["open"][0]]
        if (header, "open", Certainty.LIKELY) in found.certainty:
            columns["balance"] = columns.pop("open")
    if not columns.keys() & {"open", "debit", "credit", "bucket"}:
        raise BadTable(f"row {found.header_row + 1}", WHICH_OPEN)
    return columns

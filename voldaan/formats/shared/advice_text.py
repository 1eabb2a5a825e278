"""Lines of text, of a mail or a PDF, as rows of cells: by the columns that their header has, or each line by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voldaan.formats.shared.advice_columns import advice_columns
from voldaan.formats.shared.advice_facts import AMOUNT, LONGEST_LINE, amounts
from voldaan.formats.shared.columns import Guess, of_columns
from voldaan.formats.shared.conventions import Columns
from voldaan.formats.shared.tables import MOST_COLUMNS, Row, Table

DIGIT = re.compile("[0-9]")
_CUT = re.compile(r" *[\t|] *")
_PIECE = re.compile(r"\S+(?: \S+)*")
_NOISE = re.compile(
    r"(?<![\w-])(?:factu(?:ur|re)(?:nummer|nr|en)?|fact|fnr|invoice|rechnung|nota|nummer|num[eé]ro|number|num|nr|no|n°"
    r"|credit(?:nota|factuur|[ -]?note)?|note de cr[eé]dit|avoir|gutschrift|uw|onze|votre|your|bedrag|montant|amount"
    r"|betaald|paid|pay[eé]e?|van|vom|of|du|de|d\.?d\.?|dated|ad|à|met|with|eur|euro)(?![\w-])[.:#°]*"
    r"|(?<!\S)[-–•*+>:=€]+(?!\S)|[;:€]",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<!\S)(?:[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2})(?!\S)")
_BULLET = re.compile(r"\s*[-–•*](?=\s)")


def number_in(text: str) -> str:
    """Give the one number that a text is about, without the words and the day around it; "" where it is not one."""
    left = _NOISE.sub(" ", _DAY.sub(" ", text)).split()
    words = [word.strip(".,()[]") for word in left]
    return words[0] if len(words) == 1 and DIGIT.search(words[0]) else ""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line, in pieces with their places: in characters, or in points on a page."""

    pieces: tuple[tuple[float, float, str], ...]  # left, right, text
    is_cut: bool = False  # by a sign between its cells, so that an empty one is there as well

    @property
    def text(self) -> str:
        """Give the line as it reads."""
        return "  ".join(text for _, _, text in self.pieces if text)

    @property
    def cells(self) -> Row:
        """Give the texts of its pieces."""
        return [text for _, _, text in self.pieces]


def lines_of(text: str) -> list[TextLine]:
    """Cut the lines of a text: by a tab or a bar, else where two blanks and more stand."""
    return [
        _line(line) if len(line) <= LONGEST_LINE else TextLine(((0, len(line), line),)) for line in text.splitlines()
    ]


def _line(line: str) -> TextLine:
    if "\t" in line or "|" in line:
        cells = _CUT.split(line.strip(" |"))
        cells = cells[:-1] if len(cells) > 1 and not cells[-1] else cells
        return TextLine(tuple((at, at + 1, cell.strip()) for at, cell in enumerate(cells)), is_cut=True)
    return TextLine(tuple((found.start(), found.end(), found[0]) for found in _PIECE.finditer(line)))


def text_table(lines: Sequence[TextLine]) -> tuple[Table, Guess, Columns]:
    """Make rows of lines; one that does not have the columns is a row of one cell."""
    table = Table(lambda: (line.cells[:MOST_COLUMNS] for line in lines))
    if found := advice_columns(table):
        header = lines[found[0].header_row].pieces
        return replace(table, rows=lambda: (_fitted(line, header) for line in lines)), *found
    return Table(lambda: (_by_itself(line.text) for line in lines)), of_columns(["invoice", "paid"], [], -1), _TWO


_TWO: Columns = {"invoice_number": [0], "paid": [1]}


def _fitted(line: TextLine, header: Sequence[tuple[float, float, str]]) -> Row:
    """Put the pieces of a line in the columns below which they stand; where that is not plain, leave it as a line."""
    cells, width = line.cells, len(header)
    if len(cells) == width:
        return cells
    if 1 < len(cells) < width and line.is_cut:
        return [*cells, *[""] * (width - len(cells))]
    row: Row = [""] * width
    for left, right, text in line.pieces:
        below = [at for at, (start, end, _) in enumerate(header) if left < end and start < right]
        if len(below) != 1 or row[below[0]]:
            return [line.text[: LONGEST_LINE + 1]]
        row[below[0]] = text
    return row if len(cells) > 1 else [line.text[: LONGEST_LINE + 1]]


def _by_itself(line: str) -> Row:
    """Read a line that names one invoice and ends in one amount, as `factuur 2027-001: € 100,00`."""
    written = _BULLET.sub("", line).strip()
    if len(line) <= LONGEST_LINE and len(amounts(written)) == 1:
        (money,) = AMOUNT.finditer(written)
        number = number_in(written[: money.start()])
        if number and not written[money.end() :].strip(" .,;"):
            return [number, money[0].strip()]
    return [line[: LONGEST_LINE + 1]]

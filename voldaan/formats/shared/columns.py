"""Which column of an open-items list is what: by its header, and where that is vague by what stands below it.

What is found here is a proposal with its certainty; a person's `Mapping` always goes before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from voldaan.formats.shared.cells import CURRENCIES, SIGNS, figure
from voldaan.formats.shared.tables import MOST_COLUMNS, BadTable, Cell, Row, Table
from voldaan.formats.shared.vocabulary import LOOKUP, RANK, VAGUE, WORDS, is_total
from voldaan.rules.refusals import Kind, Refusal, mark

HEADER_WITHIN = 100  # rows: above the header stand a title, a name, a date
SAMPLE = 500  # rows below it that may tell what a vague header means

_BUCKET = re.compile(
    r"\s*(?:[0-9]{1,3}\s*(?:-|–|t/m|tot|to)\s*[0-9]{1,3}|[0-9]{1,3}\s*\+|(?:[>≥<]|meer dan|ouder dan)\s*[0-9]{1,3})"
    r"\s*(?:dagen|dgn|days|jours)?\s*|niet vervallen|nog niet vervallen|not due|at date|older|ouder|current",
    re.IGNORECASE,
)
_MONEY_CODE = re.compile(rf"\(?\b({'|'.join(sorted(CURRENCIES))})\b\)?|\(?[€$£]\)?")
_COMBINED = re.compile(r"(?P<number>[A-Za-z]{0,4}[0-9][0-9A-Za-z./]*)\s*(?:\s[-–—]\s|:)\s*(?P<name>\S.*)")
_BEHIND = re.compile(r"(?P<name>\S.*?)\s*\((?P<number>[A-Za-z]{0,4}[0-9][0-9A-Za-z./]*)\)")
_CODE = re.compile(r"[A-Za-z]{0,4}[0-9][0-9A-Za-z./-]{0,14}")

# What a mapping may name: the fields of an OpenItem, and the columns from which they are made.
FIELDS = frozenset(WORDS) - {"ignored", "paid", "supplier", "bank"} | {"debtor", "bucket"}
WEIGHTY = {"bucket", "credit", "debit", "due_date", "invoice_number", "issue_date", "open"}
SEVERAL = {"bucket"}  # fields that more than one column may have

NOT_A_MAPPING = mark("The mapping cannot be used: {why}.")


class NotAMapping(Refusal):
    code = "not_a_mapping"
    kind = Kind.INVALID
    says = NOT_A_MAPPING


class Certainty(Enum):
    """How sure a guess about a column is."""

    SURE = "sure"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a person, or an earlier import, says of a list: which header gives which field, and what its cells mean."""

    columns: tuple[tuple[str, str], ...]  # header text, field
    decimal_mark: str | None = None  # "," or "."; None: each column decides
    day_first: bool | None = None
    owed_is_positive: bool | None = None
    currency: str = ""  # of amounts that do not say; "" is EUR
    sheet: str = ""

    def to_json(self) -> str:
        """Write the mapping as the file that `--mapping` takes."""
        words = {
            "columns": dict(self.columns),
            "decimal_mark": self.decimal_mark,
            "day_first": self.day_first,
            "owed_is_positive": self.owed_is_positive,
            "currency": self.currency,
            "sheet": self.sheet,
        }
        return json.dumps(words, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """Read a mapping.

        Raises:
            NotAMapping: for anything that `to_json` would not have written.
        """
        try:
            words: Any = json.loads(text)
            json.dumps(words, ensure_ascii=False).encode()  # JSON can say half a character; no page can
        except (ValueError, RecursionError) as error:
            raise NotAMapping(why="it is not JSON") from error
        if not isinstance(words, dict) or not isinstance(words.get("columns"), dict):
            raise NotAMapping(why='it has no "columns"')
        if len(words["columns"]) > MOST_COLUMNS:
            raise NotAMapping(why=f"it has more than {MOST_COLUMNS} columns")
        for name, (allowed, said) in _CHOICES.items():
            if not allowed(words.get(name)):
                raise NotAMapping(why=f'"{name}" must be {said}')
        unknown = set(words) - set(_CHOICES) - {"columns"}
        unknown |= {str(each) for each in words["columns"].values() if not isinstance(each, str) or each not in FIELDS}
        if unknown:
            raise NotAMapping(why=f"it does not know {', '.join(sorted(unknown))}")
        once = [each for each in words["columns"].values() if each not in SEVERAL]
        if len(once) != len(set(once)):
            raise NotAMapping(why="two columns have the same field")
        choices = {name: words[name] for name in _CHOICES if words.get(name) is not None}
        return cls(tuple(words["columns"].items()), **choices)


_CHOICES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "decimal_mark": (lambda it: it is None or it in (",", "."), 'null, "," or "."'),
    "day_first": (lambda it: it is None or it is True or it is False, "null, true or false"),
    "owed_is_positive": (lambda it: it is None or it is True or it is False, "null, true or false"),
    "currency": (lambda it: it is None or (isinstance(it, str) and (not it or it in CURRENCIES)), "a currency code"),
    "sheet": (lambda it: it is None or isinstance(it, str), "the name of a sheet"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """What a table seems to be: a mapping, how sure it is of each column, and where the header stands."""

    mapping: Mapping
    certainty: tuple[tuple[str, str, Certainty], ...]  # header, field or "", certainty: every column
    header_row: int  # from 0: the rows above it are title lines
    day_first_language: bool  # the headers are plainly Dutch, French or German
    currencies: dict[str, str] = field(default_factory=dict)  # header: currency that it names
    is_list: bool = True  # enough is known to take this for a list of open items
    of_suppliers: bool = False
    of_bank: bool = False  # the header of a bank statement

    @property
    def headers(self) -> tuple[str, ...]:
        """Give the texts of the header, each once, in the order of the columns."""
        return tuple(header for header, _, _ in self.certainty)

    @property
    def is_sure(self) -> bool:
        """Tell whether each column was plainly named on which money, days or the invoice hang."""
        return all(certainty is Certainty.SURE for _, name, certainty in self.certainty if name in WEIGHTY)


def plain(header: str) -> str:
    """Give a header without case, accents, currency, spaces and points: `Factuur-nr.` and `FACTUURNR` are one."""
    letters = unicodedata.normalize("NFKD", _MONEY_CODE.sub(" ", header))
    return re.sub("[^a-z0-9%#]", "", letters.replace("ß", "ss").lower())


def signature(headers: Sequence[str]) -> str:
    """Give a short name for lists with these headers in this order, under which a mapping can be remembered."""
    return hashlib.sha256("\n".join(plain(each) or "-" for each in headers).encode()).hexdigest()[:16]


def header_texts(table: Table, number: int, cells: Row, above: Row) -> list[str]:
    """Give one text per column: merged cells repeat theirs, a second line adds to it, and no text comes twice."""
    upper = _spread(table, number - 1, above) if _group_above(table, number) else []
    texts: list[str] = []
    for column, cell in enumerate(_spread(table, number, cells)):
        name = " ".join(cell.split()) if isinstance(cell, str) else ""
        group = upper[column] if column < len(upper) else ""
        if isinstance(group, str) and group.strip() and name:
            name = f"{group.strip()} {name}"
        name = name or f"[{table.letter(column)}]"
        texts.append(next(each for each in _numbered(name) if each not in texts))
    return texts


def _numbered(name: str) -> Iterator[str]:
    return itertools.chain([name], (f"{name} ({count})" for count in itertools.count(2)))


def _group_above(table: Table, number: int) -> bool:
    """Tell whether the line above stands over several of these columns, as `Factuur` over `Nummer` and `Datum`."""
    return any(top == bottom == number - 1 and left < right for (top, left), (bottom, right) in table.merged[:1000])


def _spread(table: Table, number: int, cells: Row) -> Row:
    row: Row = [*cells]
    for (top, left), (bottom, right) in table.merged[:1000]:
        if top <= number <= bottom and 0 <= left < len(row):
            row[left : right + 1] = [row[left]] * (min(right, len(row) - 1) - left + 1)
    return row


def guess(table: Table) -> Guess | None:
    """Find the header of a table and say what its columns are; None where no row looks like the header of a list."""
    top = _top(table)
    found: Guess | None = None
    best = 0
    for number, cells in enumerate(top[:HEADER_WITHIN]):
        # A header is words: a row with figures in it is not one.
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells) < 2:
            continue
        headers = header_texts(table, number, cells, top[number - 1] if number else [])
        known = len({LOOKUP[plain(each)][0] for each in headers if plain(each) in LOOKUP})
        if known > best:
            candidate = of_columns(headers, top[number + 1 : number + 1 + SAMPLE], number)
            if candidate.is_list:
                found, best = candidate, known
    return found


def named(table: Table, mapping: Mapping) -> Guess | None:
    """Find the row that has every header of a mapping; None where there is none."""
    top = _top(table)
    for number, cells in enumerate(top[:HEADER_WITHIN]):
        headers = header_texts(table, number, cells, top[number - 1] if number else [])
        fields = fields_of(headers, mapping)
        if len(fields) == len(mapping.columns):
            certainty = tuple((each, fields.get(each, ""), Certainty.SURE) for each in headers)
            guessed = of_columns(headers, [], number)
            return replace(guessed, mapping=mapping, certainty=certainty, is_list=True, of_suppliers=False)
    return None


def fields_of(headers: Sequence[str], mapping: Mapping) -> dict[str, str]:
    """Give the field of each header that a mapping names, to the letter if possible: `Open EUR` is not `Open USD`."""
    found: dict[str, str] = {}
    for wanted, name in mapping.columns:
        for alike in (str, str.casefold, plain):
            match = next((each for each in headers if each not in found and alike(each) == alike(wanted) != ""), None)
            if match is not None:
                found[match] = name
                break
    return found


def _top(table: Table) -> list[Row]:
    top: list[Row] = []
    # The reading of the rows says what is wrong with them; a first look may end in the middle of one.
    with contextlib.suppress(BadTable):
        top.extend(itertools.islice(table.rows(), HEADER_WITHIN + SAMPLE))
    return top


def of_columns(headers: list[str], below: list[Row], number: int) -> Guess:
    """Say what each column is: first the plain words, then the vague ones by what is still missing."""
    known = [LOOKUP.get(plain(each)) for each in headers]
    columns: dict[int, tuple[str, Certainty]] = {}
    for column, word in enumerate(known):
        if word and not word[2] and (word[0] not in {name for name, _ in columns.values()} or word[0] == "ignored"):
            columns[column] = (word[0], Certainty.SURE)
        elif _BUCKET.fullmatch(headers[column]):
            columns[column] = ("bucket", Certainty.SURE)
    vague = sorted(
        ((column, word[0]) for column, word in enumerate(known) if word and word[2]),
        key=lambda each: (list(VAGUE).index(each[1]), RANK[plain(headers[each[0]])]),
    )
    for column, name in vague:
        samples = [
            row[column] for row in below if column < len(row) and str(row[column]).strip() and not is_total(row[column])
        ]
        meant = _meaning(name, plain(headers[column]), samples, {each for each, _ in columns.values()})
        if meant:
            columns[column] = (meant, Certainty.LIKELY)
    fields = {name for name, _ in columns.values()}
    sure = {name for name, certainty in columns.values() if certainty is Certainty.SURE}
    # A grouped list often leaves the header of its first column empty, with debtor and invoice below it.
    if "invoice_number" not in fields and headers[0].startswith("[") and "issue_date" in sure:
        columns[0] = ("invoice_number", Certainty.LIKELY)
    languages = [word[1] for word in known if word and word[0] not in {"email", "iban"}]
    certainty = tuple(
        (header, name if name in FIELDS else "", sureness)
        for column, header in enumerate(headers)
        for name, sureness in [columns.get(column, ("", Certainty.UNKNOWN))]
    )
    buckets = sum(name == "bucket" for name, _ in columns.values())
    money = (
        fields & {"open", "original", "debit", "credit"} or buckets or {"amount", "total"} & {name for _, name in vague}
    )
    dated = sure & {"invoice_number", "due_date"} or (buckets >= 2 and "issue_date" in sure)
    return Guess(
        Mapping(tuple((header, name) for header, name, _ in certainty if name)),
        certainty,
        number,
        day_first_language=languages.count(0) > languages.count(1),
        currencies={each: code for each in headers if (code := _currency(each))},
        is_list=bool(money and dated) and len(fields - {"ignored"}) >= 3 and "bank" not in fields,
        of_bank="bank" in fields,
        of_suppliers="supplier" in fields and not fields & {"debtor_number", "debtor_name", "debtor"},
    )


def _currency(header: str) -> str:
    found = _MONEY_CODE.search(header)
    return SIGNS.get(found[0].strip("()"), found[1] or "") if found else ""


def _meaning(word: str, header: str, samples: list[Cell], taken: set[str]) -> str:
    """Say which field a vague header means, given what the plain ones have taken; "" where it stays unknown."""

    def free(name: str) -> str:
        return "" if name in taken else name

    texts = [" ".join(str(each).split()) for each in samples]
    match word:
        case "party":
            return _party(texts, taken)
        case "party_code":
            return free("debtor_number") if "debtor" not in taken else ""
        case "number":
            if header in {"factuur", "facture", "rechnung"} and _are_amounts(samples):
                return free("original")
            return free("invoice_number")
        case "date":
            return free("issue_date")
        case "balance":
            return free("open")
        case "amount":
            # A column of what was paid beside it makes this the amount of the invoice, not what is open.
            return free("original") if taken & {"open", "debit", "credit", "paid"} else free("open")
        case "total":
            return free("open" if "bucket" in taken else "original")
        case _:
            return _vat(texts, taken)


def _party(texts: list[str], taken: set[str]) -> str:
    """Say whether debtors stand here by number, by name, or as both in one."""
    if not {"debtor_number", "debtor_name", "debtor"} & taken and texts and all(map(combined, texts)):
        return "debtor"
    if texts and all(map(_CODE.fullmatch, texts)) and "debtor_number" not in taken and "debtor" not in taken:
        return "debtor_number"
    return "" if {"debtor_name", "debtor"} & taken else "debtor_name"


def combined(text: str) -> tuple[str, str] | None:
    """Take `10023 - Bakkerij Jansen` or `Bakkerij Jansen (10023)` apart; None where it is neither."""
    match = _COMBINED.fullmatch(text) or _BEHIND.fullmatch(text)
    return (match["number"], match["name"].strip()) if match else None


def _are_amounts(samples: list[Cell]) -> bool:
    return bool(samples) and all(
        (isinstance(each, float) and not each.is_integer())
        or (isinstance(each, str) and (found := figure(each)) is not None and found.decides)
        for each in samples
    )


def _vat(texts: list[str], taken: set[str]) -> str:
    if texts and all(re.fullmatch("[A-Z]{2}[0-9A-Z. ]{8,14}", each) for each in texts):
        return "" if "vat_number" in taken else "vat_number"
    rates = {each.rstrip("% ").replace(",", ".").rstrip("0").rstrip(".") for each in texts}
    if any("%" in each for each in texts) or (len(texts) > 2 and rates <= {"", "6", "9", "12", "19", "21"}):
        return "" if "vat_rate" in taken else "vat_rate"
    return "" if "vat" in taken else "vat"

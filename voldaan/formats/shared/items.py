"""The rows below the header of an open-items list: which are items, debtors and totals, and what each of them says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from voldaan.formats.shared.cells import CURRENCIES, figure, shown, text
from voldaan.formats.shared.columns import Guess, combined
from voldaan.formats.shared.conventions import AMOUNTS, DEBTOR, Columns, filled, places
from voldaan.formats.shared.fields import MOST_ERRORS, NO_AMOUNT, Fields
from voldaan.formats.shared.tables import Cell, Row, Table
from voldaan.formats.shared.vocabulary import is_total
from voldaan.rules.money import Money
from voldaan.rules.papers import OpenItem, Problem, Severity
from voldaan.rules.refusals import mark

WHICH_SIGN = mark("Every amount is negative. Say whether what the debtors owe is positive or negative.")
WHICH_SIDE = mark("Some credits have a minus sign and others have none. Make them the same and import again.")
NO_DEBTORS = mark("Neither a column nor lines above the items say who the debtors are.")
NO_LINE_ABOVE = mark("The item stands above the first debtor.")
EXTRA_CELLS = mark("The row has more cells than the header: is there a separator in a name or an amount?")
MORE_ERRORS = mark("{count} more rows cannot be read.")
TOTAL_DIFFERS = mark("The list states a total of {stated}, and its rows add up to {read}.")
TOTAL_MIXED = mark("The total does not say its currency, and the list has several: it is not compared.")

NO_DUE_DATE = mark("The item has no due date.")
NO_ISSUE_DATE = mark("The item has no invoice date.")
NO_DEBTOR = mark("The item has no debtor.")
NO_NAME = mark("The debtor has a number and no name.")
NO_NUMBER = mark("The item has no invoice number.")
NEGATIVE = mark("The amount is negative: it comes in as a credit of {amount}.")
CREDIT_OWED = mark("The row is called “{shown}”, and its amount says that the debtor owes it.")
TWICE = mark("Invoice {number} of this debtor stands in {first} as well. Both come in; are they instalments?")

NO_ITEMS = mark("The list has no open items.")
ZERO = mark("Nothing is open on this row: it is left out.")
DUE_FIRST = mark("The due date lies before the invoice date.")
NOTHING_BELOW = mark("No items stand below this line.")
NOTE = mark("This row is no item and is not read: “{shown}”.")

_GRAND = re.compile(r"\W*(?:eind ?-?totaal|grand total|totaal generaal|total g[eé]n[eé]ral)\b", re.IGNORECASE)
_RULE = re.compile(r"[\s\-=_*–—.]*")
_PAGE = re.compile(
    r"(?:pagina|blad|page)\W*[0-9].*|(?:afgedrukt|printdatum|printed|gemaakt|aangemaakt|aantal)\b.*[0-9].*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:debiteur|relatie|klant|customer|client|partner)\s*(?:nr|nummer|code)?\.?\s*:\s*", re.IGNORECASE
)
_CREDIT_WORD = re.compile(r"credit|avoir|gutschrift|\bCN\b", re.IGNORECASE)
_OF_DEBTOR = (
    "debtor_number", "debtor_name", "email", "phone", "iban", "street", "postcode", "city", "country", "language",
    "vat_number", "registration_number", "is_consumer",
)  # fmt: skip


MOST_DEBTORS = 10_000  # remembered, so that the debtor of a hundred rows is read once


@dataclass(slots=True)
class RowCounts:
    """What became of every row of the list."""

    total: int = 0
    title: int = 0  # above the header
    header: int = 0  # also where it is repeated on a next page
    items: int = 0
    zero: int = 0
    debtors: int = 0  # lines that name the debtor of the items below
    totals: int = 0
    empty: int = 0
    notes: int = 0  # no item, no total: said in a warning
    refused: int = 0  # said in an error

    @property
    def adds_up(self) -> bool:
        """Tell whether each row was counted once."""
        parts: list[int] = [getattr(self, each.name) for each in fields(self) if each.name != "total"]
        return self.total == sum(parts)


@dataclass(frozen=True, slots=True)
class _Stated:
    """An amount by which the list itself says what rows add up to; "" is a currency that it does not name."""

    place: str
    currency: str
    cents: int


@dataclass(slots=True)
class _Group:
    """The items below a debtor line, and what that line itself says they add up to."""

    place: str = ""
    stated: _Stated | None = None
    sums: Counter[str] = field(default_factory=Counter)
    unstated: Counter[str] = field(default_factory=Counter)  # what no subtotal has stated yet


class ItemRows(Fields):
    """Reads the rows of one list; `items`, `problems`, `counts`, `totals` and `stated` are complete after `read`."""

    def __init__(self, table: Table, guess: Guess, columns: Columns) -> None:
        super().__init__(table, guess, columns)
        self.items: list[OpenItem] = []
        self.counts = RowCounts()
        self.totals: Counter[str] = Counter()
        self.stated: dict[str, int] = {}
        self._days = set(places(columns, "issue_date", "due_date"))
        self._money = set(places(columns, *AMOUNTS))
        self._named = set(places(columns, *DEBTOR))
        self._header_row: Row = []
        self._seen: dict[tuple[str, str], str] = {}
        self._debtor: dict[str, str] = {}
        self._particulars = places(columns, "debtor", *_OF_DEBTOR)
        self._debtors: dict[tuple[Cell, ...], dict[str, str]] = {}
        self._group = _Group()
        self._of_all: list[_Stated] = []  # compared when all rows are read

    def read(self) -> None:
        """Read every row, once."""
        self.problems += self._settled.problems
        if not self._named and not self._settled.grouped:
            self._error(NO_DEBTORS)
        for number, row in enumerate(self._table.rows()):
            self._place, self._row = f"row {number + 1}", row
            errors = self._errors
            if number == self._guess.header_row:
                self._header_row = [*row]
            kind = "title" if number < self._guess.header_row else self._take()
            if self._errors > errors and kind in {"items", "zero", "debtors", "totals"}:
                kind = "refused"
            self.counts.total += 1
            setattr(self.counts, kind, getattr(self.counts, kind) + 1)
        self._finish()

    # --- which row is what ----------------------------------------------------------------------------------------

    def _take(self) -> str:
        """Take one row in, and give the name under which it is counted."""
        row, width = self._row, len(self._headers)
        if row == self._header_row:
            return "header"
        at = filled(row)
        if not at or all(_RULE.fullmatch(str(row[each])) for each in at):
            return "empty"
        if at[-1] >= width:
            return self._refuse(EXTRA_CELLS)
        row += [""] * (width - len(row))
        owed = not self._owed.isdisjoint(at)
        # The label of a total stands before its amount, often in the column of the due date.
        dated = any(each in self._days and not is_total(row[each]) for each in at)
        if dated:
            return self._item() if owed else self._refuse(NO_AMOUNT)
        words = [each for each in at if isinstance(row[each], str) and figure(str(row[each])) is None]
        label = shown(row[words[0]]) if words else ""
        if owed and self._is_sum(at, words[:1]):
            return self._total(label)
        if not owed and _PAGE.fullmatch(label):
            return self._note(at)
        if self._settled.grouped and self._is_line(at, owed=owed):
            return self._line(at, owed=owed)
        if owed:
            return self._item()
        is_below = bool(self.counts.totals) and len(at) <= 2 and bool(label)
        return self._note(at) if is_total(label) or is_below else self._refuse(NO_AMOUNT)

    def _is_sum(self, at: list[int], first: list[int]) -> bool:
        """Tell whether a row with an amount and no date is a total: by its label, or because it holds nothing else."""
        if first and is_total(self._row[first[0]]):
            invoice = self._at.get("invoice_number")
            return invoice not in at or invoice == first[0]
        return self._money.issuperset(at)

    def _is_line(self, at: list[int], *, owed: bool) -> bool:
        """Tell whether this is a line with a debtor, in a list that has such lines."""
        invoice = self._at.get("invoice_number")
        if invoice in at and invoice not in {self._settled.debtor_at, *self._named}:
            return False
        return at[0] == self._settled.debtor_at or (not owed and not self._named.isdisjoint(at))

    def _refuse(self, what: str) -> str:
        self._error(what)
        return "refused"

    def _note(self, at: list[int]) -> str:
        self._say(NOTE, Severity.WARNING, shown=shown(" ".join(str(self._row[each]) for each in at)))
        return "notes"

    # --- debtors and totals ---------------------------------------------------------------------------------------

    def _line(self, at: list[int], *, owed: bool) -> str:
        debtor = self._debtor_of_row() if self._named.intersection(at) else _of_line(self._texts(at))
        stated = self._stated_here("") if owed else None
        if stated and debtor == self._debtor and self._group.unstated:
            return self._compare(stated, self._group.unstated)  # the same name again, below its items
        self._close_group()
        self._debtor, self._group = debtor, _Group(self._place, stated)
        return "debtors"

    def _texts(self, at: list[int]) -> list[str]:
        return [
            text(self._row[each]) for each in at if each not in self._money and not isinstance(self._row[each], bool)
        ]

    def _total(self, label: str) -> str:
        stated = self._stated_here(label)
        if stated is None:
            return "refused"
        if _GRAND.match(label) or not self.totals:
            self._of_all.append(stated)
            return "totals"
        currency = stated.currency or self._only(self.totals)
        if stated.cents == self.totals[currency] and currency:
            self.stated[currency] = stated.cents
            self._group.unstated.pop(currency, None)
            return "totals"
        # A plain “Totaal” may be of the debtor or of the list: where it is neither, the nearer of the two is named.
        off = {id(sums): abs(stated.cents - sums[currency]) for sums in (self.totals, self._group.unstated)}
        of_debtor = bool(self._group.unstated) and off[id(self._group.unstated)] <= off[id(self.totals)]
        return self._compare(stated, self._group.unstated if of_debtor else self.totals)

    def _stated_here(self, label: str) -> _Stated | None:
        """Read the amount of a total, in the currency that it names or the only one there is."""
        named = self._currencies() | {code for code in re.findall(r"\b[A-Z]{3}\b", label) if code in CURRENCIES}
        currency = named.pop() if len(named) == 1 else ""
        amount = self._owed_cents(currency or self._only(self.totals) or self._otherwise())
        return None if amount is None else _Stated(self._place, currency, amount)

    def _compare(self, stated: _Stated, sums: Counter[str]) -> str:
        currency = stated.currency or self._only(sums)
        if not currency and len(sums) > 1:
            self._say(TOTAL_MIXED, Severity.WARNING, place=stated.place)
            return "totals"
        currency = currency or self._otherwise()
        if stated.cents != sums[currency]:
            facts = {"stated": str(Money(stated.cents, currency)), "read": str(Money(sums[currency], currency))}
            self._error(TOTAL_DIFFERS, place=stated.place, **facts)
        if sums is self._group.unstated:
            sums.pop(currency, None)
        return "totals"

    def _close_group(self) -> None:
        if self._group.stated:
            self._compare(self._group.stated, self._group.sums)
        elif self._group.place and not self._group.sums:
            self._say(NOTHING_BELOW, Severity.WARNING, place=self._group.place)

    def _only(self, sums: Counter[str]) -> str:
        return next(iter(sums)) if len(sums) == 1 else ""

    def _finish(self) -> None:
        self._close_group()
        self._place = "file"
        for stated in self._of_all:
            self._compare(stated, self.totals)
            currency = stated.currency or self._only(self.totals)
            if currency and stated.cents == self.totals[currency]:
                self.stated[currency] = stated.cents
        if all(self._signed_credits[signed] for signed in (True, False)):
            self._error(WHICH_SIDE)
        sign_is_open = self._guess.mapping.owed_is_positive is None and "side" not in self._at
        if sign_is_open and len(self.items) > 1 and all(item.open_cents < 0 for item in self.items):
            self._error(WHICH_SIGN)
        if not self.items:
            self._say(NO_ITEMS, Severity.WARNING)
        if self._errors > MOST_ERRORS:
            self.problems.append(Problem("file", MORE_ERRORS, facts={"count": str(self._errors - MOST_ERRORS)}))
        self.totals = Counter({currency: total for currency, total in self.totals.items() if currency})

    # --- items ----------------------------------------------------------------------------------------------------

    def _item(self) -> str:
        errors = self._errors
        currency = self._currency()
        amount = self._owed_cents(currency)
        issued, due = self._day("issue_date"), self._day("due_date")
        flip = self._flip(amount or 0)
        original = self._amount("original", currency, flip)
        vat = self._amount("vat", currency, flip) if "vat" in self._at else self._vat_by_rate(original, currency)
        debtor = self._debtor_of_row()
        if self._settled.grouped and not debtor.keys() & {"debtor_number", "debtor_name"}:
            debtor = {**debtor, **self._debtor}
            if not self._debtor:
                self._error(NO_LINE_ABOVE)
        words: dict[str, Any] = {
            name: self._text(name) for name in ("invoice_number", "payment_reference", "description")
        }
        if amount is None or self._errors > errors:
            return "refused"
        amount *= flip
        self.totals[currency] += amount
        self._group.sums[currency] += amount
        self._group.unstated[currency] += amount
        self.stated.clear()
        if amount == 0:
            self._say(ZERO, Severity.WARNING)
            return "zero"
        known = words | {name: debtor.get(name, "") for name in _OF_DEBTOR}
        known["is_consumer"] = {"yes": True, "no": False}.get(debtor.get("is_consumer", ""))
        item = OpenItem(
            place=self._place,
            issue_date=issued,
            due_date=due,
            currency=currency,
            open_cents=amount,
            original_cents=original,
            vat_cents=vat,
            **known,
        )
        self.items.append(item)
        self._question(item)
        return "items"

    def _question(self, item: OpenItem) -> None:
        """Ask what a person must choose before this item is worked on; it comes in, and is held."""
        lacks = (
            (item.due_date is None, NO_DUE_DATE),
            (item.issue_date is None, NO_ISSUE_DATE),
            (not item.debtor_name and not item.debtor_number, NO_DEBTOR),
            (not item.debtor_name and bool(item.debtor_number), NO_NAME),
            (not item.invoice_number, NO_NUMBER),
        )
        for lacking, what in lacks:
            if lacking:
                self._say(what, Severity.QUESTION)
        if item.open_cents < 0:
            self._say(NEGATIVE, Severity.QUESTION, amount=str(Money(-item.open_cents, item.currency)))
        elif _CREDIT_WORD.search(kind := self._text("kind")):
            self._say(CREDIT_OWED, Severity.QUESTION, shown=shown(kind))
        if item.due_date and item.issue_date and item.due_date < item.issue_date:
            self._say(DUE_FIRST, Severity.WARNING)
        if item.invoice_number:
            key = item.debtor_number or item.debtor_name.casefold(), item.invoice_number
            first = self._seen.setdefault(key, self._place)
            if first != self._place:
                self._say(TWICE, Severity.QUESTION, number=shown(item.invoice_number), first=first)

    def _debtor_of_row(self) -> dict[str, str]:
        """Give the particulars of the debtor that stand in this row, without those that are empty."""
        key = tuple(map(self._row.__getitem__, self._particulars))
        known = self._debtors.get(key)
        if known is None:
            problems, errors = len(self.problems), self._errors
            known = self._read_debtor()
            # What gives a problem is read again, so that it is said of every row.
            if (problems, errors) == (len(self.problems), self._errors) and len(self._debtors) < MOST_DEBTORS:
                self._debtors[key] = known
        return known

    def _read_debtor(self) -> dict[str, str]:
        known = {name: found for name in _OF_DEBTOR if name in self._at and (found := self._text(name))}
        if both := self._text("debtor"):
            number, name = combined(both) or ("", both)
            known |= {"debtor_number": number, "debtor_name": name} if number else {"debtor_name": name}
        return known


def _of_line(words: list[str]) -> dict[str, str]:
    """Read a debtor from a line of its own: `10023 - Bakkerij Jansen`, or a number and a name in two cells."""
    first, *rest = [*(_LABEL.sub("", word) for word in words), ""]
    if both := combined(first):
        return {"debtor_number": both[0], "debtor_name": both[1]}
    name = next((word for word in rest if word), "")
    if name and re.fullmatch("[A-Za-z]{0,4}[0-9][0-9A-Za-z./-]*", first):
        return {"debtor_number": first, "debtor_name": name}
    return {"debtor_name": first} if first else {}

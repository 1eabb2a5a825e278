"""One row of a bank's CSV -> a movement: exact, or refused with what stands in the cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from voldaan.formats.shared.bank_layouts import IBAN, account, amounts, days, plain
from voldaan.formats.shared.bank_places import Places
from voldaan.formats.shared.bank_words import structured, words
from voldaan.rules.money import LARGEST_CENTS, minor_digits
from voldaan.rules.papers import Transaction
from voldaan.rules.refusals import mark

SHOWN = 40  # characters of a cell that a problem repeats
RETURN_CODE = re.compile(r"[A-Z]{2}[0-9]{2}\b|[A-Z]{4}\b")
EXPONENT = re.compile(r"[0-9][.,]?[0-9]*E[+-]?[0-9]{1,2}")
NOTHING = frozenset({"", "NOTPROVIDED", "NONREF"})
NARRATIVE = "NARR"  # ISO 20022: the reason is in words

REWRITTEN = mark(
    "“{shown}” in column “{column}” is not written as {bank} writes it. A spreadsheet program may have changed it: "
    "download the file again and do not open it first."
)
WRONG_WIDTH = mark(
    "This row has {count} cells where {wanted} are expected. The file may be cut off; download it again."
)


class Unreadable(Exception):  # noqa: N818 - caught by the reader, which knows the line
    """The row is no movement that can be read exactly."""

    def __init__(self, what: str, **facts: str) -> None:
        self.what = what
        self.facts = facts
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a row is money: whose, how much, when, and what stood on the account before and after it."""

    account: str
    currency: str
    cents: int
    booking_date: date
    before: int | None
    after: int | None


class Rows:
    """Reads the rows of one file."""

    def __init__(self, places: Places, own: str) -> None:
        self.places = places
        self.layout = places.layout
        self.own = own  # of a file that does not say whose account it is
        self._amount = amounts(places.decimal, self.layout.decimals, thousands=self.layout.thousands)
        self._day = days(places.day)
        self._at = places.columns
        # Where the money stands: looked up once, for all rows.
        columns = ("account", "currency", "amount", "sign", "booking_date", "balance_before", "balance_after")
        self._money_at = tuple(self._at.get(role, -1) for role in columns)
        numbers = ("counterparty_iban", "structured_reference", "end_to_end_id", "bank_reference")
        self._numbers_at = [(role, self._at[role]) for role in numbers if role in self._at]
        self._has_status = "status" in self._at

    def is_booked(self, cells: list[str]) -> bool:
        """Tell whether the bank booked this row; a payment that it refused stands in some files.

        Raises:
            Unreadable: for a word that this bank is not known to write.
        """
        if not self._has_status:
            return True
        word = plain(self._cell(cells, "status"))
        if word not in self.layout.booked | self.layout.not_booked:
            raise self._rewritten(cells, "status")
        return word in self.layout.booked

    def account(self, cells: list[str]) -> str:
        """Tell whose account a row is of.

        Raises:
            Unreadable: where it has not the shape of an account.
        """
        at = self._money_at[0]
        if at < 0:
            return account(self.places.account) or self.own
        found = account(cells[at]) if at < len(cells) else ""
        if not found:
            raise self._rewritten(cells, "account")
        if self.layout.bank_code and len(found) <= 10 and found.isdigit():
            return _dutch_iban(self.layout.bank_code, found)
        return found

    def facts(self, cells: list[str]) -> Facts:
        """Read the money of a row.

        Raises:
            Unreadable: where a cell is not written as the layout says.
        """
        places = self.places
        if len(cells) < places.fewest or (len(cells) > places.width and any(map(str.strip, cells[places.width :]))):
            raise Unreadable(WRONG_WIDTH, count=str(len(cells)), wanted=str(places.width))
        _, currency_at, amount_at, sign_at, day_at, before_at, after_at = self._money_at
        currency = cells[currency_at].strip().upper() if currency_at >= 0 else self.layout.currency
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise self._rewritten(cells, "currency")
        digits = minor_digits(currency)
        written = cells[amount_at].strip()
        cents = self._amount(written, digits)
        if cents is None or abs(cents) > LARGEST_CENTS or (sign_at >= 0 and written[0] in "+-"):
            raise self._rewritten(cells, "amount")
        if sign_at >= 0:
            word = plain(cells[sign_at])
            if word in self.layout.paid:
                cents = -cents
            elif word not in self.layout.received:
                raise self._rewritten(cells, "sign")
        day = self._day(cells[day_at].strip())
        if day is None:
            raise self._rewritten(cells, "booking_date")
        before = self._balance(cells, "balance_before", digits) if before_at >= 0 else None
        after = self._balance(cells, "balance_after", digits) if after_at >= 0 else None
        if before is None and after is not None:
            before = after - cents
        elif after is None and before is not None:
            after = before + cents
        return Facts(self.account(cells), currency, cents, day, before, after)

    def transaction(self, cells: list[str], facts: Facts) -> Transaction:
        """Read the words of a row, of which the money is known.

        Raises:
            Unreadable: for a number that a spreadsheet has shortened, and a value date that is none.
        """
        for role, column in self._numbers_at:
            if column < len(cells) and "E" in cells[column] and EXPONENT.fullmatch(cells[column].strip()):
                raise self._rewritten(cells, role)
        other = self._cell(cells, "counterparty_iban")
        bare = account(other)
        iban = bare if IBAN.fullmatch(bare) else ""
        name = self._cell(cells, "counterparty_name")
        if other and not bare:
            name = name or other  # some banks give the one or the other in one column
        raw = " ".join(part for at in self.places.texts if (part := self._text(cells[at])))
        instead = self._text(cells[self._at["text_else"]]) if "text_else" in self._at else ""
        found = words(self.layout.dialect, raw or instead, iban)
        reference = _bare(self._cell(cells, "structured_reference")) or found.structured_reference
        text = _clean(found.text)
        if not reference and (reference := structured(text)):
            text = ""
        reason = self._cell(cells, "return_reason")
        if reason:
            code = RETURN_CODE.match(reason)
            text, reason = f"{text} {reason}".strip(), code[0] if code else NARRATIVE
        return Transaction(
            facts.cents,
            facts.currency,
            self._value_date(cells) or found.value_date or facts.booking_date,
            facts.booking_date,
            name or _clean(found.name),
            iban or found.iban,
            reference,
            text,
            self._number(cells, "end_to_end_id") or ("" if found.end_to_end_id in NOTHING else found.end_to_end_id),
            self._number(cells, "bank_reference") or self._reference_in(f"{raw} {instead}"),
            reason or found.return_reason,
        )

    def _cell(self, cells: list[str], role: str) -> str:
        column = self._at.get(role)
        return _clean(cells[column]) if column is not None and column < len(cells) else ""

    def _text(self, cell: str) -> str:
        """Give the words of a cell; the spaces in it may be columns of their own, which a dialect knows."""
        quote = self.layout.quoted_by
        if quote and len(cell) > 1 and cell.startswith(quote) and cell.endswith(quote):
            cell = cell[1:-1]
        return cell.strip() if self.layout.dialect == "abnamro" else _clean(cell)

    def _rewritten(self, cells: list[str], role: str) -> Unreadable:
        shown = self._cell(cells, role)[:SHOWN]
        return Unreadable(REWRITTEN, shown=shown, column=self.places.title(role), bank=self.layout.bank)

    def _balance(self, cells: list[str], role: str, digits: int) -> int | None:
        written = cells[self._at[role]].strip()
        if not written:
            return None
        cents = self._amount(written, digits)
        if cents is None or abs(cents) > LARGEST_CENTS:
            raise self._rewritten(cells, role)
        return cents

    def _value_date(self, cells: list[str]) -> date | None:
        written = self._cell(cells, "value_date")
        if not written:
            return None
        day = self._day(written)
        if day is None:
            raise self._rewritten(cells, "value_date")
        return day

    def _number(self, cells: list[str], role: str) -> str:
        number = self._cell(cells, role)
        says_nothing = self.layout.empty.get(role)
        return "" if number in NOTHING or (says_nothing and says_nothing.fullmatch(number)) else number

    def _reference_in(self, text: str) -> str:
        """Find the bank's reference in its own words, which stand behind those of the payer."""
        if self.layout.reference_in is None:
            return ""
        found = list(self.layout.reference_in.finditer(text))
        return next(filter(None, found[-1].groups()), "") if found else ""


def _clean(cell: str) -> str:
    if not cell:
        return ""
    text = " ".join(cell.split())
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def _bare(reference: str) -> str:
    return "".join(each for each in reference if each.isascii() and each.isalnum())


def _dutch_iban(bank: str, number: str) -> str:
    """Write a Dutch account number of before 2014 as the IBAN that it became: its check digits follow from it."""
    rest = f"{bank}{number:0>10}"
    digits = "".join(str(int(each, 36)) for each in f"{rest}NL00")
    return f"NL{98 - int(digits) % 97:02}{rest}"

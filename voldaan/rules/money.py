"""Money: whole minor units with their currency, exact, and rounded once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from voldaan.rules.refusals import Kind, Refusal, mark

# ISO 4217: currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip

# Both engines keep cents in 64 bits; a single amount stays far below, so that sums fit as well.
LARGEST_CENTS = 10**15


class CurrenciesDiffer(Refusal):
    code = "currencies_differ"
    kind = Kind.INVALID
    says = mark("Amounts in {one} and in {other} cannot be added.")


class TooLarge(Refusal):
    code = "too_large"
    kind = Kind.INVALID
    says = mark("An amount comes out that is larger than can be kept. Ask about a smaller amount or a nearer day.")


class NotAnAmount(Refusal):
    code = "not_an_amount"
    kind = Kind.INVALID
    says = mark("“{typed}” is not an amount. Type it like 1250.00.")


def minor_digits(currency: str) -> int:
    """Tell how many decimals `currency` has (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """Whole minor units of one currency: exact, and the same in SQLite and PostgreSQL."""

    cents: int
    currency: str = "EUR"

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other).cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other).cents, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.cents < self._same(other).cents

    def __le__(self, other: Money) -> bool:
        return self.cents <= self._same(other).cents

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        return f"{self.currency} {self.plain()}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrenciesDiffer(one=self.currency, other=other.currency)
        return other

    def times(self, factor: Fraction) -> Money:
        """Multiply exactly and round once, halves away from zero."""
        exact = self.cents * factor
        whole, rest = divmod(abs(exact), 1)
        rounded = int(whole) + (rest >= Fraction(1, 2))
        return Money(rounded if exact >= 0 else -rounded, self.currency)

    def decimal(self) -> Decimal:
        """Give the amount in major units, for display and for spreadsheets only."""
        return Decimal(self.cents).scaleb(-minor_digits(self.currency))

    def plain(self) -> str:
        """Write the amount with a decimal point and no thousands mark, as it is typed: `1250.00`."""
        digits = minor_digits(self.currency)
        whole, part = divmod(abs(self.cents), 10**digits)
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"


def typed(text: str, currency: str = "EUR") -> Money:
    """Read an amount as a person types it on the command line: `1250.00`, `1250`, `-3.5`; never a guess.

    Raises:
        NotAnAmount: for anything else, also for more decimals than the currency has.
    """
    digits = minor_digits(currency)
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, point, part = rest.partition(".")
    plain = whole.isascii() and whole.isdigit() and (not point or (part.isascii() and part.isdigit()))
    if not plain or len(part) > digits or len(whole) > 20:
        raise NotAnAmount(typed=text)
    cents = sign * (int(whole) * 10**digits + int(part.ljust(digits, "0") or "0"))
    if abs(cents) > LARGEST_CENTS:
        raise NotAnAmount(typed=text)
    return Money(cents, currency)


def half_up(numerator: int, denominator: int) -> int:
    """Divide exactly and round once to a whole number, halves upward: the rounding of interest, costs and VAT."""
    return (2 * numerator + denominator) // (2 * denominator)


def spread(payment: int, parts: Iterable[int]) -> tuple[list[int], int]:
    """Pay the open `parts` (cents) in the order given; return the share of each, and what is left."""
    parts = list(parts)
    assert payment >= 0, "a payment is spread, a refund is not"
    assert all(part >= 0 for part in parts), "what is open is never less than nothing"
    shares, left = [], payment
    for part in parts:
        share = min(left, part)
        shares.append(share)
        left -= share
    assert sum(shares) + left == payment, "no cent made or lost"
    return shares, left

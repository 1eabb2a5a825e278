"""The lists that payers send of what they pay: two as CSV, two in a mail, with the words of their packages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from benchmarks.yardstick.files import plain


class Row(NamedTuple):
    """One line: an invoice with the discount taken on it, or a credit note (less than nothing)."""

    number: str
    issued: date
    cents: int
    off: int = 0

    @property
    def paid(self) -> int:
        return self.cents - self.off


def _short_mail(rows: Sequence[Row], total: int, payer: str, day: date, sent: date) -> bytes:
    """Say only what is paid on each, in sentences."""
    lines = [f"- {'factuur' if row.cents > 0 else 'creditnota'} {row.number}: {_euro(row.paid)}" for row in rows]
    words = f"Beste administratie,\r\n\r\nOp {day:%d-%m-%Y} maakten wij over:\r\n"
    return _mail([words, *lines, "", f"Totaal: {_euro(total)}"], payer, sent)


def _specification(rows: Sequence[Row], total: int, payer: str, day: date, _sent: date) -> bytes:
    """Write what a Dutch package exports."""
    lines = [
        "Betaalspecificatie", f"Opdrachtgever;{payer}", f"Betaaldatum;{day:%d-%m-%Y}", "",
        "Uw factuur;Factuurdatum;Brutobedrag;Korting;Betaald",
        *(f"{row.number};{row.issued:%d-%m-%Y};{_dutch(row.cents)};{_dutch(row.off)};{_dutch(row.paid)}"
          for row in rows),
        f"Totaal;;;;{_dutch(total)}",
    ]  # fmt: skip
    return "\r\n".join([*lines, ""]).encode()


def _remittance(rows: Sequence[Row], total: int, _payer: str, _day: date, _sent: date) -> bytes:
    """Write what an English package exports: without a day or a name."""
    lines = [
        "Invoice number,Invoice date,Gross amount,Discount,Amount paid",
        *(f"{row.number},{row.issued},{_english(row.cents)},{_english(row.off)},{_english(row.paid)}" for row in rows),
        f"Total,,,,{_english(total)}",
    ]
    return "\n".join([*lines, ""]).encode()


def _long_mail(rows: Sequence[Row], total: int, payer: str, day: date, sent: date) -> bytes:
    """Write a table with blanks, as who copies it out of his package."""
    shape = "{:<18}{:>14}{:>12}{:>14}"
    lines = [
        f"Betaaldatum: {day:%d-%m-%Y}", "", shape.format("Factuurnummer", "Bruto", "Korting", "Betaald"),
        *(shape.format(row.number, _dutch(row.cents), _dutch(row.off), _dutch(row.paid)) for row in rows),
        shape.format("Totaal", "", "", _dutch(total)),
    ]  # fmt: skip
    return _mail(lines, payer, sent)


WAYS = (_short_mail, _specification, _remittance, _long_mail)


def _mail(lines: Sequence[str], payer: str, sent: date) -> bytes:
    head = (
        f"From: {payer} <crediteuren@betaler.example>", "To: administratie@firma.example",
        f"Date: {sent:%d %b %Y} 09:00:00 +0100", "Subject: Betaalspecificatie",
        'Content-Type: text/plain; charset="utf-8"', "Content-Transfer-Encoding: 8bit", "",
    )  # fmt: skip
    return "\r\n".join([*head, *lines, ""]).encode()


def _english(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{plain(cents)}"


def _dutch(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def _euro(cents: int) -> str:
    return f"€ {_dutch(cents)}"

"""What `voldaan claim` shows from the books: of an invoice, or of all that a customer owes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from voldaan.cli.output import show
from voldaan.cli.shell import in_words
from voldaan.formats import claim_pdf
from voldaan.look import claim_sheets
from voldaan.queries.claims import BooksClaim, Item, OneCurrency, claim_sheet
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark

NOTHING_OWED = mark("Nothing is owed on that day, so no PDF was written.")


def shown(invoice: str, debtor: str, on: date, layout: str, pdf: Path | None, *, actor: Actor, today: date) -> None:
    """Print the sheet, and draw it where a file is named."""
    found = claim_sheet(invoice=invoice, debtor=debtor, on=on, actor=actor, today=today)
    if layout == "json":
        show([_as_json(one, found) for one in found.currencies], layout)
    else:
        show([row for one in found.currencies for row in _rows(one, layout)], layout)
    why = [in_words(says, **facts) for one in found.currencies for says, facts in one.costs.why]
    for note in [*why, *map(in_words, (*found.warnings, *found.notes))]:
        click.echo(note, err=layout != "table")
    if pdf is not None and found.currencies:
        pdf.write_bytes(claim_pdf.draw(claim_sheets.sheet(found)))
    elif pdf is not None:
        click.echo(in_words(NOTHING_OWED), err=True)


def _as_json(one: OneCurrency, found: BooksClaim) -> dict[str, Any]:
    """Give one currency in the shape of the contract, and each receivable."""
    lines = [_line(line) for item in one.items for line in item.lines]
    return {
        "on": found.on, "currency": one.currency, "principal_cents": one.sheet.principal_cents, "interest": lines,
        "interest_cents": one.sheet.interest_cents, "costs_cents": one.sheet.costs_cents, "costs_vat_cents": 0,
        "paid_cents": one.sheet.paid_cents, "total_cents": one.total_cents, "provisional": one.sheet.is_provisional,
        "articles": [str(article) for article in one.articles], "debtor": found.debtor, "kind": found.kind,
        "costs_asked_from": one.costs.asked_from, "claimed_interest_cents": one.claimed_interest_cents,
        "receivables": [_receivable(item) for item in one.items],
    }  # fmt: skip


def _receivable(item: Item) -> dict[str, Any]:
    return {
        "invoice": item.invoice, "instalment": item.instalment, "due_date": item.due_date,
        "term_basis": item.term_basis.value, "default_from": item.default_from, "interest_since": item.interest_since,
        "principal_cents": item.principal_cents, "open_cents": item.open_cents, "interest_cents": item.interest_cents,
        "claimed_interest_cents": item.claimed_interest_cents, "interest": [_line(line) for line in item.lines],
    }  # fmt: skip


def _line(line: Any) -> dict[str, Any]:
    return {"from": line.first, "to": line.last, "days": line.days, "rate_percent": str(line.rate_percent),
            "base_cents": line.base_cents, "cents": line.cents}  # fmt: skip


def _rows(one: OneCurrency, layout: str) -> Iterator[dict[str, Any]]:
    def row(what: str, cents: int, invoice: str = "", articles: Any = (), **told: Any) -> dict[str, Any]:
        empty = dict.fromkeys(("from", "through", "days", "rate_percent", "base_cents"))
        named = ", ".join(map(str, articles))
        return {"what": what, "invoice": invoice, **empty, **told, "cents": cents, "currency": one.currency,
                "articles": named}  # fmt: skip

    for item in one.items:
        yield row("principal", item.principal_cents, item.invoice, through=item.due_date)
        for line in item.lines:
            rate = f"{line.rate_percent} %".replace(".", ",") if layout == "table" else str(line.rate_percent)
            told = {"from": line.first, "through": line.last, "days": line.days, "rate_percent": rate,
                    "base_cents": line.base_cents}  # fmt: skip
            yield row("interest", line.cents, item.invoice, one.sheet.interest_articles, **told)
    if one.sheet.costs_cents:
        yield row("costs", one.sheet.costs_cents, articles=one.sheet.costs_articles)
    for payment in one.sheet.payments:
        yield row("paid", -payment.cents, payment.designated[0] if payment.designated else "", through=payment.day)
    yield row("total", one.total_cents, through=one.sheet.on)

"""The command that shows what files say: inspect. It needs no database and loads none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click

from voldaan import formats
from voldaan.cli.output import say_problems, show
from voldaan.cli.shell import FILES, REFUSED, Shell, Verb, in_words, layouts, pass_shell
from voldaan.formats import Paper
from voldaan.rules import papers
from voldaan.rules.money import Money
from voldaan.rules.papers import Problem, Severity
from voldaan.rules.refusals import mark


@click.command(cls=Verb, help=mark("Read FILES and show what they say; stores nothing."))
@click.argument("files", nargs=-1, required=True, type=FILES)
@layouts
@pass_shell
def inspect(_: Shell, files: tuple[Path, ...], layout: str) -> None:
    """Show what files say."""
    seen = [_seen(name, source) for path in files for name, source in _sources(path)]
    if layout == "json":
        show(seen, layout)
    else:
        show([_in_a_line(one) for one in seen], layout)
        for one in seen:
            say_problems(one["file"], one["problems"])
    if any(problem["severity"] == "error" for one in seen for problem in one["problems"]):
        raise click.exceptions.Exit(REFUSED)


def _sources(path: Path) -> Iterator[tuple[str, BinaryIO | Problem]]:
    with path.open("rb") as opened:
        yield from formats.unwrapped(path.name, opened)


def _seen(name: str, source: BinaryIO | Problem) -> dict[str, Any]:
    """Tell what a file says, in the shape of the contract."""
    if isinstance(source, Problem):
        return {"file": name, "format": None, "version": None, "problems": [_plain(source)]}
    recognised = formats.recognise(source)
    if recognised is None:
        return {"file": name, "format": None, "version": None, "problems": [_plain(Problem("file", formats.UNKNOWN))]}
    format_, reader = recognised
    reading = reader.read(source)
    records = list(reading.records)
    said: dict[str, Any] = {"file": name, "format": format_, "version": reading.version or None}
    match reader.paper:
        case Paper.BANK:
            said["statements"] = [_statement(one) for one in papers.gather(records)]
        case Paper.INVOICE:
            if records:
                said["invoice"] = _invoice(records[0])
        case Paper.OPEN_ITEMS:
            said["open_items"] = _list(records)
        case Paper.ADVICE:
            if records:
                said["advice"] = asdict(records[0])
    return said | {"problems": [_plain(problem) for problem in reading.problems]}


def _plain(problem: Problem) -> dict[str, str]:
    what = in_words(problem.what, **problem.facts)
    return {"place": problem.place, "what": what, "severity": problem.severity.value}


def _statement(one: papers.Statement) -> dict[str, Any]:
    def balance(of: papers.Balance | None) -> dict[str, Any] | None:
        return {"date": of.on.isoformat(), "cents": of.cents} if of else None

    start, end = one.start, one.end
    return {
        "account": start.account, "currency": start.currency, "number": start.number,
        "opening": balance(start.opening), "closing": balance(end.closing), "adds_up": one.adds_up,
        "pending": end.pending,
        "transactions": [{name: fact for name, fact in asdict(t).items() if name != "batch_reference"}
                         for t in one.transactions],
    }  # fmt: skip


def _invoice(one: papers.Invoice) -> dict[str, Any]:
    return {
        "number": one.number, "kind": one.kind, "issue_date": one.issue_date, "due_date": one.due_date,
        "currency": one.currency, "payable_cents": one.payable_cents, "tax_cents": one.tax_cents,
        "seller": one.seller.name, "buyer": one.buyer.name, "seller_vat": one.seller.vat_number,
        "buyer_vat": one.buyer.vat_number, "iban": one.iban, "payment_id": one.payment_id,
        "order_reference": one.order_reference, "lines": one.lines, "attachments": len(one.attachments),
    }  # fmt: skip


def _list(records: list[papers.OpenItem]) -> dict[str, Any]:
    currencies = {item.currency for item in records}
    total = sum(item.open_cents for item in records) if len(currencies) <= 1 else None
    return {"rows": len(records), "total_cents": total, "currency": next(iter(currencies), None)}


def _in_a_line(one: dict[str, Any]) -> dict[str, Any]:
    """Sum a file up for people."""
    if statements := one.get("statements"):
        about = ", ".join(sorted({s["account"] for s in statements}))
        count = sum(len(s["transactions"]) for s in statements)
        says = in_words(mark("{count} transactions on {accounts}"), count=count, accounts=about)
    elif invoice := one.get("invoice"):
        amount = Money(invoice["payable_cents"], invoice["currency"])
        says = in_words(mark("invoice {number}, {amount}"), number=invoice["number"], amount=amount)
    elif items := one.get("open_items"):
        total = Money(items["total_cents"] or 0, items["currency"] or "EUR")
        says = in_words(mark("{rows} open items, together {total}"), rows=items["rows"], total=total)
    elif advice := one.get("advice"):
        total = Money(advice["cents"], advice["currency"])
        says = in_words(mark("{rows} lines of a payer, together {total}"), rows=len(advice["lines"]), total=total)
    else:
        says = ""
    worst = next((s.value for s in Severity if any(p["severity"] == s.value for p in one["problems"])), "")
    return {"file": one["file"], "format": one["format"], "says": says, "problems": worst}

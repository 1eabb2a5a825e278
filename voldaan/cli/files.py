"""Commands on files: inspect shows what they say, import takes them in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import Progress

from voldaan import formats
from voldaan.cli.output import show
from voldaan.cli.shell import REFUSED, WAITING, Shell, Verb, in_words, layouts, pass_shell
from voldaan.formats import Paper
from voldaan.formats.open_items import Mapping
from voldaan.rules import papers
from voldaan.rules.money import Money
from voldaan.rules.papers import Problem, Severity
from voldaan.rules.refusals import mark
from voldaan.usecases import files as verbs

FILES = click.Path(path_type=Path, exists=True, dir_okay=False)


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
            _say(one["file"], one["problems"])
    if any(problem["severity"] == "error" for one in seen for problem in one["problems"]):
        raise click.exceptions.Exit(REFUSED)


@click.command(cls=Verb, help=mark("Take in FILES: bank statements, e-invoices, open-items lists, in any mix."))
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--dry-run", is_flag=True, help=mark("Say what would come of it; nothing stays."))
@click.option("--mapping", type=FILES, help=mark("JSON file that says which column of a list is what."))
@click.option("--accept-unbalanced", is_flag=True, help=mark("Take a statement in though its balances do not close."))
@layouts
@pass_shell
def import_(
    shell: Shell, files: tuple[Path, ...], dry_run: bool, mapping: Path | None, accept_unbalanced: bool, layout: str
) -> None:
    """Take files in."""
    actor, today = shell.enter()
    said = Mapping.from_json(mapping.read_text()) if mapping else None
    done: list[dict[str, Any]] = []
    for path in files:
        with _progress(path) as opened:
            for name, source in formats.unwrapped(path.name, opened):
                if isinstance(source, Problem):
                    done.append(_broken(name, source))
                    continue
                answer = verbs.bring_in(
                    name=name, source=source, mapping=said, accept_unbalanced=accept_unbalanced, dry_run=dry_run,
                    actor=actor, today=today,
                )  # fmt: skip
                done.append(_in_words_of(asdict(answer)))
    if layout == "json":
        show(done, layout)
    else:
        show([{key: value for key, value in one.items() if key not in LONG} for one in done], layout)
        for one in done:
            _say(one["file"], one["problems"] + one["questions"])
    if any(one["result"] == "refused" for one in done):
        raise click.exceptions.Exit(REFUSED)
    if any(one["questions"] for one in done):
        raise click.exceptions.Exit(WAITING)


LONG = ("questions", "problems")


def _sources(path: Path) -> Iterator[tuple[str, BinaryIO | Problem]]:
    with path.open("rb") as opened:
        yield from formats.unwrapped(path.name, opened)


@contextmanager
def _progress(path: Path) -> Iterator[BinaryIO]:
    """Open a file with a bar that shows how far it has been read, on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        with path.open("rb") as opened:
            yield opened
        return
    with Progress(console=console, transient=True) as bar, bar.open(path, "rb", description=path.name) as opened:
        yield opened


def _broken(name: str, problem: Problem) -> dict[str, Any]:
    return _in_words_of(asdict(verbs.refused(name, None, [problem])))


def _in_words_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Say the problems of an answer in the language of the reader."""
    for key in LONG:
        answer[key] = [
            {"place": p["place"], "what": in_words(p["what"], **p["facts"]), "severity": p["severity"]}
            for p in answer[key]
        ]
    return answer


def _say(file: str, problems: list[dict[str, Any]]) -> None:
    """Tell people what is wrong or asked, on stderr."""
    for problem in problems:
        click.echo(f"{file}, {problem['place']}: {problem['what']}", err=True)


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
        "transactions": [asdict(t) for t in one.transactions],
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
    else:
        says = ""
    worst = next((s.value for s in Severity if any(p["severity"] == s.value for p in one["problems"])), "")
    return {"file": one["file"], "format": one["format"], "says": says, "problems": worst}

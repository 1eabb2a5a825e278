"""The commands that write for other programs: export payments, runs, again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from voldaan.cli.output import Listing
from voldaan.cli.shell import DAY, Shell, Verb, answers, as_asked, in_words, pass_shell
from voldaan.formats import ledger_file
from voldaan.queries import exports
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.usecases import exports as verbs


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export, in one currency."""

    export: int
    made_on: date
    layout: str
    payments: int  # of all currencies together
    currency: str
    total_cents: int
    by: str
    file: str


@click.group(help=mark("Write what other programs take in."))
def export() -> None:
    """Group the exports."""


@export.command(cls=Verb, help=mark("List what was received and matched, for the bookkeeping package."))
@click.option("--since", type=DAY, help=mark("Only what was matched on this day or later."))
@click.option(
    "--for",
    "package",
    type=click.Choice(sorted(ledger_file.layouts())),
    help=mark("Write what is new in a file that this package takes in, and mark it as handed over."),
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=mark("Where to write that file; without --for, an Excel file."),
)
@answers
@pass_shell
def payments(shell: Shell, since: date | None, package: str | None, output: Path | None) -> object:
    """List matched payments, or hand over those that are new."""
    actor, today = shell.enter()
    if package is None:
        return as_asked("payments", exports.payments(since=since, actor=actor), output)
    if since is not None:
        raise click.UsageError(in_words(mark("What is new is handed over as a whole: leave out --since.")))
    return _written(verbs.hand_over(layout=package, actor=actor, today=today), output, actor)


@export.command(cls=Verb, help=mark("List what was handed over to the bookkeeping, the newest first."))
@answers
@pass_shell
def runs(shell: Shell) -> object:
    """List the exports."""
    actor, _ = shell.enter()
    return Listing((row for one in exports.runs(actor=actor) for row in _rows(one)), ExportRow)


@export.command(cls=Verb, help=mark("Write export NUMBER again, exactly as it was."))
@click.argument("number")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=mark("Where; else in this folder, under its own name."),
)
@answers
@pass_shell
def again(shell: Shell, number: str, output: Path | None) -> object:
    """Write an export again."""
    actor, _ = shell.enter()
    return _written(number, output, actor)


def _written(id_: str, place: Path | None, actor: Actor) -> list[ExportRow]:
    handed, opened = exports.again(id=id_, actor=actor)
    with opened, (place or Path(handed.file)).open("wb") as out:
        shutil.copyfileobj(opened, out)
    return Listing(_rows(handed, str(place or handed.file)), ExportRow)


def _rows(one: exports.Handed, place: str = "") -> Iterator[ExportRow]:
    for total in one.totals:
        yield ExportRow(one.number, one.made_on, one.layout, one.rows, total.currency, total.cents, one.by,
                        place or one.file)  # fmt: skip

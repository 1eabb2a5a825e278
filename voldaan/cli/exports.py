"""The command that writes for other programs: export payments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from voldaan.cli.output import as_xlsx
from voldaan.cli.shell import DAY, Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import exports
from voldaan.rules.refusals import mark


@click.group(help=mark("Write what other programs take in."))
def export() -> None:
    """Group the exports."""


@export.command(cls=Verb, help=mark("List what was received and matched, for the bookkeeping package."))
@click.option("--since", type=DAY, help=mark("Only what was matched on this day or later."))
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=mark("Write an Excel file instead."),
)
@answers
@pass_shell
def payments(shell: Shell, since: date | None, output: Path | None) -> object:
    """List matched payments."""
    actor, _ = shell.enter()
    rows = exports.payments(since=since, actor=actor)
    if output is not None:
        output.write_bytes(as_xlsx("payments", rows))
        click.echo(in_words(mark("{rows} rows written to {file}."), rows=len(rows), file=output), err=True)
        return None
    return rows

"""The command that writes for other programs: export payments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from voldaan.cli.shell import DAY, Shell, Verb, answers, as_asked, excel, pass_shell
from voldaan.queries import exports
from voldaan.rules.refusals import mark


@click.group(help=mark("Write what other programs take in."))
def export() -> None:
    """Group the exports."""


@export.command(cls=Verb, help=mark("List what was received and matched, for the bookkeeping package."))
@click.option("--since", type=DAY, help=mark("Only what was matched on this day or later."))
@excel
@answers
@pass_shell
def payments(shell: Shell, since: date | None, output: Path | None) -> object:
    """List matched payments."""
    actor, _ = shell.enter()
    return as_asked("payments", exports.payments(since=since, actor=actor), output)

"""Commands that prove the books: check, fingerprint."""

from __future__ import annotations

from dataclasses import asdict

import click

from voldaan.cli.output import show
from voldaan.cli.shell import WRONG, Shell, Verb, answers, layouts, pass_shell
from voldaan.queries import checks, fingerprints
from voldaan.rules.refusals import mark


@click.command(cls=Verb, help=mark("Prove the books: every promise that can be checked on live data."))
@layouts
@pass_shell
def check(shell: Shell, layout: str) -> None:
    """Prove the books."""
    actor, today = shell.enter()
    answered = [*checks.check(actor=actor), *checks.warnings(actor=actor, today=today)]
    ok = all(answer.ok for answer in answered)
    show({"ok": ok, "checks": [asdict(a) for a in answered]} if layout == "json" else answered, layout)
    if not ok:
        raise click.exceptions.Exit(WRONG)


@click.command(cls=Verb, help=mark("Print the books as one line per table; equal books print the same."))
@answers
@pass_shell
def fingerprint(shell: Shell) -> object:
    """Print the fingerprint."""
    actor, _ = shell.enter()
    return fingerprints.fingerprint(actor=actor)

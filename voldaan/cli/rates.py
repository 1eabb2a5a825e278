"""Commands on statutory rates: rates, rates add, rates take-back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from voldaan.cli.output import show
from voldaan.cli.shell import DAY, FILES, Shell, Verb, answers, in_words, layouts, pass_shell
from voldaan.formats import rate_list
from voldaan.queries import rates as questions
from voldaan.rules.refusals import mark
from voldaan.usecases import rates as verbs

ADDED = mark("New: {new}. Known already: {known}.")
TRIED = mark("Would be new: {new}. Known already: {known}. Nothing was added.")


class Lists(click.Group):
    """A group that lists where no other command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before words that begin with none of the commands."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


@click.group(cls=Lists, help=mark("The statutory rates: those that came with Voldaan, and those that were added."))
def rates() -> None:
    """Group the commands on rates."""


@rates.command(name="list", cls=Verb, help=mark("List the rates by country and kind, the newest first."))
@answers
@pass_shell
def list_(shell: Shell) -> object:
    """List the rates."""
    actor, _ = shell.enter()
    return questions.rates(actor=actor)


@rates.command(cls=Verb, help=mark("Add the rates of FILE, a CSV with the columns of the list: all of them, or none."))
@click.argument("file", type=FILES)
@click.option("--dry-run", is_flag=True, help=mark("Say what would be new, and add nothing."))
@layouts
@pass_shell
def add(shell: Shell, file: Path, layout: str, *, dry_run: bool) -> None:
    """Add rates."""
    actor, today = shell.enter()
    told = rate_list.read(file.read_bytes(), file.name)
    added = verbs.add(rates=told, actor=actor, today=today, is_trial=dry_run)
    if layout == "table":
        click.echo(in_words(TRIED if dry_run else ADDED, new=len(added.new), known=added.known))
        return
    new = [row._asdict() | {"percent": str(row.percent)} for row in added.new]
    show(asdict(added) | {"new": new} if layout == "json" else new, layout)


@rates.command(
    name="take-back", cls=Verb, help=mark("Take back a rate that was added: a slip, or published otherwise.")
)
@click.argument("country")
@click.argument("kind")
@click.argument("day", type=DAY)
@pass_shell
def take_back(shell: Shell, country: str, kind: str, day: date) -> None:
    """Take a rate back."""
    actor, today = shell.enter()
    verbs.take_back(country=country, kind=kind, valid_from=day, actor=actor, today=today)
    click.echo(in_words(mark("{country} {kind} of {day} was taken back."), country=country, kind=kind, day=day))

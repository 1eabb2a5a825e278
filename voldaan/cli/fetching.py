"""The command that takes in what banks left: fetch."""

from __future__ import annotations

from dataclasses import dataclass

import click

from voldaan.cli.output import CONTROL, Listing, say_problems, show
from voldaan.cli.shell import REFUSED, UNABLE, Shell, Verb, in_words, layouts, pass_shell, problem_in_words
from voldaan.look.refused_files import reason
from voldaan.queries import administrations
from voldaan.rules.refusals import mark
from voldaan.usecases import fetching as verbs
from voldaan.usecases.files import wants_a_yes

NOWHERE = mark(
    "No place is watched: set VOLDAAN_DROP to the folder in which each administration has one of its own, or "
    "VOLDAAN_SFTP or VOLDAAN_BANK_MAIL."
)
BUSY = mark("{where}: somebody else takes files there, or was stopped in the middle. It is free within five minutes.")
AGAIN = mark("Voldaan looks there again within five minutes, while serve or worker runs.")
ANYWAY = mark("“Take in anyway” on the page “Take in”, or with voldaan import --accept-unbalanced FILE")
ARRIVING = mark("{where}: {count} files changed a moment ago, and are taken in once they are whole.")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one file."""

    administration: str
    file: str
    format: str | None
    result: str
    new: int
    known: int
    booked: int
    proposed: int
    unmatched: int


@click.command(
    cls=Verb,
    help=mark(
        "Take in what banks left in watched folders, on servers and in mailboxes, of all administrations or of one."
    ),
)
@layouts
@pass_shell
def fetch(shell: Shell, layout: str) -> None:
    """Fetch."""
    shell.house.open()
    named = shell.administration
    rows: list[Row] = []
    looks: list[verbs.Look] = []
    for books in [administrations.enter(named)] if named else administrations.every():
        actor, now = administrations.act(books, email=shell.as_email, via=shell.via), shell.moment(books.time_zone)
        for look in verbs.fetch(why=reason, actor=actor, today=now.date(), now=now):
            looks.append(look)
            rows += [row for file in look.fetched for row in _rows(books.slug, file)]
    if not looks:
        click.echo(in_words(NOWHERE), err=True)
        return
    show(Listing(rows, Row), layout)
    for look in looks:
        _say(look)
    if any(look.says for look in looks):
        raise click.exceptions.Exit(UNABLE)
    if not all(file.is_taken for look in looks for file in look.fetched):
        raise click.exceptions.Exit(REFUSED)


def _rows(slug: str, file: verbs.Fetched) -> list[Row]:
    return [
        Row(slug, one.file, one.format, one.result, one.new, one.known, one.booked, one.proposed, one.unmatched)
        for one in file.answers
    ]


def _say(look: verbs.Look) -> None:
    """Say on stderr what was refused and why, and what a place would not do."""
    for file in look.fetched:
        for one in file.answers:
            anyway = in_words(ANYWAY) if wants_a_yes(one.problems) else ""
            problems = [
                {"place": problem["place"], "what": problem_in_words(problem, anyway)}
                for problem in (*one.problems, *one.questions)
            ]
            say_problems(one.file, problems)
    if look.is_busy:
        click.echo(in_words(BUSY, where=look.where), err=True)
    if look.arriving:
        click.echo(in_words(ARRIVING, where=look.where, count=look.arriving), err=True)
    if look.says:
        said = f"{look.where}: {in_words(look.says, **look.facts)} {in_words(AGAIN)}"
        click.echo(said.translate(CONTROL), err=True)

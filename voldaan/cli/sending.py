"""Commands that let messages leave: send, print, stop, resume-sending."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from voldaan.cli.output import show
from voldaan.cli.shell import WAITING, Shell, Verb, in_words, layouts, pass_shell, telling
from voldaan.rules.refusals import mark
from voldaan.usecases import sending

# What became of the messages, in the order in which it is told.
TOLD = (
    ("sent", mark("Sent: {count}.")),
    ("failed", mark("Refused for good: {count}. See voldaan worklist; voldaan run decides again.")),
    ("later", mark("Refused for now: {count}. They stay in the outbox.")),
    ("withdrawn", mark("Taken back, because something changed since: {count}. voldaan run decides again.")),
    ("uncertain", mark("Uncertain: {count}. See voldaan worklist, and settle each with voldaan resolve.")),
)
# Why the rest waits.
BECAUSE = {
    "quiet": mark("Waiting: {count}. Nothing leaves at night, on weekends and on holidays."),
    "bank_stale": mark("Waiting: {count}. The bank data is too old to know who has paid. Take in a statement first."),
    "account": mark("Waiting: {count}. Mail cannot be handed over: {said}"),
    "stopped": mark("Waiting: {count}. Sending was stopped."),
}


@click.command(cls=Verb, help=mark("Send every e-mail that is released and still true, once."))
@layouts
@pass_shell
def send(shell: Shell, layout: str) -> None:
    """Send."""
    actor, now = shell.enter_at()
    with telling(mark("Sending")) as tell:
        found = sending.send(actor=actor, today=now.date(), now=now, clock=shell.house.now, tell=tell)
    if layout == "table":
        for what, sentence in TOLD:
            if ids := getattr(found, what):
                click.echo(in_words(sentence, count=len(ids)))
        if found.waiting:
            click.echo(in_words(BECAUSE[found.because], count=found.waiting, said=in_words(found.said)))
        if found.letters:
            click.echo(in_words(mark("Letters for the printer: {count}. See: voldaan print --to FOLDER"),
                                count=found.letters))  # fmt: skip
        if not any((*(getattr(found, what) for what, _ in TOLD), found.waiting, found.letters)):
            click.echo(in_words(mark("There is nothing to send.")))
    else:
        show(asdict(found), layout)
    if found.uncertain:
        raise click.exceptions.Exit(WAITING)


@click.command(
    cls=Verb, help=mark("Print the letters that are released as one PDF; --confirm once they are in the post.")
)
@click.option(
    "--to", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False), required=True, help=mark("Folder.")
)
@click.option("--confirm", is_flag=True, help=mark("They are in the post: count their steps as taken today."))
@layouts
@pass_shell
def print_(shell: Shell, to: Path, confirm: bool, layout: str) -> None:
    """Print."""
    actor, now = shell.enter_at()
    to.mkdir(parents=True, exist_ok=True)
    printed = sending.print_letters(confirm=confirm, actor=actor, today=now.date(), now=now)
    place = to / printed.name
    place.write_bytes(printed.content)
    if layout != "table":
        show({"file": str(place), "ids": printed.ids, "withdrawn": printed.withdrawn, "posted": confirm}, layout)
        return
    click.echo(in_words(mark("Letters: {count}, in {file}"), count=len(printed.ids), file=place))
    click.echo(in_words(mark("Written down as posted today.") if confirm else POST_THEM))


POST_THEM = mark("Post them, and then say so: voldaan print --to FOLDER --confirm")


@click.command(cls=Verb, help=mark("Hold all sending: at most what a sender has in hand still leaves."))
@pass_shell
def stop(shell: Shell) -> None:
    """Stop."""
    actor, today = shell.enter()
    sending.stop(actor=actor, today=today)
    click.echo(in_words(mark("Sending is held. Go on with: voldaan resume-sending")))


@click.command(cls=Verb, help=mark("Let sending go on after a stop, a restored backup or a failed check."))
@pass_shell
def resume_sending(shell: Shell) -> None:
    """Resume sending."""
    actor, today = shell.enter()
    sending.resume_sending(actor=actor, today=today)
    click.echo(in_words(mark("Sending goes on with what is in the outbox.")))

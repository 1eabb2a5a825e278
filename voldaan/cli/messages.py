"""Commands on messages: approve, message, resolve."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from voldaan.cli.output import show
from voldaan.cli.shell import Shell, Verb, in_words, layouts, pass_shell
from voldaan.queries import messages as questions
from voldaan.rules.refusals import mark
from voldaan.usecases import messages


@click.command(cls=Verb, help=mark("Let messages go: those with these IDs, or with --all every one without a warning."))
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help=mark("All that wait, except those with a warning."))
@click.option("--count", type=int, help=mark("How many; wanted above the number that large_run allows."))
@layouts
@pass_shell
def approve(shell: Shell, ids: tuple[str, ...], everything: bool, count: int | None, layout: str) -> None:
    """Approve."""
    if bool(ids) == everything:
        raise click.UsageError(in_words(mark("Name the messages, or say --all.")))
    actor, today = shell.enter()
    answer = messages.approve(ids=ids, everything=everything, count=count, actor=actor, today=today)
    if layout != "table":
        show(asdict(answer), layout)
        return
    click.echo(in_words(mark("Released: {count}."), count=len(answer.released)))
    if answer.changed:
        click.echo(in_words(CHANGED, count=len(answer.changed)))
    if answer.left:
        click.echo(in_words(LEFT, count=len(answer.left)))


CHANGED = mark("Taken back, because something changed since: {count}. voldaan run decides again.")
LEFT = mark("Waiting with a warning: {count}. See voldaan worklist, and approve them by their ID.")


@click.command(
    cls=Verb, help=mark("Write message ID to a folder, as it was or will be sent: the e-mail, or the letter.")
)
@click.argument("id")
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help=mark("Folder."),
)
@pass_shell
def message(shell: Shell, id: str, output: Path) -> None:  # noqa: A002 - the word of the contract
    """Show a message."""
    actor, now = shell.enter_at()
    shown = questions.message(id, actor=actor, today=now.date(), now=now)
    output.mkdir(parents=True, exist_ok=True)
    (output / shown.name).write_bytes(shown.content)
    click.echo(str(output / shown.name))


@click.command(cls=Verb, help=mark("Settle MESSAGE, of which nobody knows whether it left."))
@click.argument("message")
@click.option("--sent/--not-sent", "was_sent", required=True, default=None, help=mark("What you found out."))
@pass_shell
def resolve(shell: Shell, message: str, was_sent: bool) -> None:
    """Resolve."""
    actor, today = shell.enter()
    messages.resolve(message=message, was_sent=was_sent, actor=actor, today=today)
    click.echo(in_words(mark("Written down.") if was_sent else mark("It may leave again, with the next voldaan send.")))

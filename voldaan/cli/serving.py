"""Commands that run until they are told to stop: serve, web, worker; and status, which says whether they do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from voldaan.cli.output import show
from voldaan.cli.shell import WRONG, Shell, Verb, in_words, layouts, pass_shell
from voldaan.queries import status as questions
from voldaan.rules.refusals import mark

SERVED = mark("Voldaan is at {address} (stop with Ctrl+C)")
FIRST = mark("Nobody has come in here yet. By this link, good for a day, the first person opens the books:\n{address}")
WORKS = mark("Worker {name} is at work (stop with Ctrl+C)")


class Port(click.IntRange):
    """A port that a program may listen at."""

    def __init__(self) -> None:
        super().__init__(1, 65535)


def port_option(command: Any) -> Any:
    return click.option("--port", type=Port(), envvar="PORT", help=mark("The port; 8000 where none is said."))(command)


@click.command(cls=Verb, help=mark("Serve the pages and do the daily work, in one process; makes the data folder."))
@port_option
@click.option("--open", "open_browser", is_flag=True, help=mark("Open a browser at the page."))
@pass_shell
def serve(shell: Shell, port: int | None, open_browser: bool) -> None:
    """Serve."""
    shell.house.serve(port=port, open_browser=open_browser, instead=shell.instead, tell=served)


@click.command(cls=Verb, help=mark("Serve the pages of books on PostgreSQL; any number of processes may."))
@click.option("--host", default="127.0.0.1", help=mark("The address to listen at; this machine alone by itself."))
@port_option
@pass_shell
def web(shell: Shell, host: str, port: int | None) -> None:
    """Serve the pages."""
    _refuse_another_day(shell)
    shell.house.web(host=host, port=port, tell=served)


@click.command(cls=Verb, help=mark("Do the daily work of books on PostgreSQL; any number of processes may."))
@pass_shell
def worker(shell: Shell) -> None:
    """Work."""
    _refuse_another_day(shell)
    shell.house.worker(tell=lambda name: click.echo(in_words(WORKS, name=name)))


@click.command(
    cls=Verb, help=mark("Show whether everything that should happen by itself happens, and what asks for attention.")
)
@layouts
@pass_shell
def status(shell: Shell, layout: str) -> None:
    """Show the status."""
    actor, now = shell.enter_at()
    signs = [_sign(one) for one in questions.status(actor=actor, now=now, machine=shell.house.now())]
    ok = all(sign["ok"] for sign in signs)
    show({"ok": ok, "signs": signs} if layout == "json" else signs, layout)
    if not ok:
        raise click.exceptions.Exit(WRONG)


def served(address: str, first: str) -> None:
    click.echo(in_words(SERVED, address=address))
    if first:
        click.echo(in_words(FIRST, address=first))


def _sign(one: questions.Sign) -> dict[str, Any]:
    shown = asdict(one)
    says, facts = shown.pop("says"), shown.pop("facts")
    return shown | {"in_words": in_words(says, **facts) if facts else in_words(says)}


def _refuse_another_day(shell: Shell) -> None:
    """Refuse --today: one of several processes would live on another day than the rest."""
    if shell.instead is not None:
        raise click.UsageError(in_words(mark("On PostgreSQL the day is that of the clock; leave --today out.")))

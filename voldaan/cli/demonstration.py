"""The command that plays the demo: demo."""

from __future__ import annotations

from datetime import date, datetime, time

import click

from voldaan.cli import nights
from voldaan.cli.serving import port_option, served
from voldaan.cli.shell import DAY, Shell, Verb, in_words, pass_shell, telling
from voldaan.rules.refusals import mark

ZONE = "Europe/Amsterdam"


@click.command(cls=Verb, help=mark("Play a year of a Dutch and a Belgian firm through the real commands, and show it."))
@click.option("--until", type=DAY, help=mark("The last day of the year; else today."))
@click.option("--no-serve", is_flag=True, help=mark("Only play; do not open the page."))
@click.option("--nightly", is_flag=True, help=mark("Begin anew each night, for a demo that anybody may play with."))
@port_option
@pass_shell
def demo(shell: Shell, until: date | None, no_serve: bool, nightly: bool, port: int | None) -> None:
    """Play the demo."""
    if nightly:
        if until or no_serve or shell.instead:
            raise click.UsageError(
                in_words(mark("--nightly goes by the clock and serves: leave the other options out."))
            )
        raise click.exceptions.Exit(_every_night(shell, port))
    shell.house.open()
    from voldaan.cli.demo import year  # noqa: PLC0415 - only once Django is loaded
    from voldaan.cli.demo.mornings import Mornings  # noqa: PLC0415

    last = until or shell.moment(ZONE).date()
    try:
        with telling(mark("Playing a year")) as tell:
            year.play(until=last, via=shell.via, tell=lambda _, done, total: tell(done, total), morning=Mornings(last))
    except year.DemoBooksExist:
        # It was played in this folder before: it is shown as it is.
        if no_serve:
            raise
    if no_serve:
        click.echo(in_words(mark("The demo is ready. Look at it with: voldaan serve")))
        return
    instead = datetime.combine(until, time(12)) if until else shell.instead
    shell.house.serve(port=port, open_browser=False, instead=instead, tell=served)


def _every_night(shell: Shell, port: int | None) -> int:
    from django.conf import settings  # noqa: PLC0415 - only once Django is loaded

    return nights.serve(
        settings.DATA / "nights", play=nights.play, port=port, left=lambda: nights.left_of_the_day(shell.moment(ZONE))
    )

"""`voldaan`: the command and its verbs; a verb is loaded when it is asked for."""

from __future__ import annotations

import os
from datetime import datetime
from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import click

from voldaan import __version__
from voldaan.cli.shell import House, Moment, Shell
from voldaan.rules.refusals import mark

# Every verb and the room it lives in, in the order of the help.
VERBS = {
    "init": "administrations",
    "migrate": "administrations",
    "settings": "administrations",
    "close": "administrations",
    "inspect": "files",
    "import": "files",
    "user": "people",
    "debtor": "debtors",
    "invoice": "invoices",
    "pay": "payments",
    "proposals": "receipts",
    "accept": "receipts",
    "reject": "receipts",
    "set-aside": "receipts",
    "allocate": "allocations",
    "undo": "allocations",
    "write-off": "write_offs",
    "take-back": "entries",
    "report": "reports",
    "check": "books",
    "fingerprint": "books",
}


# Words that may stand before the verb or behind it.
ANYWHERE = ("--administration", "--as", "--data", "--today")


class Voldaan(click.Group):
    """The group of verbs, each loaded from its room."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words that every verb takes, wherever they stand, and load the installation they name."""
        words = _to_the_front(args)
        house: House = ctx.obj
        house.prepare(_data(words), os.environ.get("VOLDAAN_LANGUAGE", "nl"))
        return super().parse_args(ctx, words)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs in the order of the road."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb."""
        if cmd_name not in VERBS:
            return None
        room = import_module(f"voldaan.cli.{VERBS[cmd_name]}")
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(room, f"{name}_" if iskeyword(name) else name)
        return command


@click.group(cls=Voldaan, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option(
    "--data", type=click.Path(file_okay=False), expose_value=False, help=mark("Folder of the embedded default.")
)
@click.option("--administration", metavar="SLUG", help=mark("Whose books; with one administration it may be left out."))
@click.option("--today", type=Moment(), help=mark("Stands in for the clock: 2027-03-01 or 2027-03-01T09:30."))
@click.option("--as", "as_email", metavar="EMAIL", help=mark("Act with the role of this person."))
@click.pass_context
def voldaan(ctx: click.Context, administration: str | None, today: datetime | None, as_email: str | None) -> None:
    """Debiteurenbeheer: accounts receivable and credit management."""
    ctx.obj = Shell(ctx.obj, today, administration, as_email)


def _to_the_front(args: list[str]) -> list[str]:
    ours: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in ANYWHERE:
            ours += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            (ours if word.startswith(tuple(f"{name}=" for name in ANYWHERE)) else rest).append(word)
    return ours + rest


def _data(words: list[str]) -> Path | None:
    """Find the data folder among the words: the settings, and so the translations, depend on it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--data":
            return Path(following)
        if word.startswith("--data="):
            return Path(word.removeprefix("--data="))
    return None
